"""Releases and tags at GitHub, with the port for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Release:
    """A release. ``target`` is the branch or commit that its tag was made from, as it was asked for. ``notes`` has lines."""

    id: int
    tag: str
    name: str
    target: str
    draft: bool
    prerelease: bool
    author: str
    notes: str = ""
    url: str = ""
    created_at: datetime | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and the commit that it names."""

    name: str
    sha: str


@dataclass(frozen=True, slots=True)
class ReleaseNotes:
    """What GitHub would write for a release."""

    name: str
    body: str


class Releases(Protocol):
    """Releases and tags."""

    async def recent(self, *, limit: int = 20) -> tuple[Release, ...]:
        """Return the newest releases, drafts too where the token may see them."""
        ...

    async def latest(self) -> Release | None:
        """Return the latest published release; None when there is none."""
        ...

    async def create(self, *, tag: str, target: str, name: str, notes: str | None = None, draft: bool = False) -> Release:
        """Publish a release; ``target`` is a full SHA or a branch, used when the tag does not exist yet.

        ``notes`` None lets GitHub write them.
        """
        ...

    async def notes(self, *, tag: str, target: str, previous: str | None = None) -> ReleaseNotes:
        """Return the notes that GitHub would write, without publishing anything."""
        ...

    async def tags(self, *, limit: int = 100) -> tuple[Tag, ...]:
        """Return tags, in GitHub's order."""
        ...
