"""What a job writes while it works: each line belongs to a moment of its plan, so a log that is read again has only grown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.run_shapes import by_gate, spans, steps
from strideiq_console.sandbox.state import State

Job = dict[str, Any]
_FAILURE = """FAILED apps/api/tests/test_week.py::test_a_week_starts_on_monday
=================================== FAILURES ===================================
_________________________ test_a_week_starts_on_monday _________________________

    def test_a_week_starts_on_monday() -> None:
>       assert first_day(date(2026, 1, 7)) == date(2026, 1, 5)
E       assert datetime.date(2026, 1, 4) == datetime.date(2026, 1, 5)

apps/api/tests/test_week.py:8: AssertionError
=========================== short test summary info ============================
FAILED apps/api/tests/test_week.py::test_a_week_starts_on_monday
======================== 1 failed, 211 passed in 48.20s ========================"""
_GATE = """reading apps/api/alembic/EXPECTED_HEAD
reading apps/api/alembic/versions
AssertionError: migration head gate: {why}
Name the new head in apps/api/alembic/EXPECTED_HEAD, or merge the revisions, in the same commit."""
_EXIT = "\x1b[31m##[error]Process completed with exit code 1.\x1b[0m"
_AREAS = ("activities", "auth", "coach", "digest", "drift", "intervals", "plans", "races", "shoes", "sync")
_SPOKEN = 4
_TESTS = "Run pytest apps/api"
TESTS_RUN = 212


def has_log(state: State, job: Job) -> bool:
    """Say whether a job's log can be read: once it is over, or where the state's ``ci`` says so from its beginning on."""
    if job["outcome"] == "skipped":
        return False
    live = bool(state.get("ci", {}).get("live_logs"))
    return bool(job["status"] == "completed" or (live and job["status"] == "in_progress"))


def text(job: Job, now: float) -> str:
    """Return a job's log as far as it is written, each line with its time as GitHub writes it."""
    written: list[str] = []
    second, stamp = -1, ""
    for at, line in _lines(job, now):
        if int(at) != second:
            second, stamp = int(at), iso(at).removesuffix("Z")
        written.append(f"{stamp}.0000000Z {line}\n")
    return "".join(written)


def _lines(job: Job, now: float) -> Iterator[tuple[float, str]]:
    shown = {step["number"]: step for step in steps(job, now)}
    for number, (name, begin, end) in enumerate(spans(job), 1):
        conclusion = shown[number]["conclusion"]
        if conclusion == "skipped":
            continue
        if begin > now:
            return
        yield begin, f"##[group]{name}"
        yield begin, name.removeprefix("Run ")
        body = _body(job, name)
        for count, line in enumerate(body, 1):
            at = begin + (end - begin) * count / (len(body) + 1)
            if at > now:
                return
            yield at, line
        if conclusion is None:
            return
        if conclusion == "failure":
            words = _GATE.format(why=job["why"]) if by_gate(job) else _FAILURE
            yield from ((end, line) for line in (*words.split("\n"), _EXIT))
        elif conclusion == "cancelled":
            yield end, "##[error]The operation was canceled."
        yield end, "##[endgroup]"


def _body(job: Job, name: str) -> list[str]:
    """Return what a step writes between its beginning and its end: a line for each test, some words of other commands."""
    command = name.removeprefix("Run ")
    if name == _TESTS:
        wanted = int(job.get("log_lines", TESTS_RUN))
        return [_test(number, wanted) for number in range(1, wanted + (0 if job["outcome"] == "failure" else 1))]
    return [f"  {command}: {part} of {_SPOKEN}" for part in range(1, _SPOKEN + 1)] if command != name else []


def _test(number: int, wanted: int) -> str:
    area = _AREAS[number * 7 % len(_AREAS)]
    return f"apps/api/tests/test_{area}.py::test_{area}_{number:05d} PASSED {'[' + str(number * 100 // wanted):>6}%]"
