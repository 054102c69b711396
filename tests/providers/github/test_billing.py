"""What GitHub costs: exact money, whole periods, and what is left out is said."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError, UsageError
from tests.providers.github.contract import ROOT, FakeGitHub
from tests.providers.github.shapes import MONTH, facts, usage

PATH = "/users/acme/settings/billing/usage"


def github(answer: Any, *, kind: str = "User") -> FakeGitHub:
    root = PATH if kind == "User" else "/organizations/acme/settings/billing/usage"
    repository = facts(owner={"login": "acme", "type": kind})
    return FakeGitHub({("GET", ROOT): repository, ("GET", root): answer}, checked=False)


def report(*items: dict[str, Any]) -> dict[str, Any]:
    return {"usageItems": list(items)}


async def test_lines_are_summed_by_sku_and_exact() -> None:
    rows = [usage("2026-01-01"), usage("2026-01-02", amount=0.2), usage("2026-01-03", "Actions Windows", 1e-7)]
    charges = await github(report(*rows)).host.costs.charges(*MONTH)
    assert [(line.what, line.amount, line.quantity) for line in charges.lines] == [
        ("Actions Linux", Decimal("0.3"), Decimal(20)),
        ("Actions Windows", Decimal("1E-7"), Decimal(10)),
    ]
    assert charges.total == Decimal("0.3000001")
    assert (charges.start, charges.end, charges.complete) == (*MONTH, True)
    assert "fee" in charges.note


async def test_only_this_repository_unless_everything_is_wanted() -> None:
    rows = [
        usage("2026-01-01", repositoryName="strideiq"),
        usage("2026-01-01", repositoryName="ACME/StrideIQ"),
        usage("2026-01-01", amount=5.5, repositoryName="acme/other"),
        usage("2026-01-01", "Copilot Business", 19.0, product="Copilot", repositoryName=""),
    ]
    own = await github(report(*rows)).host.costs.charges(*MONTH)
    assert own.total == Decimal("0.2")
    assert "USD 24.5 of the account" in own.note
    everything = await github(report(*rows)).host.costs.charges(*MONTH, everything=True)
    assert everything.total == Decimal("24.7")
    assert "left out" not in everything.note


async def test_a_period_asks_for_its_months_and_keeps_its_days() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        month = dict(request.url.params)["month"]
        days = {"12": ["2025-12-14", "2025-12-15", "2025-12-31"], "1": ["2026-01-01", "2026-01-14", "2026-01-15T00:00:00Z"]}
        return httpx.Response(200, json=report(*(usage(day, amount=1) for day in days[month])))

    fake = github(answer, kind="Organization")
    charges = await fake.host.costs.charges(datetime(2025, 12, 15, tzinfo=UTC), datetime(2026, 1, 15, tzinfo=UTC))
    assert charges.total == Decimal(4)
    asked = [path.partition("?")[2] for _, path, _ in fake.sent() if "billing" in path]
    assert asked == ["year=2025&month=12", "year=2026&month=1"]


async def test_periods_that_make_no_sense() -> None:
    costs = github(report()).host.costs
    with pytest.raises(UsageError):
        await costs.charges(MONTH[1], MONTH[0])
    with pytest.raises(UsageError):
        await costs.charges(datetime(2000, 1, 1, tzinfo=UTC), MONTH[1])


async def test_a_day_that_is_none_names_the_report() -> None:
    with pytest.raises(OutsideError) as caught:
        await github(report(usage("soon"))).host.costs.charges(*MONTH)
    assert caught.value.fault.kind is FaultKind.MALFORMED
    assert "billing usage" in str(caught.value)


async def test_a_refusal_of_an_organization_names_its_permission() -> None:
    reply = httpx.Response(403, json={"message": "You must be an organization owner"})
    with pytest.raises(OutsideError) as caught:
        await github(reply, kind="Organization").host.costs.charges(*MONTH)
    assert "Administration (organization): read" in caught.value.fault.next_step


async def test_the_summary_of_december_ends_in_january() -> None:
    item = {"product": "Actions", "sku": "actions_linux", "unitType": "minutes", "grossQuantity": 1.5, "netAmount": 0}
    fake = FakeGitHub({("GET", ROOT): facts(), ("GET", f"{PATH}/summary"): {"usageItems": [item]}}, checked=False)
    charges = await fake.host.costs.month(2025, 12)
    assert charges.end == datetime(2026, 1, 1, tzinfo=UTC)
    assert charges.lines[0].quantity == Decimal("1.5")
    assert "repository=acme%2Fstrideiq" in fake.sent()[-1][1]
