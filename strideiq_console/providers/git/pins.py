"""Pins under ``refs/console/`` keep old tips for 30 days (RELIABILITY rule 9); their age stands in their reflog."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from strideiq_console.domain.ports import Clock
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.locks import patiently
from strideiq_console.providers.git.place import locate
from strideiq_console.providers.git.refs import ref_tip
from strideiq_console.providers.git.status import on_clock

EVERY = range(256)
_FOLDER = "refs/console/"
_ENOUGH = 4096


def expire_pins(git: Git, clock: Clock, before: datetime, *, patience: float) -> tuple[str, ...]:
    """Drop the pins that were made before a time of the clock; return their names without ``refs/console/``, by name.

    A pin without a reflog (from an older version, or in a clone whose refs are kept another way) has no date and stays.
    """
    common = locate(git).common
    gone = []
    listing = git.read("for-each-ref", "--format=%(refname)%00%(objectname)", _FOLDER).text
    for line in filter(None, listing.split("\n")):
        ref, sha = line.split("\0")
        made = on_clock(_made(common / "logs" / ref), clock)
        if made is None or made >= before:
            continue
        words = ("update-ref", "--no-deref", "-m", "strideiq: expire", "-d", ref, sha)
        patiently(lambda words=words: git.write(*words, allow=EVERY, hooks=False), patience)  # type: ignore[misc]
        if ref_tip(git, ref) is None:
            gone.append(clean_line(ref.removeprefix(_FOLDER)))
    return tuple(gone)


def _made(log: Path) -> float | None:
    """Return the real epoch seconds of the last entry of a reflog: ``OLD NEW NAME <ADDRESS> SECONDS ZONE<tab>WORDS``."""
    try:
        descriptor = os.open(log, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        file.seek(max(0, os.fstat(descriptor).st_size - _ENOUGH))
        last = file.read().rstrip(b"\n").split(b"\n")[-1]
    who = last.partition(b"\t")[0].rpartition(b"> ")[2].split(b" ")
    return float(who[0]) if who[0].isdigit() else None
