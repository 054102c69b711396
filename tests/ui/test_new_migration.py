"""``a m`` on the branch that is checked out: how a migration is made on it, read in a dialog, with the commands to copy (R89)."""

from __future__ import annotations

from dataclasses import replace

from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.policy.new_migration import NewMigration, Notice, revision_words
from strideiq_console.domain.reading import Level
from strideiq_console.ui.screens.reading import ReadDialog

from .conftest import Make
from .driving import press, screen_text, settled
from .fakes import FakeConsole

LACKS = Notice(Level.WARNING, "origin/staging has a revision that the work tree lacks: c (add c)", "git fetch origin")
MADE = NewMigration("", ("alembic", *revision_words("fix_auth_crash")), "apps/api", "hotfix/fix-auth-crash", (("b", "v/b.py"),))


async def test_it_is_read_in_a_dialog_and_its_commands_are_copied(make: Make) -> None:
    app = make()
    console = app.services
    assert isinstance(console, FakeConsole)
    console.proposed = replace(MADE, notices=(LACKS,))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "2", "a", "m")
        await settled(pilot)
        assert isinstance(app.screen, ReadDialog)
        text = screen_text(app)
        assert f"▲ {LACKS.words}" in text
        assert "git fetch origin" in text
        assert "alembic revision --autogenerate -m 'fix auth crash'" in text
        assert "REVISION_fix_auth_crash.py" in text, "the name is the branch's"
        console.clock.seconds += 1  # a dialog hears nothing in its first moment
        await press(pilot, "y")
        assert app.clipboard == "cd apps/api\nalembic revision --autogenerate -m 'fix auth crash'"
        await press(pilot, "escape")
        assert not isinstance(app.screen, ReadDialog)


async def test_a_fault_is_said_in_a_dialog_too(make: Make) -> None:
    app = make()
    console = app.services
    assert isinstance(console, FakeConsole)
    console.proposed = UsageError("it names no migration", next_step="say what it does")
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "2", "a", "m")
        await settled(pilot)
        assert isinstance(app.screen, ReadDialog)
        assert "say what it does" in screen_text(app)
