"""What GitHub costs: the usage that it meters, after discounts, by product and SKU (minutes, gigabytes, seats)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

from msgspec import Struct

from strideiq_console.domain.cost import Charges, CostKind, CostLine, total
from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.github import wire_repository
from strideiq_console.providers.github.repository import SOURCE, Repository
from strideiq_console.providers.wire import decode

_MOST_MONTHS = 24
NOT_INCLUDED = "The plan's fee, seats and taxes are not in GitHub's usage report"


class UsageItem(Struct, rename="camel"):
    """One line of the usage report."""

    date: str
    product: str
    sku: str
    quantity: float
    unit_type: str
    net_amount: float
    repository_name: str = ""


class UsageReport(Struct, rename="camel"):
    """The usage report."""

    usage_items: list[UsageItem]


class SummaryItem(Struct, rename="camel"):
    """One line of the summary; ``gross_quantity`` is what was used, ``net_amount`` what is left to pay."""

    product: str
    sku: str
    unit_type: str
    gross_quantity: float
    net_amount: float


class Summary(Struct, rename="camel"):
    """The summary of a month."""

    usage_items: list[SummaryItem]


class GitHubBilling:
    """Implements ``code_host.HostCosts``. Whether the owner is a user or an organization is asked for once."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._root: str | None = None

    async def charges(self, start: datetime, end: datetime, *, everything: bool = False) -> Charges:
        """Return what was used from ``start`` (inclusive) to ``end`` (exclusive), after discounts, in whole days (UTC).

        Only what GitHub puts down to this repository, or with ``everything`` to the whole account.
        """
        first, last = start.astimezone(UTC), end.astimezone(UTC)
        if last <= first:
            raise UsageError("the period ends before it begins")
        months = list(_months(first.date(), last))
        if len(months) > _MOST_MONTHS:
            raise UsageError(f"at most {_MOST_MONTHS} months are read at once")
        path, items = f"{await self._owner()}/usage", []
        for year, month in months:
            answer = await self._repository.get(path, {"year": year, "month": month})
            items += decode(SOURCE, "the billing usage", answer.json(), UsageReport).usage_items
        within = [item for item in items if first.date() <= _day(item) and _before(_day(item), last)]
        own = within if everything else [item for item in within if self._ours(item.repository_name)]
        rest = total(_line(i.product, i.sku, i.unit_type, i.quantity, i.net_amount) for i in within) - total(
            _line(i.product, i.sku, i.unit_type, i.quantity, i.net_amount) for i in own
        )
        lines = _summed(_line(i.product, i.sku, i.unit_type, i.quantity, i.net_amount) for i in own)
        note = NOT_INCLUDED + (f"; USD {rest.normalize():f} of the account's other repositories is left out" if rest else "")
        return Charges(SOURCE, lines, first, last, note=note)

    async def month(self, year: int, month: int) -> Charges:
        """Return GitHub's own summary of one month for this repository."""
        start, end = datetime(year, month, 1, tzinfo=UTC), datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        params: dict[str, str | int] = {"year": year, "month": month, "repository": self._repository.name}
        answer = await self._repository.get(f"{await self._owner()}/usage/summary", params)
        items = decode(SOURCE, "the billing summary", answer.json(), Summary).usage_items
        lines = _summed(_line(i.product, i.sku, i.unit_type, i.gross_quantity, i.net_amount) for i in items)
        return Charges(SOURCE, lines, start, end, note=NOT_INCLUDED)

    async def _owner(self) -> str:
        if self._root is None:
            repository = self._repository
            facts = await repository.one("the repository", wire_repository.Facts, repository.path())
            kind = "organizations" if facts.owner.type == "Organization" else "users"
            self._root = f"/{kind}/{repository.owner}/settings/billing"
        return self._root

    def _ours(self, name: str) -> bool:
        """Say whether a line is of this repository: GitHub writes ``owner/name`` or the name alone."""
        whole = self._repository.name.lower()
        return name.lower() in (whole, whole.partition("/")[2])


def _months(first: date, last: datetime) -> Iterator[tuple[int, int]]:
    year, month = first.year, first.month
    while _before(date(year, month, 1), last):
        yield year, month
        year, month = year + month // 12, month % 12 + 1


def _before(day: date, end: datetime) -> bool:
    """Say whether a day begins before the end of the period."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) < end


def _day(item: UsageItem) -> date:
    return decode(SOURCE, "the billing usage", item.date[:10], date)


def _line(product: str, sku: str, unit: str, quantity: float, amount: float) -> CostLine:
    what = clean_line(sku if sku.lower().startswith(product.lower()) else f"{product} {sku}", limit=200)
    # ``repr`` of a float gives back the digits of the JSON, so the money is exact.
    return CostLine(
        provider=SOURCE,
        what=what,
        amount=Decimal(repr(amount)),
        kind=CostKind.METERED,
        quantity=Decimal(repr(quantity)),
        unit=clean_line(unit, limit=60),
    )


def _summed(lines: Iterable[CostLine]) -> tuple[CostLine, ...]:
    """Return one line per product and SKU, in the order of the report."""
    sums: dict[tuple[str, str], CostLine] = {}
    for line in lines:
        known = sums.get((line.what, line.unit))
        amount = line.amount + (known.amount if known else 0)
        quantity = (line.quantity or Decimal(0)) + ((known.quantity or Decimal(0)) if known else 0)
        sums[line.what, line.unit] = CostLine(SOURCE, line.what, amount, kind=CostKind.METERED, quantity=quantity, unit=line.unit)
    return tuple(sums.values())
