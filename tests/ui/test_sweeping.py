"""The search for garbage waits for a quiet moment, comes all the same in the end, and leaves the process as it was."""

from __future__ import annotations

import gc
import sys

import pytest

from strideiq_console.ui.sweeping import LONGEST, NEVER, PAUSE, QUIET, TURN, Sweeper

from .fakes import FrozenClock


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    done: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda: done.append("search"))
    monkeypatch.setattr(gc, "freeze", lambda: done.append("freeze"))
    monkeypatch.setattr(gc, "unfreeze", lambda: done.append("unfreeze"))
    return done


def test_nothing_is_searched_while_keys_are_pressed(searches: list[str]) -> None:
    clock = FrozenClock()
    sweeper = Sweeper(clock)
    for _ in range(10):
        clock.seconds += QUIET / 2
        assert not sweeper.look()
        sweeper.key()
    assert searches == []
    clock.seconds += QUIET
    assert sweeper.look()
    assert searches == ["search", "freeze"]


def test_the_next_search_keeps_its_distance_and_freezes_nothing(searches: list[str]) -> None:
    clock = FrozenClock()
    sweeper = Sweeper(clock)
    clock.seconds += QUIET
    assert sweeper.look()
    clock.seconds += PAUSE - 1
    assert not sweeper.look()
    clock.seconds += 1
    assert sweeper.look()
    assert searches == ["search", "freeze", "search"]


def test_a_search_is_not_put_off_for_ever(searches: list[str]) -> None:
    clock = FrozenClock()
    sweeper = Sweeper(clock)
    clock.seconds += LONGEST
    sweeper.key()
    assert sweeper.look()


def test_the_process_is_left_as_it_was(searches: list[str]) -> None:
    before = gc.get_threshold(), sys.getswitchinterval()
    clock = FrozenClock()
    sweeper = Sweeper(clock)
    sweeper.open()
    try:
        assert gc.get_threshold()[2] == NEVER
        assert sys.getswitchinterval() == pytest.approx(TURN)
        clock.seconds += QUIET
        sweeper.look()
    finally:
        sweeper.close()
    assert (gc.get_threshold(), sys.getswitchinterval()) == before
    assert searches == ["search", "freeze", "unfreeze"]
