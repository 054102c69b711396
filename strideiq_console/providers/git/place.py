"""Where a clone is on disk, and what lies there: an operation in progress, the last fetch, a shallow history."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from strideiq_console.domain.branch import Operation
from strideiq_console.domain.fault import CloneError
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.faults import bare_repository, explained, no_repository

# First match wins: a rebase that stopped in a conflict also leaves a CHERRY_PICK_HEAD behind.
_SIGNS = (
    ("rebase-merge", Operation.REBASE),
    ("rebase-apply/applying", Operation.APPLY),
    ("rebase-apply", Operation.REBASE),
    ("MERGE_HEAD", Operation.MERGE),
    ("CHERRY_PICK_HEAD", Operation.CHERRY_PICK),
    ("REVERT_HEAD", Operation.REVERT),
    ("BISECT_LOG", Operation.BISECT),
)


@dataclass(frozen=True, slots=True)
class Place:
    """The folders of a clone. ``own`` is this work tree's git folder, ``common`` the one that all its work trees share."""

    work_tree: Path
    own: Path
    common: Path

    @property
    def shallow(self) -> bool:
        """Say whether the history was cut off, so that counts of it are worthless."""
        file = self.common / "shallow"
        return file.is_file() and file.stat().st_size > 0

    @property
    def operation(self) -> Operation | None:
        """Return the git operation in progress in this work tree."""
        return next((operation for sign, operation in _SIGNS if (self.own / sign).exists()), None)

    @property
    def fetched(self) -> float | None:
        """Return the real epoch seconds of the last fetch, None when there was none."""
        times = [file.stat().st_mtime for file in {self.own / "FETCH_HEAD", self.common / "FETCH_HEAD"} if file.is_file()]
        return max(times, default=None)


def locate(git: Git) -> Place:
    """Find the clone around the folder; CloneError with the way out when there is none, or none with files."""
    if not git.folder.is_dir():
        raise no_repository(git.folder)
    output = git.read(
        "rev-parse",
        "--is-bare-repository",
        "--is-inside-git-dir",
        "--absolute-git-dir",
        "--git-common-dir",
        "--show-toplevel",
        allow=(0, 128),
    )
    said = output.text.split("\n")
    if said[0] == "true":
        raise bare_repository(git.folder)
    if len(said) > 1 and said[1] == "true":
        raise CloneError(
            f"{git.folder} is inside git's own folder",
            next_step="run strideiq in the work tree, or set [clone] path in config.toml",
        )
    if output.code != 0 or len(said) != 5:
        raise explained("git rev-parse", output.words, folder=git.folder)
    return Place(work_tree=Path(said[4]), own=Path(said[2]), common=(git.folder / said[3]).resolve())
