"""Costs that somebody writes down (R119): the line must exist, the amount be money, the month be running or over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from strideiq_console.domain.cost import CostEntry
from strideiq_console.domain.fault import StoreError, UsageError
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.untrusted import clean_line, is_clean
from strideiq_console.settings.model import Settings
from strideiq_console.store.store import Store

if TYPE_CHECKING:
    from strideiq_console.domain.policy.month import Month

NOTE_LIMIT = 200
_NOTHING = "nothing was entered"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asks to enter, word by word. ``month`` is ``2026-11``, ``""`` for the running one."""

    service: str
    environment: str = ""
    month: str = ""
    amount: str = ""
    note: str = ""


class CostBook:
    """The entries of the store, kept in memory until somebody writes to it. ``failed`` is told a store that refuses to be read."""

    def __init__(self, store: Store | None, settings: Settings, clock: Clock, failed: Callable[[StoreError], None]) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock
        self._failed = failed
        self._entries: tuple[CostEntry, ...] | None = None
        self._version = 0

    def entries(self) -> tuple[CostEntry, ...]:
        """Return the newest entry of each line and month; what was known before, when the store cannot be read."""
        if self._store is None:
            return ()
        try:
            version = self._store.version()
            if self._entries is None or version != self._version:
                self._entries, self._version = self._store.cost_entries.newest(), version
        except StoreError as error:
            self._failed(error)
        return self._entries or ()

    def enter(self, wanted: Wanted, month: Month) -> CostEntry:
        """Keep an amount and return it as it was kept. UsageError says what is wrong with the words, and nothing is lost."""
        from strideiq_console.domain.money import amount_of

        place = self._place(wanted, month)
        try:
            amount = amount_of(wanted.amount)
        except ValueError as error:
            raise UsageError(str(error), consequence=_NOTHING) from error
        if len(wanted.note) > NOTE_LIMIT or not is_clean(wanted.note):
            cause = f"a note is one line of at most {NOTE_LIMIT} characters, without control characters"
            raise UsageError(cause, consequence=_NOTHING)
        kept = self._opened().cost_entries.record(replace(place, amount=amount, note=wanted.note.strip()))
        self._entries = None
        return kept

    def take_back(self, wanted: Wanted, month: Month) -> CostEntry:
        """Let an entry count no more, and return it. UsageError when there is none to take back."""
        place = self._place(wanted, month)
        mine = (place.service, place.environment, place.month)
        found = next((e for e in self.entries() if (e.service, e.environment, e.month) == mine), None)
        if found is None:
            where = f"{place.service} {place.environment}".rstrip()
            raise UsageError(f"nothing is entered for {where} in {place.month}", consequence="nothing was taken back")
        self._opened().cost_entries.take_back(replace(place, note=wanted.note.strip()[:NOTE_LIMIT]))
        self._entries = None
        return found

    def _opened(self) -> Store:
        if self._store is None:
            cause = f"the store in {self._settings.state} cannot be opened"
            raise StoreError(cause, consequence=_NOTHING, next_step="strideiq doctor says why")
        return self._store

    def _place(self, wanted: Wanted, month: Month) -> CostEntry:
        """Return the line and month that words name, as an entry of nothing."""
        from decimal import Decimal

        lines = {line.service: line for line in reversed(tuple(month.all_lines)) if line.service}
        named = self._named(wanted.service, tuple(reversed(lines)))
        places = [environment.name for environment in self._settings.environments if not environment.local]
        if wanted.environment and wanted.environment not in places:
            cause = f"there is no environment '{clean_line(wanted.environment, limit=60)}'"
            raise UsageError(cause, consequence=_NOTHING, next_step=f"one of {', '.join(places)}")
        if wanted.environment and any(part.service != named for part in lines[named].parts):
            cause = f"{lines[named].name} is entered as one bill, not by environment"
            raise UsageError(cause, consequence=_NOTHING, next_step="leave the environment out, or name one of its lines")
        return CostEntry(
            named, wanted.environment, self._month(wanted.month), Decimal(0), self._clock.now(), self._settings.founder
        )

    def _named(self, service: str, known: tuple[str, ...]) -> str:
        """Return the word of a service: its own, its name, or the component that it alone has (``api``)."""
        from strideiq_console.domain.policy.budget import key_of

        word = key_of(service)
        components = [line.key for line in self._settings.budget.lines if word and line.component == word]
        if word in known:
            return word
        if len(components) == 1:
            return components[0]
        from difflib import get_close_matches

        near = get_close_matches(word, known, n=1)
        shown = clean_line(service, limit=60)
        step = f"perhaps {near[0]}" if near else f"one of {', '.join(known)}"
        raise UsageError(f"the month has no line '{shown}'", consequence=_NOTHING, next_step=step)

    def _month(self, month: str) -> str:
        from strideiq_console.domain.money import month_fault
        from strideiq_console.domain.policy.spending import span_of

        running = span_of(self._clock.now()).name
        cause = month_fault(month) if month else ""
        if not cause and month > running:
            cause = f"{month} has not begun: this is {running}"
        if cause:
            raise UsageError(cause, consequence=_NOTHING)
        return month or running
