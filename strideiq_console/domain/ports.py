"""What the console asks of the outside, as small capabilities. Providers implement them, the fakes of the tests do too.

Everything that may wait is async. Reads raise :class:`~strideiq_console.domain.fault.OutsideError` (network) or
:class:`~strideiq_console.domain.fault.CloneError` (git). A write that raises ``OutsideError`` with ``known_not_done`` false has an
unknown outcome and must be read back, never sent again blindly (RELIABILITY rule 5).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from strideiq_console.domain.branch import Branch, CloneStatus, Promotion
from strideiq_console.domain.ci import CheckRun, Job, WorkflowRun
from strideiq_console.domain.commit import Commit, Divergence
from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.health import Probe
from strideiq_console.domain.pull_request import Protection, PullRequest, Review


class Clock(Protocol):
    """Time is passed in, so that a world can have its own."""

    def now(self) -> datetime:
        """Return the time that ages and waits count in: aware, UTC; a world's clock in the sandbox."""
        ...

    def monotonic(self) -> float:
        """Return real seconds that never jump, for key guards and deadlines of I/O."""
        ...

    def wall(self) -> float:
        """Return real epoch seconds, for leases between processes."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of :meth:`now`."""
        ...


class CloneReader(Protocol):
    """Reads of the founder's clone. Refs are full (``refs/heads/x``); SHAs are full."""

    async def status(self) -> CloneStatus:
        """Return where HEAD stands and what is unsaved."""
        ...

    async def branches(self) -> tuple[Branch, ...]:
        """Return local and remote branches with their divergence, newest commit first."""
        ...

    async def promotion(self) -> Promotion:
        """Return what waits on each rung of the ladder."""
        ...

    async def tip(self, ref: str) -> str | None:
        """Return the SHA of a ref in the clone, None when it does not exist."""
        ...

    async def remote_tip(self, branch: str) -> str | None:
        """Ask origin itself for the tip of a branch (``ls-remote``); None when it does not exist."""
        ...

    async def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Say whether one commit is reachable from another. Raises CloneError when either is not in the clone."""
        ...

    async def divergence(self, left: str, right: str) -> Divergence:
        """Count the commits of two SHAs or full refs against each other."""
        ...

    async def commits(self, base: str, head: str, *, limit: int = 100) -> tuple[Commit, ...]:
        """Return commits reachable from ``head`` and not from ``base``, newest first."""
        ...

    async def history(self, head: str, *, limit: int = 50) -> tuple[Commit, ...]:
        """Return the newest commits reachable from ``head``, newest first."""
        ...

    async def changed_files(self, base: str, head: str) -> tuple[str, ...]:
        """Return the paths that differ between the merge base of both and ``head``."""
        ...

    async def same_tree(self, left: str, right: str) -> bool:
        """Say whether two commits hold the same files."""
        ...


class CloneWriter(Protocol):
    """The few changes that a runbook makes in the clone. Nothing here forces, resets, cleans, stashes or rewrites."""

    async def fetch(self) -> None:
        """Fetch origin's branches into ``refs/remotes/origin/*`` with pruning."""
        ...

    async def create_branch(self, name: str, sha: str) -> None:
        """Create ``refs/heads/name`` at ``sha``; CloneError when it exists elsewhere."""
        ...

    async def delete_branch(self, name: str, sha: str) -> None:
        """Delete ``refs/heads/name`` only while it points at ``sha``."""
        ...

    async def switch(self, name: str) -> None:
        """Switch the clean work tree to a local branch."""
        ...

    async def add_worktree(self, path: str, branch: str) -> None:
        """Check a branch out in a second work tree at ``path``."""
        ...

    async def remove_worktree(self, path: str) -> None:
        """Remove a second work tree that is clean; CloneError when it is not."""
        ...

    async def push(self, branch: str, sha: str) -> None:
        """Push ``sha`` to ``refs/heads/branch`` of origin as a fast-forward; never main or staging, never forced (R29)."""
        ...

    async def pin(self, name: str, sha: str) -> None:
        """Keep a commit reachable under ``refs/console/name`` (RELIABILITY rule 9)."""
        ...


class Clone(CloneReader, CloneWriter, Protocol):
    """The founder's clone: reads, and the few writes."""


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


class Deployments(Protocol):
    """A hosting provider's deployments of its component, over all environments that it knows."""

    @property
    def provider(self) -> str:
        """Return the provider's word: ``vercel`` or ``railway``."""
        ...

    @property
    def component(self) -> str:
        """Return the component that it runs: ``web`` or ``api``."""
        ...

    async def recent(self, *, limit: int = 20) -> tuple[Deployment, ...]:
        """Return the newest deployments of every configured environment, ``live`` filled in, newest first."""
        ...

    async def of_commit(self, environment: str, sha: str) -> Deployment | None:
        """Return the newest deployment of exactly this commit in one environment."""
        ...

    def budget(self) -> RateBudget:
        """Return what is left of the rate limit, as last heard; no request is made."""
        ...


class Prober(Protocol):
    """Asks a public address how it is (R13, R14)."""

    async def probe(self, url: str, *, health: bool) -> Probe:
        """Ask one URL; with ``health`` its body is judged too. Never raises for the network: the probe says what failed."""
        ...
