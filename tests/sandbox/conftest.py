from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from strideiq_console.sandbox.git import environment
from strideiq_console.sandbox.world import World
from tests.sandbox.hub import Hub

MakeWorld = Callable[..., World]


@pytest.fixture
def make_world(tmp_path: Path) -> Iterator[MakeWorld]:
    """Open worlds below the test's folder; close them afterwards."""
    opened: list[World] = []

    def make(name: str = "world", *, scenario: str | None = None, clock: str | None = "manual") -> World:
        opened.append(World.open(tmp_path / name, scenario=scenario, clock=clock))
        return opened[-1]

    yield make
    for world in opened:
        world.close()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """Return a calm world whose clock stands still."""
    return make_world()


@pytest.fixture
async def hub(world: World) -> AsyncIterator[Hub]:
    """Return a client of the calm world's GitHub."""
    client = Hub(world)
    yield client
    await client.client.aclose()


@pytest.fixture
def git() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run git as the founder would, without the machine's own settings."""

    def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", *arguments], cwd=folder, env=environment(), capture_output=True, text=True, check=False)

    return run
