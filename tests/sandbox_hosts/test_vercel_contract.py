"""The world's Vercel answers every operation of the contract in the shape that the contract wants, whatever its state."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from strideiq_console.sandbox.world import World
from tests.contracts import validator
from tests.sandbox_hosts.conftest import VERCEL, newest, push

API = "https://api.vercel.com"
TEAM = {"teamId": "team_acme"}
PROJECT = "prj_strideiq_web"


class Asker:
    """Asks and checks each request and answer; remembers which operations were answered."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.contract = validator().openapi("vercel")
        self.answered: set[tuple[str, str]] = set()

    async def ask(self, method: str, path: str, body: Any = None, *, status: int = 200, **query: str) -> Any:
        free = path.startswith(("/v2/user", "/v2/teams")) or path.endswith("/update-description")
        params = query if free else TEAM | query
        assert self.contract.check_request(method, path, params, body) == []
        response = await self._client.request(method, API + path, params=params, json=body, headers=VERCEL)
        decoded = decode(response)
        assert response.status_code == status, (path, decoded)
        assert self.contract.check_response(method, path, status, decoded) == [], path
        if status < 400:
            self.answered.add((method, self.contract.find(method, path)[0]))
        return decoded


def decode(response: httpx.Response) -> Any:
    kind = response.headers.get("content-type", "")
    if "jsonl" in kind or "stream" in kind:
        return [json.loads(line) for line in response.content.splitlines()]
    return response.json() if response.content else None


async def look_everywhere(asker: Asker, world: World) -> None:
    """Read all that can be read of the present state."""
    for path in ("/v2/user", "/v2/teams", "/v2/teams/team_acme", "/v7/deployments", "/v6/deployments", "/v10/projects"):
        await asker.ask("GET", path)
    for tail in ("", "/custom-environments", "/domains"):
        await asker.ask("GET", f"/v9/projects/{PROJECT}{tail}")
    await asker.ask("GET", f"/v10/projects/{PROJECT}/env")
    await asker.ask("GET", f"/v1/projects/{PROJECT}/rolling-release")
    await asker.ask("GET", f"/v1/projects/{PROJECT}/promote/aliases", failedOnly="true")
    await asker.ask("GET", f"/v1/projects/{PROJECT}/promote/aliases")
    for name in ("strideiq.run", "www.strideiq.run", "staging.strideiq.run"):
        await asker.ask("GET", f"/v6/domains/{name}/config")
    for branch in ("main", "staging"):
        identity = newest(world.read(), "vercel", branch)["id"]
        await asker.ask("GET", f"/v13/deployments/{identity}")
        await asker.ask("GET", f"/v2/deployments/{identity}/aliases")
        await asker.ask("GET", f"/v1/deployments/{identity}/checks")
        await asker.ask("GET", f"/v2/deployments/{identity}/check-runs")
        await asker.ask("GET", f"/v3/deployments/{identity}/events", builds="1", limit="50", direction="backward")
        await asker.ask("GET", f"/v3/deployments/{identity}/events", builds="1", follow="1")
        await asker.ask("GET", f"/v1/projects/{PROJECT}/deployments/{identity}/runtime-logs")


