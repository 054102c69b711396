"""What must be the same before and after: work tree, index, stash, refs, HEAD and config of a clone, to the byte."""

from __future__ import annotations

import os
from pathlib import Path

from tests.providers.git.repos import Repo


def files(folder: Path) -> dict[str, bytes]:
    """Return every file of a work tree with its mode and content, links as where they lead."""
    found = {}
    for base, folders, names in os.walk(folder):
        if ".git" in folders:
            folders.remove(".git")
        for name in names:
            path = Path(base) / name
            if not (path.is_symlink() or path.is_file()):
                continue
            mode = f"{path.lstat().st_mode:o} ".encode()
            found[str(path.relative_to(folder))] = mode + (
                str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
            )
    return found


def state(repo: Repo, *, refs: bool = True) -> dict[str, object]:
    """Return all that a refused change must leave alone; without ``refs``, all but the refs."""
    folder = Path(repo.git("rev-parse", "--absolute-git-dir"))
    index = folder / "index"
    return {
        "files": files(repo.path),
        "index": index.read_bytes() if index.exists() else b"",
        "head": (folder / "HEAD").read_bytes(),
        "stash": repo.git("stash", "list"),
        "config": (folder / "config").read_bytes(),
        "trees": repo.git("worktree", "list", "--porcelain") if refs else "",
        "left": sorted(path.name for path in (folder / "strideiq").glob("*")),
        "refs": repo.git("for-each-ref", "--format=%(refname) %(objectname)") if refs else "",
    }


def entries(repo: Repo) -> dict[str, str]:
    """Return the index by path: mode, object and stage."""
    rows = repo.git("ls-files", "--stage", "-z").split("\0")
    return {row.partition("\t")[2]: row.partition("\t")[0] for row in rows if row}
