"""What is practised in worlds: runbooks with their inputs, and the person who carries them out to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from strideiq_console import wiring
from strideiq_console.cli.context import Options
from strideiq_console.domain.runbook.model import Verb
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.sandbox.world import World
from strideiq_console.services import confirming, consents
from strideiq_console.services.engine import Engine
from tests.crash.happenings import LEFT, dirty_the_clone, leave_branches, move_main, revert_main, unprotect

CLOCK = "fast:300"
TURNS = 90
ARMED = 0.2
RETRIES = 6


@dataclass(frozen=True)
class Practice:
    """A runbook to carry out in a new world of ``scenario``.

    ``prepare`` changes the world before it begins, ``before`` what happens in it right before a step is reached (by step id).
    ``entry`` is what the person fills in when a form is offered at a gate, by field. ``beside``: a variant of another practice.
    ``clock`` runs slower where something in the world must not grow old meanwhile, as a backup does.
    """

    runbook: str
    inputs: Mapping[str, str]
    scenario: str = "calm"
    prepare: Callable[[World], None] = lambda world: None
    before: Mapping[str, Callable[[World], None]] = field(default_factory=dict)
    entry: Mapping[str, str] = field(default_factory=dict)
    beside: bool = False
    clock: str = CLOCK


REASON = "what is live is broken: the way back goes first"
PRACTICES: dict[str, Practice] = {
    "hotfix": Practice("hotfix", {"slug": "fix-auth-crash"}, before={"update": move_main}),
    "hotfix beside a dirty clone": Practice("hotfix", {"slug": "fix-auth-crash"}, prepare=dirty_the_clone, beside=True),
    "feature": Practice("feature", {"slug": "token-expiry"}),
    "promote": Practice("promote", {}),
    "release": Practice("release", {"version": "v2.0.0"}),
    "rollback": Practice("rollback", {"way": "provider"}, scenario="bad-deploy"),
    "rollback by revert": Practice("rollback", {"way": "revert"}, scenario="bad-deploy", entry={"override": REASON}),
    "rollback of the schema": Practice("rollback", {"way": "schema-first"}, scenario="schema-rollback", clock="fast:30"),
    "reland": Practice("reland", {}, prepare=revert_main),
    "migrate": Practice(
        "migrate",
        {"environment": "production", "direction": "downgrade", "target": "0041_intervals"},
        scenario="schema-rollback",
        clock="fast:30",
    ),
    "protect": Practice("protect", {"approvals": "auto"}, prepare=unprotect),
    "tidy": Practice("tidy", {"branches": ", ".join(LEFT)}, prepare=leave_branches),
}


def begin(folder: Path, practice: Practice) -> str:
    """Make the world, unless the test has made it, and enter the plan; return the execution's id."""
    if not folder.exists():
        world = World.open(folder, scenario=practice.scenario, clock=practice.clock)
        practice.prepare(world)
        world.close()

    async def plan() -> str:
        async with wiring.Wiring({}).live(Options(world=folder)) as console:
            assert console.engine is not None, console.read_only
            return (await console.engine.start(await console.engine.plan(practice.runbook, practice.inputs))).id

    return asyncio.run(plan())


async def to_the_end(folder: Path, practice: Practice, execution_id: str) -> str:
    """Go on as a patient founder, every confirmation given as shown; return ``""``, or what nobody could go on with."""
    arm_fast()
    options = Options(world=folder)
    hands = wiring.Wiring({}).practice(options)
    async with wiring.Wiring({}).live(options) as console:
        engine = console.engine
        assert engine is not None, console.read_only
        consent, retries = Consent(), RETRIES
        for _ in range(TURNS):
            standing = await engine.advance(execution_id, consent, wait=0)
            if standing.awaits is Awaits.OUTSIDE:
                standing = await engine.advance(execution_id, wait=60)
            if standing.record is None:
                return ""
            if standing.awaits is Awaits.ANSWER and standing.record.step.verb in (Verb.ASK, Verb.COMMIT):
                await _work(engine, hands, standing)
            if standing.awaits is Awaits.CHOICE and retries:
                retries -= 1
                await engine.retry(execution_id)
                consent = Consent()
                continue
            consent = await _consent(engine, practice, standing)
            if consent == Consent():
                return f"{standing.awaits} {standing.record.step.id}: {standing.sentence} {standing.reasons}"
    return "no end"


def arm_fast() -> None:
    """Let level 4 be armed after a moment: how long it takes has tests of its own, and a life here is short."""
    consents.ARMS_AFTER = confirming.ARMS_AFTER = ARMED


async def _work(engine: Engine, hands: object, standing: Standing) -> None:
    """Write and commit the work, unless an earlier life of this process did."""
    assert standing.record is not None
    results, facts = standing.execution.results, dict(standing.execution.plan.facts)
    created = next(r for r in standing.execution.records if r.step.verb is Verb.CREATE_BRANCH)
    branch = created.step.values["branch"].format(**dict(standing.execution.plan.inputs), **_names(facts))
    if await engine._ports.clone.tip(f"refs/heads/{branch}") == results[created.step.id]["sha"]:
        hands.write_fix(branch)  # type: ignore[attr-defined]


def _names(facts: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in facts.items() if name.isidentifier()}


async def _consent(engine: Engine, practice: Practice, standing: Standing) -> Consent:
    if standing.arms_in:
        # Level 4 is confirmed only after it has been shown for a while: real seconds, which nothing in a world shortens.
        await asyncio.sleep(standing.arms_in + 0.1)
    return consent_of(standing, practice)


def consent_of(standing: Standing | None, practice: Practice) -> Consent:
    """Return what the person says to a standing; an empty consent when there is nothing to say."""
    if standing is None or standing.record is None:
        return Consent()
    if standing.awaits is Awaits.ANSWER:
        return Consent(answer="yes")
    if standing.awaits is Awaits.GATE and standing.form is not None:
        named = {f.name: practice.entry[f.name] for f in standing.form.fields if f.name in practice.entry}
        return Consent(entry=named) if named else Consent()
    if standing.awaits is Awaits.CONFIRMATION:
        step = standing.record.step.id
        return Consent(step=step, effects=standing.fingerprint, word=standing.word, database=standing.database)
    return Consent()
