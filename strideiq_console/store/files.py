"""Private files and folders: 0600 and 0700 under any umask, and never through a symbolic link (RELIABILITY T10, rule 25)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from strideiq_console.domain.fault import StoreError

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_OTHERS = 0o077
_OTHERS_WRITE = 0o022
_POSIX = os.name == "posix"


def private_folder(path: Path) -> None:
    """Make sure that ``path`` is a folder that only its owner can enter, with missing parents made the same way.

    A folder that exists and is open to others is closed when it is empty or holds a store already; any other folder is not ours
    to close, and is refused when others may write into it. Raises StoreError, also for a symbolic link.
    """
    missing: list[Path] = []
    here = path
    while not os.path.lexists(here) and here != here.parent:
        missing.append(here)
        here = here.parent
    for folder in reversed(missing):
        _make_folder(folder)
    found = _lstat(path)
    if found is None or not stat.S_ISDIR(found.st_mode):
        kind = "a symbolic link" if found and stat.S_ISLNK(found.st_mode) else "not a folder"
        raise _refused(path, kind, "Set STRIDEIQ_STATE to a folder of your own")
    if _POSIX:
        _close_to_others(path, found)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(PRIVATE_FOLDER)
        folder.chmod(PRIVATE_FOLDER)  # an odd umask may have taken bits that the owner needs
    except FileExistsError:
        return  # another console was faster; what stands there is judged by the caller
    except OSError as error:
        raise _refused(folder, f"cannot be made ({error.strerror})", "Set STRIDEIQ_STATE to a folder of your own") from error


def _close_to_others(path: Path, found: os.stat_result) -> None:
    if os.geteuid() not in (0, found.st_uid):
        raise _refused(path, "of another user", "Set STRIDEIQ_STATE to a folder of your own")
    if not found.st_mode & _OTHERS:
        return
    names = os.listdir(path)  # noqa: PTH208 - names only
    if not names or any(name.startswith("console.db") for name in names):
        path.chmod(PRIVATE_FOLDER)
    elif found.st_mode & _OTHERS_WRITE:
        raise _refused(path, "open for others to write", f"Close it with: chmod 700 {path}")


def private_file(path: Path) -> bool:
    """Make sure that ``path`` is a regular file of mode 0600 with one name; return True when it was made now.

    An existing file is never opened here: closing a second descriptor would drop sqlite's locks on it (POSIX).
    """
    found = _lstat(path)
    if found is None:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        try:
            descriptor = os.open(path, flags, PRIVATE_FILE)
        except FileExistsError:
            return private_file(path)
        except OSError as error:
            raise _refused(path, f"cannot be made ({error.strerror})", "Check the folder's permissions and free space") from error
        try:
            if _POSIX:
                os.fchmod(descriptor, PRIVATE_FILE)
        finally:
            os.close(descriptor)
        return True
    check_regular(path, found)
    if _POSIX and found.st_mode & _OTHERS:
        path.chmod(PRIVATE_FILE)
    return False


def check_regular(path: Path, found: os.stat_result | None = None) -> None:
    """Raise StoreError when ``path`` exists and is a link, has a second name, or is no regular file."""
    found = found or _lstat(path)
    if found is None:
        return
    if stat.S_ISLNK(found.st_mode):
        raise _refused(path, "a symbolic link", "Remove the link; the console makes its own file")
    if not stat.S_ISREG(found.st_mode):
        raise _refused(path, "not a regular file", "Move it out of the way")
    if found.st_nlink > 1:
        raise _refused(path, "a file with a second name (hard link)", "Remove the other name")


def close_siblings(path: Path) -> None:
    """Close sqlite's side files (WAL, SHM) to others, whatever created them."""
    for suffix in ("-wal", "-shm", "-journal"):
        sibling = path.with_name(path.name + suffix)
        found = _lstat(sibling)
        if found is None:
            continue
        check_regular(sibling, found)
        if _POSIX and found.st_mode & _OTHERS:
            sibling.chmod(PRIVATE_FILE)


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold the folder for this process alone while a file in it is swapped; other systems than POSIX have no such lock."""
    if not _POSIX:
        yield
        return
    import fcntl  # only where it exists

    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise _refused(folder, f"cannot be read ({error.strerror})", "Check the folder's permissions") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as error:
            raise _refused(
                folder, f"cannot be locked ({error.strerror})", "Set STRIDEIQ_STATE to a folder on a local disk"
            ) from error
        yield
    finally:
        os.close(descriptor)


def _lstat(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refused(path, f"cannot be read ({error.strerror})", "Check the folder's permissions") from error


def _refused(path: Path, why: str, next_step: str) -> StoreError:
    return StoreError(
        f"{path} is {why}" if not why.startswith("cannot") else f"{path} {why}", consequence=_NO_EFFECT, next_step=next_step
    )


_NO_EFFECT = "Without a store nothing is carried out"
