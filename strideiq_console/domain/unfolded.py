"""What a panel reads only when it is opened: the commits between two rungs, what serves a name, a deployment's log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.dns import Domain, Registration, Resolution
from strideiq_console.domain.fault import Fault


class LogKind(StrEnum):
    """Which log of a deployment: its timeline, what its build said, what it wrote while it ran."""

    EVENTS = "timeline"
    BUILD = "build"
    RUNTIME = "runtime"


@dataclass(frozen=True, slots=True)
class Climb:
    """The commits that one rung has and the next one lacks (R8), newest first, at most as many as were asked for.

    ``start`` and ``end`` are words for the rungs (``local``, ``staging``, ``main``). ``total`` counts all of them, None when the
    clone could not count; ``note`` says why there are none to show, ``""`` when they were read.
    """

    start: str
    end: str
    commits: tuple[Commit, ...] = ()
    total: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The promotion ladder as the clone has it: ``fetched_at`` is its age (None: never), ``shallow`` clones miss old commits."""

    climbs: tuple[Climb, ...]
    fetched_at: datetime | None = None
    shallow: bool = False


@dataclass(frozen=True, slots=True)
class HeldNames:
    """What stands behind an environment's names: certificates at the hosts, the registration, what the public resolves.

    Each part is asked on its own: ``faults`` are those that did not answer, ``asked`` the sources that did.
    """

    environment: str
    domains: tuple[Domain, ...] = ()
    registration: Registration | None = None
    public: tuple[Resolution, ...] = ()
    expires: datetime | None = None
    faults: tuple[Fault, ...] = ()
    asked: tuple[str, ...] = ()
