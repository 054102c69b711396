"""One evening with something on every panel, and the hand that puts hostile text behind every word of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from itertools import islice
from pathlib import Path
from typing import Any

from strideiq_console.domain.attested import RESTORE_DRILL, STAGING_DATA
from strideiq_console.domain.branch import BranchKind
from strideiq_console.domain.changes import Arrived, Changes, Touched
from strideiq_console.domain.commit import Commit
from strideiq_console.domain.comparison import Comparison, FileCount
from strideiq_console.domain.cost import Charges, CostEntry, CostKind, CostLine, MonthCosts
from strideiq_console.domain.database_share import DatabaseShare, Sharing
from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.dns import Domain, Registration, Resolution
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.manual_entry import ManualEntry
from strideiq_console.domain.metric import EndpointErrors, Metrics, Quantity, Sample, Series
from strideiq_console.domain.migration import Revision
from strideiq_console.domain.pin import Pin
from strideiq_console.domain.policy.alert_rules import AlertRule
from strideiq_console.domain.provider_status import ProviderIncident, ProviderStatus
from strideiq_console.domain.reading import Level, Reading
from strideiq_console.domain.schema_ladder import Rung, SchemaLadder
from strideiq_console.domain.service import ServiceBoard, ServiceState, Trigger, VolumeState
from strideiq_console.domain.unfolded import Climb, HeldNames, Ladder

from .made_facts import MAIN, NOW, F, S, ago, branch, commit, facts, failed, pull, run, seen

KEPT = {
    *("id", "sha", "head_sha", "environment", "component", "provider", "source", "pattern", "local", "remote", "tip", "month"),
    "samples",
}
GOOD = "https://github.com/acme/strideiq/pull/43"
HEAD = 4
"""Letters of the true text that stay before what is hostile."""
LONG = {"cause", "note", "words", "warnings", "turns_back", "afterwards", "consequence", "detail", "unknown", "missing"}
"""What is folded wherever it is drawn, and so can hold much."""
Q = Quantity


class Poison:
    """Gives hostile texts one after the other, for ever, ``each`` of them behind every text, ``many`` behind a long one.

    Addresses turn hostile in three ways; the fourth is a good one.
    """

    def __init__(self, texts: Iterator[str], each: int, many: int) -> None:
        self._texts, self._each, self._many, self._links = texts, each, many, 0

    def behind(self, value: str, name: str = "") -> str:
        return value[:HEAD] + "".join(islice(self._texts, self._many if name in LONG else self._each))

    def address(self) -> str:
        self._links += 1
        text = next(self._texts)
        ways = (GOOD, f"{GOOD}{text}", f"https://evil.invalid/{self._links}", f"https://github.com@evil.invalid/{text}")
        return ways[self._links % len(ways)]


def poisoned(value: Any, poison: Poison, name: str = "") -> Any:
    """Return ``value`` with hostile text behind every text that could come from outside, as if the first wall had failed."""
    if isinstance(value, (Enum, datetime, Path, Environment, AlertRule)) or name in KEPT:
        return value
    if isinstance(value, str):
        return poison.address() if name == "url" else poison.behind(value, name)
    if isinstance(value, tuple):
        return tuple(poisoned(item, poison, name) for item in value)
    if isinstance(value, dict):
        return {key: poisoned(item, poison) for key, item in value.items()}
    if isinstance(value, ManualEntry):  # its name is the settings' own word
        return replace(value, note=poison.behind(value.note), evidence=poison.behind(value.evidence))
    if is_dataclass(value) and not isinstance(value, type):
        changes = {field.name: poisoned(getattr(value, field.name), poison, field.name) for field in fields(value) if field.init}
        return replace(value, **changes)
    return value


def series(quantity: Quantity, value: float, part: str = "", n: int | None = 400) -> Series:
    samples = tuple(Sample(NOW - timedelta(minutes=59 - i), value, n) for i in range(60))
    return Series(quantity, "production", "prometheus", samples, part, timedelta(minutes=5), n, "a note of the source")


def measured() -> dict[str, Any]:
    found = (
        series(Q.ERROR_RATE, 0.3, "api"),
        series(Q.P99, 4000, "api"),
        *(series(Q.QUEUE_DEPTH, 400, f"queue {n}") for n in range(4)),
        *(series(Q.MEMORY, 4e8, f"part {n}") for n in range(4)),
        series(Q.REGISTERED_USERS, 1001, n=None),
    )
    worst = tuple(EndpointErrors("POST", f"/v1/coach/{n}", 40, 9) for n in range(8))
    value = Metrics(
        "production", "prometheus", found, worst, ((Q.CONNECTIONS, "not exported"), (Q.REDIS_MEMORY, "not there")), False, "a"
    )
    return {
        "metrics": {"production/prometheus": failed(Reading("prometheus", value, NOW, None, NOW))},
        "history": {"production": Reading("history", found, NOW, None, NOW)},
    }


def paid() -> dict[str, Any]:
    lines = tuple(
        CostLine(
            "railway", f"CPU {n}", Decimal(n), kind=CostKind.METERED, environment="production", component=("api", "other")[n % 2]
        )
        for n in range(1, 5)
    )
    charges = Charges("railway", lines, datetime(2026, 11, 1, tzinfo=UTC), NOW, False, "a note of the bill")
    entries = tuple(
        CostEntry(s, "production", "2026-11", Decimal(3), NOW, "founder", "by hand") for s in ("web", "database", "domain")
    )
    bill = seen("railway", MonthCosts("railway", charges, charges, charges))
    return {"costs": {"railway": failed(bill)}, "entries": entries}


def around() -> dict[str, Any]:
    """Return status pages, names, pins and the schema ladder."""
    troubles = tuple(ProviderIncident(f"slow builds {n}", "investigating", "major", ago(hours=1), GOOD) for n in range(3))
    status = {
        p: failed(seen(p, ProviderStatus(p, Level.WARNING, "partial outage", (("Actions", "degraded"),), troubles, GOOD)))
        for p in ("github", "vercel")
    }
    files = (Revision("a1", file="a1_add.py", message="add devices"), Revision("b2", ("a1",), "b2.py", "drop"))
    rungs = tuple(Rung(place, ("a1",), files, ("zz",), (), "a note", "main") for place in ("production", "staging"))
    return {
        "status": status,
        "names": failed(seen("dns", (Resolution("strideiq.run", ("1.2.3.4",), ("cname.example",), "system", "not found"),))),
        "ladder": seen("migrations", SchemaLadder(rungs, (("main", "b2"),), ("two heads",), "merge them", "a note")),
        "pins": {"vercel": seen("vercel", (Pin("production", "web", True, "dpl-web-production", note="rolled back by hand"),))},
        "databases": failed(seen("postgres", (DatabaseShare("staging", Sharing.DATABASE, "the same system identifier"),))),
        "by_hand": tuple(
            ManualEntry(name, date(2025, 12, 18), date(2026, 1, 1 + place), None, where, note="a note", evidence="a page")
            for place, (name, where) in enumerate(((RESTORE_DRILL, "production"), (STAGING_DATA, "staging")))
        ),
        "mainline": seen("git", tuple(commit(f"{n:x}" * 40, f"fix: {n}", hours=n) for n in range(1, 9))),
    }


def whole(**changes: Any) -> Facts:
    """Return facts with something on every panel, and long lists of what outsiders name."""
    made = facts(**measured(), **paid(), **around())
    more = tuple(branch(f"feature/n{n}", BranchKind.FEATURE, f"{n:040x}", f"Subject {n}", 1, 2, hours=n + 1) for n in range(30))
    runs = tuple(run(1900 + n, f"feature/n{n}", "push", F if n % 2 else S, (F, S, F), 5 + n) for n in range(30))
    moved = {
        provider: failed(replace(reading, value=(*(reading.value or ()), *_before(reading.value or ()))))
        for provider, reading in made.deployments.items()
    }
    known = replace(
        made,
        branches=failed(replace(made.branches, value=(*more, *(made.branches.value or ())))),
        runs=failed(replace(made.runs, value=(*runs, *(made.runs.value or ())))),
        deployments=moved,
        pulls=failed(replace(made.pulls, value=tuple(pull(60 + n, f"Add n{n}", f"feature/n{n}", "staging", F) for n in range(8)))),
    )
    return replace(known, **changes)


def joined(known: Facts) -> Facts:
    """Return facts whose pull requests belong to the first branches again, whatever those are called."""
    names = [one.name for one in known.branches.value or ()]
    pulls = tuple(
        replace(one, pull=replace(one.pull, head=name)) for one, name in zip(known.pulls.value or (), names, strict=False)
    )
    return replace(known, pulls=replace(known.pulls, value=pulls))


def _before(listed: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return, for each deployment, five that stood there before it."""
    return tuple(
        replace(one, id=f"{one.id}-{n}", sha=f"{n}" * 40, live=False, created_at=ago(days=n), ready_at=ago(days=n), state=state)
        for one in listed
        for n, state in enumerate((DeploymentState.READY, DeploymentState.FAILED, *(DeploymentState.READY,) * 3), start=1)
    )


