"""The costs panel: every figure says whether it is exact, both exports are the table, and an unknown month is never green."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from strideiq_console.domain.cost import CostKind
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.policy.budget import PLAN, Budget, PlanLine
from strideiq_console.domain.reading import Level, Look, Reading
from strideiq_console.presentation import costs, costs_lines
from strideiq_console.presentation.cell import Table, plain
from strideiq_console.presentation.costs_export import as_csv, as_markdown
from strideiq_console.presentation.costs_json import costs_json
from strideiq_console.presentation.draw import table_lines, width
from strideiq_console.presentation.glyphs import ASCII, UNICODE
from tests.domain.month_cases import NOW, bill, charges, entry, estimate, facts, line, seen

VERCEL = seen(bill(line("0", "web", None, kind=CostKind.ASSUMED)), source="vercel")
FAULT = Fault(FaultKind.TIMEOUT, "railway", "Railway did not answer", next_step="press r", at=NOW)


def known(amount: str = "12.86", *, projection: str = "20", **more: Any) -> Facts:
    """Return a month in which Railway tells one part and its own projection."""
    return facts({"railway": seen(bill(line(amount), projection=estimate(("CPU", projection)))), "vercel": VERCEL}, **more)


def words(table: Table) -> list[str]:
    return [" ".join(" ".join(cell.text for cell in row.cells).split()) for row in table.rows]


def row(found: Facts, key: str) -> str:
    table = costs_lines.table(found, NOW, UNICODE)
    return next(text for text, one in zip(words(table), table.rows, strict=True) if one.key == key)


def detail(found: Facts, key: str) -> str:
    return "\n".join(plain(one) for one in costs.detail(found, key, NOW, UNICODE))


def test_the_panel_says_how_much_of_the_plan_is_spent_and_where() -> None:
    table = costs.table(known(), NOW, UNICODE)
    assert words(table) == ["$14.11 of $31.25", "forecast $21.25 −10.00", "api $12.86 domain $1.25"]
    assert (table.look, table.notice, costs.level(known(), NOW)) == (Look.FRESH, "", Level.OK)


def test_where_there_is_room_each_environment_has_a_row() -> None:
    rows = words(costs.table(known(), NOW, UNICODE, narrow=True))
    assert rows[-2:] == [
        "production $14.11 of $16.25, forecast $21.25 +5.00",
        "staging $0.00 of $15.00, forecast $0.00 −15.00",
    ]


def test_a_forecast_above_the_plan_is_marked_and_a_warning() -> None:
    over = known(projection="31.15")
    assert words(costs.table(over, NOW, UNICODE))[1] == "forecast $32.40 +1.15 ▲"
    assert costs.level(over, NOW) is Level.WARNING
    assert row(over, "total").endswith("$31.25 $14.11 $32.40 +1.15")


@pytest.mark.parametrize(
    "reading",
    [
        pytest.param(seen(bill(line("4"))).failed(FAULT, NOW), id="failed"),
        pytest.param(seen(bill(line("4")), NOW - timedelta(hours=5)), id="old"),
        pytest.param(seen(bill(line("4"), complete=False)), id="partial"),
    ],
)
def test_partial_data_says_at_least_and_is_never_green(reading: Reading[Any]) -> None:
    found = facts({"railway": reading, "vercel": VERCEL})
    assert words(costs.table(found, NOW, UNICODE))[0] == "at least $5.25 of $31.25"
    assert costs.level(found, NOW) is Level.UNKNOWN
    assert "at least $4.00" in row(found, "railway-api/production")
    assert costs_json(found, NOW)["complete"] is False


def test_a_lower_bound_above_the_plan_is_a_warning_all_the_same() -> None:
    found = facts({"railway": seen(bill(line("40"), complete=False)), "vercel": VERCEL})
    assert costs.level(found, NOW) is Level.WARNING


def test_nothing_known_is_unknown_with_the_plan_in_sight() -> None:
    table = costs.table(facts(), NOW, UNICODE)
    assert words(table) == ["$31.25 planned", "? actual unknown", "production $16.25", "staging $15.00"]
    assert (table.look, costs.level(facts(), NOW)) == (Look.NOT_CONFIGURED, Level.UNKNOWN)
    assert "strideiq costs enter" in table.notice
    assert row(facts(), "railway-api") == "Railway (API) $5.00 $5.00 $10.00 unknown unknown –"


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_the_panel_fits_its_place_and_the_narrow_table_a_small_terminal(glyphs: Any) -> None:
    budget = Budget((*PLAN, PlanLine("Language model, with its own cache", Decimal(400), Decimal(900))))
    found = facts({"railway": seen(bill(line("912345.60"), complete=False)), "vercel": VERCEL}, budget=budget)
    for panel in (costs.table(known(), NOW, glyphs), costs.table(facts({"railway": Reading("railway")}), NOW, glyphs)):
        assert all(width(text) <= 26 for text in words(panel))
    table = costs_lines.table(found, NOW, glyphs, narrow=True)
    drawn = [plain(one) for one in table_lines(table, 77)]
    assert all(width(text) <= 77 for text in drawn)
    assert max(width(row.cells[2].text) for row in costs_lines.table(known(), NOW, glyphs, narrow=True).rows) < 16


def test_the_table_has_the_documents_columns_and_sums() -> None:
    found = known()
    assert row(found, "total").startswith("total $15.00 $16.25 $31.25")
    assert row(found, "sum/production").startswith("all production $16.25 $16.25 $14.11")
    assert row(found, "sum/staging").startswith("all staging $15.00 $15.00 $0.00")
    assert "$15.00 + $15.00 = $30.00, its rows $31.25" in detail(found, "total")
    assert "the domain's $1.25" in detail(found, "total")


def test_every_figure_says_its_kind_source_and_age() -> None:
    found = facts({"railway": seen(bill(line("4")), NOW - timedelta(minutes=3)), "vercel": VERCEL}, [entry("2", "domain")])
    assert row(found, "railway-api/production").endswith("metered railway, 3 min")
    assert row(found, "domain").endswith("entered entered 16 Nov")
    assert row(found, "vercel").endswith("assumed vercel, 0 s")
    text = detail(found, "railway-api/production")
    assert "Railway (API), production" in text
    assert "linear: " in text


def test_an_entry_says_when_by_whom_and_what_it_hides() -> None:
    found = known(entries=[replace(entry("15.00", "railway-api", "production"), note="the bill")])
    text = detail(found, "railway-api/production")
    assert "$15.00 on 16 Nov 12:00 by founder: the bill; without it $12.86" in text
    assert costs_json(found, NOW)["items"][3]["without_entry"] == 12.86


def test_a_fault_stands_beside_the_line_that_it_is_about() -> None:
    found = facts({"railway": seen(bill(line("4"))).failed(FAULT, NOW)})
    assert "Railway did not answer. press r." in detail(found, "railway-api/production")
    assert "what was spent since the last reading is missing" in detail(found, "total")
    assert costs.table(found, NOW, UNICODE).look is Look.FAILED


def test_the_month_before_is_told() -> None:
    last = charges(line("9"))
    found = facts({"railway": seen(bill(line("4"), before=last))})
    assert "last month $9.00" in detail(found, "total")


def test_both_exports_hold_what_the_screen_shows() -> None:
    found = known(entries=[entry("12.40", "railway-redis")])
    table = costs_lines.table(found, NOW, UNICODE)
    shown = [[cell.text for place, cell in enumerate(one.cells) if table.columns[place].title] for one in table.rows]
    heads = [column.title for column in table.columns if column.title]
    read = list(csv.reader(io.StringIO(as_csv(found, NOW))))
    assert read == [heads, *shown]
    lines = [one for one in as_markdown(found, NOW).splitlines() if one.startswith("|")]
    cells = [[cell.strip().replace("&emsp;", "") for cell in one.strip("|").split("|")] for one in lines]
    assert [cells[0], *cells[2:]] == [heads, *([text.strip() for text in one] for one in shown)]
    assert "$12.40" in lines[10]


def test_a_name_from_outside_is_no_formula_and_no_markdown() -> None:
    hostile = line("4", "=cmd|' /c calc'!a1", None)
    budget = Budget((*PLAN, PlanLine("=1+1", Decimal(1), Decimal(0)), PlanLine("@SUM(A1)", Decimal(1), Decimal(0))))
    found = facts({"railway": seen(bill(hostile))}, budget=budget)
    cells = [cell for one in csv.reader(io.StringIO(as_csv(found, NOW))) for cell in one]
    assert {"'=1+1", "'@SUM(A1)"} <= set(cells)
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "@"))]
    assert "\\|" in as_markdown(found, NOW)


def test_the_document_is_plain_json_with_numbers_in_cents() -> None:
    found = json.loads(json.dumps(costs_json(known(entries=[entry("12.40", "railway")]), NOW)))
    assert (found["planned"], found["actual"], found["currency"], found["month"]) == (31.25, 13.65, "USD", "2026-11")
    assert found["forecast"] == 25.25
    assert found["by_environment"]["production"]["planned"] == 16.25
    assert {item["key"] for item in found["items"]} >= {"railway", "railway-api/production", "domain"}
    assert all({"seen", "source"} <= set(item) for item in found["items"])


def test_what_can_be_done_with_a_row() -> None:
    found = known(entries=[entry("12.40", "railway-api")])
    offered = {act.letter: act.why_not for act in costs.acts(found, ("railway-api",), NOW)}
    assert offered == {"e": "", "b": "", "t": "", "x": ""}
    assert "choose one of its lines" in costs.acts(found, ("total",), NOW)[0].why_not
    assert costs.acts(found, ("domain",), NOW)[1].why_not == "nothing is entered here"
