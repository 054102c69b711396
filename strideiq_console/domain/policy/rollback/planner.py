"""The rollback planner: facts in, the open ways in the order of their safety and speed out, with every closed one and why (R96)."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.policy.rollback.facts import Facts
from strideiq_console.domain.policy.rollback.plans import ActKind, Offer, PlanKind, RollbackPlan
from strideiq_console.domain.policy.rollback.provider import provider_plan, redeploy_plan
from strideiq_console.domain.policy.rollback.repository import keep_files_plan, revert_plan
from strideiq_console.domain.policy.rollback.schema import schema_plan

_CODE_ONLY = (PlanKind.PROVIDER, PlanKind.REVERT, PlanKind.REDEPLOY, PlanKind.KEEP_FILES, PlanKind.SCHEMA_FIRST)
_CROSSING = (PlanKind.KEEP_FILES, PlanKind.SCHEMA_FIRST, PlanKind.PROVIDER, PlanKind.REVERT, PlanKind.REDEPLOY)
_SLOWER = (PlanKind.REDEPLOY, PlanKind.REVERT, PlanKind.PROVIDER, PlanKind.KEEP_FILES, PlanKind.SCHEMA_FIRST)


def rollback_plans(facts: Facts, now: datetime) -> Offer:
    """Return every way back from what is known at ``now``.

    A provider rollback that moves all chosen components comes first, the revert after it. Where migrations in effect are crossed,
    keeping their files comes first. A provider rollback that would split web and API comes after what moves both.
    """
    builders = (provider_plan, revert_plan, redeploy_plan, keep_files_plan, schema_plan)
    built = [build(facts, now) for build in builders]
    plans = {plan.kind: plan for plan, _ in built if plan is not None}
    order = _order(facts, plans)
    refusals = (refusal for _, found in built for refusal in found)
    return Offer(
        tuple(plans[kind] for kind in order if kind in plans),
        tuple(sorted(refusals, key=lambda r: order.index(r.kind))),
    )


def _moves_all(facts: Facts, plan: RollbackPlan) -> bool:
    """Say whether every component that is meant to move does; one that the founder leaves out on purpose is no reason to wait."""
    moved = {act.component for act in plan.acts if act.kind is ActKind.ROLLBACK}
    return all(place.component in moved for place in facts.moving)


def _order(facts: Facts, plans: dict[PlanKind, RollbackPlan]) -> tuple[PlanKind, ...]:
    by_provider = plans.get(PlanKind.PROVIDER)
    if by_provider is not None and by_provider.level < 4 and _moves_all(facts, by_provider):
        return _CODE_ONLY
    crosses = not facts.live.same_schema or (facts.main is not None and not facts.main.same_schema)
    return _CROSSING if crosses else _SLOWER
