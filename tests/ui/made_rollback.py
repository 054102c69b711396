"""A production that can go back, and one way that is closed."""

from __future__ import annotations

from datetime import timedelta

from strideiq_console.domain.policy.rollback import (
    Act,
    ActKind,
    Candidate,
    ComponentTarget,
    Offer,
    PlanKind,
    Reason,
    Refusal,
    RollbackPlan,
)

from .made_facts import MAIN, NOW, ago

BEFORE, OLD = "77aa012" + "0" * 33, "5c0ffee" + "0" * 33


def candidates() -> tuple[Candidate, ...]:
    serving = (
        ComponentTarget("web", "vercel", "dpl_3", False, "serves it now"),
        ComponentTarget("api", "railway", "dep_3", False, "serves it now"),
    )
    good = (
        ComponentTarget("web", "vercel", "dpl_2", True),
        ComponentTarget("api", "railway", "dep_2", True, until=NOW + timedelta(days=5)),
    )
    gone = (
        ComponentTarget("web", "vercel", "dpl_1", True),
        ComponentTarget("api", "railway", "dep_1", False, "railway no longer keeps it"),
    )
    return (
        Candidate(MAIN, "feat: training calendar", ago(minutes=14), serving, 0, 0, True),
        Candidate(BEFORE, "fix: log out everywhere", ago(days=1), good, 3, 0),
        Candidate(OLD, "feat: weekly report", ago(days=9), gone, 41, 2),
    )


def offer() -> Offer:
    until = NOW + timedelta(days=5)
    acts = (
        Act(ActKind.ROLLBACK, 3, "web", "vercel", "dpl_3", "dpl_2", BEFORE),
        Act(ActKind.ROLLBACK, 3, "api", "railway", "dep_3", "dep_2", BEFORE, until=until),
        Act(ActKind.WATCH, 0, sha=BEFORE),
    )
    provider = RollbackPlan(
        PlanKind.PROVIDER,
        BEFORE,
        acts,
        3,
        turns_back=("railway: variables as they were at 77aa012",),
        undo=(Act(ActKind.PROMOTE, 3, "web", "vercel", "dpl_2", "dpl_3", MAIN),),
        until=until,
        warnings=("vercel pins production: new pushes will not go live until something is promoted",),
        afterwards=("main still holds what was taken back",),
    )
    revert = RollbackPlan(PlanKind.REVERT, BEFORE, (Act(ActKind.BRANCH, 1, target="revert/a1b2c3d"), Act(ActKind.MERGE, 3)), 3)
    closed = Refusal(
        PlanKind.SCHEMA_FIRST,
        Reason.STALE_BACKUP,
        "the newest verified backup is 26 h old",
        "a downgrade could not be taken back",
        "make a backup first",
    )
    return Offer((provider, revert), (closed,))
