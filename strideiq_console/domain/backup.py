"""Backups of the database: what is promised, and what is observed (R90-R92)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup. ``size`` in bytes, None when the provider does not say; ``expires_at`` None means kept until deleted."""

    id: str
    environment: str
    provider: str
    created_at: datetime
    name: str = ""
    size: int | None = None
    expires_at: datetime | None = None
    schedule: str | None = None


@dataclass(frozen=True, slots=True)
class BackupSchedule:
    """A schedule as the provider keeps it: ``kind`` in its own word (``DAILY``), how often, and how long each backup is kept."""

    environment: str
    provider: str
    kind: str
    every: timedelta | None
    retention: timedelta | None
    cron: str = ""


@dataclass(frozen=True, slots=True)
class Backups:
    """The backups of one environment's database volume, newest first, with their schedules."""

    environment: str
    provider: str
    backups: tuple[Backup, ...] = ()
    schedules: tuple[BackupSchedule, ...] = ()
    volume: str = ""
    complete: bool = True

    @property
    def newest(self) -> Backup | None:
        """Return the newest backup, None when there is none."""
        return max(self.backups, key=lambda b: b.created_at, default=None)


@dataclass(frozen=True, slots=True)
class StagedChanges:
    """Changes of an environment that wait to be applied, such as a restored volume. ``status`` in the provider's word, lower case.

    ``error`` is why the last attempt to apply them failed, ``""`` when none did.
    """

    id: str
    environment: str
    provider: str
    status: str
    message: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    error: str = ""

    @property
    def waiting(self) -> bool:
        """Say whether something waits to be applied."""
        return self.status == "staged"
