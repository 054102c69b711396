"""Branches by the architecture document's section 2: kinds, lifetime, what each deploys to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from strideiq_console.domain.commit import Commit, Divergence, ref_fault

SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}\Z")


class BranchKind(StrEnum):
    """The document's branch types; what fits none is shown as unclassified, never hidden (R16)."""

    MAIN = "main"
    STAGING = "staging"
    FEATURE = "feature"
    HOTFIX = "hotfix"
    RELEASE = "release"
    UNCLASSIFIED = "unclassified"

    @property
    def deploys_to(self) -> str:
        """Return the document's words for where a branch of this kind is deployed."""
        return _DEPLOYS_TO[self]

    @property
    def permanent(self) -> bool:
        """Say whether the branch is never offered for deletion (R17)."""
        return self in (BranchKind.MAIN, BranchKind.STAGING)


_DEPLOYS_TO = {
    BranchKind.MAIN: "production",
    BranchKind.STAGING: "staging",
    BranchKind.FEATURE: "none",
    BranchKind.HOTFIX: "staging → production",
    BranchKind.RELEASE: "staging → production",
    BranchKind.UNCLASSIFIED: "none",
}
_PREFIXES = {"feature/": BranchKind.FEATURE, "hotfix/": BranchKind.HOTFIX, "release/": BranchKind.RELEASE}
_RELEASE = re.compile(r"release/v\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?\Z")


def classify(name: str, *, main: str = "main", staging: str = "staging") -> BranchKind:
    """Return the kind of a branch by its name; a release needs the form ``release/vX.Y.Z``."""
    if name == main:
        return BranchKind.MAIN
    if name == staging:
        return BranchKind.STAGING
    for prefix, kind in _PREFIXES.items():
        if name.startswith(prefix) and len(name) > len(prefix):
            return BranchKind.UNCLASSIFIED if kind is BranchKind.RELEASE and not _RELEASE.match(name) else kind
    return BranchKind.UNCLASSIFIED


def slug_fault(slug: str) -> str | None:
    """Say why a slug cannot name a branch, or None."""
    if not SLUG.match(slug):
        return "a slug is 1 to 61 of a-z, 0-9, '.', '_' and '-', and starts with a letter or digit"
    return ref_fault(f"hotfix/{slug}")


def propose_slug(text: str) -> str:
    """Make a slug of a sentence: lower case, runs of anything else become one dash (R20)."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-")


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch as the clone knows it. ``name`` is clean; ``hostile`` marks one whose true name is not fit to act on.

    ``local`` and ``remote`` are the tips (None: absent there). ``against_main`` and ``against_staging`` count commits
    against the permanent branches; ``unpushed`` what the local branch has beyond the remote one. ``absorbed_by`` is the permanent
    branch that holds all changes of this one although it lacks its commits, as a squash leaves them (R18, T10): ``""`` none does,
    None nobody has looked yet, or could.
    """

    name: str
    kind: BranchKind
    tip: Commit
    local: str | None = None
    remote: str | None = None
    against_main: Divergence | None = None
    against_staging: Divergence | None = None
    unpushed: int | None = None
    checked_out: bool = False
    hostile: bool = False
    absorbed_by: str | None = None


class Operation(StrEnum):
    """A git operation in progress, which the console never disturbs."""

    MERGE = "merge"
    REBASE = "rebase"
    CHERRY_PICK = "cherry-pick"
    REVERT = "revert"
    BISECT = "bisect"
    APPLY = "am"


@dataclass(frozen=True, slots=True)
class CloneStatus:
    """The founder's clone: where HEAD stands and what is unsaved.

    ``path`` is the work tree. ``branch`` is None for a detached HEAD. ``head`` is None in an empty repository. ``fetched_at`` is
    the time of the last fetch (None: never). ``remote`` is origin's address without credentials, None when there is no origin.
    """

    path: str
    branch: str | None
    head: str | None
    changed: tuple[str, ...] = ()
    untracked: tuple[str, ...] = ()
    upstream: str | None = None
    divergence: Divergence | None = None
    fetched_at: datetime | None = None
    operation: Operation | None = None
    shallow: bool = False
    remote: str | None = None

    @property
    def dirty(self) -> int:
        """Return how many files are changed or untracked."""
        return len(self.changed) + len(self.untracked)


@dataclass(frozen=True, slots=True)
class Promotion:
    """What waits on each rung of the ladder (R8): commits that the next rung does not have yet.

    ``to_staging`` counts what the local branch has beyond origin/staging, ``to_main`` what origin/staging has beyond origin/main;
    ``staging_behind`` what origin/main has that origin/staging lacks (T9). None means unknown, for instance without staging.
    """

    to_staging: int | None
    to_main: int | None
    staging_behind: int | None
    riders: tuple[Commit, ...] = ()
