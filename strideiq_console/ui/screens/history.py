"""Panel 9: every execution. Enter opens one, ended ones to read; ``e`` shows its evidence, ready to be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.domain.runbook.standing import Awaits, Standing
from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.presentation.evidence import document
from strideiq_console.presentation.evidence_markdown import markdown
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.history import table
from strideiq_console.ui import safe
from strideiq_console.ui.bridge import Bridge, ExecutionStarted, ReadingArrived
from strideiq_console.ui.screens.planned import progress_dialog
from strideiq_console.ui.screens.reading import ReadDialog
from strideiq_console.ui.screens.rows import RowScreen
from strideiq_console.ui.widgets.footer import KeyLine
from strideiq_console.ui.widgets.header import Header
from strideiq_console.ui.widgets.table import TableView

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


class HistoryScreen(RowScreen):
    """All executions that the journal holds, newest first."""

    AUTO_FOCUS = "TableView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "evidence", "evidence", id="history.evidence", tooltip="all that is on record about it, as Markdown"),
        Binding("escape", "leave", "back", id="history.leave"),
    ]

    def __init__(self, services: Console, glyphs: Glyphs, bridge: Bridge) -> None:
        super().__init__(services, glyphs)
        self._bridge = bridge
        self._table = TableView(glyphs)

    def compose(self) -> ComposeResult:
        """Hold the list."""
        yield Header(self.services, self.glyphs, with_verdict=False, title=(Cell("History", Tone.PLAIN),))
        with Vertical(id="history", classes="panel"):
            yield self._table
        yield KeyLine()

    def on_mount(self) -> None:
        """Follow the journal."""
        if not self.is_attached or not self.query(TableView):
            return  # taken away before it was drawn
        safe.title(self.query_one("#history"), "9 History")
        self._bridge.attach(self, ("executions",))
        self._renew()

    def on_unmount(self) -> None:
        """Hear nothing more."""
        self._bridge.detach(self)

    def on_reading_arrived(self, message: ReadingArrived) -> None:
        """An execution moved."""
        message.stop()
        self._renew()

    def _renew(self) -> None:
        self._table.show(table(self.services.facts().executions, self.services.clock.now(), self.glyphs))
        self.refresh_bindings()

    @property
    def execution(self) -> Execution | None:
        """Return the execution under the cursor."""
        key = self._table.row.key if self._table.row else None
        return next((one for one in self.services.facts().executions if one.id == key), None)

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now."""
        return "there is no execution" if action == "evidence" and self.execution is None else super().why_not(action)

    @on(TableView.Chosen)
    def _open(self, event: TableView.Chosen) -> None:
        event.stop()
        execution = self.execution
        if execution is None:
            return
        if execution.state.ended:
            standing = Standing(execution, Awaits.NOTHING)
            self.app.push_screen(progress_dialog(standing, self.glyphs, self.services.clock))
        else:
            self.post_message(ExecutionStarted(execution))

    def action_evidence(self) -> None:
        """Show the evidence as Markdown; ``y`` copies it, the command line writes it to a file."""
        execution = self.execution
        if execution is None:
            return
        try:
            evidence = self.services.evidence(execution.id)
        except ConsoleError as error:
            self.app.notify(error.sentence(), title="No evidence", severity="error")
            return
        # Redacted before it is escaped: a mark that Markdown escapes would break the shape by which a token is known.
        facts = self._redacted(document(evidence, self.services.clock.now()))
        lines = self.services.redact(markdown(facts)).rstrip("\n").split("\n")
        block = [(Cell(line),) for line in lines]
        title = self.glyphs.plain(f"Evidence · strideiq runs export {execution.id} writes it to a file")
        self.app.push_screen(ReadDialog(block, self.services.clock, title=title, copies=lines))

    def _redacted(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.services.redact(value)
        if isinstance(value, dict):
            return {key: self._redacted(inner) for key, inner in value.items()}
        return [self._redacted(inner) for inner in value] if isinstance(value, (list, tuple)) else value

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)
