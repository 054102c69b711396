"""Consent: what may go ahead, and what must not (RELIABILITY section 5, threat T14)."""

from __future__ import annotations

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Button, Input

from strideiq_console.domain.runbook.model import Effect
from strideiq_console.domain.runbook.standing import Consent, Standing
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.screens.ask import AskDialog
from strideiq_console.ui.screens.confirm import ConfirmDialog
from strideiq_console.ui.screens.runbook import RunbookScreen

from .conftest import Make
from .driving import press, screen_text, settled
from .fakes import FakeEngine
from .made_standings import confirmation, gate, question


def app_at(make: Make, *standings: Standing) -> tuple[ConsoleApp, FakeEngine]:
    engine = FakeEngine(standings)
    return make(executions=(standings[0].execution,), engine=engine), engine


def wake(app: ConsoleApp) -> None:
    app.services.clock.seconds += 0.5  # type: ignore[attr-defined]


async def open_dialog(pilot: Pilot[int], app: ConsoleApp) -> None:
    await press(pilot, "u", "c")
    assert isinstance(app.screen, ConfirmDialog)


async def test_level_2_focus_stands_on_cancel_and_enter_cancels(make: Make) -> None:
    app, engine = app_at(make, confirmation("push", 2))
    async with app.run_test(size=(120, 36)) as pilot:
        await open_dialog(pilot, app)
        assert app.focused is not None
        assert app.focused.id == "cancel"
        wake(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, RunbookScreen)
        assert engine.consents() == [Consent()]


async def test_level_2_y_consents_to_exactly_what_was_shown(make: Make) -> None:
    shown = confirmation("push", 2)
    app, engine = app_at(make, shown, shown)
    async with app.run_test(size=(120, 36)) as pilot:
        await open_dialog(pilot, app)
        wake(app)
        await press(pilot, "y")
        assert engine.consents()[-1] == Consent(step="push", effects=shown.fingerprint)


@pytest.mark.parametrize("key", ["y", "enter", "tab", "n", "space"])
async def test_keys_are_deaf_for_400_ms(make: Make, key: str) -> None:
    app, engine = app_at(make, confirmation("push", 2))
    async with app.run_test(size=(120, 36)) as pilot:
        await open_dialog(pilot, app)
        app.services.clock.seconds += 0.39  # type: ignore[attr-defined]
        await press(pilot, key)
        assert isinstance(app.screen, ConfirmDialog)
        assert app.focused is not None
        assert app.focused.id == "cancel"
        assert engine.consents() == [Consent()]


async def test_a_click_in_the_deaf_moment_consents_to_nothing(make: Make) -> None:
    app, engine = app_at(make, confirmation("push", 2))
    async with app.run_test(size=(120, 36)) as pilot:
        await open_dialog(pilot, app)
        await pilot.click("#consent")
        await settled(pilot)
        assert engine.consents() == [Consent()]


async def test_escape_is_no_at_any_moment(make: Make) -> None:
    app, engine = app_at(make, confirmation("merge-main", 3))
    async with app.run_test(size=(120, 36)) as pilot:
        await open_dialog(pilot, app)
        await press(pilot, "escape")
        assert isinstance(app.screen, RunbookScreen)
        assert engine.consents() == [Consent()]


async def test_level_3_wants_the_word_typed(make: Make) -> None:
    shown = confirmation("merge-main", 3)
    app, engine = app_at(make, shown, shown)
    async with app.run_test(size=(120, 36)) as pilot:
        await open_dialog(pilot, app)
        wake(app)
        assert app.focused is not None
        assert app.focused.id == "cancel"
        merge = app.screen.query_one("#consent", Button)
        await press(pilot, "y")
        assert isinstance(app.screen, ConfirmDialog), "no single key consents at level 3"
        await press(pilot, "backspace", *"productio", "enter")
        assert merge.disabled
        assert isinstance(app.screen, ConfirmDialog)
        await press(pilot, "n")
        assert not merge.disabled
        await press(pilot, "enter")
        assert app.focused is merge, "the word alone merges nothing"
        assert engine.consents() == [Consent()]
        await press(pilot, "enter")
        assert engine.consents()[-1] == Consent(step="merge-main", effects=shown.fingerprint, word="production")


async def test_level_3_ignores_a_pasted_word(make: Make) -> None:
    app, engine = app_at(make, confirmation("merge-main", 3))
    async with app.run_test(size=(120, 36)) as pilot:
        await open_dialog(pilot, app)
        wake(app)
        field = app.screen.query_one("#word", Input)
        field.focus()
        await pilot.pause()
        app.post_message(events.Paste("production"))
        await settled(pilot)
        assert field.value == ""
        assert app.screen.query_one("#consent", Button).disabled
        assert engine.consents() == [Consent()]


async def test_pasted_text_triggers_no_keys(make: Make) -> None:
    app, engine = app_at(make, confirmation("push", 2))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u")
        app.post_message(events.Paste("c\ny\ny\n"))
        await settled(pilot)
        assert isinstance(app.screen, RunbookScreen)
        await press(pilot, "c")
        wake(app)
        app.post_message(events.Paste("y\n"))
        await settled(pilot)
        assert engine.consents() == [Consent()]


async def test_closing_the_application_is_no(make: Make) -> None:
    app, engine = app_at(make, confirmation("push", 2))
    async with app.run_test(size=(120, 36)) as pilot:
        await open_dialog(pilot, app)
        app.exit(0)
    assert engine.consents() == [Consent()]


async def test_a_gate_shows_every_reason_and_offers_no_confirmation(make: Make) -> None:
    app, engine = app_at(make, gate())
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u")
        text = screen_text(app)
        for reason in gate().reasons:
            assert reason in text
        await press(pilot, "c", "enter", "y")
        assert isinstance(app.screen, RunbookScreen)
        assert all(consent == Consent() for consent in engine.consents())


async def test_a_question_has_its_focus_on_no(make: Make) -> None:
    app, engine = app_at(make, question(), question(), question())
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u", "y")
        assert isinstance(app.screen, AskDialog)
        assert app.focused is not None
        assert app.focused.id == "no"
        wake(app)
        await press(pilot, "enter")
        assert engine.consents()[-1] == Consent(answer="no")
        await press(pilot, "n")
        wake(app)
        await press(pilot, "y")
        assert engine.consents()[-1] == Consent(answer="yes")


async def test_what_stands_below_the_edge_can_be_read_with_the_keyboard(make: Make) -> None:
    effects = tuple(Effect(f"move thing number {number}", f"PUT /things/{number}") for number in range(40))
    app, engine = app_at(make, confirmation("merge-main", 3, effects=effects))
    async with app.run_test(size=(80, 24)) as pilot:
        await open_dialog(pilot, app)
        wake(app)
        assert "PUT /things/39" not in screen_text(app)
        await press(pilot, *["pagedown"] * 12)
        assert "PUT /things/39" in screen_text(app)
        await press(pilot, *["pageup"] * 12)
        assert "thing number 0" in screen_text(app)
        assert not any(consent.step for consent in engine.consents())
