"""What can be jumped to by name. A new kind is one function in a file here, and one word in ``SOURCES``."""

from __future__ import annotations

from strideiq_console.ui.palette import kept, measured, outside, own
from strideiq_console.ui.palette.entry import Source

OWN: tuple[Source, ...] = (own.runbooks, own.panels, own.verbs)
"""What is offered before anything is typed; the themes follow."""
SOURCES: tuple[Source, ...] = (
    outside.environments,
    outside.branches,
    outside.pulls,
    outside.runs,
    outside.deployments,
    measured.metrics,
    measured.costs,
    measured.alerts,
    kept.executions,
    kept.settings,
)
"""What is found by typing alone."""
