"""The table of panels, and the screen that each opens into. A new panel is one line here, and a file of its own beside it."""

from __future__ import annotations

from strideiq_console.presentation import alerts, branches, ci_runs, costs, environments, metrics
from strideiq_console.ui.panel_spec import PanelSpec
from strideiq_console.ui.screens.zoom import ZoomScreen

PANELS = (
    PanelSpec(1, "environments", "Environments", environments.table, environments.detail, (), headings=True),
    PanelSpec(2, "branches", "Branches", branches.table, branches.detail, ("branches", "clone", "pulls", "promotion")),
    PanelSpec(3, "ci", "CI runs", ci_runs.table, ci_runs.detail, ("runs",)),
    PanelSpec(4, "metrics", "Metrics", metrics.table, metrics.detail, ("metrics/", "history/")),
    PanelSpec(5, "costs", "Costs", costs.table, costs.detail, ("costs/",)),
    PanelSpec(6, "alerts", "Alerts", alerts.table, alerts.detail, ("metrics/", "history/")),
)

ZOOMS: dict[str, type[ZoomScreen]] = {}
"""The screen that a panel opens into, where it is more than list and preview."""
