"""Remote text that looks like markup is drawn as it stands, on every surface."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strideiq_console.domain.branch import BranchKind
from strideiq_console.domain.reading import Reading
from strideiq_console.domain.runbook.model import Effect

from .conftest import Make
from .driving import press, screen_text, settled
from .fakes import FakeEngine
from .made_facts import F, branch, facts, failed, pull, run
from .made_standings import confirmation, gate, make_plan

HOSTILE = ("[/x]", "[@click=app.quit]x[/]", "[b]bold[/b]", "[$primary]", "\\[red]", "[link=https://evil.invalid]y[/link]")


@pytest.mark.parametrize("title", HOSTILE)
async def test_titles_are_literal_in_tables_and_previews(make: Make, title: str) -> None:
    known = facts()
    hostile = run(1850, title, "push", F, (F,), 1)
    branches = (branch(title, BranchKind.FEATURE, "f" * 40, title, 1, 0, minutes=1), *(known.branches.value or ()))
    app = make(
        runs=failed(replace(known.runs, value=(replace(hostile, title=title, actor=title),)), cause=f"it said {title}"),
        branches=replace(known.branches, value=branches),
        pulls=Reading("github", (pull(50, title, title, "staging", F),), known.pulls.seen),
    )
    async with app.run_test(size=(160, 40), notifications=True) as pilot:
        await settled(pilot)
        # A long one is cut in narrow cells; what is drawn of it stands there letter by letter.
        assert screen_text(app).count(title[:12]) >= 3 or screen_text(app).count(title) >= 3
        app.notify(f"note {title}", title=f"head {title}")
        await pilot.pause()
        await pilot.pause()
        assert f"note {title}" in screen_text(app)
        assert f"head {title}" in screen_text(app)
        await press(pilot, "3", "enter")
        assert screen_text(app).count(title) >= 4
        await press(pilot, "escape", "2", "enter")
        assert screen_text(app).count(title) >= 2
        assert app.is_running


@pytest.mark.parametrize("title", HOSTILE[:3])
async def test_titles_are_literal_in_dialogs(make: Make, title: str) -> None:
    plan = make_plan()
    steps = tuple(replace(s, title=title, why=title, question=title if s.question else "") for s in plan.steps)
    shown = confirmation("push", 2, plan=replace(plan, steps=steps), effects=(Effect(f"do {title}", f"run {title}"),))
    app = make(executions=(shown.execution,), engine=FakeEngine([shown]))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "u")
        assert screen_text(app).count(title) > 10
        await press(pilot, "c")
        text = screen_text(app)
        assert f"do {title}" in text
        assert f"run {title}" in text
        await press(pilot, "escape", "D")
        assert title in screen_text(app)


async def test_the_clipboard_gets_clean_redacted_text(make: Make) -> None:
    from strideiq_console.domain.secret import Secret

    app = make(executions=(gate().execution,), engine=FakeEngine([gate()]))
    app.services.redact.learn(Secret("hunter2-token"))
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        app.copy_to_clipboard("a\x1b]52;c;x\x07 hunter2-token")
        assert "\x1b" not in app.clipboard
        assert "hunter2" not in app.clipboard
        app.notify("token hunter2-token")
        await pilot.pause()
        await pilot.pause()
        assert "hunter2" not in screen_text(app)
