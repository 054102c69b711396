"""What differs between two commits, for a person who reads it: files with their counts, and the patch, both cut off at a limit."""

from __future__ import annotations

from dataclasses import dataclass

from strideiq_console.domain.commit import Commit

MOST_COMMITS = 200
MOST_FILES = 500
MOST_LINES = 2000


@dataclass(frozen=True, slots=True)
class FileCount:
    """One file that differs. ``before`` is its old path after a rename; ``added`` and ``deleted`` None: git calls it binary."""

    path: str
    added: int | None
    deleted: int | None
    before: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Files and patch. Texts are clean lines. ``files_left`` and ``lines_left`` say how many more there are than are given.

    ``lines_left`` counts changed lines, without those around them.
    """

    files: tuple[FileCount, ...]
    lines: tuple[str, ...]
    files_left: int = 0
    lines_left: int = 0


@dataclass(frozen=True, slots=True)
class BranchWork:
    """The commits of a branch, newest first, at most :data:`MOST_COMMITS`.

    ``base`` is the branch that they are counted against, ``""`` for main, which has none: there they are its newest.
    ``more``: there are more than these.
    """

    branch: str
    base: str
    commits: tuple[Commit, ...]
    more: bool = False
