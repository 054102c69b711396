"""The audit log on a terminal: its newest rows, and what a walk along its chain found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from strideiq_console.domain.audit import AuditRow, Chain
from strideiq_console.domain.reading import Level, Look
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.evidence import chain_json
from strideiq_console.presentation.evidence_markdown import chain_words
from strideiq_console.presentation.feed_json import moment
from strideiq_console.presentation.glyphs import Glyphs

CHAIN_SCHEMA = "strideiq.audit-chain/1"
ROWS_SCHEMA = "strideiq.audit/1"
_TELLING = ("reason", "sentence", "answer", "fingerprint")


def rows_table(rows: Sequence[AuditRow]) -> Table:
    """Return rows as a table, in the order they come in; the key is the row's number."""
    columns = (
        Column("row", 6, right=True),
        Column("time (UTC)", 20),
        Column("who", 12),
        Column("execution", 13),
        Column("what", 15),
        Column("step", 16),
        Column("hash", 13),
        Column("said"),
    )
    return Table(columns, tuple(_row(row) for row in rows), Look.FRESH, "" if rows else "Nothing has been carried out yet.")


def _row(row: AuditRow) -> Row:
    at = f"{row.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if row.at else "unreadable"
    said = next((str(row.data[key]) for key in _TELLING if row.data.get(key)), "")
    cells = (
        Cell(f"{row.seq} ", Tone.MUTED),
        Cell(at, Tone.PLAIN if row.at else Tone.CRITICAL),
        Cell(row.who),
        Cell(row.execution, Tone.ACCENT),
        Cell(row.kind),
        Cell(row.step),
        Cell(row.hash[:12], Tone.MUTED),
        Cell(said, Tone.MUTED),
    )
    return Row(str(row.seq), cells)


def rows_json(rows: Sequence[AuditRow]) -> dict[str, Any]:
    """Return rows as one document."""
    return {"schema": ROWS_SCHEMA, "rows": [_row_json(row) for row in rows]}


def _row_json(row: AuditRow) -> Mapping[str, Any]:
    return {
        "row": row.seq,
        "at": moment(row.at),
        "who": row.who,
        "execution": row.execution,
        "step": row.step,
        "kind": row.kind,
        "data": dict(row.data),
        "previous": row.previous,
        "hash": row.hash,
    }


def chain_lines(chain: Chain, glyphs: Glyphs, *, noted: str = "") -> tuple[Line, ...]:
    """Return what a walk found: one sentence, then what differs where it stopped, and how far the log has grown since ``noted``."""
    level = Level.OK if chain.whole else Level.CRITICAL
    lines: list[Line] = [text(Cell(f"{glyphs.level(level)} ", LEVEL_TONES[level]), chain_words(chain_json(chain)))]
    for difference in chain.differences:
        lines.append(text(Cell(f"  {difference.what}: ", Tone.ACCENT), f"expected {difference.expected}"))
        lines.append(text(" " * (len(difference.what) + 4), f"found    {difference.found}"))
    if not chain.whole:
        lines.append((Cell(f"  {_until_there(chain)}", Tone.MUTED),))
    elif noted and chain.noted_row is not None:
        grown = chain.rows - chain.noted_row
        words = "nothing was added since" if not grown else f"{grown} {'row was' if grown == 1 else 'rows were'} added since"
        lines.append((Cell(f"  The hash you noted is that of row {chain.noted_row}; {words}.", Tone.MUTED),))
    return tuple(lines)


def _until_there(chain: Chain) -> str:
    rows = "1 row fits" if chain.rows == 1 else f"{chain.rows} rows fit"
    return f"{rows} together." if chain.row is None else f"{rows} before it; what comes after was not judged."


def chain_document(chain: Chain) -> dict[str, Any]:
    """Return what a walk found as one document."""
    return {"schema": CHAIN_SCHEMA, **chain_json(chain)}
