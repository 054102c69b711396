"""Each risky operation and SQL statement is tagged with what it touches; whatever reading cannot judge is unclear, never safe."""

from __future__ import annotations

import time

import pytest

from strideiq_console.domain.migration import Direction, Revision, RiskKind
from strideiq_console.providers.alembic import read_revision

K = RiskKind
HEAD = """from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
revision = 'b'
users = sa.table("users", sa.column("id"))
TABLE = "orders"
def helper():
    op.drop_table("by_helper")
def upgrade():
"""


def read(*lines: str, head: str = HEAD) -> Revision:
    body = "\n".join(f"    {line}" for line in lines)
    found = read_revision("x.py", f"{head}{body}\n")
    assert isinstance(found, Revision), found
    return found


def found(*lines: str) -> set[tuple[RiskKind, str]]:
    return {(r.kind, r.object) for r in read(*lines).risks}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('op.drop_table("t")', {(K.DROPS_TABLE, "t")}),
        ("op.drop_table(TABLE)", {(K.DROPS_TABLE, "orders")}),
        ("op.drop_table(name())", {(K.DROPS_TABLE, "")}),
        ('op.drop_column("t", "c")', {(K.DROPS_COLUMN, "t.c")}),
        ('op.drop_column(table_name="t", column_name="c")', {(K.DROPS_COLUMN, "t.c")}),
        ('op.drop_constraint("ck", "t", type_="check")', {(K.DROPS_CONSTRAINT, "t.ck")}),
        ('op.drop_index(op.f("ix"), table_name="t")', {(K.DROPS_INDEX, "t.ix")}),
        ('op.drop_index("ix", "t", postgresql_concurrently=True)', {(K.DROPS_INDEX, "t.ix"), (K.CONCURRENTLY, "t.ix")}),
        ('op.add_column("t", sa.Column("c", sa.Integer))', set()),
        ('op.add_column("t", sa.Column("c", sa.Integer, nullable=False))', {(K.NOT_NULL, "t.c")}),
        ('op.add_column("t", sa.Column("c", sa.Integer, nullable=False, server_default="0"))', set()),
        ('op.add_column("t", make())', {(K.UNCLEAR, "t")}),
        ('op.add_column("t", sa.Column("c", sa.Integer, sa.ForeignKey("u.id")))', {(K.TIGHTENS, "t.c"), (K.LOCKS, "t.c")}),
        ('op.alter_column("t", "c", nullable=False)', {(K.NOT_NULL, "t.c"), (K.LOCKS, "t.c")}),
        ('op.alter_column("t", "c", type_=sa.Text())', {(K.CHANGES_TYPE, "t.c"), (K.LOCKS, "t.c")}),
        ('op.alter_column("t", "c", new_column_name="d")', {(K.RENAMES, "t.c"), (K.LOCKS, "t.c")}),
        ('op.rename_table("t", "u")', {(K.RENAMES, "t")}),
        ('op.create_index("ix", "t", ["c"])', {(K.LOCKS, "t.ix")}),
        ('op.create_index("ix", "t", ["c"], unique=True)', {(K.LOCKS, "t.ix"), (K.TIGHTENS, "t.ix")}),
        ('op.create_index("ix", "t", ["c"], postgresql_concurrently=True)', {(K.CONCURRENTLY, "t.ix")}),
        ('op.create_foreign_key("fk", "t", "u", ["a"], ["b"])', {(K.TIGHTENS, "t.fk"), (K.LOCKS, "t.fk")}),
        ("op.bulk_insert(users, [{'id': 1}])", {(K.MOVES_DATA, "users")}),
        ("op.execute(users.update().values(id=1))", {(K.MOVES_DATA, "users")}),
        ("op.get_bind().execute(sa.delete(users).where(users.c.id == 1))", {(K.DELETES_ROWS, "users")}),
        ("op.get_bind().execute(sa.select(users))", set()),
        ("op.execute(statement)", {(K.RAW_SQL, "")}),
        ("helper()", {(K.DROPS_TABLE, "by_helper")}),
        ("from app.cleanup import run; run()", {(K.UNCLEAR, "run")}),
        ("op.run_async(thing)", {(K.UNCLEAR, "run_async")}),
        ("session.delete(user)", {(K.UNCLEAR, "delete")}),
        ("sa.Enum('a', name='kind').drop(op.get_bind())", {(K.DROPS_OBJECT, "")}),
        ("kind.drop(op.get_bind())", {(K.DROPS_OBJECT, "")}),
        ("op.get_bind().commit()", {(K.AUTOCOMMIT, "")}),
        ("bind = op.get_bind(); print(bind.dialect.name)", set()),
    ],
)
def test_operations(line: str, expected: set[tuple[RiskKind, str]]) -> None:
    assert found(line) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("DROP TABLE IF EXISTS a, public.b CASCADE", {(K.DROPS_TABLE, "a"), (K.DROPS_TABLE, "public.b")}),
        ('drop table "Odd Name"', {(K.DROPS_TABLE, "Odd Name")}),
        ("DROP INDEX CONCURRENTLY ix", {(K.DROPS_INDEX, "ix"), (K.CONCURRENTLY, "")}),
        ("DROP MATERIALIZED VIEW mv", {(K.DROPS_OBJECT, "mv")}),
        ("DROP TYPE IF EXISTS kind", {(K.DROPS_OBJECT, "kind")}),
        ("DELETE FROM ONLY users WHERE id = 1", {(K.DELETES_ROWS, "users")}),
        ("WITH old AS (SELECT 1) DELETE FROM users", {(K.DELETES_ROWS, "users")}),
        ("TRUNCATE TABLE a, b", {(K.DELETES_ROWS, "a"), (K.DELETES_ROWS, "b")}),
        ("INSERT INTO users SELECT 1", {(K.MOVES_DATA, "users")}),
        ("UPDATE users AS u SET id = 1", {(K.MOVES_DATA, "users")}),
        ("ALTER TABLE t DROP COLUMN a, DROP b", {(K.DROPS_COLUMN, "t.a"), (K.DROPS_COLUMN, "t.b"), (K.LOCKS, "t")}),
        ("ALTER TABLE t DROP CONSTRAINT ck", {(K.DROPS_CONSTRAINT, "t.ck"), (K.LOCKS, "t")}),
        ("ALTER TABLE t ALTER COLUMN c DROP NOT NULL", {(K.LOCKS, "t")}),
        ("ALTER TABLE t ALTER c TYPE text", {(K.CHANGES_TYPE, "t.c"), (K.LOCKS, "t")}),
        ("ALTER TABLE t ALTER c SET NOT NULL", {(K.NOT_NULL, "t.c"), (K.LOCKS, "t")}),
        ("ALTER TABLE t ADD COLUMN c int NOT NULL", {(K.NOT_NULL, "t.c"), (K.LOCKS, "t")}),
        ("ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 0", {(K.LOCKS, "t")}),
        ("ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0)", {(K.TIGHTENS, "t.ck"), (K.LOCKS, "t")}),
        ("ALTER TABLE t RENAME TO u", {(K.RENAMES, "t"), (K.LOCKS, "t")}),
        ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix ON t (a)", {(K.CONCURRENTLY, "t.ix"), (K.TIGHTENS, "t.ix")}),
        ("CREATE INDEX ON t (a)", {(K.LOCKS, "t")}),
        ("COMMIT", {(K.AUTOCOMMIT, "")}),
        ("VACUUM users", {(K.AUTOCOMMIT, "")}),
        ("SELECT 1", set()),
        ("CREATE EXTENSION vector", set()),
        ("SELECT 'DROP TABLE x; DELETE FROM y'", set()),
        ("-- don't\nDROP TABLE x -- it's gone", {(K.DROPS_TABLE, "x")}),
        ("/* ' */ DROP TABLE x /* ' */", {(K.DROPS_TABLE, "x")}),
        ("DO $$ BEGIN DELETE FROM users; END $$", set()),
    ],
)
def test_raw_sql_names_what_it_can_and_is_never_safe(sql: str, expected: set[tuple[RiskKind, str]]) -> None:
    revision = read(f"op.execute({sql!r})")
    assert {(r.kind, r.object) for r in revision.risks} == {*expected, (K.RAW_SQL, "")}
    assert not revision.additive
    assert revision.unsure(Direction.UP)


