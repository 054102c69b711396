from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from strideiq_console.sandbox.world import World

Opened = Callable[[str], World]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Worlds of scenarios, made once and copied."""
    made: dict[str, Path] = {}

    def find(scenario: str) -> Path:
        if scenario not in made:
            made[scenario] = tmp_path_factory.mktemp(scenario) / "world"
            World.open(made[scenario], scenario=scenario, clock="manual").close()
        return made[scenario]

    return find


@pytest.fixture
def opened(finished: Callable[[str], Path], tmp_path: Path) -> Iterator[Opened]:
    """Open a world of a scenario whose clock stands still; closed afterwards."""
    worlds: list[World] = []

    def copy(scenario: str) -> World:
        folder = tmp_path / scenario
        shutil.copytree(finished(scenario), folder, symlinks=True)
        worlds.append(World.open(folder))
        return worlds[-1]

    yield copy
    for world in worlds:
        world.close()
