"""Worlds for the runbook that protects branches, and a person who confirms what it asks."""

from __future__ import annotations

from collections import Counter

from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.services.engine import Engine
from tests.services.fake_rules import FakeRules, rules
from tests.services.fakes import FakeOutside

NOTHING, CLASSIC, RULESET, WIDE, OURS, HALF = "nothing", "classic", "ruleset", "wide ruleset", "our rulesets", "half-made"
CASES = (NOTHING, CLASSIC, RULESET, WIDE, OURS, HALF)
MADE = ["POST rulesets StrideIQ main", "POST rulesets StrideIQ staging"]
EFFECTS = {
    NOTHING: MADE,
    CLASSIC: ["PUT protection main", "PUT protection staging"],
    RULESET: ["PUT rulesets/7", "PUT rulesets/8"],
    WIDE: MADE,
    OURS: [],
    HALF: ["PUT rulesets/7", "POST rulesets StrideIQ staging"],
}


def prepare(outside: FakeOutside, case: str) -> FakeRules:
    """Give the outside rules that are not what the document says, each in its own way."""
    laws = outside.laws = FakeRules(outside.did)
    if case == CLASSIC:
        laws.classic = {"main": rules(0, ("scan",)), "staging": rules(0)}
    elif case == RULESET:
        laws.add("guard production", "~DEFAULT_BRANCH", approvals=2, bypass=True)
        laws.add("guard staging", "staging", checks=("scan",))
    elif case == WIDE:
        laws.add("everything", "main", "staging", checks=("scan",))
    elif case == OURS:
        laws.add("StrideIQ main", "main", approvals=1, checks=REQUIRED_CHECKS, strict=True)
        laws.add("StrideIQ staging", "staging", checks=REQUIRED_CHECKS)
    elif case == HALF:
        laws.add("StrideIQ main", "main", active=False, checks=REQUIRED_CHECKS[:1])
    return laws


async def begin(engine: Engine, **inputs: str) -> str:
    return (await engine.start(await engine.plan("protect", inputs))).id


async def carry_out(engine: Engine, execution_id: str, *, most: int = 40) -> tuple[Standing, Counter[str]]:
    """Confirm what is asked, try again what failed; return where it stands and what was asked how often."""
    asked: Counter[str] = Counter()
    consent = Consent()
    for _ in range(most):
        standing = await engine.advance(execution_id, consent, wait=0)
        consent = Consent()
        if standing.record is None:
            return standing, asked
        asked[f"{standing.awaits} {standing.record.step.id}"] += 1
        if standing.awaits is Awaits.CONFIRMATION:
            assert (standing.level, standing.word) == (3, "production")
            consent = Consent(step=standing.record.step.id, effects=standing.fingerprint, word=standing.word)
        elif standing.awaits is Awaits.CHOICE:
            await engine.retry(execution_id)
        else:
            return standing, asked
    raise AssertionError(f"no end: {asked}")
