"""One source hangs: every other panel is live soon, and what hangs keeps what it last knew."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from strideiq_console import wiring
from strideiq_console.cli.context import Options
from strideiq_console.domain.reading import Reading
from strideiq_console.sandbox.world import World
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.screens.help import HelpDialog
from tests.ui.driving import screen_text

OF_VERCEL = {"deployments/vercel", "pins/vercel", "costs/vercel"}


async def test_a_hanging_provider_holds_up_nobody_else(tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", clock="real")
    world.add_fault("slow", host="api.vercel.com", times=1000, seconds=30.0)
    options = Options(world=world.folder)
    async with wiring.Wiring().live(options) as console:
        fresh: dict[str, float] = {}
        done = asyncio.Event()
        began = time.monotonic()

        def heard(name: str) -> None:
            readings: dict[str, Reading] = {n: console.board.reading(f) for n, f in console.board.feeds.items()}
            for feed, reading in readings.items():
                if reading.value is not None and reading.fault is None:
                    fresh.setdefault(feed, time.monotonic() - began)
            if readings.keys() - fresh.keys() == OF_VERCEL:
                done.set()

        console.subscribe(heard)
        await console.start()
        await asyncio.wait_for(done.wait(), 20)
        assert not OF_VERCEL & fresh.keys()
        assert console.facts().deployments["vercel"].value is None
        # The figure of the issue is 3 s; the bound here leaves room for a busy test machine, not for waiting on the slow source.
        assert max(fresh.values()) < 12, fresh
    world.close()


async def test_keys_answer_while_a_source_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    world = World.open(tmp_path / "world", clock="real")
    world.add_fault("hang", host="api.github.com", times=1000)
    async with wiring.Wiring().live(Options(world=world.folder)) as console:
        app = ConsoleApp(console)
        async with app.run_test(size=(120, 36)) as pilot:
            for _ in range(400):
                await pilot.pause(0.02)
                if console.facts().branches.value is not None:
                    break
            assert console.facts().runs.value is None, "GitHub hangs"
            await pilot.press("question_mark")
            await pilot.pause()
            assert isinstance(app.screen, HelpDialog)
            await pilot.press("escape")
            await pilot.press("2", "enter")
            await pilot.pause()
            assert "feature/pace-chart" in screen_text(app)
            assert console.facts().runs.value is None, "and it still hangs: no key waited for it"
    world.close()
