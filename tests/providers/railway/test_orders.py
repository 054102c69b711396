"""Railway: changes are sent once, and an error says whether anything was done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.hosting import Containers, JobState, Project, Volumes
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.railway import Railway
from tests.providers.hosting import SHA_A, SHA_B, SHA_C
from tests.providers.railway.fake import FakeRailway, deployment, operations, railway, refusal, two_tokens
from tests.providers.railway.places import PRODUCTION, PROJECT, SERVICE, STAGING

Deed = Callable[[Railway], Awaitable[object]]
DEEDS: dict[str, tuple[Deed, str, dict[str, Any]]] = {
    "rollback": (lambda r: r.rollback("d1"), "DeploymentRollback", {"id": "d1"}),
    "restart": (lambda r: r.restart("d1"), "DeploymentRestart", {"id": "d1"}),
    "cancel": (lambda r: r.cancel("d1"), "DeploymentCancel", {"id": "d1"}),
    "redeploy": (lambda r: r.redeploy("d1"), "DeploymentRedeploy", {"id": "d1"}),
    "approve": (lambda r: r.project.approve("d1"), "DeploymentApprove", {"id": "d1"}),
    "deploy": (
        lambda r: r.project.deploy("staging", SHA_A),
        "ServiceInstanceDeploy",
        {"serviceId": SERVICE, "environmentId": STAGING, "commitSha": SHA_A},
    ),
    "freeze": (
        lambda r: r.project.set_auto_deploy("production", False),
        "ServiceAutoDeploySet",
        {"input": {"enabled": False, "projectId": PROJECT, "environmentId": PRODUCTION, "serviceId": SERVICE}},
    ),
    "commit": (lambda r: r.volumes.commit("production"), "EnvironmentCommitStaged", {"environmentId": PRODUCTION}),
}


def test_fits_the_ports() -> None:
    port = railway(FakeRailway())[0]
    containers: Containers = port
    project: Project = port.project
    volumes: Volumes = port.volumes
    assert (containers.provider, project, volumes) == ("railway", port.project, port.volumes)


@pytest.mark.parametrize("name", DEEDS)
async def test_a_deed_is_sent_once_with_set_variables_only(name: str) -> None:
    deed, operation, variables = DEEDS[name]
    port, wire = railway(FakeRailway())
    await deed(port)
    sent = [call.body for call in wire.calls if call.body["query"].lstrip().startswith(("mutation", "#"))]
    sent = [body for body in sent if "mutation " in body["query"]]
    assert [(body["operationName"], body["variables"]) for body in sent] == [(operation, variables)]


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.parametrize(
    ("answer", "not_done", "kind"),
    [
        (refusal("Not Authorized"), True, FaultKind.UNAUTHORISED),
        (refusal("Deployment not found"), True, FaultKind.MISSING),
        (refusal("Rate limit exceeded"), True, FaultKind.RATE_LIMITED),
        (refusal('Variable "$id" of required type "String!" was not provided.'), True, FaultKind.SERVER),
        ({"errors": [{"message": "no", "extensions": {"code": "BAD_USER_INPUT"}}]}, True, FaultKind.SERVER),
        (refusal("Problem processing request"), False, FaultKind.SERVER),
        (refusal("Not Authorized", data={"done": True}), False, FaultKind.UNAUTHORISED),
        (refusal("a late error", data={"done": True}), False, FaultKind.SERVER),
        ({"data": None}, False, FaultKind.MALFORMED),
        ({"data": {"other": 1}}, False, FaultKind.MALFORMED),
        ([], False, FaultKind.MALFORMED),
    ],
)
async def test_an_error_says_whether_anything_was_done(name: str, answer: Any, not_done: bool, kind: FaultKind) -> None:
    deed, operation, _ = DEEDS[name]
    world = FakeRailway()
    port, wire = railway(lambda call: (200, answer) if call.body["operationName"] == operation else world(call))
    with pytest.raises(OutsideError) as caught:
        await deed(port)
    assert (caught.value.known_not_done, caught.value.fault.kind) == (not_done, kind)
    assert ("Nothing was changed" in caught.value.fault.consequence) == not_done
    assert is_clean(caught.value.fault.sentence())
    assert operations(wire).count(operation) == 1, "a change is never sent twice"


@pytest.mark.parametrize("name", ["rollback", "restart", "cancel", "approve"])
async def test_a_no_is_a_failure_that_must_be_read_back(name: str) -> None:
    deed, operation, _ = DEEDS[name]
    field = operation[0].lower() + operation[1:]
    port, _ = railway(FakeRailway(**{operation: {field: False}}))
    with pytest.raises(OutsideError) as caught:
        await deed(port)
    assert caught.value.fault.kind is FaultKind.REFUSED
    assert not caught.value.known_not_done
    assert "read back" in caught.value.fault.consequence


async def test_auto_deploy_that_stays_on_is_a_failure() -> None:
    port, _ = railway(FakeRailway(ServiceAutoDeploySet={"serviceInstanceAutoDeployUpdate": {"enabled": True}}))
    with pytest.raises(OutsideError) as caught:
        await port.project.set_auto_deploy("production", False)
    assert not caught.value.known_not_done
    assert "is on after it was switched off" in caught.value.fault.cause


async def test_a_redeployment_is_new_and_without_a_commit_yet() -> None:
    found = await railway(FakeRailway())[0].redeploy("d1")
    assert (found.id, found.state, found.environment, found.sha) == ("new", DeploymentState.QUEUED, "production", None)


async def test_rollback_targets_have_an_image_and_do_not_serve() -> None:
    world = FakeRailway(
        [
            deployment("p4", 40, SHA_C, "BUILDING"),
            deployment("p3", 30, SHA_C, canRollback=True),
            deployment("p2", 20, SHA_B, "REMOVED", canRollback=True),
            deployment("p1", 10, SHA_A, "REMOVED", canRollback=False),
        ]
    )
    (found,) = await railway(world)[0].rollback_targets("production")
    assert found.id == "p2"
    assert found.rollback_until is not None
    assert found.rollback_until.isoformat() == "2026-01-12T10:20:00+00:00", "Hobby keeps an image for 72 hours after removal"


@pytest.mark.parametrize(
    ("theirs", "setting", "days"), [("free", "pro", 1), ("pro", "", 5), ("trial", "hobby", 3), (None, "pro", 5), ("new", "", None)]
)
async def test_image_retention_follows_the_plan(theirs: str | None, setting: str, days: int | None) -> None:
    world = FakeRailway([deployment("p1", 10, SHA_A, "REMOVED", canRollback=True)])
    world.topology["project"]["subscriptionType"] = theirs
    (found,) = await railway(world, plan=setting)[0].rollback_targets("production")
    assert (found.rollback_until.day if found.rollback_until else None) == (9 + days if days else None)


@pytest.mark.parametrize(("enabled", "words"), [(True, "holds only until"), (False, "no push deploys")])
async def test_pin_is_about_pushes(enabled: bool, words: str) -> None:
    rolled = deployment("p2", 20, SHA_A, meta={"commitHash": SHA_A, "reason": "rollback"})
    status = {"serviceInstanceAutoDeployStatus": {"enabled": enabled, "canEnable": True, "reason": None}}
    port, wire = railway(FakeRailway([deployment("p1", 10, SHA_B, "REMOVED"), rolled], ServiceAutoDeployStatus=status))
    await port.recent()
    pin = await port.pin("production")
    assert (pin.pinned, pin.deployment_id) == (not enabled, "p2")
    assert words in pin.note
    assert pin.job is not None
    assert (pin.job.kind, pin.job.state, pin.job.to_id) == ("rollback", JobState.DONE, "p2")
    assert len(wire.calls) == 3, "what serves is known from the last look"


async def test_each_environment_may_have_its_own_token() -> None:
    world = FakeRailway([deployment("p1", 1, SHA_A), deployment("s1", 2, SHA_B, environment=STAGING)])

    def answering(call: Any) -> tuple[int, Any]:
        asked = call.body["variables"]
        own = STAGING if "x-token-staging" in call.headers else PRODUCTION
        environment = asked.get("input", {}).get("environmentId") or next(
            (d["environmentId"] for d in world.deployments if d["id"] == asked.get("id")), own
        )
        return world(call) if environment == own else (200, refusal("Not Authorized"))

    port, wire = two_tokens(answering)
    assert [d.id for d in await port.recent()] == ["s1", "p1"]
    await port.rollback("s1")
    assert "x-token-staging" in wire.calls[-1].headers, "a known deployment is ordered with its own token"
    fresh, wire = two_tokens(answering)
    await fresh.rollback("s1")
    assert operations(wire) == ["DeploymentGet", "DeploymentGet", "DeploymentRollback"]
    assert (await fresh.get("s1")).environment == "staging"
    with pytest.raises(OutsideError) as caught:
        await fresh.rollback("elsewhere")
    assert caught.value.fault.kind in (FaultKind.UNAUTHORISED, FaultKind.MISSING)


@pytest.mark.parametrize("name", ["deploy", "freeze", "commit"])
@pytest.mark.parametrize("answer", [(500, {}), (200, refusal("Problem processing request")), (200, {"data": {"project": 7}})])
async def test_what_fails_before_the_order_was_sent_was_not_done(name: str, answer: tuple[int, Any]) -> None:
    deed, operation, _ = DEEDS[name]
    world = FakeRailway()
    port, wire = railway(lambda call: answer if call.body["operationName"] == "ProjectTopology" else world(call))
    with pytest.raises(OutsideError) as caught:
        await deed(port)
    assert caught.value.known_not_done
    assert operation not in operations(wire)


async def test_a_redeployment_whose_environment_cannot_be_named_is_no_failure() -> None:
    world = FakeRailway()
    port, _ = railway(lambda call: (500, {}) if call.body["operationName"] == "ProjectTopology" else world(call))
    assert (await port.redeploy("d1")).environment == "unknown"
