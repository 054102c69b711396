"""The lines that a patch adds and takes away, file by file; read by the counts in its hunks: no content poses as a header."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")


@dataclass(slots=True)
class Section:
    """What a patch does to one file: lines without their end, a carriage return still in place."""

    added: list[bytes] = field(default_factory=list)
    removed: list[bytes] = field(default_factory=list)

    @property
    def crlf_only(self) -> bool:
        """Say whether nothing but carriage returns before line ends differs."""
        return self.added != self.removed and [line.rstrip(b"\r") for line in self.added] == [
            line.rstrip(b"\r") for line in self.removed
        ]


def sections(patch: bytes) -> list[Section]:
    """Return the files of a ``git diff --unified=0``, in its order."""
    found: list[Section] = []
    lines = iter(patch.split(b"\n"))
    for line in lines:
        hunk = _HUNK.match(line)
        if line.startswith(b"diff --git "):
            found.append(Section())
        elif hunk and found:
            _hunk(found[-1], lines, old=_count(hunk[1]), new=_count(hunk[2]))
    return found


def _count(digits: bytes | None) -> int:
    return 1 if digits is None else int(digits)


def _hunk(section: Section, lines: Iterable[bytes], *, old: int, new: int) -> None:
    if not old and not new:
        return
    for line in lines:
        if line.startswith(b"+"):
            section.added.append(line[1:])
            new -= 1
        elif line.startswith(b"-"):
            section.removed.append(line[1:])
            old -= 1
        if not old and not new:
            return
