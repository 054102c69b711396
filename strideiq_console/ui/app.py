"""The terminal application, as a table of contents: keys, first screen, start and end. The rest stands in ``screens``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.screen import Screen

from strideiq_console.domain.fault import ConsoleError
from strideiq_console.ui import help_rows, keys, starting
from strideiq_console.ui.bridge import ExecutionStarted, RunbookWanted
from strideiq_console.ui.commands import ConsoleCommands, Palette
from strideiq_console.ui.dashboard import DashboardScreen, unfinished
from strideiq_console.ui.questions import AskedApp
from strideiq_console.ui.screens.ask import AskDialog
from strideiq_console.ui.screens.form import FormDialog
from strideiq_console.ui.screens.help import HelpDialog
from strideiq_console.ui.screens.menu import RunbookMenu, menu
from strideiq_console.ui.screens.pick import Choice, PickDialog
from strideiq_console.ui.screens.rollback import ROLLBACK, RollbackScreen
from strideiq_console.ui.widgets.header import Header

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


class ConsoleApp(AskedApp):
    """The console in a terminal."""

    TITLE = "StrideIQ Console"
    CSS_PATH = "console.tcss"
    COMMANDS: ClassVar = {ConsoleCommands}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it so
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("W", "workflows", "workflows", id="app.workflows", tooltip="start a runbook"),
        Binding("u", "resume", "resume", id="app.resume", tooltip="go on with what is unfinished"),
        Binding("D", "dry_run", "dry run", show=False, id="app.dry-run", tooltip="plan a runbook, and enter nothing"),
        Binding("9", "history", "history", show=False, id="app.history", tooltip="every execution, with its evidence"),
        Binding("dollar_sign", "open_panel('costs')", "costs", show=False, id="app.costs", tooltip="the month's costs"),
        Binding("R", "renew_all", "read all again", show=False, id="app.renew-all"),
        Binding("colon,ctrl+p", "command_palette", "commands", id="app.commands"),
        Binding("X", "lock", "lock", show=False, id="app.lock", tooltip="lock or unlock production writes in this session"),
        Binding("T", "next_theme", "theme", show=False, id="app.theme"),
        Binding("question_mark,f1", "help", "help", id="app.help"),
        Binding("q", "quit", "quit", id="app.quit"),
        Binding("ctrl+c,ctrl+q", "quit", "quit", show=False, priority=True, id="app.quit-now"),
        Binding("ctrl+l", "redraw", "redraw", show=False, id="app.redraw"),
    ]

    def __init__(self, console: Console, *, guide: Sequence[str] = ()) -> None:
        super().__init__(console)
        self._guide = tuple(guide)
        self.refused: ConsoleError | None = None

    def get_default_screen(self) -> Screen[None]:
        """Return the dashboard: its first frame shows what the store knew."""
        return DashboardScreen(self.services, self.glyphs, self.bridge, self._guide)

    def on_mount(self) -> None:
        """Map keys, listen, and begin to refresh once the first frame stands."""
        self.set_class(self.glyphs.name == "ascii", "-ascii")
        classes = help_rows.bound_classes(type(self))
        good, faults = keys.keymap(self.services.settings.ui.keys, keys.bindings_of(classes))
        faults += keys.clashes(good, type(self), classes)
        self.set_keymap(good)
        self.bridge.open()
        self.sweeper.open()
        self.set_interval(1.0, self.sweeper.look)
        for words in (*self.complaints, *faults):
            self.notify(words, severity="warning", timeout=10)
        self.call_after_refresh(self._begin)

    @work(group="refresh", exit_on_error=False)
    async def _begin(self) -> None:
        """Begin to refresh; where the console was still opening, with the first frame before that."""
        try:
            await self.services.start()
        except ConsoleError as error:
            self.refused = error
            self.exit(1)
            return
        if self.services.read_only:
            self.notify(self.services.read_only, severity="warning", timeout=10)
        self.screen.refresh_bindings()

    async def on_unmount(self) -> None:
        """Stop refreshing; an effect in flight is let end by the engine."""
        self.bridge.close()
        self.sweeper.close()
        await self.services.stop()

    def on_app_focus(self) -> None:
        """Poll as somebody who looks wants it."""
        self.services.attend(True)

    def on_app_blur(self) -> None:
        """Poll less while nobody looks."""
        self.services.attend(False)

    def action_workflows(self) -> None:
        """Choose a runbook and start it."""
        self._choose(dry=False)

    def action_dry_run(self) -> None:
        """Choose a runbook and plan it."""
        self._choose(dry=True)

    def _choose(self, *, dry: bool) -> None:
        lines = menu(self.services.runbooks(), self.services.read_only)
        chooser = RunbookMenu(lines, self.glyphs, self.services.clock, dry=dry)
        # Pushed at once and not by a worker: the letter that is typed ahead belongs to the menu.
        self.push_screen(chooser, lambda name: self._start(name, dry=chooser.dry) if name else None)

    def action_runbook(self, name: str) -> None:
        """Start a runbook by name."""
        self._start(name, dry=False)

    @on(RunbookWanted)
    def _runbook_wanted(self, event: RunbookWanted) -> None:
        self._start(event.name, dry=False, given=event.given)

    def _start(self, name: str, *, dry: bool, given: Mapping[str, str] = starting.NOTHING) -> None:
        engine = self.services.engine
        if name == ROLLBACK and engine is not None:
            self.to_dashboard()
            self.push_screen(RollbackScreen(self.services, engine, self.glyphs, dry=dry))
        else:
            self._begin_runbook(name, dry=dry, given=given)

    @work(group="start", exclusive=True, exit_on_error=False)
    async def _begin_runbook(self, name: str, *, dry: bool, given: Mapping[str, str]) -> None:
        runbook = self.services.runbooks()[name]
        execution = await starting.begin(self, self.services, runbook, self.glyphs, dry=dry, given=given)
        if execution is not None:
            self.open_execution(execution)

    @on(ExecutionStarted)
    def _execution_started(self, event: ExecutionStarted) -> None:
        self.open_execution(event.execution, at_once=event.at_once)

    @work(group="start", exclusive=True, exit_on_error=False)
    async def action_resume(self) -> None:
        """Go on with what is unfinished; choose when it is more than one."""
        found = unfinished(self.services.facts().executions)
        if not found:
            self.notify("Nothing is unfinished.")
            return
        chosen = found[0].id
        if len(found) > 1:
            lines = [Choice(str(n), f"{e.plan.title}: {e.state}", e.id) for n, e in enumerate(found[:9], start=1)]
            picked = await self.push_screen_wait(PickDialog(lines, self.glyphs, self.services.clock, title="Resume"))
            chosen = picked or ""
        for execution in found:
            if execution.id == chosen:
                self.open_execution(execution)

    def action_renew_all(self) -> None:
        """Read every feed again."""
        self.services.refresh()
        self.notify("Reading all feeds again.", timeout=2)

    def action_command_palette(self) -> None:
        """Open the command palette."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette())

    def action_help(self) -> None:
        """Show the keys that work here."""
        rows = help_rows.rows(self.screen, self.get_key_display)
        self.push_screen(HelpDialog(rows, self.glyphs, self.services.clock))

    def action_lock(self) -> None:
        """Lock production writes, or unlock them: a lock of this session, kept by the engine."""
        engine = self.services.engine
        if engine is None:
            self.notify(self.services.read_only, severity="warning")
            return
        engine.lock.on = not engine.lock.on
        state, then = ("locked", "X unlocks") if engine.lock.on else ("unlocked", "a typed word is still wanted for each")
        self.notify(f"Production writes are {state} in this session; {then}.", title="Lock", timeout=4)
        for header in self.screen.query(Header):
            header.renew()

    def action_redraw(self) -> None:
        """Paint everything again."""
        self.refresh(layout=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey out what cannot be done now."""
        return None if self.why_not(action) else True

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now, or ``""``; help shows it."""
        if action == "lock" and self.services.engine is None:
            return "nothing can be carried out here"
        none_left = action == "resume" and not unfinished(self.services.facts().executions)
        return "nothing is unfinished" if none_left else ""

    async def action_quit(self) -> None:
        """Leave; ask only while an effect is in flight, or where something that was written would be lost."""
        engine = self.services.engine
        question = ""
        if engine is not None and engine.in_flight:
            question = "An effect is in flight. Leave all the same? It is read back when you resume."
        elif any(isinstance(screen, FormDialog) and screen.changed for screen in self.screen_stack):
            question = "Leave, and throw away what you filled in?"
        if not question:
            self.exit(0)
            return
        if isinstance(self.screen, AskDialog):
            return  # it is asked already
        self.push_screen(AskDialog(question, self.services.clock, title="Quit"), lambda yes: self.exit(0) if yes else None)


async def run_app(console: Console, guide: Sequence[str] = ()) -> int:
    """Open the console in this terminal and return the exit code. Raises ConfigurationError when it refuses to start.

    So it does when what it needs beside its store cannot be made (StoreError too).
    """
    app = ConsoleApp(console, guide=guide)
    value = await app.run_async()
    if app.refused is not None:
        raise app.refused
    return app.return_code or value or 0
