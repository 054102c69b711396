"""The command palette: runbooks, places, themes and verbs, each an action that a key has too."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from textual import events, work
from textual.await_complete import AwaitComplete
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.css.query import NoMatches

from strideiq_console.domain.runbook.model import Runbook
from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.ui import safe
from strideiq_console.ui.panels import PANELS
from strideiq_console.ui.walls import WalledApp

VERBS = (
    ("Resume what is unfinished", "app.resume"),
    ("Dry run: plan a runbook, enter nothing", "app.dry_run"),
    ("History: every execution, with its evidence", "app.history"),
    ("Read all feeds again", "app.renew_all"),
    ("Next theme", "app.next_theme"),
    ("Keys here", "app.help"),
    ("Quit", "app.quit"),
)


def commands(themes: Iterable[str], runbooks: Mapping[str, Runbook]) -> list[tuple[str, str]]:
    """Return each command's words and its action."""
    return [
        *((f"Start {name}: {runbook.title}", f"app.runbook('{name}')") for name, runbook in runbooks.items()),
        *((f"Go to {spec.title}", f"app.panel('{spec.name}')") for spec in PANELS),
        *VERBS,
        *((f"Theme {name}", f"app.use_theme('{name}')") for name in themes),
    ]


class Palette(CommandPalette):
    """Textual's palette, kept from falling (8.2.8) over a page key before its list has lines, and over a search after it closed."""

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
    """Finds commands by their words. Matches are weighed by Textual, but drawn by our own hand: its highlighter parses markup."""

    def _all(self) -> list[tuple[str, str]]:
        app = self.app
        runbooks = app.services.runbooks() if isinstance(app, WalledApp) else {}
        return commands(sorted(app.available_themes), runbooks)

    async def discover(self) -> Hits:
        """Offer all commands before anything is typed."""
        for words, action in self._all():
            yield DiscoveryHit(safe.content(words), partial(self.app.run_action, action), text=words)

    async def search(self, query: str) -> Hits:
        """Offer the commands that fit."""
        matcher = self.matcher(query)
        for words, action in self._all():
            score = matcher.match(words)
            if score > 0:
                yield Hit(score, safe.cells((Cell(words, Tone.ACCENT),)), partial(self.app.run_action, action), text=words)
