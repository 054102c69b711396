"""What the console asks of the outside, as small capabilities. Providers implement them, the fakes of the tests do too.

Everything that may wait is async. Reads raise :class:`~strideiq_console.domain.fault.OutsideError` (network) or
:class:`~strideiq_console.domain.fault.CloneError` (git). A write that raises ``OutsideError`` with ``known_not_done`` false has an
unknown outcome and must be read back, never sent again blindly (RELIABILITY rule 5).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from strideiq_console.domain.branch import Branch, CloneStatus, Promotion
from strideiq_console.domain.commit import Commit, Divergence
from strideiq_console.domain.comparison import MOST_FILES, MOST_LINES, Comparison
from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.health import Probe
from strideiq_console.domain.policy.rollback.facts import Change
from strideiq_console.domain.policy.rollback.reverts import Revert
from strideiq_console.domain.worktree import FileChange, LoggedTag


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

    async def unsaved(self, path: str) -> tuple[FileChange, ...]:
        """Return what a commit could take from the work tree at ``path``, the clone itself or a second one, sorted by path.

        CloneError when it is not this clone's, or holds more files than can be looked at.
        """
        ...

    async def changes(self, start: str, end: str, *, folder: str = "", limit: int = 2000) -> tuple[Change, ...] | None:
        """Return the commits that ``end`` has and ``start`` lacks, newest first, with whole messages; None: more than ``limit``.

        ``migrations`` of each are the files under ``folder`` that differ from its first parent; None where ``folder`` is ``""``.
        """
        ...

    async def message(self, sha: str) -> str:
        """Return the whole message of a commit, clean."""
        ...

    async def tags(self) -> tuple[LoggedTag, ...]:
        """Return the clone's tags that lead to a commit, by name."""
        ...

    async def remote_tags(self) -> tuple[LoggedTag, ...]:
        """Ask origin itself for its tags (``ls-remote``); OutsideError when it does not answer."""
        ...

    async def conflicts(self, ours: str, theirs: str) -> tuple[str, ...]:
        """Return the paths that would conflict if ``theirs`` were merged into ``ours``; nothing of the founder's is touched."""
        ...

    async def file_at(self, sha: str, path: str) -> bytes | None:
        """Return a file as a commit has it; None when it has no such file. CloneError above 10 MB."""
        ...

    async def files_at(self, sha: str, folder: str) -> Mapping[str, bytes]:
        """Return the files under a folder at a commit, or one file, by path from the top; a link holds where it leads to."""
        ...

    async def patch(self, base: str, head: str, *, limit: int = 400) -> tuple[str, ...]:
        """Return the difference from ``base`` to ``head`` as clean lines to read; past ``limit`` a last line counts the rest."""
        ...

    async def comparison(self, base: str, head: str, *, files: int = MOST_FILES, lines: int = MOST_LINES) -> Comparison:
        """Return what ``head`` brings since it left ``base``, so many files and lines at most; base ``""``: since its parent."""
        ...

    async def absorbed(self, base: str, heads: Sequence[str]) -> Mapping[str, bool]:
        """Say of each commit whether merging it into ``base`` would change nothing: its work is there already, however it came.

        One that cannot be tried (an old git, a commit that is not in the clone) is left out. CloneError in a shallow clone.
        """
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

    async def commit_files(self, path: str, branch: str, files: Sequence[str], message: str) -> str:
        """Commit exactly these files of the work tree at ``path``, where ``branch`` is checked out; return the commit (R33, R34).

        ``files`` are paths as :meth:`CloneReader.unsaved` told them; a rename takes its old path along. What else is staged stays
        staged. The founder's hooks run; CloneError with their last 40 lines when one refuses, and then nothing has changed.
        """
        ...

    async def revert(self, branch: str, expected: str, revert: Revert, *, keep: Sequence[str], message: str) -> str:
        """Take a commit back on a branch that stands at ``expected`` and is checked out nowhere; return the new commit (R97).

        Files and folders in ``keep`` stay as in ``expected``. It is built apart from every work tree, so no hook runs. CloneError
        with the paths when it conflicts, or when there is nothing left to take back; then nothing has moved.
        """
        ...

    async def restore(self, branch: str, expected: str, target: str, *, keep: Sequence[str], message: str) -> str:
        """Commit the files of ``target`` on a branch that stands at ``expected``, but ``keep`` as in ``expected`` (R96).

        As :meth:`revert`, only that nothing can conflict.
        """
        ...

    async def create_tag(self, name: str, sha: str, message: str) -> str:
        """Create an annotated tag and return its object (R57); the same tag again is fine, another of that name a CloneError."""
        ...

    async def delete_tag(self, name: str, object: str) -> None:  # noqa: A002 - what git calls it
        """Delete a tag of the clone only while it is that object, after pinning it; origin's stays."""
        ...

    async def push_tag(self, name: str, object: str) -> None:  # noqa: A002 - what git calls it
        """Push ``refs/tags/name`` to origin, never over another, and read back; faults as :meth:`push`."""
        ...

    async def expire_pins(self, before: datetime) -> tuple[str, ...]:
        """Drop pins made before then and return their names; one without a date is kept."""
        ...


class Clone(CloneReader, CloneWriter, Protocol):
    """The founder's clone: reads, and the few writes."""


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
