"""The ports of GitHub, as the small capabilities that it offers; what ``domain.ports`` says of reads and writes holds here too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from strideiq_console.domain.ci import CheckRun, Job, WorkflowRun
from strideiq_console.domain.commit import Divergence
from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.pull_request import Protection, PullRequest, Review


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


class Labels(Protocol):
    """Labels of issues and pull requests."""

    async def put(self, number: int, labels: Sequence[str]) -> None:
        """Set the labels of a pull request, creating in the repository those that are missing (R46)."""
        ...


class Checks(Protocol):
    """What CI says of a commit."""

    async def of(self, sha: str) -> tuple[CheckRun, ...]:
        """Return check runs and commit statuses of a commit, every attempt."""
        ...

    async def publish(self, sha: str, *, context: str, state: str, description: str, url: str = "") -> None:
        """Write a commit status. ``state`` is error, failure, pending or success."""
        ...


class WorkflowRuns(Protocol):
    """GitHub Actions."""

    async def recent(self, *, limit: int = 50) -> tuple[WorkflowRun, ...]:
        """Return the newest runs of the repository without their jobs."""
        ...

    async def jobs(self, run_id: int) -> tuple[Job, ...]:
        """Return the jobs of the latest attempt."""
        ...

    async def log_tail(self, job_id: int, *, lines: int = 50) -> tuple[str, ...]:
        """Return the last clean lines of a job's log; the redirect is followed without the token."""
        ...


class BranchRules(Protocol):
    """Protection of branches, and their tips at GitHub."""

    async def protection(self, branch: str) -> Protection:
        """Return what is enforced: rulesets first, classic protection second (contracts, what a 403 or 404 means)."""
        ...

    async def tip(self, branch: str) -> str | None:
        """Return the tip of a branch at GitHub; None when it does not exist."""
        ...

    async def compare(self, base: str, head: str) -> Divergence:
        """Count how far ``head`` is ahead of and behind ``base`` at GitHub."""
        ...

    async def create(self, branch: str, sha: str) -> None:
        """Create a branch at GitHub."""
        ...

    async def delete(self, branch: str) -> None:
        """Delete a branch at GitHub; the caller has read its tip. Refused for permanent branches (R17)."""
        ...


class Viewer(Protocol):
    """Who the tokens belong to."""

    async def login(self) -> str:
        """Return the login of the founder's token."""
        ...

    async def bot_login(self) -> str | None:
        """Return the login of the bot's token; None when there is no bot."""
        ...


class CodeHost(Protocol):
    """GitHub, as the capabilities that it offers."""

    @property
    def repository(self) -> str:
        """Return ``owner/name``."""
        ...

    @property
    def pulls(self) -> PullRequests:
        """Return pull requests."""
        ...

    @property
    def labels(self) -> Labels:
        """Return labels."""
        ...

    @property
    def checks(self) -> Checks:
        """Return checks and statuses."""
        ...

    @property
    def workflow_runs(self) -> WorkflowRuns:
        """Return workflow runs."""
        ...

    @property
    def rules(self) -> BranchRules:
        """Return branches and their protection."""
        ...

    @property
    def viewer(self) -> Viewer:
        """Return who the tokens belong to."""
        ...

    def budget(self) -> RateBudget:
        """Return what is left of the rate limit, as last heard; no request is made."""
        ...
