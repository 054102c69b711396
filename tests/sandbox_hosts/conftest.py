from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from strideiq_console.sandbox.transport import WorldTransport
from strideiq_console.sandbox.world import World


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A calm world with a clock turned by hand, to be copied."""
    folder = tmp_path_factory.mktemp("calm") / "world"
    World.open(folder, clock="manual").close()
    return folder


@pytest.fixture
def world(calm: Path, tmp_path: Path) -> Iterator[World]:
    folder = tmp_path / "world"
    shutil.copytree(calm, folder, symlinks=True)
    opened = World.open(folder)
    yield opened
    opened.close()


@pytest.fixture
async def client(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=WorldTransport(world), timeout=5.0) as opened:
        yield opened


VERCEL = {"Authorization": "Bearer sandbox-vercel-token"}
RAILWAY = {"Authorization": "Bearer sandbox-railway-token"}
SHA = "a1b2c3d4e5f60718293a4b5c6d7e8f9001122334"


def push(world: World, branch: str, subject: str = "fix: something", sha: str = SHA) -> None:
    """Let a push arrive without moving the repository."""
    from strideiq_console.sandbox import deploys

    with world.change() as state:
        deploys.on_push(state, branch, sha, subject, world.clock.seconds())


def newest(state: dict[str, Any], provider: str, branch: str) -> dict[str, Any]:
    return [d for d in state["deployments"] if d["provider"] == provider and d["branch"] == branch][-1]
