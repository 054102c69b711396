"""Start a workflow by hand, on a branch, with its inputs."""

from __future__ import annotations

import shlex

from strideiq_console.domain.runbook.model import Input, Runbook, Verb, step

DISPATCH = Runbook(
    name="dispatch",
    title="Start a workflow by hand",
    here=True,
    inputs=(
        Input("workflow", "Workflow file", hint="ci.yml", default="ci.yml"),
        Input("ref", "Branch", hint="staging"),
        Input("values", "Its inputs", hint="suite=smoke note='two words'", optional=True),
    ),
    steps=(
        step(
            "dispatch",
            Verb.DISPATCH,
            "start {workflow} on {branch}",
            "It runs the workflow as it stands on that branch; its deploy jobs run for pushes alone.",
            level=2,
            workflow="{workflow}",
            ref="{branch}",
            values="{values}",
            sha="{sha}",
        ),
    ),
)


def pairs(text: str) -> dict[str, str]:
    """Return the inputs that ``name=value`` words say, quoted as in a shell. Raises ValueError for a word that says none."""
    found: dict[str, str] = {}
    for word in shlex.split(text):
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise ValueError(f"{word!r} is no name=value")
        found[name] = value
    return found
