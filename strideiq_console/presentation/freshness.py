"""How a reading looks now: its look, its age where that matters, and the sentence that goes with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.reading import Look, Reading
from strideiq_console.presentation.age import age_words

_PERIOD = timedelta(seconds=60)
"""For a reading that does not say how often it is renewed."""

_CONFIGURE = {
    "github": "set [github] repository in config.toml and STRIDEIQ_GITHUB_TOKEN, then r",
    "vercel": "set [vercel] project in config.toml and STRIDEIQ_VERCEL_TOKEN, then r",
    "railway": "set [railway] project in config.toml and STRIDEIQ_RAILWAY_TOKEN, then r",
    "probe": "set url, api and health of the environment in config.toml, then r",
    "git": "start strideiq inside a clone, or set clone in config.toml",
}


@dataclass(frozen=True, slots=True)
class Freshness:
    """``look`` of a reading, its ``notice`` ("" when fresh), ``age`` in words when older than two periods, and its ``source``."""

    look: Look
    notice: str = ""
    age: str = ""
    source: str = ""

    @property
    def trusted(self) -> bool:
        """Say whether the value may be called the present state."""
        return self.look is Look.FRESH


def how_to_configure(source: str) -> str:
    """Return which key or variable configures a source."""
    return _CONFIGURE.get(source, f"configure {source} in config.toml, then r")


def freshness(reading: Reading[Any] | None, feed: str, now: datetime) -> Freshness:
    """Judge a reading of a feed (``runs``, ``health/production``, …); None is a feed that does not exist."""
    kind, _, name = feed.partition("/")
    source = reading.source if reading is not None and reading.source else name or kind
    if reading is None:
        return Freshness(Look.NOT_CONFIGURED, f"{source} is not configured: {how_to_configure(source)}.")
    period = reading.period if reading.period is not None else _PERIOD
    look = reading.look(now, period)
    seen = reading.age(now)
    old = age_words(seen) if seen is not None and seen > 2 * period else ""
    if look is Look.NOT_CONFIGURED:
        fault = reading.fault
        cause = fault.cause.rstrip(".") if fault is not None and fault.cause else f"{source} is not configured"
        step = fault.next_step if fault is not None and fault.next_step else how_to_configure(source)
        return Freshness(look, f"{cause}: {step.rstrip('.')}.", old)
    if look is Look.FAILED and reading.fault is not None:
        return Freshness(look, _failure(reading, now), old)
    if look is Look.NEVER_SEEN:
        return Freshness(look, _unread([source]), "", source)
    if look is Look.STALE:
        return Freshness(look, f"{source} was last read {old} ago: r or --live reads it again.", old)
    return Freshness(look, "" if reading.complete else f"{source} answered only in part: counts here are lower bounds.")


def _unread(sources: list[str]) -> str:
    names = sources[0] if len(sources) == 1 else f"{', '.join(sources[:-1])} and {sources[-1]}"
    return f"{names} {'has' if len(sources) == 1 else 'have'} not been read yet: r or --live reads now."


def _failure(reading: Reading[Any], now: datetime) -> str:
    fault = reading.fault
    if fault is None:
        return ""
    cause = fault.cause.rstrip(".") or str(fault.kind)
    age = reading.age(now)
    held = f"shown is what was seen {age_words(age)} ago" if age is not None else "nothing older is known"
    parts = [f"{fault.source or reading.source}: {cause}", held]
    if fault.next_step:
        parts.append(fault.next_step.rstrip("."))
    elif fault.kind is FaultKind.RATE_LIMITED and fault.retry_at is not None:
        parts.append(f"next try in {age_words(fault.retry_at - now)}")
    else:
        parts.append("press r, or use --live, to try again")
    return ". ".join(part[:1].upper() + part[1:] if i else part for i, part in enumerate(parts)) + "."


_WORST = (Look.FAILED, Look.STALE, Look.NEVER_SEEN, Look.FRESH, Look.NOT_CONFIGURED)


def together(parts: Iterable[Freshness]) -> Freshness:
    """Join several readings into the look of one panel: the worst counts, and each distinct notice is kept once.

    Not configured counts only when all of them are: one missing provider does not grey out the others.
    """
    known = list(parts)
    if not known:
        return Freshness(Look.FRESH)
    look = next(look for look in _WORST if any(part.look is look for part in known))
    unread = list(dict.fromkeys(part.source for part in known if part.look is Look.NEVER_SEEN))
    notices = list(dict.fromkeys(part.notice for part in known if part.notice and part.look is not Look.NEVER_SEEN))
    if unread:
        notices.insert(0, _unread(unread))
    age = next((part.age for part in known if part.age), "")
    return Freshness(look, " ".join(notices), age)
