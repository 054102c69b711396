"""Forms: what is filled in reaches the engine once, and nothing that was written is lost unasked."""

from __future__ import annotations

from textual import events
from textual.widgets import Button

from strideiq_console.domain.runbook.standing import Consent
from strideiq_console.domain.worktree import ChangeKind, FileChange
from strideiq_console.ui import safe
from strideiq_console.ui.screens.ask import AskDialog
from strideiq_console.ui.screens.form import FormDialog
from strideiq_console.ui.screens.runbook import RunbookScreen

from .conftest import Make
from .driving import press, screen_text, settled
from .fakes import FakeEngine
from .made_forms import commit_question, gate_with_override
from .made_standings import gate


def wake(app: object) -> None:
    app.services.clock.seconds += 1  # type: ignore[attr-defined]


async def test_a_commit_is_picked_file_by_file_and_judged_while_it_is_written(make: Make) -> None:
    engine = FakeEngine([commit_question()])
    app = make(executions=(commit_question().execution,), engine=engine)
    app.services.unsaved_files = (FileChange("app/calendar.py", ChangeKind.UNTRACKED, 90, False, ("def week():",)),)  # type: ignore[attr-defined]
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u", "c")
        assert isinstance(app.screen, FormDialog)
        await press(pilot, "space")
        assert app.screen.entry().get("files") is None, "keys typed before the form was seen mark nothing"
        wake(app)
        await press(pilot, "space", "down", "down", "space")
        assert "looks like secrets" in screen_text(app)
        assert app.screen.entry()["files"] == "app/calendar.py"
        await press(pilot, "a")
        assert app.screen.entry()["files"] == "app/calendar.py\napp/routes.py\nweb/calendar.tsx"
        await press(pilot, "tab", "end", *"weeks", "full_stop")
        assert "take out the period" in screen_text(app)
        await press(pilot, "backspace", "enter", "enter")
        assert isinstance(app.screen, FormDialog), "Enter writes a new line"
        await press(pilot, "tab", "tab", "tab", "enter")
        assert isinstance(app.screen, RunbookScreen)
        files = "app/calendar.py\napp/routes.py\nweb/calendar.tsx"
        assert engine.consents()[-1] == Consent(entry={"files": files, "message": "feat: weeks"})


async def test_the_lines_that_a_file_adds_stand_beside_it(make: Make) -> None:
    shown = commit_question()
    app = make(executions=(shown.execution,), engine=FakeEngine([shown]))
    app.services.unsaved_files = (FileChange("app/calendar.py", ChangeKind.UNTRACKED, 90, False, ("def week():",)),)  # type: ignore[attr-defined]
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u", "c")
        dialog = app.screen
        assert isinstance(dialog, FormDialog)
        assert dialog._preview is not None, "the step names the folder that it works in"
        await settled(pilot)
        assert "+ def week():" in screen_text(app)


async def test_escape_asks_before_it_loses_what_was_written(make: Make) -> None:
    engine = FakeEngine([commit_question()])
    app = make(executions=(commit_question().execution,), engine=engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u", "c")
        wake(app)
        await press(pilot, "tab", *"weeks", "escape")
        assert isinstance(app.screen, AskDialog)
        wake(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, FormDialog)
        assert "weeks" in app.screen.entry()["message"]
        await press(pilot, "ctrl+c")
        assert isinstance(app.screen, AskDialog), "so does leaving the console"
        wake(app)
        await press(pilot, "n", "escape")
        wake(app)
        await press(pilot, "y")
        assert isinstance(app.screen, RunbookScreen)
        assert all(consent == Consent() for consent in engine.consents())


async def test_pasted_text_is_text(make: Make) -> None:
    app = make(executions=(commit_question().execution,), engine=FakeEngine([commit_question()]))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u", "c")
        wake(app)
        await press(pilot, "tab")
        app.post_message(events.Paste("one\r\ntwo\x1b]52;c;x\x07" + "x" * 90_000))
        await settled(pilot)
        editor = app.screen.query_one(safe.PlainEditor)
        assert "one\ntwo" in editor.text
        assert "\x1b" not in editor.text
        assert len(editor.text) <= editor.LIMIT


async def test_a_gate_is_passed_by_with_a_reason_only(make: Make) -> None:
    engine = FakeEngine([gate_with_override()])
    app = make(executions=(gate().execution,), engine=engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u", "o")
        assert isinstance(app.screen, FormDialog)
        wake(app)
        app.screen.query_one("#go", Button).press()
        await settled(pilot)
        assert "Reason is missing" in screen_text(app)
        await press(pilot, *"production is down", "tab", "tab", "enter")
        await settled(pilot)
        assert engine.consents()[-1] == Consent(entry={"override": "production is down"})


async def test_without_a_form_o_says_so(make: Make) -> None:
    app = make(executions=(gate().execution,), engine=FakeEngine([gate()]))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u", "?", *"pass")
        assert "there is nothing to fill in" in screen_text(app)
