"""Leases: who may act in a repository and environment now, with fencing numbers that only grow (RELIABILITY rule 11)."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from strideiq_console.domain.fault import BlockedError
from strideiq_console.store import codec
from strideiq_console.store.audit import write_row
from strideiq_console.store.database import Database

STALE_AFTER = 60.0
_PROC = Path("/proc")
_BOOT_ID = _PROC / "sys/kernel/random/boot_id"
_COLUMNS = "scope, execution, pid, started, boot_id, host, fence, acquired, heartbeat"


@dataclass(frozen=True, slots=True)
class Holder:
    """A process, told apart from a later one with the same number by its start time, boot and host."""

    pid: int
    started: str
    boot_id: str
    host: str

    @classmethod
    def current(cls) -> Holder:
        """Return this process."""
        pid = os.getpid()
        stat = _stat(pid)
        return cls(pid, stat[1] if stat else "", _boot_id(), _host())

    def gone(self) -> bool | None:
        """Say whether the process has surely ended; None when it cannot be told from here."""
        if self.host != _host():
            return None
        if self.boot_id != _boot_id():
            return True
        if _PROC.joinpath("self/stat").exists():
            stat = _stat(self.pid)
            return stat is None or stat[0] in "ZX" or (self.started != "" and stat[1] != self.started)
        if os.name != "posix":
            return None  # os.kill(pid, 0) would not ask but signal on Windows; the heartbeat decides there
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to act in ``scopes`` for one execution.

    ``fence`` is greater than that of every lease before it; times are epoch seconds.
    """

    scopes: tuple[str, ...]
    execution: str
    holder: Holder
    fence: int
    heartbeat: float
    acquired: float = 0.0

    def stale(self, now: float) -> bool:
        """Say whether another console may take it over: its process is gone, or cannot be seen from here and silent for a minute.

        A process that is known to live keeps its lease however long it is silent: it may be asleep with an effect in flight.
        """
        gone = self.holder.gone()
        return gone is True or (gone is None and now - self.heartbeat > STALE_AFTER)


class Leases:
    """Takes, keeps and gives back leases, safely between processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def acquire(self, scopes: Sequence[str], *, execution: str, holder: Holder, now: float) -> Lease:
        """Take all scopes or none. BlockedError names who holds one and since when; a takeover of a stale lease is audited."""
        wanted = tuple(dict.fromkeys(scopes))
        if not wanted:
            raise ValueError("a lease needs at least one scope")
        with self._database.writing() as connection:
            taken = _held(connection, wanted)
            for lease in taken:
                if not lease.stale(now):
                    raise _blocked(lease)
            for lease in taken:
                self._audit_takeover(connection, lease, execution, now)
            connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'fence'")
            fence = int(connection.execute("SELECT value FROM meta WHERE key = 'fence'").fetchone()[0])
            for lease in taken:  # a lease lost in part is lost as a whole: its fence no longer holds anywhere
                connection.execute("DELETE FROM leases WHERE fence = ?", (lease.fence,))
            connection.executemany(
                f"INSERT INTO leases ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
                [(s, execution, holder.pid, holder.started, holder.boot_id, holder.host, fence, now, now) for s in wanted],
            )
        return Lease(wanted, execution, holder, fence, now, now)

    def heartbeat(self, lease: Lease, now: float) -> None:
        """Say that the holder is alive; BlockedError when the lease was taken over meanwhile."""
        with self._database.writing(durable=False) as connection:
            check_fence(connection, lease, lease.execution)
            connection.execute("UPDATE leases SET heartbeat = ? WHERE fence = ?", (now, lease.fence))

    def release(self, lease: Lease) -> None:
        """Give the scopes back; a lease that was taken over, or given back before, is left as it is."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM leases WHERE fence = ?", (lease.fence,))

    def holder_of(self, scope: str) -> Lease | None:
        """Return the lease on a scope, stale or not; None when nobody holds it."""
        with self._database.reading() as connection:
            held = _held(connection, (scope,))
        return held[0] if held else None

    def _audit_takeover(self, connection: sqlite3.Connection, lease: Lease, execution: str, now: float) -> None:
        data = {"scopes": list(lease.scopes), "execution": lease.execution, "holder": _words(lease.holder), "fence": lease.fence}
        at = datetime.fromtimestamp(now, UTC)
        who, text = self._database.who, codec.data_text(data)
        write_row(connection, at=at, who=who, execution=execution, step="", kind="lease taken over", data=text)


def check_fence(connection: sqlite3.Connection, lease: Lease, execution: str) -> None:
    """Raise BlockedError unless ``lease`` still holds every scope for ``execution``; for use inside a transaction."""
    row = connection.execute("SELECT count(*) FROM leases WHERE fence = ? AND execution = ?", (lease.fence, execution)).fetchone()
    if row[0] == len(lease.scopes):
        return
    current = next(iter(_held(connection, lease.scopes)), None)
    if current is not None and current.fence != lease.fence:
        raise _blocked(current)
    raise BlockedError(
        "this console's lease was given back or taken over",
        consequence="It stops before its next effect",
        next_step="Go on with: strideiq resume",
    )


def _held(connection: sqlite3.Connection, scopes: Sequence[str]) -> list[Lease]:
    marks = ", ".join("?" * len(scopes))
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM leases WHERE fence IN (SELECT fence FROM leases WHERE scope IN ({marks})) ORDER BY fence, scope",  # noqa: S608
        tuple(scopes),
    ).fetchall()
    leases: dict[int, Lease] = {}
    for scope, execution, pid, started, boot_id, host, fence, acquired, heartbeat in found:
        before = leases[fence].scopes if fence in leases else ()
        leases[fence] = Lease((*before, scope), execution, Holder(pid, started, boot_id, host), fence, heartbeat, acquired)
    return list(leases.values())


def _blocked(lease: Lease) -> BlockedError:
    since = datetime.fromtimestamp(lease.acquired, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return BlockedError(
        f"{', '.join(lease.scopes)} is held by execution {lease.execution} ({_words(lease.holder)}) since {since}",
        consequence="This console shows it and changes nothing",
        next_step="Go on there, or close that console and resume here",
    )


def _words(holder: Holder) -> str:
    return f"process {holder.pid} on {holder.host}"


def _stat(pid: int) -> tuple[str, str] | None:
    """Return state and start time of a process from ``/proc``; None when there is none. Its name may hold blanks and brackets."""
    try:
        text = _PROC.joinpath(str(pid), "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return fields[0], fields[19]


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _host() -> str:
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
