"""Facts about the repository at GitHub, its files and branches, and the few writes to its history; with the ports for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from strideiq_console.domain.commit import Commit


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """How the repository is set up. None means that the token is not told.

    ``delete_branch_on_merge`` true would delete ``staging`` after its merge to ``main``, unless a rule forbids it (R17, T12).
    ``permissions`` is what the token's owner may do there: ``admin``, ``maintain``, ``push``, ``triage``, ``pull``.
    """

    name: str
    default_branch: str
    private: bool
    owner: str
    owner_is_organization: bool
    archived: bool = False
    merge_commit: bool | None = None
    squash_merge: bool | None = None
    rebase_merge: bool | None = None
    auto_merge: bool | None = None
    delete_branch_on_merge: bool | None = None
    permissions: frozenset[str] | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class RemoteBranch:
    """A branch at GitHub with its tip. ``protected`` is GitHub's word for any rule at all."""

    name: str
    sha: str
    protected: bool


@dataclass(frozen=True, slots=True)
class FileContent:
    """One file as it stands at a ref. ``blob`` is its object name. The bytes are as they came: clean them before drawing."""

    path: str
    blob: str
    data: bytes


@dataclass(frozen=True, slots=True)
class CommitTree:
    """A commit with the tree that it holds, for a revert that puts an older tree back."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    subject: str
    committed_at: datetime | None = None


class RepositoryReads(Protocol):
    """What the repository holds."""

    async def facts(self) -> RepositoryFacts:
        """Return how the repository is set up."""
        ...

    async def file(self, path: str, *, ref: str) -> FileContent | None:
        """Return one file of at most 1 MB at a branch, tag or commit; None when it is not there."""
        ...

    async def branches(self) -> tuple[RemoteBranch, ...]:
        """Return all branches at GitHub."""
        ...

    async def commits(self, ref: str, *, limit: int = 50) -> tuple[Commit, ...]:
        """Return the newest commits reachable from a ref."""
        ...

    async def commit(self, ref: str) -> Commit:
        """Return the commit that a branch, tag or SHA names."""
        ...

    async def pulls_of(self, sha: str) -> tuple[int, ...]:
        """Return the numbers of the pull requests that brought a commit, or hold it."""
        ...


class HistoryWrites(Protocol):
    """Writes to branches without a clone. Nothing here forces."""

    async def merge(self, *, base: str, head: str, message: str) -> str | None:
        """Merge ``head`` (a branch or SHA) into ``base`` at GitHub; return the merge commit, None when there was nothing to do.

        409: it conflicts.
        """
        ...

    async def tree_of(self, sha: str) -> CommitTree:
        """Return a commit with its tree."""
        ...

    async def commit_tree(self, *, tree: str, parents: Sequence[str], message: str) -> str:
        """Make a commit of an existing tree; no branch moves. Returns its SHA."""
        ...

    async def advance(self, branch: str, sha: str) -> None:
        """Move a branch forward to a commit that descends from its tip; 422 otherwise. Refused for permanent branches."""
        ...
