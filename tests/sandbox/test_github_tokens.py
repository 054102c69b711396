"""What a token may do decides what GitHub answers, and every answer says what would have been needed."""

from __future__ import annotations

import re

import pytest

from strideiq_console.sandbox.github.ways import WAYS
from tests.sandbox.hub import Hub

DENIED = "Resource not accessible by personal access token"


def _path(way) -> str:
    named = {"owner": "acme", "repo": "strideiq", "account": "founder", "basehead": "main...staging"}
    return re.sub(r"\{(\w+)(:path)?\}", lambda found: named.get(found[1], "1"), way.path)


def _token(world, **more):
    with world.change() as state:
        state["tokens"]["other"] = {"value": "sandbox-other", "login": "founder", **more}


async def test_every_operation_names_the_permission_that_it_misses(hub: Hub, world):
    _token(world, permissions={})
    for way in WAYS:
        answer = await hub.ask(way.method, "/" + _path(way), {} if way.method != "GET" else None, by="other")
        assert answer.headers["x-accepted-github-permissions"] == way.permission
        if way.permission:
            assert (answer.status_code, answer.json()["message"]) == (403, DENIED), way
        else:
            assert answer.status_code == 200
    assert world.read()["effects"] == []


async def test_reading_is_not_writing(hub: Hub, world):
    _token(world, permissions={way.permission.partition("=")[0]: "read" for way in WAYS if way.permission})
    for way in WAYS:
        answer = await hub.ask(way.method, "/" + _path(way), {} if way.method != "GET" else None, by="other")
        denied = answer.status_code == 403 and answer.json()["message"] == DENIED
        assert denied == way.permission.endswith("=write"), way


async def test_a_token_says_when_it_ends_and_then_is_none(hub: Hub, world):
    answer = await hub.ask("GET", "//user")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", answer.headers["github-authentication-token-expiration"])
    assert "x-oauth-scopes" not in answer.headers
    assert "github-authentication-token-expiration" not in (await hub.ask("GET", "//user", by="github_bot")).headers
    world.advance(3651 * 86_400)
    assert (await hub.ask("GET", "//user")).json()["message"] == "Bad credentials"
    assert (await hub.ask("GET", "//user", by="github_bot")).status_code == 200


async def test_a_classic_token_has_scopes(hub: Hub, world):
    _token(world, kind="classic", scopes=["repo", "workflow"])
    answer = await hub.ask("GET", "", by="other")
    assert (answer.headers["x-oauth-scopes"], answer.headers["x-accepted-oauth-scopes"]) == ("repo, workflow", "repo")
    for path, status in (
        ("/branches/main/protection", 200),
        ("/dependabot/alerts", 200),
        ("//users/founder/settings/billing/usage", 403),
        ("//organizations/acme/settings/billing/usage", 403),
    ):
        assert (await hub.ask("GET", path, by="other")).status_code == status
    _token(world, kind="classic", scopes=["read:user"])
    hidden = await hub.ask("GET", "", by="other")
    assert (hidden.status_code, hidden.json()["message"]) == (404, "Not Found"), "a private repository does not exist for it"


async def test_billing_is_for_who_pays(hub: Hub, world):
    for path in ("//users/strideiq-bot/settings/billing/usage", "//organizations/other/settings/billing/usage/summary"):
        await hub.send("GET", path, status=403)
    with world.change() as state:
        state["billing"] = False
    for path in ("//users/founder/settings/billing/usage", "//organizations/acme/settings/billing/usage"):
        await hub.send("GET", path, status=404)


@pytest.mark.parametrize("path", ["//nowhere", "/nothing/of/the/kind", "/actions/nothing", "//repos/acme/other/pulls"])
async def test_what_is_unknown_is_not_found(hub: Hub, path):
    answer = await hub.send("GET", path, status=404)
    assert answer == {"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}
