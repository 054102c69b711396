"""Clean up: delete branches that have served, here and at GitHub, each with the proof that nothing of it is lost (R17, R18).

What is deleted follows from what planning finds, so the steps come from its study. Everything can be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from strideiq_console.domain.runbook.model import Input, Runbook, Step, Verb, step

AUTO = "auto"
MOST = 40
"""Branches in one plan: more effects than that nobody reads before confirming them."""
GROUP = "branches"

TIDY = Runbook(
    name="tidy",
    title="Clean up branches that are merged",
    key="c",
    inputs=(
        Input(
            "branches",
            "Which branches, with commas; auto: all that are merged or squashed",
            hint="feature/calendar, hotfix/fix-auth",
            default=AUTO,
        ),
    ),
    steps=(),
    reversible=True,
)


def named(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the branches of an input, each once. A name that holds a comma itself is taken whole where it is known."""
    found: list[str] = []
    for word in text.split():
        found += [word] if word in known else filter(None, re.split(r",", word))
    return tuple(dict.fromkeys(found))


def first() -> Step:
    """Return the step that all proofs rest on."""
    return step(
        "fetch",
        Verb.FETCH,
        "fetch what is merged",
        "Whether a branch is merged is judged by main and staging as origin has them now.",
    )


def last(gone: str) -> Step:
    """Return the step after which the clone knows what is gone at GitHub; ``gone`` is one of those branches."""
    return step(
        "fetch-after",
        Verb.FETCH,
        "fetch what is left",
        "The clone forgets the branches that GitHub has no more, so that the list of branches is true again.",
        also=gone,
    )


def at_github(number: int, branch: str, sha: str) -> Step:
    """Return the step that deletes a branch at GitHub while it stands at ``sha``."""
    return step(
        f"remote-{number}",
        Verb.DELETE_BRANCH,
        f"delete {branch} at GitHub",
        "Its work has arrived. The proof is looked at again right before, and the tip stays pinned in the clone for 30 days.",
        level=2,
        group=GROUP,
        branch=branch,
        sha=sha,
    )


def in_clone(number: int, branch: str, sha: str) -> Step:
    """Return the step that deletes a local branch while it stands at ``sha``."""
    return step(
        f"local-{number}",
        Verb.DELETE_LOCAL_BRANCH,
        f"delete {branch} here",
        "Its work has arrived. The proof is looked at again right before, and the tip stays pinned in the clone for 30 days.",
        level=2,
        group=GROUP,
        branch=branch,
        sha=sha,
    )
