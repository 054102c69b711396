"""The schema ladder on the command line: what each environment has, what waits for it, and what is wrong with the files."""

from __future__ import annotations

from typing import Any

from strideiq_console.domain.reading import Level, Look
from strideiq_console.domain.schema_ladder import Rung, SchemaLadder, risk_words
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone
from strideiq_console.presentation.glyphs import Glyphs

LADDER_SCHEMA = 1
_COLUMNS = (Column("", 2), Column("environment", 12), Column("is at", 32), Column("waits", 6), Column("what waits"))


def ladder_table(ladder: SchemaLadder, glyphs: Glyphs) -> Table:
    """Return the environments in the order in which a revision reaches them."""
    return Table(_COLUMNS, tuple(_row(rung, glyphs) for rung in ladder.rungs), Look.FRESH, "", f"{len(ladder.rungs)}")


def _row(rung: Rung, glyphs: Glyphs) -> Row:
    if rung.rows is None:
        cells = (
            Cell(glyphs.unknown, Tone.UNKNOWN),
            Cell(rung.environment),
            Cell("unknown", Tone.UNKNOWN),
            Cell(""),
            Cell(rung.note),
        )
        return Row(rung.environment, cells)
    at = ", ".join(rung.rows) or "nothing"
    if rung.strange:
        words = f"no migration file defines {', '.join(rung.strange)}"
        cells = (Cell(glyphs.unknown, Tone.UNKNOWN), Cell(rung.environment), Cell(at), Cell("?", Tone.UNKNOWN), Cell(words))
        return Row(rung.environment, cells)
    mark = Cell(glyphs.warn, Tone.WARNING) if rung.ahead else Cell(glyphs.ok, Tone.OK)
    waits = "; ".join(f"{one.id}: {risk_words(one)}" for one in rung.pending)
    ahead = f"has {', '.join(rung.ahead)} before staging has it" if rung.ahead else ""
    said = Cell(" · ".join(part for part in (ahead, waits) if part))
    return Row(rung.environment, (mark, Cell(rung.environment), Cell(at, Tone.ACCENT), Cell(str(len(rung.pending))), said))


def ladder_lines(ladder: SchemaLadder, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return what stands below the table: the heads with their files, every problem, the command that joins several heads."""
    lines: list[Line] = []
    if ladder.note:
        lines.append((Cell(f"{glyphs.unknown} {ladder.note}", Tone.UNKNOWN),))
    for head, file in ladder.heads:
        lines.append((Cell("head ", Tone.MUTED), Cell(head, Tone.ACCENT), Cell(f"  {file}")))
    lines.extend((Cell(f"{glyphs.warn} {problem}", Tone.WARNING),) for problem in ladder.problems)
    if ladder.proposal:
        lines.append((Cell("join them: ", Tone.MUTED), Cell(ladder.proposal, Tone.ACCENT)))
    return tuple(lines)


def ladder_json(ladder: SchemaLadder) -> dict[str, Any]:
    """Return the ladder; ``rows`` null: not known, which is not none."""
    level = {Level.OK: "ok", Level.WARNING: "warning"}.get(ladder.level, "unknown")
    return {
        "schema": LADDER_SCHEMA,
        "level": level,
        "note": ladder.note,
        "heads": [{"revision": head, "file": file} for head, file in ladder.heads],
        "problems": list(ladder.problems),
        "merge": ladder.proposal,
        "environments": [
            {
                "name": rung.environment,
                "rows": list(rung.rows) if rung.rows is not None else None,
                "note": rung.note,
                "undefined": list(rung.strange),
                "branch": rung.branch or None,
                "due": [one.id for one in rung.due] if rung.due is not None else None,
                "ahead": list(rung.ahead),
                "pending": [
                    {"revision": one.id, "message": one.message, "file": one.file, "risk": risk_words(one)} for one in rung.pending
                ],
            }
            for rung in ladder.rungs
        ],
    }
