"""The branches opened: sections, on-demand reads, the way in and out by keys, faults beside, acts from everywhere."""

from __future__ import annotations

import asyncio

import pytest
from textual.pilot import Pilot

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.comparison import BranchWork, Comparison, FileCount
from strideiq_console.domain.fault import CloneError, ConsoleError
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.panels import branches as panel
from strideiq_console.ui.panels.branches import BranchesZoom
from strideiq_console.ui.widgets.table import TableView

from .conftest import Make
from .driving import screen_text
from .fakes import FakeEngine
from .made_facts import ago
from .made_standings import gate

ONE, TWO = "1a" * 20, "2b" * 20
PATCH = (
    "diff --git a/apps/web/page.tsx b/apps/web/page.tsx",
    "--- a/apps/web/page.tsx",
    "+++ b/apps/web/page.tsx",
    "@@ -1,2 +1,2 @@",
    "-  return <Old/>;",
    "+  return <New title='[@click=app.quit]x[/]' with={a.very.long.line.that.goes.on.and.on.and.on.until.it.is.folded}/>;",
    " }",
    "diff --git a/README.md b/README.md",
    "+# StrideIQ",
)
FOUND = Comparison((FileCount("apps/web/page.tsx", 1, 1), FileCount("README.md", 1, 0)), PATCH, lines_left=40)


class FakeReads:
    """What is read of a branch, and how often."""

    def __init__(self, error: ConsoleError | None = None) -> None:
        self.error = error
        self.calls: list[tuple[str, ...]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def work(self, name: str) -> BranchWork:
        self.calls.append(("work", name))
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        commits = (Commit(ONE, "feat: the newest", "founder", ago(hours=3)), Commit(TWO, "fix: the older", "founder", ago(days=2)))
        return BranchWork(name, "main", commits)

    async def changes(self, name: str, sha: str = "") -> Comparison:
        self.calls.append(("changes", name, sha))
        return FOUND


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panel, "PAUSE", 0.0)


async def opened(app: ConsoleApp, pilot: Pilot[int], *keys: str, error: ConsoleError | None = None) -> FakeReads:
    reads = FakeReads(error)
    app.services.branches = reads  # type: ignore[misc,assignment]
    await go(pilot, "2", "enter")
    assert isinstance(app.screen, BranchesZoom)
    await go(pilot, *keys)
    return reads


