"""What a move of the schema takes away, as facts for the person who confirms it (R95)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from strideiq_console.domain.database import Blocked, RowCount, TableName
from strideiq_console.domain.migration import Direction, Revision, Risk, RiskKind


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that dies, with the rows of its table; ``rows`` None: nobody knows how many. ``exact`` false: an estimate."""

    risk: Risk
    rows: int | None
    exact: bool = False
    note: str = ""

    def sentence(self) -> str:
        """Return what dies and how many rows hold it."""
        many = "an unknown number of" if self.rows is None else f"{self.rows:,}" if self.exact else f"about {self.rows:,}"
        note = f" ({self.note})" if self.note else ""
        return f"{self.risk.sentence()}, {many} rows{note}"


@dataclass(frozen=True, slots=True)
class Blast:
    """The blast radius of one move. ``sql`` is what alembic would send, ``""`` with ``no_sql`` saying why.

    ``blocked`` None: the sessions could not be read. ``unsure``: reading the file does not tell all that it does.
    """

    revision: str
    direction: Direction
    losses: tuple[Loss, ...]
    sql: str
    no_sql: str
    blocked: tuple[Blocked, ...] | None
    unsure: bool
    splits: bool
    unread: str = ""

    @property
    def known(self) -> bool:
        """Say whether everything that dies is named and counted."""
        return not self.unsure and all(loss.rows is not None for loss in self.losses)


def doomed(revision: Revision, direction: Direction) -> tuple[TableName, ...]:
    """Return the tables whose rows a move takes away, or parts of them, each once."""
    names = dict.fromkeys(risk.table for risk in revision.lost(direction) if risk.table)
    return tuple(_table(name) for name in names)


def losses(revision: Revision, direction: Direction, counts: Mapping[TableName, RowCount]) -> tuple[Loss, ...]:
    """Return what dies with its rows; a table that is not there has none."""
    return tuple(_loss(risk, counts) for risk in revision.lost(direction))


def blast(
    revision: Revision,
    direction: Direction,
    *,
    counts: Mapping[TableName, RowCount],
    sql: str = "",
    no_sql: str = "",
    blocked: Sequence[Blocked] | None = None,
    unread: str = "",
) -> Blast:
    """Put the facts together. ``unread`` says why rows could not be counted."""
    return Blast(
        revision.id,
        direction,
        losses(revision, direction, counts),
        sql,
        no_sql,
        None if blocked is None else tuple(blocked),
        revision.unsure(direction),
        revision.splits(direction),
        unread,
    )


def _loss(risk: Risk, counts: Mapping[TableName, RowCount]) -> Loss:
    if not risk.table:
        words = "what it holds is not known" if risk.kind is RiskKind.DROPS_OBJECT else "the file computes which table"
        return Loss(risk, None, note=words)
    count = counts.get(_table(risk.table))
    if count is None:
        return Loss(risk, None, note="not counted")
    if not count.found:
        return Loss(risk, 0, exact=True, note="there is no such table")
    return Loss(risk, count.best, exact=count.exact is not None, note=count.note)


def _table(name: str) -> TableName:
    schema, _, table = name.rpartition(".")
    return TableName(table, schema)
