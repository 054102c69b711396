"""The board keeps the last known truth; the refresher lets no source hold up another."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from strideiq_console.domain.branch import CloneStatus, Promotion
from strideiq_console.domain.fault import CloneError, Fault, FaultKind, OutsideError
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.reading import Look
from strideiq_console.domain.secret import Redactor
from strideiq_console.services import feeds
from strideiq_console.services.board import Board
from strideiq_console.services.console import Console
from strideiq_console.services.engine import Engine
from strideiq_console.services.readers import sources
from strideiq_console.services.refresh import Refresh
from strideiq_console.services.source import Source, not_configured
from strideiq_console.store.store import Store
from tests.services.drive import begin
from tests.services.fakes import BEGIN, SETTINGS, FakeClock, FakeHost, FakeOutside

STATUS = CloneStatus("/clone", "main", "a" * 40)
PROMOTION = Promotion(0, 1, 0)


def board(store: Store | None = None, *, stretch: float = 1.0) -> Board:
    table = [feeds.CLONE, feeds.PROMOTION, feeds.deployments("vercel"), feeds.health("production")]
    return Board(SETTINGS, table, store.readings if store else None, stretch=stretch)


def test_the_first_frame_is_the_last_known_truth_with_its_age(store: Store) -> None:
    before = board(store)
    before.publish(feeds.CLONE, STATUS, BEGIN)
    before.save(feeds.CLONE)
    after = board(store)
    assert after.reading(feeds.CLONE).value is None
    after.fill()
    reading = after.reading(feeds.CLONE)
    assert (reading.value, reading.seen) == (STATUS, BEGIN)
    assert reading.look(BEGIN + timedelta(hours=1), feeds.CLONE.idle) is Look.STALE


def test_a_value_that_this_version_cannot_read_counts_as_never_seen(store: Store) -> None:
    store.readings.save("clone", source="git", value=b'{"path": 4}', seen=BEGIN, fault=None, tried=BEGIN)
    filled = board(store)
    filled.fill()
    assert filled.reading(feeds.CLONE).value is None
    assert filled.reading(feeds.CLONE).seen is None


def test_a_fault_keeps_the_last_good_value_also_in_the_store(store: Store) -> None:
    one = board(store)
    one.publish(feeds.CLONE, STATUS, BEGIN)
    one.save(feeds.CLONE)
    one.fail(feeds.CLONE, Fault(FaultKind.TIMEOUT, "git", "no answer"), BEGIN)
    one.save(feeds.CLONE)
    two = board(store)
    two.fill()
    reading = two.reading(feeds.CLONE)
    assert reading.value == STATUS
    assert reading.fault is not None
    assert reading.look(BEGIN, feeds.CLONE.idle) is Look.FAILED


def test_a_fast_clock_stretches_the_period_and_nothing_else() -> None:
    fast = board(stretch=6.0)
    fast.publish(feeds.CLONE, STATUS, BEGIN)
    assert fast.reading(feeds.CLONE).period == feeds.CLONE.idle * 6


async def settle(turns: int = 20) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


async def test_a_hanging_source_holds_up_nobody_and_a_bug_is_a_fault_of_the_console() -> None:
    shown = board()

    async def hang() -> Promotion:
        await asyncio.Event().wait()
        raise AssertionError

    async def bug() -> tuple:
        raise KeyError("oops")

    async def status() -> CloneStatus:
        return STATUS

    absent = not_configured("probe", "production has no address", "set url")
    table = [
        Source(feeds.CLONE, status),
        Source(feeds.PROMOTION, hang),
        Source(feeds.deployments("vercel"), bug),
        Source(feeds.health("production"), None, absent),
    ]
    refresh = Refresh(shown, table, FakeClock(), busy=lambda: False)
    refresh.start()
    await settle()
    assert shown.reading(feeds.CLONE).value == STATUS
    assert shown.reading(feeds.PROMOTION).look(BEGIN, timedelta(1)) is Look.NEVER_SEEN
    vercel = shown.reading(feeds.deployments("vercel")).fault
    assert vercel is not None
    assert (vercel.kind, vercel.cause) == (FaultKind.INTERNAL, "reading deployments/vercel failed: KeyError")
    assert shown.reading(feeds.health("production")).look(BEGIN, timedelta(1)) is Look.NOT_CONFIGURED
    await refresh.stop()


async def test_once_gives_every_feed_a_value_or_a_fault_within_the_deadline() -> None:
    shown = board()

    async def hang() -> Promotion:
        await asyncio.Event().wait()
        raise AssertionError

    async def refused() -> CloneStatus:
        raise CloneError("bare repository", next_step="use a clone")

    refresh = Refresh(shown, [Source(feeds.CLONE, refused), Source(feeds.PROMOTION, hang)], FakeClock(), busy=lambda: False)
    await refresh.once(deadline=0.05)
    clone, promotion = shown.reading(feeds.CLONE).fault, shown.reading(feeds.PROMOTION).fault
    assert clone is not None
    assert promotion is not None
    assert (clone.kind, clone.next_step) == (FaultKind.LOCAL, "use a clone")
    assert promotion.kind is FaultKind.TIMEOUT


async def test_now_wakes_a_feed_and_failures_back_off() -> None:
    shown, calls = board(), []

    async def status() -> CloneStatus:
        calls.append(1)
        raise OutsideError(Fault(FaultKind.TIMEOUT, "git", "no answer"))

    source = Source(feeds.CLONE, status)
    refresh = Refresh(shown, [source], FakeClock(), busy=lambda: False)
    first = refresh._pause(source)
    refresh.start()
    await settle(60)
    await asyncio.to_thread(lambda: None)
    await settle()
    assert len(calls) == 1
    assert refresh._pause(source) > first * 1.5
    refresh.now("clone")
    for _ in range(200):
        await asyncio.to_thread(lambda: None)
        if len(calls) == 2:
            break
    assert len(calls) == 2
    await refresh.stop()


async def test_another_console_s_executions_are_seen(make_engine, outside: FakeOutside, store: Store, tmp_path: Path) -> None:
    elsewhere = Store.open(store.path)
    watching = Console(settings=SETTINGS, clock=outside.clock, board=board(), store=elsewhere, redact=Redactor())
    assert watching.executions() == ()
    engine: Engine = make_engine()
    execution_id = await begin(engine)
    assert [e.id for e in watching.executions()] == [execution_id]
    await engine.advance(execution_id)
    assert watching.executions()[0].record("checkout").ended_at is not None
    elsewhere.close()


async def test_pull_requests_come_with_every_blocker_and_are_asked_again_while_github_computes(outside: FakeOutside) -> None:
    from dataclasses import replace

    host = FakeHost(outside)
    outside.push("hotfix/x", outside.commit("fix: x", outside.origin["main"]))
    pull = await host.pulls.create(head="hotfix/x", base="main", title="fix: x", body="")
    outside.pulls[pull.number] = replace(pull, mergeable=None)
    asked = []
    get = host.pulls.get

    async def computing(number: int):
        asked.append(number)
        return replace(await get(number), mergeable=True if len(asked) > 1 else None)

    host.pulls.get = computing
    table = sources(SETTINGS, Outside(host=host))  # type: ignore[arg-type]
    reader = next(s.reader for s in table if s.feed is feeds.PULLS)
    assert reader is not None
    (standing,) = await reader()
    assert len(asked) == 2
    assert standing.blockers == ("1 approval is missing",)


def test_sources_without_ports_say_what_to_configure() -> None:
    table = sources(SETTINGS, Outside())
    assert all(source.reader is None and source.missing is not None and source.missing.next_step for source in table)
    names = {source.feed.name for source in table}
    assert {"clone", "branches", "pulls", "runs", "deployments/vercel", "deployments/railway", "health/production"} <= names


@pytest.mark.parametrize("focused", [True, False])
async def test_nobody_looking_means_no_polling(focused: bool) -> None:
    shown, calls = board(), []

    async def status() -> CloneStatus:
        calls.append(1)
        return STATUS

    refresh = Refresh(shown, [Source(feeds.CLONE, status)], FakeClock(), busy=lambda: False, pace=0.0001)
    refresh.attend(focused)
    import strideiq_console.services.refresh as module

    before, module.SHORTEST = module.SHORTEST, 0.001
    try:
        refresh.start()
        for _ in range(60):
            await asyncio.sleep(0.002)
    finally:
        module.SHORTEST = before
        await refresh.stop()
    assert (len(calls) > 2) is focused
