"""A repository of the console's own for reverts and trial merges (RELIABILITY rule 8): no work tree of the founder's is near it.

It lies in ``.git/strideiq/`` of the clone, shares the clone's objects and has a config, hooks and attributes of its own, that is:
none. So nothing that the clone's files name is run, no file is checked out that a merge does not touch, and when the process dies
in the middle, a folder remains that the next call recognises and removes. Nothing in the clone points to it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.faults import NOTHING_CHANGED
from strideiq_console.providers.git.place import locate
from strideiq_console.providers.git.refs import shallow_history

PREFIX = "tree-"
_OWNER = "owner"
_OLD_SECONDS = 86_400.0
# Files are taken as they are stored: no filter (Git LFS would download), no line ends changed.
_ATTRIBUTES = "* -filter -text -ident -working-tree-encoding\n"


@contextmanager
def private(git: Git, *, keeping: bool) -> Iterator[Git]:
    """Yield a git in a fresh repository that knows all commits of the clone; removed afterwards in any case.

    ``keeping``: what it makes goes into the clone's own objects; otherwise it goes away with it. CloneError in a shallow clone.
    """
    place = locate(git)
    if place.shallow:
        raise shallow_history()
    folder = room(git)
    _sweep(folder)
    tree = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
    owner = _own(tree)
    try:
        kind = git.read("rev-parse", "--show-object-format").text
        words = ("init", "--quiet", "--template=", "--initial-branch=private", f"--object-format={kind}")
        git.at(tree).write(*words, hooks=False)
        objects = place.common / "objects"
        (tree / ".git/info").mkdir(exist_ok=True)
        (tree / ".git/info/attributes").write_text(_ATTRIBUTES, encoding="utf-8")
        (tree / ".git/objects/info/alternates").write_bytes(os.fsencode(objects) + b"\n")
        yield git.at(tree, objects=objects if keeping else None)
    finally:
        os.close(owner)
        # What cannot be removed now is swept at the next call.
        shutil.rmtree(tree, ignore_errors=True)


def room(git: Git) -> Path:
    """Return the console's own folder in the clone's git folder, made if need be, closed to others."""
    folder = locate(git).common / "strideiq"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink():
            raise CloneError(f"{clean_line(str(folder))} is a link", consequence="it is not followed", next_step="remove it")
        folder.chmod(0o700)
    except OSError as error:
        raise CloneError(
            f"no room to work in {clean_line(str(folder))}: {error.strerror}",
            consequence=NOTHING_CHANGED,
            next_step="free the disk, or make .git writable, then retry",
        ) from error
    return folder


def _own(tree: Path) -> int:
    """Mark a folder as in use for as long as this process lives; return the descriptor that holds the mark."""
    descriptor = os.open(tree / _OWNER, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    _locked(descriptor)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def _locked(descriptor: int) -> bool:
    """Take the mark if nobody has it. Where the system has no such locks, nobody is taken to have given it up."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sweep(folder: Path) -> None:
    """Remove what a process left behind that was killed: its mark is free, or the folder is a day old."""
    for tree in folder.glob(f"{PREFIX}*"):
        if not tree.is_symlink() and tree.is_dir() and _abandoned(tree):
            shutil.rmtree(tree, ignore_errors=True)


def _abandoned(tree: Path) -> bool:
    try:
        if time.time() - tree.stat().st_mtime > _OLD_SECONDS:
            return True
        descriptor = os.open(tree / _OWNER, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False  # gone meanwhile, or not marked yet
    try:
        return os.fstat(descriptor).st_size > 0 and _locked(descriptor)
    finally:
        os.close(descriptor)


def stand_at(apart: Git, sha: str) -> None:
    """Let a private repository's HEAD and index be at a commit; its files are not written."""
    apart.write("update-ref", "--no-deref", "-m", "strideiq: stand", "HEAD", sha, hooks=False)
    apart.write("read-tree", sha, hooks=False)


def unmerged(apart: Git) -> tuple[str, ...]:
    """Return the paths in conflict in a private repository's index, as git names them."""
    rows = apart.read("ls-files", "--unmerged", "-z").text.split("\0")
    return tuple(dict.fromkeys(row.partition("\t")[2] for row in rows if row))


def hold(apart: Git, sha: str, keep: Collection[str]) -> None:
    """Put the files and folders of ``keep`` into a private repository's index as ``sha`` has them, which may be: not at all."""
    if not keep:
        return
    zeros = "0" * len(sha)
    here = apart.read("ls-files", "-z").text.split("\0")
    lines = [f"0 {zeros}\t{path}" for path in dict.fromkeys(here) if _within(path, keep)]
    for row in apart.read("ls-tree", "-r", "-z", "--full-tree", sha).text.split("\0"):
        fields, _, path = row.partition("\t")
        if path and _within(path, keep):
            mode, _, name = fields.split(" ")
            lines.append(f"{mode} {name} 0\t{path}")
    stdin = "".join(f"{line}\0" for line in lines).encode("utf-8", "surrogateescape")
    apart.write("update-index", "-z", "--index-info", hooks=False, stdin=stdin)


def _within(path: str, keep: Collection[str]) -> bool:
    shown = clean_line(path, limit=None)
    return any(shown == one or shown.startswith(f"{one.rstrip('/')}/") for one in keep if one)
