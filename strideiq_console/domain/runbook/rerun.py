"""Run a workflow run again, all of it or what failed (R63)."""

from __future__ import annotations

from strideiq_console.domain.runbook.model import Input, Runbook, Verb, step

RERUN = Runbook(
    name="rerun",
    title="Run CI again",
    here=True,
    inputs=(
        Input("run", "Run, by its number or its id", hint="1839"),
        Input("jobs", "Which jobs", hint="failed all", default="failed", choices=("failed", "all")),
    ),
    steps=(
        step(
            "rerun",
            Verb.RERUN,
            "run {jobs} jobs of {name} again",
            "A new attempt on the same commit: green after red without a change means that a test is flaky, and the panel says so.",
            level=2,
            run="{run-id}",
            jobs="{jobs}",
            attempt="{attempt}",
        ),
    ),
)
