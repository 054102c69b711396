"""The few changes in the clone: create and delete a branch, switch, pin a commit, a second work tree. Each is read back."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from strideiq_console.domain.commit import is_sha, ref_fault, short_sha
from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.faults import NOTHING_CHANGED, explained, words_of
from strideiq_console.providers.git.locks import patiently
from strideiq_console.providers.git.place import locate
from strideiq_console.providers.git.refs import checked_name, ref_tip
from strideiq_console.providers.git.status import changed_paths

EVERY = range(256)
_SHOWN = 5


def create_branch(git: Git, name: str, sha: str, *, patience: float) -> None:
    """Create a branch with an empty old value, so that an existing one is never moved."""
    ref = f"refs/heads/{checked_name(name)}"
    twins = _case_twins(git, name)
    if twins:
        raise CloneError(
            f"{name} differs from {twins[0]} in case only, which Windows and macOS cannot tell apart",
            consequence=NOTHING_CHANGED,
            next_step="choose another name",
        )
    _create(git, ref, sha, f"the branch {name}", patience=patience, hooks=True)


def pin(git: Git, name: str, sha: str, *, patience: float) -> None:
    """Keep a commit reachable. A name that holds another commit already keeps it: the new pin gets a longer name."""
    checked_name(name)
    ref = f"refs/console/{name}"
    if ref_tip(git, ref) not in (None, sha):
        ref = f"{ref}-{sha[:12]}"
    _create(git, ref, sha, f"the pin {name}", patience=patience, hooks=False)


def _create(git: Git, ref: str, sha: str, what: str, *, patience: float, hooks: bool) -> None:
    if not is_sha(sha):
        raise CloneError(f"{what} needs a full SHA", consequence="git was not called")
    here = ref_tip(git, ref)
    if here is None:
        # A pin has no hooks and a reflog of its own: its age is read there.
        words = ("update-ref", "--no-deref", *(() if hooks else ("--create-reflog",)), "-m", "strideiq: create")
        output = patiently(lambda: git.write(*words, ref, sha, "0" * len(sha), allow=EVERY, hooks=hooks), patience)
        here = ref_tip(git, ref)
        if here is None:
            raise explained(f"creating {what}", output.words, folder=git.folder)
    if here != sha:
        raise CloneError(
            f"{what} exists already at {short_sha(here)}",
            consequence=NOTHING_CHANGED,
            next_step="choose another name, or look at what it holds",
        )


def delete_branch(git: Git, name: str, sha: str, *, permanent: Collection[str], patience: float) -> None:
    """Delete a branch only while it points at ``sha`` and is checked out nowhere; its tip is pinned first (RELIABILITY rule 9)."""
    ref = f"refs/heads/{checked_name(name)}"
    if name.casefold() in {one.casefold() for one in permanent}:
        raise CloneError(f"{name} is permanent and never deleted", consequence="git was not called")
    here = ref_tip(git, ref)
    if here is None:
        return
    if here != sha:
        raise CloneError(
            f"{name} stands at {short_sha(here)}, not at {short_sha(sha)}: it moved meanwhile",
            consequence="it is kept",
            next_step="look at its commits first",
        )
    tree = git.read("for-each-ref", "--format=%(worktreepath)", ref).text.split("\n")[0]
    if tree:
        raise CloneError(
            f"{name} is checked out in {clean_line(tree)}",
            consequence="it is kept",
            next_step="switch to another branch there, then retry",
        )
    pin(git, f"deleted/{sha}", sha, patience=patience)
    output = patiently(
        lambda: git.write("update-ref", "--no-deref", "-m", "strideiq: delete", "-d", ref, sha, allow=EVERY), patience
    )
    if ref_tip(git, ref) is not None:
        raise explained(f"deleting {name}", output.words, folder=git.folder)


def switch(git: Git, name: str, *, patience: float) -> None:
    """Switch the work tree; refused over unsaved changes or in the middle of an operation. Untracked files stay where they are."""
    checked_name(name)
    place = locate(git)
    if place.operation is not None:
        raise CloneError(
            f"a {place.operation} is in progress",
            consequence="the work tree stays as it is",
            next_step=f"finish or abort the {place.operation} with your own git, then retry",
        )
    if ref_tip(git, f"refs/heads/{name}") is None:
        raise CloneError(f"there is no local branch {name}", consequence=NOTHING_CHANGED, next_step="create it first")
    if _head(git) == f"refs/heads/{name}":
        return
    unsaved = changed_paths(git)
    if unsaved:
        more = f" and {len(unsaved) - _SHOWN} more" if len(unsaved) > _SHOWN else ""
        raise CloneError(
            f"unsaved changes in {', '.join(unsaved[:_SHOWN])}{more}",
            consequence="the work tree stays as it is; the console never stashes and never throws away",
            next_step="commit them, or stop here",
        )
    output = patiently(lambda: git.write("switch", "--no-guess", name, allow=EVERY), patience)
    if _head(git) != f"refs/heads/{name}":
        raise _not_switched(git, name, output.words)


def _not_switched(git: Git, name: str, said: str) -> CloneError:
    if "would be overwritten" in said:
        files = [clean_line(line.strip()) for line in said.splitlines() if line.startswith("\t")]
        return CloneError(
            f"files of yours are in the way of {name}: {', '.join(files[:_SHOWN])}",
            consequence="the work tree stays as it is",
            next_step="move them away or commit them, then retry",
        )
    return explained(f"switching to {name}", said, folder=git.folder)


def _head(git: Git) -> str | None:
    return git.read("symbolic-ref", "--quiet", "HEAD", allow=(0, 1)).text or None


def add_worktree(git: Git, path: str, branch: str, *, patience: float) -> None:
    """Check a branch out in a new folder outside the clone."""
    checked_name(branch)
    folder = _outside(git, path)
    if ref_tip(git, f"refs/heads/{branch}") is None:
        raise CloneError(f"there is no local branch {branch}", consequence=NOTHING_CHANGED, next_step="create it first")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CloneError(f"{clean_line(path)} exists already", consequence=NOTHING_CHANGED, next_step="move it away, then retry")
    output = patiently(lambda: git.write("worktree", "add", "--no-guess-remote", "--", str(folder), branch, allow=EVERY), patience)
    if worktrees(git).get(folder.resolve()) != f"refs/heads/{branch}":
        raise explained(f"adding the work tree {clean_line(path)}", output.words, folder=git.folder)


def remove_worktree(git: Git, path: str, *, patience: float) -> None:
    """Remove a second work tree; refused while it holds changed or untracked files. One that is gone already is fine."""
    folder = _outside(git, path)
    known = worktrees(git)
    if folder.resolve() not in known:
        if folder.exists():
            raise CloneError(f"{clean_line(path)} is no work tree of this clone", consequence="it is kept")
        return
    if folder.resolve() == next(iter(known)):
        raise CloneError(f"{clean_line(path)} is the clone itself", consequence="it is kept")
    output = patiently(lambda: git.write("worktree", "remove", "--", str(folder), allow=EVERY), patience)
    if folder.exists():
        raise CloneError(
            f"the work tree {clean_line(path)} is not clean: {_without_advice(output.words)}",
            consequence="it is kept",
            next_step="commit or move what is in it, then retry",
        )


def worktrees(git: Git) -> dict[Path, str | None]:
    """Return the work trees, the clone itself first, with the full ref that is checked out in each."""
    found: dict[Path, str | None] = {}
    folder: Path | None = None
    for line in git.read("worktree", "list", "--porcelain").text.split("\n"):
        word, _, rest = line.partition(" ")
        if word == "worktree":
            folder = Path(rest).resolve()
            found[folder] = None
        elif word == "branch" and folder is not None:
            found[folder] = rest
    return found


def _outside(git: Git, path: str) -> Path:
    """Return a folder for a work tree: absolute, clean, not within the clone's files."""
    folder = Path(path)
    if not folder.is_absolute() or ".." in folder.parts or clean_line(path, limit=None) != path:
        raise CloneError(f"{clean_line(path)} is no absolute path that can be used", consequence="git was not called")
    place = locate(git)
    if any(
        folder.resolve().is_relative_to(root.resolve()) and folder.resolve() != root.resolve()
        for root in (place.work_tree, place.common)
    ):
        raise CloneError(
            f"{clean_line(path)} lies inside the clone", consequence="git was not called", next_step="choose a folder beside it"
        )
    return folder


def _without_advice(said: str) -> str:
    """Return git's words without its advice to use the option that the console never uses."""
    return words_of(said).partition(", use ")[0]


def _case_twins(git: Git, name: str) -> tuple[str, ...]:
    """Return local branches that differ from ``name`` in case only: two refs that Windows and macOS cannot hold at once."""
    names = git.read("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/").text.split("\n")
    return tuple(one for one in names if one != name and one.casefold() == name.casefold() and ref_fault(one) is None)
