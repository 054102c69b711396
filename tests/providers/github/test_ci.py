"""Checks, runs and logs beyond the contract's examples."""

from __future__ import annotations

import httpx
import pytest

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.fault import FaultKind, OutsideError, UsageError
from strideiq_console.providers.github.workflow_runs import LONGEST_LINE, tail
from tests.providers.github.contract import ROOT, FakeGitHub
from tests.providers.github.shapes import HEAD, job, run

CHECKS = ("GET", f"{ROOT}/commits/{HEAD}/check-runs")
STATUS = ("GET", f"{ROOT}/commits/{HEAD}/status")


async def test_a_rate_limit_is_not_mistaken_for_a_missing_permission() -> None:
    fake = FakeGitHub({CHECKS: httpx.Response(403, json={"message": "secondary rate limit"})}, checked=False)
    with pytest.raises(OutsideError) as caught:
        await fake.host.checks.of(HEAD)
    assert caught.value.fault.kind is FaultKind.RATE_LIMITED
    assert len(fake.wire.requests) == 1


async def test_other_faults_of_checks_are_faults() -> None:
    fake = FakeGitHub({}, checked=False)
    with pytest.raises(OutsideError) as caught:
        await fake.host.checks.of(HEAD)
    assert caught.value.fault.kind is FaultKind.MISSING


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("success", CheckState.SUCCESS),
        ("failure", CheckState.FAILURE),
        ("error", CheckState.FAILURE),
        ("pending", CheckState.RUNNING),
        ("splendid", CheckState.UNKNOWN),
    ],
)
async def test_commit_statuses(state: str, expected: CheckState) -> None:
    row = {"context": "staging/verified", "state": state, "updated_at": "2026-01-09T12:00:00Z"}
    fake = FakeGitHub({CHECKS: {"check_runs": []}, STATUS: {"statuses": [row]}}, checked=False)
    (check,) = await fake.host.checks.of(HEAD)
    assert (check.name, check.state, check.sha, check.source) == ("staging/verified", expected, HEAD, "status")


async def test_a_status_of_an_unheard_of_state_is_not_sent() -> None:
    fake = FakeGitHub({}, checked=False)
    with pytest.raises(UsageError):
        await fake.host.checks.publish(HEAD, context="x", state="ok", description="")
    assert fake.wire.requests == []


async def test_recent_takes_one_page_and_no_more_than_asked() -> None:
    rows = {"workflow_runs": [run(n) for n in range(50)]}
    link = {"link": f'<https://api.github.com{ROOT}/actions/runs?page=2>; rel="next"'}
    fake = FakeGitHub({("GET", f"{ROOT}/actions/runs"): httpx.Response(200, json=rows, headers=link)}, checked=False)
    assert len(await fake.host.workflow_runs.recent(limit=50)) == 50
    assert [path for _, path, _ in fake.sent()] == ["/actions/runs?per_page=50"]


async def test_steps_come_in_order_and_queued_jobs_have_none() -> None:
    steps = [
        {"name": n, "number": i, "status": "completed", "conclusion": c} for n, i, c in [("b", 2, "failure"), ("a", 1, "success")]
    ]
    rows = {"jobs": [job(1, steps=steps), job(2, status="queued", conclusion=None, steps=None)]}
    fake = FakeGitHub({("GET", f"{ROOT}/actions/runs/5/jobs"): rows}, checked=False)
    first, second = await fake.host.workflow_runs.jobs(5)
    assert [step.name for step in first.steps] == ["a", "b"]
    failed = first.first_failure()
    assert failed is not None
    assert failed.name == "b"
    assert (second.state, second.steps) == (CheckState.QUEUED, ())


async def test_the_log_is_fetched_without_the_token_and_its_end_is_clean() -> None:
    log = (
        "\ufeff2026-01-09T12:00:00.1234567Z first\r\n"
        "2026-01-09T12:00:01.0Z \x1b[31;1mFAILED\x1b[0m tests/x.py \x1b]0;owned\x07\x1b[2K\r\n"
        "2026-01-09T12:00:02Z ##[error]Process\tcompleted\x9b \u202e\x00 2026-01-09T12:00:02Z\n"
    )
    fake = FakeGitHub(
        {
            ("GET", f"{ROOT}/actions/jobs/9/logs"): httpx.Response(302, headers={"location": "https://logs.example/1?sig=x"}),
            ("GET", "/1"): httpx.Response(200, content=log.encode()),
        },
        checked=False,
    )
    lines = await fake.host.workflow_runs.log_tail(9, lines=2)
    assert lines == ("FAILED tests/x.py ", "##[error]Process completed� �␀ 2026-01-09T12:00:02Z")
    assert fake.tokens() == ["founder", "nobody"]


async def test_a_log_that_is_gone_is_a_fault() -> None:
    fake = FakeGitHub(
        {("GET", f"{ROOT}/actions/jobs/9/logs"): httpx.Response(302, headers={"location": "https://logs.example/1"})}, checked=False
    )
    with pytest.raises(OutsideError, match="404"):
        await fake.host.workflow_runs.log_tail(9)


def test_tail_edges() -> None:
    assert tail(b"", 50) == ()
    assert tail(b"\n\n", 50) == ()
    assert tail(b"a\nb", 0) == ()
    assert tail(b"a\n\nb\n", 9) == ("a", "", "b")
    assert tail(b"\xff\xfe bad", 1) == ("�� bad",)
    (line,) = tail(b"\x1b[0m" * 10 + b"x" * 5_000_000, 1)
    assert len(line) == LONGEST_LINE
