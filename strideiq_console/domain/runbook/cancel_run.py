"""Cancel a workflow run that nobody needs any more, or that should not go on."""

from __future__ import annotations

from strideiq_console.domain.runbook.model import Input, Runbook, Verb, step

CANCEL_RUN = Runbook(
    name="cancel-run",
    title="Cancel a CI run",
    here=True,
    inputs=(Input("run", "Run, by its number or its id", hint="1841"),),
    steps=(
        step(
            "cancel",
            Verb.CANCEL_RUN,
            "cancel {name}",
            "Its jobs end as cancelled, which is red: a pull request that requires them waits until they have run again.",
            level=2,
            run="{run-id}",
            attempt="{attempt}",
        ),
    ),
)
