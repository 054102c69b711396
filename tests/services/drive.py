"""Drives an execution to its end as a patient person would: fixes, answers, confirms; counts how often each was asked."""

from __future__ import annotations

from collections import Counter

from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.services.engine import Engine
from tests.services.fakes import FakeOutside


async def to_the_end(engine: Engine, outside: FakeOutside, execution_id: str, *, most: int = 80) -> tuple[Standing, Counter[str]]:
    """Go on until nothing is awaited any more."""
    asked: Counter[str] = Counter()
    consent = Consent()
    for _ in range(most):
        standing = await engine.advance(execution_id, consent, wait=600)
        consent = Consent()
        if standing.awaits is Awaits.NOTHING and standing.record is None:
            return standing, asked
        assert standing.record is not None
        asked[f"{standing.awaits} {standing.record.step.id}"] += 1
        if standing.awaits is Awaits.ANSWER:
            branch = "hotfix/fix-auth-crash"
            if standing.record.step.id == "fix" and outside.local[branch] == outside.tracking["main"]:
                outside.fix(branch)
            consent = Consent(answer="yes")
        elif standing.awaits is Awaits.CONFIRMATION:
            consent = Consent(step=standing.record.step.id, effects=standing.fingerprint, word=standing.word)
        elif standing.awaits is Awaits.CHOICE:
            await engine.retry(execution_id)
        else:
            return standing, asked
    raise AssertionError(f"no end after {most} turns: {asked}")


async def begin(engine: Engine, slug: str = "fix-auth-crash") -> str:
    plan = await engine.plan("hotfix", {"slug": slug})
    return (await engine.start(plan)).id
