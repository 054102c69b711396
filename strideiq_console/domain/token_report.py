"""What the token doctor finds out about one token (R82); never the token itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from strideiq_console.domain.fault import Fault

SOON = timedelta(days=14)
"""A token that ends within this time is a warning: it must not end on the night of an incident."""


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission. ``name`` as the provider's form calls it, ``needed_for`` in the console's words.

    ``held`` is None when it cannot be found out without changing something.
    """

    name: str
    needed_for: str
    held: bool | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class TokenReport:
    """Whose a token is, which kind, and what it may do. ``expires_at`` None with ``expiry_known`` means: it never expires."""

    provider: str
    who: str
    kind: str = ""
    scope: str = ""
    permissions: tuple[Permission, ...] = ()
    expires_at: datetime | None = None
    expiry_known: bool = False
    notes: tuple[str, ...] = ()

    @property
    def lacks(self) -> tuple[Permission, ...]:
        """Return the permissions that it certainly lacks."""
        return tuple(p for p in self.permissions if p.held is False)

    def ended(self, now: datetime) -> bool:
        """Say whether it has ended at a time; one whose end is not told has not."""
        return self.expires_at is not None and self.expires_at <= now

    def ends_soon(self, now: datetime) -> bool:
        """Say whether it ends within :data:`SOON`, or has ended."""
        return self.expires_at is not None and self.expires_at - now < SOON


@dataclass(frozen=True, slots=True)
class TokenFinding:
    """The answer about the token kept under ``name``: a report, or the fault that came instead."""

    name: str
    report: TokenReport | None
    fault: Fault | None
