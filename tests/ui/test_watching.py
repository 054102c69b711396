"""A runbook that waited tells whoever looked elsewhere that it wants a person."""

from __future__ import annotations

import asyncio

import pytest

from .conftest import Make
from .driving import screen_text, settled
from .fakes import FakeEngine
from .made_standings import gate


@pytest.mark.parametrize(("focused", "rings"), [(True, 0), (False, 1)])
async def test_the_bell_rings_only_for_whoever_looks_elsewhere(make: Make, focused: bool, rings: int) -> None:
    standing, rang = gate(), []
    engine = FakeEngine([standing])
    engine.hang = asyncio.Event()
    app = make(executions=(standing.execution,), engine=engine)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        app.bell = lambda: rang.append(1)  # type: ignore[method-assign]
        await pilot.press("u")
        await pilot.pause()
        app.app_focus = focused  # a key says that somebody is there, so they look away after it
        engine.hang.set()
        await settled(pilot)
        assert len(rang) == rings
        assert ("The runbook wants you" in screen_text(app)) is (not focused)
