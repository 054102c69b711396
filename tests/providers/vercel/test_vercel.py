"""Vercel: what is asked, what the answers mean, which deployment serves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.domain.deployment import DeploymentState, live_of
from strideiq_console.domain.fault import FaultKind, OutsideError, UsageError
from strideiq_console.domain.ports import Deployments
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.vercel.mapping import state_of
from tests.providers.hosting import HOSTILE, SHA_A, SHA_B, SHA_C
from tests.providers.vercel.fake import T0, FakeVercel, deployment, project, vercel


def test_fits_the_port() -> None:
    port: Deployments = vercel(FakeVercel([]))[0]
    assert (port.provider, port.component) == ("vercel", "web")
    assert port.budget().provider == "vercel"


async def test_recent_tells_production_from_staging_and_says_what_serves() -> None:
    world = FakeVercel(
        [
            deployment("dpl_1", 0, SHA_A),
            deployment("dpl_2", 10, SHA_B),
            deployment("dpl_3", 20, SHA_C, state="BUILDING"),
            deployment("dpl_4", 5, SHA_B, branch="staging"),
            deployment("dpl_5", 6, SHA_C, branch="staging", state="ERROR"),
            deployment("dpl_6", 30, SHA_C, branch="feature/calendar"),
            # a preview of staging that was rebuilt for production keeps its branch (contracts, Vercel gotcha 5)
            deployment("dpl_7", 1, SHA_A, branch="staging", target="production", state="CANCELED"),
        ],
        project(targets={"production": {"id": "dpl_2"}}),
    )
    port, wire = vercel(world)
    found = await port.recent()
    assert [(d.id, d.environment, d.live) for d in found] == [
        ("dpl_3", "production", False),
        ("dpl_2", "production", True),
        ("dpl_5", "staging", False),
        ("dpl_4", "staging", True),
        ("dpl_7", "production", False),
        ("dpl_1", "production", False),
    ]
    assert found[1].sha == SHA_B
    assert found[1].subject == "fix: it"
    assert found[1].url == "https://dpl-2-acme.vercel.app"
    assert found[1].can_rollback is True
    assert found[1].ready_at is not None
    assert found[0].ready_at is None
    assert all(call.query["teamId"] == "team_1" for call in wire.calls)
    assert len(wire.calls) == 3


async def test_a_rollback_pins_what_serves_even_when_it_is_old() -> None:
    old = deployment("dpl_0", -10_000, SHA_A)
    new = [deployment(f"dpl_{n}", n, SHA_B) for n in range(1, 9)]
    request = {
        "fromDeploymentId": "dpl_8",
        "toDeploymentId": "dpl_0",
        "jobStatus": "succeeded",
        "requestedAt": T0,
        "type": "rollback",
    }
    port, _ = vercel(FakeVercel([old, *new], project(targets={"production": {"id": "dpl_8"}}, lastAliasRequest=request)))
    found = await port.recent(limit=3)
    live = live_of(found, "production", "web")
    assert live is not None
    assert (live.id, live.sha, live.live) == ("dpl_0", SHA_A, True)
    assert len([d for d in found if d.environment == "production"]) == 4


@pytest.mark.parametrize("status", ["pending", "in-progress", "failed", "skipped"])
async def test_a_rollback_that_has_not_succeeded_changes_nothing(status: str) -> None:
    request = {"fromDeploymentId": "dpl_2", "toDeploymentId": "dpl_1", "jobStatus": status, "requestedAt": T0, "type": "rollback"}
    world = FakeVercel(
        [deployment("dpl_1", 0, SHA_A), deployment("dpl_2", 1, SHA_B)],
        project(targets={"production": {"id": "dpl_2"}}, lastAliasRequest=request),
    )
    found = await vercel(world)[0].recent()
    assert [d.id for d in found if d.live] == ["dpl_2"]


async def test_the_domain_decides_where_the_project_lists_it() -> None:
    alias = [{"domain": "STRIDEIQ.run", "deployment": {"id": "dpl_1"}, "environment": "production", "target": "PRODUCTION"}]
    staging = {"domain": "staging.strideiq.run", "deployment": {"id": "dpl_3"}, "environment": "preview", "target": "PREVIEW"}
    world = FakeVercel(
        [
            deployment("dpl_1", 0, SHA_A),
            deployment("dpl_2", 1, SHA_B),
            deployment("dpl_3", 0, SHA_A, branch="staging"),
            deployment("dpl_4", 1, SHA_B, branch="staging"),
        ],
        project(alias=[*alias, staging], targets={"production": {"id": "dpl_2"}}),
    )
    found = await vercel(world)[0].recent()
    assert sorted(d.id for d in found if d.live) == ["dpl_1", "dpl_3"]


@pytest.mark.parametrize(
    "settings", [{}, {"targets": {"production": None}}, {"targets": {"production": {"id": "d", "readyState": "BUILDING"}}}]
)
async def test_production_is_unknown_when_the_project_does_not_say(settings: dict[str, Any]) -> None:
    world = FakeVercel([deployment("dpl_1", 0, SHA_A), deployment("dpl_2", 1, SHA_B, state="ERROR")], project(**settings))
    found = await vercel(world)[0].recent()
    assert {d.id: d.live for d in found} == {"dpl_1": None, "dpl_2": False}


async def test_a_deleted_serving_deployment_is_no_fault() -> None:
    world = FakeVercel([deployment("dpl_1", 0, SHA_A)], project(targets={"production": {"id": "dpl_gone"}}))
    found = await vercel(world)[0].recent()
    assert [(d.id, d.live) for d in found] == [("dpl_1", False)]


async def test_staging_finds_its_ready_build_behind_a_row_of_failures() -> None:
    failures = [deployment(f"dpl_{n}", n, SHA_B, branch="staging", state="ERROR") for n in range(1, 9)]
    world = FakeVercel([deployment("dpl_0", 0, SHA_A, branch="staging"), *failures])
    found = await vercel(world)[0].recent(limit=4)
    assert [d.id for d in found if d.live] == ["dpl_0"]
    assert len(found) == 5


async def test_pages_backwards_by_until_and_stops_at_the_limit() -> None:
    world = FakeVercel([deployment(f"dpl_{n}", n, SHA_A) for n in range(12)])
    world.page = 5
    port, wire = vercel(world)
    found = await port.recent(limit=8)
    assert [d.id for d in found] == [f"dpl_{n}" for n in range(11, 3, -1)]
    assert [call.query.get("until") for call in wire.calls if call.query.get("target")] == [None, str(T0 + 7 * 60_000)]


async def test_a_server_that_repeats_its_page_ends() -> None:
    page = {"deployments": [deployment("dpl_1", 0, SHA_A)], "pagination": {"count": 1, "next": 5, "prev": None}}
    port, wire = vercel(lambda call: (200, project() if "projects" in call.path else page))
    assert [d.id for d in await port.recent()] == ["dpl_1"]
    assert len(wire.calls) == 5, "the project, and each list twice"


async def test_of_commit_asks_by_sha_and_takes_the_newest() -> None:
    world = FakeVercel(
        [
            deployment("dpl_1", 0, SHA_A, branch="staging", state="ERROR"),
            deployment("dpl_2", 9, SHA_A, branch="staging"),
            deployment("dpl_3", 12, SHA_B, branch="staging"),
            deployment("dpl_4", 15, SHA_A),
        ]
    )
    port, wire = vercel(world)
    found = await port.of_commit("staging", SHA_A)
    assert found is not None
    assert (found.id, found.live) == ("dpl_2", None)
    assert (wire.calls[0].query["sha"], wire.calls[0].query["branch"]) == (SHA_A, "staging")
    assert await port.of_commit("staging", SHA_C) is None
    with pytest.raises(UsageError):
        await port.of_commit("local", SHA_A)


async def test_of_commit_does_not_believe_a_server_that_ignores_the_filter() -> None:
    page = {"deployments": [deployment("dpl_1", 0, SHA_B)], "pagination": {"count": 1, "next": None, "prev": None}}
    assert await vercel(lambda call: (200, page))[0].of_commit("production", SHA_A) is None


async def test_get_names_the_environment_and_a_preview_as_preview() -> None:
    world = FakeVercel([deployment("dpl_1", 0, SHA_A), deployment("dpl_2", 0, SHA_A, branch="feature/x")])
    port, _ = vercel(world)
    assert (await port.get("dpl_1")).environment == "production"
    assert (await port.get("dpl_2")).environment == "preview"
    for odd in ("", "..", "a/b", "dpl_1?x"):
        with pytest.raises(OutsideError):
            await port.get(odd)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("QUEUED", DeploymentState.QUEUED),
        ("INITIALIZING", DeploymentState.BUILDING),
        ("BUILDING", DeploymentState.BUILDING),
        ("READY", DeploymentState.READY),
        ("ERROR", DeploymentState.FAILED),
        ("CANCELED", DeploymentState.CANCELLED),
        ("BLOCKED", DeploymentState.WAITING),
        ("DELETED", DeploymentState.REMOVED),
        ("ready", DeploymentState.UNKNOWN),
        ("SOMETHING_NEW", DeploymentState.UNKNOWN),
    ],
)
def test_states(word: str, state: DeploymentState) -> None:
    assert state_of(word) is state


@pytest.mark.parametrize(
    "meta", [None, {}, {"githubCommitSha": 7, "githubCommitRef": ["x"], "githubCommitMessage": {}}, {"githubCommitSha": "a1b2c3d"}]
)
async def test_a_missing_or_odd_commit_is_unknown(meta: Any) -> None:
    one = deployment("dpl_1", 0, SHA_A) | {"meta": meta, "url": "javascript:alert(1)"}
    port, _ = vercel(lambda call: (200, project() if "projects" in call.path else {"deployments": [one]}))
    found = await port.recent()
    assert [(d.sha, d.branch, d.subject, d.url) for d in found] == [(None, None, "", "")]


async def test_hostile_texts_come_out_clean() -> None:
    one = deployment(HOSTILE, 0, SHA_A, url=HOSTILE)
    one["meta"] = {"githubCommitSha": HOSTILE, "githubCommitRef": HOSTILE, "githubCommitMessage": HOSTILE + "\n" + HOSTILE}
    port, _ = vercel(lambda call: (200, project() if "projects" in call.path else {"deployments": [one]}))
    (found,) = await port.recent()
    assert all(is_clean(text) for text in (found.id, found.branch or "", found.subject, found.url))
    assert "[/x]" in found.subject


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"uid": 7}, "uid"),
        ({"uid": ""}, "uid"),
        ({"readyState": None}, "readyState"),
        ({"createdAt": "yesterday"}, "createdAt"),
        ({"createdAt": 1e30}, "createdAt"),
        ({"meta": "x"}, "meta"),
    ],
)
async def test_a_malformed_answer_names_provider_and_field(change: dict[str, Any], field: str) -> None:
    one = deployment("dpl_1", 0, SHA_A) | change
    port, _ = vercel(lambda call: (200, project() if "projects" in call.path else {"deployments": [one]}))
    with pytest.raises(OutsideError) as caught:
        await port.recent()
    fault = caught.value.fault
    assert (fault.kind, fault.source) == (FaultKind.MALFORMED, "vercel")
    assert field in fault.cause
    assert is_clean(fault.sentence())


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda c: st.lists(c) | st.dictionaries(st.text(), c),
    )
)
async def test_garbage_is_a_fault_and_nothing_else(body: Any) -> None:
    port, _ = vercel(lambda call: (200, json.loads(json.dumps(body))))
    with pytest.raises(OutsideError) as caught:
        await port.recent()
    assert caught.value.fault.kind is FaultKind.MALFORMED


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize(("team", "words"), [("", "[vercel] team"), ("team_1", "may see that team")])
async def test_a_hidden_project_names_the_setting(status: int, team: str, words: str) -> None:
    port, wire = vercel(lambda call: (status, {"error": {"code": "forbidden", "message": "Not authorized"}}), team)
    with pytest.raises(OutsideError) as caught:
        await port.recent()
    assert words in caught.value.fault.next_step
    assert caught.value.status == status
    assert ("teamId" in wire.calls[0].query) == bool(team)


async def test_whoami() -> None:
    port, wire = vercel(lambda call: (200, {"user": {"username": "founder\x1b[2J"}}))
    name = await port.whoami()
    assert name.startswith("founder")
    assert is_clean(name)
    assert wire.calls[0].path == "/v2/user"
