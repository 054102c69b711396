"""Reads the files of a folder at a commit, out of git's own store: the work tree, filters and attributes play no part."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from strideiq_console.domain.commit import is_sha
from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.faults import explained

MOST_FILES = 20_000
MOST_TOTAL = 60_000_000
"""Bytes of all files together."""

_MODES = (b"100644", b"100755", b"100664", b"120000")


def files_at(git: Git, sha: str, folder: str) -> Mapping[str, bytes]:
    """Return the files under a folder at a commit (or one file), by their paths from the clone's top; ``""`` is the whole commit.

    Empty when it is not there. A link holds the path that it leads to; submodules are left out. Raises CloneError for a word
    that is no full SHA, a folder that leads out of the clone, a commit that the clone does not have, or more than the caps allow.
    """
    place = PurePosixPath(folder)
    if not is_sha(sha):
        raise CloneError(f"{clean_line(sha, limit=120)} is no full SHA", consequence="git is not called with it")
    if place.is_absolute() or ".." in place.parts or "\0" in folder:
        raise CloneError(f"{clean_line(folder, limit=200)} leads out of the clone", consequence="git is not called with it")
    listed = _listed(git, sha, "" if str(place) == "." else str(place))
    if not listed:
        return {}
    total = sum(size for _, size in listed.values())
    if len(listed) > MOST_FILES or total > MOST_TOTAL:
        raise CloneError(
            f"{clean_line(folder, limit=200) or 'the commit'} holds {len(listed):,} files of {total:,} bytes at {sha[:12]}",
            consequence="they are not read: that is more than migrations have",
            next_step="name the folder of alembic.ini in config.toml",
        )
    objects = list(dict.fromkeys(name for name, _ in listed.values()))
    contents = _contents(git, objects)
    return {path: contents[name] for path, (name, _) in listed.items()}


def _listed(git: Git, sha: str, folder: str) -> dict[str, tuple[str, int]]:
    """Return path, blob and size of each regular file."""
    # The name of a commit's tree may stand for any path below it, so the folder is given as a literal path, never as a pattern.
    words = ("ls-tree", "-r", "-l", "-z", "--full-tree", sha, "--", *((folder,) if folder else ()))
    output = git.read(*words, allow=(0, 128))
    if output.code:
        raise explained("git ls-tree", output.words, folder=git.folder)
    found = {}
    for entry in output.out.split(b"\0"):
        fields, _, path = entry.partition(b"\t")
        parts = fields.split()
        if len(parts) == 4 and parts[1] == b"blob" and parts[0] in _MODES and parts[3].isdigit():
            found[path.decode("utf-8", "surrogateescape")] = (parts[2].decode("ascii"), int(parts[3]))
    return found


def _contents(git: Git, objects: list[str]) -> dict[str, bytes]:
    """Return what each blob holds, all in one process: ``NAME blob SIZE``, the bytes, a newline."""
    out = git.read("cat-file", "--batch", stdin="".join(f"{name}\n" for name in objects).encode("ascii")).out
    found, at = {}, 0
    for name in objects:
        end = out.find(b"\n", at)
        head = out[at:end].split()
        if end < 0 or len(head) != 3 or head[0].decode("ascii", "replace") != name or head[1] != b"blob" or not head[2].isdigit():
            raise CloneError(
                f"git does not give {name[:12]}: {clean_line(out[at : max(end, at)].decode('utf-8', 'replace'), limit=120)}",
                consequence="the files of that commit are not known",
                next_step="run: git fsck",
            )
        size = int(head[2])
        found[name] = out[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
    return found
