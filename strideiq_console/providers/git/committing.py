"""Commit exactly the files that the founder picked (R33, T30): nothing else of the index goes along, nothing else of it changes.

``git commit --only`` builds the commit from HEAD and the picked files in an index of its own, which is also all that the hooks see;
the founder's index gets those entries after the commit is made. Only a file that git does not know yet needs an entry before: an
empty one (``add --intent-to-add``), taken back if no commit comes about.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.domain.worktree import ChangeKind
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.faults import NOTHING_CHANGED, explained, tail_of, words_of
from strideiq_console.providers.git.filters import silenced_filters
from strideiq_console.providers.git.hooks import hook_path
from strideiq_console.providers.git.identity import require_identity
from strideiq_console.providers.git.locks import patiently
from strideiq_console.providers.git.netchanges import DIFFING, NetChange, branch_tip, net_changes, work_tree
from strideiq_console.providers.git.place import locate
from strideiq_console.providers.git.private import PREFIX, room
from strideiq_console.providers.git.refs import checked_name

EVERY = range(256)
HOOKS = ("pre-commit", "prepare-commit-msg", "commit-msg")
_SHOWN = 5
_UNSIGNED = re.compile(r"failed to sign|gpg failed|signing failed|ssh-keygen|Couldn't (?:load|find) .*key", re.IGNORECASE)
_EMPTY = re.compile(r"nothing to commit|no changes added to commit|nothing added to commit")


def commit_files(git: Git, path: str, branch: str, files: Sequence[str], message: str, *, patience: float) -> str:
    """Commit the picked files, with the founder's hooks, and read back what the commit holds; return it."""
    checked_name(branch)
    tree = work_tree(git, path)
    _ready(tree, branch, message)
    old = branch_tip(tree, branch)
    picked = _picked(tree, files)
    require_identity(tree)
    unknown = [one.path for one in picked if not one.known and one.kind is ChangeKind.UNTRACKED]
    try:
        if unknown:
            _announce(tree, unknown, patience=patience)
        _commit(tree, old, branch, picked, message, patience=patience)
    finally:
        if unknown and branch_tip(tree, branch) == old:
            _withdraw(tree, unknown, patience=patience)
    new = branch_tip(tree, branch)
    _read_back(tree, old, new, picked)
    return new


def _ready(tree: Git, branch: str, message: str) -> None:
    operation = locate(tree).operation
    if operation is not None:
        raise CloneError(
            f"a {operation} is in progress", consequence=NOTHING_CHANGED, next_step=f"finish or abort the {operation}, then retry"
        )
    head = tree.read("symbolic-ref", "--quiet", "HEAD", allow=(0, 1)).text
    if head != f"refs/heads/{branch}":
        raise CloneError(
            f"{clean_line(str(tree.folder))} is on {clean_line(head.removeprefix('refs/heads/')) or 'no branch'}, not on {branch}",
            consequence="nothing is committed",
            next_step=f"switch it to {branch}, then retry",
        )
    if not message.strip():
        raise CloneError("the commit message is empty", consequence=NOTHING_CHANGED, next_step="write what the commit does")


def _picked(tree: Git, files: Sequence[str]) -> list[NetChange]:
    """Return the unsaved files that were picked; CloneError for one that is not there, cannot be told apart, or cannot go alone."""
    if not files:
        raise CloneError("no file is picked", consequence=NOTHING_CHANGED, next_step="pick at least one")
    found = net_changes(tree)
    wanted = set(files)
    picked = [one for one in found if one.shown in wanted]
    names = [one.shown for one in picked]
    absent = sorted(wanted - set(names))
    if absent:
        raise CloneError(
            f"nothing is unsaved in {_listed(absent)}: there is nothing to commit",
            consequence=NOTHING_CHANGED,
            next_step="look at the files anew",
        )
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise CloneError(
            f"two files look alike here: {_listed(twins)}", consequence=NOTHING_CHANGED, next_step="commit them with your own git"
        )
    for one in picked:
        if one.unmerged:
            raise CloneError(f"{one.shown} is in conflict", consequence=NOTHING_CHANGED, next_step="resolve it first")
        if one.path.endswith("/"):
            raise CloneError(
                f"{one.shown} is a repository of its own", consequence=NOTHING_CHANGED, next_step="leave it out, or move it away"
            )
        near = [other.shown for other in found if other.path.startswith(f"{one.path}/") or one.path.startswith(f"{other.path}/")]
        if near:
            # Git cannot commit one without the other, and loses the entry of the one while it takes the other.
            raise CloneError(
                f"{one.shown} and {_listed(near)}: a file became a folder, or a folder a file",
                consequence=NOTHING_CHANGED,
                next_step="commit that change with your own git",
            )
    return picked


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return clean_line(", ".join(names[:_SHOWN]) + more)


