"""SIGKILL at 20 points of a move: one application, rightly adopted, redone or found half done; the lock is free again (M1)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from strideiq_console.domain.migration_outcome import Ending
from tests.postgres_server import Server, running
from tests.providers.alembic.killing import KILLS, SHORT, Scene, Seen

AT_ONCE = 3
BESIDE = [n for n in SHORT if KILLS[n].who == "console" and KILLS[n].hold and KILLS[n].point != "committed"]

pytestmark = [pytest.mark.xdist_group("alembic-kills"), pytest.mark.timeout(600), pytest.mark.crash]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Seen]]:
    folder = tmp_path_factory.mktemp("kills")
    with running(tmp_path_factory.mktemp("postgres")) as server:
        yield asyncio.run(everything(server, folder))


async def everything(server: Server, folder: Path, names: Sequence[str] = SHORT, prefix: str = "kill") -> dict[str, Seen]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(name: str) -> Seen:
        async with gate:
            scene = await asyncio.to_thread(Scene, server, KILLS[name], folder / name, f"{prefix}-{name}")
            return await scene.go()

    found = await asyncio.gather(*(one(name) for name in names))
    return dict(zip(names, found, strict=True))


def test_there_are_at_least_twenty_points() -> None:
    assert len(SHORT) >= 20


@pytest.mark.parametrize("name", SHORT)
def test_after_a_kill_the_move_is_in_effect_exactly_once_or_stands_where_it_says(seen: dict[str, Seen], name: str) -> None:
    judge(name, seen[name])


def judge(name: str, found: Seen) -> None:
    kill = KILLS[name]
    assert found.code == (0 if kill.who == "alembic" else -9), found.told
    assert found.told.split()[:1] == ([kill.told.name] if kill.told else [])
    assert found.found is not None
    assert found.ended is not None
    assert found.again is not None
    assert (found.found.ending, found.ended.ending) == (kill.found, kill.ends), found
    half = kill.ends is Ending.HALF_APPLIED
    assert found.rows == (["a"] if half else ["b"])
    assert found.effects == (0 if half else 1)
    assert found.again.ending is (Ending.HALF_APPLIED if half else Ending.ADOPTED)
    assert not found.again.ran
    assert (found.locks, found.sessions) == (0, 0)
    if half:
        assert found.found.leftovers == ("table half exists",)
        assert [repair.kind.name for repair in found.found.repairs] == ["FINISH", "DROP", "RESTORE"]


@pytest.mark.parametrize("name", BESIDE)
def test_beside_an_alembic_that_outlived_its_console_nothing_is_run(seen: dict[str, Seen], name: str) -> None:
    assert seen[name].while_alive == [Ending.UNKNOWN]
    assert "an alembic that was started earlier still runs: " in seen[name].refused
    assert "alembic upgrade b (console process " in seen[name].refused


def test_one_that_has_committed_is_adopted_even_while_it_ends(seen: dict[str, Seen]) -> None:
    assert seen["console-committed"].while_alive == [Ending.ADOPTED]
