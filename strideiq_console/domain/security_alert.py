"""What GitHub warns of: vulnerable dependencies, code findings, leaked secrets, in one type; with the port for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class AlertKind(StrEnum):
    """Who found it."""

    DEPENDENCY = "dependency"
    CODE = "code"
    SECRET = "secret"  # noqa: S105 - a word, not a password


class AlertSeverity(StrEnum):
    """How bad it is. A leaked secret is critical until its issuer says that it is dead."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    UNKNOWN = "unknown"


class AlertState(StrEnum):
    """Whether somebody must still do something."""

    OPEN = "open"
    FIXED = "fixed"
    DISMISSED = "dismissed"
    UNKNOWN = "unknown"


class AlertSource(StrEnum):
    """Whether a kind of alert is watched at all. Only ``ON`` makes an empty list good news."""

    ON = "on"
    OFF = "switched off"
    NEVER = "never ran"
    UNREADABLE = "not readable"


@dataclass(frozen=True, slots=True)
class SecurityAlert:
    """One alert. Never holds the secret that leaked. ``what`` is the advisory, rule or kind of secret in words.

    ``package`` with ``ecosystem``, ``affected`` and ``fixed_in`` are of dependencies; ``fixed_in`` None: no fixed version exists.
    ``path`` is the manifest or the file. ``identifier`` is a GHSA or CVE number, a rule's id or a secret's type.
    """

    kind: AlertKind
    number: int
    state: AlertState
    severity: AlertSeverity
    what: str
    identifier: str
    created_at: datetime | None
    url: str = ""
    path: str = ""
    package: str = ""
    ecosystem: str = ""
    affected: str = ""
    fixed_in: str | None = None
    dismissed_reason: str = ""
    development: bool | None = None

    def age(self, now: datetime) -> timedelta | None:
        """Return how long it has been known."""
        return None if self.created_at is None else max(now - self.created_at, timedelta(0))


@dataclass(frozen=True, slots=True)
class AlertList:
    """The alerts of one kind, and whether that kind is watched. ``note`` says why not and what to do, in a sentence.

    ``complete`` is false when more are known to exist: then a count is a lower bound.
    """

    kind: AlertKind
    source: AlertSource
    alerts: tuple[SecurityAlert, ...] = ()
    complete: bool = True
    note: str = ""

    @property
    def clear(self) -> bool | None:
        """Say whether nothing is open; None when that is not known."""
        if any(alert.state in (AlertState.OPEN, AlertState.UNKNOWN) for alert in self.alerts):
            return False
        return True if self.source is AlertSource.ON and self.complete else None


class SecurityAlerts(Protocol):
    """Alerts of the repository. A kind that is switched off or not readable is a value; a broken network raises."""

    async def dependencies(self) -> AlertList:
        """Return Dependabot's open alerts."""
        ...

    async def code(self) -> AlertList:
        """Return the open alerts of code scanning."""
        ...

    async def secrets(self) -> AlertList:
        """Return the open alerts of secret scanning; the secrets themselves never cross the wire."""
        ...

    async def all(self) -> tuple[AlertList, ...]:
        """Return all three kinds."""
        ...

    async def dependencies_watched(self) -> bool | None:
        """Say whether Dependabot alerts are switched on; None when the token may not see it."""
        ...
