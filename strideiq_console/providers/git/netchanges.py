"""Which files of a work tree differ from HEAD, by git's own names: the work tree's word counts, whatever is staged in between."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.domain.worktree import ChangeKind
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.filters import silenced_filters
from strideiq_console.providers.git.place import locate
from strideiq_console.providers.git.refs import ref_tip
from strideiq_console.providers.git.status import entries
from strideiq_console.providers.git.writing import worktrees

MOST_FILES = 5000
PLAIN = (
    "--no-color", "--no-ext-diff", "--no-textconv", "--no-relative", "--ignore-submodules=dirty", "--submodule=short",
)  # fmt: skip
# No diff may write the index anew, which git does when a file was only touched; and a file above 1 MB is not compared line by line.
DIFFING = ("-c", "diff.autoRefreshIndex=false", "-c", "core.bigFileThreshold=1m")
_KINDS = {"A": ChangeKind.ADDED, "D": ChangeKind.DELETED, "R": ChangeKind.RENAMED}


@dataclass(frozen=True, slots=True)
class NetChange:
    """One file as git names it. ``lines`` are added and deleted, None where git calls it binary; ``parts`` of it stand in a patch.

    ``known``: git has it in its index; one that is not is read by us.
    """

    path: str
    kind: ChangeKind
    before: str = ""
    lines: tuple[int, int] | None = (0, 0)
    parts: int = 1
    known: bool = True
    unmerged: bool = False

    @property
    def shown(self) -> str:
        """Return the path as the rest of the console knows it."""
        return clean_line(self.path, limit=None)

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the paths that a commit of it changes."""
        return (self.before, self.path) if self.before else (self.path,)


def work_tree(git: Git, path: str) -> Git:
    """Return a git at the root of one of the clone's work trees; CloneError for any other folder."""
    place = locate(git)
    wanted = Path(path.replace("\0", "")).resolve()
    if "\0" not in path and wanted.is_dir() and wanted in (place.work_tree.resolve(), *worktrees(git)):
        return git.at(wanted)
    raise CloneError(
        f"{clean_line(path)} is no work tree of this clone",
        consequence="nothing is read or changed there",
        next_step="choose the clone, or a work tree from: git worktree list",
    )


def net_changes(git: Git) -> list[NetChange]:
    """Return what differs from HEAD, tracked files in the order of a patch.

    CloneError before the first commit, and beyond :data:`MOST_FILES`.
    """
    if not git.read("rev-parse", "--verify", "--quiet", "HEAD", allow=(0, 1)).text:
        raise CloneError("there is no commit yet", next_step="make the first commit with your own git")
    silent = silenced_filters(git)
    tracked = _tracked(
        git.read("diff", "--raw", "--numstat", "-z", "--find-renames", *PLAIN, "HEAD", "--", config=(*silent, *DIFFING)).text
    )
    listing = git.read(
        "status", "--porcelain=v2", "-z", "--untracked-files=all", "--ignore-submodules=all", "--no-renames", config=silent
    )
    for entry in entries(listing.text):
        if entry.startswith("? "):
            path = entry[2:]
            # Taken out of the index, and yet there: for a commit it is changed, not gone.
            kind = ChangeKind.MODIFIED if path in tracked else ChangeKind.UNTRACKED
            tracked[path] = NetChange(path, kind, parts=int(path in tracked), known=False)
        elif entry.startswith("u "):
            path = entry.split(" ", 10)[-1]
            tracked[path] = NetChange(path, ChangeKind.MODIFIED, unmerged=True)
    if len(tracked) > MOST_FILES:
        raise CloneError(
            f"{len(tracked)} files are unsaved, more than {MOST_FILES} can be looked at one by one",
            consequence="nothing is committed from here",
            next_step="name folders that are made, not written, in .gitignore",
        )
    return list(tracked.values())


def _tracked(text: str) -> dict[str, NetChange]:
    parts = iter(text.split("\0"))
    found: dict[str, NetChange] = {}
    modes: dict[str, bool] = {}
    counts: dict[str, tuple[int, int] | None] = {}
    for part in parts:
        if part.startswith(":"):
            old, new, _, _, letter = part[1:].split(" ")
            before = next(parts) if letter[0] in "RC" else ""
            path = next(parts)
            kind = _KINDS.get(letter[0], ChangeKind.MODIFIED)
            found[path] = NetChange(path, kind, before, parts=2 if letter == "T" else 1)
            modes[path] = old != new
        elif part:
            added, deleted, path = part.split("\t", 2)
            if not path:
                next(parts)
                path = next(parts)
            counts[path] = None if added == "-" else (int(added), int(deleted))
    return {
        path: NetChange(path, one.kind, one.before, counts.get(path, (0, 0)), one.parts)
        for path, one in found.items()
        # A file that was only touched is listed without a count.
        if path in counts or modes[path] or one.kind is not ChangeKind.MODIFIED
    }


def branch_tip(git: Git, branch: str) -> str:
    """Return the commit of a local branch; CloneError when there is none."""
    tip = ref_tip(git, f"refs/heads/{branch}")
    if tip is None:
        raise CloneError(f"there is no local branch {clean_line(branch)}", next_step="create it first")
    return tip
