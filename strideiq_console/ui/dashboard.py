"""The dashboard: the verdict, and six panels; on a narrow terminal the environments and one panel at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.verdict import verdict
from strideiq_console.ui import safe
from strideiq_console.ui.bridge import Bridge, ReadingArrived
from strideiq_console.ui.panel_spec import PanelSpec
from strideiq_console.ui.panels import PANELS, ZOOMS
from strideiq_console.ui.screens.rows import RowScreen
from strideiq_console.ui.screens.zoom import ZoomScreen, run_of
from strideiq_console.ui.widgets.footer import KeyLine
from strideiq_console.ui.widgets.header import NARROW, Header
from strideiq_console.ui.widgets.line import EdgeLine
from strideiq_console.ui.widgets.panel import Panel
from strideiq_console.ui.widgets.table import TableView
from strideiq_console.ui.widgets.tabs import TabLine

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

RENEW_EVERY = 5.0  # ages count on while nothing new arrives
_FIRST, *_OTHERS = PANELS
_MIDDLE, _BOTTOM = PANELS[1:3], PANELS[3:6]


class DashboardScreen(RowScreen):
    """The first screen. Its first frame shows what the store knew, before any network."""

    AUTO_FOCUS = "#panel-environments TableView"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(s.number), f"panel('{s.name}')", s.title, show=False, id=f"panel.{s.name}", tooltip=f"go to {s.title}")
            for s in PANELS
        ),
        Binding("right_square_bracket", "turn(1)", "next panel", show=False, id="panel.next"),
        Binding("left_square_bracket", "turn(-1)", "previous panel", show=False, id="panel.previous"),
        Binding("slash", "filter", "filter", id="row.filter"),
        Binding("l", "log", "log", show=False, id="row.log", tooltip="the log of a CI run"),
        Binding("r", "renew", "read again", show=False, id="panel.renew", tooltip="read this panel's feeds again"),
    ]

    def __init__(self, services: Console, glyphs: Glyphs, bridge: Bridge, guide: Sequence[str] = ()) -> None:
        super().__init__(services, glyphs)
        self._bridge = bridge
        self._guide = tuple(guide)
        self._panels = {spec.name: Panel(spec, services, glyphs) for spec in PANELS}
        self._active = _OTHERS[1].name

    def compose(self) -> ComposeResult:
        """Lay header, panels and keys out."""
        yield Header(self.services, self.glyphs)
        yield EdgeLine(id="banner")
        with Vertical(id="panels"):
            yield self._panels[_FIRST.name]
            yield TabLine(_OTHERS, self.glyphs)
            with Horizontal(id="middle"):
                yield from (self._panels[spec.name] for spec in _MIDDLE)
            with Horizontal(id="bottom"):
                yield from (self._panels[spec.name] for spec in _BOTTOM)
        if self._guide:
            yield safe.PlainStatic([(Cell(line),) for line in self._guide], id="guide")
        yield KeyLine()

    def on_mount(self) -> None:
        """Listen to the feeds, and let ages count on."""
        self._bridge.attach(self.query_one(Header), ())
        self._bridge.attach(self, ("executions",))
        for panel in self._panels.values():
            self._bridge.attach(panel, panel.spec.feeds)
        self.set_interval(RENEW_EVERY, self._renew_all)
        self._show_active()
        self._renew_banner()

    def _renew_all(self) -> None:
        for panel in self._panels.values():
            panel.renew()
        self._renew_banner()

    def on_resize(self, event: events.Resize) -> None:
        """Say less in a narrow terminal."""
        for panel in self._panels.values():
            panel.lay_out(event.size.width < NARROW)

    def on_reading_arrived(self, message: ReadingArrived) -> None:
        """An execution moved."""
        message.stop()
        self._renew_banner()

    def _renew_banner(self) -> None:
        banner = self.query_one("#banner", EdgeLine)
        facts = self.services.facts()
        open_ones = unfinished(facts.executions)
        # The verdict may be about the one execution already; a second line would say it twice.
        told = len(open_ones) == 1 and any(key == "u" for key, _ in verdict(facts, self.services.clock.now()).hints)
        banner.display = bool(open_ones) and not told
        if not banner.display:
            return
        first, more = open_ones[0], len(open_ones) - 1
        at = first.current
        where = f" at '{at.step.title}'" if at else ""
        name = f"{first.plan.runbook} {dict(first.plan.inputs).get('slug', '')}"
        words = f"{self.glyphs.partial} Unfinished: {name}, {first.state}{where}"
        tail = f", and {more} more" if more else ""
        banner.show((Cell(f"{words}{tail}", Tone.ACTIVE),), (Cell("u", Tone.ACCENT), Cell(" resumes it", Tone.MUTED)))

    def _show_active(self) -> None:
        for row, specs in (("#middle", _MIDDLE), ("#bottom", _BOTTOM)):
            self.query_one(row).set_class(any(spec.name == self._active for spec in specs), "-active")
        for name, panel in self._panels.items():
            panel.set_class(name == self._active, "-active")
        self.query_one(TabLine).point_at(self._active)

    def _spec(self) -> PanelSpec:
        """Return the panel with the focus; environments when none has it."""
        return next((p.spec for p in self._panels.values() if self.focused in p.walk_children()), _FIRST)

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now."""
        if action == "log" and self._log_run() is None:
            return "the cursor stands on no CI run"
        return super().why_not(action)

    def on_descendant_focus(self) -> None:
        """Keys depend on the panel with the focus."""
        self.refresh_bindings()

    def action_panel(self, name: str) -> None:
        """Go to a panel; on a narrow terminal it is put in the place of the one below the tabs."""
        if name != _FIRST.name:
            self._active = name
            self._show_active()
        self._panels[name].view.focus()

    def action_turn(self, by: int) -> None:
        """Go to the next or the previous panel."""
        names = [spec.name for spec in PANELS]
        self.action_panel(names[(names.index(self._spec().name) + by) % len(names)])

    def action_renew(self) -> None:
        """Read the feeds of this panel again."""
        spec = self._spec()
        names = [f for f in spec.feeds if not f.endswith("/")]
        self.services.refresh(*names)
        self.app.notify(f"Reading {spec.title} again.", timeout=2, markup=False)

    def action_filter(self) -> None:
        """Open the panel with its filter ready."""
        self._zoom(filtering=True)

    def _log_run(self) -> object:
        return run_of(self.services.facts(), self.row.key) if self._spec().name == "ci" and self.row else None

    def action_log(self) -> None:
        """Read the log of the CI run under the cursor."""
        run = run_of(self.services.facts(), self.row.key) if self.row else None
        if run is not None:
            self.read_log(run)

    @on(TableView.Chosen)
    def _open(self, event: TableView.Chosen) -> None:
        event.stop()
        self._zoom()

    @on(TableView.Moved)
    def _moved(self, event: TableView.Moved) -> None:
        self.refresh_bindings()

    def _zoom(self, *, filtering: bool = False) -> None:
        spec = self._spec()
        key = self.row.key if self.row else ""
        zoom = ZOOMS.get(spec.name, ZoomScreen)
        self.app.push_screen(zoom(spec, self.services, self.glyphs, self._bridge, at=key, filtering=filtering))

    def hide_guide(self) -> bool:
        """Take the guide away; says whether there was one."""
        guides = self.query("#guide")
        found = bool(guides) and guides.first().display
        guides.set(display=False)
        return found

    def key_escape(self) -> None:
        """Escape takes the guide away and nothing else: it never quits."""
        self.hide_guide()


def unfinished(executions: Sequence[Execution]) -> list[Execution]:
    """Return what can be resumed, newest first."""
    return [execution for execution in executions if not execution.state.ended]
