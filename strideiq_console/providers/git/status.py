"""Where HEAD stands and what is unsaved, from one ``git status --porcelain=v2 -z``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from strideiq_console.domain.branch import CloneStatus
from strideiq_console.domain.commit import Divergence
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.filters import silenced_filters
from strideiq_console.providers.git.place import Place, locate
from strideiq_console.providers.git.refs import count_both, ref_tip
from strideiq_console.providers.git.remote import origin_address

MOST_PATHS = 1000


@dataclass(slots=True)
class _Seen:
    """What the porcelain lines said; paths are still as git gave them."""

    head: str | None = None
    branch: str | None = None
    upstream: str | None = None
    divergence: Divergence | None = None
    changed: list[str] = field(default_factory=list)
    untracked: list[str] = field(default_factory=list)


def read_status(git: Git, clock: Clock) -> CloneStatus:
    """Return the status of the clone. Ages of fetches are carried over to the clock's own time, which a world turns by hand."""
    place = locate(git)
    output = git.read(
        "status", "--porcelain=v2", "-z", "--branch", "--untracked-files=normal", "--no-renames", config=silenced_filters(git)
    )
    seen = _parse(output.text)
    upstream, divergence = _standing(git, place, seen)
    remote = origin_address(git)
    return CloneStatus(
        path=str(place.work_tree),
        branch=None if seen.branch is None else clean_line(seen.branch),
        head=seen.head,
        changed=_paths(seen.changed),
        untracked=_paths(seen.untracked),
        upstream=None if upstream is None else clean_line(upstream),
        divergence=divergence,
        fetched_at=on_clock(place.fetched, clock),
        operation=place.operation,
        shallow=place.shallow,
        remote=None if remote is None else git.redact(clean_line(remote)),
    )


def changed_paths(git: Git) -> tuple[str, ...]:
    """Return the tracked files that differ from HEAD, clean."""
    output = git.read("status", "--porcelain=v2", "-z", "--untracked-files=no", "--no-renames", config=silenced_filters(git))
    return _paths(_parse(output.text).changed)


def _parse(text: str) -> _Seen:
    seen = _Seen()
    for entry in entries(text):
        kind = entry[:1]
        if kind == "#":
            _header(seen, entry)
        elif kind == "?":
            _add(seen.untracked, entry[2:])
        elif kind in "12u":
            # A path follows a fixed number of fields and may hold spaces: 8 fields, 9 with a rename score, 10 for a conflict.
            _add(seen.changed, entry.split(" ", {"1": 8, "2": 9, "u": 10}[kind])[-1])
    return seen


def entries(text: str) -> Iterator[str]:
    """Return the entries of ``--porcelain=v2 -z`` one by one, without the old names of renames."""
    parts = iter(text.split("\0"))
    for part in parts:
        if part.startswith("2 "):
            next(parts, None)  # the old name of a rename
        if part:
            yield part


def _header(seen: _Seen, entry: str) -> None:
    _, name, value = entry.split(" ", 2)
    if name == "branch.oid":
        seen.head = None if value == "(initial)" else value
    elif name == "branch.head":
        seen.branch = None if value == "(detached)" else value
    elif name == "branch.upstream":
        seen.upstream = value
    elif name == "branch.ab":
        ahead, behind = value.split(" ")
        seen.divergence = Divergence(int(ahead), -int(behind))


def _standing(git: Git, place: Place, seen: _Seen) -> tuple[str | None, Divergence | None]:
    """Return the upstream and the count against it; without one, origin's branch of the same name is what counts."""
    if place.shallow:
        return seen.upstream, None
    if seen.upstream is not None or seen.branch is None or seen.head is None:
        return seen.upstream, seen.divergence
    there = ref_tip(git, f"refs/remotes/origin/{seen.branch}")
    if there is None:
        return None, None
    return f"origin/{seen.branch}", count_both(git, seen.head, there)


def _add(paths: list[str], path: str) -> None:
    if len(paths) < MOST_PATHS:
        paths.append(path)


def _paths(paths: list[str]) -> tuple[str, ...]:
    return tuple(clean_line(path) for path in paths)


def on_clock(moment: float | None, clock: Clock) -> datetime | None:
    """Return real epoch seconds as a time of the clock, which a world turns by hand."""
    if moment is None:
        return None
    return clock.now() - timedelta(seconds=max(clock.wall() - moment, 0.0))
