"""The rate governor over a day: the dashboard stays open, no limit is ever hit, and an idle console costs little (rule 22, N2).

``STRIDEIQ_RATE_SEEDS=20`` tries more seeds of jitter; ``-s`` prints the measured calls an hour.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import mean

import httpx
import pytest

from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.runbook.standing import Awaits, Consent
from strideiq_console.sandbox import ci
from tests.acceptance.fake_day import HOUR, LOCAL, Day, Ledger, opened
from tests.acceptance.turned_loop import loop, run

SEEDS = range(int(os.environ.get("STRIDEIQ_RATE_SEEDS", "1")))
IDLE = {"github": 120, "railway": 60, "vercel": 120, "cloudflare": 60}
"""Calls an hour at most while nothing happens; GitHub's and Railway's figures are the issue's."""
HALF = {"github": (2500, HOUR), "railway": (500, HOUR), "vercel": (250, 60.0), "cloudflare": (600, 300.0)}
WORK, LUNCH, HOME = 14, 18, 23
PUSHES = (14, 19, 21)
BRANCH = "hotfix/fix-auth-crash"


def tell(title: str, ledger: Ledger, *, first: int, hours: int) -> None:
    """Print the measured figures."""
    for provider in IDLE:
        calls = ledger.hourly(provider, first=first, hours=hours)
        unchanged = ledger.hourly(provider, first=first, hours=hours, status=304)
        figures = f"min {min(calls)} mean {mean(calls):.1f} max {max(calls)} calls/h, of them 304: mean {mean(unchanged):.1f}"
        print(f"{title}: {provider}: {figures}; most in a minute {ledger.most_in(provider, 60)}")


@pytest.mark.timeout(1500)
@pytest.mark.parametrize("seed", SEEDS)
def test_twenty_four_hours_with_the_dashboard_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """An idle evening and night; from hour 14 CI runs, a hotfix goes to production, r is pressed, the focus wanders, lunch."""

    async def main() -> None:
        async with opened(tmp_path / "world", monkeypatch, seed=seed) as day:
            ledger = day.ledger
            ledger.quiet(True)
            await day.console.start()
            await until(WORK * HOUR)
            for provider, most in IDLE.items():
                assert max(ledger.hourly(provider, first=1, hours=WORK)) <= most, provider
            everything_is_fresh(day)
            tell("idle", ledger, first=1, hours=WORK)

            hands = asyncio.create_task(keys(day))
            for hour in range(WORK, HOME):
                if hour == WORK + 2:
                    await hotfix(day)
                elif hour in PUSHES:
                    await ci_runs(day)
                await until((hour + 1) * HOUR)
            await hands
            await until(24 * HOUR)
            everything_is_fresh(day)
            effects = day.world.read()["effects"]
            merges = [e for e in effects if e["method"] == "PUT" and e["path"].endswith("/merge")]
            assert len(merges) == 3, "to staging, to main, back to staging"
            assert ledger.between("", LUNCH * HOUR + 60, (LUNCH + 1) * HOUR) == [], "nobody looks and nothing runs"
            tell("working day", ledger, first=WORK, hours=HOME)

            assert ledger.hits() == []
            for provider, (most, window) in HALF.items():
                assert ledger.most_in(provider, window) <= most, provider
            assert ledger.most_in("railway", 1.0) <= 10

    run(main)


def everything_is_fresh(day: Day) -> None:
    """No feed was starved to keep the figures low."""
    for feed in day.console.board.feeds.values():
        if feed.source not in LOCAL:
            reading = day.console.board.reading(feed)
            assert reading.fault is None, feed.name
            assert reading.seen is not None
            assert day.console.clock.now() - reading.seen < feed.idle * 1.2, feed.name


async def until(moment: float) -> None:
    await asyncio.sleep(max(moment - loop().time(), 0.0))


async def keys(day: Day) -> None:
    """Press r ten times an hour, look away for ten minutes of each, and go to lunch for one."""
    for hour in range(WORK, HOME):
        if hour == LUNCH:
            day.console.attend(False)
            await until((LUNCH + 1) * HOUR)
            day.console.attend(True)
            continue
        for press in range(10):
            if press == 7:
                day.console.attend(False)
            await until(hour * HOUR + press * 360 + 300)
            if press == 8:
                day.console.attend(True)
            day.console.refresh()


