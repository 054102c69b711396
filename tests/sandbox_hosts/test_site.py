from __future__ import annotations

import httpx

from strideiq_console.sandbox.site import SECURITY_HEADERS
from strideiq_console.sandbox.world import World
from tests.sandbox_hosts.conftest import SHA, newest, push

WEB, API = "https://strideiq.run", "https://api.strideiq.run"


async def test_what_is_live_says_so_itself(client: httpx.AsyncClient, world: World) -> None:
    before = newest(world.read(), "railway", "main")["sha"]
    push(world, "main")
    assert (await client.get(f"{API}/health")).json() == {"status": "healthy", "db": "ok", "redis": "ok", "version": before}
    world.advance(200)
    assert (await client.get(f"{API}/health")).json()["version"] == SHA
    page = await client.get(WEB)
    assert page.headers["x-strideiq-version"] == SHA
    assert f'<meta name="version" content="{SHA}">' in page.text
    staging = await client.get("https://staging.strideiq.run/")
    assert staging.headers["x-strideiq-version"] == newest(world.read(), "vercel", "staging")["sha"]
    assert (await client.get("https://api-staging.strideiq.run/health")).json()["version"] != SHA


async def test_headers_of_the_document_are_on_every_answer(client: httpx.AsyncClient) -> None:
    for url in (WEB, f"{WEB}/missing", f"{API}/health", f"{API}/v1/activities"):
        response = await client.get(url)
        assert {name: response.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


async def test_http_leads_to_https(client: httpx.AsyncClient) -> None:
    response = await client.get("http://api.strideiq.run/health?x=1")
    assert (response.status_code, response.headers["location"]) == (308, "https://api.strideiq.run/health?x=1")


async def test_knobs_degrade_and_break_one_environment(client: httpx.AsyncClient, world: World) -> None:
    with world.change() as state:
        state["site"] = {"production": {"redis": "degraded", "web": "down"}, "staging": {"api": "down"}}
    response = await client.get(f"{API}/health")
    assert response.status_code == 200
    assert response.json() | {"version": ""} == {"status": "degraded", "db": "ok", "redis": "degraded", "version": ""}
    assert (await client.get(WEB)).status_code == 500
    assert (await client.get("https://staging.strideiq.run")).status_code == 200
    assert (await client.get("https://api-staging.strideiq.run/health")).status_code == 503


async def test_a_crashed_deployment_answers_503(client: httpx.AsyncClient, world: World) -> None:
    push(world, "main", "feat: x [crash]")
    world.advance(110)
    world.advance(60)
    assert (await client.get(f"{API}/health")).status_code == 503
    assert (await client.get(WEB)).status_code == 200


async def test_limits_and_foreign_origins(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{API}/v1/activities")).headers["x-ratelimit-limit"] == "60"
    assert "x-ratelimit-limit" not in (await client.get(f"{API}/health")).headers
    for origin, allowed in ((WEB, WEB), ("https://evil.example", None)):
        response = await client.options(f"{API}/v1/activities", headers={"Origin": origin})
        assert response.headers.get("access-control-allow-origin") == allowed
