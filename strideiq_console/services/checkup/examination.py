"""One question of the doctor's: what it is about, and how it is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from strideiq_console.domain.environment import Environment
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.outside import Outside
from strideiq_console.settings.model import Settings

Ask = Callable[[], Awaitable[Iterable[Finding]]]


@dataclass(frozen=True, slots=True)
class Examination:
    """``check`` and ``subject`` are those of the finding that says it failed or took too long."""

    check: str
    subject: str
    ask: Ask


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined: the outside as configured, the settings, the time."""

    outside: Outside
    settings: Settings
    now: Callable[[], datetime]

    @property
    def served(self) -> tuple[Environment, ...]:
        """Return the environments that are not this machine."""
        return tuple(e for e in self.settings.environments if not e.local)
