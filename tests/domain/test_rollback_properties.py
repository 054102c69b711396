"""What holds for every plan and refusal, whatever is known or not (hypothesis)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.migration import Direction, DowngradeKind, Revision
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_path import applied
from strideiq_console.domain.policy.rollback import SERVES, ActKind, Crossing, Facts, Place, PlanKind, RollbackPlan, rollback_plans
from tests.domain.rollback_facts import ADD, DROP, LIVE, MIDDLE, NOW, TARGET, changes, deployment, facts, place

TRISTATE = st.sampled_from([True, True, True, False, None])
KINDS = st.sampled_from(list(DowngradeKind))


@st.composite
def graphs(draw: st.DrawFn) -> RevisionGraph | None:
    """Draw migration files: a line, a fork, a merge, files of one side alone, files that nobody could read."""
    if draw(st.integers(0, 19)) == 0:
        return None
    pool = [
        ADD,
        replace(DROP, downgrade=draw(KINDS)),
        Revision("left", (ADD.id,), "l.py"),
        Revision("right", (ADD.id,), "r.py"),
        Revision("join", ("left", "right"), "j.py"),
        Revision("root2", (), "o.py"),
    ]
    chosen = draw(st.sets(st.sampled_from(range(len(pool)))))
    return RevisionGraph.of([pool[i] for i in sorted(chosen)])


@st.composite
def places(draw: st.DrawFn, component: str) -> Place:
    old = deployment(
        component,
        TARGET,
        can_rollback=draw(TRISTATE),
        state=draw(st.just(DeploymentState.REMOVED) | st.sampled_from(list(DeploymentState))),
        rollback_until=draw(st.sampled_from([None, NOW - timedelta(hours=1), NOW + timedelta(hours=1)])),
    )
    live = draw(
        st.sampled_from([None, *(deployment(component, sha, live=True) for sha in (LIVE, LIVE, LIVE, LIVE, LIVE, MIDDLE, TARGET))])
    )
    return replace(
        place(component),
        live=live,
        candidates=draw(st.sampled_from([(), (old,), (old, deployment(component, MIDDLE))])),
        reachable=draw(st.sampled_from([None, frozenset(), frozenset({old.id}), frozenset({old.id})])),
        pinned=draw(TRISTATE),
        wanted=draw(st.booleans()),
        redeploys=draw(TRISTATE),
        can_hold=draw(TRISTATE),
    )


@st.composite
def crossings(draw: st.DrawFn, start: str, before: RevisionGraph | None, after: RevisionGraph | None) -> Crossing:
    found = draw(st.sampled_from([None, (), changes(), changes()[2:]]))
    return Crossing(start, TARGET, found, before, after, None, draw(TRISTATE))


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    before, after = draw(graphs()), draw(graphs())
    ids = sorted({*(before.by_id if before else ()), *(after.by_id if after else ()), "stray"})
    rows = draw(st.none() | st.sets(st.sampled_from(ids), max_size=2).map(lambda s: tuple(sorted(s))))
    rows = before.heads if before is not None and draw(st.booleans()) else rows
    made = facts()
    return replace(
        made,
        places=(draw(places("api")), draw(places("web"))),
        live=draw(crossings(LIVE, before, after)),
        main=draw(st.none() | crossings(draw(st.sampled_from([LIVE, MIDDLE])), before, after)),
        schema=replace(
            made.schema,
            rows=rows,
            proven=draw(TRISTATE),
            upgrades_at_start=draw(TRISTATE),
            backup_at=draw(st.sampled_from([None, NOW - timedelta(minutes=5), NOW - timedelta(hours=2)])),
        ),
        reverted=draw(st.sampled_from([{}, {LIVE: MIDDLE}])),
        blamed=draw(st.sampled_from([None, None, LIVE, MIDDLE, "f" * 40])),
    )


@st.composite
def near_facts(draw: st.DrawFn) -> Facts:
    """Draw facts of which most are good, so that every kind of plan is reached: at most two parts come from anything."""
    wild = draw(any_facts())
    before, after = draw(graphs()), draw(graphs())
    good = facts(before, after)
    odd = draw(st.sets(st.sampled_from(["places", "live", "main", "schema", "blamed", "reverted"]), max_size=2))
    return replace(good, **{name: getattr(wild, name) for name in sorted(odd)})


def eligible(found: Deployment, where: Place) -> bool:
    return (
        found.can_rollback is True
        and where.reachable is not None
        and found.id in where.reachable
        and (found.rollback_until is None or found.rollback_until > NOW)
        and not found.state.lost
        and not found.state.moving
        and found.state is not DeploymentState.UNKNOWN
    )


def check_targets(asked: Facts, plan: RollbackPlan) -> None:
    """Every act leads to the target, by deployments that exist, and only where the provider can."""
    by_name = {p.component: p for p in asked.places}
    for act in plan.acts:
        if act.kind is ActKind.ROLLBACK:
            (found,) = [d for d in by_name[act.component].candidates if d.id == act.target]
            assert found.sha == act.sha == asked.target
            assert eligible(found, by_name[act.component])
        if act.kind is ActKind.REDEPLOY:
            assert act.sha == asked.target
            assert by_name[act.component].redeploys is True
            assert act.target in {"", *(d.id for d in by_name[act.component].candidates)}
        if act.kind is ActKind.REVERT:
            assert asked.main is not None
            (change,) = [c for c in asked.main.changes or () if c.commit.sha == act.source]
            assert act.parent == (1 if len(change.commit.parents) > 1 else None)
        if act.kind is ActKind.MERGE:
            assert act.source.startswith("hotfix/revert-")
    for act in plan.undo:
        if act.kind in SERVES:
            live = by_name[act.component].live
            assert live is not None
            assert (act.target, act.sha) == (live.id, live.sha)


def check_walk(asked: Facts, plan: RollbackPlan) -> None:
    """Every move is explicit, and the table ends where the code that serves can find it."""
    rows = asked.schema.rows
    for act in plan.acts:
        if act.kind in (ActKind.UPGRADE, ActKind.DOWNGRADE):
            assert act.move is not None
            assert act.target == act.move.target
            assert not act.target.startswith(("-", "+"))
            assert act.target not in ("head", "heads")
            ways = [way for way in (asked.live, asked.main) if way is not None]
            ids = {i for way in ways for g in (way.before, way.after) if g is not None for i in g.by_id}
            assert all(part in {*ids, "base"} for part in act.target.split("@"))
            assert asked.schema.proven is True
            rows = tuple(sorted(act.move.after))
        if act.kind is ActKind.CHECK_REVISION:
            assert act.rows is not None
            assert rows is not None
            assert set(act.rows) == set(rows)
    moved = {a.component for a in plan.acts if a.kind in (ActKind.ROLLBACK, ActKind.REDEPLOY)}
    if "api" in moved:
        assert asked.live.same_schema or (rows is not None and asked.live.after is not None)
        if rows is not None and asked.live.after is not None and asked.live.after.sound:
            assert not applied(asked.live.after, rows).unknown


def check_order(asked: Facts, plan: RollbackPlan) -> None:
    """Up before the code; down after the callers' code and a hold, before the code that carries the revisions."""
    at = {kind: [i for i, a in enumerate(plan.acts) if a.kind is kind] for kind in ActKind}
    code = [i for i, a in enumerate(plan.acts) if a.kind in SERVES and a.component != "web"]
    callers = [i for i, a in enumerate(plan.acts) if a.kind in SERVES and a.component == "web" and a.kind is not ActKind.PROMOTE]
    ups, downs = at[ActKind.UPGRADE], at[ActKind.DOWNGRADE]
    assert not (ups and downs)
    assert not ups or max(ups) < min(code)
    assert at[ActKind.WATCH] == [len(plan.acts) - 1]
    if downs:
        assert plan.kind is PlanKind.SCHEMA_FIRST
        assert max(downs) < min(code)
        assert all(i < min(downs) for i in callers)
        assert asked.schema.upgrades_at_start is False or (at[ActKind.HOLD] and max(at[ActKind.HOLD]) < min(downs))
        undone = [a.move.revision for a in plan.acts if a.move is not None]
        redone = [a.move.revision for a in plan.undo if a.move is not None and a.move.direction is Direction.UP]
        assert set(undone) == set(redone)
        undo_code = [i for i, a in enumerate(plan.undo) if a.kind in SERVES]
        undo_ups = [i for i, a in enumerate(plan.undo) if a.kind is ActKind.UPGRADE]
        assert not undo_code or max(undo_ups) < min(undo_code)


