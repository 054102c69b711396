"""The chains in which something goes wrong while alembic runs, or is dangerous when it goes right."""

from __future__ import annotations

from strideiq_console.domain.migration_outcome import Ending, Failure
from tests.providers.alembic.chains import LINE, A, B, Chain, Files
from tests.providers.alembic.projects import ENV, table, version

NOT, HALF = Ending.NOT_DONE, Ending.HALF_APPLIED
USERS = "CREATE TABLE users (id int PRIMARY KEY, email text, legacy text)"
TWO = "INSERT INTO users VALUES (1, 'ada@example.test', 'x'), (2, 'ada@example.test', 'y')"


def one(*up: str, down: tuple[str, ...] | None = ()) -> Files:
    """Return a chain of ``a``, in effect, and ``b``, which does this."""
    return (table("a"), version("b", "a", up=up, down=down))


def chain(name: str, files: Files, **words: object) -> Chain:
    """Return a chain that starts at ``a`` and whose ``b`` is run."""
    given: dict[str, object] = {"go": ("up", "b"), "rows": ("a",), "setup": (A,), "ran": ("up b",), "after": ("a",), "ending": NOT}
    return Chain(name, files, **{**given, **words})  # type: ignore[arg-type]


HALF_TABLE = "CREATE TABLE half (id int)"
AUTOCOMMIT = (
    "with op.get_context().autocommit_block():",
    '    op.execute("CREATE TABLE half (id int)")',
    'op.execute("SELECT 1 / 0")',
)
CONCURRENTLY = (
    "with op.get_context().autocommit_block():",
    '    op.create_index("ix_email", "users", ["email"], unique=True, postgresql_concurrently=True)',
)
EXIT_BADLY = (
    ENV
    + """    if pathlib.Path("migrations/ran.log").exists():
        raise RuntimeError("the notification after the migration failed")
"""
)
NO_ENV = "raise RuntimeError('settings: postgresql://founder:an-obviously-fake-password@db.example.test/x is wrong')\n"

FAILING = (
    chain("failing-first", one('op.execute("ALTER TABLE nowhere ADD COLUMN x int")'), failure=Failure.NOT_THERE),
    chain(
        "failing-half-of-one",
        one('op.create_table("early", sa.Column("id", sa.Integer))', 'op.execute("SELECT 1 / 0")'),
        failure=Failure.OTHER,
        said="division by zero",
        gone=("early",),
    ),
    chain(
        "failing-middle",
        (table("a"), table("b", "a"), version("c", "b", up=('op.drop_table("nowhere")',)), table("d", "c")),
        go=("up", "head"),
        failure=Failure.NOT_THERE,
        ran=("up b", "up c"),
        after=("b",),
        tables=("t_b",),
        gone=("t_d",),
    ),
    chain("autocommit-half", one(*AUTOCOMMIT), ending=HALF, failure=Failure.OTHER, tables=("half",), leftovers="table half exists"),
    chain("autocommit-again", one(*AUTOCOMMIT), setup=(A, HALF_TABLE), ending=HALF, ran=(), tables=("half",),
          leftovers="table half exists"),
    chain("concurrently", one(*CONCURRENTLY), setup=(A, USERS), ending=Ending.DONE, after=("b",)),
    chain(
        "concurrently-invalid",
        one(*CONCURRENTLY),
        setup=(A, USERS, TWO),
        ending=HALF,
        failure=Failure.DATA,
        leftovers="invalid index public.ix_email on users",
    ),
    chain("already-there", LINE, setup=(A, B), failure=Failure.ALREADY_THERE),
    chain(
        "not-null-on-rows",
        one('op.add_column("users", sa.Column("age", sa.Integer, nullable=False))'),
        setup=(A, USERS, TWO),
        failure=Failure.DATA,
    ),
    chain(
        "unique-on-duplicates",
        one('op.create_unique_constraint("uq_email", "users", ["email"])'),
        setup=(A, USERS, TWO),
        failure=Failure.DATA,
    ),
    chain("long-lock", one('op.add_column("users", sa.Column("n", sa.Integer))'), setup=(A, USERS), failure=Failure.LOCK_TIMEOUT,
          special="lock", options={"lock_timeout": 0.3}),
    chain("slow-statement", one('op.execute("SELECT pg_sleep(20)")'), failure=Failure.STATEMENT_TIMEOUT,
          options={"statement_timeout": 1.0}),
    chain("hangs", one("import time", "time.sleep(60)"), failure=Failure.TIMED_OUT, options={"move_seconds": 12.0}),
    chain("connection-lost", one('op.execute("SELECT pg_terminate_backend(pg_backend_pid())")'), failure=Failure.CONNECTION_LOST),
    chain("ends-well-without-effect", one("import os", "os._exit(0)"), failure=Failure.WITHOUT_EFFECT),
    chain("exit-code-lies", (*LINE[:2],), env=EXIT_BADLY, ending=Ending.DONE, after=("b",), tables=("t_b",)),
    chain("permission", one('op.execute("DROP TABLE t_a")'), failure=Failure.PERMISSION, tables=("t_a",), special="guest"),
    chain("read-only", LINE, failure=Failure.READ_ONLY, gone=("t_b",), special="read-only"),
    chain("downgrade-raises", one(down=("raise NotImplementedError()",)), go=("down", "a"), rows=("b",), ran=("down b",),
          after=("b",), failure=Failure.NOT_REVERSIBLE),
    chain("downgrade-missing", one(down=None), go=("down", "a"), rows=("b",), ran=(), after=("b",), failure=Failure.NOT_REVERSIBLE),
    chain("downgrade-pass", one('op.execute("CREATE TABLE t_b (id int)")'), go=("down", "a"), rows=("b",), setup=(A, B),
          ran=("down b",), after=("a",), ending=Ending.DONE, tables=("t_b",)),
    chain("data-drop", LINE[:2], go=("down", "a"), rows=("b",), setup=(A, B, "INSERT INTO t_b VALUES (1), (2)"), ran=("down b",),
          ending=Ending.DONE, gone=("t_b",)),
    chain("column-drop", one('op.drop_column("users", "legacy")'), setup=(A, USERS, TWO), ending=Ending.DONE, after=("b",)),
    chain("data-move", one("op.execute(\"UPDATE users SET email = lower(email) WHERE legacy = 'x'\")"), setup=(A, USERS, TWO),
          ending=Ending.DONE, after=("b",)),
    chain("wrong-database-console", LINE, blocked="the system identifier is", ran=(), gone=("t_b",), special="other-cluster"),
    chain("wrong-database-name", LINE, blocked="is enrolled", ran=(), gone=("t_b",), special="other-name"),
    chain("wrong-database-dotenv", LINE, blocked="the database of alembic is elsewhere", ran=(), gone=("t_b",), special="dotenv"),
    chain("not-enrolled", LINE, blocked="no database is enrolled", ran=(), special="not-enrolled"),
    chain("database-refuses", LINE, fault="unreachable", ran=(), special="closed-port"),
    chain("missing-module", (("a.py", "import nowhere_at_all\n" + LINE[0][1]), LINE[1]), fault="not configured", ran=(),
          loads=False),
    chain("broken-env", LINE, env=NO_ENV, fault="local fault", ran=()),
)  # fmt: skip
