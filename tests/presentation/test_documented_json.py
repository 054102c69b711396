"""docs/glance.md names the fields of the JSON documents: each that there is, and none that there is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from strideiq_console.domain.changes import Arrived, Changes, Move, Touched
from strideiq_console.domain.commit import Commit
from strideiq_console.domain.cost import CostEntry
from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.facts import Facts, RateBudget
from strideiq_console.domain.policy.protection import Protection
from strideiq_console.domain.provider_status import ProviderStatus
from strideiq_console.domain.reading import Level
from strideiq_console.presentation import changes, glance, session_end
from strideiq_console.presentation.nouns import NOUNS

from .facts import MAIN, NOW, STAGING, ago, bare, deployment, reading, sha
from .measured_facts import whole
from .plans import up_to

PAGE = Path(__file__).parents[2] / "docs" / "glance.md"
PROVENANCE = ("seen", "source", "complete", "fault")
BY_NAME = frozenset({"live", "sources", "status", "feeds", "endpoints", "by_environment"})
"""Objects whose keys are names of things, not of fields."""
DATA = frozenset(
    {
        "environments[].health.*.parts",
        "executions[].inputs",
        "executions[].steps[].result",
        "items[].inputs",
        "items[].steps[].result",
    }
)
"""Objects whose keys and values are both data."""
PARTS = {
    "branches": "branches",
    "ci": "ci",
    "metrics": "metrics",
    "environments": "environments",
    "alerts": "alerts",
    "history": "executions",
}
"""Where the page says what the items of a noun are: at the same of the glance."""


def documented() -> dict[str, set[str]]:
    """Return the fields that the page names, by document."""
    found: dict[str, set[str]] = {}
    for part in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]:
        schema = part.partition("\n")[0]
        rows = [row.split("|")[1] for row in part.splitlines() if row.startswith("| `")]
        found[schema] = {field for row in rows for field in re.findall(r"`([^`]+)`", row)}
    return found


def fields(value: Any, path: str = "") -> Iterator[str]:
    """Return the path of every field of a document; ``*`` stands for a name, ``[]`` for an item."""
    if isinstance(value, dict) and path not in DATA:
        by_name = path.rsplit(".", 1)[-1] in BY_NAME
        for key, inside in value.items():
            probed = path.endswith(".health") and isinstance(inside, dict)
            where = f"{path}.{'*' if by_name or probed else key}".removeprefix(".")
            if key not in PROVENANCE:
                yield where if not probed else f"{path}.{key}"
                yield from fields(inside, where)
    elif isinstance(value, list):
        for inside in value:
            yield from fields(inside, f"{path}[]")


def told(documents: Any, page: set[str]) -> set[str]:
    """Return the fields of documents, without those that are told by the fields inside them."""
    found = {field for document in documents for field in fields(json.loads(json.dumps(document)))}
    inside = {field for field in found if any(one.startswith((f"{field}.", f"{field}[]")) for one in page)}
    return {field for field in found if not field.endswith("*")} - (inside - page)


def evening() -> Facts:
    """Return facts in which every field has something to say."""
    known = whole(error_rate=0.072)
    building = deployment("web", "production", STAGING, at=ago(minutes=1), state=DeploymentState.BUILDING, live=False)
    vercel = known.deployments["vercel"]
    return replace(
        known,
        deployments={**known.deployments, "vercel": replace(vercel, value=(building, *(vercel.value or ())))},
        protections=reading("github", (Protection("main", "ruleset", True, 1, ("test",), True, False, False, False),)),
        entries=(CostEntry("railway-api", "production", "2026-01", Decimal("7.10"), ago(hours=2), "founder", "the bill"),),
        executions=(up_to("push"),),
    )


def test_the_glance() -> None:
    page = documented()[glance.SCHEMA]
    budgets = (RateBudget("github", 4812, 5000),)
    assert told([glance.as_json(facts, NOW, budgets) for facts in (evening(), bare())], page) == page


def test_each_noun() -> None:
    page = documented()
    shown, whole_glance = page["strideiq.show/1"], page[glance.SCHEMA]
    costs = {field.removeprefix("costs.") for field in whole_glance if field.startswith("costs.")}
    found: set[str] = set()
    for name, noun in NOUNS.items():
        items = {
            field.replace(f"{PARTS[name]}[]", "items[]", 1)
            for field in whole_glance
            if name in PARTS and field.startswith(f"{PARTS[name]}[]")
        }
        expected = items | (costs if name == "costs" else set())
        mine = told([noun.as_json(facts, NOW) for facts in (evening(), bare())], expected | shown)
        assert mine - shown <= expected, name
        assert expected <= mine | {"items"}, name
        found |= mine
    assert shown - found == {"without_run[].number", "without_run[].reason"}, "every pull request of the evening had a run"


def test_what_changed() -> None:
    old, new = (deployment("web", "production", commit, at=ago(hours=at)) for commit, at in ((STAGING, 9), (MAIN, 1)))
    commit = Commit(sha("a"), "fix(auth): keep the session", "Founder", ago(hours=2))
    known = Changes(
        "production",
        (Move("web", "vercel", new, old),),
        (Arrived(commit, ("0042_pace.py",)),),
        variables=(Touched("API_URL", "vercel", ago(hours=1)),),
        status=(ProviderStatus("github", Level.WARNING, "Degraded"),),
    )
    page = documented()[changes.SCHEMA]
    assert told([changes.changes_json(known, NOW)], page) == page


def test_the_end_of_a_session() -> None:
    page = documented()[session_end.SCHEMA]
    assert told([session_end.session_end_json(session_end.session_end(evening(), NOW), NOW)], page) == page


def test_provenance_is_told_once() -> None:
    assert (
        tuple(row for row in re.findall(r"^\| `(\w+)`", PAGE.read_text().partition("### Provenance")[2].partition("## ")[0], re.M))
        == PROVENANCE
    )
