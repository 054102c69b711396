"""Issues at GitHub, where incidents are recorded; with the port for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue; pull requests, which GitHub lists among them, are left out. ``body`` has lines."""

    number: int
    title: str
    open: bool
    author: str
    body: str = ""
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    url: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    closed_at: datetime | None = None


class Issues(Protocol):
    """Issues of the repository."""

    async def recent(self, *, labels: Sequence[str] = (), state: str = "open", limit: int = 50) -> tuple[Issue, ...]:
        """Return the newest issues that bear all the labels; ``state`` is open, closed or all."""
        ...

    async def create(self, *, title: str, body: str, labels: Sequence[str] = (), assignees: Sequence[str] = ()) -> Issue:
        """Open an issue. Labels that the repository lacks are made by GitHub, people without access are dropped by it."""
        ...

    async def update(
        self,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        closed: bool | None = None,
        labels: Sequence[str] | None = None,
    ) -> Issue:
        """Change what is given; ``labels`` replaces them all."""
        ...

    async def comment(self, number: int, body: str) -> str:
        """Add a comment; return its address."""
        ...

    async def labels(self) -> tuple[str, ...]:
        """Return the names of the repository's labels."""
        ...