def unfolded() -> dict[str, Any]:
    """Return what the sections of an environment read on demand, in the shapes of ``FakeUnfolding.found``."""
    climbs = tuple(Climb(a, b, commits(), 9, "a note") for a, b in (("local", "staging"), ("staging", "main")))
    services = tuple(
        ServiceState(f"s{n}", "api", "production", "railway", DeploymentState.READY, True, region="eu", source="image", sha=MAIN)
        for n in range(6)
    )
    volumes = (VolumeState("v", "data", "production", "railway", "api", 4, 5, "/data", "eu", "ready"),)
    triggers = (Trigger("production", "railway", "api", "main", "acme/strideiq", True),)
    domains = tuple(
        Domain(f"n{n}.strideiq.run", "vercel", "production", True, False, "issued", None, (), "a note") for n in range(6)
    )
    public = (Resolution("strideiq.run", ("1.2.3.4",), ("x.example",), "public", "timed out"),)
    return {
        "ladder": Ladder(climbs, ago(minutes=4), shallow=True),
        "parts": ServiceBoard("production", "railway", services, volumes, triggers, domains, 3, complete=False),
        "names": HeldNames("production", domains, Registration("strideiq.run", True, status="active"), public),
    }


def commits(subjects: Sequence[str] = tuple(f"fix: {n}" for n in range(1, 12))) -> tuple[Commit, ...]:
    return tuple(Commit(f"{n:040x}", subject, "founder", ago(hours=n)) for n, subject in enumerate(subjects, start=1))


def comparison(lines: Sequence[str]) -> Comparison:
    counts = tuple(FileCount(f"app/{line[:20]}.py", 3, 1, "old.py") for line in lines[:5])
    return Comparison(counts, ("diff --git a/x b/x", "@@ -1 +1 @@", *(f"+{line}" for line in lines)), 3, 40)


def changed(known: Changes, lines: Sequence[str]) -> Changes:
    """Return all that can stand in the answer to what changed: commits of these subjects, with migrations and variables."""
    arrived = tuple(Arrived(one, (f"migrations/{one.subject[:12]}.py",)) for one in commits(lines))
    touched = tuple(Touched(f"NAME_{line[:12]}", "railway", ago(hours=1)) for line in lines[:6])
    return replace(known, commits=arrived, more=4, variables=touched, unknown=(*known.unknown, "variables of web: no token"))
