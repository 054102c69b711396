"""What is left of a half-applied move in words, and the choices as text; what a move takes away with its rows."""

from __future__ import annotations

from strideiq_console.domain.database import Blocked, RowCount, Session, TableName
from strideiq_console.domain.migration import Direction, Move, ObjectChange, ObjectKind, Revision, Risk, RiskKind
from strideiq_console.domain.migration_blast import blast, doomed
from strideiq_console.domain.migration_repair import RepairKind, Sighting, repairs

UP, DOWN = Direction.UP, Direction.DOWN
TABLE = ObjectChange(ObjectKind.TABLE, UP, True, "half", schema="app")
COLUMN = ObjectChange(ObjectKind.COLUMN, UP, True, "users", 'od"d')
INDEX = ObjectChange(ObjectKind.INDEX, UP, True, "users", "ix_email")
MOVE = Move(UP, "b", "b", frozenset({"a"}), frozenset({"b"}))


def test_the_sentences_say_what_exists_and_what_does_not() -> None:
    seen = [Sighting(TABLE, True), Sighting(COLUMN, False), Sighting(INDEX, True, valid=False), Sighting(INDEX, None)]
    assert [s.sentence() for s in seen] == [
        "table app.half exists",
        'column users.od"d does not exist',
        "index ix_email on users exists and is not valid",
        "index ix_email on users could not be looked at",
    ]
    assert [s.done for s in seen] == [True, False, True, None]


def test_the_choices_are_finish_drop_restore_with_quoted_names() -> None:
    finish, drop, restore = repairs(MOVE, [Sighting(TABLE, True), Sighting(INDEX, True, valid=False), Sighting(COLUMN, False)])
    assert (finish.kind, finish.commands) == (RepairKind.FINISH, ("alembic stamp b",))
    assert 'column users.od"d, index ix_email on users' in finish.words
    assert drop.commands == ('DROP INDEX CONCURRENTLY "ix_email";', 'DROP TABLE "app"."half";')
    assert "look first whether it stood there before" in drop.words
    assert (restore.kind, restore.commands) == (RepairKind.RESTORE, ())
    column = repairs(MOVE, [Sighting(COLUMN, True)])[1]
    assert column.commands == ('ALTER TABLE "users" DROP COLUMN "od""d";',)


def test_what_is_gone_cannot_be_dropped_and_a_downgrade_stamps_the_parent() -> None:
    gone = ObjectChange(ObjectKind.TABLE, DOWN, False, "users")
    down = Move(DOWN, "b", "a", frozenset({"b"}), frozenset({"a"}))
    assert [r.kind for r in repairs(down, [Sighting(gone, False)])] == [RepairKind.FINISH, RepairKind.RESTORE]
    assert repairs(down, [])[0].commands == ("alembic stamp a",)
    assert repairs(Move(DOWN, "m", "m@b", frozenset({"m"}), frozenset({"b", "c"})), [])[0].commands == ()
    assert [r.kind for r in repairs(MOVE, [])] == list(RepairKind)


def test_the_blast_names_every_loss_with_its_rows() -> None:
    risks = (
        Risk(RiskKind.DROPS_TABLE, DOWN, "app.orders"),
        Risk(RiskKind.DROPS_COLUMN, DOWN, "users", "legacy"),
        Risk(RiskKind.DELETES_ROWS, DOWN),
        Risk(RiskKind.DROPS_TABLE, DOWN, "ghosts"),
        Risk(RiskKind.DROPS_TABLE, DOWN, "unread"),
        Risk(RiskKind.DROPS_TABLE, UP, "not_this_way"),
        Risk(RiskKind.LOCKS, DOWN, "users"),
    )
    revision = Revision("b", ("a",), risks=risks)
    orders, users = TableName("orders", "app"), TableName("users")
    assert doomed(revision, DOWN) == (orders, users, TableName("ghosts"), TableName("unread"))
    counts = {
        orders: RowCount(orders, exact=1204),
        users: RowCount(users, estimate=90, note="not counted: too slow"),
        TableName("ghosts"): RowCount(TableName("ghosts"), found=False),
    }
    found = blast(revision, DOWN, counts=counts, blocked=[Blocked(Session(7), (Session(8),))])
    assert [loss.sentence() for loss in found.losses] == [
        "drops a table: app.orders, 1,204 rows",
        "drops a column: users.legacy, about 90 rows (not counted: too slow)",
        "deletes rows, an unknown number of rows (the file computes which table)",
        "drops a table: ghosts, 0 rows (there is no such table)",
        "drops a table: unread, an unknown number of rows (not counted)",
    ]
    assert not found.known
    assert blast(Revision("b", ("a",), risks=risks[:1]), DOWN, counts=counts).known
    unsure = Revision("b", ("a",), risks=(Risk(RiskKind.RAW_SQL, DOWN),))
    assert not blast(unsure, DOWN, counts={}).known