async def order_everything(asker: Asker, world: World) -> None:
    """Give every order once."""
    bad = newest(world.read(), "vercel", "main")["id"]
    listed = await asker.ask("GET", "/v7/deployments", rollbackCandidate="true")
    target = listed["deployments"][0]["uid"]
    rollback = f"/v1/projects/{PROJECT}/rollback/{target}"
    await asker.ask("POST", rollback, {}, status=201, description="incident INC-7")
    await asker.ask("POST", rollback, {}, status=409)
    await asker.ask("PATCH", f"{rollback}/update-description", {"description": "incident INC-8"})
    for _ in range(3):
        await look_everywhere(asker, world)
        world.advance(2)
    await asker.ask("POST", f"/v10/projects/{PROJECT}/promote/{bad}", {}, status=201)
    world.advance(6)
    source = newest(world.read(), "vercel", "staging")["id"]
    body = {"name": "strideiq-web", "deploymentId": source, "target": "production"}
    made = await asker.ask("POST", "/v13/deployments", body, forceNew="1")
    await asker.ask("PATCH", f"/v12/deployments/{made['id']}/cancel")
    await asker.ask("PATCH", f"/v12/deployments/{made['id']}/cancel", status=400)
    await asker.ask("POST", f"/v1/projects/{PROJECT}/pause")
    await look_everywhere(asker, world)
    await asker.ask("POST", f"/v1/projects/{PROJECT}/unpause")
    env = {"key": "NEXT_PUBLIC_FLAG", "value": "on", "type": "plain", "target": ["preview"], "gitBranch": "staging"}
    await asker.ask("POST", f"/v10/projects/{PROJECT}/env", env, status=201, upsert="true")
    await asker.ask("POST", f"/v10/projects/{PROJECT}/env", env, status=400)
    again = await asker.ask("POST", f"/v10/projects/{PROJECT}/env", [env | {"value": "off"}], status=201, upsert="true")
    identity = again["created"][0]["id"]
    await asker.ask("PATCH", f"/v9/projects/{PROJECT}/env/{identity}", {"target": ["preview", "production"], "gitBranch": None})
    await asker.ask("DELETE", f"/v9/projects/{PROJECT}/env/{identity}")
    await asker.ask("DELETE", f"/v9/projects/{PROJECT}/env/{identity}", status=404)


@pytest.mark.contract
async def test_all_thirty_operations_answer_in_the_shape_of_the_contract(client: httpx.AsyncClient, world: World) -> None:
    asker = Asker(client)
    push(world, "staging", "feat: x [break deploy]", "b" * 40)
    push(world, "main")
    for seconds in (0, 6, 30, 60):
        world.advance(seconds)
        await look_everywhere(asker, world)
    await order_everything(asker, world)
    day = world.clock.now()
    period = {"from": f"{day - timedelta(days=40):%Y-%m-%d}T00:00:00.000Z", "to": f"{day:%Y-%m-%d}T00:00:00.000Z"}
    await asker.ask("GET", "/v1/billing/charges", status=404, **period)
    with world.change() as state:
        state["vercel"] |= {
            "plan": "pro",
            "rolling": {"from": "x", "to": newest(state, "vercel", "main")["id"], "started": 1.0, "percentage": 10},
        }
    charges = await asker.ask("GET", "/v1/billing/charges", **period)
    assert len(charges) in (161, 162), "four services on each of 40 days, and a seat a month"
    await asker.ask("GET", "/v1/billing/charges", status=400, **{"from": period["to"], "to": period["from"]})
    await look_everywhere(asker, world)
    promoted = newest(world.read(), "vercel", "main")["id"]
    await asker.ask("POST", f"/v10/projects/{PROJECT}/promote/{promoted}", {}, status=202)
    offered = {
        (m.upper(), p) for p, item in asker.contract.doc["paths"].items() for m in item if m in ("get", "post", "patch", "delete")
    }
    assert len(offered) == 30
    assert asker.answered == offered
    effects = [e["what"] for e in world.read()["effects"] if e["provider"] == "vercel"]
    assert len(effects) == 12, effects
    assert not [e for e in effects if "off" in e], "no value is written down"


@pytest.mark.contract
async def test_errors_have_the_shape_of_the_contract(client: httpx.AsyncClient, world: World) -> None:
    contract = validator().openapi("vercel")
    preview = newest(world.read(), "vercel", "staging")["id"]
    for method, path, params, status in (
        ("GET", "/v13/deployments/dpl_nobody", TEAM, 404),
        ("GET", "/v7/deployments", {}, 403),
        ("GET", "/v7/deployments", TEAM | {"limit": "101"}, 400),
        ("GET", "/v2/teams/team_other", {}, 404),
        ("GET", "/v6/domains/elsewhere.example/config", TEAM, 403),
        ("POST", f"/v10/projects/{PROJECT}/promote/{preview}", TEAM, 422),
        ("POST", f"/v1/projects/{PROJECT}/rollback/{preview}", TEAM, 422),
        ("POST", f"/v1/projects/{PROJECT}/pause", {}, 403),
    ):
        response = await client.request(method, API + path, params=params, headers=VERCEL)
        assert response.status_code == status, path
        assert contract.check_response(method, path, status, decode(response)) == []
    assert not [e for e in world.read()["effects"] if e["provider"] == "vercel"]
