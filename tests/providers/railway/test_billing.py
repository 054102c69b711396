"""Railway: usage times the price table, exactly, by environment and component; the plan's fee as the least."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from strideiq_console.domain.cost import CostKind
from strideiq_console.domain.fault import FaultKind, OutsideError
from tests.providers.railway.examples import billing
from tests.providers.railway.fake import FakeRailway, operations, railway, refusal, two_tokens
from tests.providers.railway.places import DATABASE, PRODUCTION, PROJECT, SERVICE, STAGING

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 9, 12, tzinfo=UTC)


def used(measurement: str, value: float, environment: str | None = PRODUCTION, service: str | None = SERVICE) -> dict[str, Any]:
    tags = {"projectId": PROJECT, "environmentId": environment, "serviceId": service, "volumeId": None}
    return {"measurement": measurement, "value": value, "tags": tags}


async def test_a_month_of_one_unit_costs_the_listed_price() -> None:
    rows = [used(name, 43200) for name in ("MEMORY_USAGE_GB", "CPU_USAGE", "DISK_USAGE_GB", "BACKUP_USAGE_GB")]
    rows += [used("NETWORK_TX_GB", 1), used("CPU_USAGE", 4320, STAGING, DATABASE), used("DISK_USAGE_GB", 1, "gone", "gone")]
    port, wire = railway(FakeRailway(Usage={"usage": rows}))
    found = await port.charges(START, END)
    assert [line.amount for line in found.lines[:5]] == [
        Decimal(10),
        Decimal(20),
        Decimal("0.15"),
        Decimal("0.15"),
        Decimal("0.05"),
    ]
    assert [(line.environment, line.component) for line in found.lines[4:]] == [
        ("production", "api"),
        ("staging", "database"),
        (None, None),
    ]
    assert (found.lines[0].what, found.lines[0].unit, found.lines[0].quantity) == ("memory", "GB-minutes", Decimal("43200"))
    assert {line.kind for line in found.lines} == {CostKind.METERED}
    assert found.total == sum(line.amount for line in found.lines)
    assert (found.minimum, found.complete) == (Decimal(5), True)
    assert "whole workspace" in found.note
    sent = next(call.body["variables"] for call in wire.calls if call.body["operationName"] == "Usage")
    assert sent["groupBy"] == ["ENVIRONMENT_ID", "SERVICE_ID"]
    assert (sent["startDate"], sent["endDate"]) == ("2026-01-01T00:00:00.000Z", "2026-01-09T12:00:00.000Z")
    assert operations(wire).count("ProjectTopology") == 2, "an id that nobody knows is looked for once"


async def test_less_usage_than_the_fee_costs_the_fee() -> None:
    world = FakeRailway(Usage={"usage": [used("NETWORK_TX_GB", 1)]})
    assert (await railway(world)[0].charges(START, END)).total == Decimal(5)
    world.topology["project"]["subscriptionType"] = "pro"
    assert (await railway(world)[0].charges(START, END)).total == Decimal(20)


@pytest.mark.parametrize(
    ("answer", "setting", "fee", "complete"),
    [
        (billing("PRO"), "", Decimal(20), True),
        (refusal("Not Authorized"), "hobby", Decimal(5), True),
        (refusal("Not Authorized"), "", Decimal(0), False),
    ],
)
async def test_a_plan_that_the_project_does_not_name(answer: Any, setting: str, fee: Decimal, complete: bool) -> None:
    world = FakeRailway(WorkspaceBilling=answer)
    world.topology["project"]["subscriptionType"] = "trial"
    found = await railway(world, plan=setting)[0].charges(START, END)
    assert (found.minimum, found.complete) == (fee, complete)
    assert ("set [railway] plan" in found.note) is not complete


async def test_a_failing_billing_is_a_fault_and_no_smaller_sum() -> None:
    world = FakeRailway(WorkspaceBilling=refusal("Problem processing request"))
    world.topology["project"]["subscriptionType"] = None
    with pytest.raises(OutsideError) as caught:
        await railway(world)[0].charges(START, END)
    assert caught.value.fault.kind is FaultKind.SERVER


async def test_negative_usage_is_no_usage() -> None:
    with pytest.raises(OutsideError) as caught:
        await railway(FakeRailway(Usage={"usage": [used("CPU_USAGE", -1)]}))[0].charges(START, END)
    assert caught.value.fault.kind is FaultKind.MALFORMED


async def test_two_tokens_count_each_environment_once() -> None:
    rows = [used("CPU_USAGE", 43200), used("CPU_USAGE", 43200, STAGING), used("CPU_USAGE", 43200, "gone")]
    port, wire = two_tokens(FakeRailway(Usage={"usage": rows}))
    found = await port.charges(START, END)
    assert sorted(str(line.environment) for line in found.lines) == ["production", "staging"]
    assert operations(wire).count("Usage") == 2
    assert not found.complete


async def test_the_projection_is_an_estimate_of_the_billing_period() -> None:
    other = {"measurement": "CPU_USAGE", "estimatedValue": 43200, "projectId": "another"}
    mine = {"measurement": "MEMORY_USAGE_GB", "estimatedValue": 21600, "projectId": PROJECT}
    found = await railway(FakeRailway(EstimatedUsage={"estimatedUsage": [mine, other]}))[0].projection()
    (line,) = found.lines
    assert (line.amount, line.kind, line.environment) == (Decimal(5), CostKind.ESTIMATED, None)
    assert (found.start.day, found.end.day, found.end.month) == (5, 5, 2)
    hidden = await railway(FakeRailway(WorkspaceBilling=refusal("Not Authorized")))[0].projection()
    assert (hidden.start.day, hidden.end.month) == (1, 2)
    assert "calendar month" in hidden.note


async def test_the_account_is_in_dollars() -> None:
    port, _ = railway(FakeRailway())
    found = await port.project.account()
    assert (found.plan, found.usage, found.soft_limit, found.hard_limit) == ("hobby", Decimal("11.42"), Decimal(25), None)
    assert (found.invoices[0].due, found.invoices[0].paid, found.over_limit) == (Decimal("16.42"), Decimal("16.42"), False)
    nobody = FakeRailway()
    nobody.topology["project"]["workspaceId"] = None
    with pytest.raises(OutsideError) as caught:
        await railway(nobody)[0].project.account()
    assert caught.value.fault.kind is FaultKind.MISSING
