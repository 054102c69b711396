from __future__ import annotations

import asyncio
from dataclasses import replace

from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.ui.dashboard import DashboardScreen
from strideiq_console.ui.screens.ask import AskDialog
from strideiq_console.ui.screens.pick import PickDialog
from strideiq_console.ui.screens.reading import ReadDialog
from strideiq_console.ui.screens.runbook import RunbookScreen

from .conftest import Make
from .driving import press, screen_text, settled
from .fakes import FakeEngine
from .made_facts import F, facts, run
from .made_standings import confirmation, gate, make_execution


def stopped() -> Standing:
    execution = make_execution("push", failing="the remote refused the push")
    return Standing(execution, Awaits.CHOICE, execution.record("push"), "push failed", undoable=True)


async def test_a_hotfix_begins_with_fields_and_its_whole_plan(make: Make) -> None:
    engine = FakeEngine([confirmation("push", 2)])
    app = make(engine=engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "W", "h", *"Fix Auth", "space", *"crash")
        assert "becomes fix-auth-crash" in screen_text(app)
        await press(pilot, "enter")
        assert engine.calls == [], "what it becomes is seen before it counts"
        await press(pilot, "enter", "enter")
        assert isinstance(app.screen, ReadDialog)
        assert engine.calls == [("plan", "hotfix", {"slug": "fix-auth-crash", "severity": "P1"})]
        assert app.focused is not None
        assert app.focused.id == "cancel"
        app.services.clock.seconds += 1  # type: ignore[attr-defined]
        await press(pilot, "y")
        await settled(pilot)
        assert isinstance(app.screen, RunbookScreen)
        assert [call[0] for call in engine.calls] == ["plan", "start", "advance"]
        assert engine.consents() == [Consent()]


async def test_read_only_says_why(make: Make) -> None:
    app = make(read_only="The journal cannot be written: the disk is full.")
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "W", "h")
        assert "the disk is full" in screen_text(app)


async def test_a_plan_that_cannot_be_made_is_said(make: Make) -> None:
    engine = FakeEngine([gate()], error=BlockedError("the clone has a merge in progress", next_step="finish it first"))
    app = make(engine=engine)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await press(pilot, "W", "h", "a", "enter", "enter")
        await settled(pilot)
        assert "merge in progress" in screen_text(app)


async def test_retry_skip_undo_and_abandon(make: Make) -> None:
    engine = FakeEngine([stopped()])
    app = make(executions=(stopped().execution,), engine=engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u")
        assert "the remote refused the push" in screen_text(app)
        await press(pilot, "t")
        assert ("retry",) in engine.calls
        await press(pilot, "s", "x", "enter")
        assert not any(call[0] == "skip" for call in engine.calls), "a reason of one letter is none"
        await press(pilot, *"yz", "enter")
        assert ("skip", "xyz") in engine.calls
        await press(pilot, "z")
        assert isinstance(app.screen, AskDialog)
        app.services.clock.seconds += 1  # type: ignore[attr-defined]
        await press(pilot, "enter")
        assert ("undo",) not in engine.calls
        await press(pilot, "z")
        app.services.clock.seconds += 1  # type: ignore[attr-defined]
        await press(pilot, "y")
        assert ("undo",) in engine.calls
        await press(pilot, "x", *"given up", "enter")
        assert ("abandon", "given up") in engine.calls


async def test_what_cannot_be_done_is_greyed_out_with_its_reason(make: Make) -> None:
    app = make(executions=(gate().execution,), engine=FakeEngine([gate()]))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u", "?", *"retry")
        text = screen_text(app)
        assert "the step has not stopped" in text


async def test_news_of_the_journal_show_while_the_engine_works(make: Make) -> None:
    waiting = make_execution("checks", waiting="backend-test is running, 2 of 4")
    engine = FakeEngine([Standing(waiting, Awaits.OUTSIDE, waiting.record("checks"))])
    engine.hang = asyncio.Event()
    app = make(executions=(waiting,), engine=engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("u")
        await pilot.pause()
        await pilot.pause()
        app.services.tell("executions")  # type: ignore[attr-defined]
        await pilot.pause()
        await pilot.pause()
        text = screen_text(app)
        assert "backend-test is running, 2 of 4" in text
        assert "q leaves, u resumes" in text
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, DashboardScreen)
        await settled(pilot)
        assert not [w for w in app.workers if w.group == "execution" and w.is_running]


async def test_another_console_holds_the_lease(make: Make) -> None:
    engine = FakeEngine([gate()], error=BlockedError("another console holds it since 02:01", next_step="wait"))
    app = make(executions=(gate().execution,), engine=engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u")
        assert "another console holds it" in screen_text(app)


async def test_red_checks_open_their_log(make: Make) -> None:
    red = run(1900, "hotfix/fix-auth-crash", "pull_request", F, (F,), 3)
    known = facts()
    app = make(
        executions=(gate().execution,),
        engine=FakeEngine([gate()]),
        runs=replace(known.runs, value=(*(known.runs.value or ()), red)),
    )
    async with app.run_test(size=(120, 36)) as pilot:
        app.services.job_list = red.jobs or ()  # type: ignore[attr-defined]
        app.services.log = ("boom",)  # type: ignore[attr-defined]
        await press(pilot, "u", "l")
        assert "boom" in screen_text(app)
        assert "run 1900" in screen_text(app)


async def test_the_plan_can_be_read_again(make: Make) -> None:
    app = make(executions=(gate().execution,), engine=FakeEngine([gate()]))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u", "D")
        assert isinstance(app.screen, ReadDialog)
        assert gate().execution.plan.fingerprint in screen_text(app)


async def test_the_banner_offers_what_is_unfinished_and_does_not_repeat_the_verdict(make: Make) -> None:
    one, two = gate().execution, replace(gate().execution, id="other")
    app = make(executions=(one, two), engine=FakeEngine([gate()]))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert "Unfinished: hotfix fix-auth-crash" in screen_text(app)
        assert "and 1 more" in screen_text(app)
        app.services.tell("executions", facts(executions=(one,)))  # type: ignore[attr-defined]
        await settled(pilot)
        assert "Hotfix fix-auth-crash waits for you" in screen_text(app)
        assert "Unfinished" not in screen_text(app)
        app.services.tell("executions", facts(executions=(replace(one, ended=ExecutionState.DONE),)))  # type: ignore[attr-defined]
        await settled(pilot)
        assert "waits for you" not in screen_text(app)
        assert "Unfinished" not in screen_text(app)


async def test_several_unfinished_ones_are_chosen_from(make: Make) -> None:
    other = replace(gate().execution, id="other")
    app = make(executions=(gate().execution, other), engine=FakeEngine([gate()]))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u")
        assert isinstance(app.screen, PickDialog)
        await press(pilot, "2")
        assert isinstance(app.screen, RunbookScreen)
