"""What Vercel bills: FOCUS 1.3 charges, one JSON object a line (R119, R120; contracts, Vercel gotcha 8). Money is never a float."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext

import msgspec

from strideiq_console.domain.cost import Charges, CostKind, CostLine
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError, UsageError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http.answer import strict_json
from strideiq_console.providers.vercel.access import SOURCE, Access
from strideiq_console.providers.wire import malformed

LONGEST = timedelta(days=366)
_DAY = timedelta(days=1)
_HUGE = Decimal(10) ** 15
_ASSUMED = "No cost data on this plan or role: $0 is assumed"


class WireCharge(msgspec.Struct, rename="pascal", frozen=True):
    """One charge. ``Decimal`` is read from the digits as they stand in the text."""

    billed_cost: Decimal
    effective_cost: Decimal
    billing_currency: str
    charge_category: str
    service_name: str
    consumed_quantity: Decimal | None = None
    consumed_unit: str | None = None
    tags: dict[str, str] = {}

    def __post_init__(self) -> None:
        """Refuse amounts that no bill has, and that arithmetic could not carry exactly."""
        for amount in (self.billed_cost, self.effective_cost, self.consumed_quantity or Decimal(0)):
            if not amount.is_finite() or abs(amount) >= _HUGE or (amount and amount.adjusted() < -40):
                raise ValueError("an amount out of range")


@dataclass(frozen=True, slots=True)
class Told:
    """The charges that could be read, and how many lines could not."""

    charges: tuple[WireCharge, ...]
    lost: int


class VercelBilling:
    """Asks for the charges of the team, and keeps those of the project and those that belong to no project."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def charges(self, start: datetime, end: datetime) -> Charges:
        """Return what was billed in whole UTC days that cover ``start`` to ``end``; at most a year (UsageError).

        403 and 404 mean that this plan or role sees no costs: then there is one assumed line of $0.
        """
        first, last = _days(start, end)
        params = {"from": _stamp(first), "to": _stamp(last)}
        answer = await self._access.get("/v1/billing/charges", params, allow=(403, 404))
        if answer.status in (403, 404):
            if _names_token(answer.body):
                cause = f"Vercel: the token is refused ({answer.status})"
                fault = Fault(FaultKind.UNAUTHORISED, SOURCE, cause, next_step="Make a new token, then run: strideiq doctor")
                raise OutsideError(fault, status=answer.status)
            line = CostLine(SOURCE, "Vercel", Decimal(0), kind=CostKind.ASSUMED, component="web")
            return Charges(SOURCE, (line,), first, last, note=_ASSUMED)
        told = read_charges(answer.body)
        project = await self._access.read_project() if any(c.tags for c in told.charges) else None
        mine = {self._access.project} | ({project.id, project.name} if project is not None else set())
        kept = [c for c in told.charges if _concerns(c, mine)]
        return Charges(SOURCE, summed(kept, mine), first, last, complete=not told.lost, note=_note(told, kept))


def read_charges(body: bytes) -> Told:
    """Decode the lines; a last one that was cut, or another that cannot be read, is counted and makes the sum a lower bound.

    OutsideError (MALFORMED) when no line at all can be read.
    """
    found: list[WireCharge] = []
    lines = [line for line in body.split(b"\n") if line.strip()]
    first = ""
    for line in lines:
        try:
            strict_json(line)  # msgspec takes duplicate keys and any depth
            found.append(msgspec.json.decode(line, type=WireCharge))
        except (ValueError, msgspec.MsgspecError) as error:
            first = first or str(error)
    if lines and not found:
        raise malformed(SOURCE, "charges", first)
    return Told(tuple(found), len(lines) - len(found))


def summed(charges: Iterable[WireCharge], mine: set[str]) -> tuple[CostLine, ...]:
    """Add days and regions up by service, category, currency and unit, dearest first; sums are exact."""
    groups: dict[tuple[str, str, str, str, bool], list[WireCharge]] = {}
    for charge in charges:
        unit, own = charge.consumed_unit or "", _tagged(charge, mine)
        key = (charge.service_name, charge.charge_category, charge.billing_currency, unit, own)
        groups.setdefault(key, []).append(charge)
    lines = []
    with localcontext() as exact:
        exact.prec = 100
        for (service, category, currency, unit, own), members in groups.items():
            used = [c.consumed_quantity for c in members if c.consumed_quantity is not None]
            what = service if category == "Usage" else f"{service} ({category.lower()})"
            lines.append(
                CostLine(
                    provider=SOURCE,
                    what=clean_line(what, limit=120),
                    amount=sum((c.billed_cost for c in members), Decimal(0)),
                    currency=clean_line(currency, limit=10),
                    component="web" if own else None,
                    quantity=sum(used, Decimal(0)) if len(used) == len(members) else None,
                    unit=clean_line(unit, limit=40),
                    usage=category == "Usage",
                )
            )
    return tuple(sorted(lines, key=lambda line: (-line.amount, line.what, line.unit)))


def _concerns(charge: WireCharge, mine: set[str]) -> bool:
    """Say whether a charge is the project's, or the team's as a whole."""
    named = [charge.tags[name] for name in ("ProjectId", "ProjectName") if charge.tags.get(name)]
    return not named or bool(mine.intersection(named))


def _tagged(charge: WireCharge, mine: set[str]) -> bool:
    return bool(mine.intersection(charge.tags.get(name, "") for name in ("ProjectId", "ProjectName")))


def _note(told: Told, kept: list[WireCharge]) -> str:
    others = len(told.charges) - len(kept)
    with localcontext() as exact:
        exact.prec = 100
        differs = sum((c.effective_cost - c.billed_cost for c in kept), Decimal(0))
    notes = (
        f"{_some(told.lost, 'line')} could not be read: the sum is a lower bound" if told.lost else "",
        f"{_some(others, 'charge')} of other projects left out" if others else "",
        f"the effective cost, which spreads what was paid ahead, differs by {differs:f}" if differs else "",
    )
    return "; ".join(note for note in notes if note)


def _some(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _names_token(body: bytes) -> bool:
    """Say whether a refusal is about the token itself."""
    try:
        decoded = strict_json(body)
    except ValueError:
        return False
    error = decoded.get("error") if isinstance(decoded, dict) else None
    return isinstance(error, dict) and (error.get("invalidToken") is True or error.get("code") == "invalid_token")


def _days(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    first = start.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    cut = end.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    last = cut if cut == end.astimezone(UTC) else cut + _DAY
    if not first < last or last - first > LONGEST:
        raise UsageError("Vercel tells charges of one day up to one year", next_step="Choose another period")
    return first, last


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
