"""The ports of pull requests and their labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.pull_request import ChangedFile, PullRequest, Review


class PullRequests(Protocol):
    """Pull requests of the one repository."""

    async def open(self) -> tuple[PullRequest, ...]:
        """Return all open pull requests."""
        ...

    async def get(self, number: int) -> PullRequest:
        """Return one pull request with ``mergeable``."""
        ...

    async def find(self, head: str, base: str) -> tuple[PullRequest, ...]:
        """Return every pull request from ``head`` to ``base``, any state, newest first."""
        ...

    async def reviews(self, number: int) -> tuple[Review, ...]:
        """Return the reviews, oldest first."""
        ...

    async def create(self, *, head: str, base: str, title: str, body: str) -> PullRequest:
        """Open a pull request, with the bot's identity where one is configured (T2)."""
        ...

    async def update(self, number: int, *, body: str | None = None, closed: bool | None = None) -> PullRequest:
        """Change the body, or close or reopen it."""
        ...

    async def update_branch(self, number: int, *, expected_head: str) -> None:
        """Ask GitHub to merge the base into the head branch; 422 when the head has moved."""
        ...

    async def merge(self, number: int, *, sha: str, title: str) -> str:
        """Merge with a merge commit if the head still is ``sha``; return the merge commit. 409: head moved."""
        ...

    async def approve(self, number: int, *, sha: str, body: str) -> None:
        """Approve ``sha`` with the founder's identity."""
        ...

    async def remark(self, number: int, *, sha: str, body: str) -> None:
        """Comment on ``sha`` with the founder's identity, as a review that neither approves nor refuses."""
        ...

    async def files(self, number: int) -> tuple[ChangedFile, ...]:
        """Return what it changes; raises (incomplete) where GitHub stops listing, at 3,000 files."""
        ...

    async def commits(self, number: int) -> tuple[Commit, ...]:
        """Return its commits, oldest first; raises (incomplete) where GitHub stops listing, at 250."""
        ...

    async def request_reviewers(self, number: int, logins: Sequence[str]) -> PullRequest:
        """Ask people for a review; its author cannot be asked (422)."""
        ...

    async def is_merged(self, number: int) -> bool:
        """Say whether it is merged: the cheapest way to read a merge back."""
        ...


class Labels(Protocol):
    """Labels of issues and pull requests."""

    async def put(self, number: int, labels: Sequence[str]) -> None:
        """Set the labels of a pull request, creating in the repository those that are missing (R46)."""
        ...
