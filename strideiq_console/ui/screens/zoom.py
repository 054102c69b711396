"""A panel opened: its list at the left and a preview of the row at the right; below on narrow terminals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.widgets import Input

from strideiq_console.presentation.cell import Line, Row
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui import safe
from strideiq_console.ui.bridge import Bridge, ReadingArrived
from strideiq_console.ui.panel_spec import PanelSpec
from strideiq_console.ui.screens.panelled import PanelScreen
from strideiq_console.ui.widgets.arrangement import Preview
from strideiq_console.ui.widgets.filtering import HINT
from strideiq_console.ui.widgets.footer import KeyLine
from strideiq_console.ui.widgets.header import NARROW, Header
from strideiq_console.ui.widgets.line import plainly
from strideiq_console.ui.widgets.pace import Pace
from strideiq_console.ui.widgets.panel import Panel
from strideiq_console.ui.widgets.table import TableView

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


class ZoomScreen(PanelScreen):
    """One panel with all its rows, a filter, and the details of the row under the cursor."""

    AUTO_FOCUS = "#list TableView"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back", id="zoom.back"),
        Binding("n", "step(1)", "next", show=False, id="row.next", tooltip="next row that passes the filter"),
        Binding("N", "step(-1)", "previous", show=False, id="row.previous"),
        Binding("p", "preview", "preview", show=False, id="zoom.preview", tooltip="the preview beside the list, below it, or none"),
        *(Binding(str(n), f"panel({n})", f"panel {n}", show=False, id=f"zoom.panel-{n}") for n in range(1, 9)),
        Binding("left,h", "pane(-1)", "list", show=False, id="pane.left", tooltip="go to the list"),
        Binding("right,l", "pane(1)", "preview", show=False, id="pane.right", tooltip="go to the preview, to scroll it"),
    ]

    def __init__(self, spec: PanelSpec, services: Console, glyphs: Glyphs, bridge: Bridge, *, at: str = "") -> None:
        super().__init__(services, glyphs)
        self.spec = spec
        self.bridge = bridge
        self._at = at
        self.panel = Panel(spec, services, glyphs, classes="zoomed")
        self._pace = Pace(self, self.show_detail)

    @property
    def active(self) -> Panel:
        """Return the panel that is open."""
        return self.panel

    def compose(self) -> ComposeResult:
        """Lay list and preview out."""
        yield Header(self.services, self.glyphs)
        with Container(id="zoom"):
            with Vertical(id="list"):
                yield safe.PlainInput(placeholder=f"filter: {HINT}", limit=200, id="filter")
                yield self.panel
            with VerticalScroll(id="preview", classes="panel"):
                yield from self.compose_preview()
        yield KeyLine()

    def compose_preview(self) -> ComposeResult:
        """Hold what the preview is made of. A subclass may hold more; without ``#detail`` it shows the row by itself."""
        yield safe.PlainStatic("", id="detail")

    def detail_lines(self, row: Row) -> Sequence[Line]:
        """Return the lines of a row's preview. A subclass adds what it reads on demand, and calls :meth:`show_detail` for news."""
        return self.spec.detail(self.services.facts(), row.key, self.services.clock.now(), self.glyphs)

    def preview_title(self, row: Row | None) -> str:
        """Return what stands in the border of the preview."""
        return "Details"

    def open_row(self, row: Row) -> None:
        """Enter was pressed on a row. A subclass reads more, or opens a screen; otherwise the preview is all there is."""

    def on_mount(self) -> None:
        """Stand on the row that was chosen."""
        if not self.is_attached or not self.query(TableView):
            return  # taken away before it was drawn
        self.bridge.attach(self.query_one(Header), ())
        self.bridge.attach(self.panel, self.spec.feeds)
        self.bridge.attach(self, self.spec.feeds)
        arrangement = self.memory.of(self.spec.name)
        self.panel.view.share(arrangement)
        field = self.query_one("#filter", Input)
        field.value = arrangement.query
        field.display = bool(arrangement.query)
        self.panel.view.stand_on(self._at)
        self._place_preview()
        self.show_detail()

    def on_unmount(self) -> None:
        """Hear nothing more."""
        for widget in (self, self.panel, *self.query(Header)):
            self.bridge.detach(widget)

    def on_resize(self, event: events.Resize) -> None:
        """Put the preview where there is room for it."""
        self._place_preview()

    def on_screen_resume(self) -> None:
        """Draw what came while another screen stood here."""
        self.panel.catch_up()
        self._pace.ask()

    def on_reading_arrived(self, message: ReadingArrived) -> None:
        """Something of this panel is news."""
        message.stop()
        self._pace.ask()

    @on(TableView.Moved)
    def _cursor_moved(self, event: TableView.Moved) -> None:
        self.row_moved(event)

    def row_moved(self, event: TableView.Moved) -> None:
        """The cursor of a table stands on another row. A subclass with tables of its own says what that means."""
        self.show_detail()

    def show_detail(self) -> None:
        """Draw the preview of the row under the cursor; nothing happens before the screen is drawn, or after."""
        if not self.query("#preview"):
            return
        row = self.row
        safe.title(self.query_one("#preview"), self.preview_title(row))
        if self.query("#detail"):
            lines = self.detail_lines(row) if row else ()
            self.query_one("#detail", safe.PlainStatic).show(plainly(lines, self.glyphs))
        self.refresh_bindings()

    @on(TableView.Chosen)
    def _opened(self, event: TableView.Chosen) -> None:
        if event.table is self.panel.view and event.row is not None:
            self.open_row(event.row)

    def action_filter(self) -> None:
        """Open the filter."""
        field = self.query_one("#filter", Input)
        field.display = True
        field.focus()

    @on(Input.Changed, "#filter")
    def _filter(self, event: Input.Changed) -> None:
        self.panel.view.narrow_to(event.value.strip())

    @on(Input.Submitted, "#filter")
    def _keep_filter(self) -> None:
        self.panel.view.focus()

    def action_back(self) -> None:
        """Leave the filter, take marks away, clear the filter; then go back."""
        field = self.query_one("#filter", Input)
        if not field.has_focus and self.panel.view.unmark():
            return
        if field.display and (field.has_focus or field.value):
            field.value = ""
            field.display = False
            self.panel.view.focus()
        else:
            self.dismiss(None)

    def action_step(self, by: int) -> None:
        """Go to the next or previous row that passes the filter."""
        self.panel.view.action_move(by)

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now."""
        return "the dashboard has none" if action == "panel" and not self.memory.panels else super().why_not(action)

    async def action_panel(self, number: int) -> None:
        """Go back to another panel of the dashboard; a filter that was kept stays in this one."""
        if number <= len(self.memory.panels):
            await self.run_action(f"app.panel('{self.memory.panels[number - 1]}')")

    @property
    def preview(self) -> Preview:
        """Return where the preview stands: as chosen, but below the list where there is no room beside it."""
        chosen = self.memory.preview or Preview.BESIDE
        return Preview.BELOW if chosen is Preview.BESIDE and self.size.width < NARROW else chosen

    def _place_preview(self) -> None:
        for place in Preview:
            self.query("#zoom").set_class(place is self.preview, f"-{place}")

    def action_preview(self) -> None:
        """Put the preview in the next place, and keep it there for every panel until the console is closed."""
        now = self.preview
        self.memory.preview = now.after()
        if self.preview is now:  # there is no room beside the list
            self.memory.preview = self.memory.preview.after().after()
        self._place_preview()
        if self.preview is Preview.OFF:
            self.panel.view.focus()

    def action_pane(self, side: int) -> None:
        """Go to the list at the left, or to the preview at the right."""
        if side < 0 or self.preview is Preview.OFF:
            self.panel.view.focus()
        else:
            self.query_one("#preview").focus()
