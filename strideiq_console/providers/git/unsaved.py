"""The unsaved files of a work tree with the lines that a commit would add (R33). Nothing of the clone's config is run for it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from strideiq_console.domain.untrusted import clean_line
from strideiq_console.domain.worktree import ChangeKind, FileChange
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.filters import silenced_filters
from strideiq_console.providers.git.netchanges import DIFFING, PLAIN, NetChange, net_changes, work_tree
from strideiq_console.providers.git.patches import Section, sections

MOST_LINES = 20_000
MOST_BYTES = 1_000_000
MOST_LINES_TOGETHER = 400_000
_MOST_LEFT_OUT = 200
_SNIFFED = 8000
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def unsaved(git: Git, path: str) -> tuple[FileChange, ...]:
    """Return the unsaved files of one of the clone's work trees, by path."""
    tree = work_tree(git, path)
    found = net_changes(tree)
    parts = _parts(tree, found)
    budget = MOST_LINES_TOGETHER
    changes = []
    for one in found:
        change = _change(tree.folder, one, parts.get(one.path))
        if change is None:
            continue
        budget -= len(change.added or ())
        changes.append(change if budget >= 0 else _unread(change))
    return tuple(sorted(changes, key=lambda change: change.path))


def _parts(git: Git, found: Iterable[NetChange]) -> Mapping[str, Section]:
    """Return the patch of each tracked file; of none where it would be too long as a whole, or cannot be told apart."""
    known = [one for one in found if one.parts]
    long = [one for one in known if one.lines is not None and one.lines[0] > MOST_LINES]
    asked = [one for one in known if one not in long]
    total = sum(sum(one.lines) for one in asked if one.lines is not None)
    if not asked or any(one.unmerged for one in known) or total > MOST_LINES_TOGETHER or len(long) > _MOST_LEFT_OUT:
        return {}
    left_out = [f":(exclude,literal){path}" for one in long for path in one.paths]
    output = git.read(
        "diff",
        "--unified=0",
        "--inter-hunk-context=0",
        "--find-renames",
        "--irreversible-delete",
        *PLAIN,
        "HEAD",
        "--",
        *((".", *left_out) if left_out else ()),
        config=(*silenced_filters(git), *DIFFING),
    )
    pieces = sections(output.out)
    if len(pieces) != sum(one.parts for one in asked):
        return {}
    places = iter(pieces)
    # A file that became a link, or a link a file, stands there twice: taken away, then made anew.
    return {one.path: [next(places) for _ in range(one.parts)][-1] for one in asked}


def _change(root: Path, one: NetChange, part: Section | None) -> FileChange | None:
    if one.kind is ChangeKind.DELETED:
        return FileChange(one.shown, one.kind, 0, binary=False, added=())
    try:
        status = (root / one.path).lstat()
    except OSError:
        return None  # gone since git listed it
    before = clean_line(one.before, limit=None)
    if stat.S_ISDIR(status.st_mode):
        # A submodule, whose one line is the commit that it stands at, or a repository inside this one.
        lines = _lines(part.added) if part is not None else None
        return FileChange(one.shown, one.kind, 0, binary=False, added=lines, before=before)
    if not one.known or one.lines is None:
        binary, added = _read(root / one.path, status)
        return FileChange(one.shown, one.kind, status.st_size, binary, added if not one.known else None, before=before)
    lines = _lines(part.added) if part is not None and status.st_size <= MOST_BYTES else None
    crlf_only = part is not None and one.kind is ChangeKind.MODIFIED and part.crlf_only
    return FileChange(one.shown, one.kind, status.st_size, binary=False, added=lines, crlf_only=crlf_only, before=before)


def _unread(change: FileChange) -> FileChange:
    return FileChange(change.path, change.kind, change.size, change.binary, None, change.crlf_only, change.before)


def _read(path: Path, status: os.stat_result) -> tuple[bool, tuple[str, ...] | None]:
    """Return whether a file is binary, and its lines: None for a binary one, one above the limits, or one that may not be read."""
    if stat.S_ISLNK(status.st_mode):
        return False, (clean_line(str(path.readlink()), limit=None),)
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError:
        return False, None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return False, None
        content = file.read(MOST_BYTES + 1)
    if b"\0" in content[:_SNIFFED]:
        return True, None
    lines = content.split(b"\n")
    return False, _lines(lines[:-1] if not lines[-1] else lines) if len(content) <= MOST_BYTES else None


def _lines(lines: list[bytes]) -> tuple[str, ...] | None:
    if len(lines) > MOST_LINES:
        return None
    return tuple(clean_line(line.removesuffix(b"\r").decode("utf-8", "replace"), limit=None) for line in lines)
