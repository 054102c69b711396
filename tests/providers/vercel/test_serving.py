"""Rollback, promotion, pinning, redeployment: what is sent, and what the answers mean (contracts, gotchas 3 to 5)."""

from __future__ import annotations

from typing import Any

import pytest

from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.fault import FaultKind, OutsideError, UsageError
from strideiq_console.domain.hosting import Hosting, JobState, ServingJob
from tests.providers.hosting import SHA_A, SHA_B, SHA_C
from tests.providers.vercel.fake import T0, deployment, project, table, whole

TEAM = {"id": "team_1", "slug": "acme", "name": "Acme", "billing": {"plan": "hobby"}}


def page(*deployments: dict[str, Any]) -> dict[str, Any]:
    return {"deployments": list(deployments), "pagination": None}


def asked(kind: str = "rollback", state: str = "succeeded", to: str = "dpl_1") -> dict[str, Any]:
    return {"type": kind, "jobStatus": state, "toDeploymentId": to, "fromDeploymentId": "dpl_2", "requestedAt": T0}


def serving(identity: str, **more: Any) -> dict[str, Any]:
    return project(targets={"production": {"id": identity, "readyState": "READY"}}, **more)


OLD, GOOD, NOW, NEW = (
    deployment("dpl_0", 0, SHA_A),
    deployment("dpl_1", 10, SHA_A),
    deployment("dpl_2", 20, SHA_B),
    deployment("dpl_3", 30, SHA_C),
)


def test_fits_the_port() -> None:
    port: Hosting = table()[0]
    assert (port.provider, port.component) == ("vercel", "web")


@pytest.mark.parametrize(("plan", "targets"), [("hobby", ["dpl_1"]), ("pro", ["dpl_1", "dpl_0"]), ("", ["dpl_1", "dpl_0"])])
async def test_rollback_targets_are_older_candidates_and_on_hobby_only_the_last(plan: str, targets: list[str]) -> None:
    failed = deployment("dpl_f", 15, SHA_A, state="ERROR")
    unsaid = {k: v for k, v in deployment("dpl_u", 16, SHA_A).items() if k != "isRollbackCandidate"}
    team = TEAM | {"billing": {"plan": plan} if plan else None}
    port, wire = table(project=serving("dpl_2"), listed=page(NEW, NOW, unsaid, failed, GOOD, OLD), team=team)
    found = await port.rollback_targets("production")
    assert [(d.id, d.live, d.can_rollback) for d in found] == [(t, False, True) for t in targets]
    (listing,) = (c for c in wire.calls if c.path == "/v7/deployments")
    assert (listing.query["rollbackCandidate"], listing.query["target"]) == ("true", "production")


async def test_the_set_plan_spares_the_question_and_staging_has_no_targets() -> None:
    port, wire = table(project=serving("dpl_2"), listed=page(NOW, GOOD, OLD), plan="Hobby")
    assert [d.id for d in await port.rollback_targets("production")] == ["dpl_1"]
    assert not [c for c in wire.calls if c.path.startswith("/v2/teams")]
    assert await port.rollback_targets("staging") == ()
    with pytest.raises(UsageError):
        await port.rollback_targets("local")


async def test_what_serves_is_asked_for_when_it_is_no_candidate_and_gone_is_no_fault() -> None:
    port, _ = table(project=serving("dpl_2"), listed=page(NEW, GOOD), one=whole(NOW), plan="pro")
    assert [d.id for d in await port.rollback_targets("production")] == ["dpl_1"]
    port, _ = table(project=serving("dpl_2"), listed=page(GOOD), plan="pro")
    assert [d.id for d in await port.rollback_targets("production")] == ["dpl_1"]


async def test_a_rollback_is_sent_once_with_an_empty_object_and_the_projects_id() -> None:
    port, wire = table(named="strideiq-web", project=serving("dpl_2"), rollback=(201, None))
    await port.rollback("dpl_1", "incident 7")
    await port.rollback("dpl_1")
    sent = [c for c in wire.calls if c.method == "POST"]
    assert [(c.path, c.body) for c in sent] == [("/v1/projects/prj_1/rollback/dpl_1", {})] * 2
    assert [c.query for c in sent] == [{"description": "incident 7", "teamId": "team_1"}, {"teamId": "team_1"}]
    assert len([c for c in wire.calls if c.method == "GET"]) == 1, "the id is asked for once"


