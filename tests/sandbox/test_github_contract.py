"""Every operation of the world's GitHub, its good and its bad answers, held against the contract."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable

import pytest

from strideiq_console.sandbox.github.ways import WAYS
from tests.sandbox import tour
from tests.sandbox.checked import Checked
from tests.sandbox.hub import Hub

OPERATIONS = 101


def _plain(path: str) -> str:
    """Take the names of parameters out of a path."""
    return re.sub(r"\{[^}]*\}", "*", path)


async def _take_the_tour(make_world, checks: Callable[..., None]) -> None:
    worlds = make_world(), make_world("red", scenario="red-ci")
    hubs = [Hub(world, checks=checks) for world in worlds]
    await tour.whole(hubs[0], worlds[0], hubs[1], worlds[1])
    for hub in hubs:
        await hub.client.aclose()


@pytest.mark.contract
async def test_every_operation_answers_as_the_contract_says(make_world):
    checked = Checked()
    await _take_the_tour(make_world, checked)
    assert checked.problems == []
    assert checked.answered == checked.operations()
    assert len(checked.answered) == OPERATIONS
    assert {(method, _plain(path)) for method, path in checked.seen} == {(way.method, _plain(way.path)) for way in WAYS}


async def test_every_operation_is_answered(make_world):
    """The same tour without the pack: each way of the table gives at least one answer that is no refusal."""
    ways = [(way, re.compile(re.sub(r"\{\w+:path\}", ".+", re.sub(r"\{\w+\}", "[^/]+", way.path)) + r"\Z")) for way in WAYS]
    answered = set()

    def note(method, path, _query, _body, status, answer) -> None:
        way = next(way for way, pattern in ways if way.method == method and pattern.match(path))
        if status < 400:
            answered.add((way.method, way.path))
        else:
            assert answer["documentation_url"]

    await _take_the_tour(make_world, note)
    assert answered == {(way.method, way.path) for way in WAYS}
    assert len(WAYS) == OPERATIONS


@pytest.fixture
async def strict(world) -> AsyncIterator[Hub]:
    hub = Hub(world, checks=Checked())
    yield hub
    await hub.client.aclose()


@pytest.mark.contract
async def test_reads_while_everything_runs(strict, world, git):
    git(world.clone, "commit", "--allow-empty", "-m", "feat: on the way")
    git(world.clone, "push", "origin", "feature/calendar")
    with world.change() as state:
        state["environments"]["production"]["reviewers"] = ["founder"]
    await strict.send("PUT", "/pulls/40/merge", {}, status=200)
    for _ in range(3):
        for run in (await strict.get("/actions/runs", per_page=2))["workflow_runs"]:
            await strict.get(f"/actions/runs/{run['id']}/jobs")
            await strict.get(f"/actions/runs/{run['id']}/timing")
            await strict.get(f"/commits/{run['head_sha']}/check-runs")
        await strict.get("/pulls/41")
        await strict.get("/deployments")
        world.advance(30)
    assert strict.checks.problems == []


@pytest.mark.contract
async def test_a_gated_run_is_shown_as_the_contract_says(strict, world):
    await tour.approve(strict, world)
    rejected = await strict.get("/actions/runs", per_page=1)
    run = rejected["workflow_runs"][0]
    for path in (f"/actions/runs/{run['id']}", f"/actions/runs/{run['id']}/jobs", f"/commits/{run['head_sha']}/check-runs"):
        await strict.get(path)
    await strict.get("/environments/production")
    await strict.get("/deployments", environment="production")
    assert strict.checks.problems == []
