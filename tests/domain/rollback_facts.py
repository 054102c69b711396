"""Facts for the planner's tests: production on ``LIVE``, one good commit to go back to, and knobs for what can be wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.migration import Direction, DowngradeKind, Revision, Risk, RiskKind
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.policy.rollback import Change, Crossing, Facts, Place, Review, Schema

NOW = datetime(2026, 1, 9, 2, 10, tzinfo=UTC)
TARGET, MIDDLE, LIVE, SIDE = "a" * 40, "b" * 40, "c" * 40, "d" * 40
ADD = Revision("0041_add_pace", file="versions/0041.py", digest="1")
DROP = Revision(
    "0042_drop_legacy_pace",
    ("0041_add_pace",),
    "versions/0042.py",
    risks=(
        Risk(RiskKind.DROPS_TABLE, Direction.UP, "legacy_pace"),
        Risk(RiskKind.DROPS_COLUMN, Direction.DOWN, "runs", "pace"),
    ),
    downgrade=DowngradeKind.DESTROYS,
    digest="2",
)
OLD, NEW = RevisionGraph.of([ADD]), RevisionGraph.of([ADD, DROP])


def commit(sha: str, *parents: str, subject: str = "work") -> Commit:
    return Commit(sha, subject, "founder", NOW - timedelta(hours=2), parents)


def changes() -> tuple[Change, ...]:
    """Return a merge of one side commit on top of a plain commit on top of the target."""
    return (
        Change(commit(LIVE, MIDDLE, SIDE, subject="Merge pull request #7"), "Merge", ()),
        Change(commit(SIDE, TARGET, subject="feature"), "feature", ()),
        Change(commit(MIDDLE, TARGET, subject="fix (#6)"), "fix", ()),
    )


def crossing(before: RevisionGraph | None = OLD, after: RevisionGraph | None = OLD) -> Crossing:
    return Crossing(LIVE, TARGET, changes(), before, after, descends=True)


def deployment(component: str, sha: str, *, live: bool = False, **more: object) -> Deployment:
    provider = "vercel" if component == "web" else "railway"
    made = Deployment(
        f"{component}-{sha[0]}",
        provider,
        component,
        "production",
        DeploymentState.READY if live or component == "web" else DeploymentState.REMOVED,
        sha=sha,
        created_at=NOW - timedelta(hours=1 if live else 5),
        live=live,
        can_rollback=not live,
        rollback_until=NOW + timedelta(hours=60) if component == "api" and not live else None,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def place(component: str, **more: object) -> Place:
    old = deployment(component, TARGET)
    found = Place(
        component,
        old.provider,
        deployment(component, LIVE, live=True),
        (deployment(component, LIVE, live=True), old),
        frozenset({old.id}),
        pinned=False,
        variables_changed=(),
        migrates=component == "api",
        redeploys=True,
        can_hold=component == "api",
    )
    return replace(found, **more)  # type: ignore[arg-type]


def facts(before: RevisionGraph | None = OLD, after: RevisionGraph | None = OLD, **more: object) -> Facts:
    """Return facts in which everything is known; ``schema`` rows follow from ``before``."""
    way = crossing(before, after)
    rows = before.heads if before is not None else None
    schema = Schema(rows, "strideiq", True, NOW - timedelta(minutes=20), "backup-1", upgrades_at_start=True)
    review = Review(protected=True, approvals=1, bot=True, others=False)
    found = Facts(TARGET, (place("api"), place("web")), way, way, schema, review)
    return replace(found, **more)  # type: ignore[arg-type]
