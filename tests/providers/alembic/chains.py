"""Forty and more chains of migrations: the shapes, the state that the database starts in, and what must come of one command."""

from __future__ import annotations

from dataclasses import dataclass, field

from strideiq_console.domain.migration_outcome import Ending, Failure
from tests.providers.alembic.projects import ENV, table, version

Files = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Chain:
    """One chain. ``go`` is the direction and the target; ``rows`` the version table before it, ``()``: there is none.

    ``blocked`` is what the refusal must say, and then nothing may have run; ``fault`` the word of an OutsideError. ``ran`` is what
    must have run, exactly. ``tables`` must stand afterwards, ``gone`` must not.
    """

    name: str
    files: Files
    go: tuple[str, str] = ("up", "head")
    rows: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()
    ending: Ending | None = Ending.DONE
    failure: Failure | None = None
    blocked: str = ""
    fault: str = ""
    after: tuple[str, ...] | None = None
    ran: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    said: str = ""
    leftovers: str = ""
    loads: bool = True
    env: str = ENV
    planned_at: tuple[str, ...] | None = None
    steps: int = 9
    words: tuple[str, ...] = ()
    options: dict[str, object] = field(default_factory=dict)
    special: str = ""


LINE: Files = (table("a"), table("b", "a"), table("c", "b"))
FORK: Files = (table("a"), table("b1", "a"), table("b2", "a"))
MERGE: Files = (*FORK, version("m", ("b1", "b2")))
A, B = "CREATE TABLE t_a (id int)", "CREATE TABLE t_b (id int)"
B1, B2 = "CREATE TABLE t_b1 (id int)", "CREATE TABLE t_b2 (id int)"
ROOTS: Files = (table("x1", labels="web"), table("y1", labels="api"))
NEEDS: Files = (table("x1"), table("y1", depends="x1"))

SHAPES = (
    Chain("linear-first", LINE, ("up", "a"), ran=("up a",), after=("a",), tables=("t_a",), gone=("t_b",)),
    Chain("linear-relative", LINE, ("up", "+1"), ("a",), (A,), ran=("up b",), after=("b",), gone=("t_c",), words=("upgrade", "b")),
    Chain("linear-down", LINE, ("down", "-1"), ("b",), (A, B), ran=("down b",), after=("a",), words=("downgrade", "a")),
    Chain("linear-to-base", LINE, ("down", "base"), ("a",), (A,), ran=("down a",), after=(), gone=("t_a",)),
    Chain("two-heads-head", FORK, rows=("a",), setup=(A,), blocked="b1, b2"),
    Chain("two-heads-explicit", FORK, ("up", "b1"), ("a",), (A,), ran=("up b1",), after=("b1",), gone=("t_b2",)),
    Chain("merge-up", MERGE, rows=("b1", "b2"), setup=(A, B1, B2), ran=("up m",), after=("m",)),
    Chain("merge-down", MERGE, ("down", "b1"), ("m",), (A, B1, B2), ran=("down m",), after=("b1", "b2")),
    Chain("three-heads-head", (*FORK, table("b3", "a")), rows=("a",), setup=(A,), blocked="not one head but 3: b1, b2, b3"),
    Chain("merge-minus-one", MERGE, ("down", "-1"), ("m",), (A, B1, B2), blocked="ambiguous walk"),
    Chain("diamond-down", MERGE, ("down", "a"), ("m",), (A, B1, B2), steps=2, ran=("down m", "down b2"), after=("b1",)),
    Chain("fork-minus-one", FORK, ("down", "-1"), ("b1", "b2"), (A, B1, B2), blocked="ambiguous walk"),
    Chain("fork-down-one", FORK, ("down", "a"), ("b1", "b2"), (A, B1, B2), steps=1, ran=("down b2",), after=("b1",)),
    Chain("missing-parent", (*LINE, table("e", "d")), ("up", "a"), blocked="versions/e_change.py) needs d", loads=False),
    Chain("duplicate-id", (*LINE, ("again.py", LINE[1][1])), ("up", "a"), blocked="b is defined 2 times", loads=False),
    Chain("circle", (table("a", "b"), table("b", "a")), ("up", "a"), blocked="in a circle: a, b", loads=False),
    Chain("syntax-error", (*LINE, ("d.py", "def upgrade(:\n")), ("up", "a"), blocked="d.py:1 is unclear", loads=False),
    Chain("empty-project", (), blocked="not one head but 0"),
    Chain("branch-labels", ROOTS, ("down", "base"), ("x1", "y1"), ("CREATE TABLE t_x1 (id int)", "CREATE TABLE t_y1 (id int)"),
          steps=1, ran=("down y1",), after=("x1",), words=("downgrade", "y1@base")),
    Chain("depends-on", NEEDS, ("up", "y1"), ran=("up x1", "up y1"), after=("y1",)),
    Chain("depends-on-down", NEEDS, ("down", "base"), ("y1",), ("CREATE TABLE t_x1 (id int)", "CREATE TABLE t_y1 (id int)"),
          steps=1, ran=("down y1",), after=("x1",)),
    Chain("unknown-current", LINE, rows=("ffff",), setup=(A,), blocked="ffff"),
    Chain("overlapping-rows", LINE, ("up", "c"), ("a", "b"), (A, B), ending=Ending.DIVERGED, after=("a", "b")),
    Chain("adopted", LINE, ("up", "b"), ("b",), (A, B), planned_at=("a",), ending=Ending.ADOPTED, after=("b",)),
    Chain("diverged", LINE, ("up", "b"), ("c",), (A, B), planned_at=("a",), ending=Ending.DIVERGED, after=("c",)),
    Chain("printed", LINE, ("up", "a"), ending=Ending.PRINTED, options={"execute": False}, gone=("t_a",), steps=1),
)  # fmt: skip
