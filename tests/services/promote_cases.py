"""Outsides in which staging can be promoted or released, and a person who goes on to the end."""

from __future__ import annotations

from collections.abc import Mapping

from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.domain.worktree import LoggedTag
from strideiq_console.services.engine import Engine
from strideiq_console.store.store import Store
from tests.services.fakes import BEGIN, FakeOutside


def level() -> FakeOutside:
    """Staging holds two features that main lacks, and lacks nothing of main; both are deployed."""
    outside = FakeOutside()
    base = outside.origin["main"]
    first = outside.commit("feat(calendar): show weeks", base)
    head = outside.commit("fix(calendar): Monday first", first)
    outside.push("main", base)
    outside.push("staging", head)
    outside.local["staging"] = head
    outside.tracking = dict(outside.origin)
    return outside


def behind() -> FakeOutside:
    """As :func:`level`, and main has a merge commit that staging lacks."""
    outside = level()
    main = outside.origin["main"]
    outside.push("main", outside.commit("Merge pull request #40 from acme/hotfix/login", main))
    outside.tracking = dict(outside.origin)
    return outside


def tagged() -> FakeOutside:
    """As :func:`level`, and main's first commit is v0.9.0."""
    outside = level()
    made = LoggedTag("v0.9.0", outside.origin["main"], "e" * 40, annotated=True)
    outside.tags["v0.9.0"] = outside.origin_tags["v0.9.0"] = made
    return outside


def fallen_behind() -> FakeOutside:
    """As :func:`behind`, and the clone has not fetched main's merge."""
    outside = behind()
    outside.tracking["main"] = outside.parents[outside.origin["main"]][0]
    return outside


def tagged_behind() -> FakeOutside:
    """As :func:`tagged`, and main has a merge commit that staging lacks and the clone has not fetched."""
    outside = tagged()
    outside.push("main", outside.commit("Merge pull request #40 from acme/hotfix/login", outside.origin["main"]))
    return outside


def verified(outside: FakeOutside, store: Store, sha: str = "") -> None:
    """Somebody has tried the head of staging, or the commit that is named."""
    store.verifications.record(Verification(sha or outside.origin["staging"], "founder", BEGIN))


async def begin(engine: Engine, name: str, inputs: Mapping[str, str] | None = None) -> str:
    return (await engine.start(await engine.plan(name, inputs or {}))).id


async def until(engine: Engine, execution: str, stop: str = "", *, most: int = 60) -> Standing:
    """Confirm and say yes to all that is asked, up to a step; return where it stands then."""
    consent = Consent()
    for _ in range(most):
        standing = await engine.advance(execution, consent, wait=60)
        if standing.record is None or standing.record.step.id == stop:
            return standing
        if standing.awaits is Awaits.ANSWER:
            consent = Consent(answer="yes")
        elif standing.awaits is Awaits.CONFIRMATION:
            consent = Consent(step=standing.record.step.id, effects=standing.fingerprint, word=standing.word)
        else:
            return standing
    raise AssertionError(f"no end after {most} turns")
