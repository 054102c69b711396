"""The costs opened by keys: an amount is edited over its cell, bad input stays in the field, and the focus comes back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from strideiq_console.domain.cost import Charges, CostEntry, CostKind, CostLine, MonthCosts
from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.metric import Metrics, Quantity, Sample, Series
from strideiq_console.domain.money import amount_of
from strideiq_console.domain.reading import Reading
from strideiq_console.presentation.costs_lines import ACTUAL
from strideiq_console.settings.model import UiSettings
from strideiq_console.ui.app import ConsoleApp
from strideiq_console.ui.panels.costs import CostsZoom
from strideiq_console.ui.widgets.table import TableView

from .driving import press, screen_text
from .fakes import FakeConsole
from .made_facts import NOW, facts

START = datetime(2026, 11, 1, tzinfo=UTC)
SIZES = [pytest.param((120, 36), id="120x36"), pytest.param((80, 24), id="80x24")]


def spent(component: str, amount: str) -> CostLine:
    return CostLine("railway", "CPU", Decimal(amount), kind=CostKind.METERED, environment="production", component=component)


class CostsConsole(FakeConsole):
    """Keeps entries in its facts."""

    def enter_cost(self, service: str, environment: str, month: str, amount: str, note: str = "") -> CostEntry:
        try:
            entry = CostEntry(service, environment, "2026-11", amount_of(amount), NOW, "founder", note)
        except ValueError as error:
            raise UsageError(str(error), consequence="nothing was entered") from error
        self.current = replace(self.current, entries=(*self.current.entries, entry))
        return entry

    def take_cost_back(self, service: str, environment: str, month: str, note: str = "") -> CostEntry:
        entry = next(e for e in self.current.entries if (e.service, e.environment) == (service, environment))
        self.current = replace(self.current, entries=tuple(e for e in self.current.entries if e is not entry))
        return entry


@pytest.fixture
def console(tmp_path: Path) -> CostsConsole:
    bill = MonthCosts("railway", Charges("railway", (spent("api", "4.10"), spent("database", "2.00")), START, NOW))
    users = Series(Quantity.REGISTERED_USERS, "production", "prometheus", (Sample(NOW, 1001.0),))
    made = facts(
        costs={"railway": Reading("railway", bill, NOW, period=timedelta(minutes=30))},
        metrics={"production/prometheus": Reading("prometheus", Metrics("production", "prometheus", (users,)), NOW)},
    )
    found = CostsConsole(tmp_path, facts=made, ui=UiSettings())
    found.settings = replace(found.settings, state=tmp_path / "state")
    return found


def app_of(console: CostsConsole) -> ConsoleApp:
    app = ConsoleApp(console)  # type: ignore[arg-type]
    app.animation_level = "none"
    return app


def kept(console: CostsConsole) -> list[tuple[str, str, Decimal]]:
    return [(e.service, e.environment, e.amount) for e in console.current.entries]


def line_of(app: ConsoleApp, word: str) -> str:
    return next(line for line in screen_text(app).split("\n") if word in line)


@pytest.mark.parametrize("size", SIZES)
async def test_dollar_opens_the_month_and_escape_leads_to_the_panel(console: CostsConsole, size: tuple[int, int]) -> None:
    app = app_of(console)
    async with app.run_test(size=size) as pilot:
        await press(pilot, "dollar_sign")
        assert isinstance(app.screen, CostsZoom)
        assert "$31.25" in line_of(app, " total ") if size[1] == 36 else True
        assert "$4.10" in line_of(app, "Railway (API)")
        await press(pilot, "dollar_sign")
        assert len(app.screen_stack) == 2, "a second one changes nothing"
        await press(pilot, "escape")
        assert app.screen.active.spec.name == "costs"


@pytest.mark.parametrize("size", SIZES)
async def test_an_amount_is_typed_over_its_cell_and_kept(console: CostsConsole, size: tuple[int, int]) -> None:
    app = app_of(console)
    async with app.run_test(size=size, notifications=True) as pilot:
        await press(pilot, "dollar_sign", "j")
        before = line_of(app, "Railway, all")
        await press(pilot, "e")
        field, view = app.screen.query_one("#amount"), app.screen.query_one(TableView)
        assert field.region == view.cell_region(ACTUAL)
        await press(pilot, *"12", "full_stop", *"40")
        assert "12.40" in line_of(app, "Railway, all")
        assert not kept(console), "nothing is kept before Enter"
        await press(pilot, "enter")
        assert kept(console) == [("railway", "", Decimal("12.40"))]
        after = line_of(app, "Railway, all")
        assert "$12.40" in after
        assert after != before
        assert isinstance(app.focused, TableView)
        assert "entered" in after


async def test_what_is_typed_ahead_belongs_to_the_field(console: CostsConsole) -> None:
    app = app_of(console)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "dollar_sign", "j")
        await pilot.press("e", "7", "full_stop", "5", "enter")
        await press(pilot)
        assert kept(console) == [("railway", "", Decimal("7.5"))]


async def test_escape_throws_away_and_bad_input_stays(console: CostsConsole) -> None:
    app = app_of(console)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await press(pilot, "dollar_sign", "j", "e", "9", "escape")
        assert not kept(console)
        assert isinstance(app.focused, TableView)
        assert isinstance(app.screen, CostsZoom), "Escape left the field, and not the table"
        await press(pilot, "e", *"12", "comma", *"4", "enter")
        assert app.focused is app.screen.query_one("#amount")
        assert app.screen.query_one("#amount").value == "12,4"  # type: ignore[attr-defined]
        assert "has a comma" in screen_text(app)
        await press(pilot, "backspace", "backspace", "full_stop", *"4", "enter")
        assert kept(console) == [("railway", "", Decimal("12.4"))]


async def test_an_empty_field_takes_the_entry_back(console: CostsConsole) -> None:
    app = app_of(console)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "dollar_sign", "j", "e", "enter")
        assert not kept(console), "an empty field of a line without an entry changes nothing"
        await press(pilot, "e", "5", "enter", "e")
        assert app.screen.query_one("#amount").value == "5"  # type: ignore[attr-defined]
        await press(pilot, "backspace", "enter")
        assert not kept(console)
        await press(pilot, "e", "6", "enter", "a", "b")
        assert not kept(console)


async def test_one_environment_is_edited_on_its_own_row_and_sums_are_not(console: CostsConsole) -> None:
    app = app_of(console)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "dollar_sign", "j", "j", "j", "e", "8", "enter")
        assert kept(console) == [("railway-api", "production", Decimal(8))]
        await press(pilot, "G", "e")
        assert not app.screen.query_one("#amount").display
        assert "choose one of its lines" in app.screen.why_not("edit")  # type: ignore[attr-defined]


async def test_news_leave_the_field_and_what_is_typed(console: CostsConsole) -> None:
    app = app_of(console)
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "dollar_sign", "j", "e", "1", "2")
        console.tell("costs/railway", replace(console.current, costs={}))
        await press(pilot)
        assert app.screen.query_one("#amount").value == "12"  # type: ignore[attr-defined]
        assert app.focused is app.screen.query_one("#amount")


@pytest.mark.parametrize("size", SIZES)
async def test_triggers_stand_in_the_place_of_the_details(console: CostsConsole, size: tuple[int, int]) -> None:
    app = app_of(console)
    async with app.run_test(size=size) as pilot:
        await press(pilot, "dollar_sign", "t")
        assert "users > 1,000: fired, 1,001 is 1 above" in screen_text(app)
        assert "CPU > 80 % for 1 h: no source" in screen_text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, CostsZoom)
        assert "users > 1,000" not in screen_text(app)


async def test_the_export_is_the_table_and_never_written_over(console: CostsConsole) -> None:
    app = app_of(console)
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        await press(pilot, "dollar_sign", "x")
        await app.workers.wait_for_complete()
        await press(pilot, "x")
        await app.workers.wait_for_complete()
        await press(pilot)
        folder = console.settings.state / "exports"
        assert sorted(path.name for path in folder.iterdir()) == [
            "costs-2026-11-2.csv",
            "costs-2026-11-2.md",
            "costs-2026-11.csv",
            "costs-2026-11.md",
        ]
        line = next(one for one in (folder / "costs-2026-11.csv").read_text().splitlines() if "Railway, all" in one)
        shown = line_of(app, "Railway, all")
        assert all(word in shown for word in line.replace('"', "").split(",")[2:])
        assert "Exported" in screen_text(app)


async def test_a_fired_trigger_and_the_plan_stand_on_the_dashboard(console: CostsConsole) -> None:
    app = app_of(console)
    async with app.run_test(size=(120, 36)):
        text = screen_text(app)
        assert "users 1,001 > 1,000" in text
        assert "of $31.25" in text
