"""What somebody entered beats what was metered, for its own line and month and no other (R119, S12)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from strideiq_console.domain.cost import CostKind
from tests.domain.month_cases import NOW, bill, entry, estimate, line, month, part, seen

BILL = seen(bill(line("3.10"), line("1.55", environment="staging"), line("2", "database")))


def test_an_entry_of_one_environment_replaces_that_part_alone() -> None:
    found = month(BILL, entries=[entry("6.20", environment="production")])
    mine = part(found, "railway-api/production")
    assert (mine.actual, mine.kind, mine.metered, mine.seen) == (Decimal("6.20"), CostKind.ENTERED, Decimal("3.10"), NOW)
    assert mine.forecast == Decimal(12), "drawn on from the day of the entry"
    assert part(found, "railway-api").actual == Decimal("7.75")
    assert found.by_environment["production"].actual == Decimal("9.45")


def test_an_entry_of_a_service_replaces_its_sum_and_leaves_its_parts() -> None:
    found = month(BILL, entries=[entry("12.40")])
    assert (part(found, "railway-api").actual, part(found, "railway-api").metered) == (Decimal("12.40"), Decimal("4.65"))
    assert part(found, "railway-api/production").actual == Decimal("3.10")
    assert part(found, "railway").actual == Decimal("14.40")
    assert found.by_environment["production"].actual == Decimal("6.35")
    assert any("Railway (API) was entered as a whole" in note for note in found.notes)


def test_an_entry_of_a_providers_whole_bill_replaces_all_of_it() -> None:
    before = month(BILL)
    found = month(BILL, entries=[entry("12.40", "railway")])
    assert part(found, "railway").actual == Decimal("12.40")
    assert found.actual == Decimal("13.65")
    assert found.forecast == Decimal("12.40") / (Decimal("15.5") / 30) + Decimal("1.25")
    assert before.delta is not None
    assert found.delta is not None
    assert found.delta > before.delta


def test_a_bill_that_was_entered_is_not_lifted_to_the_plans_fee() -> None:
    found = month(seen(bill(line("1"), minimum=Decimal(5))), entries=[entry("2", "railway")])
    assert part(found, "railway").actual == Decimal(2)


def test_a_projection_does_not_lift_what_was_entered_over_a_part() -> None:
    told = seen(bill(line("10"), line("2", "database"), projection=estimate(("CPU", "24"))))
    assert part(month(told), "railway").forecast == Decimal(24)
    found = month(told, entries=[entry("3.10")])
    assert part(found, "railway").forecast == Decimal(6) + Decimal(4)


def test_an_entry_stands_where_nobody_meters() -> None:
    found = month(entries=[entry("12.40", "railway")])
    assert (found.actual, found.complete) == (Decimal("13.65"), False), "Vercel's part is still not known"
    assert found.by_environment["production"].actual is None


def test_a_fee_that_was_entered_counts_whole_and_is_no_longer_assumed() -> None:
    found = month(BILL, entries=[entry("2.50", "domain")])
    assert (part(found, "domain").forecast, part(found, "domain").kind) == (Decimal("2.50"), CostKind.ENTERED)
    assert not any("Domain" in note for note in found.notes)


def test_the_newer_of_two_entries_of_one_leaf_counts() -> None:
    old, new = entry("1", "domain", "production", at=NOW - timedelta(days=1)), entry("3", "domain")
    assert part(month(entries=[new, old]), "domain").actual == Decimal(3)
    old, new = entry("3", "domain", at=NOW - timedelta(days=1)), entry("1", "domain", "production")
    assert part(month(entries=[new, old]), "domain").actual == Decimal(1)


def test_an_entry_of_an_environment_that_is_not_planned_makes_a_part() -> None:
    found = month(entries=[entry("4", "vercel", "production")])
    assert part(found, "vercel").actual == Decimal(4)
    assert found.by_environment["production"].actual == Decimal("5.25")


def test_an_entry_of_a_line_that_has_left_the_plan_is_still_money() -> None:
    found = month(entries=[entry("4", "sentry")])
    assert (part(found, "sentry").actual, part(found, "sentry").in_plan) == (Decimal(4), False)
    assert found.actual == Decimal("5.25")
