"""A whole evening in each of the five looks: not configured, nothing read yet, fresh, two hours old, every source failing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.reading import Reading
from strideiq_console.settings.model import UiSettings
from strideiq_console.ui.app import ConsoleApp
from tests.presentation.facts import NOW
from tests.presentation.measured_facts import whole

from .fakes import FakeConsole, FakeEngine
from .made_standings import gate

STEPS = {
    "github": ("no repository", 'set repository = "owner/name" in [github] of config.toml'),
    "vercel": ("no Vercel token", "strideiq secrets set vercel, or set STRIDEIQ_VERCEL_TOKEN"),
    "railway": ("no Railway token", "strideiq secrets set railway, or set STRIDEIQ_RAILWAY_TOKEN"),
    "prometheus": ("no Prometheus", "set url in [prometheus] of config.toml"),
    "probe": ("no address of the environment", "set url and health in [environments.production] of config.toml"),
    "git": ("no clone of the repository", "start strideiq inside the clone, or set clone in config.toml"),
}
"""What is missing and what helps, in the words of the catalogue of providers."""
FAILURES = {
    "github": (FaultKind.RATE_LIMITED, "the hourly limit is used up", ""),
    "vercel": (FaultKind.UNAUTHORISED, "the token was refused", "strideiq secrets set vercel"),
    "railway": (FaultKind.TIMEOUT, "no answer within 15 s", "press r to read again"),
    "prometheus": (FaultKind.UNREACHABLE, "the connection was refused", "press r to read again"),
    "probe": (FaultKind.UNREACHABLE, "the network is unreachable", "press r to read again"),
    "git": (FaultKind.LOCAL, "the index is locked by another git", "press r to read again"),
}


def _unconfigured(reading: Reading[Any]) -> Reading[Any]:
    cause, step = STEPS.get(reading.source, (f"{reading.source} is not configured", "strideiq doctor"))
    return Reading(
        reading.source, fault=Fault(FaultKind.NOT_CONFIGURED, reading.source, cause, next_step=step), period=reading.period
    )


def _unread(reading: Reading[Any]) -> Reading[Any]:
    return Reading(reading.source, period=reading.period)


def _failed(reading: Reading[Any]) -> Reading[Any]:
    kind, cause, step = FAILURES.get(reading.source, (FaultKind.TIMEOUT, "no answer within 15 s", "press r to read again"))
    later = NOW + timedelta(minutes=47)
    fault = Fault(kind, reading.source, cause, "", step, later, later if kind is FaultKind.RATE_LIMITED else None)
    return reading.failed(fault, NOW + timedelta(minutes=7))


def each_reading(facts: Facts, change: Callable[[Reading[Any]], Reading[Any]]) -> Facts:
    """Return the facts with every reading changed, those of a provider or an environment too."""
    changed: dict[str, Any] = {}
    for field in fields(facts):
        value = getattr(facts, field.name)
        if isinstance(value, Reading):
            changed[field.name] = change(value)
        elif isinstance(value, Mapping):
            changed[field.name] = {name: change(reading) for name, reading in value.items()}
    return replace(facts, **changed)


LOOKS: dict[str, Callable[[], tuple[Facts, datetime]]] = {
    "not-configured": lambda: (replace(each_reading(whole(), _unconfigured), verification=None), NOW),
    "never-seen": lambda: (replace(each_reading(whole(), _unread), verification=None), NOW),
    "fresh": lambda: (whole(p99=2400.0), NOW),
    "stale": lambda: (whole(p99=2400.0), NOW + timedelta(hours=2)),
    "failed": lambda: (each_reading(whole(p99=2400.0), _failed), NOW + timedelta(minutes=7)),
}
"""The facts of each look, and the time they are looked at."""


def troubled() -> tuple[Facts, datetime]:
    """Return an evening that has every tone: an alert, a red commit, a source that fails, one that is not configured."""
    known = whole(error_rate=0.072, p99=2400.0)
    return replace(
        known, pulls=_failed(known.pulls), costs={"railway": known.costs["railway"], "vercel": _unconfigured(known.costs["vercel"])}
    ), NOW


def looking(state: Path, facts: Facts, at: datetime, *, theme: str = "night") -> ConsoleApp:
    """Return the console over these facts at this time; its environments are those of the facts."""
    console = FakeConsole(state, facts=facts, engine=FakeEngine([gate()]), ui=UiSettings(theme=theme, glyphs="unicode"))
    console.settings = replace(console.settings, environments=facts.environments)
    console.clock.at = at
    app = ConsoleApp(console)  # type: ignore[arg-type]
    app.animation_level = "none"
    return app
