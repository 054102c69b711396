"""The running month: sums are exact, partial data is a lower bound, and what is unknown stays unknown (R119, R120, T23)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from strideiq_console.domain.cost import CostKind
from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.policy.budget import PLAN, Budget, PlanLine, column_sums, key_of, planned_by_environment, planned_total
from strideiq_console.domain.reading import Reading
from tests.domain.month_cases import END, NOW, START, bill, charges, entry, estimate, line, month, part, seen

FAULT = Fault(FaultKind.TIMEOUT, "railway", "Railway did not answer", at=NOW)
ABSENT: Reading[Any] = Reading("railway", fault=Fault(FaultKind.NOT_CONFIGURED, "railway", "railway is not configured"))


def test_the_documents_rows_and_columns_differ_by_the_domain() -> None:
    assert planned_total() == Decimal("31.25")
    assert planned_by_environment() == {"staging": Decimal(15), "production": Decimal("16.25")}
    assert column_sums() == {"staging": Decimal(15), "production": Decimal(15)}


def test_a_year_by_twelve_is_exact_and_names_become_words() -> None:
    lines = (*PLAN, PlanLine("Sentry", Decimal(0), Decimal(20) / 12), PlanLine("Backups", Decimal(0), Decimal(40) / 12))
    assert planned_total(lines).quantize(Decimal("0.0001")) == Decimal("36.2500")
    assert key_of("Railway (API)") == "railway-api"


def test_with_nothing_read_all_is_planned_and_nothing_else_is_known() -> None:
    found = month()
    assert (found.planned, found.actual, found.forecast, found.complete) == (Decimal("31.25"), None, None, False)
    assert {name: side.planned for name, side in found.by_environment.items()} == {
        "production": Decimal("16.25"),
        "staging": Decimal(15),
    }
    assert found.by_environment["production"].actual is None, "a fee that is assumed is no measurement"


def test_metered_parts_are_mapped_onto_the_plan_and_add_up() -> None:
    found = month(
        seen(bill(line("3.10"), line("0.40", what="memory"), line("1.00", environment="staging"), line("2.00", "database"))),
        seen(bill(line("0", None, None, kind=CostKind.ASSUMED)), source="vercel"),
    )
    api = part(found, "railway-api")
    assert api.actual == Decimal("4.50")
    assert [(p.environment, p.actual) for p in api.parts] == [("production", Decimal("3.50")), ("staging", Decimal("1.00"))]
    assert part(found, "railway").actual == Decimal("6.50")
    assert found.actual == Decimal("7.75"), "with the domain, which counts whole"
    assert found.by_environment["production"].actual == Decimal("6.75")
    assert found.by_environment["staging"].actual == Decimal("1.00")
    assert found.complete


def test_without_a_projection_use_is_drawn_on_as_a_line_and_fees_count_whole() -> None:
    found = month(
        seen(bill(line("15.50"))),
        seen(bill(line("20", None, None, what="Pro (purchase)", usage=False), line("1.55", None, None)), source="vercel"),
    )
    api = part(found, "railway-api/production")
    assert (api.forecast, api.method) == (Decimal(30), "linear: 52% of the month was over")
    assert part(found, "vercel").forecast == Decimal(23), "a seat is not used by the day"
    assert part(found, "domain").forecast == Decimal("1.25")
    assert found.forecast == Decimal("54.25")
    assert found.delta == Decimal(23)


def test_the_line_is_drawn_from_when_the_bill_was_read() -> None:
    found = month(seen(bill(line("10")), NOW - timedelta(hours=12)), now=NOW)
    share = Decimal(15) / 30
    assert part(found, "railway-api/production").forecast == Decimal(10) / share


def test_a_projection_is_split_by_use_and_adds_up_to_itself() -> None:
    ahead = estimate(("CPU", "12"), ("memory", "6"))
    found = month(seen(bill(line("4"), line("2", environment="staging"), line("3", "database", what="memory"), projection=ahead)))
    assert part(found, "railway-api/production").forecast == Decimal(8)
    assert part(found, "railway-api/staging").forecast == Decimal(4)
    assert part(found, "railway-db/production").forecast == Decimal(6)
    assert part(found, "railway").forecast == Decimal(18)
    assert "projection" in part(found, "railway").method


def test_a_projection_below_what_was_spent_and_one_of_another_period_do_not_count() -> None:
    found = month(seen(bill(line("4"), projection=estimate(("CPU", "3")))))
    assert part(found, "railway").forecast == Decimal(4)
    other = estimate(("CPU", "99"), start=START + timedelta(days=9), end=END + timedelta(days=9))
    found = month(seen(bill(line("15.50"), projection=other)))
    assert part(found, "railway").forecast == Decimal(30)
    assert any("10 Nov to 10 Dec" in note for note in found.notes)


def test_the_plans_fee_is_paid_even_when_less_is_used() -> None:
    found = month(seen(bill(line("1"), minimum=Decimal(5))))
    assert part(found, "railway").actual == Decimal(5)
    assert part(found, "railway-api").actual == Decimal(1)
    assert found.actual == Decimal("6.25")


def test_in_the_first_day_a_forecast_is_a_lower_bound() -> None:
    early = START + timedelta(hours=20)
    found = month(seen(bill(line("1"), end=early), early), now=early)
    assert (part(found, "railway-api/production").forecast, found.forecast_complete) == (Decimal(1), False)


@pytest.mark.parametrize(
    "reading",
    [
        pytest.param(seen(bill(line("4"), complete=False)), id="lines missing"),
        pytest.param(seen(bill(line("4")), complete=False), id="pages missing"),
        pytest.param(seen(bill(line("4")), NOW - timedelta(hours=3)), id="old"),
        pytest.param(seen(bill(line("4"))).failed(FAULT, NOW), id="failed"),
        pytest.param(seen(bill(line("4"), replace(line("9"), currency="EUR"))), id="other currency"),
    ],
)
def test_partial_data_is_a_lower_bound(reading: Reading[Any]) -> None:
    found = month(reading)
    assert part(found, "railway-api/production").actual == Decimal(4)
    assert not found.complete
    assert not found.by_environment["production"].complete


@pytest.mark.parametrize(
    "reading",
    [
        pytest.param(ABSENT, id="not configured"),
        pytest.param(Reading("railway"), id="never seen"),
        pytest.param(seen(bill(line("4"), start=START - timedelta(days=30), end=START)), id="another month"),
    ],
)
def test_what_nobody_told_is_unknown(reading: Reading[Any]) -> None:
    found = month(reading)
    assert part(found, "railway-api/production").actual is None
    assert (found.actual, found.forecast) == (None, None)


def test_a_part_that_a_provider_did_not_name_used_nothing() -> None:
    found = month(seen(bill(line("4"))))
    assert (part(found, "railway-redis/staging").actual, part(found, "railway-redis/staging").complete) == (Decimal(0), True)


def test_what_is_spent_outside_the_plan_is_a_line_of_its_own() -> None:
    found = month(seen(bill(line("4"), line("2", "cron", None))), seen(bill(line("3", None, None)), source="github"))
    assert (part(found, "railway-cron").actual, part(found, "railway-cron").in_plan) == (Decimal(2), False)
    assert part(found, "github").actual == Decimal(3)
    assert found.actual == Decimal("10.25")


def test_a_line_of_the_founders_own_takes_its_charges() -> None:
    budget = Budget((*PLAN, PlanLine("Worker", Decimal(2), Decimal(3), "railway", "worker", usage=True)))
    found = month(seen(bill(line("4"), line("2", "worker"))), budget=budget)
    assert part(found, "worker/production").actual == Decimal(2)
    assert found.planned == Decimal("36.25")


def test_where_a_provider_assumes_the_plan_is_the_better_assumption() -> None:
    lines = tuple(PlanLine("Vercel", Decimal(0), Decimal(20), "vercel", usage=True) if p.key == "vercel" else p for p in PLAN)
    told = seen(bill(line("0", "web", None, kind=CostKind.ASSUMED)), source="vercel")
    found = month(told, budget=Budget(lines))
    assert part(found, "vercel").actual == Decimal(20)
    assert found.by_environment["production"].actual is None, "and still nothing was measured"


def test_a_charge_that_nobody_splits_makes_an_environments_sum_a_lower_bound() -> None:
    lines = tuple(PlanLine("Vercel", Decimal(5), Decimal(20), "vercel", usage=True) if p.key == "vercel" else p for p in PLAN)
    told = seen(bill(line("7", None, None)), source="vercel")
    found = month(told, seen(bill(line("4"))), budget=Budget(lines))
    assert [(leaf.environment, leaf.planned, leaf.actual) for leaf in part(found, "vercel").leaves] == [
        ("", Decimal(25), Decimal(7))
    ]
    assert found.complete
    assert not found.by_environment["production"].complete


def test_the_month_before_is_the_sum_of_those_who_told() -> None:
    last = charges(line("9"), start=START - timedelta(days=30), end=START)
    found = month(seen(bill(line("4"), before=last)), seen(bill(line("1", None, None)), source="vercel"))
    assert (found.before, found.before_complete) == (Decimal(9), False), "Vercel did not tell"


def test_the_month_is_that_of_utc() -> None:
    assert month(now=END - timedelta(seconds=1)).name == "2026-11"
    assert month(now=END).name == "2026-12"
    found = month(seen(bill(line("4"))), now=END)
    assert found.actual is None, "what November cost says nothing of December"


def test_an_entry_of_another_month_does_not_count() -> None:
    assert month(entries=[entry("12.40", month="2026-10")]).actual is None