def check_level(asked: Facts, plan: RollbackPlan) -> None:
    assert plan.level == max(a.level for a in plan.acts) >= 3
    if plan.level == 4:
        found = [a.kind for a in plan.acts]
        changes_schema = [i for i, kind in enumerate(found) if kind in (ActKind.UPGRADE, ActKind.DOWNGRADE)]
        assert found.index(ActKind.PROVE_BACKUP) < min(changes_schema)
        assert asked.schema.backup_at is not None
        assert plan.backup_age == NOW - asked.schema.backup_at <= timedelta(minutes=60)
        assert plan.database


@settings(max_examples=300, deadline=None)
@given(any_facts() | near_facts())
def test_no_unsafe_path_is_offered_and_no_path_is_closed_without_a_reason(asked: Facts) -> None:
    offer = rollback_plans(asked, NOW)
    for refusal in offer.refusals:
        assert refusal.cause
        assert refusal.consequence
        assert refusal.next_step
    closed = {r.kind for r in offer.refusals}
    offered = {p.kind for p in offer.plans}
    assert closed | offered >= {PlanKind.PROVIDER, PlanKind.REVERT, PlanKind.REDEPLOY}
    assert {r.kind for r in offer.refusals if not r.component} & offered == set()
    assert len(offered) == len(offer.plans)
    for plan in offer.plans:
        check_targets(asked, plan)
        check_walk(asked, plan)
        check_order(asked, plan)
        check_level(asked, plan)
        assert plan.undo or plan.undo_note


@settings(max_examples=50, deadline=None)
@given(any_facts())
def test_the_same_facts_give_the_same_offer(asked: Facts) -> None:
    assert rollback_plans(asked, NOW) == rollback_plans(replace(asked), NOW)
