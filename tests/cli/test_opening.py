"""A console that is opening: what the store knew at once, the rest when it is waited for, and nothing left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.cli.context import Options
from strideiq_console.domain.fault import BlockedError, ConfigurationError
from strideiq_console.wiring import build
from strideiq_console.wiring.place import place_of


async def test_it_shows_what_the_store_knew_and_then_becomes_whole(tmp_path: Path) -> None:
    place = place_of(Options(world=tmp_path / "world"), {})
    async with build.console_of(place) as console:
        assert not console.opening
        await console.refresh_once(deadline=20)
        known = console.facts().branches.value
    assert known
    async with build.console_of(place, at_once=True) as console:
        assert console.opening
        assert console.engine is None
        assert console.facts().branches.value == known
        with pytest.raises(BlockedError):
            await console.jobs(1)
        told: list[str] = []
        console.subscribe(told.append)
        await console.start()
        assert not console.opening
        assert console.engine is not None
        assert told[0] == "console"
        assert console.budgets()


async def test_leaving_at_once_takes_down_what_was_half_made(tmp_path: Path) -> None:
    place = place_of(Options(world=tmp_path / "world"), {})
    async with build.console_of(place, at_once=True) as console:
        assert console.opening
    async with build.console_of(place, at_once=True) as console:
        begun = console.opened()
        begun.close()
        assert console.opening


async def test_what_cannot_be_made_is_raised_to_whoever_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ConfigurationError("a runbook of yours is wrong", next_step="mend it")

    monkeypatch.setattr(build, "_engine", refuse)
    place = place_of(Options(world=tmp_path / "world"), {})
    async with build.console_of(place, at_once=True) as console:
        for _ in range(2):
            with pytest.raises(ConfigurationError, match="a runbook of yours"):
                await console.start()
