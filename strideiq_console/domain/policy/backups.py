"""Whether a backup proves that what a deed destroys could be brought back (R90, R91; RELIABILITY section 3, "Schema")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from strideiq_console.domain.backup import Backup, Backups

DESTROYING_LIMIT = timedelta(minutes=15)
"""How old a backup may be before a downgrade or a restore."""

CHANGING_LIMIT = timedelta(minutes=60)
"""How old a backup may be before any other change of a schema (R91)."""

LEAST_LEFT = timedelta(hours=12)
"""How long a backup must be kept yet: one that is gone tomorrow is no way back from a fault that is seen then."""

LEAST_BYTES = 1024
"""Below this a file is no dump of a database: a failed job often leaves an empty one."""

LEAST_SHARE = 0.5
"""The least share of the size of the one before: a dump that has halved has lost something, or the database has."""

CLOCKS_DIFFER = timedelta(minutes=5)
"""How far in the future a provider's clock may place a backup."""


class BackupState(StrEnum):
    """What the newest backup proves. Only PROVEN opens a deed."""

    PROVEN = "proven"
    STALE = "too old"
    FAILED = "failed"
    TOO_SMALL = "suspiciously small"
    EXPIRING = "about to expire"
    MISSING = "there is none"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BackupProof:
    """What the newest backup proves, and why in words. ``id`` is ``""`` and the others None where there is none or nobody knows.

    ``age`` is never negative; ``size`` in bytes, None when the provider does not say; ``expires_at`` None: kept until deleted.
    """

    state: BackupState
    words: str
    id: str = ""
    age: timedelta | None = None
    size: int | None = None
    expires_at: datetime | None = None

    @property
    def proven(self) -> bool:
        """Say whether the deed may go on."""
        return self.state is BackupState.PROVEN


def limit_of(*, destroys: bool) -> timedelta:
    """Return how old a backup may be: before what destroys (a downgrade, a restore), or before another change of the schema."""
    return DESTROYING_LIMIT if destroys else CHANGING_LIMIT


def judge(backups: Backups | None, now: datetime, limit: timedelta) -> BackupProof:
    """Return what the newest backup proves at ``now``. None: nobody could read them.

    A backup that is in the provider's list has finished. Of a partial list nothing but its newest entry counts, and that it is the
    newest is then not known: an old one is UNKNOWN, not STALE.
    """
    if backups is None:
        return BackupProof(BackupState.UNKNOWN, "the backups could not be read")
    newest = backups.newest
    if newest is None:
        if not backups.complete:
            return BackupProof(BackupState.UNKNOWN, "the list of backups is not whole, and what was read of it is empty")
        return BackupProof(BackupState.MISSING, f"{backups.provider} has no backup of {backups.environment}")
    state, words = _state(newest, backups, now, limit)
    age = max(now - newest.created_at, timedelta(0))
    return BackupProof(state, f"{_name(newest)} {words}", newest.id, age, newest.size, newest.expires_at)


def _state(newest: Backup, backups: Backups, now: datetime, limit: timedelta) -> tuple[BackupState, str]:
    age = now - newest.created_at
    if age < -CLOCKS_DIFFER:
        return BackupState.UNKNOWN, f"is dated {_span(-age)} in the future: the clocks differ, so its age is not known"
    if newest.size is not None and newest.size == 0:
        return BackupState.FAILED, "is empty: it failed"
    if age > limit:
        said = f"is {_span(age)} old; {_span(limit)} at most"
        return (BackupState.STALE, said) if backups.complete else (BackupState.UNKNOWN, f"{said}, and the list is not whole")
    if newest.size is not None and newest.size < LEAST_BYTES:
        return BackupState.TOO_SMALL, f"has {newest.size} bytes only"
    before = _before(newest, backups)
    if newest.size is not None and before is not None and newest.size < LEAST_SHARE * before:
        return BackupState.TOO_SMALL, f"has {newest.size:,} bytes; the one before had {before:,}"
    if newest.expires_at is not None and newest.expires_at - now < LEAST_LEFT:
        return BackupState.EXPIRING, f"expires in {_span(max(newest.expires_at - now, timedelta(0)))}; lock it, or make another"
    size = "" if newest.size is None else f", {newest.size:,} bytes"
    return BackupState.PROVEN, f"is {_span(max(age, timedelta(0)))} old{size}"


def _before(newest: Backup, backups: Backups) -> int | None:
    """Return the size of the newest earlier backup that tells one; None when none does."""
    earlier = sorted((b for b in backups.backups if b.created_at < newest.created_at), key=lambda b: b.created_at, reverse=True)
    return next((b.size for b in earlier if b.size), None)


def _name(backup: Backup) -> str:
    return f"backup {backup.id}"


def _span(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
