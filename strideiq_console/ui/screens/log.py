"""A log read in: search, follow, the first failure; the same screen for a CI job, a deployment, or whatever else writes lines."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input

from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.log import LogSource
from strideiq_console.domain.log_extract import Extract, extract, heading
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.log_lines import state_line
from strideiq_console.ui import opening, safe
from strideiq_console.ui.screens.whole import WholeScreen
from strideiq_console.ui.widgets.footer import KeyLine
from strideiq_console.ui.widgets.header import Header
from strideiq_console.ui.widgets.line import EdgeLine
from strideiq_console.ui.widgets.log_view import LogView

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


class LogScreen(WholeScreen):
    """One log. ``source`` says what it is of and reads it; nothing here knows where it comes from.

    ``at_failure`` opens it at the end of the step that failed, ``at_step`` where the step of that name begins. ``follow`` begins to
    follow at once.
    """

    AUTO_FOCUS = "LogView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back", id="zoom.back"),
        Binding("slash", "search", "search", id="log.search"),
        Binding("n", "match(1)", "next", show=False, id="log.next", tooltip="next line that holds the word"),
        Binding("N", "match(-1)", "previous", show=False, id="log.previous", tooltip="previous line that holds the word"),
        Binding("e", "failure", "first failure", id="log.failure", tooltip="the end of the step that failed; again: the whole log"),
        Binding("f", "follow", "follow", id="log.follow", tooltip="read on while it runs; waits while you look further up"),
        Binding("w", "watch", "watch", show=False, id="log.watch", tooltip="say so when it has ended"),
        Binding("r", "renew", "read again", show=False, id="panel.renew"),
        Binding("y", "copy", "copy line", show=False, id="log.copy"),
        Binding("Y", "copy_url", "copy address", show=False, id="row.copy-url"),
        Binding("o", "open_page", "open page", show=False, id="row.page"),
    ]

    def __init__(
        self,
        source: LogSource,
        services: Console,
        glyphs: Glyphs,
        *,
        at_failure: bool = False,
        at_step: str = "",
        follow: bool = False,
    ) -> None:
        super().__init__()
        self.services, self.glyphs = services, glyphs
        self._source = source
        self._view = LogView(glyphs, id="log")
        self._whole: tuple[str, ...] = ()
        self._extract: Extract | None = None
        self._only_extract = False
        self._at_failure, self._at_step = at_failure, at_step
        self._following = follow
        self._read = False
        self._fault = ""

    def compose(self) -> ComposeResult:
        """Lay the lines out, with the search and the state below them."""
        yield Header(self.services, self.glyphs)
        with Vertical(classes="panel", id="log-panel"):
            yield self._view
        yield safe.PlainInput(placeholder="search; enter goes to the lines, esc ends the search", id="search")
        yield EdgeLine(id="log-state")
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to read."""
        if not self.is_attached or not self.query("#search"):
            return  # taken away before it was drawn
        self.query_one("#search", Input).display = False
        self._say()
        self.action_renew()

    def action_renew(self) -> None:
        """Read the log again, and go on following."""
        self._read_on()

    @work(exclusive=True, group="log", exit_on_error=False)
    async def _read_on(self) -> None:
        """Read, and while following read again after each period until the log has ended."""
        while True:
            await self._read_once()
            if not self._following or self._source.ended:
                break
            await self.services.clock.sleep(self._source.period)
        if self._source.ended:
            self._following = False
        self._say()

    async def _read_once(self) -> None:
        try:
            lines = await self._source.lines()
        except ConsoleError as error:
            self._fault = error.sentence()
            self._say()
            return
        self._fault, first_time, self._read = "", not self._read, True
        if lines != self._whole or first_time:
            await self._take(lines)
        if first_time and self._at_failure and self._extract is not None:
            self.action_failure()
        elif first_time:
            step = heading(lines, self._at_step)
            self._view.stand_on(step if step is not None else len(lines) - 1 if self._extract is None or self._following else 0)
        self._say()

    async def _take(self, lines: tuple[str, ...]) -> None:
        # In a thread: a hundred thousand lines take longer to look through than a key may wait.
        self._extract = await asyncio.to_thread(extract, lines, self._source.step)
        self._whole = lines
        if self._only_extract and self._extract is not None:
            return  # what is read there does not change under the eyes; the whole log is one key away
        self._only_extract = False
        self._view.show(lines)

    @on(LogView.Moved)
    def _say(self) -> None:
        """Say below the lines where one stands."""
        if not self.query("#log-state"):
            return
        safe.title(self.query_one("#log-panel"), self.glyphs.plain(self._source.title))
        left, right = state_line(
            self._source,
            number=self._view.number if self._whole else 0,
            total=len(self._whole),
            found=(self._view.found.word, self._view.found.rank(self._view.cursor), len(self._view.found.indices)),
            following=self._following,
            paused=not self._view.at_end or self._only_extract,
            part=self._extract if self._only_extract else None,
            fault=self._fault,
            reading=not self._read,
            glyphs=self.glyphs,
        )
        self.query_one("#log-state", EdgeLine).show(left, right)
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what this log has nothing for."""
        return None if self.why_not(action) else True

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now, or ``""``; help shows it."""
        if action == "failure" and self._extract is None:
            return "no line of this log says that something failed" if self._read else "the log has not been read yet"
        if action == "follow" and self._source.ended and self._read:
            return "it has ended: nothing more will come"
        if action == "watch" and self._source.ended and self._read:
            return "it has ended already"
        if action == "match" and not self._view.found.indices:
            return "nothing is found: / begins a search"
        if action in ("copy_url", "open_page") and not self._source.url:
            return "this log has no page"
        return "there is no line" if action == "copy" and not self._whole else ""

    def action_search(self) -> None:
        """Open the search."""
        field = self.query_one("#search", Input)
        field.display = True
        field.focus()

    @on(Input.Changed, "#search")
    def _search(self, event: Input.Changed) -> None:
        self._view.search(event.value)

    @on(Input.Submitted, "#search")
    def _keep_search(self) -> None:
        self._view.focus()

    def action_match(self, by: int) -> None:
        """Go to the next or previous line that holds the word."""
        self._view.next_match(by)

    def action_back(self) -> None:
        """End the search first; then go back."""
        field = self.query_one("#search", Input)
        if field.display:
            field.value = ""
            field.display = False
            self._view.search("")
            self._view.focus()
        else:
            self.dismiss(None)

    def action_failure(self) -> None:
        """Show the end of the step that failed, from its first error on; the second time the whole log, at the same line."""
        part = self._extract
        if part is None:
            return
        if self._only_extract:
            at = self._view.number - 1
            self._only_extract = False
            self._view.show(self._whole)
            self._view.stand_on(at, middle=True)
        else:
            self._only_extract = True
            self._view.show(part.lines, first=part.start + 1)
            self._view.stand_on(max(part.first_error - part.start, 0), middle=True)
        self._say()

    def action_follow(self) -> None:
        """Follow the log to its end, or stop following; a log that is read further up waits there."""
        self._following = not self._following and not self._source.ended
        if self._following:
            if self._only_extract:
                self.action_failure()
            self._view.action_edge(1)
            self._read_on()
        self._say()

    def action_watch(self) -> None:
        """Stay on this log and say so when it has ended."""
        if not self._following:
            self.action_follow()

    def action_copy(self) -> None:
        """Copy the line under the cursor."""
        if self._whole:
            self.app.copy_to_clipboard(self._view.line)
            self.app.notify(self._view.line[:200], title="Copied", markup=False, timeout=3)

    def action_copy_url(self) -> None:
        """Copy the address of the log's page."""
        if self._source.url:
            self.app.copy_to_clipboard(self._source.url)
            self.app.notify(self._source.url, title="Copied", markup=False)

    def action_open_page(self) -> None:
        """Open the log's page in the browser, where there is one."""
        opening.offer(self, self._source.url, self.services)
