"""The first line: mode, budgets with the word low, the lock, the clock."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.runbook.standing import Awaits
from strideiq_console.presentation import header
from strideiq_console.presentation.cell import Tone
from strideiq_console.services.lock import LOCKED

from .conftest import Make
from .driving import press, screen_text, settled
from .fakes import FakeEngine
from .made_standings import confirmation, gate

NOW = datetime(2026, 11, 20, 2, 10, 44, tzinfo=UTC)


@pytest.mark.parametrize(
    ("remaining", "limit", "low"), [(1000, 5000, False), (999, 5000, True), (0, 5000, True), (3, None, False), (0, 0, False)]
)
def test_below_a_fifth_it_is_low(remaining: int, limit: int | None, low: bool) -> None:
    line = header.right_line((RateBudget("github", remaining, limit),), NOW, False)
    assert (line[0].tone is Tone.WARNING) is low
    assert line[0].text.endswith(" low") is low


def test_a_provider_that_said_nothing_is_left_out() -> None:
    budgets = (RateBudget("github"), RateBudget("railway", 61, 1000))
    assert header.right(budgets, NOW, False) == "Railway 61/1 000 low · 02:10:44"
    assert header.right(budgets, NOW, True) == "RW 61 low  02:10"


async def test_the_line_says_mode_budgets_and_time(make: Make) -> None:
    for size, right in (
        ((120, 36), "GitHub 4 812/5 000 · Railway 61/1 000 low · 02:10:44"),
        ((80, 24), "GH 4 812  RW 61 low  02:10"),
    ):
        app = make()
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            first = screen_text(app).splitlines()[0]
            assert first.startswith(" StrideIQ ▏LIVE▕")
            assert first.rstrip().endswith(right)


async def test_locked_is_said_on_every_screen_and_holds_the_confirmation(make: Make) -> None:
    here = confirmation("merge-main", 3)
    held = gate().__class__(here.execution, Awaits.GATE, here.record, LOCKED, reasons=(LOCKED,))
    engine = FakeEngine([here, held])
    app = make(executions=(here.execution,), engine=engine)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await press(pilot, "X")
        assert engine.lock.on
        assert "LIVE▕ LOCKED" in screen_text(app).splitlines()[0]
        assert "Production writes are locked" in " ".join(screen_text(app).split())
        await press(pilot, "u", "c")
        assert "LOCKED" in screen_text(app).splitlines()[0]
        assert not app.screen.is_modal, "no word is asked for"
        assert "X unlocks them" in screen_text(app)
        await press(pilot, "X")
        assert not engine.lock.on
        assert "LOCKED" not in screen_text(app).splitlines()[0]


async def test_nothing_to_lock_where_nothing_can_be_carried_out(make: Make) -> None:
    app = make(read_only="there is no clone here")
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "X")
        assert "LOCKED" not in screen_text(app)
        assert app.why_not("lock")
