"""The command without a server: what it is started with, what must be proven first, and what happens when nobody can tell."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from strideiq_console.domain.database import DatabaseRevisions, Identity, InvalidIndex, VersionTable
from strideiq_console.domain.fault import BlockedError, Fault, FaultKind, OutsideError
from strideiq_console.domain.migration import Direction, Move, Revision
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_outcome import Ending, Failure
from strideiq_console.domain.migration_path import path_down, path_up
from strideiq_console.domain.secret import Redactor
from strideiq_console.providers.alembic import AlembicCommand

HERE = Identity("app", "7", "db.example.test", 5432)
GRAPH = RevisionGraph.of(
    [Revision("a"), Revision("b", ("a",)), Revision("c", ("b",)), Revision("d", ("b",)), Revision("m", ("c", "d"))]
)
# A program that plays alembic: it tells its words and its environment, and says what the test gave it to say.
PLAYER = """#!/bin/sh
echo "$@" >> words
env | sort > environment
case "$1" in
  current) cat current;;
  upgrade|downgrade) cat said >&2; test ! -f leap || cp leap row; exit $(cat code);;
  heads) cat heads;;
esac
"""


class Table:
    """A database whose version table is a file that the player may change."""

    environment = "production"

    def __init__(self, folder: Path) -> None:
        self.row = folder / "row"
        self.seen = HERE
        self.dies_after = 99

    async def identity(self) -> Identity:
        self.dies_after -= 1
        if self.dies_after < 0:
            raise OutsideError(Fault(FaultKind.UNREACHABLE, "postgres", "the database went away"))
        return self.seen

    async def revisions(self) -> DatabaseRevisions:
        return DatabaseRevisions((VersionTable("public", tuple(self.row.read_text().split())),))

    async def invalid_indexes(self) -> tuple[InvalidIndex, ...]:
        return ()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    player = tmp_path / "alembic"
    player.write_text(PLAYER)
    player.chmod(player.stat().st_mode | stat.S_IXUSR)
    says(tmp_path, "postgresql://u:***@db.example.test/app", "a")
    for name, text in {"row": "a", "said": "", "code": "0", "heads": "m (head)\n"}.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def says(folder: Path, url: str, *rows: str) -> None:
    (folder / "current").write_text("".join([f"Current revision(s) for {url}:\n", *(f"Rev: {row}\n" for row in rows)]))


def ran(folder: Path) -> list[str]:
    return (folder / "words").read_text().splitlines() if (folder / "words").exists() else []


def command(folder: Path, **words: Any) -> AlembicCommand:
    given: dict[str, Any] = {
        "argv": [str(folder / "alembic")],
        "folder": folder,
        "environ": {"PATH": "/usr/bin:/bin"},
        "database": Table(folder),
        "enrolled": HERE,
        "redact": Redactor(),
    }
    return AlembicCommand(**{**given, **words})


def up(revision: str = "b") -> Move:
    return path_up(GRAPH, ("a",), revision)[0]


async def test_the_child_sees_the_allowed_environment_and_the_timeouts(folder: Path) -> None:
    environ = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/home/founder",
        "DATABASE_URL": "x",
        "PGOPTIONS": "-c search_path=app",
        "AWS_SECRET": "no",
        "STRIDEIQ_GITHUB_TOKEN": "no",
    }
    await command(folder, environ=environ, variables=["DATABASE_URL", "PGOPTIONS", "STRIDEIQ_GITHUB_TOKEN"]).heads()
    seen = dict(line.split("=", 1) for line in (folder / "environment").read_text().splitlines())
    assert seen["PGOPTIONS"] == "-c search_path=app -c lock_timeout=5000 -c statement_timeout=300000"
    assert seen["DATABASE_URL"] == "x"
    assert seen["HOME"] == "/home/founder"
    assert not {"AWS_SECRET", "STRIDEIQ_GITHUB_TOKEN"} & set(seen)
    await command(folder, environ=environ, lock_timeout=0, statement_timeout=0).heads()
    assert "PGOPTIONS" not in (folder / "environment").read_text()


async def test_a_move_is_looked_through_then_run_once_with_its_explicit_target(folder: Path) -> None:
    (folder / "leap").write_text("b")
    outcome = await command(folder).carry_out(up(), GRAPH)
    assert (outcome.ending, outcome.failure, outcome.ran, outcome.rows) == (Ending.DONE, None, True, ("b",))
    assert ran(folder) == ["current --verbose", "upgrade b"]
    assert (await command(folder).carry_out(up(), GRAPH)).ending is Ending.ADOPTED
    assert (await command(folder).look(up(), GRAPH)).ending is Ending.ADOPTED
    assert ran(folder) == ["current --verbose", "upgrade b"]


async def test_the_version_table_judges_not_the_exit_code(folder: Path) -> None:
    (folder / "code").write_text("1")
    (folder / "said").write_text("psycopg.errors.LockNotAvailable: canceling statement due to lock timeout")
    outcome = await command(folder).carry_out(up(), GRAPH)
    assert (outcome.ending, outcome.failure) == (Ending.NOT_DONE, Failure.LOCK_TIMEOUT)
    assert outcome.sentence() == "upgrade b: not done, because another session held a lock for too long"
    (folder / "leap").write_text("b")
    assert (await command(folder).carry_out(up(), GRAPH)).ending is Ending.DONE
    (folder / "row").write_text("a")
    (folder / "leap").write_text("c")
    assert (await command(folder).carry_out(up(), GRAPH)).ending is Ending.DIVERGED
    (folder / "row").write_text("a")
    (folder / "leap").unlink()
    (folder / "code").write_text("0")
    assert (await command(folder).carry_out(up(), GRAPH)).failure is Failure.WITHOUT_EFFECT


async def test_a_table_that_cannot_be_read_afterwards_leaves_it_unknown(folder: Path) -> None:
    table = Table(folder)
    table.dies_after = 1
    outcome = await command(folder, database=table).carry_out(up(), GRAPH)
    assert (outcome.ending, outcome.ran, outcome.rows) == (Ending.UNKNOWN, True, None)
    assert "the database went away" in outcome.said


@pytest.mark.parametrize(
    ("url", "rows", "said"),
    [
        ("postgresql://u@elsewhere/app", ("a",), "the host of alembic is elsewhere; db.example.test is enrolled"),
        ("postgresql://u@db.example.test/other", ("a",), "the database of alembic is other; app is enrolled"),
        ("sqlite:///x.db", ("a",), "does not say which one database"),
        ("postgresql://u@db.example.test/app", ("b",), "alembic sees b in effect, the console a"),
        ("postgresql://u@db.example.test/app", (), "alembic sees nothing in effect, the console a"),
    ],
)
async def test_alembics_own_view_must_be_the_enrolled_database(folder: Path, url: str, rows: tuple[str, ...], said: str) -> None:
    says(folder, url, *rows)
    with pytest.raises(BlockedError) as raised:
        await command(folder).carry_out(up(), GRAPH)
    assert said in raised.value.cause
    assert raised.value.consequence == "nothing was run"
    assert ran(folder) == ["current --verbose"]


async def test_another_spelling_of_the_same_database_is_enrolled_as_address(folder: Path) -> None:
    says(folder, "postgresql://u@postgres.internal:6000/app", "a")
    (folder / "leap").write_text("b")
    outcome = await command(folder, address="postgresql://postgres.internal:6000/app").carry_out(up(), GRAPH)
    assert outcome.ending is Ending.DONE


async def test_another_or_no_enrolled_database_runs_nothing_at_all(folder: Path) -> None:
    table = Table(folder)
    table.seen = replace(HERE, system_identifier="8")
    cases: tuple[dict[str, Any], ...] = ({"database": table}, {"database": None}, {"enrolled": None}, {"enrolled": Identity()})
    for words in cases:
        with pytest.raises(BlockedError):
            await command(folder, **words).carry_out(up(), GRAPH)
    assert ran(folder) == []


@pytest.mark.parametrize("target", ["head", "heads", "-1", "+1", "--sql", "b;c", "c", "nowhere", "", "a@b@c"])
async def test_a_doctored_target_is_refused(folder: Path, target: str) -> None:
    for move in (replace(up(), target=target), replace(up(), direction=Direction.DOWN, target=target)):
        with pytest.raises(BlockedError):
            await command(folder).carry_out(move, GRAPH)
    assert ran(folder) == []


async def test_the_guard_is_held_around_the_look_and_the_deed(folder: Path) -> None:
    held: list[str] = []

    @asynccontextmanager
    async def guard() -> AsyncIterator[None]:
        held.append("taken")
        yield
        held.append(f"released after {len(ran(folder))}")

    await command(folder, guard=guard).carry_out(up(), GRAPH)
    assert held == ["taken", "released after 2"]


async def test_printing_runs_nothing_and_shows_the_command(folder: Path) -> None:
    printer = command(folder, execute=False, argv=["railway", "run", "alembic"], enrolled=None, database=None)
    outcome = await printer.carry_out(up(), GRAPH)
    assert (outcome.ending, outcome.ran) == (Ending.PRINTED, False)
    assert outcome.words == ("railway", "run", "alembic", "upgrade", "b")
    assert printer.shown(up()) == "railway run alembic upgrade b"
    assert ran(folder) == []


async def test_sql_is_rendered_for_one_revision(folder: Path) -> None:
    await command(folder).sql(up(), GRAPH)
    await command(folder).sql(path_up(GRAPH, (), "a")[0], GRAPH)
    await command(folder).sql(path_down(GRAPH, ("m",), "c")[0], GRAPH)
    await command(folder).sql(path_down(GRAPH, ("a",), "base")[0], GRAPH)
    assert ran(folder) == ["upgrade a:b --sql", "upgrade a --sql", "downgrade m:c --sql", "downgrade a:base --sql"]
    with pytest.raises(BlockedError, match="joins 2 branches"):
        await command(folder).sql(path_up(GRAPH, ("c", "d"), "m")[0], GRAPH)


async def test_a_command_that_is_missing_or_slow_is_a_fault(folder: Path) -> None:
    with pytest.raises(OutsideError) as raised:
        await command(folder, argv=[str(folder / "nowhere")]).current()
    assert raised.value.fault.kind is FaultKind.NOT_CONFIGURED
    (folder / "alembic").write_text("#!/bin/sh\nexec sleep 30\n")
    with pytest.raises(OutsideError) as slow:
        await command(folder, read_seconds=0.2).current()
    assert slow.value.fault.kind is FaultKind.TIMEOUT
