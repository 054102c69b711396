"""Railway: what is asked, what the answers mean, and failures that come with status 200."""

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
from tests.providers.hosting import HOSTILE, NOW, SHA_A, SHA_B, SHA_C, Call
from tests.providers.railway.fake import (
    FakeRailway,
    deployment,
    fault_of,
    only,
    operations,
    railway,
    topology,
)
from tests.providers.railway.places import PRODUCTION, PROJECT, SERVICE, STAGING


def test_fits_the_port() -> None:
    port: Deployments = railway(FakeRailway([]))[0]
    assert (port.provider, port.component) == ("railway", "api")
    assert port.budget().provider == "railway"


async def test_recent_says_what_serves_each_environment() -> None:
    world = FakeRailway(
        [
            deployment("p3", 30, SHA_C, "BUILDING"),
            deployment("p2", 20, SHA_B),
            deployment("p1", 10, SHA_A, "REMOVED", canRollback=True),
            deployment("s2", 25, SHA_C, "CRASHED", STAGING),
            deployment("s1", 15, SHA_B, "SLEEPING", STAGING, deploymentStopped=True),
        ]
    )
    port, wire = railway(world)
    found = await port.recent()
    assert [(d.id, d.environment, d.state, d.live) for d in found] == [
        ("p3", "production", DeploymentState.BUILDING, False),
        ("s2", "staging", DeploymentState.CRASHED, False),
        ("p2", "production", DeploymentState.READY, True),
        ("s1", "staging", DeploymentState.SLEEPING, True),
        ("p1", "production", DeploymentState.REMOVED, False),
    ]
    live = found[2]
    assert (live.sha, live.branch, live.subject, live.url) == (SHA_B, "main", "fix: it", "https://api.strideiq.run")
    assert (live.provider, live.component) == ("railway", "api")
    assert live.ready_at is not None
    assert found[4].can_rollback is True
    await port.recent(limit=5)
    assert operations(wire) == ["ProjectTopology", "Overview", "Overview"], "one request, and names are resolved once"
    staging = {"projectId": PROJECT, "environmentId": STAGING, "serviceId": SERVICE}
    sent = wire.calls[-1].body["variables"]
    assert (sent["first"], sent["otherNewest"]) == (5, staging), "unset variables are left out"
    assert sent["otherServing"] == {**staging, "status": {"in": ["SUCCESS", "SLEEPING"]}}
    assert wire.calls[0].path == "/graphql/v2"


async def test_a_stopped_success_does_not_serve() -> None:
    found = await railway(FakeRailway([deployment("p1", 1, SHA_A, deploymentStopped=True)]))[0].recent()
    assert [(d.state, d.live) for d in found] == [(DeploymentState.REMOVED, False)]
    assert live_of(found, "production", "api") is None


async def test_what_serves_is_found_behind_a_row_of_failures() -> None:
    failures = [deployment(f"f{n}", n + 1, SHA_B, "FAILED") for n in range(9)]
    port, wire = railway(FakeRailway([deployment("p0", 0, SHA_A), *failures]), {"production": "production"})
    found = await port.recent(limit=3)
    assert [d.id for d in found if d.live] == ["p0"]
    assert len(found) == 4
    assert wire.calls[-1].body["variables"]["input"]["status"] == {"in": ["SUCCESS", "SLEEPING"]}


async def test_of_commit_takes_the_newest_of_exactly_this_commit() -> None:
    many = [
        deployment(f"m{n}", n % 60, SHA_C, "REMOVED", createdAt=f"2026-01-08T{n // 60:02d}:{n % 60:02d}:00Z") for n in range(70)
    ]
    world = FakeRailway(
        [
            deployment("p2", 20, SHA_B),
            deployment("p1", 10, SHA_A),
            *many,
            deployment("old", 0, "d" * 40, createdAt="2026-01-07T00:00:00Z"),
        ]
    )
    port, wire = railway(world)
    found = await port.of_commit("production", SHA_A)
    assert found is not None
    assert (found.id, found.live) == ("p1", False)
    assert len(wire.calls) == 2, "it stops at the page that holds the commit"
    deep = await port.of_commit("production", "d" * 40)
    assert deep is not None
    assert deep.id == "old"
    assert await port.of_commit("production", "e" * 40) is None
    assert await port.of_commit("staging", SHA_A) is None
    with pytest.raises(UsageError):
        await port.of_commit("local", SHA_A)


