"""How the world's alembic fails, and what each failure leaves in the database."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from strideiq_console.sandbox.state import WorldError
from strideiq_console.sandbox.world import World
from tests.sandbox.schema.conftest import Opened
from tests.sandbox.schema.project import empty, project, rows, run, table

ALONE = (
    'op.add_column("t_aaaa", sa.Column("more", sa.Text()))',
    "with op.get_context().autocommit_block():",
    '    op.create_index("ix_more", "t_aaaa", ["more"], postgresql_concurrently=True)',
)


@pytest.fixture
def world(opened: Opened) -> World:
    world = opened("calm")
    empty(world)
    return world


def database(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.read()["schema"]["production"]
    return found


def effects(world: World) -> list[str]:
    return [effect["what"] for effect in world.read()["effects"] if effect["provider"] == "database"]


def test_before_anything_is_run_the_database_lets_nobody_in(world: World, tmp_path: Path) -> None:
    folder = project(tmp_path / "p", table("aaaa", None))
    world.add_fault("alembic", path="production", how="before")
    said = run(world, folder, "upgrade", "aaaa")
    assert said.code == 1
    assert 'password authentication failed for user "strideiq"' in said.err
    assert (rows(world), database(world)["tables"], effects(world)) == ([], {}, [])
    assert run(world, folder, "upgrade", "aaaa").code == 0, "it was meant once"


def test_in_a_transaction_half_way_is_not_at_all(world: World, tmp_path: Path) -> None:
    folder = project(tmp_path / "p", table("aaaa", None), table("bbbb", "aaaa"))
    world.add_fault("alembic", path="production", how="half")
    said = run(world, folder, "upgrade", "bbbb")
    assert (said.code, said.err.splitlines()[-1]) == (
        1,
        "psycopg.OperationalError: server closed the connection unexpectedly",
    )
    assert "Running upgrade aaaa -> bbbb" in said.err
    assert (rows(world), database(world)["tables"], effects(world)) == ([], {}, [])


def test_what_stands_alone_stays_half_applied(world: World, tmp_path: Path) -> None:
    folder = project(tmp_path / "p", table("aaaa", None), ("bbbb", "aaaa", ALONE, ()))
    assert run(world, folder, "upgrade", "aaaa").code == 0
    world.add_fault("alembic", path="production", how="half")
    assert run(world, folder, "upgrade", "bbbb").code == 1
    found = database(world)
    assert found["rows"] == ["aaaa"]
    assert [column["name"] for column in found["tables"]["t_aaaa"]["columns"]] == ["id", "more"]
    assert found["invalid"] == [{"name": "ix_more", "table": "t_aaaa"}]
    assert effects(world)[-1] == "upgraded production half, still at aaaa"
    said = run(world, folder, "upgrade", "bbbb")
    assert 'DuplicateColumn: column "more" of relation "t_aaaa" already exists' in said.err, "a second try meets the first"


def test_a_lock_changes_nothing_and_a_lost_connection_hides_that_all_is_done(world: World, tmp_path: Path) -> None:
    folder = project(tmp_path / "p", table("aaaa", None))
    world.add_fault("alembic", path="production", how="lock")
    said = run(world, folder, "upgrade", "aaaa")
    assert (said.code, rows(world)) == (1, [])
    assert "due to lock timeout" in said.err
    world.add_fault("alembic", path="production", how="lost")
    said = run(world, folder, "upgrade", "aaaa")
    assert (said.code, rows(world)) == (1, ["aaaa"])
    assert "server closed the connection" in said.err
    assert effects(world) == ["upgraded production from nothing to aaaa"]


def test_a_fault_is_meant_for_one_environment_and_for_no_http_request(world: World, tmp_path: Path) -> None:
    folder = project(tmp_path / "p", table("aaaa", None))
    world.add_fault("alembic", path="staging", how="before")
    assert run(world, folder, "upgrade", "aaaa").code == 0
    assert len(world.read()["faults"]) == 1


def test_slow_is_slow_and_an_unknown_way_is_refused(world: World, tmp_path: Path) -> None:
    folder = project(tmp_path / "p", table("aaaa", None))
    world.add_fault("alembic", path="production", how="slow", seconds=0.2)
    began = time.monotonic()
    assert run(world, folder, "upgrade", "aaaa").code == 0
    assert time.monotonic() - began >= 0.2
    world.add_fault("alembic", path="production", how="sideways")
    with pytest.raises(WorldError, match="no way for alembic to fail"):
        run(world, folder, "downgrade", "base")


def test_rows_break_a_column_that_may_not_be_null(world: World, tmp_path: Path) -> None:
    strict = ('op.add_column("t_aaaa", sa.Column("owner", sa.Integer(), nullable=False))',)
    folder = project(tmp_path / "p", table("aaaa", None), ("bbbb", "aaaa", strict, ()))
    assert run(world, folder, "upgrade", "aaaa").code == 0
    with world.change() as state:
        state["schema"]["production"]["tables"]["t_aaaa"]["rows"] = 3
    said = run(world, folder, "upgrade", "bbbb")
    assert (said.code, rows(world)) == (1, ["aaaa"])
    assert "NotNullViolation" in said.err
