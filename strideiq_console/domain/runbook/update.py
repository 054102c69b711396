"""Bring one pull request up to date with its base, so that it may be merged (R25)."""

from __future__ import annotations

from strideiq_console.domain.runbook.model import Input, Runbook, Verb, step

UPDATE = Runbook(
    name="update",
    title="Bring a pull request up to date",
    here=True,
    inputs=(Input("pull", "Number of the pull request", hint="41"),),
    steps=(
        step(
            "update",
            Verb.UPDATE_BRANCH,
            "merge {base} into {branch}",
            "The rules let in only what was tested together with the newest base. Its checks run again on the new head.",
            level=2,
            pull="{number}",
            base="{base}",
        ),
        step(
            "fetch",
            Verb.FETCH,
            "fetch the new head",
            "The clone learns the merge; a local branch of that name stays where it is.",
            also="{branch}",
        ),
    ),
)
