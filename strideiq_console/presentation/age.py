"""Times in words: how long ago, how long it took, what the clock said."""

from __future__ import annotations

from datetime import datetime, timedelta


def age_words(age: timedelta) -> str:
    """Return an age in its largest unit: ``12 s``, ``14 min``, ``2 h``, ``3 d``."""
    seconds = max(int(age.total_seconds()), 0)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 24 * 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 86400} d"


def ago(at: datetime | None, now: datetime) -> str:
    """Return ``14 min ago``; an en dash when the time is not known."""
    return "–" if at is None else age_words(now - at) + " ago"


def since(at: datetime | None, now: datetime) -> str:
    """Return the age of a time in words; an en dash when it is not known."""
    return "–" if at is None else age_words(now - at)


def duration(span: timedelta) -> str:
    """Return a span as a stopwatch shows it: ``0:41``, ``2:14``, ``1:02:03``."""
    seconds = max(int(span.total_seconds()), 0)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def clock(at: datetime, now: datetime, *, seconds: bool = False) -> str:
    """Return the time of day of ``at`` in the time zone that ``now`` carries."""
    return at.astimezone(now.tzinfo).strftime("%H:%M:%S" if seconds else "%H:%M")
