"""How a reading looks now: its look, its age where that matters, and the sentence that goes with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from strideiq_console.domain.fault import Fault, FaultKind
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
    """``look`` of a reading, its ``notice`` ("" when fresh), ``age`` in words when older than two periods, and its ``source``.

    ``cause`` is why there is nothing newer, without its source and its next ``step``; ``held`` the age of what is shown instead.
    """

    look: Look
    notice: str = ""
    age: str = ""
    source: str = ""
    cause: str = ""
    step: str = ""
    held: str = ""

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
        step = fault.next_step.rstrip(".") if fault is not None and fault.next_step else how_to_configure(source)
        return Freshness(look, f"{_begun(cause)}: {step}.", old, source, cause, step)
    if look is Look.FAILED and reading.fault is not None:
        return _failure(reading, reading.fault, old, now)
    if look is Look.NEVER_SEEN:
        return Freshness(look, _unread([source]), "", source)
    if look is Look.STALE:
        return Freshness(look, _aged([source], old), old, source)
    return Freshness(look, "" if reading.complete else f"{source} answered only in part: counts here are lower bounds.", "", source)


def _begun(sentence: str) -> str:
    """Return a sentence with a capital at its beginning, where that is a word of the sentence and no name or command."""
    return sentence[:1].upper() + sentence[1:] if sentence.partition(" ")[0] in _WORDS else sentence


_WORDS = frozenset(("no", "press", "next", "shown", "nothing", "try", "wait", "set", "install", "check", "look", "start"))


def _failure(reading: Reading[Any], fault: Fault, old: str, now: datetime) -> Freshness:
    source, cause = fault.source or reading.source, fault.cause.rstrip(".") or str(fault.kind)
    age = reading.age(now)
    held = age_words(age) if age is not None else ""
    if fault.next_step:
        step = fault.next_step.rstrip(".")
    elif fault.kind is FaultKind.RATE_LIMITED and fault.retry_at is not None:
        step = f"next try in {age_words(fault.retry_at - now)}"
    else:
        step = "press r, or use --live, to try again"
    parts = (f"{source}: {cause}", _held(held), _begun(step))
    return Freshness(Look.FAILED, f"{'. '.join(parts)}.", old, source, cause, step, held)


def _held(age: str) -> str:
    return f"Shown is what was seen {age} ago" if age else "Nothing older is known"


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _unread(sources: Sequence[str]) -> str:
    return f"{_and(sources)} {'has' if len(sources) == 1 else 'have'} not been read yet: r or --live reads now."


def _aged(sources: Sequence[str], age: str) -> str:
    one = len(sources) == 1
    return f"{_and(sources)} {'was' if one else 'were'} last read {age} ago: r or --live reads {'it' if one else 'them'} again."


_WORST = (Look.FAILED, Look.STALE, Look.NEVER_SEEN, Look.FRESH, Look.NOT_CONFIGURED)
_TOLD = (Look.NEVER_SEEN, Look.FAILED, Look.STALE, Look.FRESH, Look.NOT_CONFIGURED)


def together(parts: Iterable[Freshness]) -> Freshness:
    """Join several readings into the look of one panel: the worst counts, and each distinct notice is kept once.

    Not configured counts only when all of them are: one missing provider does not grey out the others.
    """
    known = list(parts)
    if not known:
        return Freshness(Look.FRESH)
    look = next(look for look in _WORST if any(part.look is look for part in known))
    groups = (list(dict.fromkeys(part for part in known if part.look is told and part.notice)) for told in _TOLD)
    age = next((part.age for part in known if part.age), "")
    return Freshness(look, " ".join(_sentence(group) for group in groups if group), age)


def _sentence(group: Sequence[Freshness]) -> str:
    """Return the notices of sources that look alike as one sentence, as short as it can be."""
    sources = list(dict.fromkeys(part.source for part in group if part.source))
    if len({part.notice for part in group}) == 1 or len(sources) < 2:
        return " ".join(dict.fromkeys(part.notice for part in group))
    match group[0].look:
        case Look.NEVER_SEEN:
            return _unread(sources)
        case Look.STALE if len({part.age for part in group}) == 1:
            return _aged(sources, group[0].age)
        case Look.NOT_CONFIGURED:
            others = sources[1:]
            verb = "is" if len(others) == 1 else "are"
            return f"{group[0].notice} {_and(others)} {verb} not configured either: strideiq doctor says what to set."
        case Look.FAILED:
            return _failures(group)
    return " ".join(dict.fromkeys(part.notice for part in group))


def _failures(group: Sequence[Freshness]) -> str:
    """Return why each source gave nothing; sources with the same cause, and what is shown instead, are told once."""
    causes: dict[str, list[str]] = {}
    for part in group:
        causes.setdefault(part.cause, []).append(part.source)
    why = "; ".join(f"{_and(list(dict.fromkeys(sources)))}: {cause}" for cause, sources in causes.items())
    held = list(dict.fromkeys(part.held for part in group))
    shown = _held(held[0]) if len(held) == 1 else "Shown is what was seen before"
    steps = "; ".join(dict.fromkeys(part.step for part in group))
    return f"{why}. {shown}. {_begun(steps)}."
