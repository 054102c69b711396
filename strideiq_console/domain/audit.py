"""The audit log as values: its rows, and what a walk along its chain of hashes found (RELIABILITY rule 28)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row. ``who`` is the login name at the operating system; ``previous`` and ``hash`` are SHA-256 in hex.

    ``at`` is None when the row holds no time that can be read: somebody has changed it.
    """

    seq: int
    at: datetime | None
    who: str
    execution: str
    step: str
    kind: str
    data: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which a row is not what it must be; both values as they stand in the file."""

    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What a walk along the log found.

    ``rows`` fit, one after the other, from the first; ``head`` is the hash of the last of them. When the walk stopped, ``broken``
    is the sentence that says why, ``row`` the number of the row where it did (None: at the end of the log) and ``differences``
    what differs there. ``noted_row`` is the row whose hash the caller had noted before.
    """

    rows: int
    first: datetime | None
    last: datetime | None
    head: str
    broken: str = ""
    row: int | None = None
    differences: tuple[Difference, ...] = ()
    noted_row: int | None = None

    @property
    def whole(self) -> bool:
        """Say whether every row fits."""
        return not self.broken
