"""Where a jump leads: a row of an opened panel, an execution, a setting with its origin; from any screen, over the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.config_lines import setting_lines
from strideiq_console.ui.bridge import Bridge
from strideiq_console.ui.dashboard import DashboardScreen
from strideiq_console.ui.palette.entry import Carried, Do, Row, Setting, Target
from strideiq_console.ui.panels import PANELS, ZOOMS
from strideiq_console.ui.screens.history import HistoryScreen
from strideiq_console.ui.screens.reading import ReadDialog
from strideiq_console.ui.screens.runbook import RunbookScreen
from strideiq_console.ui.screens.zoom import ZoomScreen
from strideiq_console.ui.theming import ThemedApp

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


class JumpingApp(ThemedApp):
    """An application whose places can be gone to from anywhere."""

    def __init__(self, services: Console) -> None:
        super().__init__(services)
        self.bridge = Bridge(services)

    def jump(self, target: Target) -> None:
        """Go where a line of the palette leads."""
        if isinstance(target, Do):
            self.call_later(self.run_action, target.action)
        elif isinstance(target, Row):
            self.show_row(target.panel, target.key)
        elif isinstance(target, Carried):
            self.show_execution(target.execution)
        elif isinstance(target, Setting):
            lines = setting_lines(self.services.settings, target.key)
            self.push_screen(ReadDialog(self._plainly(lines), self.services.clock, title="Setting"))

    def _plainly(self, lines: tuple[Line, ...]) -> list[Line]:
        return [tuple(Cell(self.glyphs.plain(cell.text), cell.tone) for cell in line) for line in lines] or [
            (Cell("there is no such key", Tone.MUTED),)
        ]

    def to_dashboard(self) -> DashboardScreen | None:
        """Leave every screen above the dashboard; executions stay resumable where they stand."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        return self.screen if isinstance(self.screen, DashboardScreen) else None

    def show_row(self, panel: str, key: str) -> None:
        """Open a panel on one of its rows; where the panel does not show it, say so."""
        spec = next(one for one in PANELS if one.name == panel)
        if self.to_dashboard() is None:
            return
        zoom = ZOOMS.get(panel, ZoomScreen)(spec, self.services, self.glyphs, self.bridge, at=key)
        table = zoom.spec.table(self.services.facts(), self.services.clock.now(), self.glyphs)
        self.push_screen(zoom)
        if all(row.key != key for row in table.rows):
            self.notify(f"{spec.title} shows no row {key!r} now.", severity="warning", timeout=5)

    def show_execution(self, named: str) -> None:
        """Open an execution; where nothing can be carried out, the list of them all."""
        found = next((one for one in self.services.facts().executions if one.id == named), None)
        if found is None or self.services.engine is None:
            self.action_history()
        else:
            self.open_execution(found)

    def open_execution(self, execution: Execution, *, at_once: bool = False) -> None:
        """Show an execution on its screen, which goes on with it; nothing above level 1 happens without a confirmation."""
        engine = self.services.engine
        if engine is None:
            self.notify(self.services.read_only, severity="warning")
            return
        self.to_dashboard()
        self.push_screen(RunbookScreen(execution, self.services, engine, self.glyphs, self.bridge, at_once=at_once))

    def action_history(self) -> None:
        """Show every execution."""
        self.to_dashboard()
        self.push_screen(HistoryScreen(self.services, self.glyphs, self.bridge))

    def action_panel(self, name: str) -> None:
        """Go to a panel of the dashboard from anywhere."""
        dashboard = self.to_dashboard()
        if dashboard is not None:
            dashboard.action_panel(name)

    def action_open_panel(self, name: str) -> None:
        """Open a panel from anywhere; Escape leads to its place on the dashboard."""
        spec = next(one for one in PANELS if one.name == name)
        dashboard = self.to_dashboard()
        if dashboard is not None:
            dashboard.action_panel(name)
            zoom = ZOOMS.get(name, ZoomScreen)(spec, self.services, self.glyphs, self.bridge)
            zoom.memory = dashboard.memory
            self.push_screen(zoom)
