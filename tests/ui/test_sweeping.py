"""The search for garbage waits for a quiet moment, comes all the same in the end, and leaves the process as it was."""

from __future__ import annotations

import gc
import sys
import threading
from contextvars import copy_context

import pytest

from strideiq_console.presentation.kept_rows import GIVES_WAY, TOGETHER, politely
from strideiq_console.ui.sweeping import LONGEST, NEVER, PAUSE, QUIET, TURN, Sweeper

from .fakes import FrozenClock


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    done: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda generation=2: done.append("search") if generation == 2 else None)
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


def test_nothing_is_searched_before_a_key_is_answered_and_threads_give_way_to_it() -> None:
    sweeper = Sweeper(FrozenClock())
    try:
        first = sweeper.key()
        assert not gc.isenabled()
        second = sweeper.key()
        sweeper.answered(first)
        assert sweeper.somebody_waits, "another key was pressed since"
        free: list[bool] = []

        def make() -> None:
            while sweeper.somebody_waits:
                sweeper.give_way()
            free.append(True)

        thread = threading.Thread(target=make)
        thread.start()
        assert not free
        sweeper.answered(second)
        thread.join(timeout=5)
        assert free
        third = sweeper.key()
        sweeper.rest()
        assert not gc.isenabled(), "another key waits by now"
        sweeper.answered(third)
        sweeper.rest()
        assert gc.isenabled()
    finally:
        sweeper.close()


def test_a_key_that_is_never_answered_holds_nothing_up_for_long(searches: list[str]) -> None:
    clock = FrozenClock()
    sweeper = Sweeper(clock)
    sweeper.key()
    sweeper.give_way()  # returns after a while, whatever becomes of the key
    clock.seconds += QUIET
    sweeper.look()
    assert not sweeper.somebody_waits
    assert gc.isenabled()


def test_what_is_made_on_a_thread_gives_way_between_its_rows() -> None:
    gave: list[int] = []
    made: list[int] = []

    def make() -> None:
        GIVES_WAY.set(lambda: gave.append(len(made)))
        for item in politely(range(2 * TOGETHER + 1)):
            made.append(item)

    copy_context().run(make)
    assert made == list(range(2 * TOGETHER + 1))
    assert gave == [0, TOGETHER, 2 * TOGETHER]
    assert list(politely((1, 2))) == [1, 2], "elsewhere nothing waits"