@pytest.mark.parametrize("status", [402, 403, 422])
async def test_a_refused_rollback_was_not_done_and_names_the_plan(status: int) -> None:
    port, _ = table(rollback=(status, {"error": {"code": "x", "message": "no"}}))
    with pytest.raises(OutsideError) as caught:
        await port.rollback("dpl_1")
    assert caught.value.known_not_done
    assert "on Hobby only to the previous one" in caught.value.fault.next_step
    assert ("team" in caught.value.fault.next_step) == (status == 403)


async def test_a_lost_rollback_is_unknown_and_not_sent_again() -> None:
    port, wire = table(rollback=(500, None))
    with pytest.raises(OutsideError) as caught:
        await port.rollback("dpl_1")
    assert not caught.value.known_not_done
    assert len(wire.calls) == 1


@pytest.mark.parametrize(("status", "state"), [(201, JobState.RUNNING), (202, JobState.PENDING)])
async def test_a_promotion_is_taken_on_or_queued(status: int, state: JobState) -> None:
    port, wire = table(one=whole(NOW), promote=(status, None))
    assert await port.promote("dpl_2") == ServingJob("promote", state, "dpl_2")
    assert (wire.calls[-1].path, wire.calls[-1].body) == ("/v10/projects/prj_1/promote/dpl_2", {})


async def test_a_preview_is_not_promoted_but_built_again_for_production() -> None:
    preview = whole(deployment("dpl_9", 0, SHA_B, branch="staging"))
    made = whole(deployment("dpl_10", 1, SHA_B, branch="staging", target="production", state="QUEUED"))
    port, wire = table(one=preview, create=made)
    with pytest.raises(OutsideError) as caught:
        await port.promote("dpl_9")
    assert (caught.value.fault.kind, caught.value.known_not_done) == (FaultKind.REFUSED, True)
    assert [c.method for c in wire.calls] == ["GET"]
    found = await port.redeploy("dpl_9", production=True)
    assert (found.id, found.environment, found.state, found.sha) == ("dpl_10", "production", DeploymentState.QUEUED, SHA_B)
    body = {"name": "strideiq-web", "deploymentId": "dpl_9", "target": "production"}
    assert (wire.calls[-1].body, wire.calls[-1].query) == (body, {"forceNew": "1", "teamId": "team_1"})


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (whole(NOW), {"target": "production"}),
        (whole(deployment("dpl_2", 0, SHA_B, branch="staging")), {}),
        (
            whole(deployment("dpl_2", 0, SHA_B, branch="staging")) | {"customEnvironment": {"id": "env_1", "slug": "staging"}},
            {"customEnvironmentSlugOrId": "staging"},
        ),
    ],
)
async def test_a_redeployment_goes_where_its_source_went(source: dict[str, Any], wanted: dict[str, str]) -> None:
    port, wire = table(one=source, create={"id": "dpl_5", "readyState": "QUEUED", "aliasAssigned": False})
    assert (await port.redeploy("dpl_2")).id == "dpl_5"
    assert wire.calls[-1].body == {"name": "strideiq-web", "deploymentId": "dpl_2"} | wanted


async def test_cancel_and_pause() -> None:
    port, wire = table(cancel={}, pause=(200, None), unpause=(200, None))
    await port.cancel("dpl_2")
    await port.set_paused(True)
    await port.set_paused(False)
    paths = ["/v12/deployments/dpl_2/cancel", "/v1/projects/prj_1/pause", "/v1/projects/prj_1/unpause"]
    assert [(c.method, c.path, c.body) for c in wire.calls] == list(zip(("PATCH", "POST", "POST"), paths, (None,) * 3, strict=True))
    for odd in ("", "..", "a/b", "dpl_1?x"):
        with pytest.raises(OutsideError):
            await port.cancel(odd)


@pytest.mark.parametrize(
    ("settings", "pinned", "words"),
    [
        (serving("dpl_2", autoAssignCustomDomains=True), False, ""),
        (serving("dpl_1", autoAssignCustomDomains=True), None, "not the newest ready one"),
        (serving("dpl_1", autoAssignCustomDomains=False), True, "do not take the domains"),
        (serving("dpl_2", autoAssignCustomDomains=False), True, "promote one to end that"),
        (serving("dpl_2", autoAssignCustomDomains=False, paused=True), True, "paused"),
        (serving("dpl_2"), None, "does not say"),
        (serving("dpl_1"), None, "does not say"),
        (serving("dpl_2", lastAliasRequest=asked()), True, "do not take the domains"),
        (serving("dpl_2", lastAliasRequest=asked(state="failed")), None, "does not say"),
        (serving("dpl_2", lastAliasRequest=asked("promote", to="dpl_2")), None, "does not say"),
        (project(autoAssignCustomDomains=True), None, ""),
    ],
)
async def test_pinned_is_said_by_the_project_and_else_unknown(settings: dict[str, Any], pinned: bool | None, words: str) -> None:
    port, _ = table(project=settings, listed=page(NOW, GOOD), team=TEAM, aliases={})
    found = await port.pin("production")
    assert found.pinned is pinned
    assert words in found.note
    assert "previous production deployment" in found.note


