"""A read-only command of the founder's own that prints measured values as JSON, for what no exporter offers (R107).

It prints one object, times in ISO 8601 with an offset, values in the quantity's unit, at most 500 entries::

    {"metrics": [{"quantity": "daily_active_users", "value": 214, "at": "2026-01-09T06:00:00Z", "part": "", "n": 214}],
     "note": "counted in the reporting copy"}

``at`` may be left out (now), ``value`` may be null (a gap). Other fields are ignored. It ends with code 0.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.metric import Metrics, Quantity, Sample, Series
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.secret import Redactor
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers import child
from strideiq_console.providers.http.answer import strict_json

SOURCE = "command"
CAP = 256 * 1024
MOST_ENTRIES = 500
AHEAD = timedelta(minutes=15)
"""How far a time may lie in the future: clocks differ."""

_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_BY_HAND = "Run the command by hand and look at what it prints"


class _Entry(msgspec.Struct):
    quantity: Quantity
    value: float | None
    at: _Moment | None = None
    part: str = ""
    n: Annotated[int, msgspec.Meta(ge=0)] | None = None
    note: str = ""


class _Printed(msgspec.Struct):
    metrics: Annotated[list[_Entry], msgspec.Meta(max_length=MOST_ENTRIES)]
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Teller:
    name: str

    def error(self, kind: FaultKind, cause: str, next_step: str = _BY_HAND) -> OutsideError:
        shown = clean_line(f"the command {self.name}: {cause}", limit=400)
        return OutsideError(Fault(kind, SOURCE, shown, "Its values are unknown", next_step))


class Command:
    """One configured command of one environment (port ``MetricsSource``).

    ``argv`` comes from the user's own settings only, never from a file of the clone. The child gets the allow-listed part of
    ``environ`` and the variables named in ``pass_environment``; the console's tokens never. ``timeout`` in seconds.
    """

    def __init__(
        self,
        *,
        name: str,
        argv: Sequence[str],
        environment: str,
        clock: Clock,
        environ: Mapping[str, str] = os.environ,
        pass_environment: Sequence[str] = (),
        cwd: Path | None = None,
        timeout: float = 30.0,
        redact: Callable[[str], str] | None = None,
    ) -> None:
        self._tell = _Teller(clean_line(name, limit=60))
        self._argv = tuple(argv)
        self._environment = environment
        self._clock = clock
        self._env = child.allowed(environ, pass_environment)
        self._cwd = cwd
        self._timeout = timeout
        self._redact = redact or Redactor()

    @property
    def source(self) -> str:
        """Return the word that its readings and faults carry."""
        return SOURCE

    async def metrics(self, environment: str, window: timedelta) -> Metrics:
        """Run the command and return what it printed; OutsideError names the command and what is wrong with it or its output."""
        if environment != self._environment:
            return Metrics(environment, SOURCE, note=f"the command {self._tell.name} is of {self._environment}")
        done = await child.run(
            self._argv, cwd=self._cwd, env=self._env, timeout=self._timeout, cap=CAP, source=SOURCE, redact=self._redact
        )
        if done.code:
            words = done.last_words(self._redact) or "it said nothing"
            ended = f"was ended by signal {-done.code}" if done.code < 0 else f"ended with code {done.code}"
            raise self._tell.error(FaultKind.LOCAL, f"{ended}: {words}")
        if done.truncated:
            raise self._tell.error(FaultKind.TOO_LARGE, f"it printed more than {CAP // 1024} KiB")
        return self._read(done.stdout)

    def _read(self, printed: bytes) -> Metrics:
        try:
            found = msgspec.convert(strict_json(printed), _Printed)
        except msgspec.ValidationError as error:
            raise self._tell.error(FaultKind.MALFORMED, f"it printed another shape: {self._redact(str(error))}") from None
        except (ValueError, OverflowError) as error:
            raise self._tell.error(FaultKind.MALFORMED, f"it printed {self._redact(str(error))}") from None
        now = self._clock.now()
        for number, entry in enumerate(found.metrics):
            if problem := _problem(entry, now):
                raise self._tell.error(FaultKind.MALFORMED, f"it printed {problem} - at `$.metrics[{number}]`")
        if len({(e.quantity, e.part, e.at) for e in found.metrics}) < len(found.metrics):
            raise self._tell.error(
                FaultKind.MALFORMED, "it printed two values for one quantity, part and time, or one of them twice"
            )
        return Metrics(self._environment, SOURCE, self._series(found.metrics, now), note=self._line(found.note))

    def _series(self, entries: Sequence[_Entry], now: datetime) -> tuple[Series, ...]:
        grouped: dict[tuple[Quantity, str], list[_Entry]] = {}
        for entry in entries:
            grouped.setdefault((entry.quantity, self._line(entry.part)), []).append(entry)
        return tuple(self._one(quantity, part, of, now) for (quantity, part), of in grouped.items())

    def _one(self, quantity: Quantity, part: str, entries: list[_Entry], now: datetime) -> Series:
        ordered = sorted(entries, key=lambda e: e.at or now)
        samples = tuple(Sample(entry.at or now, entry.value) for entry in ordered)
        newest = ordered[-1]
        return Series(quantity, self._environment, SOURCE, samples, part=part, n=newest.n, note=self._line(newest.note))

    def _line(self, text: str) -> str:
        return clean_line(self._redact(text), limit=200)


def _problem(entry: _Entry, now: datetime) -> str:
    """Return what a well-shaped entry says that cannot be, ``""`` when nothing."""
    if entry.value is not None and entry.value < 0:
        return "a value below 0"
    if entry.value is not None and entry.quantity.unit == "ratio" and entry.value > 1:
        return f"a share above 1 for {entry.quantity}"
    return "a time in the future" if entry.at is not None and entry.at > now + AHEAD else ""
