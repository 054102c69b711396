from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from strideiq_console.sandbox.faults import Faults
from strideiq_console.sandbox.transport import WorldTransport
from strideiq_console.sandbox.world import World
from tests.sandbox_hosts.conftest import RAILWAY, newest, push

HEALTH = "https://api.strideiq.run/health"
GRAPHQL = "https://backboard.railway.com/graphql/v2"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/",
        "http://localhost:3000/",
        "https://api.github.com:8443/user",
        "http://api.github.com/user",
        "https://api.github.com.evil.example/user",
        "https://127.0.0.1/",
        "https://evil@example.org/",
    ],
)
async def test_nothing_else_can_be_reached(client: httpx.AsyncClient, url: str) -> None:
    with pytest.raises(httpx.ConnectError, match="not part of the world"):
        await client.get(url)


async def test_every_host_answers(client: httpx.AsyncClient) -> None:
    github = {"Authorization": "Bearer sandbox-github-founder", "User-Agent": "test"}
    user = await client.get("https://api.github.com/user", headers=github)
    assert user.json()["login"] == "founder"
    assert (await client.get("https://logs.sandbox.invalid/jobs/1.log")).status_code == 403
    assert (await client.get("https://api.vercel.com/v2/user")).status_code == 403
    assert "errors" in (await client.post(GRAPHQL, json={"query": "{ me { name } }"})).json()


async def test_a_read_without_fault_keeps_the_faults_as_they_are(client: httpx.AsyncClient, world: World) -> None:
    world.add_fault("status", host="vercel")
    assert (await client.get(HEALTH)).status_code == 200
    assert world.read()["faults"][0]["times"] == 1


async def test_times_count_down_and_matching_is_narrow(client: httpx.AsyncClient, world: World) -> None:
    world.add_fault("status", host=r"api\.strideiq", method="GET", path="^/health", times=2, status=502, body="bad gateway")
    assert (await client.get("https://api.strideiq.run/")).status_code == 200
    assert (await client.options(HEALTH)).status_code != 502
    answers = [(await client.get(HEALTH)).status_code for _ in range(3)]
    assert answers == [502, 502, 200]
    assert world.read()["faults"] == []


async def test_faults_that_answer_instead(client: httpx.AsyncClient, world: World) -> None:
    world.add_fault("429", seconds=7)
    limited = await client.get(HEALTH)
    assert (limited.status_code, limited.headers["retry-after"]) == (429, "7")
    world.add_fault("html")
    portal = await client.get(HEALTH)
    assert (portal.status_code, portal.headers["content-type"]) == (200, "text/html; charset=utf-8")
    world.add_fault("status", status=503, headers={"X-Extra": "1"})
    broken = await client.get(HEALTH)
    assert (broken.status_code, broken.headers["x-extra"]) == (503, "1")
    world.add_fault("garble")
    garbled = await client.get(HEALTH)
    with pytest.raises(ValueError, match=r"."):
        garbled.json()


async def test_faults_that_break_the_connection(client: httpx.AsyncClient, world: World) -> None:
    world.add_fault("refuse")
    with pytest.raises(httpx.ConnectError):
        await client.get(HEALTH)
    world.add_fault("cut")
    with pytest.raises(httpx.ReadError):
        await client.get(HEALTH)
    world.add_fault("cut")
    async with client.stream("GET", HEALTH) as response:
        assert response.status_code == 200
        chunks = response.aiter_raw()
        assert len(await anext(chunks)) == int(response.headers["content-length"]) // 2
        with pytest.raises(httpx.ReadError):
            await anext(chunks)


@pytest.mark.parametrize(
    ("kind", "done"), [("lost_answer", True), ("cut", True), ("hang", False), ("refuse", False), ("status", False)]
)
async def test_whether_the_deed_is_done(world: World, kind: str, done: bool) -> None:
    push(world, "main")
    identity = newest(world.read(), "railway", "main")["id"]
    world.add_fault(kind, host="railway")
    body = {"query": "mutation($id: String!) { deploymentCancel(id: $id) }", "variables": {"id": identity}}
    async with httpx.AsyncClient(transport=WorldTransport(world), timeout=0.01) as client:
        try:
            response = await client.post(GRAPHQL, json=body, headers=RAILWAY)
            assert response.status_code == 500
        except httpx.TransportError:
            pass
    assert (newest(world.read(), "railway", "main")["state"] == "cancelled") is done


async def test_slow_and_hanging_answers_meet_the_deadline_of_the_client(world: World) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    transport = WorldTransport(world, Faults(world, sleep=sleep))
    async with httpx.AsyncClient(transport=transport, timeout=5.0) as client:
        world.add_fault("slow", seconds=2)
        assert (await client.get(HEALTH)).status_code == 200
        world.add_fault("slow", seconds=30)
        with pytest.raises(httpx.ReadTimeout):
            await client.get(HEALTH)
        world.add_fault("hang")
        with pytest.raises(httpx.ReadTimeout):
            await client.get(HEALTH)
    assert slept == [2, 5, 5]


async def test_one_hanging_host_holds_up_nobody_else(client: httpx.AsyncClient, world: World) -> None:
    world.add_fault("hang", host="vercel")
    waiting = asyncio.create_task(client.get("https://api.vercel.com/v2/user"))
    async with asyncio.timeout(3):
        while world.read()["faults"]:
            await asyncio.sleep(0)
        answers: list[Any] = await asyncio.gather(*(client.get(HEALTH) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert not waiting.done()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_an_unknown_kind_is_said(client: httpx.AsyncClient, world: World) -> None:
    world.add_fault("explode")
    with pytest.raises(ValueError, match="explode"):
        await client.get(HEALTH)