async def test_a_rollback_that_a_setting_has_ended_no_longer_says_what_serves() -> None:
    settings = serving("dpl_2", autoAssignCustomDomains=True, lastAliasRequest=asked())
    port, _ = table(project=settings, listed=page(NOW, GOOD), plan="pro")
    found = await port.pin("production")
    assert (found.pinned, found.deployment_id) == (False, "dpl_2")


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("pending", JobState.PENDING),
        ("in-progress", JobState.RUNNING),
        ("succeeded", JobState.DONE),
        ("failed", JobState.FAILED),
        ("skipped", JobState.SKIPPED),
        ("paused-by-someone", JobState.UNKNOWN),
    ],
)
async def test_the_last_job_is_told_with_its_state(word: str, state: JobState) -> None:
    stuck = {
        "aliases": [
            {"alias": "strideiq.run", "id": "1", "status": "failed"},
            {"alias": "www.strideiq.run", "id": "2", "status": "completed"},
        ]
    }
    settings = serving("dpl_2", autoAssignCustomDomains=True, lastAliasRequest=asked(state=word))
    port, wire = table(project=settings, listed=page(NOW), aliases=stuck, plan="pro")
    found = await port.pin("production")
    assert found.job is not None
    assert (found.job.kind, found.job.state, found.job.to_id, found.job.from_id) == ("rollback", state, "dpl_1", "dpl_2")
    assert found.job.at is not None
    asking = [c.query for c in wire.calls if c.path.endswith("/promote/aliases")]
    assert asking == ([{"failedOnly": "true", "limit": "100", "teamId": "team_1"}] if state is JobState.FAILED else [])
    assert ("for strideiq.run" in found.note) == (state is JobState.FAILED)
    assert ("under way" in found.note) == (state in (JobState.PENDING, JobState.RUNNING))


async def test_a_preview_branch_follows_its_newest_build() -> None:
    build = deployment("dpl_7", 1, SHA_B, branch="staging")
    port, _ = table(project=project(), listed=page(build), plan="pro")
    found = await port.pin("staging")
    assert (found.pinned, found.deployment_id, found.job) == (False, "dpl_7", None)
    other = {"domain": "staging.strideiq.run", "deployment": {"id": "dpl_6"}}
    port, _ = table(project=project(alias=[other]), listed=page(build), plan="pro")
    assert (await port.pin("staging")).pinned is None
    port, _ = table(project=project(), listed=page(), plan="pro")
    assert (await port.pin("staging")).pinned is None


@pytest.mark.parametrize("status", [403, 404, 503])
async def test_what_only_adds_to_the_note_never_breaks_the_pin(status: int) -> None:
    settings = serving("dpl_2", autoAssignCustomDomains=True, lastAliasRequest=asked(state="failed"))
    port, _ = table(project=settings, listed=page(NOW), team=(status, {}), aliases=(status, {}))
    found = await port.pin("production")
    assert found.pinned is False
    assert "The plan is not known" in found.note
    assert "for which names could not be read" in found.note


async def test_rolling_release() -> None:
    port, _ = table(release={"rollingRelease": None})
    assert await port.rolling_release() is None
    known = {"canaryDeployment": {"id": "dpl_3"}, "currentDeployment": None, "startedAt": T0}
    words = {"ACTIVE": JobState.RUNNING, "COMPLETE": JobState.DONE, "ABORTED": JobState.FAILED, "NEW": JobState.UNKNOWN}
    for word, state in words.items():
        port, _ = table(release={"rollingRelease": known | {"state": word}})
        found = await port.rolling_release()
        assert found is not None
        assert (found.kind, found.state, found.to_id) == ("rolling release", state, "dpl_3")
    port, _ = table(release={"rollingRelease": known | {"state": "ACTIVE", "substate": "PAUSED"}})
    found = await port.rolling_release()
    assert found is not None
    assert found.state is JobState.PENDING
