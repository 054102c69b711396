"""Which commit ``git revert`` gets, against which parent, and what history says was reverted already (R97, T3, T4)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from strideiq_console.domain.commit import Commit, is_sha
from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.policy.rollback.facts import Change

_REVERTS = re.compile(r"^This reverts commit ([0-9a-f]{7,64})\b", re.MULTILINE)
_PULL_REQUEST = re.compile(r" \(#\d+\)\Z")


@dataclass(frozen=True, slots=True)
class Revert:
    """What ``git revert`` gets. ``parent`` is for ``-m``: None for a commit with one parent, where git refuses a number.

    ``squashed``: a pull request that was merged as one commit, so nothing in history says which commits it was made of.
    """

    sha: str
    branch: str
    parent: int | None = None
    squashed: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words after ``git``; nothing is committed by it, so that the message can say more."""
        mainline = () if self.parent is None else ("-m", str(self.parent))
        return ("revert", "--no-commit", *mainline, "--end-of-options", self.sha)


def revert_branch(sha: str) -> str:
    """Return the branch of a revert: ``hotfix/revert-<sha7>``."""
    return f"hotfix/revert-{sha[:7]}"


def reland_branch(sha: str) -> str:
    """Return the branch that lands a reverted commit again: ``hotfix/reland-<sha7>``."""
    return f"hotfix/reland-{sha[:7]}"


def revert_of(commit: Commit, mainline: Collection[str] = ()) -> Revert:
    """Return how to take ``commit`` back.

    A merge is taken back against the parent that stands on the branch: the one in ``mainline``, or the first where that is empty.
    Raises BlockedError for a commit without a parent (a root, or parents that nobody read) and for a merge whose parent on the
    branch is not certain (T3).
    """
    if not is_sha(commit.sha) or not commit.parents:
        raise BlockedError(
            f"{commit.short or 'the commit'} has no known parent",
            consequence="there is nothing to go back to, or the wrong side of a merge would be taken back",
            next_step="fetch the whole history, then choose the commit from the list of deployments",
        )
    branch = revert_branch(commit.sha)
    if len(commit.parents) == 1:
        return Revert(commit.sha, branch, squashed=squashed(commit))
    on_branch = [place for place, sha in enumerate(commit.parents, 1) if sha in mainline] if mainline else [1]
    if len(on_branch) != 1:
        raise BlockedError(
            f"{commit.short} joins {len(commit.parents)} lines, and {len(on_branch) or 'none'} of its parents stand on the branch",
            consequence="git revert needs the number of the parent to keep, and a wrong one takes back the branch itself",
            next_step="choose the merge by which the change came onto the branch",
        )
    return Revert(commit.sha, branch, parent=on_branch[0])


def squashed(commit: Commit) -> bool:
    """Say whether a pull request was merged as this one commit: GitHub's ``(#12)`` on a commit with a single parent."""
    return len(commit.parents) == 1 and _PULL_REQUEST.search(commit.subject) is not None


def reverted_in(message: str) -> tuple[str, ...]:
    """Return the commits that a message says it reverts, as written there, without repetition."""
    return tuple(dict.fromkeys(_REVERTS.findall(message)))


def standing_reverts(changes: Iterable[Change]) -> Mapping[str, str]:
    """Return what is reverted and not landed again, each with the commit that reverted it; ``changes`` newest first.

    A revert of a revert lands the work again, and a revert of that takes it back once more. A short name counts for the commit
    among ``changes`` that it begins; one that begins several, or none, stays as written.
    """
    found = tuple(changes)
    shas = [change.commit.sha for change in found]
    standing: dict[str, str] = {}
    relanded: dict[str, list[str]] = {}
    for change in reversed(found):
        for name in reverted_in(change.message):
            sha = full_name(name, shas)
            landed = [old for old, by in standing.items() if by == sha]
            if landed:
                relanded.setdefault(change.commit.sha, []).extend(landed)
                standing = {old: by for old, by in standing.items() if by != sha}
            else:
                standing |= dict.fromkeys(relanded.pop(sha, [sha]), change.commit.sha)
    return standing


def full_name(name: str, shas: Collection[str]) -> str:
    """Return the one of ``shas`` that begins with ``name``, else ``name``."""
    fits = [sha for sha in shas if sha.startswith(name)]
    return fits[0] if len(fits) == 1 else name


def same_commit(one: str, other: str) -> bool:
    """Say whether two names, either of which may be short, can be the same commit."""
    return one.startswith(other) or other.startswith(one)


def omitted_by_merge(reverted: Mapping[str, str], merged: Collection[str]) -> tuple[str, ...]:
    """Return which of ``merged``, the commits of the branch that is merged next, will be missing afterwards (T4).

    They were reverted on the branch that receives them, so git takes them for merged already and leaves them out in silence.
    """
    return tuple(sha for sha in merged if any(same_commit(old, sha) for old in reverted))
