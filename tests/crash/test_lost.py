"""Every write's answer is lost once after the deed was done (RELIABILITY R3): it is read back and adopted, never sent again."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from strideiq_console.sandbox.transport import WorldTransport
from strideiq_console.sandbox.world import World
from tests.crash import invariants
from tests.crash.driver import writes
from tests.crash.practice import PRACTICES, begin, to_the_end

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]


def heard(name: str) -> Counter[tuple[str, str, str]]:
    """Return what the outside sees when every answer arrives."""
    with TemporaryDirectory() as above:
        folder, practice = Path(above) / "world", PRACTICES[name]
        execution_id = begin(folder, practice)
        world = World.open(folder)
        since = len(world.read()["effects"])
        assert asyncio.run(to_the_end(folder, practice, execution_id)) == ""
        found = invariants.effects(world, since)
        world.close()
        return found


@pytest.mark.parametrize("name", PRACTICES)
def test_each_write_is_seen_exactly_once_though_its_answer_never_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    practice, folder = PRACTICES[name], tmp_path / "world"
    world = World.open(folder, scenario=practice.scenario, clock=practice.clock)
    practice.prepare(world)
    was = invariants.before(world)
    world.close()
    answer = WorldTransport.handle_async_request
    lost: Counter[str] = Counter()

    async def handle(self: WorldTransport, request: httpx.Request) -> Any:
        response = await answer(self, request)
        key = f"{request.method} {request.url.path} {request.content[:300]!r}"
        if writes(request) and response.status_code < 300 and not lost[key]:
            lost[key] += 1
            raise httpx.ReadError("the line went dead", request=request)
        return response

    expected = heard(name)
    monkeypatch.setattr(WorldTransport, "handle_async_request", handle)
    assert asyncio.run(to_the_end(folder, practice, begin(folder, practice))) == ""
    assert lost, "nothing was written at all"
    world = World.open(folder)
    try:
        assert invariants.broken(world, was) == []
        assert invariants.effects(world, was.effects) == expected
    finally:
        world.close()
