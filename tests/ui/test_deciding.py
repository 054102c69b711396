"""Level 4, a group, a step that has diverged, the ways back: what a person decides, and what of it reaches the engine."""

from __future__ import annotations

from dataclasses import replace

from textual.widgets import Button

from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.domain.runbook.model import Runbook
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.ui.screens.ask import InputDialog
from strideiq_console.ui.screens.confirm import ConfirmDialog
from strideiq_console.ui.screens.history import HistoryScreen
from strideiq_console.ui.screens.menu import letters, menu
from strideiq_console.ui.screens.planned import PlanDialog
from strideiq_console.ui.screens.reading import ReadDialog
from strideiq_console.ui.screens.rollback import RollbackScreen
from strideiq_console.ui.screens.runbook import RunbookScreen

from .conftest import Make
from .driving import press, screen_text, settled
from .fakes import FakeEngine
from .made_rollback import BEFORE, OLD, candidates, offer
from .made_standings import confirmation, diverged, gate, level_4, make_execution


def later(app: object, seconds: float) -> None:
    clock = app.services.clock  # type: ignore[attr-defined]
    clock.seconds += seconds
    clock.at += type(clock.at - clock.at)(seconds=seconds)


async def test_level_4_wants_both_words_and_time_to_read(make: Make) -> None:
    shown = level_4()
    engine = FakeEngine([shown])
    app = make(executions=(shown.execution,), engine=engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u", "c")
        dialog = app.screen
        assert isinstance(dialog, ConfirmDialog)
        text = screen_text(app)
        assert text.index("Lost for good") < text.index("This will")
        assert "table calendar_events, 1 204 rows" in text
        assert "can be confirmed in 10 s" in text
        later(app, 1)
        await press(pilot, *"production", "enter", *"strideiq", "enter")
        button = dialog.query_one("#consent", Button)
        assert button.disabled
        assert "can be confirmed in 9 s" in screen_text(app)
        later(app, 9)
        dialog.renew()
        await settled(pilot)
        assert not button.disabled
        await press(pilot, "enter")
        assert app.focused is button
        await press(pilot, "enter")
        wanted = Consent(step="merge-main", effects=shown.fingerprint, word="production", database="strideiq")
        assert engine.consents()[-1] == wanted


async def test_a_step_that_diverged_shows_planned_expected_and_actual_and_its_keys(make: Make) -> None:
    shown = diverged()
    engine = FakeEngine([shown])
    app = make(executions=(shown.execution,), engine=engine)
    async with app.run_test(size=(140, 44)) as pilot:
        await press(pilot, "u")
        text = screen_text(app)
        assert text.index("Planned") < text.index("Expected") < text.index("Actual")
        assert "moved on to 9f3e21a" in text
        for hint in ("t look again", "p plan again", "m done by hand", "s skip", "x abandon"):
            assert hint in text
        await press(pilot, "p")
        assert isinstance(app.screen, PlanDialog)
        later(app, 1)
        await press(pilot, "y")
        assert engine.calls[-2][:1] == ("start",)
        assert engine.calls[-2][2] == shown.execution.id
        assert isinstance(app.screen, RunbookScreen)


async def test_a_step_is_marked_as_done_with_what_later_steps_need(make: Make) -> None:
    engine = FakeEngine([diverged()])
    app = make(executions=(diverged().execution,), engine=engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u", "m")
        assert isinstance(app.screen, InputDialog)
        await press(pilot, *"merged it", "enter", *"51d09aa", "enter")
        assert ("mark", "merged it", {"sha": "51d09aa"}) in engine.calls


async def test_what_an_abandoned_execution_leaves_stays_readable(make: Make) -> None:
    engine = FakeEngine([diverged()])
    ended = replace(diverged().execution, ended=ExecutionState.ABANDONED)
    left = ("still there: push (take it back: git push origin :refs/heads/hotfix/fix-auth-crash)",)
    engine.abandoned = Standing(ended, Awaits.NOTHING, reasons=left)
    app = make(executions=(diverged().execution,), engine=engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u", "x")
        assert "This stays" in screen_text(app)
        await press(pilot, *"given up", "enter")
        assert isinstance(app.screen, ReadDialog)
        assert "still there: push" in screen_text(app)


async def test_five_keys_and_the_word_roll_production_back(make: Make) -> None:
    shown = confirmation("merge-main", 3)
    engine = FakeEngine([shown])
    app = make(engine=engine)
    app.services.candidates, app.services.offer = candidates(), offer()  # type: ignore[attr-defined]
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "W", "b")
        assert isinstance(app.screen, RollbackScreen)
        text = screen_text(app)
        for words in (
            "77aa012",
            "3 commits, 0 migr.",
            "provider rollback",
            "revert by pull request",
            "make a backup first",
        ):
            assert words in text
        await press(pilot, "enter")
        assert engine.calls[0] == ("plan", "rollback", {"target": BEFORE, "way": "provider", "components": "all"})
        assert isinstance(app.screen, ConfirmDialog), "the confirmation opens by itself"
        assert engine.consents() == [Consent()]
        later(app, 0.5)
        await press(pilot, *"production", "enter", "enter")
        assert engine.consents()[-1] == Consent(step="merge-main", effects=shown.fingerprint, word="production")


async def test_another_way_other_components_another_commit(make: Make) -> None:
    engine = FakeEngine([gate()])
    app = make(engine=engine)
    app.services.candidates, app.services.offer = candidates(), offer()  # type: ignore[attr-defined]
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "W", "b", "down", "space", "2", "D")
        assert engine.calls == [("plan", "rollback", {"target": OLD, "way": "revert", "components": "web"})]
        assert isinstance(app.screen, PlanDialog)
        assert (OLD, ("web",)) in app.services.offered  # type: ignore[attr-defined]


async def test_a_dry_run_enters_nothing(make: Make) -> None:
    engine = FakeEngine([gate()])
    app = make(engine=engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "W", "down", "D", "a", "enter", "enter")
        assert isinstance(app.screen, PlanDialog)
        assert "Dry run" in screen_text(app)
        later(app, 1)
        await press(pilot, "y", "enter")
        assert app.clipboard
        assert [call[0] for call in engine.calls] == ["plan"]


async def test_history_shows_what_ended(make: Make) -> None:
    ended = replace(make_execution(), ended=ExecutionState.DONE)
    app = make(executions=(ended,), engine=FakeEngine([gate()]))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "9")
        assert isinstance(app.screen, HistoryScreen)
        assert "hotfix fix-auth-crash" in screen_text(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, PlanDialog)


def test_letters_are_designs_first_and_never_twice() -> None:
    own = Runbook("night-watch", "Look after it", (), (), own=True)
    known = {
        name: Runbook(name, name, (), ()) for name in ("feature", "hotfix", "release", "rollback", "promote", "migrate", "protect")
    }
    found = letters({**known, "night-watch": own, "reland": Runbook("reland", "Land again", (), (), key="b")})
    assert [found[name] for name in ("feature", "hotfix", "release", "rollback", "promote", "migrate")] == list("fhrbpm")
    assert len(set(found.values())) == len(found)
    assert not set(found.values()) & set("jkg")
    line = next(one for one in menu({"night-watch": own}, "") if one.value == "night-watch")
    assert line.note == "yours"
