"""The release over the fake outside: version, freeze, tag after health, notes, and what an undo keeps."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.reading import Level
from strideiq_console.domain.release import Release
from strideiq_console.domain.runbook.execution import ExecutionState, StepState
from strideiq_console.domain.runbook.standing import Awaits, Consent
from strideiq_console.domain.worktree import LoggedTag
from strideiq_console.services.engine import Engine
from strideiq_console.store.store import Store
from tests.services.fakes import FakeOutside
from tests.services.promote_cases import begin, tagged, until, verified

NEXT = {"version": "v0.10.0"}
HEALTH = "https://api.strideiq.run/health"


@pytest.fixture
def outside() -> FakeOutside:
    return tagged()


async def test_the_tag_stands_on_main_after_health_and_the_release_on_the_tag(
    engine: Engine, outside: FakeOutside, store: Store
) -> None:
    verified(outside, store)
    seen: list[str] = []

    def look(effect: str) -> None:
        if effect == "git tag v0.10.0":
            seen.append(outside.deployments[-1].environment)

    outside.lose = look  # type: ignore[assignment]
    standing = await until(engine, await begin(engine, "release", NEXT))
    assert standing.execution.state is ExecutionState.DONE, standing
    assert seen == ["production"]
    tag = outside.origin_tags["v0.10.0"]
    merge = next(pull.merge_sha for pull in outside.pulls.values() if pull.base == "main")
    assert (tag.sha, tag.annotated) == (merge, True)
    assert tag.sha in outside.ancestors(outside.origin["main"])
    (release,) = outside.releases
    assert release.notes.count("show weeks") == release.notes.count("Monday first") == 1
    assert outside.effects.index("PUT pulls/43/merge") < outside.effects.index("git tag v0.10.0")
    assert outside.origin["main"] in outside.ancestors(outside.origin["staging"])


async def test_no_tag_while_production_is_ill(engine: Engine, outside: FakeOutside, store: Store) -> None:
    verified(outside, store)
    outside.health[HEALTH] = Level.CRITICAL
    standing = await until(engine, await begin(engine, "release", NEXT))
    assert standing.record is not None
    assert standing.record.step.id == "production-live"
    assert "v0.10.0" not in outside.tags
    await engine.skip(standing.execution.id, "looks fine to me")
    held = await engine.advance(standing.execution.id, wait=0)
    assert (held.record and held.record.step.id, held.awaits) == ("tag", Awaits.GATE)
    assert "v0.10.0" not in outside.tags, "whoever leaves health out gets no tag"


@pytest.mark.parametrize(
    ("version", "why"),
    [("v0.9.0", "v0.9.0 exists already"), ("0.9.0", "v0.9.0 exists already"), ("v0.8.0", "older than v0.9.0")],
    ids=["taken", "taken in another way", "older"],
)
async def test_a_version_that_cannot_be_has_no_plan(engine: Engine, outside: FakeOutside, version: str, why: str) -> None:
    with pytest.raises(BlockedError, match=why):
        await engine.plan("release", {"version": version})
    assert outside.effects == []


async def test_a_tag_that_only_origin_has_counts(engine: Engine, outside: FakeOutside) -> None:
    outside.origin_tags["v0.10.0"] = LoggedTag("v0.10.0", outside.origin["main"], "d" * 40, annotated=True)
    with pytest.raises(BlockedError, match="at origin"):
        await engine.plan("release", NEXT)


async def test_what_fits_is_proposed_and_never_taken(engine: Engine, outside: FakeOutside) -> None:
    with pytest.raises(BlockedError, match=r"v0\.10\.0"):
        await engine.plan("release", {})
    outside.tags.clear()
    outside.origin_tags.clear()
    with pytest.raises(BlockedError, match="no tag names a version"):
        await engine.plan("release", {})


async def test_only_a_verified_commit_can_be_named(engine: Engine, outside: FakeOutside, store: Store) -> None:
    first = outside.parents[outside.origin["staging"]][0]
    with pytest.raises(BlockedError, match="nobody has verified"):
        await engine.plan("release", {**NEXT, "sha": first})
    with pytest.raises(UsageError, match="names no single commit"):
        await engine.plan("release", {**NEXT, "sha": "fffffff"})
    verified(outside, store, first)
    standing = await until(engine, await begin(engine, "release", {**NEXT, "sha": first}))
    assert standing.execution.state is ExecutionState.DONE, standing
    assert "Monday first" not in outside.releases[0].notes, "what came to staging later is not in it (T15)"


@pytest.mark.parametrize(
    ("subject", "step"), [("feat(shoes): more", "freeze"), ("fix(shoes): less", "gates")], ids=["a feature", "a fix"]
)
async def test_a_release_is_frozen_when_it_is_cut(
    engine: Engine, outside: FakeOutside, store: Store, subject: str, step: str
) -> None:
    verified(outside, store)
    execution = await begin(engine, "release", NEXT)
    await until(engine, execution, "pr")
    outside.push("release/v0.10.0", outside.commit(subject, outside.origin["release/v0.10.0"]))
    standing = await until(engine, execution)
    assert (standing.record and standing.record.step.id, standing.awaits) == (step, Awaits.GATE)
    if step == "gates":
        assert "1 commit came after" in " ".join(standing.reasons), "a fix that was never on staging is named"
        await engine.advance(execution, Consent(entry={"override": "tried on this machine"}))
        standing = await until(engine, execution)
        assert standing.execution.state is ExecutionState.DONE, standing
        assert "less" in outside.releases[0].notes


async def test_a_release_of_the_tag_is_adopted_and_a_draft_is_not(engine: Engine, outside: FakeOutside, store: Store) -> None:
    verified(outside, store)
    execution = await begin(engine, "release", NEXT)
    await until(engine, execution, "publish")
    draft = Release(9, "v0.10.0", "mine", "main", True, False, "founder", url="https://github.com/acme/strideiq/releases/9")
    outside.releases.append(draft)
    held = await until(engine, execution)
    assert held.awaits is Awaits.GATE
    outside.releases[:] = [replace(draft, draft=False)]
    standing = await until(engine, execution)
    assert standing.execution.record("publish").result["id"] == 9
    assert "POST releases v0.10.0" not in outside.effects


async def test_undo_deletes_the_local_tag_and_keeps_a_pushed_one(engine: Engine, outside: FakeOutside, store: Store) -> None:
    verified(outside, store)
    execution = await begin(engine, "release", NEXT)
    await until(engine, execution, "push-tag")
    assert "v0.10.0" in outside.tags
    await engine.undo(execution)
    standing = await engine.advance(execution)
    assert "v0.10.0" not in outside.tags
    assert standing.execution.record("tag").state is StepState.UNDONE


async def test_a_pushed_tag_stays_and_says_why(engine: Engine, outside: FakeOutside, store: Store) -> None:
    verified(outside, store)
    execution = await begin(engine, "release", NEXT)
    await until(engine, execution, "publish")
    await engine.undo(execution)
    standing = await engine.advance(execution)
    assert "v0.10.0" in outside.tags
    assert "v0.10.0" in outside.origin_tags
    assert "others may have fetched it" in standing.execution.record("push-tag").reason
