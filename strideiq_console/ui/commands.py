"""The command palette: jumps to anything by its name. What it finds is made in ``palette``, where a choice leads in ``jumping``."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any

from textual import events, work
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.css.query import NoMatches

from strideiq_console.domain.untrusted import clean_line
from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.ui import safe
from strideiq_console.ui.jumping import JumpingApp
from strideiq_console.ui.palette import OWN, SOURCES
from strideiq_console.ui.palette.entry import Entry
from strideiq_console.ui.palette.own import themes
from strideiq_console.ui.palette.search import Search


class Palette(CommandPalette):
    """Textual's palette, kept from falling (8.2.8) over a page key before its list has lines, and over a search after it closed."""

    def __init__(self) -> None:
        super().__init__(placeholder="branch, #43, run, environment, metric, runbook, setting, verb")

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Leave once: a second key that comes before it is gone would close what stands below it."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()

    def _on_mount(self, event: events.Mount) -> None:
        if self not in self.app.screen_stack[1:]:
            event.prevent_default()  # closed before it was drawn: Textual's own handler would look for what stands below it

    @work(exclusive=True, group=CommandPalette._GATHER_COMMANDS_GROUP, exit_on_error=False)
    async def _gather_commands(self, search_value: str) -> None:
        with suppress(NoMatches):
            await inspect.unwrap(CommandPalette._gather_commands)(self, search_value)

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):
            super()._action_command_list(action)


class ConsoleCommands(Provider):
    """Finds lines by their words, weighed and drawn by our own hand: Textual's highlighter parses markup."""

    def _jumper(self) -> JumpingApp | None:
        app: App[Any] = self.app
        return app if isinstance(app, JumpingApp) else None

    def _own(self, app: JumpingApp) -> Iterable[Entry]:
        for source in OWN:
            yield from source(app.services)
        yield from themes(app.theme_names)

    async def startup(self) -> None:
        """Gather what can be found, while nothing is typed yet."""
        self._search_lines, app = Search(), self._jumper()
        if app is not None:
            await self._search_lines.fill(self._own(app))
            for source in SOURCES:
                await self._search_lines.fill(source(app.services))

    async def discover(self) -> Hits:
        """Offer the console's own commands before anything is typed."""
        app = self._jumper()
        for entry in self._own(app) if app is not None else ():
            yield DiscoveryHit(_drawn(app, entry), partial(_go, app, entry), text=clean_line(entry.words))

    async def search(self, query: str) -> Hits:
        """Offer what fits."""
        app = self._jumper()
        for weight, entry in await self._search_lines.best(query):
            yield Hit(weight, _drawn(app, entry), partial(_go, app, entry), text=clean_line(entry.words))


def _go(app: JumpingApp | None, entry: Entry) -> None:
    if app is not None:
        app.jump(entry.target)


def _drawn(app: JumpingApp | None, entry: Entry) -> Content:
    words = Cell(entry.words, Tone.PLAIN if entry.kind else Tone.ACCENT)
    return safe.cells((words, Cell(f"  {entry.kind}", Tone.MUTED)) if entry.kind else (words,))
