"""Every closed path, with its reason, its rule and what would open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.migration import DowngradeKind, Revision, UnclearFile
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.policy.rollback import Facts, PlanKind, Reason, rollback_plans
from tests.domain.rollback_facts import (
    ADD,
    DROP,
    LIVE,
    MIDDLE,
    NEW,
    NOW,
    OLD,
    SIDE,
    TARGET,
    commit,
    crossing,
    deployment,
    facts,
    place,
)

PROVIDER, REVERT, KEEP = PlanKind.PROVIDER, PlanKind.REVERT, PlanKind.KEEP_FILES
SCHEMA_FIRST, REDEPLOY = PlanKind.SCHEMA_FIRST, PlanKind.REDEPLOY
UNCLEAR = RevisionGraph.of([ADD], [UnclearFile("versions/x.py", "a syntax error", 3)])
JOIN = RevisionGraph.of([ADD, Revision("left", ("0041_add_pace",), "l.py"), Revision("right", ("0041_add_pace",), "r.py")])
ROOTS = RevisionGraph.of([ADD, Revision("other", (), "o.py")])


def api(**more: object) -> Facts:
    """Return facts in which only what is given about the API differs."""
    return facts(places=(place("api", **more), place("web")))


def old_api(**more: object) -> Facts:
    return api(candidates=(deployment("api", TARGET, **more),))


def schema(given: Facts, **more: object) -> Facts:
    return replace(given, schema=replace(given.schema, **more))  # type: ignore[arg-type]


def crossed(**more: object) -> Facts:
    return schema(facts(NEW, OLD), **more)


def way(given: Facts, **more: object) -> Facts:
    assert given.main is not None
    return replace(given, main=replace(given.main, **more))  # type: ignore[arg-type]


def unheld() -> Facts:
    return facts(NEW, OLD, places=(place("api", can_hold=None), place("web")))


def blamed(sha: str, migrations: tuple[str, ...] | None = (), *parents: str) -> Facts:
    given = facts(blamed=sha)
    assert given.main is not None
    assert given.main.changes is not None
    changes = tuple(
        replace(c, migrations=migrations, commit=commit(sha, *parents) if parents else c.commit) if c.commit.sha == sha else c
        for c in given.main.changes
    )
    return way(given, changes=changes)


def rootless() -> Facts:
    return way(
        facts(blamed=SIDE), changes=tuple(replace(c, commit=replace(c.commit, parents=())) for c in crossing().changes or ())
    )


CASES: list[tuple[str, Callable[[], Facts], PlanKind, Reason, str]] = [
    ("image gone", lambda: old_api(can_rollback=False), PROVIDER, Reason.IMAGE_EXPIRED, "R98"),
    ("image expired", lambda: old_api(rollback_until=NOW), PROVIDER, Reason.IMAGE_EXPIRED, "R98"),
    ("eligibility unknown", lambda: old_api(can_rollback=None), PROVIDER, Reason.UNKNOWN_ELIGIBILITY, "R98"),
    ("targets unknown", lambda: api(reachable=None), PROVIDER, Reason.UNKNOWN_ELIGIBILITY, "R98"),
    ("plan depth", lambda: api(reachable=frozenset({"api-x"})), PROVIDER, Reason.PLAN_DEPTH, "R98"),
    ("no deployment", lambda: api(candidates=()), PROVIDER, Reason.NO_DEPLOYMENT, "R98"),
    ("never served", lambda: old_api(state=DeploymentState.CRASHED), PROVIDER, Reason.NEVER_SERVED, "R98"),
    ("state unknown", lambda: old_api(state=DeploymentState.UNKNOWN), PROVIDER, Reason.NEVER_SERVED, "R98"),
    ("live unknown", lambda: api(live=None), PROVIDER, Reason.UNKNOWN_LIVE, "R98"),
    ("live moved", lambda: api(live=deployment("api", MIDDLE, live=True)), PROVIDER, Reason.WRONG_COMMIT, "T3"),
    ("cannot build", lambda: api(redeploys=False), REDEPLOY, Reason.NO_DEPLOYMENT, "R98"),
    ("may not build", lambda: api(redeploys=None), REDEPLOY, Reason.UNKNOWN_ELIGIBILITY, "R98"),
    ("other target", lambda: facts(target=MIDDLE), PROVIDER, Reason.WRONG_COMMIT, "T3"),
    ("short target", lambda: facts(target=TARGET[:7]), PROVIDER, Reason.WRONG_COMMIT, "T3"),
    ("there already", lambda: facts(places=()), PROVIDER, Reason.NOTHING_TO_DO, ""),
    ("crossed, rollback", crossed, PROVIDER, Reason.OLD_CODE_LOST, "T5"),
    ("crossed, redeploy", crossed, REDEPLOY, Reason.OLD_CODE_LOST, "T5"),
    ("crossed, revert", crossed, REVERT, Reason.OLD_CODE_LOST, "T5"),
    ("crossed, rows unknown", lambda: crossed(rows=None), PROVIDER, Reason.UNKNOWN_REVISION, "R96"),
    ("stray row", lambda: schema(facts(), rows=("9999_hand",)), PROVIDER, Reason.OLD_CODE_LOST, "T5"),
    ("stray row, revert", lambda: schema(facts(), rows=("9999_hand",)), REVERT, Reason.OLD_CODE_LOST, "T5"),
    ("stray row, keep", lambda: crossed(rows=("9999_hand",)), KEEP, Reason.OLD_CODE_LOST, "T5"),
    ("files unclear", lambda: facts(OLD, UNCLEAR), PROVIDER, Reason.UNKNOWN_FILES, "T5"),
    ("files unread", lambda: facts(None, OLD), PROVIDER, Reason.UNKNOWN_FILES, "T5"),
    ("files unread, keep", lambda: facts(None, OLD), KEEP, Reason.UNKNOWN_FILES, "T5"),
    ("files unread, down", lambda: facts(NEW, None), SCHEMA_FIRST, Reason.UNKNOWN_FILES, "T5"),
    ("down, rows unknown", lambda: crossed(rows=None), SCHEMA_FIRST, Reason.UNKNOWN_REVISION, "R93"),
    ("down, stray row", lambda: crossed(rows=("9999_hand",)), SCHEMA_FIRST, Reason.UNKNOWN_REVISION, "R93"),
    ("down, overlap", lambda: crossed(rows=(ADD.id, DROP.id)), SCHEMA_FIRST, Reason.AMBIGUOUS, "T7"),
    ("down, own root", lambda: facts(ROOTS, OLD), SCHEMA_FIRST, Reason.AMBIGUOUS, "T7"),
    ("down, both have own", lambda: facts(JOIN, NEW), SCHEMA_FIRST, Reason.AMBIGUOUS, "T7"),
    ("down, deploys loose", unheld, SCHEMA_FIRST, Reason.STARTUP_UPGRADES, "T6"),
    ("down, stale backup", lambda: crossed(backup_at=NOW - timedelta(minutes=61)), SCHEMA_FIRST, Reason.STALE_BACKUP, "R91"),
    ("down, no backup", lambda: crossed(backup_at=None), SCHEMA_FIRST, Reason.STALE_BACKUP, "R91"),
    ("down, future backup", lambda: crossed(backup_at=NOW + timedelta(hours=1)), SCHEMA_FIRST, Reason.STALE_BACKUP, "R91"),
    ("down, not proven", lambda: crossed(proven=None), SCHEMA_FIRST, Reason.WRONG_DATABASE, "T8"),
    ("down, no name", lambda: crossed(database=""), SCHEMA_FIRST, Reason.WRONG_DATABASE, "T8"),
    (
        "down, raises",
        lambda: facts(RevisionGraph.of([ADD, replace(DROP, downgrade=DowngradeKind.RAISES)]), OLD),
        SCHEMA_FIRST,
        Reason.IRREVERSIBLE,
        "R95",
    ),
    ("down, no code", lambda: facts(NEW, OLD, places=(place("api", candidates=(), redeploys=None),)), SCHEMA_FIRST,
     Reason.NO_DEPLOYMENT, "R98"),
    ("up, stale backup", lambda: schema(facts(OLD, NEW), backup_at=None), PROVIDER, Reason.STALE_BACKUP, "R91"),
    ("up, not proven", lambda: schema(facts(OLD, NEW), proven=False), PROVIDER, Reason.WRONG_DATABASE, "T8"),
    ("no main", lambda: facts(main=None), REVERT, Reason.UNKNOWN_COMMITS, "T3"),
    ("no commits", lambda: way(facts(), changes=None), REVERT, Reason.UNKNOWN_COMMITS, "T3"),
    ("no ancestry", lambda: way(facts(), descends=None), REVERT, Reason.UNKNOWN_COMMITS, "T3"),
    ("not below", lambda: way(facts(), descends=False), REVERT, Reason.WRONG_COMMIT, "T3"),
    ("main elsewhere", lambda: way(facts(), end=MIDDLE), REVERT, Reason.WRONG_COMMIT, "T3"),
    ("main there already", lambda: way(facts(), start=TARGET), REVERT, Reason.NOTHING_TO_DO, ""),
    ("side line", lambda: blamed_line(), REVERT, Reason.WRONG_COMMIT, "T3"),
    ("blamed elsewhere", lambda: facts(blamed="f" * 40), REVERT, Reason.WRONG_COMMIT, "T3"),
    ("blamed side merge", lambda: blamed(SIDE, (), TARGET, "e" * 40), REVERT, Reason.WRONG_COMMIT, "T3"),
    ("blamed without parents", rootless, REVERT, Reason.MERGE_PARENT, "T3"),
    ("both parents on line", lambda: blamed(LIVE, (), MIDDLE, TARGET), REVERT, Reason.MERGE_PARENT, "T3"),
    ("blamed reverted", lambda: replace(facts(blamed=LIVE), reverted={LIVE: SIDE}), REVERT, Reason.ALREADY_REVERTED, "T4"),
    ("reverted, short", lambda: replace(facts(blamed=LIVE), reverted={LIVE[:8]: SIDE}), REVERT, Reason.ALREADY_REVERTED, "T4"),
    ("blamed has files", lambda: blamed(MIDDLE, ("versions/0042.py",)), REVERT, Reason.OLD_CODE_LOST, "T5"),
    ("blamed unread", lambda: blamed(MIDDLE, None), REVERT, Reason.UNKNOWN_FILES, "T5"),
    (
        "main is not live, rows unknown",
        lambda: schema(way(facts(NEW, OLD), start=MIDDLE, changes=(crossing().changes or ())[2:]), rows=None),
        KEEP,
        Reason.UNKNOWN_REVISION,
        "T5",
    ),
]  # fmt: skip


def blamed_line() -> Facts:
    """Return a history in which the target came in from the side: its merge has another first parent."""
    return way(facts(), changes=(crossing().changes or ())[:1])


@pytest.mark.parametrize(("given", "kind", "reason", "rule"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_closed_path_says_why_and_what_would_open_it(
    given: Callable[[], Facts], kind: PlanKind, reason: Reason, rule: str
) -> None:
    offer = rollback_plans(given(), NOW)
    found = [r for r in offer.refusals if r.kind is kind and r.reason is reason]
    assert found, [(r.kind, r.reason, r.cause) for r in offer.refusals]
    assert found[0].rule == rule
    assert found[0].cause
    assert found[0].consequence
    assert found[0].next_step
    plan = offer.plan(kind)
    assert plan is None or (found[0].component and found[0].component not in {a.component for a in plan.acts})


def test_a_known_harmless_start_needs_no_hold() -> None:
    given = schema(unheld(), upgrades_at_start=False)
    assert rollback_plans(given, NOW).plan(SCHEMA_FIRST) is not None


def test_a_backup_of_exactly_the_limit_counts_and_small_clock_differences_do_not_matter() -> None:
    for made in (NOW - timedelta(minutes=60), NOW + timedelta(minutes=1)):
        assert rollback_plans(crossed(backup_at=made), NOW).plan(SCHEMA_FIRST) is not None


def test_every_reason_of_the_planner_has_a_case() -> None:
    assert {c[3] for c in CASES} == set(Reason) - {Reason.RELAND_FORGOTTEN}
