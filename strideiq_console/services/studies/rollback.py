"""What a rollback's plan stands on: what production serves, every way back, and why the others are closed (R93-R99)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.policy.rollback.candidates import Deck, candidates_of
from strideiq_console.domain.policy.rollback.facts import Facts
from strideiq_console.domain.policy.rollback.gates import backup_age
from strideiq_console.domain.policy.rollback.plans import Act, ActKind, Offer, PlanKind, RollbackPlan
from strideiq_console.domain.runbook.model import Step, Verb, step
from strideiq_console.domain.runbook.rollback import AUTO, PROMOTE, WAYS, notes_of, provider_step, steps_of
from strideiq_console.services.action import Ports
from strideiq_console.services.rollback.facts import offer
from strideiq_console.services.rollback.naming import blamed_of, target_of
from strideiq_console.services.rollback.reading import decks, pins, production_of
from strideiq_console.services.studies.ground import deadlock_notes
from strideiq_console.services.study import Study

_TAKEN_BACK = (PlanKind.REVERT, PlanKind.KEEP_FILES)
LIMIT = 10


async def study_rollback(ports: Ports, values: Mapping[str, str]) -> Study:
    """Choose the way and return its steps. Raises UsageError for a commit that is none, BlockedError where the way is closed."""
    environment = production_of(ports).name
    read = await decks(ports, environment)
    if values["way"] == PROMOTE:
        return await _promotion(ports, environment, read)
    blamed = await blamed_of(ports, values["blame"]) if values.get("blame") else None
    if blamed is not None and not values["target"]:
        target = blamed.parents[0]
    else:
        target = target_of(values["target"], candidates_of(read, environment, ports.clock.now(), limit=LIMIT))
    wanted = () if values["components"] == "all" else values["components"].split()
    facts, found = await offer(ports, target, wanted, blamed.sha if blamed is not None else None, read=read)
    plan = chosen(values["way"], found, blamed=blamed is not None)
    notes = (*notes_of(plan, found, ports.clock.now()), *_backup(facts, plan, ports.clock.now()))
    if any(act.kind is ActKind.MERGE for act in plan.acts):
        notes = (*notes, *await deadlock_notes(ports))
    return Study(_told(ports, facts, plan), notes, steps=steps_of(plan, facts), title=_title(plan, facts))


def chosen(way: str, found: Offer, *, blamed: bool) -> RollbackPlan:
    """Return the plan of a way; ``auto`` takes the first that is offered, for one blamed commit the first that takes it back.

    Raises BlockedError with every reason why it is closed.
    """
    kinds = (WAYS[way],) if way != AUTO else _TAKEN_BACK if blamed else tuple(plan.kind for plan in found.plans)
    plans = [plan for plan in found.plans if plan.kind in kinds]
    if plans:
        return plans[0]
    closed = [r for r in found.refusals if r.kind in kinds] or list(found.refusals)
    causes = "; ".join(dict.fromkeys(r.cause for r in closed)) or "the planner has no such way for this commit"
    others = ", ".join(name for name, kind in WAYS.items() if found.plan(kind) is not None)
    steps = "; or ".join(dict.fromkeys(r.next_step for r in closed)) or "choose another way"
    raise BlockedError(
        causes,
        consequence="; ".join(dict.fromkeys(r.consequence for r in closed)) or "nothing is planned",
        next_step=f"{steps}{f' (open: --way {others})' if others else ''}",
    )


def _backup(facts: Facts, plan: RollbackPlan, now: datetime) -> tuple[str, ...]:
    """Say how old the newest backup is, where the schema lies between what serves and the target, whatever way is taken (R95)."""
    if plan.backup_id or facts.live.same_schema:
        return ()
    age = backup_age(facts, now)
    if age is None:
        return ("no backup that can be relied on is known",)
    return (f"newest backup: {facts.schema.backup_id}, {int(age.total_seconds() // 60)} min old",)


def _told(ports: Ports, facts: Facts, plan: RollbackPlan) -> dict[str, str]:
    """Return what the plan rests on; a change of any of it makes another plan."""
    told = {
        "repository": ports.repository,
        "place": ports.place,
        "main-branch": ports.settings.main,
        "staging-branch": ports.settings.staging,
        "chosen-way": str(plan.kind),
        "goes-back-to": plan.target,
        "main": facts.main.start if facts.main is not None else "unknown",
    }
    for place in facts.places:
        told[f"serves-{place.component}"] = (place.live.sha if place.live is not None else None) or "unknown"
    rows = facts.schema.rows
    told["revision"] = "unknown" if rows is None else " ".join(rows) or "none"
    if facts.blamed:
        told["takes-back"] = facts.blamed
    return told


def _title(plan: RollbackPlan, facts: Facts) -> str:
    if facts.blamed:
        return f"rollback: take {short_sha(facts.blamed)} back, {plan.kind}"
    return f"rollback to {short_sha(plan.target)}: {plan.kind}"


async def _promotion(ports: Ports, environment: str, read: tuple[Deck, ...]) -> Study:
    """Return the way out of a pin: what main holds is served again, and pushes go live again (T14)."""
    held = await pins(ports, environment)
    unsure = [deck.component for deck in read if deck.component not in held or held[deck.component].pinned is None]
    pinned = [deck for deck in read if deck.component in held and held[deck.component].pinned]
    if not pinned:
        cause = f"nobody says whether {' and '.join(unsure)} is pinned" if unsure else "nothing is pinned"
        raise BlockedError(
            cause, consequence="nothing is promoted", next_step="look at the deployments in the provider's own console"
        )
    head = await ports.clone.remote_tip(ports.settings.main)
    if head is None:
        raise BlockedError(f"origin has no branch {ports.settings.main}", next_step="set [branches] in config.toml")
    steps: list[Step] = []
    for deck in pinned:
        steps += _released(deck, environment, head)
    watch = step(
        "live",
        Verb.AWAIT_DEPLOYMENT,
        f"{environment} live, healthy",
        "Done means that what was promoted serves and is healthy three times in a row.",
        environment=environment,
        sha=head,
        components=" ".join(deck.component for deck in pinned),
    )
    facts = {
        "repository": ports.repository,
        "place": ports.place,
        "main-branch": ports.settings.main,
        "staging-branch": ports.settings.staging,
        "goes-live": head,
    }
    note = f"what {ports.settings.main} holds goes live: make sure that what was wrong has been taken back there"
    return Study(facts, (note,), steps=(*steps, watch), title=f"rollback: promote {short_sha(head)}")


def _released(deck: Deck, environment: str, head: str) -> list[Step]:
    live = deck.live(environment)
    built = next((d for d in deck.deployments if d.sha == head and d.state is DeploymentState.READY), None)
    serves = live is not None and live.sha == head
    if deck.provider != "vercel":
        release = step(
            f"release-{deck.component}",
            Verb.HOLD_DEPLOYS,
            f"let pushes deploy {deck.component} again",
            "Deploying by push was switched off, so that no restart or push could bring the bad code back.",
            level=3,
            environment=environment,
            component=deck.component,
            provider=deck.provider,
            held="no",
        )
        act = Act(ActKind.PROMOTE, 3, deck.component, deck.provider, sha=head)
        return [release] if serves else [release, provider_step(act, environment, head)]
    if built is None:
        raise BlockedError(
            f"{deck.provider} has no ready build of {short_sha(head)}, the head of main",
            consequence=f"{deck.component} stays pinned",
            next_step="wait until it is built, or redeploy it, then promote",
        )
    source = live.id if live is not None else ""
    return [provider_step(Act(ActKind.PROMOTE, 3, deck.component, deck.provider, source, built.id, head), environment, head)]
