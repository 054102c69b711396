"""Reads on demand: the commits of each rung, parts that fail alone, and reads that always end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.dns import Domain, Registration, Resolution
from strideiq_console.domain.fault import BlockedError, Fault, FaultKind, OutsideError
from strideiq_console.domain.log import Log, LogLine
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.service import ServiceBoard
from strideiq_console.domain.unfolded import LogKind
from strideiq_console.services.unfolding import MOST_COMMITS, Unfolding
from strideiq_console.settings.model import Settings
from tests.services.fake_clone import FakeClone
from tests.services.fake_outside import BEGIN, SETTINGS, FakeClock, FakeOutside


class Host:
    """A hosting provider that answers what it was given, or fails, or never answers."""

    def __init__(self, *, error: OutsideError | None = None, hang: bool = False, log: Log | None = None) -> None:
        self.error, self.hang, self.given = error, hang, log or Log(())
        self.asked: list[str] = []
        self.now: Deployment | None = None

    async def _say(self, what: str, answer: Any) -> Any:
        self.asked.append(what)
        if self.hang:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        return answer

    async def domains(self, environment: str) -> Any:
        return await self._say("domains", (Domain(f"api.{environment}", "railway", environment, True),))

    async def events(self, deployment_id: str) -> Any:
        return await self._say("events", self.given)

    async def build_log(self, deployment_id: str, *, lines: int = 200) -> Any:
        return await self._say(f"build {lines}", self.given)

    async def runtime_log(self, deployment_id: str, *, lines: int = 200) -> Any:
        return await self._say(f"runtime {lines}", self.given)

    async def get(self, deployment_id: str) -> Any:
        return await self._say("get", self.now)


class Zone:
    async def registration(self) -> Registration:
        return Registration("strideiq.run", True, datetime(2027, 1, 1, tzinfo=UTC))


class Public:
    async def resolve_publicly(self, name: str) -> Resolution | None:
        return None if name.startswith("www") else Resolution(name, ("192.0.2.1",), resolver="public")


class Board:
    async def board(self, environment: str) -> ServiceBoard:
        return ServiceBoard(environment, "railway")


def refused(source: str) -> OutsideError:
    return OutsideError(Fault(FaultKind.SERVER, source, f"{source} answered 503", next_step="press r"))


def unfolding(settings: Settings = SETTINGS, *, deadline: float = 5.0, **outside: Any) -> Unfolding:
    return Unfolding(settings, Outside(**outside), FakeClock(), deadline=deadline)


@pytest.fixture
def world() -> FakeOutside:
    found = FakeOutside()
    found.tracking = dict(found.origin)
    return found


async def test_each_rung_has_the_commits_that_the_next_one_lacks(world: FakeOutside) -> None:
    world.local["staging"] = world.commit("feat: here", world.origin["staging"])
    ladder = await unfolding(clone=FakeClone(world)).ladder()
    local, staging, back = ladder.climbs
    assert [commit.subject for commit in local.commits] == ["feat: here"]
    assert ([commit.subject for commit in staging.commits], staging.total) == (["feat: calendar"], 1)
    assert (back.start, back.end, back.total) == ("main", "staging", 0)


async def test_more_commits_than_are_read_are_counted(world: FakeOutside) -> None:
    tip = world.origin["staging"]
    for number in range(MOST_COMMITS + 10):
        tip = world.commit(f"feat: {number}", tip)
    world.tracking["staging"] = tip
    _, staging, _ = (await unfolding(clone=FakeClone(world)).ladder()).climbs
    assert (len(staging.commits), staging.total) == (MOST_COMMITS, MOST_COMMITS + 11)


async def test_a_branch_that_origin_does_not_have_is_a_note_and_no_fault(world: FakeOutside) -> None:
    del world.tracking["staging"]
    local, staging, back = (await unfolding(clone=FakeClone(world)).ladder()).climbs
    assert "staging" in local.note
    assert staging.total is None
    assert back.note == local.note


async def test_without_anything_configured_each_read_says_what_to_set() -> None:
    nothing = unfolding()
    for read in (nothing.ladder(), nothing.board("production"), nothing.deployment_log("vercel", "x", LogKind.BUILD)):
        with pytest.raises(BlockedError) as caught:
            await read
        assert caught.value.next_step
    told = unfolding(faults={"railway": Fault(FaultKind.NOT_CONFIGURED, "railway", "no token", next_step="set it")})
    with pytest.raises(BlockedError, match="no token"):
        await told.board("production")
    assert (await nothing.names("production")).domains == ()


async def test_the_parts_of_names_fail_alone() -> None:
    settings = replace(SETTINGS, outside=replace(SETTINGS.outside, dns=replace(SETTINGS.outside.dns, names=("www.strideiq.run",))))
    held = await unfolding(
        settings, hosting={"vercel": Host(error=refused("vercel")), "railway": Host()}, names=Zone(), resolver=Public()
    ).names("production")
    assert [fault.source for fault in held.faults] == ["vercel"]
    assert [domain.name for domain in held.domains] == ["api.production"]
    assert held.registration is not None
    assert [one.name for one in held.public] == ["strideiq.run", "api.strideiq.run"]
    assert "vercel" not in held.asked


async def test_the_end_that_was_entered_by_hand_comes_along() -> None:
    cloudflare = replace(SETTINGS.outside.cloudflare, expires=date(2027, 3, 1))
    held = await unfolding(replace(SETTINGS, outside=replace(SETTINGS.outside, cloudflare=cloudflare))).names("staging")
    assert held.expires == datetime(2027, 3, 1, tzinfo=UTC)


async def test_a_source_that_never_answers_ends_in_a_fault_with_a_next_step() -> None:
    slow = unfolding(hosting={"vercel": Host(hang=True)}, deadline=0.01)
    with pytest.raises(OutsideError) as caught:
        await slow.deployment_log("vercel", "x", LogKind.RUNTIME)
    assert caught.value.fault.kind is FaultKind.TIMEOUT
    assert caught.value.fault.next_step
    assert [fault.kind for fault in (await slow.names("production")).faults] == [FaultKind.TIMEOUT]


async def test_a_board_is_that_of_its_environment() -> None:
    assert (await unfolding(project=Board()).board("staging")).environment == "staging"


def deployment(state: DeploymentState = DeploymentState.READY, **more: Any) -> Deployment:
    return Deployment("d1", "vercel", "web", "production", state, sha="a1b2c3d" + "0" * 33, live=True, url="https://x", **more)


@pytest.mark.parametrize(
    ("kind", "asked"), [(LogKind.BUILD, "build 2000"), (LogKind.RUNTIME, "runtime 2000"), (LogKind.EVENTS, "events")]
)
async def test_each_kind_of_log_is_read_where_it_is(kind: LogKind, asked: str) -> None:
    lines = (
        LogLine(BEGIN, "GET /health", "info"),
        LogLine(BEGIN + timedelta(seconds=1), "boom", "error", fields={"status": "500"}),
    )
    host = Host(log=Log(lines, complete=False))
    source = unfolding(hosting={"vercel": host}).log(deployment(), kind)
    assert await source.lines() == ("02:10:00 GET /health", "02:10:01 ERROR boom  status=500")
    assert host.asked == [asked]
    assert source.note.startswith("lines are missing")
    assert source.title == f"web · production · a1b2c3d · {kind}"


async def test_following_a_build_ends_with_the_build() -> None:
    host = Host(log=Log((LogLine(None, "step 1"),)))
    host.now = deployment()
    source = unfolding(hosting={"vercel": host}).log(deployment(DeploymentState.BUILDING), LogKind.BUILD)
    assert (source.ended, source.outcome) == (False, "")
    assert await source.lines() == ("step 1",)
    assert (source.ended, source.outcome) == (True, "ready")


async def test_what_serves_writes_on_and_an_empty_log_says_so() -> None:
    source = unfolding(hosting={"vercel": Host()}).log(deployment(), LogKind.RUNTIME)
    assert not source.ended
    assert await source.lines() == ()
    assert source.note == "the provider has no lines of it"
