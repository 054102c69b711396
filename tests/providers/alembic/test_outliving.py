"""What outlives its console or its command: seen, waited for, never run beside; what a broken-off move is known to have left."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from strideiq_console.domain.database import Column, Identity, InvalidIndex, Session, TableName
from strideiq_console.domain.fault import BlockedError, Fault, FaultKind, OutsideError
from strideiq_console.domain.migration import Direction, ObjectChange, ObjectKind, Revision, Risk, RiskKind
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_outcome import Ending, Failure
from strideiq_console.domain.migration_path import path_up
from strideiq_console.providers.alembic.alone import alone
from tests.providers.alembic.test_command import GRAPH, HERE, Table, command, folder, ran, up

__all__ = ["folder"]

SESSION = Session(4711, "founder", "strideiq-alembic", "active", "CREATE INDEX CONCURRENTLY ix")
UP = Direction.UP
CHANGES = (ObjectChange(ObjectKind.TABLE, UP, True, "half"), ObjectChange(ObjectKind.INDEX, UP, True, "users", "ix"))
SPLIT = RevisionGraph.of(
    [Revision("a"), Revision("b", ("a",), risks=(Risk(RiskKind.AUTOCOMMIT, UP),), objects=CHANGES, digest="x")]
)


class Seen:
    """The server's sessions, in the order in which they are asked for; the last answer stays."""

    def __init__(self, *answers: int, indexes: tuple[str, ...] = ()) -> None:
        self.answers = list(answers)
        self.names = indexes

    async def sessions(self, application: str) -> tuple[Session, ...]:
        assert application == "strideiq-alembic"
        count = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if count < 0:
            raise OutsideError(Fault(FaultKind.UNREACHABLE, "postgres", "the database went away"))
        return (SESSION,) * count

    async def indexes(self, table: TableName) -> tuple[str, ...] | None:
        return self.names


class Tables(Table):
    """A database with a few tables."""

    def __init__(self, folder: Path, *tables: str, invalid: tuple[InvalidIndex, ...] = ()) -> None:
        super().__init__(folder)
        self.tables, self.invalid = tables, invalid

    async def columns(self, table: TableName) -> tuple[Column, ...] | None:
        return (Column("id", "integer", False),) if table.name in self.tables else None

    async def invalid_indexes(self) -> tuple[InvalidIndex, ...]:
        return self.invalid


async def test_a_session_of_an_earlier_alembic_leaves_it_unknown_and_runs_nothing(folder: Path) -> None:
    one = command(folder, witness=Seen(1))
    looked = await one.look(up(), GRAPH)
    assert (looked.ending, looked.ran) == (Ending.UNKNOWN, True)
    assert "pid 4711 (active): CREATE INDEX CONCURRENTLY ix" in looked.said
    with pytest.raises(BlockedError, match="pid 4711"):
        await one.carry_out(up(), GRAPH)
    assert ran(folder) == []


async def test_a_running_alembic_of_another_console_leaves_it_unknown_and_runs_nothing(folder: Path) -> None:
    one = command(folder, running=folder / "running.lock", witness=Seen(0))
    async with alone(folder / "running.lock", "alembic upgrade b"):
        looked = await one.look(up(), GRAPH)
        assert looked.ending is Ending.UNKNOWN
        assert "alembic upgrade b (console process" in looked.said
        with pytest.raises(BlockedError, match="still runs"):
            await one.carry_out(up(), GRAPH)
        (folder / "row").write_text("b")
        assert (await one.look(up(), GRAPH)).ending is Ending.ADOPTED
    assert ran(folder) == []


async def test_a_session_that_outlives_its_alembic_is_waited_for_and_then_judged(folder: Path) -> None:
    (folder / "code").write_text("1")
    ended = await command(folder, witness=Seen(0, 1, 1, 0)).carry_out(up(), GRAPH)
    assert (ended.ending, ended.failure) == (Ending.NOT_DONE, Failure.OTHER)
    stays = await command(folder, witness=Seen(0, 1), patience=0.2).carry_out(up(), GRAPH)
    assert (stays.ending, stays.ran) == (Ending.UNKNOWN, True)
    assert "still at work at the server: pid 4711" in stays.said
    unread = await command(folder, witness=Seen(0, -1)).carry_out(up(), GRAPH)
    assert (unread.ending, unread.rows) == (Ending.UNKNOWN, None)


async def test_a_session_that_commits_while_it_is_waited_for_is_done(folder: Path) -> None:
    (folder / "code").write_text("1")

    class Commits(Seen):
        async def sessions(self, application: str) -> tuple[Session, ...]:
            found = await super().sessions(application)
            if not found and len(ran(folder)) == 2:
                (folder / "row").write_text("b")
            return found

    outcome = await command(folder, witness=Commits(0, 1, 0)).carry_out(up(), GRAPH)
    assert (outcome.ending, outcome.failure, outcome.rows) == (Ending.DONE, None, ("b",))


