"""The console's own command and readers over a world: its alembic as a child process, its database as the port."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from strideiq_console.domain.database import Database, Identity, TableName, Witness
from strideiq_console.domain.fault import BlockedError, FaultKind, OutsideError
from strideiq_console.domain.migration import Move
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_outcome import Ending, Failure
from strideiq_console.domain.migration_path import path_down, path_up
from strideiq_console.providers import alembic
from strideiq_console.sandbox.world import World
from strideiq_console.wiring.world_schema import WorldDatabase, world_alembic, world_databases
from tests.sandbox.schema.conftest import Opened
from tests.sandbox.schema.project import rows

FOLDER = "apps/api"


def graph_of(world: World) -> RevisionGraph:
    return alembic.read_folder(world.clone, alembic.locate(world.clone, FOLDER))


async def command(world: World, environment: str = "production", **more: Any) -> alembic.AlembicCommand:
    database = world_databases(world)[environment]
    known: Mapping[str, Any] = {"environ": {"PATH": "/usr/bin:/bin"}, "redact": str} | more
    return alembic.AlembicCommand(
        argv=world_alembic(world)[environment],
        folder=world.clone / FOLDER,
        database=database,
        enrolled=await database.identity(),
        **known,
    )


def down(world: World) -> tuple[Move, RevisionGraph]:
    graph = graph_of(world)
    (move,) = path_down(graph, rows(world), "0041_intervals")
    return move, graph


async def test_a_schema_is_rolled_back_and_forth_by_the_very_same_command(opened: Opened) -> None:
    world = opened("schema-rollback")
    made = await command(world)
    move, graph = down(world)
    assert (await made.current()).revisions == ("0042_drop_legacy_pace",)
    assert await made.heads() == ("0042_drop_legacy_pace",)
    assert "DROP TABLE pace_models;" in await made.sql(move, graph)
    assert (await made.look(move, graph)).ending is Ending.NOT_DONE
    done = await made.carry_out(move, graph)
    assert (done.ending, done.rows) == (Ending.DONE, ("0041_intervals",))
    assert (await made.carry_out(move, graph)).ending is Ending.ADOPTED, "it is not done twice"
    (up,) = path_up(graph, rows(world), "0042_drop_legacy_pace")
    assert (await made.carry_out(up, graph)).ending is Ending.DONE
    assert [e["method"] for e in world.read()["effects"]] == ["DOWNGRADE", "UPGRADE"]


@pytest.mark.parametrize(
    ("how", "ending", "failure"),
    [
        ("lock", Ending.NOT_DONE, Failure.LOCK_TIMEOUT),
        ("half", Ending.NOT_DONE, Failure.CONNECTION_LOST),
        ("lost", Ending.DONE, None),
    ],
)
async def test_what_fails_is_judged_by_the_database(opened: Opened, how: str, ending: Ending, failure: Failure | None) -> None:
    world = opened("schema-rollback")
    made = await command(world)
    world.add_fault("alembic", path="production", how=how)
    outcome = await made.carry_out(*down(world))
    assert (outcome.ending, outcome.failure) == (ending, failure)


async def test_a_database_that_lets_nobody_in_is_a_fault_before_the_move(opened: Opened) -> None:
    world = opened("schema-rollback")
    made = await command(world)
    world.add_fault("alembic", path="production", how="before")
    with pytest.raises(OutsideError) as raised:
        await made.carry_out(*down(world))
    assert raised.value.fault.kind is FaultKind.UNAUTHORISED
    assert rows(world) == ["0042_drop_legacy_pace"]


async def test_half_an_index_is_found_as_a_leftover(opened: Opened) -> None:
    world = opened("schema-rollback")
    with world.change() as state:
        database = state["schema"]["production"]
        database["rows"] = ["0038_coach_messages"]
        del database["tables"]["weekly_digests"]
    made, graph = await command(world), graph_of(world)
    (move,) = path_up(graph, rows(world), "0039_weekly_digests")
    world.add_fault("alembic", path="production", how="half")
    outcome = await made.carry_out(move, graph)
    assert outcome.ending is Ending.HALF_APPLIED
    assert any("ix_weekly_digests_sent_at" in left for left in outcome.leftovers)


async def test_another_database_than_the_enrolled_one_is_refused(opened: Opened) -> None:
    world = opened("schema-rollback")
    made = await command(world)
    with world.change() as state:
        state["schema"]["production"]["system_identifier"] = "1"
    with pytest.raises(BlockedError, match="not the enrolled database"):
        await made.carry_out(*down(world))
    assert rows(world) == ["0042_drop_legacy_pace"]


async def test_a_branch_with_two_heads_and_two_files_that_cannot_be_read(opened: Opened) -> None:
    world = opened("two-heads")
    graph = graph_of(world)
    assert graph.heads == ("0042_pace_targets", "0042_race_goals")
    assert [unclear.file.rpartition("/")[2] for unclear in graph.unclear] == ["0043_draft.py", "sentinel.py"]
    assert not list(world.clone.rglob("*.imported"))
    with pytest.raises(OutsideError):
        await (await command(world)).heads()
    assert not list(world.clone.rglob("*.imported"))


async def test_the_database_is_read_as_postgresql_would_be(opened: Opened) -> None:
    world = opened("schema-rollback")
    database = world_databases(world)["production"]
    port: Database = database
    witness: Witness = WorldDatabase(world, "production")
    assert port.environment == "production"
    assert (await port.identity()).compare(Identity("strideiq", "7349210583312456701")).same
    models, gone = TableName("pace_models"), TableName("legacy_paces")
    counts = await port.row_counts([models, gone])
    assert (counts[models].best, counts[gone].found) == (1204, False)
    assert [c.name for c in await port.columns(TableName("activities", "public")) or ()][:2] == ["id", "runner_id"]
    assert await port.columns(TableName("activities", "other")) is None
    assert (await port.revisions()).current == ("0042_drop_legacy_pace",)
    assert await witness.indexes(TableName("weekly_digests")) == ("ix_weekly_digests_sent_at",)
    assert (await port.connections()).used == 41, "as many as Prometheus sees since the bad deployment"
    assert (await port.blocking(), await port.invalid_indexes(), await witness.sessions("strideiq-alembic")) == ((), (), ())
    assert (await port.sizes(limit=1)).tables[0][0] == TableName("activities", "public")
    world.add_fault("database", path="production", times=1)
    with pytest.raises(OutsideError) as raised:
        await port.revisions()
    assert raised.value.fault.kind is FaultKind.UNREACHABLE
    assert (await port.revisions()).current
