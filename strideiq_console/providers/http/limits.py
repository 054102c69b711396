"""What answers say of rate limits: how much is left, and how long to wait. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit, as last heard at ``heard``; ``resets`` counts in the console's own time."""

    remaining: int
    limit: int | None
    resets: datetime | None
    heard: datetime

    def current(self, now: datetime) -> bool:
        """Say whether the figures still mean anything: until the reset, or for a minute where no reset was named."""
        return now < (self.resets or self.heard + timedelta(seconds=60))


def allowance(headers: Mapping[str, str], now: datetime) -> Allowance | None:
    """Read ``x-ratelimit-*``; None when they are absent or speak of another bucket than the main one."""
    if headers.get("x-ratelimit-resource", "core") != "core":
        return None
    remaining = _count(headers.get("x-ratelimit-remaining"))
    if remaining is None:
        return None
    return Allowance(remaining, _count(headers.get("x-ratelimit-limit")), _reset(headers, now), now)


def is_limited(status: int, headers: Mapping[str, str], message: str) -> bool:
    """Say whether an answer means "too many requests": status, headers first, and GitHub's words for a secondary limit."""
    if status == 429:
        return True
    if status != 403:
        return False
    words = message.lower()
    return (
        "retry-after" in headers
        or headers.get("x-ratelimit-remaining") == "0"
        or "rate limit" in words
        or "abuse detection" in words
    )


def wait_of(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that a server asks to wait: ``retry-after``, else until the reset of a used-up limit.

    None where it names none, or a reset that is over: a refusal that may be repeated at once would be.
    """
    named = _retry_after(headers, now)
    if named is not None:
        return named
    reset = _reset(headers, now)
    if headers.get("x-ratelimit-remaining") == "0" and reset is not None and reset > now:
        return (reset - now).total_seconds()
    return None


def skew(headers: Mapping[str, str], sent: datetime, received: datetime) -> timedelta | None:
    """Return how far a server's clock is ahead of the console's (negative: behind), by the ``Date`` of an answer; None without one.

    It is zero where the date lies between sending and receiving, which it may by a second: a date has no fractions.
    """
    date = _date(headers.get("date"))
    if date is None:
        return None
    if date > received:
        return date - received
    return min(date + timedelta(seconds=1) + _cached(headers) - sent, timedelta(0))


def _cached(headers: Mapping[str, str]) -> timedelta:
    """Return how long an answer had lain in a cache on the way; its date is as old."""
    return min(timedelta(seconds=_count(headers.get("age")) or 0), LONGEST)


def _count(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _date(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    text = headers.get("retry-after")
    seconds = _count(text)
    if seconds is not None:
        return min(float(seconds), LONGEST.total_seconds())
    date = _date(text)
    if date is None:
        return None
    server = _date(headers.get("date")) or now
    return min(max((date - server).total_seconds(), 0.0), LONGEST.total_seconds())


def _reset(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return the reset in the console's time: what the server's own clock says is left, counted from now."""
    stamp = _count(headers.get("x-ratelimit-reset"))
    if stamp is None:
        return None
    if stamp < 1_000_000_000:  # not an epoch: seconds from now
        return now + min(timedelta(seconds=stamp), LONGEST)
    epoch = stamp / 1000 if stamp > 100_000_000_000 else float(stamp)
    server = _date(headers.get("date")) or now
    left = timedelta(seconds=min(max(epoch - server.timestamp(), 0.0), LONGEST.total_seconds()))
    return now + left
