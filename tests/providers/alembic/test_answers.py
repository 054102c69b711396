"""What alembic prints, sorted: each failure into its class, each address into its parts, nothing private repeated."""

from __future__ import annotations

import pytest

from strideiq_console.domain.database import Identity
from strideiq_console.domain.migration_outcome import Address, Failure, next_step
from strideiq_console.domain.secret import Redactor
from strideiq_console.providers.alembic.answers import read_address, read_current, read_heads
from strideiq_console.providers.alembic.failures import classify, last_words

TRACE = """Traceback (most recent call last):
  File "/app/migrations/versions/b.py", line 20, in upgrade
    raise_if_it_already_exists("deadlock detected")
    ^^^^^^^^^^^^^
psycopg.errors.UniqueViolation: duplicate key value violates unique constraint "users_pkey"
DETAIL:  Key (email)=(ada@example.test) already exists.

The above exception was the direct cause of the following exception:

sqlalchemy.exc.IntegrityError: (psycopg.errors.UniqueViolation) duplicate key value violates unique constraint "users_pkey"
DETAIL:  Key (email)=(ada@example.test) already exists.
[SQL: INSERT INTO users VALUES (%(email)s)]
[parameters: {'email': 'ada@example.test'}]
(Background on this error at: https://sqlalche.me/e/20/gkpj)
"""


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        ("  FAILED: Multiple head revisions are present for given argument 'head'", Failure.MULTIPLE_HEADS),
        ("  FAILED: Can't locate revision identified by 'ffff'", Failure.UNKNOWN_REVISION),
        ("  FAILED: Ambiguous walk", Failure.AMBIGUOUS),
        ("  FAILED: Requested revision b overlaps with other requested revisions a", Failure.OVERLAP),
        ("  FAILED: Destination a is not a valid downgrade target from current head(s)", Failure.NOT_ON_PATH),
        ("Online migration expected to match one row when updating 'a' to 'b' in 'alembic_version'; 0 found", Failure.ROW_CHANGED),
        ("  FAILED: No 'script_location' key found in configuration", Failure.NO_CONFIG),
        ('  File "x.py", line 3\n    def (\n        ^\nSyntaxError: invalid syntax', Failure.BROKEN_FILE),
        ("ModuleNotFoundError: No module named 'pgvector'", Failure.MISSING_MODULE),
        ("psycopg.errors.LockNotAvailable: canceling statement due to lock timeout", Failure.LOCK_TIMEOUT),
        ("psycopg2.errors.QueryCanceled: canceling statement due to statement timeout", Failure.STATEMENT_TIMEOUT),
        ("psycopg.errors.DeadlockDetected: deadlock detected", Failure.DEADLOCK),
        ('psycopg.errors.DuplicateTable: relation "t" already exists', Failure.ALREADY_THERE),
        ('psycopg.errors.UndefinedTable: table "t" does not exist', Failure.NOT_THERE),
        ('FATAL:  database "strideiq" does not exist', Failure.NO_DATABASE),
        ('FATAL:  password authentication failed for user "x"', Failure.LOGIN),
        ('FATAL:  role "ghost" does not exist', Failure.LOGIN),
        ('connection failed: connection to server at "127.0.0.1", port 1 failed: Connection refused', Failure.UNREACHABLE),
        ("could not translate host name", Failure.UNREACHABLE),
        ("server closed the connection unexpectedly", Failure.CONNECTION_LOST),
        ("psycopg.errors.AdminShutdown: terminating connection due to administrator command", Failure.CONNECTION_LOST),
        ("psycopg.errors.InsufficientPrivilege: must be owner of table t", Failure.PERMISSION),
        ("cannot execute CREATE TABLE in a read-only transaction", Failure.READ_ONLY),
        ("could not extend file: No space left on device", Failure.NO_SPACE),
        ("NotImplementedError", Failure.NOT_REVERSIBLE),
        ("AttributeError: module 'b_py' has no attribute 'downgrade'", Failure.NOT_REVERSIBLE),
        ('psycopg.errors.NotNullViolation: column "c" of relation "t" contains null values', Failure.DATA),
        (TRACE, Failure.DATA),
        ("something new", Failure.OTHER),
        ("", Failure.OTHER),
    ],
)
def test_classes(said: str, failure: Failure) -> None:
    assert classify(said) is failure


def test_every_class_has_a_next_step() -> None:
    assert all(next_step(failure) for failure in Failure)


def test_rows_frames_and_secrets_are_not_repeated() -> None:
    said = last_words(TRACE + "could not reach postgresql://founder:secret@db.example.test/x\x1b[2J\n", Redactor())
    assert "ada@example.test" not in said
    assert "secret" not in said
    assert "upgrade" not in said
    assert "\x1b" not in said
    assert "duplicate key value" in said
    assert last_words("", Redactor()) == "it said nothing"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("postgresql+psycopg://u:***@db.example.test:5433/app", Address("db.example.test", 5433, "app")),
        ("postgresql://db.example.test/app", Address("db.example.test", 5432, "app")),
        ("postgres://u@[::1]/app", Address("::1", 5432, "app", "postgres")),
        ("postgresql+asyncpg:///app?host=/run/pg&port=5434", Address("/run/pg", 5434, "app")),
        ("postgresql:///app?host=/run/pg:5435", Address("/run/pg", 5435, "app")),
        ("postgresql:///app", Address("", 5432, "app")),
        ("postgresql://h/strideiq%20test", Address("h", 5432, "strideiq test")),
        ("sqlite:///x.db", None),
        ("postgresql://h:port/app", None),
        ("postgresql://[::1/app", None),
    ],
)
def test_addresses(url: str, address: Address | None) -> None:
    assert read_address(url) == address


@pytest.mark.parametrize(
    ("address", "enrolled", "said"),
    [
        (Address("DB.example.test.", 5432, "app"), Identity("app", "7", "db.example.test", 5432), ()),
        (Address("localhost", 5432, "app"), Identity("app", "7", "127.0.0.1", None), ()),
        (Address("/run/pg", 5432, "app"), Identity("app", "7", ""), ()),
        (Address("h", 5432, "app"), Identity("prod", "7", "h"), ("the database of alembic is app; prod is enrolled",)),
        (Address("staging", 5432, "app"), Identity("app", "7", "prod"), ("the host of alembic is staging; prod is enrolled",)),
        (Address("h", 5433, "app"), Identity("app", "7", "h", 5432), ("the port of alembic is 5433; 5432 is enrolled",)),
        (Address("h", 5432, "app"), Identity(), ("the database of alembic is app; none is enrolled",
                                                 "the host of alembic is h; this machine is enrolled")),
    ],
)  # fmt: skip
def test_differences_show_both(address: Address, enrolled: Identity, said: tuple[str, ...]) -> None:
    assert address.differences(enrolled) == said


def test_current_and_heads_are_read() -> None:
    text = """Current revision(s) for postgresql+psycopg://u:***@h/app:
Rev: b2 (head)
Parent: a
Path: /app/b2.py

    the change

    Rev: ffff

Rev: x1 (effective head)
"""
    current = read_current(text)
    assert current.revisions == ("b2", "x1")
    assert current.address == Address("h", 5432, "app")
    assert read_current(text + text).address is None
    assert read_current("").address is None
    assert read_heads("b2 (head)\nx1 (web) (effective head)\nINFO something else\n") == ("b2", "x1")
