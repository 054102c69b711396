"""This machine's clock against those of the providers: ages, expiries and waits are counted with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from strideiq_console.domain.finding import Finding
from strideiq_console.domain.reading import Level
from strideiq_console.services.checkup.examination import Examination, Patient

TOLERATED = timedelta(minutes=2)
CHECK, SUBJECT = "clock", "this machine"
_FIX = "switch network time on (Linux: timedatectl set-ntp true; macOS: System Settings, General, Date & Time), then look again"


def examinations(patient: Patient) -> Iterator[Examination]:
    """Yield the examination of the clock, by the times that providers told in the answers so far; no request is made for it."""
    told = patient.outside.skews
    if told is None:
        return

    async def ask() -> tuple[Finding, ...]:
        return tuple(judge(told()))

    yield Examination(CHECK, SUBJECT, ask)


def judge(skews: Mapping[str, timedelta]) -> Iterator[Finding]:
    """Yield whether the machine's clock is right; a provider that is alone in another time has the wrong one itself."""
    if not skews:
        yield Finding(CHECK, SUBJECT, Level.UNKNOWN, "no provider has answered with its time", "run strideiq doctor again")
        return
    off = {name: skew for name, skew in skews.items() if abs(skew) > TOLERATED}
    if len(off) == len(skews):
        nearest = min(off.values(), key=abs)
        way = "behind" if nearest > timedelta(0) else "ahead of"
        cause = f"{_minutes(nearest)} {way} {', '.join(sorted(off))}: ages, ends of tokens and waits are wrong by that"
        yield Finding(CHECK, SUBJECT, Level.WARNING, cause, _FIX)
        return
    right = ", ".join(sorted(skews.keys() - off.keys()))
    yield Finding(CHECK, SUBJECT, Level.OK, f"within {_minutes(TOLERATED)} of {right}")
    for name, skew in sorted(off.items()):
        way = "ahead" if skew > timedelta(0) else "behind"
        cause = f"{_minutes(skew)} {way}, where others agree with this machine: a proxy's, or its own clock is wrong"
        yield Finding(CHECK, name, Level.WARNING, cause, "look at the proxy on the way, and at the provider's status page")


def _minutes(skew: timedelta) -> str:
    return f"{abs(skew).total_seconds() / 60:.0f} min"
