"""The dashboard: the verdict, and six panels; on a narrow terminal the environments and one panel at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from strideiq_console.domain.ci import WorkflowRun
from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.presentation.acts import Act
from strideiq_console.presentation.cell import Cell, Tone
from strideiq_console.presentation.ci_rows import run_of
from strideiq_console.presentation.environment_deployments import fitting_log
from strideiq_console.presentation.environment_log import log_of
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.verdict import verdict
from strideiq_console.ui import safe
from strideiq_console.ui.bridge import Bridge, ReadingArrived
from strideiq_console.ui.panels import PANELS, ZOOMS
from strideiq_console.ui.screens.log import LogScreen
from strideiq_console.ui.screens.panelled import PanelScreen
from strideiq_console.ui.screens.zoom import ZoomScreen
from strideiq_console.ui.widgets.filtering import HINT
from strideiq_console.ui.widgets.footer import KeyLine
from strideiq_console.ui.widgets.header import Header
from strideiq_console.ui.widgets.line import EdgeLine
from strideiq_console.ui.widgets.pace import Pace, in_sight
from strideiq_console.ui.widgets.panel import Panel
from strideiq_console.ui.widgets.table import TableView
from strideiq_console.ui.widgets.tabs import TabLine

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

RENEW_EVERY = 5.0  # ages count on while nothing new arrives
SIZES = ("normal", "half", "full")
_FIRST, *_OTHERS = PANELS
_MIDDLE, _BOTTOM = PANELS[1:3], PANELS[3:6]


class DashboardScreen(PanelScreen):
    """The first screen. Its first frame shows what the store knew, before any network."""

    AUTO_FOCUS = "#panel-environments TableView"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(s.number), f"panel('{s.name}')", s.title, show=False, id=f"panel.{s.name}", tooltip=f"go to {s.title}")
            for s in PANELS
        ),
        Binding("right_square_bracket", "turn(1)", "next panel", show=False, id="panel.next"),
        Binding("left_square_bracket", "turn(-1)", "previous panel", show=False, id="panel.previous"),
        Binding("right", "turn(1)", "pane to the right", show=False, id="pane.right"),
        Binding("left,h", "turn(-1)", "pane to the left", show=False, id="pane.left"),
        Binding(
            "l",
            "log",
            "log",
            show=False,
            id="row.log",
            tooltip="log of a CI run, an environment; else pane right",
        ),
        Binding(
            "plus",
            "grow(1)",
            "larger",
            show=False,
            id="panel.larger",
            tooltip="this panel larger, then alone",
        ),
        Binding("underscore", "grow(-1)", "smaller", show=False, id="panel.smaller", tooltip="the same backwards"),
        Binding("escape", "clear", "clear", show=False, id="panel.clear", tooltip="take guide, marks, filter away"),
    ]

    def __init__(self, services: Console, glyphs: Glyphs, bridge: Bridge, guide: Sequence[str] = ()) -> None:
        super().__init__(services, glyphs)
        self._bridge = bridge
        self._guide = tuple(guide)
        self._panels = {spec.name: Panel(spec, services, glyphs) for spec in PANELS}
        self._active = _OTHERS[1].name
        self._here = _FIRST.name
        self._grown = 0
        self.memory.panels = tuple(self._panels)
        self._banner_pace = Pace(self, self._renew_banner)

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
        yield safe.PlainInput(placeholder=f"filter: {HINT}", limit=200, id="filter")
        yield KeyLine()

    def on_mount(self) -> None:
        """Listen to the feeds, and let ages count on."""
        self._bridge.attach(self.query_one(Header), ())
        self._bridge.attach(self, ("executions",))
        for panel in self._panels.values():
            self._bridge.attach(panel, panel.spec.feeds)
            panel.view.share(self.memory.of(panel.spec.name))
        self.set_interval(RENEW_EVERY, self._renew_all)
        self._show_active()
        self._renew_banner()

    def _renew_all(self) -> None:
        for panel in self._panels.values():
            panel.renew()
        self._renew_banner()

    def on_screen_resume(self) -> None:
        """Draw what came while another screen stood here, and rows as they were arranged there."""
        for panel in self._panels.values():
            panel.view.rearrange()
            panel.catch_up()
        self.query_one(Header).renew()
        self._renew_banner()

    def on_reading_arrived(self, message: ReadingArrived) -> None:
        """An execution moved."""
        message.stop()
        self._banner_pace.ask()

    def _renew_banner(self) -> None:
        if not in_sight(self) or not self.query("#banner"):
            return
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
            names = {spec.name for spec in specs}
            self.query_one(row).set_class(self._active in names, "-active").set_class(self._here in names, "-here")
        for name, panel in self._panels.items():
            panel.set_class(name == self._active, "-active")
            panel.set_class(name == self._here, "-here")
        for place, name in enumerate(SIZES):
            self.set_class(place == self._grown, f"-{name}")
        self.query_one(TabLine).point_at(self._active)

    @property
    def active(self) -> Panel:
        """Return the panel with the focus; environments when none has it."""
        if self.focused is not None and self.focused.id == "filter":
            return self._panels[self._here]
        return next((p for p in self._panels.values() if p.view is self.focused), self._panels[_FIRST.name])

    def take(self, act: Act) -> None:
        """Do what an act says; an action that only the opened panel has is taken there, on the same row."""
        name = act.action.partition("(")[0]
        if not act.why_not and name and "." not in name and not hasattr(self, f"action_{name}"):
            zoom = self._zoom()
            self.call_later(zoom.take, act)
        else:
            super().take(act)

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now."""
        if action == "clear" and not (self._guide_shown or self._made or self._field.display):
            return "nothing is marked or filtered"
        return super().why_not(action)

    @property
    def _made(self) -> bool:
        arrangement = self.active.view.arrangement
        return bool(arrangement.marks or arrangement.query)

    @property
    def _field(self) -> Input:
        return self.query_one("#filter", Input)

    @property
    def _guide_shown(self) -> bool:
        return any(guide.display for guide in self.query("#guide"))

    def on_descendant_focus(self) -> None:
        """Keys depend on the panel with the focus, and so does which one is large."""
        name = self.active.spec.name
        self._field.display = self.focused is self._field
        if name != self._here:
            self._here = name
            self._active = self._active if name == _FIRST.name else name
            self._show_active()
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
        self.action_panel(names[(names.index(self.active.spec.name) + by) % len(names)])

    def action_grow(self, by: int) -> None:
        """Make the panel with the focus larger: twice the room of the others, then all of it, then as before."""
        self._grown = (self._grown + by) % len(SIZES)
        if SIZES[self._grown] == "half" and self.has_class("-narrow"):  # where one panel stands alone already
            self._grown = (self._grown + by) % len(SIZES)
        self._show_active()

    @on(TabLine.Picked)
    def _tab_picked(self, event: TabLine.Picked) -> None:
        self.action_panel(event.panel)

    def action_filter(self) -> None:
        """Filter the rows of the panel with the focus, where they stand."""
        self._field.value = self.active.view.query_words
        self._field.display = True
        self._field.focus()

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        if event.input.display:
            self.active.view.narrow_to(event.value.strip())

    @on(Input.Submitted, "#filter")
    def _filter_kept(self) -> None:
        self.active.view.focus()

    def action_log(self) -> None:
        """Read the log of the CI run or of the environment under the cursor; in another panel go to the one at the right."""
        facts, name = self.services.facts(), self.active.spec.name
        if name not in ("ci", "environments") or self.row is None:
            self.action_turn(1)
            return
        key = self.row.key
        found = log_of(facts, key, self.services.clock.now()) if name == "environments" else run_of(facts, key)
        if isinstance(found, Deployment):
            source = self.services.unfolding.log(found, fitting_log(found))
            self.app.push_screen(LogScreen(source, self.services, self.glyphs))
        elif isinstance(found, WorkflowRun):
            self.read_log(found)
        else:
            self.app.notify(found or "this row has no run", title="No log", severity="warning", markup=False)

    @on(TableView.Chosen)
    def _open(self, event: TableView.Chosen) -> None:
        event.stop()
        self._zoom()

    @on(TableView.Moved)
    def _moved(self, event: TableView.Moved) -> None:
        self.refresh_bindings()

    def _zoom(self) -> ZoomScreen:
        spec = self.active.spec
        key = self.row.key if self.row else ""
        kind = ZOOMS.get(spec.name, ZoomScreen)
        zoom = kind(spec, self.services, self.glyphs, self._bridge, at=key)
        zoom.memory = self.memory
        self.app.push_screen(zoom)
        return zoom

    def action_clear(self) -> None:
        """Leave the filter's field and clear it; else take guide, marks, filter away, one a time. Escape never quits."""
        if self._field.display:
            self.active.view.narrow_to("")
            self.active.view.focus()
        elif self._guide_shown:
            self.query("#guide").set(display=False)
        elif not self.active.view.unmark():
            self.active.view.narrow_to("")
            self.active.renew()


def unfinished(executions: Sequence[Execution]) -> list[Execution]:
    """Return what can be resumed, newest first."""
    return [execution for execution in executions if not execution.state.ended]
