"""A fault of the console itself tells no secret (C1): not on the terminal, not in the report."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from strideiq_console.domain.secret import Secret
from strideiq_console.ui import crash

from .conftest import Make
from .driving import screen_text, settled
from .made_facts import NOW

CANARY = "ghp_" + "Zq7" * 12
UNSHAPED = "correct-horse-battery"


async def test_a_crash_shows_neither_locals_nor_secrets(make: Make, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    app = make()
    app.services.redact.learn(Secret(UNSHAPED))

    def explode() -> None:
        local_token = CANARY[::-1][::-1]
        other = UNSHAPED[::-1][::-1]
        raise RuntimeError(f"refused {local_token} and {other}\x1b]0;x\x07")

    async def pilot_it(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        app.call_later(explode)

    await app.run_async(headless=True, size=(80, 24), auto_pilot=pilot_it)
    assert app.return_code == 1
    captured = capfd.readouterr()
    output = captured.out + captured.err
    assert "StrideIQ Console stopped" in output
    assert "strideiq resume" in output
    assert "textual run" not in output
    (report,) = (tmp_path / "reports").iterdir()
    text = report.read_text()
    assert "explode" in text
    assert "RuntimeError" in text
    for place in (output, text):
        assert CANARY not in place
        assert UNSHAPED not in place
        assert "\x1b]0" not in place
        assert "local_token =" not in place.replace("local_token = CANARY", "")
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert stat.S_IMODE(report.parent.stat().st_mode) == 0o700


async def test_a_fault_in_a_worker_is_said_and_the_console_goes_on(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36), notifications=True) as pilot:

        async def broken() -> None:
            raise ValueError(CANARY)

        app.run_worker(broken, exit_on_error=False)
        await settled(pilot)
        text = screen_text(app)
        assert "A fault of the console (ValueError)" in text
        assert CANARY not in text
        assert app.is_running


def test_reports_follow_no_link_and_replace_nothing(tmp_path: Path) -> None:
    first = crash.write_report("one", tmp_path, NOW)
    second = crash.write_report("two", tmp_path, NOW)
    assert first is not None
    assert second is not None
    assert first.read_text() == "one"
    assert second != first
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    linked = tmp_path / "state"
    linked.mkdir()
    (linked / crash.FOLDER).symlink_to(elsewhere)
    assert crash.write_report("three", linked, NOW) is None
    assert list(elsewhere.iterdir()) == []


def test_no_report_is_no_second_fault(tmp_path: Path) -> None:
    (tmp_path / crash.FOLDER).write_text("in the way")
    assert crash.write_report("x", tmp_path, NOW) is None
    assert "No report could be written" in crash.farewell(ValueError(CANARY), None)
    assert CANARY not in crash.farewell(ValueError(CANARY), None)
