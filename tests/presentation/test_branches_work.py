"""Commits and patches as rows: counts, cuts that are said, folded lines, what leads where."""

from __future__ import annotations

import pytest

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.comparison import BranchWork, Comparison, FileCount
from strideiq_console.presentation.branch_work import (
    WHOLE,
    change_heading,
    changes_table,
    commits_table,
    folded,
    place_of,
    summary,
)
from strideiq_console.presentation.cell import Tone
from strideiq_console.presentation.draw import width
from strideiq_console.presentation.glyphs import UNICODE
from tests.presentation.facts import NOW, ago, sha

COMMITS = (Commit(sha("ab"), "feat: one", "founder", ago(days=1)), Commit(sha("cd"), "fix: two", "founder", ago(days=2)))
WORK = BranchWork("feature/x", "staging", COMMITS)
FILES = (
    FileCount("apps/api/alembic/versions/0042_shoes.py", 24, 0),
    FileCount("web/page.tsx", 1, 2, "web/old.tsx"),
    FileCount("logo.png", None, None),
)
LINES = ("diff --git a/a b/a", "--- a/a", "+++ b/a", "@@ -1 +1 @@", "-old", "+new", " same", "diff --git a/b b/b", "+last")
FOUND = Comparison(FILES, LINES, files_left=7, lines_left=1234)


def texts(found: Comparison = FOUND, columns: int = 60) -> list[str]:
    return [row.cells[0].text for row in changes_table(found, change_heading(WORK, "feature/x", "", NOW), columns).rows]


def test_all_commits_together_stand_first() -> None:
    table = commits_table(WORK, NOW, UNICODE)
    assert [row.key for row in table.rows] == [WHOLE, *(c.sha for c in COMMITS)]
    assert table.rows[0].cells[1].text == "2 commits that staging lacks"
    assert table.rows[1].cells[2].text == "1 d"


@pytest.mark.parametrize(
    ("work", "notice"),
    [
        (BranchWork("feature/x", "staging", ()), "feature/x has no commit that staging lacks."),
        (BranchWork("main", "", COMMITS, more=True), "Only the newest 2 commits are shown."),
    ],
    ids=["none", "more"],
)
def test_an_empty_list_and_a_cut_one_say_so(work: BranchWork, notice: str) -> None:
    table = commits_table(work, NOW, UNICODE)
    assert table.notice == notice
    assert WHOLE not in [row.key for row in table.rows], "main has nothing that it is counted against"


def test_files_counts_migrations_and_cuts_are_all_said() -> None:
    assert summary(FOUND) == "10 files, at least +25 −2, 1 migration"
    found = texts()
    assert found[0] == "feature/x: all that it changed since it left staging"
    assert "+24 −0   migration apps/api/alembic/versions/0042_shoes.py" in found
    assert "+1 −2    web/old.tsx → web/page.tsx" in found
    assert "binary   logo.png" in found
    assert "… and 7 more files" in found
    assert found[-1] == "… and 1,234 more changed lines"


def test_added_and_removed_lines_differ_in_their_mark_and_in_tone() -> None:
    tones = {row.cells[0].text: row.cells[0].tone for row in changes_table(FOUND, (), 60).rows}
    assert (tones["+new"], tones["-old"], tones[" same"]) == (Tone.OK, Tone.CRITICAL, Tone.PLAIN)
    assert tones["--- a/a"] is Tone.MUTED


def test_the_heading_of_a_commit_says_who_and_when() -> None:
    one, two = change_heading(WORK, "feature/x", sha("ab"), NOW)
    assert (one.text, two.text) == ("abababa feat: one", "founder, 1 d ago")
    assert change_heading(None, "feature/x", sha("ab"), NOW)[0].text == "commit abababa"


def test_a_file_leads_to_its_part_of_the_patch() -> None:
    keys = [row.key for row in changes_table(FOUND, (), 60).rows]
    assert place_of(FOUND, 0) in keys
    assert place_of(FOUND, 1) == "line:7:0"
    assert place_of(FOUND, 2) == ""
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("line", ["+" + "x" * 100, "-" + "広い" * 40, "plain " * 30, "", "+", "é́" * 70])
def test_long_lines_are_folded_and_nothing_is_lost(line: str) -> None:
    pieces = folded(line, 40)
    assert all(width(piece) <= 40 for piece in pieces)
    lead = 3
    assert pieces[0] + "".join(piece[lead:] for piece in pieces[1:]) == line
    if line[:1] in "+-" and line:
        assert all(piece[0] == line[0] for piece in pieces), "what goes on is still marked as added or removed"