@pytest.mark.parametrize("sql", ["SET lock_timeout = '5s'", "SET LOCAL statement_timeout TO 0", "COMMENT ON TABLE t IS 'x'", " ; "])
def test_only_these_statements_are_harmless(sql: str) -> None:
    assert read(f"op.execute({sql!r})").risks == ()


def test_sql_is_found_in_every_wrapping() -> None:
    for call in (
        'op.execute("DROP " "TABLE t")',
        'op.execute(sa.text("DROP TABLE t"))',
        'op.execute(f"DROP TABLE t {x}")',
        'op.execute("DROP TABLE t " + rest)',
        'sql = "DROP TABLE t"; op.execute(sql)',
        'op.get_bind().exec_driver_sql("DROP TABLE t")',
        'op.execute(sa.text("DROP TABLE t").bindparams(x=1))',
        'op.execute(sqltext="DROP TABLE t")',
    ):
        assert (K.DROPS_TABLE, "t") in found(call), call
    assert (K.DROPS_TABLE, "?") not in found('op.execute(f"DROP TABLE {name}")')


def test_batches_blocks_branches_and_loops_are_walked() -> None:
    assert (K.DROPS_COLUMN, "t.c") in found('with op.batch_alter_table("t") as b:', '    b.drop_column("c")')
    assert (K.AUTOCOMMIT, "") in found("with op.get_context().autocommit_block():", '    op.execute("SELECT 1")')
    assert (K.DROPS_TABLE, "t") in found("if x:", '    op.drop_table("t")')
    assert (K.DROPS_TABLE, "t") in found("try:", '    op.drop_table("t")', "except Exception:", "    pass")
    assert (K.DROPS_TABLE, "") in found('for name in ("a", "b"):', "    op.drop_table(name)")
    assert (K.DROPS_TABLE, "t") in found("def inner():", '    op.drop_table("t")', "inner()")
    assert found("def f():", "    f()", "f()") == set()