async def test_a_lock_that_was_lost_runs_nothing(folder: Path) -> None:
    class Lost:
        async def still(self) -> None:
            raise OutsideError(Fault(FaultKind.CONFLICT, "postgres", "the advisory lock is no longer held"))

    @asynccontextmanager
    async def guard() -> AsyncIterator[Any]:
        yield Lost()

    with pytest.raises(OutsideError, match="no longer held"):
        await command(folder, guard=guard).carry_out(up(), GRAPH)
    assert ran(folder) == ["current --verbose"]


async def test_the_sessions_of_a_look_and_of_a_move_have_names_of_their_own(folder: Path) -> None:
    await command(folder).heads()
    assert "PGAPPNAME=strideiq-alembic-look\n" in (folder / "environment").read_text()
    await command(folder).carry_out(up(), GRAPH)
    assert "PGAPPNAME=strideiq-alembic\n" in (folder / "environment").read_text()


async def test_a_killed_alembic_is_told_as_killed(folder: Path) -> None:
    (folder / "code").write_text("137")
    assert (await command(folder).carry_out(up(), GRAPH)).failure is Failure.KILLED


async def test_what_a_broken_off_move_left_is_told_and_not_run_over(folder: Path) -> None:
    (move,) = path_up(SPLIT, ("a",), "b")
    half = command(folder, database=Tables(folder, "half"), witness=Seen(0))
    for outcome in (await half.look(move, SPLIT), await half.carry_out(move, SPLIT)):
        assert (outcome.ending, outcome.ran) == (Ending.HALF_APPLIED, False)
        assert outcome.leftovers == ("table half exists",)
        assert outcome.absent == ("index ix on users does not exist",)
        assert [r.kind.name for r in outcome.repairs] == ["FINISH", "DROP", "RESTORE"]
    assert ran(folder) == []
    broken = InvalidIndex("ix", "public", "users")
    index = command(folder, database=Tables(folder, invalid=(broken,)), witness=Seen(0))
    assert (await index.look(move, SPLIT)).leftovers == ("invalid index public.ix on users",)
    valid = command(folder, database=Tables(folder), witness=Seen(0, indexes=("ix",)))
    assert (await valid.look(move, SPLIT)).leftovers == ("index ix on users exists",)


async def test_nothing_of_it_there_or_one_that_minds_no_second_time_is_run(folder: Path) -> None:
    (move,) = path_up(SPLIT, ("a",), "b")
    fresh = command(folder, database=Tables(folder, "users"), witness=Seen(0))
    assert (await fresh.look(move, SPLIT)).ending is Ending.NOT_DONE
    assert (await fresh.carry_out(move, SPLIT)).ending is Ending.HALF_APPLIED  # it ran, to no effect: what is left is told
    assert ran(folder) == ["current --verbose", "upgrade b"]
    b = SPLIT.by_id["b"]
    again = replace(b, objects=tuple(replace(o, repeatable=True) for o in b.objects))
    heals = replace(b, objects=(ObjectChange(ObjectKind.TABLE, UP, False, "half"), *b.objects))
    for revision in (again, heals):
        graph = RevisionGraph.of([Revision("a"), revision])
        there = command(folder, database=Tables(folder, "half"), witness=Seen(0))
        assert (await there.look(move, graph)).ending is Ending.NOT_DONE


async def test_a_name_alone_enrols_nothing_and_the_proven_connection_gives_the_address(folder: Path) -> None:
    with pytest.raises(BlockedError, match="only the name of a database is enrolled"):
        await command(folder, enrolled=Identity("app")).carry_out(up(), GRAPH)
    assert ran(folder) == []
    (folder / "current").write_text("Current revision(s) for postgresql://u@db.example.test:31234/app:\nRev: a\n")
    table = Table(folder)
    table.seen = replace(HERE, port=31234)
    (folder / "leap").write_text("b")
    enrolled = Identity("app", "7")
    assert (await command(folder, enrolled=enrolled, database=table).carry_out(up(), GRAPH)).ending is Ending.DONE
    (folder / "row").write_text("a")
    table.seen = replace(HERE, port=31235)
    with pytest.raises(BlockedError, match="the port of alembic is 31234; 31235 is enrolled"):
        await command(folder, enrolled=enrolled, database=table).carry_out(up(), GRAPH)


async def test_what_a_world_says_of_itself_is_enrolled(folder: Path) -> None:
    table = Table(folder)
    (folder / "leap").write_text("b")
    assert (await command(folder, enrolled=table.identity, database=table).carry_out(up(), GRAPH)).ending is Ending.DONE


async def test_a_cancel_lets_everything_go(folder: Path) -> None:
    (folder / "alembic").write_text("#!/bin/sh\ncase $1 in current) cat current;; *) echo $@ >> words; exec sleep 60;; esac\n")
    one = command(folder, running=folder / "running.lock")
    task = asyncio.create_task(one.carry_out(up(), GRAPH))
    while not ran(folder):
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with alone(folder / "running.lock", "the next"):
        pass
