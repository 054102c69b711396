"""The table of panels, and the screen that each opens into. A new panel is one line here, and a file of its own beside it."""

from __future__ import annotations

# Under names of their own: a panel's file in this folder bears the same noun, and would take its place.
from strideiq_console.presentation import alerts as alerts_text
from strideiq_console.presentation import branches as branches_text
from strideiq_console.presentation import ci_runs as ci_runs_text
from strideiq_console.presentation import costs as costs_text
from strideiq_console.presentation import environment_acts, metrics_detail
from strideiq_console.presentation import environments as environments_text
from strideiq_console.presentation import metrics as metrics_text
from strideiq_console.ui.panel_spec import PanelSpec
from strideiq_console.ui.panels.branches import BranchesZoom
from strideiq_console.ui.panels.ci import CiZoom
from strideiq_console.ui.panels.costs import CostsZoom
from strideiq_console.ui.panels.environments import EnvironmentsZoom
from strideiq_console.ui.panels.metrics import MetricsZoom
from strideiq_console.ui.screens.zoom import ZoomScreen

PANELS = (
    PanelSpec(
        1,
        "environments",
        "Environments",
        environments_text.table,
        environments_text.detail,
        (),
        headings=True,
        across=True,
        acts=environment_acts.acts,
    ),
    PanelSpec(
        2,
        "branches",
        "Branches",
        branches_text.table,
        branches_text.detail,
        ("branches", "clone", "pulls", "promotion", "runs", "protections"),
        acts=branches_text.acts,
    ),
    PanelSpec(
        3, "ci", "CI runs", ci_runs_text.table, ci_runs_text.detail, ("runs", "pulls", "protections"), acts=ci_runs_text.acts
    ),
    PanelSpec(4, "metrics", "Metrics", metrics_text.table, metrics_detail.detail, ("metrics/", "history/")),
    PanelSpec(5, "costs", "Costs", costs_text.table, costs_text.detail, ("costs/", "metrics/", "history/"), acts=costs_text.acts),
    PanelSpec(6, "alerts", "Alerts", alerts_text.table, alerts_text.detail, ("metrics/", "history/")),
)

ZOOMS: dict[str, type[ZoomScreen]] = {
    "branches": BranchesZoom,
    "ci": CiZoom,
    "costs": CostsZoom,
    "environments": EnvironmentsZoom,
    "metrics": MetricsZoom,
}
"""The screen that a panel opens into, where it is more than list and preview."""