def test_a_table_that_the_revision_makes_is_nobodys_lock() -> None:
    assert (
        found('op.create_table("n", sa.Column("id", postgresql.UUID()))', 'op.create_index("ix", "n", ["id"], unique=True)')
        == set()
    )


def test_the_level_is_three_only_for_what_merely_adds() -> None:
    adds = read('op.add_column("t", sa.Column("c", sa.Integer))', 'op.create_index("ix", "t", ["c"])')
    assert (adds.additive, adds.level(Direction.UP), adds.level(Direction.DOWN)) == (True, 3, 4)
    assert read('op.drop_column("t", "c")').level(Direction.UP) == 4
    assert read("mystery()").level(Direction.UP) == 4
    assert read('op.create_index("ix", "t", ["c"], postgresql_concurrently=True)').level(Direction.UP) == 4


def test_other_names_for_op_are_seen() -> None:
    for head, call in (("from alembic import op as o\n", "o"), ("import alembic.op as ao\n", "ao")):
        text = f"{head}revision = 'b'\ndef upgrade():\n    {call}.drop_table('t')\n"
        revision = read_revision("x.py", text)
        assert isinstance(revision, Revision)
        assert revision.lost(Direction.UP)[0].object == "t"


def test_each_direction_has_its_own_risks_and_what_dies() -> None:
    revision = read('op.create_table("t")', head=HEAD.replace("def helper", "def downgrade():\n    op.drop_table('t')\ndef helper"))
    assert revision.lost(Direction.UP) == ()
    assert [r.sentence() for r in revision.lost(Direction.DOWN)] == ["drops a table: t"]


def test_hostile_sql_takes_no_time_and_names_are_clean() -> None:
    for sql in ("/*" * 200_000, "$a$" * 100_000, "'" * 200_001, "ALTER TABLE t " + "ADD c int " * 50_000, '"' * 100_001):
        began = time.process_time()
        assert (K.RAW_SQL, "") in found(f"op.execute({sql!r})")
        assert time.process_time() - began < 5
    assert read("op.drop_table('a\\x1b[2J\\u202e')").risks[0].table == "a␛[2J\N{REPLACEMENT CHARACTER}"