async def test_get_names_the_console_environment() -> None:
    port, _ = railway(FakeRailway([deployment("s1", 1, SHA_A, "FAILED", STAGING)]), {"test": "staging"})
    found = await port.get("s1")
    assert (found.environment, found.live) == ("test", False)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("QUEUED", DeploymentState.QUEUED),
        ("WAITING", DeploymentState.QUEUED),
        ("INITIALIZING", DeploymentState.BUILDING),
        ("BUILDING", DeploymentState.BUILDING),
        ("DEPLOYING", DeploymentState.DEPLOYING),
        ("SUCCESS", DeploymentState.READY),
        ("SLEEPING", DeploymentState.SLEEPING),
        ("FAILED", DeploymentState.FAILED),
        ("CRASHED", DeploymentState.CRASHED),
        ("SKIPPED", DeploymentState.SKIPPED),
        ("NEEDS_APPROVAL", DeploymentState.WAITING),
        ("REMOVED", DeploymentState.REMOVED),
        ("REMOVING", DeploymentState.REMOVED),
        ("BRAND_NEW", DeploymentState.UNKNOWN),
    ],
)
async def test_states(status: str, state: DeploymentState) -> None:
    found = await railway(FakeRailway([deployment("p1", 1, SHA_A, status)]), {"production": "production"})[0].recent()
    assert found[0].state is state
    assert found[0].live is (None if state is DeploymentState.UNKNOWN else status in ("SUCCESS", "SLEEPING"))


@pytest.mark.parametrize(
    "meta", [None, "text", 7, [], {}, {"commitHash": 5, "branch": {}, "commitMessage": []}, {"commitHash": "a1b2c3d"}]
)
async def test_untyped_meta_may_be_anything(meta: Any) -> None:
    found = await railway(FakeRailway([deployment("p1", 1, SHA_A, meta=meta)]))[0].recent()
    assert [(d.sha, d.branch, d.subject) for d in found] == [(None, None, "")]


async def test_hostile_texts_come_out_clean() -> None:
    meta = {"commitHash": HOSTILE, "branch": HOSTILE, "commitMessage": HOSTILE + "\n" + HOSTILE}
    (found,) = await railway(FakeRailway([deployment(HOSTILE, 1, SHA_A, meta=meta, url=HOSTILE)]))[0].recent()
    assert all(is_clean(text) for text in (found.id, found.branch or "", found.subject, found.url))
    assert "[/x]" in found.subject


@pytest.mark.parametrize(
    ("message", "kind", "words"),
    [
        ("Not Authorized", FaultKind.UNAUTHORISED, "token_kind"),
        ("Project Token not found", FaultKind.UNAUTHORISED, "[railway] token_kind"),
        ("Two Factor Authentication Required", FaultKind.FORBIDDEN, "two-factor"),
        ("You are being rate limited. Rate limit exceeded", FaultKind.RATE_LIMITED, "Wait"),
        ("Project not found", FaultKind.MISSING, "[railway] project"),
        ("Problem processing request", FaultKind.SERVER, "status page"),
        ("\x1b[2J" + "x" * 5000, FaultKind.SERVER, "status page"),
        ("", FaultKind.SERVER, "status page"),
    ],
)
async def test_errors_with_status_200_are_failures(message: str, kind: FaultKind, words: str) -> None:
    fault = await fault_of(
        only({"errors": [{"message": message, "path": ["project"], "extensions": {"workspaceName": "A\x1b"}}], "data": None})
    )
    assert fault.kind is kind
    assert words in fault.next_step
    assert len(fault.cause) < 500


