"""The branches opened: at the right one branch in words, its commits, and what one of them or all of them change."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from strideiq_console.domain.comparison import BranchWork, Comparison
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.reading import Look
from strideiq_console.presentation.branch_state import find
from strideiq_console.presentation.branch_work import WHOLE, change_heading, changes_table, commits_table, place_of
from strideiq_console.presentation.cell import Row, Table
from strideiq_console.ui import safe
from strideiq_console.ui.screens.zoom import ZoomScreen
from strideiq_console.ui.widgets.arrangement import Preview
from strideiq_console.ui.widgets.line import plainly
from strideiq_console.ui.widgets.section_line import SectionLine
from strideiq_console.ui.widgets.table import TableView

SUMMARY, COMMITS, CHANGES = "summary", "commits", "changes"
SECTIONS = ((SUMMARY, "Summary"), (COMMITS, "Commits"), (CHANGES, "Changes"))
PAUSE = 0.12
"""Seconds that the cursor rests on a branch before it is read: one that only passes by costs no git."""


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is read: the commits of a branch (``sha`` None), one commit, or the whole branch (``sha`` ``""``), as of its tip."""

    branch: str
    tip: str
    sha: str | None = None


class BranchesZoom(ZoomScreen):
    """Branches, with what each holds. What was read is kept until the zoom is left; a branch that moved is read anew."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right_square_bracket", "turn(1)", "next section", id="zoom.next-section"),
        Binding("left_square_bracket", "turn(-1)", "previous section", show=False, id="zoom.previous-section"),
        Binding("l", "pane(1)", "preview", show=False, id="row.log"),
    ]

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._section = SUMMARY
        self._commit = ""  # whose changes are shown; "" for the whole branch
        self._reading: _Subject | None = None
        self._folded_at = 0
        self._held: dict[_Subject, BranchWork | Comparison | ConsoleError] = {}
        self._commits = TableView(self.glyphs, headings=False, id="commits")
        self._changes = TableView(self.glyphs, headings=False, id="changes")

    def compose_preview(self) -> ComposeResult:
        """Hold the line of sections, and below it one of three."""
        yield SectionLine(SECTIONS, self.glyphs)
        with VerticalScroll(id="about", can_focus=False):
            yield safe.PlainStatic("", id="detail")
        yield self._commits
        yield self._changes

    @property
    def branch(self) -> Row | None:
        """Return the row of the branch under the cursor of the list, wherever the focus is."""
        return self.panel.view.row

    def chosen_keys(self) -> tuple[str, ...]:
        """Return the branches that actions are about, also while the focus is on a commit."""
        return self.panel.view.chosen

    def row_name(self) -> str:
        """Return the name of what the cursor stands on: a branch, a whole commit name, a line of a patch."""
        if self.row is not None and self.focused is self._commits and self.row.key != WHOLE:
            return self.row.key
        return super().row_name()

    def action_acts(self) -> None:
        """Choose what to do with the branch, from wherever the cursor stands in it."""
        self.set_focus(self.panel.view)
        super().action_acts()

    def why_not(self, action: str) -> str:
        """Say why an action cannot be taken now."""
        if action == "acts":
            return "" if self.branch is not None else "there is no branch"
        return super().why_not(action)

    @property
    def _subject(self) -> _Subject | None:
        """Return what the open section is about; None for the summary, which is made of the facts alone."""
        row = self.branch
        branch = find(self.services.facts(), row.key) if row is not None and self._section != SUMMARY else None
        if branch is None:
            return None
        return _Subject(branch.name, branch.tip.sha, None if self._section == COMMITS else self._commit)

    def preview_title(self, row: Row | None) -> str:
        """Return which branch the preview is about."""
        return self.branch.key if self.branch is not None else "Details"

    def row_moved(self, event: TableView.Moved) -> None:
        """Draw the branch under the cursor, or the commit."""
        if event.table is self.panel.view:
            self._commit = ""
        if event.table is not self._changes or self._folded_at != self._changes.size.width:
            self.show_detail()
        self.refresh_bindings()

    def show_detail(self) -> None:
        """Draw the open section of the branch under the cursor; nothing happens before the screen is drawn, or after."""
        if not self.query("#about"):
            return
        row, subject = self.branch, self._subject
        safe.title(self.query_one("#preview"), self.glyphs.plain(self.preview_title(row)))
        for widget, name in ((self.query_one("#about"), SUMMARY), (self._commits, COMMITS), (self._changes, CHANGES)):
            widget.display = name == self._section
        self.query("#zoom").set_class(self._section == CHANGES, "-reading")
        if self._section == SUMMARY:
            lines = self.detail_lines(row) if row is not None else ()
            self.query_one("#detail", safe.PlainStatic).show(plainly(lines, self.glyphs))
        elif subject is None:
            self._place(_said("There is no branch here.", Look.FRESH))
        elif subject in self._held:
            self._place(self._table(subject))
        else:
            self._place(_said("", Look.NEVER_SEEN))
            if subject != self._reading:  # news that come meanwhile must not begin a slow read anew
                self._reading = subject
                self._read(subject)
        self._say(subject)
        self.refresh_bindings()

    def _say(self, subject: _Subject | None) -> None:
        busy = subject is not None and subject not in self._held
        about = "reading…" if busy else self._commit[:7] if self._section == CHANGES else ""
        self.query_one(SectionLine).point_at(self._section, about, busy=busy)

    def _place(self, table: Table) -> None:
        view = self._commits if self._section == COMMITS else self._changes
        view.show(table)

    def _table(self, subject: _Subject) -> Table:
        held = self._held[subject]
        if isinstance(held, BranchWork):
            return commits_table(held, self.services.clock.now(), self.glyphs)
        if isinstance(held, Comparison):
            work = self._held.get(_Subject(subject.branch, subject.tip))
            listed = work if isinstance(work, BranchWork) else None
            heading = change_heading(listed, subject.branch, subject.sha or "", self.services.clock.now())
            self._folded_at = self._changes.size.width  # 0 until it has been laid out
            return changes_table(held, heading, max(self._folded_at - 2, 20))
        return _said(held.sentence(), Look.FAILED)

    @work(exclusive=True, group="branch", exit_on_error=False)
    async def _read(self, subject: _Subject) -> None:
        try:
            await asyncio.sleep(PAUSE)
            reads = self.services.branches
            async with self.waiting(f"reading {subject.branch}", source="git"):
                listed = _Subject(subject.branch, subject.tip)
                if not isinstance(self._held.get(listed), BranchWork):
                    self._held[listed] = await reads.work(subject.branch)
                if subject.sha is not None:
                    self._held[subject] = await reads.changes(subject.branch, subject.sha)
        except ConsoleError as error:
            self._held[subject] = error
        finally:
            if self._reading == subject:
                self._reading = None
        if self.is_attached:
            self.show_detail()

    def action_turn(self, by: int) -> None:
        """Go to the next or the previous section."""
        names = [name for name, _ in SECTIONS]
        self._go_to(names[(names.index(self._section) + by) % len(names)])

    @on(SectionLine.Chosen)
    def _clicked(self, event: SectionLine.Chosen) -> None:
        self._go_to(event.name)

    def _go_to(self, section: str) -> None:
        within = self.focused in (self._commits, self._changes)
        self._section = section
        if self.preview is Preview.OFF:
            self.action_preview()
        self.show_detail()
        if within:
            self.action_pane(1)

    def action_pane(self, side: int) -> None:
        """Go to the list at the left, or into the open section at the right."""
        inside = {COMMITS: self._commits, CHANGES: self._changes}.get(self._section)
        if side > 0 and inside is not None and self.preview is not Preview.OFF:
            inside.focus()
        else:
            super().action_pane(side)

    def open_row(self, row: Row) -> None:
        """Go on to the commits of a branch."""
        self._go_to(COMMITS)
        self._commits.focus()

    @on(TableView.Chosen)
    def _go_in(self, event: TableView.Chosen) -> None:
        if event.row is None:
            return
        if event.table is self._commits:
            self._commit = "" if event.row.key == WHOLE else event.row.key
            self._go_to(CHANGES)
            self._changes.focus()
        elif event.table is self._changes and event.row.key.startswith("file:") and event.row.key.count(":") == 1:
            held = self._held.get(self._subject) if self._subject else None
            if isinstance(held, Comparison):
                self._changes.stand_on(place_of(held, int(event.row.key.removeprefix("file:"))))

    def action_back(self) -> None:
        """From the changes to the commits, from there to the list, from the list back."""
        if self.focused is self._changes:
            self._go_to(COMMITS)
            self._commits.focus()
        elif self.focused is self._commits:
            self._go_to(SUMMARY)
            self.panel.view.focus()
        else:
            super().action_back()

    def action_renew(self) -> None:
        """Read the feeds of this panel again, and the open section."""
        self._held.clear()
        super().action_renew()
        self.show_detail()

    def on_resize(self, event: events.Resize) -> None:
        """Fold the lines of a patch anew."""
        super().on_resize(event)
        self.call_after_refresh(self.show_detail)


def _said(words: str, look: Look) -> Table:
    return Table((), (), look, words)
