"""The plans that the planner offers, their order and their acts (S2-S4, R96-R99)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from strideiq_console.domain.migration import DowngradeKind, Revision
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.policy.rollback import Act, ActKind, Facts, Offer, PlanKind, RollbackPlan, rollback_plans
from tests.domain.rollback_facts import ADD, DROP, LIVE, MIDDLE, NEW, NOW, OLD, SIDE, TARGET, crossing, deployment, facts, place

PROVIDER, REVERT, KEEP = PlanKind.PROVIDER, PlanKind.REVERT, PlanKind.KEEP_FILES
SCHEMA_FIRST, REDEPLOY = PlanKind.SCHEMA_FIRST, PlanKind.REDEPLOY


def plan_of(kind: PlanKind, given: Facts) -> RollbackPlan:
    found = rollback_plans(given, NOW).plan(kind)
    assert found is not None, [r.sentence() for r in rollback_plans(given, NOW).refusals]
    return found


def kinds(offer: Offer) -> list[PlanKind]:
    return [p.kind for p in offer.plans]


def deeds(acts: tuple[Act, ...]) -> list[tuple[ActKind, str]]:
    return [(a.kind, a.component) for a in acts]


def test_without_migrations_the_provider_comes_first_and_the_revert_next() -> None:
    offer = rollback_plans(facts(), NOW)
    assert kinds(offer) == [PROVIDER, REVERT, REDEPLOY]
    assert offer.refusals == ()
    assert offer.default is offer.plans[0]


def test_a_provider_rollback_names_both_deployments_and_says_what_comes_back_too() -> None:
    given = facts(places=(place("api", variables_changed=("CORS_ORIGINS",)), place("web", variables_changed=None)))
    plan = plan_of(PROVIDER, given)
    assert [(a.component, a.source, a.target, a.sha) for a in plan.acts[:2]] == [
        ("web", "web-c", "web-a", TARGET),
        ("api", "api-c", "api-a", TARGET),
    ]
    assert plan.acts[-1].kind is ActKind.WATCH
    assert (plan.level, plan.whole, plan.time_left(NOW)) == (3, True, timedelta(hours=60))
    web, api = plan.turns_back
    assert "variables and crons" in web
    assert "not known" in web
    assert "CORS_ORIGINS" in api
    assert [(a.kind, a.target, a.sha) for a in plan.undo] == [
        (ActKind.ROLLBACK, "api-c", LIVE),
        (ActKind.PROMOTE, "web-c", LIVE),
    ]
    said = "\n".join(plan.warnings)
    assert "web is pinned afterwards: new pushes will not go live until a deployment is promoted" in said
    assert "the next push to main deploys api again" in said
    assert "main is still bad" in said


def test_one_component_that_cannot_go_splits_and_comes_after_what_moves_both() -> None:
    gone = replace(deployment("api", TARGET), can_rollback=False)
    offer = rollback_plans(facts(places=(place("api", candidates=(gone,)), place("web"))), NOW)
    assert kinds(offer) == [REDEPLOY, REVERT, PROVIDER]
    plan = offer.plans[-1]
    assert not plan.whole
    assert plan.warnings[0] == "split state: web goes back to aaaaaaa, api ccccccc stays"


def test_a_component_that_is_left_on_purpose_or_is_there_already_is_not_moved() -> None:
    left = plan_of(PROVIDER, facts(NEW, OLD, places=(place("api", wanted=False), place("web"))))
    assert (deeds(left.acts), left.whole) == ([(ActKind.ROLLBACK, "web"), (ActKind.WATCH, "")], False)
    there = plan_of(PROVIDER, facts(places=(place("api"), place("web", live=deployment("web", TARGET, live=True)))))
    assert (deeds(there.acts), there.whole) == ([(ActKind.ROLLBACK, "api"), (ActKind.WATCH, "")], True)


def test_a_crossed_migration_disables_the_simple_rollback_and_offers_two_plans() -> None:
    offer = rollback_plans(facts(NEW, OLD), NOW)
    assert kinds(offer) == [KEEP, SCHEMA_FIRST]
    assert {r.kind for r in offer.refusals} == {PROVIDER, REVERT, REDEPLOY}
    assert all("0042_drop_legacy_pace" in r.cause and r.rule == "T5" for r in offer.refusals)


def test_keeping_the_files_makes_all_else_equal_to_the_target() -> None:
    plan = plan_of(KEEP, facts(NEW, OLD))
    restore = plan.acts[1]
    assert (restore.kind, restore.sha) == (ActKind.RESTORE, TARGET)
    assert restore.keep == ("versions/0041.py", "versions/0042.py")
    assert (plan.level, plan.branch) == (3, "hotfix/revert-ccccccc")
    assert "drops a table: legacy_pace" in plan.warnings[0]


def test_schema_first_takes_callers_back_then_the_schema_then_the_code() -> None:
    plan = plan_of(SCHEMA_FIRST, facts(NEW, OLD))
    assert deeds(plan.acts) == [
        (ActKind.PROVE_BACKUP, ""),
        (ActKind.HOLD, "api"),
        (ActKind.ROLLBACK, "web"),
        (ActKind.CHECK_REVISION, ""),
        (ActKind.DOWNGRADE, ""),
        (ActKind.CHECK_REVISION, ""),
        (ActKind.ROLLBACK, "api"),
        (ActKind.CHECK_REVISION, ""),
        (ActKind.WATCH, ""),
    ]
    down = plan.acts[4]
    assert (down.target, down.files_of) == ("0041_add_pace", LIVE)
    assert (plan.level, plan.database, plan.backup_id, plan.backup_age) == (4, "strideiq", "backup-1", timedelta(minutes=20))
    assert [loss.words for loss in plan.dies] == ["drops a column: runs.pace"]
    assert deeds(plan.undo) == [(ActKind.UPGRADE, ""), (ActKind.ROLLBACK, "api"), (ActKind.PROMOTE, "web")]
    assert "backup-1" in plan.undo_note


def test_schema_first_builds_the_commit_anew_where_the_image_is_gone() -> None:
    given = facts(NEW, OLD, places=(place("api", candidates=()), place("web")))
    plan = plan_of(SCHEMA_FIRST, given)
    api = next(a for a in plan.acts if a.component == "api" and a.kind is not ActKind.HOLD)
    assert (api.kind, api.target, api.sha) == (ActKind.REDEPLOY, "", TARGET)


def test_a_downgrade_that_does_nothing_is_counted_and_said() -> None:
    empty = RevisionGraph.of([ADD, replace(DROP, downgrade=DowngradeKind.EMPTY)])
    plan = plan_of(SCHEMA_FIRST, facts(empty, OLD))
    assert plan.irreversible == 1
    assert any("the change stays" in w for w in plan.warnings)


def test_a_migration_that_never_ran_does_not_stand_in_the_way() -> None:
    given = facts(NEW, OLD)
    given = replace(given, schema=replace(given.schema, rows=("0041_add_pace",)))
    offer = rollback_plans(given, NOW)
    assert kinds(offer)[0] is PROVIDER
    plan = offer.plans[0]
    assert plan.acts[0] == Act(ActKind.CHECK_REVISION, 0, files_of=LIVE, rows=("0041_add_pace",))
    assert any("a restart of the code that serves now may apply it" in w for w in plan.warnings)
    assert offer.plan(SCHEMA_FIRST) is None


def test_a_target_with_revisions_of_its_own_goes_up_before_its_code() -> None:
    own = RevisionGraph.of([ADD, Revision("0043_more", ("0041_add_pace",), "versions/0043.py")])
    plan = plan_of(PROVIDER, facts(OLD, own))
    assert [a.kind for a in plan.acts] == [
        ActKind.CHECK_REVISION,
        ActKind.UPGRADE,
        ActKind.ROLLBACK,
        ActKind.ROLLBACK,
        ActKind.WATCH,
    ]
    assert (plan.acts[1].target, plan.acts[1].files_of, plan.level) == ("0043_more", TARGET, 3)
    assert plan.undo == ()
    destructive = plan_of(PROVIDER, facts(OLD, NEW))
    assert (destructive.level, destructive.backup_id) == (4, "backup-1")
    assert [loss.words for loss in destructive.dies] == ["drops a table: legacy_pace"]


def test_an_unknown_revision_does_not_matter_where_the_files_are_the_same() -> None:
    given = facts()
    unknown = replace(given, schema=replace(given.schema, rows=None))
    assert kinds(rollback_plans(unknown, NOW)) == [PROVIDER, REVERT, REDEPLOY]
    by_tree = replace(crossing(None, None), same_files=True)
    assert kinds(rollback_plans(replace(unknown, live=by_tree, main=by_tree), NOW)) == [PROVIDER, REVERT, REDEPLOY]


def test_the_whole_revert_takes_every_merge_against_its_first_parent_newest_first() -> None:
    plan = plan_of(REVERT, facts())
    assert [(a.source, a.parent) for a in plan.acts if a.kind is ActKind.REVERT] == [(LIVE, 1), (MIDDLE, None)]
    assert [a.kind for a in plan.acts][-3:] == [ActKind.PULL_REQUEST, ActKind.MERGE, ActKind.WATCH]
    assert "re-land it" in plan.afterwards[0]
    assert "staging" in plan.afterwards[1]


@pytest.mark.parametrize(("blamed", "parent"), [(LIVE, 1), (MIDDLE, None), (SIDE, None)])
def test_one_blamed_commit_is_reverted_alone(blamed: str, parent: int | None) -> None:
    plan = plan_of(REVERT, facts(blamed=blamed))
    assert [(a.source, a.parent) for a in plan.acts if a.kind is ActKind.REVERT] == [(blamed, parent)]
    assert plan.branch == f"hotfix/revert-{blamed[:7]}"
    assert plan.acts[0].source == LIVE


def test_a_blamed_commit_with_migrations_keeps_their_files() -> None:
    way = crossing(NEW, OLD)
    assert way.changes is not None
    with_file = replace(way.changes[2], migrations=("versions/0042.py",))
    way = replace(way, changes=(*way.changes[:2], with_file))
    offer = rollback_plans(facts(NEW, OLD, live=way, main=way, blamed=MIDDLE), NOW)
    assert kinds(offer)[0] is KEEP
    step = offer.plans[0].acts[1]
    assert (step.kind, step.source, step.keep) == (ActKind.REVERT, MIDDLE, ("versions/0042.py",))


def test_a_pinned_component_is_promoted_after_the_merge() -> None:
    plan = plan_of(REVERT, facts(places=(place("api"), place("web", pinned=True))))
    assert [a.kind for a in plan.acts][-3:] == [ActKind.MERGE, ActKind.PROMOTE, ActKind.WATCH]
    assert any("web is pinned" in w for w in plan.warnings)


def test_after_a_provider_rollback_the_branch_can_still_be_taken_back() -> None:
    live = replace(crossing(), start=TARGET, changes=())
    places = tuple(place(c, live=deployment(c, TARGET, live=True)) for c in ("api", "web"))
    given = facts(places=places, live=live)
    given = replace(given, schema=replace(given.schema, rows=None))
    offer = rollback_plans(given, NOW)
    assert kinds(offer) == [REVERT]
    assert "production serves aaaaaaa" in "\n".join(offer.plans[0].warnings)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"bot": False, "others": False}, "you are the only reviewer"),
        ({"bot": None}, "is not known"),
        ({"approvals": None, "bot": False}, "is not known"),
        ({"bot": True}, None),
        ({"approvals": 0, "bot": False}, None),
        ({"protected": False, "bot": False}, None),
    ],
)
def test_a_merge_that_nobody_may_approve_is_said_with_three_ways_out(more: dict[str, object], words: str | None) -> None:
    given = facts()
    plan = plan_of(REVERT, replace(given, review=replace(given.review, **more)))  # type: ignore[arg-type]
    said = [w for w in plan.warnings if "0 required approvals" in w]
    assert bool(said) is (words is not None)
    assert words is None or words in said[0]


def test_what_main_brings_and_production_has_not_applied_goes_up_before_the_merge() -> None:
    given = facts(NEW, OLD)
    given = replace(given, schema=replace(given.schema, rows=("0041_add_pace",)))
    plan = plan_of(KEEP, given)
    found = [a.kind for a in plan.acts]
    assert found.index(ActKind.UPGRADE) < found.index(ActKind.MERGE)
    assert (plan.level, plan.backup_id, plan.backup_age) == (4, "backup-1", timedelta(minutes=20))


def test_going_back_before_a_revert_says_that_the_bad_work_returns() -> None:
    way = crossing()
    assert way.changes is not None
    undone = replace(way.changes[2], message=f"This reverts commit {'e' * 40}.")
    way = replace(way, changes=(*way.changes[:2], undone))
    for kind in (PROVIDER, REVERT):
        plan = plan_of(kind, facts(live=way, main=way))
        assert "aaaaaaa still holds eeeeeee, which was reverted since: it comes back" in plan.warnings


def test_taking_back_a_revert_says_what_it_lands_again() -> None:
    way = crossing()
    assert way.changes is not None
    way = replace(way, changes=(replace(way.changes[0], message=f"This reverts commit {'e' * 40}."), *way.changes[1:]))
    plan = plan_of(REVERT, facts(live=way, main=way, blamed=LIVE))
    assert any("lands eeeeeee again" in w for w in plan.warnings)


def test_time_left_is_never_negative_and_none_where_nobody_says() -> None:
    plan = plan_of(PROVIDER, facts())
    assert plan.time_left(NOW + timedelta(days=9)) == timedelta(0)
    assert replace(plan, until=None).time_left(NOW) is None
    assert rollback_plans(facts(live=crossing(OLD, OLD)), NOW) == rollback_plans(facts(), NOW)
