"""A job's log of any length: its end is kept, what was cut off is said, the token stays at home."""

from __future__ import annotations

import httpx
import pytest

from strideiq_console.domain.fault import OutsideError
from strideiq_console.providers.github.workflow_runs import whole
from strideiq_console.providers.http import tails
from tests.providers.github.contract import ROOT, FakeGitHub

STAMP = b"2026-01-09T12:00:00.1234567Z "


def github(body: httpx.Response) -> FakeGitHub:
    there = httpx.Response(302, headers={"location": "https://logs.example/1?sig=x"})
    return FakeGitHub({("GET", f"{ROOT}/actions/jobs/9/logs"): there, ("GET", "/1"): body}, checked=False)


async def test_the_whole_log_is_read_without_the_token() -> None:
    fake = github(httpx.Response(200, content=b"".join(STAMP + b"line %d\n" % n for n in range(1000))))
    found = await fake.host.workflow_runs.log(9)
    assert found.lines[0] == "line 0"
    assert len(found.lines) == 1000
    assert found.note == ""
    assert fake.tokens() == ["founder", "nobody"]


async def test_more_lines_than_wanted_leave_the_last_ones_and_say_so() -> None:
    fake = github(httpx.Response(200, content=b"a\nb\nc\n"))
    found = await fake.host.workflow_runs.log(9, most=2)
    assert found.lines == ("b", "c")
    assert found.note == "the last 2 of 3 lines"


@pytest.mark.parametrize("count", [200, 23])
async def test_a_log_longer_than_what_is_kept_loses_its_beginning_and_no_more(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def pieces():
        for n in range(count):
            yield b"line %03d\n" % n

    monkeypatch.setattr(tails.Tail.__init__, "__defaults__", (100,))
    fake = github(httpx.Response(200, content=pieces()))
    found = await fake.host.workflow_runs.log(9)
    assert found.lines[-1] == f"line {count - 1:03d}"
    assert len(found.lines) < 12
    assert all(len(line) == len("line 000") for line in found.lines), "a line that was cut in two is left out"
    assert "only the last" in found.note


async def test_a_log_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def pieces():
        while True:
            yield b"x" * 1000

    monkeypatch.setattr(tails, "MOST", 50_000)
    with pytest.raises(OutsideError, match="larger than"):
        await github(httpx.Response(200, content=pieces())).host.workflow_runs.log(9)


async def test_a_log_that_is_gone_is_a_fault() -> None:
    with pytest.raises(OutsideError, match="404"):
        await github(httpx.Response(404)).host.workflow_runs.log(9)


def test_what_is_cut_and_what_is_empty() -> None:
    assert whole(b"", 5, dropped=False).lines == ()
    assert whole(b"half\nwhole\n", 5, dropped=True).lines == ("whole",)
    hostile = whole(b"\x1b[31mred\x1b[0m \x1b]52;c;x\x07\x9b\xe2\x80\xae\n", 5, dropped=False).lines[0]
    assert hostile.startswith("red ")
    assert "\x1b" not in hostile
