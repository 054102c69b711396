"""Close a pull request and open it again: what starts CI for one that was turned to another base, without an empty commit (R60)."""

from __future__ import annotations

from strideiq_console.domain.runbook.model import Input, Runbook, Verb, step

REOPEN = Runbook(
    name="reopen",
    title="Close a pull request and open it again",
    here=True,
    inputs=(Input("pull", "Pull request", hint="43"),),
    steps=(
        step(
            "close",
            Verb.CLOSE_PULL_REQUEST,
            "close #{number}",
            "GitHub starts CI when a pull request is opened, pushed to or opened again, and not when its base is changed.",
            level=2,
            pull="{number}",
            head="{head}",
        ),
        step(
            "open",
            Verb.REOPEN_PULL_REQUEST,
            "open #{number} again",
            "Opening it again starts the run that it lacks.",
            level=1,
            pull="{number}",
            head="{head}",
        ),
    ),
    reversible=True,
)
