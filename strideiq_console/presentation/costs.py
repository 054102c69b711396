"""The costs panel: the plan of the architecture document's section 10. No feed brings actual costs yet."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.policy.budget import PLAN, planned_by_environment, planned_total
from strideiq_console.domain.reading import Look
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.glyphs import Glyphs

NO_SOURCE = "no source yet: this version reads no bills"


def table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return the planned month in total and by environment, and that there is no actual figure."""
    by_environment = planned_by_environment()
    rows = [Row("planned", (Cell("planned"), Cell(f"${planned_total():.2f}", Tone.ACCENT)))]
    rows.extend(
        Row(name, (Cell(name, Tone.MUTED), Cell(f"${by_environment[name]:.2f}", Tone.MUTED))) for name in ("production", "staging")
    )
    rows.append(Row("actual", (Cell("actual"), Cell("no source yet", Tone.MUTED))))
    columns = (Column("a month"), Column("", 14, right=True))
    return Table(columns, tuple(rows), Look.NOT_CONFIGURED, "", "plan", "")


def detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return the plan line by line, with the reason why its columns sum to less than its rows (T23)."""
    lines: list[Line] = [text(Cell(f"{'a month, planned':<18}{'staging':>10}{'production':>12}", Tone.MUTED))]
    lines.extend(text(f"{line.service:<18}{_money(line.staging):>10}{_money(line.production):>12}") for line in PLAN)
    sums = planned_by_environment()
    lines.append(text(Cell(f"{'together':<18}{_money(sums['staging']):>10}{_money(sums['production']):>12}", Tone.ACCENT)))
    lines.append(text(f"{'total':<18}{_money(planned_total()):>22}"))
    lines.append(())
    lines.append((Cell("The document's columns add up to $30.00: the domain's $1.25 stands in its total only.", Tone.MUTED),))
    lines.append((Cell(f"Actual costs: {NO_SOURCE}.", Tone.MUTED),))
    return tuple(lines)


def _money(amount: object) -> str:
    return f"${amount:.2f}"