async def go(pilot: Pilot[int], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
        while any(not one.is_finished and one.group == "branch" for one in pilot.app.workers):
            await pilot.pause()
    await pilot.pause()


def focused(app: ConsoleApp) -> str:
    return app.focused.id or app.focused.parent.id if app.focused is not None else ""


@pytest.mark.parametrize("size", [(120, 36), (80, 24)], ids=["wide", "narrow"])
async def test_enter_goes_in_and_escape_comes_out(make: Make, size: tuple[int, int]) -> None:
    app = make()
    async with app.run_test(size=size) as pilot:
        reads = await opened(app, pilot)
        assert "▏Summary▕ Commits  Changes" in screen_text(app)
        assert reads.calls == [], "the summary is made of what is known"
        await go(pilot, "enter")
        text = screen_text(app)
        assert "▏Commits▕" in text
        assert "2 commits that main lacks" in text
        assert "feat: the newest" in text
        assert focused(app) == "commits"
        await go(pilot, "down", "enter")
        text = screen_text(app)
        assert "▏Changes▕" in text
        assert "1a1a1a1 feat: the newest" in text
        assert "2 files, +2 −1" in text
        assert focused(app) == "changes"
        assert reads.calls == [("work", "hotfix/fix-auth-crash"), ("changes", "hotfix/fix-auth-crash", ONE)]
        await go(pilot, "escape")
        assert focused(app) == "commits"
        await go(pilot, "escape")
        assert focused(app) == "panel-branches"
        assert "▏Summary▕" in screen_text(app)
        await go(pilot, "escape")
        assert not isinstance(app.screen, BranchesZoom)


async def test_brackets_turn_the_sections_and_what_was_read_is_kept(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        reads = await opened(app, pilot, "]", "]")
        text = screen_text(app)
        assert "hotfix/fix-auth-crash: all that it changed since" in text
        assert focused(app) == "panel-branches", "the list keeps the cursor"
        await go(pilot, "[", "]", "]", "[")
        assert reads.calls == [("work", "hotfix/fix-auth-crash"), ("changes", "hotfix/fix-auth-crash", "")]
        await go(pilot, "down")
        assert reads.calls[-1] == ("changes", "feature/calendar", "")
        await go(pilot, "r")
        assert reads.calls[-1] == ("changes", "feature/calendar", ""), "r reads the open section again"
        assert len(reads.calls) == 6


async def test_the_patch_is_whole_folded_and_literal(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 50)) as pilot:
        await opened(app, pilot, "]", "]")
        text = screen_text(app)
        assert "-  return <Old/>;" in text
        assert "[@click=app.quit]x[/]" in text
        joined = "".join(line.split("│")[-2][1:] if line.count("│") > 1 else "" for line in text.splitlines())
        assert "until.it.is.folded" in "".join(joined.split()).replace("+", "")
        assert "… and 40 more changed lines" in text


async def test_a_file_leads_to_its_part_of_the_patch(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, "]", "]", "right")
        view = app.screen.query_one("#changes", TableView)
        view.stand_on("file:1")
        await go(pilot, "enter")
        assert view.row is not None
        assert view.row.cells[0].text == "diff --git a/README.md b/README.md"


async def test_what_cannot_be_read_says_why_and_harms_nothing(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        error = CloneError("the clone is shallow: its history is cut off", next_step="run: git fetch --unshallow origin")
        await opened(app, pilot, "]", error=error)
        text = " ".join(screen_text(app).split())
        assert "the clone is shallow" in text
        assert "feature/calendar" in text
        await go(pilot, "[")
        assert "2 ahead, 0 behind" in screen_text(app)


async def test_news_do_not_begin_a_slow_read_anew(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        reads = await opened(app, pilot)
        reads.gate = asyncio.Event()
        await pilot.press("]")
        for _ in range(3):
            await pilot.pause()
            app.screen.show_detail()  # type: ignore[attr-defined]
        reads.gate.set()
        await go(pilot, "j", "k")
        assert reads.calls.count(("work", "hotfix/fix-auth-crash")) == 1
        assert "feat: the newest" in screen_text(app)


async def test_copy_takes_the_whole_commit_name(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, "enter", "down", "y")
        assert app.clipboard == ONE


async def test_actions_are_about_the_branch_from_wherever_the_cursor_stands(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot, "enter", "a")
        text = screen_text(app)
        assert "Actions: hotfix/fix-auth-crash" in text
        assert "would close #43, #44" in text or "delete hotfix/fix-auth-crash" in text


async def test_marked_branches_begin_a_clean_up_with_their_names(make: Make) -> None:
    standing = gate()
    engine = FakeEngine([standing])
    app = make(executions=(standing.execution,), engine=engine)
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(app, pilot)
        app.screen.query_one("#panel-branches TableView", TableView).stand_on("feature/old-import")
        await go(pilot, "space", "a", "c")
        assert engine.calls[0] == ("plan", "tidy", {"branches": "feature/old-import"})


async def test_a_panel_without_branches_opens_and_says_so(make: Make) -> None:
    from strideiq_console.domain.reading import Reading

    app = make(branches=Reading("git"))
    async with app.run_test(size=(80, 24)) as pilot:
        reads = await opened(app, pilot, "]", "]", "enter")
        assert reads.calls == []
        assert "There is no branch here." in screen_text(app)


@pytest.mark.parametrize("size", [(60, 20), (200, 60)], ids=str)
async def test_any_size_shows_the_sections(make: Make, size: tuple[int, int]) -> None:
    app = make()
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot, "enter", "enter")
        assert "Changes" in screen_text(app)
        await pilot.resize_terminal(120, 36)
        await go(pilot, "[")
        assert "▏Commits▕" in screen_text(app)