async def ci_runs(day: Day) -> None:
    """Let the newest run begin again, and stand by until it has ended."""
    day.ledger.quiet(False)
    with day.world.change() as state:
        ci.rerun(state, state["runs"][-1], day.world.clock.seconds())
    await ended(day)


async def ended(day: Day) -> None:
    while True:
        await asyncio.sleep(20)
        day.world.settle()
        state = day.world.read()
        if all(run["status"] == "completed" for run in state["runs"]):
            break
    await asyncio.sleep(120)
    day.ledger.quiet(True)


async def hotfix(day: Day) -> None:
    """Carry a hotfix to production as a founder would who takes half a minute for each step."""
    day.ledger.quiet(False)
    engine = day.console.engine
    assert engine is not None
    execution = await engine.start(await engine.plan("hotfix", {"slug": "fix-auth-crash"}))
    consent, fixed = Consent(), False
    for _ in range(60):
        standing = await engine.advance(execution.id, consent, wait=600)
        consent = Consent()
        if standing.awaits is Awaits.NOTHING and standing.record is None:
            break
        assert standing.record is not None
        assert standing.awaits is not Awaits.CHOICE, standing
        await asyncio.sleep(30)
        if standing.awaits is Awaits.ANSWER:
            if standing.record.step.id == "fix" and not fixed:
                fixed = bool(day.world.write_fix(BRANCH))
            consent = Consent(answer="yes")
        elif standing.awaits is Awaits.CONFIRMATION:
            consent = Consent(step=standing.record.step.id, effects=standing.fingerprint, word=standing.word)
    assert standing.record is None, standing
    await ended(day)


BEGIN, STORM = 300.0, 1800.0


def refusal(provider: str) -> Callable[[], httpx.Response]:
    """Return what a provider answers while it has had enough; none of them names a time."""
    if provider == "github":
        words = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
        return lambda: httpx.Response(403, json=words)
    return lambda: httpx.Response(429, json={"message": "Too many requests"})


@pytest.mark.parametrize("provider", ["github", "vercel", "railway"])
def test_a_storm_costs_one_hit_a_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str) -> None:
    """For half an hour a provider refuses whatever is asked, while the founder presses r again and again."""

    async def main() -> None:
        async with opened(tmp_path / "world", monkeypatch) as day:
            day.ledger.quiet(True)
            await day.console.start()
            await until(BEGIN)
            answer = refusal(provider)
            day.ledger.storm = lambda asked: answer() if asked == provider and BEGIN <= loop().time() < BEGIN + STORM else None
            for press in range(25):
                day.console.refresh()
                await until(BEGIN + (press + 1) * 150)
            hits = [call.at - BEGIN for call in day.ledger.hits(provider)]
            silences = [later - before for before, later in pairwise(hits)]
            assert all(s >= 60 * 2**n for n, s in enumerate(x for x in silences if x > 1)), hits
            assert len([s for s in silences if s <= 1]) <= 2, "only what was under way when it began is refused with it"
            assert 3 <= len(hits) <= 6 + 2, hits
            print(f"storm of {STORM / 60:.0f} min at {provider}: refused at", [f"{at:.0f} s" for at in hits])
            assert day.ledger.hits() == day.ledger.hits(provider), "nobody else is refused"
            for other in {"github", "vercel", "railway"} - {provider}:
                assert day.ledger.between(other, BEGIN, BEGIN + STORM), f"{other} is asked as ever"
            for reading in (day.console.board.reading(feed) for feed in day.console.board.feeds.values()):
                assert reading.fault is None or reading.fault.kind is not FaultKind.RATE_LIMITED
            assert day.ledger.between(provider, BEGIN + STORM, 2 * HOUR), "and it goes on by itself"

    run(main)


def test_a_console_that_nobody_looks_at_asks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with opened(tmp_path / "world", monkeypatch) as day:
            day.ledger.quiet(True)
            await day.console.start()
            await until(60)
            day.console.attend(False)
            begun = len(day.ledger.calls)
            await until(HOUR + 60)
            assert len(day.ledger.calls) == begun
            day.console.attend(True)
            await until(HOUR + 65)
            assert {call.provider for call in day.ledger.calls[begun:]} == {"github", "vercel", "railway"}
            begun = len(day.ledger.calls)
            for _ in range(20):  # a window manager that flickers
                day.console.attend(False)
                await asyncio.sleep(0.2)
                day.console.attend(True)
                await asyncio.sleep(0.1)
            assert len(day.ledger.calls) - begun <= 40

    run(main)
