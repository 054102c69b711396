from __future__ import annotations

import httpx
import pytest

from strideiq_console.sandbox.world import World
from tests.contracts import validator
from tests.sandbox_hosts.conftest import SHA, VERCEL, newest, push

API = "https://api.vercel.com"
TEAM = {"teamId": "team_acme"}
PROJECT = "/v9/projects/prj_strideiq_web"


def check(response: httpx.Response) -> None:
    body = response.json() if response.content else None
    url = response.request.url
    assert validator().openapi("vercel").check_response(response.request.method, url.path, response.status_code, body) == []


@pytest.mark.contract
async def test_every_answer_fits_the_contract_in_every_state(client: httpx.AsyncClient, world: World) -> None:
    vercel = validator().openapi("vercel")
    push(world, "staging", "feat: x [break deploy]", "b" * 40)
    push(world, "main")
    for seconds in (0, 6, 30, 60):
        world.advance(seconds)
        for path in ("/v7/deployments", "/v6/deployments", PROJECT, "/v2/user", "/v2/teams"):
            params = {} if path.startswith("/v2/") else TEAM
            check(await client.get(API + path, params=params, headers=VERCEL))
        for branch in ("main", "staging"):
            identity = newest(world.read(), "vercel", branch)["id"]
            check(await client.get(f"{API}/v13/deployments/{identity}", params=TEAM, headers=VERCEL))
    before = (await client.get(f"{API}/v7/deployments", params=TEAM | {"rollbackCandidate": "true"}, headers=VERCEL)).json()
    (target,) = before["deployments"]
    path = f"/v1/projects/prj_strideiq_web/rollback/{target['uid']}"
    assert vercel.check_request("POST", path, TEAM, {}) == []
    for _ in range(4):
        response = await client.post(API + path, params=TEAM, headers=VERCEL, json={})
        check(response)
        check(await client.get(API + PROJECT, params=TEAM, headers=VERCEL))
        check(await client.get(f"{API}/v1/projects/prj_strideiq_web/promote/aliases", params=TEAM, headers=VERCEL))
        world.advance(2)
    for response in (
        await client.get(f"{API}/v13/deployments/dpl_nobody", params=TEAM, headers=VERCEL),
        await client.get(f"{API}/v7/deployments", headers=VERCEL),
        await client.get(f"{API}/v7/deployments", params=TEAM),
    ):
        assert response.status_code in (403, 404)
        check(response)


async def test_states_pass_in_order_and_the_domain_follows(client: httpx.AsyncClient, world: World) -> None:
    push(world, "main")
    identity = newest(world.read(), "vercel", "main")["id"]
    seen = []
    for _ in range(25):
        shape = (await client.get(f"{API}/v13/deployments/{identity}", params=TEAM, headers=VERCEL)).json()
        project = (await client.get(API + PROJECT, params=TEAM, headers=VERCEL)).json()
        serves = project["targets"]["production"]["id"] == identity
        assert serves == (shape["readyState"] == "READY") == ("strideiq.run" in shape["alias"])
        if shape["readyState"] not in seen:
            seen.append(shape["readyState"])
        world.advance(4)
    assert seen == ["QUEUED", "BUILDING", "READY"]


async def test_filters_narrow_and_pages_cover_everything_once(client: httpx.AsyncClient, world: World) -> None:
    push(world, "staging")

    async def ask(**params: str | int) -> dict[str, object]:
        response = await client.get(f"{API}/v7/deployments", params=TEAM | params, headers=VERCEL)
        assert response.status_code == 200
        return response.json()

    everything = await ask(limit=100)
    uids: list[str] = []
    until: dict[str, int] = {}
    while True:
        page = await ask(limit=3, projectId="strideiq-web", **until)
        uids += [d["uid"] for d in page["deployments"]]  # type: ignore[attr-defined, index, union-attr]
        if page["pagination"]["next"] is None:  # type: ignore[index]
            break
        until = {"until": page["pagination"]["next"]}  # type: ignore[index]
    assert uids == [d["uid"] for d in everything["deployments"]]  # type: ignore[attr-defined]
    (mine,) = (await ask(sha=SHA, branch="staging"))["deployments"]  # type: ignore[misc]
    assert mine["target"] is None
    assert {d["target"] for d in (await ask(target="production"))["deployments"]} == {"production"}  # type: ignore[attr-defined]
    assert [d["uid"] for d in (await ask(state="QUEUED,BUILDING"))["deployments"]] == [mine["uid"]]  # type: ignore[attr-defined]


async def test_a_rollback_over_the_wire_moves_the_domain_and_is_an_effect(client: httpx.AsyncClient, world: World) -> None:
    push(world, "main")
    world.advance(200)
    listed = (await client.get(f"{API}/v7/deployments", params=TEAM | {"rollbackCandidate": "true"}, headers=VERCEL)).json()
    target = listed["deployments"][0]["uid"]
    rolled = await client.post(f"{API}/v1/projects/prj_strideiq_web/rollback/{target}", params=TEAM, headers=VERCEL, json={})
    assert (rolled.status_code, rolled.content) == (201, b"")
    project = (await client.get(API + PROJECT, params=TEAM, headers=VERCEL)).json()
    assert project["lastAliasRequest"]["jobStatus"] == "pending"
    assert project["targets"]["production"]["id"] != target
    world.advance(10)
    project = (await client.get(API + PROJECT, params=TEAM, headers=VERCEL)).json()
    assert project["lastAliasRequest"] | {"requestedAt": 0} == {
        "fromDeploymentId": newest(world.read(), "vercel", "main")["id"],
        "toDeploymentId": target,
        "jobStatus": "succeeded",
        "requestedAt": 0,
        "type": "rollback",
    }
    assert project["targets"]["production"]["id"] == target
    assert project["autoAssignCustomDomains"] is False
    assert world.read()["effects"][-1]["provider"] == "vercel"


@pytest.mark.parametrize(
    ("headers", "params", "status"),
    [
        ({}, TEAM, 403),
        ({"Authorization": "Bearer wrong"}, TEAM, 403),
        ({"Authorization": "Bearer sandbox-railway-token"}, TEAM, 403),
        (VERCEL, {}, 403),
        (VERCEL, {"teamId": "team_other"}, 403),
        (VERCEL, TEAM, 200),
    ],
)
async def test_token_and_team_are_needed(
    client: httpx.AsyncClient, headers: dict[str, str], params: dict[str, str], status: int
) -> None:
    response = await client.get(API + PROJECT, params=params, headers=headers)
    assert response.status_code == status
    assert {"x-vercel-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"} <= set(response.headers)


async def test_a_preview_is_not_promoted_and_an_unknown_project_is_hidden(client: httpx.AsyncClient, world: World) -> None:
    identity = newest(world.read(), "vercel", "staging")["id"]
    refused = await client.post(f"{API}/v10/projects/prj_strideiq_web/promote/{identity}", params=TEAM, headers=VERCEL, json={})
    assert refused.status_code == 422
    assert (await client.get(f"{API}/v9/projects/prj_other", params=TEAM, headers=VERCEL)).status_code == 404
    assert not [e for e in world.read()["effects"] if e["provider"] == "vercel"]
