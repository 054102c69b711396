"""Git's words turned into the console's: cause, consequence, next step. Whatever is not known here is passed on, cleaned."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

from strideiq_console.domain.fault import CloneError, Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line

NOTHING_CHANGED = "Nothing was changed"
_ADVICE = re.compile(r"^(?:hint|usage|\s*\(use )", re.IGNORECASE)
_LOCK = re.compile(r"Unable to create '(?P<path>.+?\.lock)': File exists|cannot lock ref .*?'(?P<ref>[^']+\.lock)': File exists")

OFFLINE = re.compile(
    r"Could not resolve (?:host|proxy)|Connection refused|Network is unreachable|No route to host|Connection timed out"
    r"|Failed to connect|Operation timed out|Temporary failure in name resolution|Name or service not known",
    re.IGNORECASE,
)
DENIED = re.compile(
    r"Authentication failed|could not read (?:Username|Password)|Permission denied \(|terminal prompts disabled"
    r"|Host key verification failed|Invalid username or password|returned error: 40[13]"
    r"|Write access to repository not granted|Permission to .+ denied",
    re.IGNORECASE,
)
ABSENT = re.compile(
    r"Repository not found|does not appear to be a git repository|returned error: 404|repository '.*' not found", re.IGNORECASE
)


def words_of(said: str, *, lines: int = 3) -> str:
    """Return the last lines that say what went wrong, clean, without git's advice: it may advise to force."""
    kept = [line.strip() for line in said.splitlines() if line.strip() and not _ADVICE.match(line)]
    telling = [line for line in kept if line.startswith(("fatal:", "error:", "remote:", "! "))] or kept
    return "; ".join(clean_line(line, limit=300) for line in telling[-lines:]) or "git said nothing"


def tail_of(said: str, *, lines: int = 40) -> str:
    """Return the last lines of a hook's output as one clean line each, joined by `` ⏎ ``: errors are single lines."""
    kept = [clean_line(line, limit=300) for line in said.splitlines() if line.strip()]
    return " ⏎ ".join(kept[-lines:]) or "it said nothing"


def not_started(deed: str, folder: Path, said: str) -> CloneError:
    """Return the fault of a git that could not be started at all."""
    if not folder.is_dir():
        return no_repository(folder)
    return CloneError(
        f"{deed} could not be started: {clean_line(said, limit=300)}",
        consequence=NOTHING_CHANGED,
        next_step="check that git works here",
    )


def too_slow(deed: str, seconds: float) -> CloneError:
    """Return the fault of a git that had to be ended."""
    return CloneError(
        f"{deed} did not end within {seconds:g} s and was stopped",
        consequence="what it did until then is read back before anything else is done",
        next_step="look for a hanging hook, network or disk, then retry",
    )


def no_repository(folder: Path) -> CloneError:
    """Return the fault of a folder that is no clone."""
    return CloneError(
        f"{clean_line(str(folder))} is not inside a git repository",
        consequence="branches and the state of the clone are unknown",
        next_step="run strideiq in a clone, or set [clone] path in config.toml",
    )


def bare_repository(folder: Path) -> CloneError:
    """Return the fault of a repository without files."""
    return CloneError(
        f"{clean_line(str(folder))} is a bare repository, no work tree",
        consequence="there is nothing to check out or to commit in",
        next_step="clone it (git clone ADDRESS) and run strideiq there, or set [clone] path in config.toml",
    )


def explained(deed: str, said: str, *, folder: Path) -> CloneError:
    """Return what a failed git call means."""
    for sign, build in _KNOWN:
        if sign.search(said):
            return build(folder, said)
    lock = _LOCK.search(said)
    if lock:
        return locked(lock["path"] or lock["ref"])
    return CloneError(f"{deed} failed: {words_of(said)}", next_step="the same command by hand says more")


def lock_in(said: str) -> str | None:
    """Return the path of the lock that git stumbled over, or None."""
    match = _LOCK.search(said)
    return (match["path"] or match["ref"]) if match else None


def locked(path: str, owner: str = "") -> CloneError:
    """Return the fault of a lock that another git holds or has left behind."""
    return CloneError(
        f"the lock {clean_line(path, limit=300)} is held{owner}",
        consequence="git changes nothing while it is there; the console never removes it",
        next_step="wait for the other git to end; if none runs any more, delete that file",
    )


def _dubious(folder: Path, said: str) -> CloneError:
    named = re.search(r"dubious ownership in repository at '([^'\n]+)'", said)
    where = named[1] if named else str(folder)
    return CloneError(
        f"git does not trust {clean_line(where)}: it belongs to another user (dubious ownership)",
        consequence="nothing of it is read",
        next_step=f"if it is yours, run: git config --global --add safe.directory {clean_line(shlex.quote(where))}",
    )


def _broken(folder: Path, said: str) -> CloneError:
    return CloneError(
        f"git cannot read its objects or config: {words_of(said)}",
        consequence="the state of the clone is unknown",
        next_step="run git fsck in the clone; a fresh clone is the sure way out",
    )


def _full(folder: Path, said: str) -> CloneError:
    return CloneError(
        f"no room or no right to write: {words_of(said)}", consequence=NOTHING_CHANGED, next_step="free the disk, then retry"
    )


_KNOWN: tuple[tuple[re.Pattern[str], Callable[[Path, str], CloneError]], ...] = (
    (re.compile(r"dubious ownership"), _dubious),
    (re.compile(r"cannot use bare repository|must be run in a work tree"), lambda folder, said: bare_repository(folder)),
    (re.compile(r"not a git repository"), lambda folder, said: no_repository(folder)),
    (re.compile(r"No space left on device|Read-only file system|insufficient permission|Permission denied$", re.MULTILINE), _full),
    (re.compile(r"bad config|missing object|loose object .* is corrupt|unable to read tree"), _broken),
)


def outside(said: str, *, doing: str) -> OutsideError:
    """Return what a failed conversation with origin means. ``known_not_done`` holds where git never got in."""
    words = words_of(said)
    if DENIED.search(said):
        kind, cause = FaultKind.UNAUTHORISED, f"origin does not let you in while {doing}: {words}"
        step = "check with: git ls-remote origin; sign in with your ssh key or credential helper"
    elif OFFLINE.search(said):
        kind, cause = FaultKind.UNREACHABLE, f"origin cannot be reached while {doing}: {words}"
        step = "check the network, then retry"
    elif ABSENT.search(said):
        kind, cause = FaultKind.MISSING, f"origin does not exist, or you may not see it: {words}"
        step = "check the address with: git remote get-url origin"
    else:
        kind, cause, step = (
            FaultKind.SERVER,
            f"origin did not answer as wanted while {doing}: {words}",
            "retry; git ls-remote origin says more",
        )
    known = kind is not FaultKind.SERVER
    fault = Fault(kind, "git", clean_line(cause), "What origin has is unknown", step)
    return OutsideError(fault, known_not_done=known)
