"""The commits of a branch and what one of them, or all of them, change: as rows to walk through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from strideiq_console.domain.comparison import BranchWork, Comparison, FileCount
from strideiq_console.domain.reading import Look
from strideiq_console.presentation.age import ago, since
from strideiq_console.presentation.cell import Cell, Column, Row, Table, Tone
from strideiq_console.presentation.draw import width
from strideiq_console.presentation.glyphs import Glyphs

WHOLE = "whole"
"""The key of the row that stands for all commits of the branch together."""


def commits_table(work: BranchWork, now: datetime, glyphs: Glyphs) -> Table:
    """Return the commits newest first, below a row for all of them together."""
    count = f"{len(work.commits)}{'+' if work.more else ''} commit{'' if len(work.commits) == 1 else 's'}"
    rows: list[Row] = []
    if work.base and work.commits:
        rows.append(Row(WHOLE, (Cell("all", Tone.ACCENT), Cell(f"{count} that {work.base} lacks"), Cell(""))))
    rows += [
        Row(commit.sha, (Cell(commit.short, Tone.MUTED), Cell(commit.subject), Cell(since(commit.committed_at, now), Tone.MUTED)))
        for commit in work.commits
    ]
    empty = f"{work.branch} has no commit that {work.base} lacks." if work.base else f"{work.branch} has no commit."
    notice = "" if rows else empty
    if work.more:
        notice = f"Only the newest {len(work.commits)} commits are shown."
    return Table((Column("", 8), Column(""), Column("", 7)), tuple(rows), Look.FRESH, notice)


def changes_table(found: Comparison, heading: Sequence[Cell], columns: int) -> Table:
    """Return the heading, the files, then the patch, long lines folded into ``columns``; rows of files lead to their patch."""
    heads = (*heading, Cell(summary(found), Tone.MUTED), Cell(""))
    rows = list(_folded_rows("head", heads, columns))
    for number, one in enumerate(found.files):
        first, *more = _folded_rows(f"file:{number}", (_file(one),), columns)
        rows += [replace(first, key=f"file:{number}"), *more]
    if found.files_left:
        rows.append(Row("files-left", (Cell(f"… and {found.files_left:,} more files", Tone.WARNING),)))
    rows.append(Row("blank", (Cell(""),)))
    rows += list(_patch(found, columns))
    if found.lines_left:
        rows.append(Row("lines-left", (Cell(f"… and {found.lines_left:,} more changed lines", Tone.WARNING),)))
    return Table((Column(""),), tuple(rows), Look.FRESH)


def place_of(found: Comparison, number: int) -> str:
    """Return the key of the row where the patch of a file begins, ``""`` where it is cut off."""
    heads = [at for at, line in enumerate(found.lines) if line.startswith("diff --git ")]
    return f"line:{heads[number]}:0" if number < len(heads) else ""


def summary(found: Comparison) -> str:
    """Count files, lines and migrations (R86): a branch that brings a revision wants more care."""
    files = len(found.files) + found.files_left
    added = sum(one.added or 0 for one in found.files)
    deleted = sum(one.deleted or 0 for one in found.files)
    lower = "at least " if found.files_left else ""
    words = f"{files:,} file{'' if files == 1 else 's'}, {lower}+{added:,} −{deleted:,}"
    migrations = sum(is_migration(one.path) for one in found.files)
    return words + (f", {migrations} migration{'' if migrations == 1 else 's'}" if migrations else "")


def is_migration(path: str) -> bool:
    """Say whether a file lies where Alembic keeps revisions."""
    return "/versions/" in f"/{path}" and path.endswith(".py")


def change_heading(work: BranchWork | None, branch: str, sha: str, now: datetime) -> tuple[Cell, ...]:
    """Return what stands above the changes of one commit, or of the whole branch (``sha`` ``""``)."""
    if not sha:
        base = f" since it left {work.base}" if work is not None and work.base else ""
        return (Cell(f"{branch}: all that it changed{base}", Tone.ACCENT),)
    commit = next((one for one in work.commits if one.sha == sha), None) if work is not None else None
    if commit is None:
        return (Cell(f"commit {sha[:7]}", Tone.ACCENT),)
    return (
        Cell(f"{commit.short} {commit.subject}", Tone.ACCENT),
        Cell(f"{commit.author}, {ago(commit.committed_at, now)}", Tone.MUTED),
    )


def _folded_rows(key: str, cells: Sequence[Cell], columns: int) -> Iterator[Row]:
    for at, cell in enumerate(cells):
        for part, piece in enumerate(folded(cell.text, max(columns, 10))):
            yield Row(f"{key}:{at}:{part}", (Cell(piece, cell.tone),))


def _file(one: FileCount) -> Cell:
    count = "binary" if one.added is None else f"+{one.added} −{one.deleted}"
    name = f"{one.before} → {one.path}" if one.before else one.path
    new = is_migration(one.path)
    return Cell(f"{count:<9}{'migration ' if new else ''}{name}", Tone.WARNING if new else Tone.PLAIN)


def _patch(found: Comparison, columns: int) -> Iterator[Row]:
    for at, line in enumerate(found.lines):
        tone = _tone(line)
        for part, piece in enumerate(folded(line, max(columns, 10))):
            yield Row(f"line:{at}:{part}", (Cell(piece, tone),))


def _tone(line: str) -> Tone:
    if line.startswith(("diff --git ", "rename ", "new file", "deleted file", "similarity ", "old mode", "new mode")):
        return Tone.ACCENT
    if line.startswith(("index ", "--- ", "+++ ")):
        return Tone.MUTED
    if line.startswith("@@"):
        return Tone.ACTIVE
    return Tone.OK if line.startswith("+") else Tone.CRITICAL if line.startswith("-") else Tone.PLAIN


def folded(line: str, columns: int) -> tuple[str, ...]:
    """Return a line in pieces of at most so many columns; a piece that goes on begins with the mark of its line and a blank."""
    if width(line) <= columns:
        return (line,)
    pieces, current, used = [], "", 0
    lead = f"{line[0]}  " if line[:1] in ("+", "-") else "   "
    for char in line:
        wide = width(char)
        if used + wide > columns:
            pieces.append(current)
            current, used = lead, len(lead)
        current += char
        used += wide
    return (*pieces, current)
