"""Section 9 of the architecture document: severity levels and the time each leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Severity:
    """A severity level. ``limit`` None: no clock (P4 waits for the next sprint)."""

    name: str
    definition: str
    limit: timedelta | None


SEVERITIES = {
    "P1": Severity("P1", "service down", timedelta(minutes=15)),
    "P2": Severity("P2", "major feature broken", timedelta(hours=1)),
    "P3": Severity("P3", "minor issue", timedelta(hours=24)),
    "P4": Severity("P4", "enhancement", None),
}
DEFAULT_SEVERITY = "P1"
