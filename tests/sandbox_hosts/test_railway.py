from __future__ import annotations

from typing import Any

import httpx
import pytest

from strideiq_console.sandbox.seed_settings import RAILWAY_PROJECT
from strideiq_console.sandbox.world import World
from tests.sandbox_hosts.conftest import RAILWAY, newest, push

API = "https://backboard.railway.com/graphql/v2"
LIST = """query DeploymentsList($input: DeploymentListInput!, $first: Int = 20, $after: String) {
  deployments(input: $input, first: $first, after: $after) {
    edges { cursor node { id status meta canRollback service { name } } } pageInfo { hasNextPage endCursor } } }"""


async def ask(client: httpx.AsyncClient, query: str, headers: dict[str, str] | None = None, **variables: Any) -> dict[str, Any]:
    response = await client.post(
        API, json={"query": query, "variables": variables}, headers=RAILWAY if headers is None else headers
    )
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


async def ids(client: httpx.AsyncClient) -> tuple[dict[str, str], dict[str, str]]:
    query = """query($p: String!) { project(id: $p) { services(first: 9) { edges { node { id name } } }
        environments { edges { node { name id } } } } }"""
    project = (await ask(client, query, p=RAILWAY_PROJECT))["data"]["project"]
    names = [{e["node"]["name"]: e["node"]["id"] for e in project[kind]["edges"]} for kind in ("services", "environments")]
    return names[0], names[1]


async def test_states_pass_in_order(client: httpx.AsyncClient, world: World) -> None:
    push(world, "main", "feat: x [crash]")
    identity = newest(world.read(), "railway", "main")["id"]
    seen: list[str] = []
    for _ in range(40):
        status = (await ask(client, "query($id: String!) { deployment(id: $id) { status } }", id=identity))["data"]["deployment"][
            "status"
        ]
        if status not in seen:
            seen.append(status)
        world.advance(4)
    assert seen == ["QUEUED", "BUILDING", "DEPLOYING", "SUCCESS", "CRASHED"]


async def test_only_what_was_asked_for_comes_back_under_its_alias(client: httpx.AsyncClient) -> None:
    answer = await ask(client, "{ who: me { __typename name } }")
    assert answer == {"data": {"who": {"__typename": "User", "name": "Founder"}}}


async def test_filters_and_pages(client: httpx.AsyncClient, world: World) -> None:
    services, environments = await ids(client)
    chosen = {"projectId": RAILWAY_PROJECT, "environmentId": environments["staging"], "serviceId": services["api"]}
    whole = (await ask(client, LIST, input=chosen, first=100))["data"]["deployments"]["edges"]
    assert {edge["node"]["meta"]["branch"] for edge in whole} == {"staging"}
    found: list[str] = []
    more: dict[str, Any] = {}
    while True:
        page = (await ask(client, LIST, input=chosen, first=2, **more))["data"]["deployments"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        more = {"after": page["pageInfo"]["endCursor"]}
    assert found == [edge["node"]["id"] for edge in whole]
    live = (await ask(client, LIST, input=chosen | {"status": {"in": ["SUCCESS"]}}))["data"]["deployments"]["edges"]
    assert [edge["node"]["id"] for edge in live] == [newest(world.read(), "railway", "staging")["id"]]
    rest = (await ask(client, LIST, input=chosen | {"status": {"notIn": ["SUCCESS"]}}))["data"]["deployments"]["edges"]
    assert len(rest) == len(whole) - 1


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "Not Authorized"),
        ({"Authorization": "Bearer wrong"}, "Not Authorized"),
        ({"Project-Access-Token": "sandbox-railway-token"}, "Project Token not found"),
        ({"Project-Access-Token": "sandbox-railway-token-staging"}, "Not Authorized"),
    ],
)
async def test_errors_come_with_status_200(client: httpx.AsyncClient, headers: dict[str, str], message: str) -> None:
    answer = await ask(client, "{ me { name } }", headers)
    assert answer["data"] is None
    assert answer["errors"][0]["message"] == message


async def test_a_project_token_reaches_its_environment_alone(client: httpx.AsyncClient) -> None:
    _, environments = await ids(client)
    staging = {"Project-Access-Token": "sandbox-railway-token-staging"}
    own = {"projectId": RAILWAY_PROJECT, "environmentId": environments["staging"]}
    assert (await ask(client, LIST, staging, input=own))["data"]["deployments"]["edges"]
    other = own | {"environmentId": environments["production"]}
    assert (await ask(client, LIST, staging, input=other))["errors"][0]["message"] == "Not Authorized"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("{ me { nothing } }", 'Cannot query field "nothing" on type "User"'),
        ("{ me }", "must have a selection"),
        ("{ me { name { x } } }", "must not have a selection"),
        ("{ me { name }", "Syntax Error"),
        ("query($id: String!) { deployment(id: $id) { id } }", 'Variable "$id"'),
        ('{ deployment(id: "x\\u0041") { id } }', "Deployment not found"),
        ('mutation { deploymentRollback(id: "nobody") }', "Deployment not found"),
        ("fragment F on User { name }", "Syntax Error"),
    ],
)
async def test_wrong_documents_are_said_to_be_wrong(client: httpx.AsyncClient, query: str, words: str) -> None:
    answer = await ask(client, query)
    assert words in answer["errors"][0]["message"]


async def test_the_hourly_limit_of_the_hobby_plan(client: httpx.AsyncClient, world: World) -> None:
    with world.change() as state:
        state["limits"] = {"railway": {"used": 998}}
    query = {"query": "{ me { name } }"}
    for left in ("1", "0"):
        response = await client.post(API, json=query, headers=RAILWAY)
        assert (response.headers["x-ratelimit-limit"], response.headers["x-ratelimit-remaining"]) == ("1000", left)
    refused = await client.post(API, json=query, headers=RAILWAY)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    world.advance(3601)
    assert (await client.post(API, json=query, headers=RAILWAY)).status_code == 200
