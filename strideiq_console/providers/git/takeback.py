"""Commits that take work back on a branch (R96, R97).

They are made of trees in a private repository, so that no work tree, index or hook is involved. Then the branch moves from the
commit that was expected to the new one, or not at all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from strideiq_console.domain.commit import is_sha, short_sha
from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.policy.rollback.reverts import Revert
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.faults import NOTHING_CHANGED, explained
from strideiq_console.providers.git.identity import require_identity, signing
from strideiq_console.providers.git.locks import patiently
from strideiq_console.providers.git.netchanges import branch_tip
from strideiq_console.providers.git.private import hold, private, stand_at, unmerged
from strideiq_console.providers.git.refs import checked_name
from strideiq_console.providers.git.writing import pin

EVERY = range(256)


def revert(
    git: Git,
    branch: str,
    expected: str,
    revert: Revert,
    *,
    keep: Sequence[str],
    message: str,
    permanent: Collection[str],
    patience: float,
) -> str:
    """Take one commit back; what of it lies in ``keep`` stays."""
    _ready(git, branch, (expected, revert.sha), message, permanent)
    with private(git, keeping=True) as apart:
        stand_at(apart, expected)
        said = apart.write(*revert.words, allow=EVERY, hooks=False)
        if said.code != 0 and not unmerged(apart):
            raise explained(f"reverting {short_sha(revert.sha)}", said.words, folder=git.folder)
        hold(apart, expected, keep)
        clashes = tuple(clean_line(path, limit=None) for path in unmerged(apart))
        if clashes:
            raise CloneError(
                f"{short_sha(revert.sha)} cannot be taken back by itself: later commits changed the same in {', '.join(clashes)}",
                consequence=f"{NOTHING_CHANGED}: {branch} stays at {short_sha(expected)}",
                next_step="take the later commits back first, or restore an earlier commit as a whole",
            )
        tree = apart.write("write-tree", hooks=False).text
    if tree == _tree_of(git, expected):
        raise CloneError(
            f"nothing of {short_sha(revert.sha)} is left on {branch}: it is already reverted",
            consequence=NOTHING_CHANGED,
            next_step="look at the history of the branch for the commit that took it back",
        )
    return _land(git, branch, expected, tree, message, patience=patience)


def restore(
    git: Git,
    branch: str,
    expected: str,
    target: str,
    *,
    keep: Sequence[str],
    message: str,
    permanent: Collection[str],
    patience: float,
) -> str:
    """Make the files those of ``target`` again; what lies in ``keep`` stays."""
    _ready(git, branch, (expected, target), message, permanent)
    with private(git, keeping=True) as apart:
        stand_at(apart, target)
        hold(apart, expected, keep)
        tree = apart.write("write-tree", hooks=False).text
    if tree == _tree_of(git, expected):
        raise CloneError(
            f"{branch} already has the files of {short_sha(target)}", consequence=NOTHING_CHANGED, next_step="choose another commit"
        )
    return _land(git, branch, expected, tree, message, patience=patience)


def _ready(git: Git, branch: str, shas: Sequence[str], message: str, permanent: Collection[str]) -> None:
    ref = f"refs/heads/{checked_name(branch)}"
    if branch.casefold() in {name.casefold() for name in permanent}:
        raise CloneError(
            f"{branch} is permanent: it only changes through pull requests",
            consequence="git was not called",
            next_step="use a branch made for this",
        )
    if not all(is_sha(sha) for sha in shas):
        raise CloneError("only full SHAs are taken back", consequence="git was not called")
    if not message.strip():
        raise CloneError("the commit message is empty", consequence=NOTHING_CHANGED, next_step="say what is taken back, and why")
    tree = git.read("for-each-ref", "--format=%(worktreepath)", ref).text.split("\n")[0]
    if tree:
        raise CloneError(
            f"{branch} is checked out in {clean_line(tree)}, whose files would not follow",
            consequence=NOTHING_CHANGED,
            next_step="switch to another branch there, then retry",
        )
    branch_tip(git, branch)


def _land(git: Git, branch: str, expected: str, tree: str, message: str, *, patience: float) -> str:
    """Commit a tree on top of ``expected`` and move the branch there; one that stands at just that commit already is fine."""
    here = branch_tip(git, branch)
    if here != expected:
        if _is_that(git, here, expected, tree, message):
            return here
        raise CloneError(
            f"{branch} stands at {short_sha(here)}, not at {short_sha(expected)}: it moved meanwhile",
            consequence=NOTHING_CHANGED,
            next_step="look at its commits, then plan anew",
        )
    require_identity(git)
    pin(git, f"moved/{expected}", expected, patience=patience)
    signed = ("-S",) if signing(git, "commit.gpgSign") else ()
    words = ("commit-tree", *signed, tree, "-p", expected, "-F", "-")
    new = git.write(*words, hooks=False, stdin=message.encode("utf-8", "surrogateescape")).text
    ref = f"refs/heads/{branch}"
    output = patiently(
        lambda: git.write("update-ref", "--no-deref", "-m", "strideiq: take back", ref, new, expected, allow=EVERY), patience
    )
    if branch_tip(git, branch) != new:
        raise explained(f"moving {branch}", output.words, folder=git.folder)
    return new


def _is_that(git: Git, sha: str, parent: str, tree: str, message: str) -> bool:
    """Say whether a commit is the one that was to be made: an earlier run may have been killed right after it."""
    said = git.read("log", "--max-count=1", "--format=tformat:%T%x00%P%x00%B", "--no-show-signature", "--no-patch", sha, "--").text
    found = said.split("\0", 2)
    return found[:2] == [tree, parent] and found[2].strip() == message.strip()


def _tree_of(git: Git, sha: str) -> str:
    return git.read("rev-parse", "--verify", "--quiet", f"{sha}^{{tree}}").text
