"""What is unsaved in a work tree, file by file as a commit would see it; and tags as the clone or origin tells them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChangeKind(StrEnum):
    """How a file in the work tree differs from the commit that is checked out."""

    ADDED = "added"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"
    UNTRACKED = "untracked"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One unsaved file: the work tree against HEAD, whatever is staged in between (R33).

    ``path`` is a clean line and names the file for ``commit_files``; it is what a person may see, not always what the disk says.
    ``size`` is in bytes, 0 for a deleted file. ``added`` are the lines that a commit would add, clean, in order; an empty tuple
    where it adds none; None: binary or too large, so nobody looked. ``crlf_only``: nothing but line ends differs. ``before`` is
    the old path of a rename, else ``""``.
    """

    path: str
    kind: ChangeKind
    size: int
    binary: bool
    added: tuple[str, ...] | None
    crlf_only: bool = False
    before: str = ""


@dataclass(frozen=True, slots=True)
class LoggedTag:
    """One tag. ``sha`` is the commit it leads to; ``object`` the tag object, or that commit for a lightweight tag."""

    name: str
    sha: str
    object: str
    annotated: bool
