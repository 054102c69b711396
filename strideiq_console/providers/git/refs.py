"""Reads of single refs and commits. What goes to git is a full SHA or a full ref that was looked at first, never a free word."""

from __future__ import annotations

from datetime import UTC, datetime

from strideiq_console.domain.commit import Commit, Divergence, is_sha, ref_fault
from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.faults import explained
from strideiq_console.providers.git.place import locate

_FIELDS = "%H%x00%P%x00%an%x00%ct%x00%s%x00"
_FOLDERS = ("refs/heads/", "refs/remotes/origin/", "refs/tags/", "refs/console/")
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)


def checked_name(name: str) -> str:
    """Return a branch name that is fit to act on; CloneError otherwise."""
    fault = ref_fault(name)
    if fault is not None:
        raise CloneError(
            f"the branch name {clean_line(name, limit=120)} is refused: {fault}",
            consequence="git is not called with it",
            next_step="rename the branch with your own git",
        )
    return name


def checked(revision: str) -> str:
    """Return a full SHA or a full ref as it is; CloneError for anything else."""
    if is_sha(revision):
        return revision
    if revision.startswith("refs/"):
        checked_name(_name_in(revision))
        return revision
    raise CloneError(
        f"{clean_line(revision, limit=120)} is neither a full SHA nor a full ref", consequence="git is not called with it"
    )


def _name_in(ref: str) -> str:
    return next((ref.removeprefix(folder) for folder in _FOLDERS if ref.startswith(folder)), ref.partition("/")[2])


def ref_tip(git: Git, ref: str) -> str | None:
    """Return the SHA that a full ref points at, None when it does not exist or could not be named."""
    if not ref.startswith("refs/") or ref_fault(_name_in(ref)) is not None:
        return None
    output = git.read("show-ref", "--verify", "--hash", "--", ref, allow=(0, 1, 128))
    if output.code == 0:
        return output.text
    if "not a valid ref" in output.words:
        return None
    raise explained("git show-ref", output.words, folder=git.folder)


def count_both(git: Git, left: str, right: str) -> Divergence:
    """Count the commits of two revisions against each other."""
    output = git.read("rev-list", "--left-right", "--count", f"{checked(left)}...{checked(right)}", "--")
    ahead, behind = output.text.split("\t")
    return Divergence(int(ahead), int(behind))


def divergence(git: Git, left: str, right: str) -> Divergence:
    """Count as :func:`count_both`; CloneError in a shallow clone, where every count is too small."""
    if locate(git).shallow:
        raise shallow_history()
    return count_both(git, left, right)


def is_ancestor(git: Git, ancestor: str, descendant: str) -> bool:
    """Say whether one commit is reachable from another; a *no* from a shallow clone proves nothing and is a CloneError."""
    output = git.read("merge-base", "--is-ancestor", checked(ancestor), checked(descendant), allow=(0, 1))
    if output.code == 1 and locate(git).shallow:
        raise shallow_history()
    return output.code == 0


def read_commits(git: Git, *revisions: str, limit: int) -> tuple[Commit, ...]:
    """Return the newest commits of already checked revisions, newest first."""
    output = git.read(
        "log",
        f"--max-count={limit}",
        f"--format=tformat:{_FIELDS}",
        "--encoding=UTF-8",
        "--no-show-signature",
        "--no-color",
        "--no-notes",
        "--no-patch",
        "--no-ext-diff",
        "--no-textconv",
        *revisions,
        "--",
    )
    fields = output.text.split("\0")
    return tuple(
        commit_of(fields[i].lstrip("\n"), fields[i + 1], fields[i + 2], fields[i + 3], fields[i + 4])
        for i in range(0, len(fields) - 5 + 1, 5)
    )


def commit_of(sha: str, parents: str, author: str, seconds: str, subject: str) -> Commit:
    """Make a commit of git's fields; the texts are cleaned here."""
    return Commit(sha, clean_line(subject), clean_line(author, limit=200), _moment(seconds), tuple(parents.split()))


def _moment(seconds: str) -> datetime:
    """Return a commit's time; a forged one beyond all calendars becomes the calendar's edge."""
    try:
        return datetime.fromtimestamp(int(seconds or 0), UTC)
    except (OverflowError, ValueError, OSError):
        return _LATEST


def commits(git: Git, base: str, head: str, *, limit: int) -> tuple[Commit, ...]:
    """Return what ``head`` has and ``base`` lacks, newest first."""
    return read_commits(git, f"^{checked(base)}", checked(head), limit=limit)


def history(git: Git, head: str, *, limit: int) -> tuple[Commit, ...]:
    """Return the newest commits of ``head``."""
    return read_commits(git, checked(head), limit=limit)


def changed_files(git: Git, base: str, head: str) -> tuple[str, ...]:
    """Return the paths that differ between the merge base of both and ``head``, clean."""
    output = git.read(
        "diff", "--name-only", "-z", "--no-ext-diff", "--no-textconv", "--no-renames", f"{checked(base)}...{checked(head)}", "--"
    )
    return tuple(clean_line(path) for path in output.text.split("\0") if path)


def same_tree(git: Git, left: str, right: str) -> bool:
    """Say whether two commits hold the same files."""
    trees = [git.read("rev-parse", "--verify", "--quiet", f"{checked(one)}^{{tree}}").text for one in (left, right)]
    return trees[0] == trees[1]


def shallow_history() -> CloneError:
    """Return the fault of a clone whose history ends early."""
    return CloneError(
        "the clone is shallow: its history is cut off",
        consequence="commits cannot be compared or counted",
        next_step="run: git fetch --unshallow origin",
    )
