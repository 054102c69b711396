"""Commits, and the names that git accepts for refs and this console is willing to act on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from strideiq_console.domain.untrusted import is_clean

SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(?:/|\Z)")


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit. ``subject`` and ``author`` are clean lines; ``parents`` are full SHAs."""

    sha: str
    subject: str
    author: str
    committed_at: datetime
    parents: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """Return the first seven digits, as GitHub shows them."""
        return self.sha[:7]


@dataclass(frozen=True, slots=True)
class Divergence:
    """How many commits the left side has that the right one lacks, and the other way round."""

    ahead: int
    behind: int


def short_sha(sha: str | None) -> str:
    """Return the first seven digits of a SHA, or an en dash for none."""
    return sha[:7] if sha else "–"


def is_sha(text: str) -> bool:
    """Say whether ``text`` is a full object name."""
    return SHA.match(text) is not None


def ref_fault(name: str) -> str | None:
    """Say why the console will not act on a branch name, or None when it will (RELIABILITY section 0 fact 4, threat T3).

    Stricter than git: a name that starts with ``-``, ``+`` or ``@``, or that holds characters which draw as nothing, is
    legal in git and refused here.
    """
    if not name:
        return "the name is empty"
    if len(name) > 100:
        return "the name is longer than 100 characters"
    if not is_clean(name):
        return "the name holds control, bidi or zero-width characters"
    if name[0] in "-+@./" or name[-1] in "./" or name == "HEAD":
        return f"the name may not be {name!r}: its first or last character is refused"
    hit = _FORBIDDEN.search(name)
    if hit:
        return f"the name holds {hit[0]!r}, which git refuses"
    return None
