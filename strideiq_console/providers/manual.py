"""What the founder entered by hand in the settings, offered like every source; expired entries are unknown (R90, R107, R119)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from strideiq_console.domain.fault import ConfigurationError, Fault, FaultKind
from strideiq_console.domain.manual_entry import ManualEntry, Validity
from strideiq_console.domain.metric import Metrics, Quantity, Sample, Series
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.reading import Reading
from strideiq_console.domain.untrusted import clean_line

SOURCE = "manual"
_RENEW = "Enter it anew with today's date in config.toml"
_WORDS = frozenset(quantity.value for quantity in Quantity)


class Manual:
    """Entries by hand (port ``MetricsSource``; no I/O). ConfigurationError names the first entry that cannot be used.

    Of several entries for the same thing the newest counts, also when it has expired and an older one has not.
    """

    def __init__(self, *, entries: Sequence[ManualEntry], clock: Clock) -> None:
        for number, entry in enumerate(entries, 1):
            if problem := _problem(entry):
                name = clean_line(entry.name, limit=60)
                raise ConfigurationError(f"manual entry {number} ({name}) {problem}", next_step="Correct it in config.toml")
        self._entries = tuple(sorted(entries, key=lambda e: (e.entered, e.expires)))
        self._clock = clock

    @property
    def source(self) -> str:
        """Return the word that its readings and faults carry."""
        return SOURCE

    async def metrics(self, environment: str, window: timedelta) -> Metrics:
        """Return the entries that are quantities; an expired one has no sample, and its note and ``missing`` say why."""
        now = self._clock.now()
        found = {(e.name, e.part): e for e in self._of(environment) if e.name in _WORDS}
        series = tuple(_series(entry, environment, now) for entry in found.values())
        missing = tuple((s.quantity, s.note) for s in series if not s.samples)
        return Metrics(environment, SOURCE, series, missing=missing, complete=not missing)

    def reading(self, name: str, environment: str = "") -> Reading[ManualEntry]:
        """Return the entry of a name; without a value and with a fault when there is none, or none that counts today."""
        now = self._clock.now()
        entry = next((e for e in reversed(self._of(environment)) if e.name == name), None)
        shown = clean_line(name, limit=60)
        if entry is None:
            fault = Fault(FaultKind.NOT_CONFIGURED, SOURCE, f"nothing is entered for {shown}", "It is unknown", _RENEW, at=now)
            return Reading(SOURCE, fault=fault, tried=now)
        if entry.validity(now) is Validity.CURRENT:
            return Reading(SOURCE, entry, entry.seen, tried=now)
        cause = f"{shown}: {entry.sentence(now)}"
        return Reading(SOURCE, fault=Fault(FaultKind.MISSING, SOURCE, cause, "It is unknown", _RENEW, at=now), tried=now)

    def _of(self, environment: str) -> tuple[ManualEntry, ...]:
        """Return the entries that hold for an environment, oldest first; of one day, those named for it come last."""
        held = (e for e in self._entries if e.environment in ("", environment))
        return tuple(sorted(held, key=lambda e: (e.entered, bool(e.environment))))


def _series(entry: ManualEntry, environment: str, now: datetime) -> Series:
    samples = (Sample(entry.seen, entry.value),) if entry.validity(now) is Validity.CURRENT and entry.value is not None else ()
    note = "; ".join(words for words in (entry.sentence(now), clean_line(entry.note, limit=200)) if words)
    part = clean_line(entry.part, limit=100)
    return Series(Quantity(entry.name), environment, SOURCE, samples, part=part, note=note, complete=bool(samples))


def _problem(entry: ManualEntry) -> str:
    problem = entry.problem()
    if problem or entry.name not in _WORDS:
        return problem
    if entry.value is None:
        return "has no value"
    return "is a share and must lie between 0 and 1" if Quantity(entry.name).unit == "ratio" and entry.value > 1 else ""
