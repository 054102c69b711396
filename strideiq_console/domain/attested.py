"""What only a person can vouch for, on a day: a restore that was tried (R92), and what staging's data is (R11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from strideiq_console.domain.environment import Environment
from strideiq_console.domain.manual_entry import ManualEntry, Validity
from strideiq_console.domain.reading import Level

RESTORE_DRILL, STAGING_DATA = "restore_drill", "staging_data"
DATED = (RESTORE_DRILL, STAGING_DATA)
"""Names of entries that have a day and no value."""
LASTS = timedelta(days=90)
"""For how long a day counts: a restore is tried again after it, however long its entry says that it holds (R92)."""
_HARMLESS = ("synthetic", "sanitized", "sanitised")


class AttestedState(StrEnum):
    """Whether somebody vouches for it today. ``UNSAID``: an entry counts, and does not say what it vouches for."""

    CURRENT = "current"
    OVERDUE = "overdue"
    FUTURE = "dated in the future"
    UNSAID = "unsaid"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Attested:
    """Where one of these stands. ``entry`` is the one that counts, or the one whose day is still to come; None: there is none.

    ``days`` is how long ago its day was, None without one that was. ``ends`` is the last day on which it counts.
    """

    name: str
    environment: str
    state: AttestedState
    entry: ManualEntry | None = None
    days: int | None = None
    ends: date | None = None

    @property
    def level(self) -> Level:
        """Judge it: a drill that is due is a warning, data that nobody vouches for is unknown; neither is ever good."""
        if self.state is AttestedState.CURRENT:
            return Level.OK
        return Level.WARNING if self.name == RESTORE_DRILL else Level.UNKNOWN


def harmless(note: str) -> bool:
    """Say whether a note begins by saying that data is no real user's: "synthetic", "sanitized", and more words behind it."""
    return note.strip().lower().startswith(_HARMLESS)


def last_day(entered: date) -> date:
    """Return the last day on which an entry of a day counts, where nobody says another; the last of all where there is none."""
    return entered + LASTS if entered <= date.max - LASTS else date.max


def restore_drill(entries: Iterable[ManualEntry], environment: str, now: datetime) -> Attested:
    """Return when the restore of an environment's backup was last tried (R92)."""
    return _attested(RESTORE_DRILL, entries, environment, now)


def data_class(entries: Iterable[ManualEntry], environment: str, now: datetime) -> Attested:
    """Return who vouches that an environment's data is no real user's, since when (R11)."""
    found = _attested(STAGING_DATA, entries, environment, now)
    if found.state is AttestedState.CURRENT and found.entry is not None and not harmless(found.entry.note):
        return Attested(found.name, environment, AttestedState.UNSAID, found.entry, found.days, found.ends)
    return found


def wanted_of(entries: tuple[ManualEntry, ...], environment: Environment, now: datetime) -> Attested | None:
    """Return what must be vouched for in an environment; None where nothing must: the own machine, or nothing is there yet (R1)."""
    if environment.local or not (environment.url or environment.api):
        return None
    judge = restore_drill if environment.production else data_class
    return judge(entries, environment.name, now)


def _attested(name: str, entries: Iterable[ManualEntry], environment: str, now: datetime) -> Attested:
    """Judge the newest entry whose day has come; one that is still to come hides no earlier one, and vouches for nothing."""
    mine = sorted(
        (e for e in entries if e.name == name and e.environment in ("", environment) and not e.problem()),
        key=lambda e: (e.entered, e.expires, bool(e.environment)),
    )
    past = [e for e in mine if e.validity(now) is not Validity.FUTURE]
    if not past:
        state = AttestedState.FUTURE if mine else AttestedState.NONE
        return Attested(name, environment, state, mine[-1] if mine else None)
    entry = past[-1]
    today = now.astimezone(UTC).date()
    ends = min(entry.expires, last_day(entry.entered)) if name == RESTORE_DRILL else entry.expires
    state = AttestedState.CURRENT if today <= ends else AttestedState.OVERDUE
    return Attested(name, environment, state, entry, (today - entry.entered).days, ends)
