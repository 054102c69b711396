"""What stands behind a pull request is asked again only when something about it has moved (RELIABILITY rule 22)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from strideiq_console.domain.ci import CheckRun, CheckState, WorkflowRun
from strideiq_console.services.standings import SETTLED, UNSETTLED, Standings
from tests.services.fakes import BEGIN, SETTINGS, FakeClock, FakeHost, FakeOutside

NAMES = ("backend-lint", "backend-test", "frontend-lint", "frontend-build")


class Counting:
    """A fake code host that counts what it is asked."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.outside = FakeOutside(self.clock)
        self.host = FakeHost(self.outside)
        self.asked: Counter[str] = Counter()
        for name, port, method in (
            ("get", self.host.pulls, "get"),
            ("reviews", self.host.pulls, "reviews"),
            ("checks", self.host.checks, "of"),
        ):
            setattr(port, method, self._counted(name, getattr(port, method)))
        self.standings = Standings(SETTINGS, self.clock)

    def _counted(self, name, call):
        async def counted(*arguments, **more):
            self.asked[name] += 1
            return await call(*arguments, **more)

        return counted

    async def pull(self) -> int:
        self.outside.push("hotfix/x", self.outside.commit("fix: x", self.outside.origin["main"]))
        pull = await self.host.pulls.create(head="hotfix/x", base="main", title="fix: x", body="")
        self.outside.pulls[pull.number] = replace(pull, mergeable=True, mergeable_state="blocked")
        return pull.number

    async def read(self) -> int:
        """Look once; return how many requests it took beside the list."""
        before = self.asked.total()
        await self.standings.read(self.host)
        return self.asked.total() - before


@pytest.fixture
async def counting() -> Counting:
    made = Counting()
    await made.pull()
    return made


def checks(counting: Counting, state: CheckState) -> None:
    """Let every check of the pull request's head stand so."""
    (pull,) = counting.outside.pulls.values()

    async def of(sha: str):
        counting.asked["checks"] += 1
        return tuple(CheckRun(name, state, sha) for name in NAMES)

    counting.host.checks.of = of
    assert pull.head_sha


async def test_what_has_not_moved_is_asked_once(counting: Counting) -> None:
    checks(counting, CheckState.SUCCESS)
    assert await counting.read() == 3
    assert [await counting.read() for _ in range(5)] == [0] * 5
    counting.clock.seconds += SETTLED.total_seconds() + 1
    assert await counting.read() == 3


async def test_checks_that_may_still_come_are_looked_at_sooner(counting: Counting) -> None:
    checks(counting, CheckState.RUNNING)
    assert await counting.read() == 3
    counting.clock.seconds += UNSETTLED.total_seconds() + 1
    assert await counting.read() == 3


@pytest.mark.parametrize("what", ["updated", "run", "base", "rules", "asked"])
async def test_whatever_moves_is_read_at_once(counting: Counting, what: str) -> None:
    checks(counting, CheckState.SUCCESS)
    await counting.read()
    ((number, pull),) = counting.outside.pulls.items()
    run = WorkflowRun(1, 1, "CI", "hotfix/x", pull.head_sha, "pull_request", CheckState.RUNNING)
    if what == "updated":
        counting.outside.pulls[number] = replace(pull, updated_at=BEGIN + timedelta(minutes=1))
    elif what == "run":
        counting.standings.heard(runs=[run])
    elif what == "base":
        counting.standings.heard(runs=[replace(run, branch="main", event="push", sha="b" * 40)])
    elif what == "rules":
        rules = await counting.host.rules.protection("main")
        counting.standings.heard(protections=[replace(rules, approvals=2)])
    else:
        counting.standings.forget()
    assert await counting.read() == 3
    assert await counting.read() == 0


async def test_a_retitled_pull_request_shows_its_new_title_and_a_closed_one_is_gone(counting: Counting) -> None:
    checks(counting, CheckState.SUCCESS)
    await counting.read()
    ((number, pull),) = counting.outside.pulls.items()
    counting.outside.pulls[number] = replace(pull, title="fix: y")
    (shown,) = await counting.standings.read(counting.host)
    assert shown.pull.title == "fix: y"
    counting.outside.pulls.clear()
    assert await counting.standings.read(counting.host) == ()
