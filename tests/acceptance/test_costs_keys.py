"""S12 by keys: `$`, the bill of Railway over its cell, the forecast that moves, `t` for growth, `x` for the exports."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest

from strideiq_console.domain.policy.month import Month, month_of
from strideiq_console.presentation.costs_lines import delta, figure
from strideiq_console.sandbox.world import World
from strideiq_console.ui.widgets.table import TableView
from tests.acceptance.keys import Founder, sitting
from tests.ui.driving import screen_text

pytestmark = pytest.mark.timeout(240)
_FRAME = " ┃│›▃▄▅▆▇█"


def month(founder: Founder) -> Month:
    return month_of(founder.console.facts(), founder.console.clock.now())


def cells(founder: Founder, name: str) -> list[str]:
    """Return the words of a row of the table."""
    lines = [one.strip(_FRAME) for one in screen_text(founder.app).split("\n") if one[:1] in "┃│"]
    line = next(one for one in lines if one.startswith(f"{name} "))
    return line.removeprefix(name).split()


async def test_the_month_by_keys(tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="calm", clock="manual")
    async with sitting(world) as founder:
        await founder.until(lambda: month(founder).complete)
        await founder.press("dollar_sign")
        await founder.sees("5 Costs", "Railway, all", "total")
        before = month(founder)
        assert cells(founder, "total")[:3] == ["$15.00", "$16.25", "$31.25"]
        assert cells(founder, "all production")[0] == "$16.25"
        assert cells(founder, "total")[3:5] == [figure(n, complete=True, currency="USD") for n in (before.actual, before.forecast)]

        await founder.press("j", "e")
        await founder.write("12.40")
        await founder.press("enter")
        await founder.until(lambda: "$12.40" in cells(founder, "Railway, all"))
        after = month(founder)
        assert founder.console.facts().entries[0].amount == Decimal("12.40")
        assert after.delta != before.delta
        assert cells(founder, "total")[3:6] == [
            figure(after.actual, complete=True, currency="USD"),
            figure(after.forecast, complete=True, currency="USD"),
            delta(after),
        ]
        assert isinstance(founder.app.focused, TableView)

        await founder.press("t")
        await founder.sees("Scaling triggers", "users > 1,000", "users > 10,000", "CPU > 80 % for 1 h")
        await founder.press("x")
        folder = founder.console.settings.state / "exports"
        await founder.until(lambda: folder.is_dir() and len(list(folder.glob("costs-2026-11.*"))) == 2)
        rows = list(csv.reader(io.StringIO((folder / "costs-2026-11.csv").read_text())))
        for row in rows[1:]:
            if row[0].startswith("  "):
                continue  # the rows of an environment bear the same name under each service
            assert cells(founder, row[0])[: len(" ".join(row[1:7]).split())] == " ".join(row[1:7]).split()
    world.close()
