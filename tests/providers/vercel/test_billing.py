"""Charges: exact money, honest gaps."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from strideiq_console.domain.cost import CostKind
from strideiq_console.domain.fault import FaultKind, OutsideError, UsageError
from strideiq_console.domain.untrusted import is_clean
from tests.providers.hosting import HOSTILE
from tests.providers.vercel.fake import Raw, project, table

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC)
OURS = '{"ProjectId": "prj_1", "ProjectName": "strideiq-web"}'


def charge(billed: str, service: str = "Edge Requests", *, tags: str = OURS, effective: str | None = None, **more: str) -> bytes:
    """One line, its numbers written as they are given."""
    known = {
        "BilledCost": billed,
        "EffectiveCost": effective or billed,
        "BillingCurrency": '"USD"',
        "ChargeCategory": '"Usage"',
        "ServiceName": json.dumps(service),
        "ConsumedQuantity": "null",
        "ConsumedUnit": "null",
        "Tags": tags,
    }
    return ("{" + ", ".join(f'"{name}": {value}' for name, value in (known | more).items()) + "}\n").encode()


def told(*lines: bytes, **answers: Any) -> Any:
    return table(charges=Raw(b"".join(lines)), project=project(), **answers)


async def test_money_is_exact_and_days_and_regions_are_one_line() -> None:
    port, wire = told(
        charge("0.1", ConsumedQuantity="1.1", ConsumedUnit='"GB"'),
        charge("0.2", ConsumedQuantity="2.2", ConsumedUnit='"GB"'),
        charge("0.30000000000000000000000001", ConsumedQuantity="0", ConsumedUnit='"GB"'),
        charge("20", "Seat", tags="{}", ChargeCategory='"Purchase"'),
        charge("-5.5", "Credit", tags="{}", ChargeCategory='"Credit"'),
    )
    found = await port.charges(START, END)
    assert [(line.what, line.amount, line.quantity, line.unit, line.component) for line in found.lines] == [
        ("Seat (purchase)", Decimal(20), None, "", None),
        ("Edge Requests", Decimal("0.60000000000000000000000001"), Decimal("3.3"), "GB", "web"),
        ("Credit (credit)", Decimal("-5.5"), None, "", None),
    ]
    assert {line.kind for line in found.lines} == {CostKind.BILLED}
    assert found.total == Decimal("15.10000000000000000000000001")
    assert (found.start, found.end, found.complete, found.note) == (START, END, True, "")
    assert wire.calls[0].query == {
        "from": "2026-01-01T00:00:00.000Z",
        "to": "2026-01-09T00:00:00.000Z",
        "teamId": "team_1",
    }


async def test_a_period_is_widened_to_whole_days_and_bounded() -> None:
    port, wire = told(charge("1"))
    zone = datetime(2026, 1, 2, 1, 30, tzinfo=UTC).astimezone()
    found = await port.charges(zone, zone + timedelta(days=1))
    assert (found.start, found.end) == (datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 4, tzinfo=UTC))
    for end in (START, START - timedelta(days=2), START + timedelta(days=400)):
        with pytest.raises(UsageError):
            await port.charges(START, end)
    assert len([c for c in wire.calls if "billing" in c.path]) == 1


async def test_other_projects_are_left_out_and_said() -> None:
    other = '{"ProjectId": "prj_9", "ProjectName": "something-else"}'
    named = '{"ProjectName": "strideiq-web"}'
    port, _ = told(charge("1"), charge("2", tags=named), charge("100", tags=other), charge("4", tags="{}", effective="3"))
    found = await port.charges(START, END)
    assert found.total == Decimal(7)
    assert found.complete
    assert "1 charge of other projects left out" in found.note
    assert "differs by -1" in found.note


@pytest.mark.parametrize("status", [403, 404])
async def test_no_cost_data_is_an_assumption_and_shown_as_one(status: int) -> None:
    port, _ = table(charges=(status, {"error": {"code": "costs_not_found", "message": "Costs not found"}}))
    found = await port.charges(START, END)
    (line,) = found.lines
    assert (line.kind, line.amount, line.component) == (CostKind.ASSUMED, Decimal(0), "web")
    assert "No cost data on this plan or role" in found.note


async def test_a_refused_token_is_no_free_plan() -> None:
    port, _ = table(charges=(403, {"error": {"code": "forbidden", "message": "Not authorized", "invalidToken": True}}))
    with pytest.raises(OutsideError) as caught:
        await port.charges(START, END)
    assert caught.value.fault.kind is FaultKind.UNAUTHORISED
    port, _ = table(charges=(401, {}))
    with pytest.raises(OutsideError):
        await port.charges(START, END)


@pytest.mark.parametrize("cut", range(1, 160, 13))
async def test_a_last_line_that_was_cut_makes_the_sum_a_lower_bound(cut: int) -> None:
    port, _ = told(charge("1.5"), charge("2.5")[:-cut])
    found = await port.charges(START, END)
    if cut == 1:
        assert (found.total, found.complete) == (Decimal(4), True)
        return
    assert (found.total, found.complete) == (Decimal("1.5"), False)
    assert "1 line could not be read: the sum is a lower bound" in found.note


@pytest.mark.parametrize(
    "bad",
    [
        b"nonsense\n",
        b"[1]\n",
        b'{"BilledCost": 1}\n',
        charge("NaN"),
        charge("1e400"),
        charge("1e30"),
        charge('"1.0x"'),
        charge("null"),
        charge("1", tags="null"),
        charge("1", tags='{"ProjectId": 7}'),
        charge("1", BillingCurrency="null"),
        charge("1")[:-2] + b', "BilledCost": 2}\n',
        b"[" * 5000 + b"\n",
        b"\xff\xfe\n",
    ],
)
async def test_a_line_that_cannot_be_read_is_counted_and_alone_a_fault(bad: bytes) -> None:
    port, _ = told(charge("3"), bad, charge("4"))
    found = await port.charges(START, END)
    assert (found.total, found.complete) == (Decimal(7), False)
    port, _ = told(bad)
    with pytest.raises(OutsideError) as caught:
        await port.charges(START, END)
    assert (caught.value.fault.kind, caught.value.fault.source) == (FaultKind.MALFORMED, "vercel")
    assert is_clean(caught.value.fault.sentence())


async def test_nothing_was_billed() -> None:
    port, _ = told()
    found = await port.charges(START, END)
    assert (found.lines, found.total, found.complete) == ((), Decimal(0), True)


async def test_hostile_words_come_out_clean() -> None:
    port, _ = told(charge("1", HOSTILE, ConsumedUnit=json.dumps(HOSTILE), BillingCurrency=json.dumps(HOSTILE)))
    (line,) = (await port.charges(START, END)).lines
    assert all(is_clean(t) for t in (line.what, line.unit, line.currency))