def _pathspecs(paths: Iterable[str]) -> bytes:
    # Not git's own switch for literal paths: the hooks would inherit it, and their patterns would stop to match.
    return b"".join(f":(literal){path}\0".encode("utf-8", "surrogateescape") for path in paths)


def _announce(tree: Git, paths: Sequence[str], *, patience: float) -> None:
    words = ("add", "--intent-to-add", "--pathspec-from-file=-", "--pathspec-file-nul")
    output = patiently(lambda: tree.write(*words, allow=EVERY, stdin=_pathspecs(paths)), patience)
    if output.code != 0:
        raise explained("git add", output.words, folder=tree.folder)


def _withdraw(tree: Git, paths: Sequence[str], *, patience: float) -> None:
    """Take back the empty entries. Safe: only those that still are empty go, by name, and the files themselves are not touched."""
    words = ("diff", "--name-only", "-z", "--diff-filter=A", "--no-ext-diff", "--ignore-submodules=all", "--")
    listing = tree.read(*words, config=(*silenced_filters(tree), *DIFFING))
    empty = set(listing.text.split("\0"))
    zeros = "0" * len(tree.read("rev-parse", "--verify", "HEAD").text)
    gone = "".join(f"0 {zeros}\t{path}\0" for path in paths if path in empty).encode("utf-8", "surrogateescape")
    if gone:
        patiently(lambda: tree.write("update-index", "-z", "--index-info", allow=EVERY, stdin=gone), patience)


def _commit(tree: Git, old: str, branch: str, picked: Sequence[NetChange], message: str, *, patience: float) -> None:
    paths = [path for one in picked for path in one.paths]
    with tempfile.TemporaryDirectory(dir=room(tree), prefix=PREFIX, ignore_cleanup_errors=True) as folder:
        listed = Path(folder) / "paths"
        listed.write_bytes(_pathspecs(paths))
        words = ("commit", "--only", "--quiet", "--cleanup=whitespace", "-F", "-", f"--pathspec-from-file={listed}")
        stdin = message.encode("utf-8", "surrogateescape")
        output = patiently(lambda: tree.write(*words, "--pathspec-file-nul", allow=EVERY, stdin=stdin), patience)
    if branch_tip(tree, branch) == old:
        raise _refused(tree, output.words + "\n" + output.text)


def _refused(tree: Git, said: str) -> CloneError:
    if _UNSIGNED.search(said):
        return CloneError(
            f"the commit could not be signed: {words_of(said)}",
            consequence=NOTHING_CHANGED,
            next_step="unlock your key (for example by signing something in another terminal), then retry",
        )
    if _EMPTY.search(said):
        return CloneError("there is nothing to commit", consequence=NOTHING_CHANGED, next_step="look at the files anew")
    hooks = [name for name in HOOKS if hook_path(tree, name) is not None]
    if hooks:
        return CloneError(
            f"the commit was refused, by your hook ({', '.join(hooks)}) as it seems: {tail_of(said)}",
            consequence="nothing is committed, the files stay as they are",
            next_step="mend what the hook complains about, then retry; the console never skips hooks",
        )
    return explained("git commit", said, folder=tree.folder)


def _read_back(tree: Git, old: str, new: str, picked: Sequence[NetChange]) -> None:
    parents = tree.read("rev-list", "--parents", "--max-count=1", new, "--").text.split(" ")[1:]
    names = tree.read("diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-ext-diff", old, new, "--").text
    held = {path for path in names.split("\0") if path}
    wanted = {path for one in picked for path in one.paths}
    if parents == [old] and held == wanted:
        return
    more = sorted(clean_line(path) for path in held - wanted)
    less = sorted(clean_line(path) for path in wanted - held)
    parts = [
        f"it also holds {_listed(more)}" if more else "",
        f"it lacks {_listed(less)}" if less else "",
        "" if parents == [old] else f"it does not follow {short_sha(old)}",
    ]
    raise CloneError(
        f"the commit {short_sha(new)} was made, but {'; '.join(part for part in parts if part)}",
        consequence="it stays where it is and is not pushed; a hook of yours may have changed it",
        next_step="look at it with: git show --stat HEAD",
    )
