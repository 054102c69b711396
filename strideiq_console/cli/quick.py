"""The glance's one line, kept beside the store: a status bar that asks every few seconds pays for a file, not for a console.

This module is imported before anything else, so it imports nothing but what the interpreter has loaded already.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:  # the typing module alone would cost more than the answer
    from collections.abc import Mapping, Sequence

NAME = "glance-line"
LONGEST = 60.0
"""Seconds that a kept line counts at most: what another console did meanwhile is missing for no longer."""
_MARK = "strideiq.glance-line/1"
_CODES = {"ok": 0, "warning": 1, "critical": 2, "unknown": 3}
_POOR = ("linux", "dumb", "vt100", "ansi")
_SIZE = 8192


def answer(argv: Sequence[str], environ: Mapping[str, str]) -> int | None:
    """Write the kept line and return its exit code; None where the whole console has to answer.

    That is: any other command, a configuration of its own, a line that is too old, or a terminal that may want another spelling.
    """
    if list(argv) != ["glance", "--line"] or environ.get("STRIDEIQ_CONFIG"):
        return None
    folder = _state(environ)
    kept = read(folder, time.time()) if folder else None
    if kept is None or (sys.stdout.encoding or "").lower().replace("-", "") != "utf8":
        return None
    level, rich, plain = kept
    try:
        sys.stdout.write((plain if poor(environ) else rich) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone; the level is still the answer, and the interpreter must not complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _CODES[level]


def poor(environ: Mapping[str, str]) -> bool:
    """Say whether the terminal or the locale draws ASCII alone (as ``presentation.glyphs.pick`` judges ``auto``)."""
    if environ.get("TERM", "") in _POOR:
        return True
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    charset = locale.partition(".")[2].partition("@")[0].lower().replace("-", "")
    return bool(charset) and charset != "utf8"


def read(folder: str, now: float) -> tuple[str, str, str] | None:
    """Return level, line and ASCII line that are kept in a state folder and count at ``now`` (epoch seconds); else None."""
    try:
        number = os.open(os.path.join(folder, NAME), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        try:
            found = os.fstat(number)
            text = os.read(number, _SIZE).decode("utf-8")
        finally:
            os.close(number)
    except (OSError, UnicodeDecodeError):
        return None
    if found.st_mode & 0o170000 != 0o100000 or (hasattr(os, "geteuid") and (found.st_uid != os.geteuid() or found.st_mode & 0o022)):
        return None
    parts = text.split("\n")
    if len(parts) != 7 or parts[0] != _MARK or parts[3] not in _CODES or not (parts[4].isprintable() and parts[5].isprintable()):
        return None
    try:
        since, until = float(parts[1]), float(parts[2])
    except ValueError:
        return None
    return (parts[3], parts[4], parts[5]) if since <= now < min(until, since + LONGEST) else None


def keep(folder: str, level: str, rich: str, plain: str, *, since: float, until: float) -> None:
    """Keep a line that counts from ``since`` until ``until`` (epoch seconds). Only a cache: a folder that refuses costs nothing."""
    path = os.path.join(folder, NAME)
    fresh = f"{path}.{os.getpid()}"
    text = "\n".join((_MARK, repr(since), repr(until), level, rich, plain, ""))
    try:
        number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError:
        return
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(fresh, path)
    except OSError:
        try:
            os.unlink(fresh)
        except OSError:
            return


def _state(environ: Mapping[str, str]) -> str:
    """Return the state folder where it is plain to see (as ``settings.places`` does), ``""`` where it takes a library to know."""
    named = environ.get("STRIDEIQ_STATE", "")
    if named:
        return os.path.normpath(os.path.join(os.getcwd(), os.path.expanduser(named)))
    if sys.platform != "linux":
        return ""
    root, home = environ.get("XDG_STATE_HOME", "").strip(), environ.get("HOME", "")
    if root and os.path.isabs(root):
        return os.path.join(root, "strideiq-console")
    return os.path.join(home, ".local", "state", "strideiq-console") if home else ""
