"""A line of the running month, and how lines are added up: a sum of partial data is a lower bound, unknown stays unknown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from strideiq_console.domain.cost import CostEntry, CostKind, CostLine
from strideiq_console.domain.fault import Fault


@dataclass(frozen=True, slots=True)
class MonthSide:
    """Planned, actual to date and forecast. None: unknown. A figure that is not complete is a lower bound, shown as "at least"."""

    planned: Decimal = Decimal(0)
    actual: Decimal | None = None
    forecast: Decimal | None = None
    complete: bool = False
    forecast_complete: bool = False

    @property
    def delta(self) -> Decimal | None:
        """Return forecast minus plan; None when there is no forecast."""
        return None if self.forecast is None else self.forecast - self.planned


@dataclass(frozen=True, slots=True)
class MonthLine(MonthSide):
    """A line of the month: a provider, a service, or a service in one environment.

    ``key`` is a path of words: ``railway``, ``railway-api``, ``railway-api/production``; an entry of it names ``service`` and
    :attr:`place`. ``kind`` is None where nothing is known, or where a sum holds several kinds. ``method`` says how the
    forecast was made, ``source`` and ``seen`` where the actual figure comes from and when. ``metered`` is what an entry hides.
    ``plan`` is a leaf's planned amount by environment, also where nobody splits the actual one.
    """

    key: str = ""
    name: str = ""
    service: str = ""
    environment: str = ""
    kind: CostKind | None = None
    method: str = ""
    source: str = ""
    seen: datetime | None = None
    fault: Fault | None = None
    note: str = ""
    entry: CostEntry | None = None
    metered: Decimal | None = None
    in_plan: bool = True
    plan: tuple[tuple[str, Decimal], ...] = ()
    uses: tuple[CostLine, ...] = ()
    parts: tuple[MonthLine, ...] = ()

    @property
    def place(self) -> str:
        """Return the environment that an entry of this line names: ``""`` for a service as a whole."""
        return "" if self.key == self.service else self.environment

    @property
    def leaves(self) -> tuple[MonthLine, ...]:
        """Return the lines that have no parts, itself when it is one."""
        return tuple(leaf for part in self.parts for leaf in part.leaves) if self.parts else (self,)


def together(sides: Iterable[MonthSide]) -> MonthSide:
    """Add lines up. Unknown parts make the sum a lower bound; when every part is unknown, so is the sum."""
    kept = tuple(sides)
    actual = [side.actual for side in kept if side.actual is not None]
    forecast = [side.forecast for side in kept if side.forecast is not None]
    return MonthSide(
        sum((side.planned for side in kept), Decimal(0)),
        sum(actual, Decimal(0)) if actual else None,
        sum(forecast, Decimal(0)) if forecast else None,
        all(side.complete for side in kept),
        all(side.forecast_complete for side in kept),
    )


def told(lines: Iterable[MonthLine]) -> MonthSide:
    """Add lines up as :func:`together` does, but unknown where every amount is an assumption: a plan is no measurement."""
    kept = tuple(lines)
    found = together(kept)
    if any(line.kind not in (None, CostKind.ASSUMED) for top in kept for line in walk(top)):
        return found
    return MonthSide(found.planned)


def walk(line: MonthLine) -> Iterator[MonthLine]:
    """Yield a line and everything below it, in the order of the screen."""
    yield line
    for part in line.parts:
        yield from walk(part)