async def test_two_factor_names_the_workspace() -> None:
    answer = {
        "errors": [{"message": "Two Factor Authentication Required", "extensions": {"workspaceName": "StrideIQ"}}],
        "data": None,
    }
    assert "StrideIQ" in (await fault_of(only(answer))).cause


async def test_a_rate_limit_with_status_200_silences_the_client() -> None:
    port, wire = railway(only({"errors": [{"message": "Rate limit exceeded"}]}))
    for _ in range(2):
        with pytest.raises(OutsideError) as caught:
            await port.recent()
        assert caught.value.fault.kind is FaultKind.RATE_LIMITED
        assert caught.value.fault.retry_at is not None
        assert caught.value.fault.retry_at > NOW
    assert len(wire.calls) == 1


async def test_partial_data_is_incomplete_and_never_used() -> None:
    world = FakeRailway([deployment("p1", 1, SHA_A)])

    def answering(call: Call) -> tuple[int, Any]:
        status, answer = world(call)
        late = call.body["operationName"] == "Overview"
        return status, answer | (
            {"errors": [{"message": "a subfield timed out", "path": ["oneNewest", "edges", 3]}]} if late else {}
        )

    fault = await fault_of(answering)
    assert fault.kind is FaultKind.INCOMPLETE
    assert "a subfield timed out" in fault.cause


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"status": None}, "status"),
        ({"id": 5}, "id"),
        ({"createdAt": "yesterday"}, "createdAt"),
        ({"createdAt": None}, "createdAt"),
        ({"deploymentStopped": "no"}, "deploymentStopped"),
        ({"id": ""}, "id"),
    ],
)
async def test_a_malformed_answer_names_provider_and_field(change: dict[str, Any], field: str) -> None:
    fault = await fault_of(FakeRailway([deployment("p1", 1, SHA_A) | change]))
    assert fault.kind is FaultKind.MALFORMED
    assert field in fault.cause
    assert "railway" in fault.cause


@pytest.mark.parametrize("data", [None, {}, {"project": None}, {"project": {"services": []}}, []])
async def test_missing_data_is_malformed(data: Any) -> None:
    assert (await fault_of(only({"data": data}))).kind is FaultKind.MALFORMED


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)))
async def test_garbage_is_a_fault_and_nothing_else(body: Any) -> None:
    port, _ = railway(only(json.loads(json.dumps(body))))
    with pytest.raises(OutsideError):
        await port.recent()
    port, _ = railway(only({"data": {"project": json.loads(json.dumps(body))}}))
    with pytest.raises(OutsideError):
        await port.recent()


async def test_a_name_that_railway_does_not_know_names_the_setting() -> None:
    port, wire = railway(FakeRailway([]), {"staging": "stagging"})
    for _ in range(2):
        with pytest.raises(OutsideError) as caught:
            await port.recent()
        assert caught.value.fault.kind is FaultKind.MISSING
        assert "[railway.environments]" in caught.value.fault.next_step
        assert "production, staging" in caught.value.fault.cause
    assert len(wire.calls) == 2, "it looks again for a missing name, as it may have been created since"
    port, _ = railway(FakeRailway([]), service="web")
    with pytest.raises(OutsideError) as caught:
        await port.recent()
    assert "[railway] service" in caught.value.fault.next_step


async def test_a_deleted_service_is_missing() -> None:
    world = FakeRailway([])
    world.topology["project"]["services"]["edges"][0]["node"]["deletedAt"] = "2026-01-01T00:00:00Z"
    assert (await fault_of(world)).kind is FaultKind.MISSING


async def test_an_environment_that_appears_later_is_found() -> None:
    world = FakeRailway([deployment("s1", 1, SHA_A, "SUCCESS", STAGING)])
    world.topology = topology({"production": PRODUCTION})
    port, _ = railway(world, {"staging": "staging"})
    with pytest.raises(OutsideError):
        await port.recent()
    world.topology = topology()
    assert [d.id for d in await port.recent()] == ["s1"]
