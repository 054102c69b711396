"""Steering Actions, gates and deployments, over small answers of our own."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.fault import OutsideError, UsageError
from tests.providers.github.contract import ROOT, FakeGitHub
from tests.providers.github.shapes import HEAD, job, run


def github(routes: dict[tuple[str, str], Any]) -> FakeGitHub:
    return FakeGitHub({(method, ROOT + path): answer for (method, path), answer in routes.items()}, checked=False)


async def test_each_deed_is_one_request() -> None:
    paths = ("runs/7/rerun", "runs/7/rerun-failed-jobs", "jobs/9/rerun", "runs/7/cancel", "runs/7/force-cancel")
    fake = github({("POST", f"/actions/{path}"): httpx.Response(201, json={}) for path in paths})
    control = fake.host.run_control
    await control.rerun(7)
    await control.rerun_failed(7)
    await control.rerun_job(9)
    await control.cancel(7)
    await control.force_cancel(7)
    assert fake.sent() == [("POST", f"/actions/{path}", None) for path in paths]


@pytest.mark.parametrize(
    ("reply", "run_id"), [(httpx.Response(200, json={"workflow_run_id": 12}), 12), (httpx.Response(204), None)]
)
async def test_a_started_workflow_may_name_its_run(reply: httpx.Response, run_id: int | None) -> None:
    fake = github({("POST", "/actions/workflows/ci.yml/dispatches"): reply})
    assert await fake.host.run_control.dispatch("ci.yml", "staging", {"suite": "smoke"}) == run_id
    body = {"ref": "staging", "inputs": {"suite": "smoke"}, "return_run_details": True}
    assert fake.sent() == [("POST", "/actions/workflows/ci.yml/dispatches", body)]


async def test_what_is_not_sent() -> None:
    fake = github({})
    for call in (
        fake.host.run_control.dispatch("ci.yml", "+main", {}),
        fake.host.run_control.dispatch("ci.yml", "main", {str(n): "" for n in range(26)}),
        fake.host.gates.review(7, [], approve=True, comment=""),
        fake.host.deployments.report(1, state="great"),
        fake.host.deployments.create(sha="main", environment="production", description="", production=True),
        fake.host.deployments.recent(sha="main"),
        fake.host.run_details.runs_of(sha="main"),
    ):
        with pytest.raises(UsageError):
            await call
    assert fake.wire.requests == []


async def test_a_lost_answer_to_a_start_is_unknown() -> None:
    def lost(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("cut")

    fake = github({("POST", "/actions/workflows/ci.yml/dispatches"): lost})
    with pytest.raises(OutsideError) as caught:
        await fake.host.run_control.dispatch("ci.yml", "main", {})
    assert caught.value.known_not_done is False
    assert len(fake.wire.requests) == 1


async def test_runs_and_jobs_of_attempts() -> None:
    rows = {"jobs": [job(1, run_id=7, run_attempt=1), job(2, run_id=7, run_attempt=2, conclusion="success")]}
    fake = github(
        {
            ("GET", "/actions/runs/7/jobs"): rows,
            ("GET", "/actions/jobs/2"): rows["jobs"][1],
            ("GET", "/actions/runs/7"): run(7, run_attempt=2),
            ("GET", "/actions/runs"): {"workflow_runs": [run(7), run(6)]},
        }
    )
    details = fake.host.run_details
    assert [(j.id, j.attempt) for j in await details.jobs_of_every_attempt(7)] == [(1, 1), (2, 2)]
    assert (await details.job(2)).run_id == 7
    assert (await details.run(7)).attempt == 2
    assert [r.id for r in await details.runs_of(branch="feature/x", limit=2)] == [7, 6]
    assert fake.sent()[0][1].startswith("/actions/runs/7/jobs?filter=all")
    assert "branch=feature%2Fx" in fake.sent()[-1][1]


@pytest.mark.parametrize(
    ("state", "count", "expected"),
    [
        ("pending", 0, CheckState.UNKNOWN),
        ("pending", 2, CheckState.RUNNING),
        ("success", 1, CheckState.SUCCESS),
        ("failure", 1, CheckState.FAILURE),
        ("odd", 1, CheckState.UNKNOWN),
    ],
)
async def test_the_combined_status(state: str, count: int, expected: CheckState) -> None:
    fake = github({("GET", f"/commits/{HEAD}/status"): {"state": state, "total_count": count, "statuses": []}})
    assert await fake.host.checks.combined(HEAD) is expected


async def test_gates() -> None:
    reviewers = [{"type": "User", "reviewer": {"login": "founder"}}, {"type": "Team", "reviewer": {"slug": "ops"}}, {"type": "X"}]
    waits = {"environment": {"id": 5, "name": "production"}, "current_user_can_approve": False, "reviewers": reviewers}
    environment = {"id": 5, "name": "production", "deployment_branch_policy": {"protected_branches": True}}
    fake = github(
        {
            ("GET", "/actions/runs/7/pending_deployments"): [waits],
            ("POST", "/actions/runs/7/pending_deployments"): [],
            ("GET", "/environments"): {"environments": [environment, {"id": 6, "name": "staging"}]},
        }
    )
    (pending,) = await fake.host.gates.pending(7)
    assert (pending.environment_id, pending.can_approve, pending.reviewers) == (5, False, ("founder", "team:ops"))
    await fake.host.gates.review(7, [5], approve=False, comment="not yet")
    assert fake.sent()[-1][2] == {"environment_ids": [5], "state": "rejected", "comment": "not yet"}
    production, staging = await fake.host.environments.all()
    assert (production.branches, production.reviewers, staging.branches) == ("protected", (), "all")


async def test_a_deployment_merges_nothing_and_waits_for_no_check() -> None:
    made = {"id": 1, "sha": HEAD, "ref": HEAD, "environment": "production"}
    fake = github({("POST", "/deployments"): httpx.Response(201, json=made)})
    deployments = fake.host.deployments
    await deployments.create(sha=HEAD, environment="production", description="x" * 200, production=True)
    (sent,) = fake.sent()
    assert (sent[2]["auto_merge"], sent[2]["required_contexts"], len(sent[2]["description"])) == (False, [], 140)


async def test_what_runs_leave() -> None:
    artifact = {"id": 1, "name": "report", "size_in_bytes": 5, "expired": True}
    note = {"path": "a.py", "start_line": None, "annotation_level": None, "message": "first\nsecond", "title": None}
    workflow = {"id": 1, "name": "CI", "path": ".github/workflows/ci.yml", "state": "disabled_inactivity"}
    fake = github(
        {
            ("GET", "/actions/runs/7/artifacts"): {"artifacts": [artifact]},
            ("GET", "/check-runs/4/annotations"): [note],
            ("GET", "/actions/workflows"): {"workflows": [workflow]},
        }
    )
    assert (await fake.host.run_details.artifacts(7))[0].expired is True
    (found,) = await fake.host.run_details.annotations(4)
    assert (found.line, found.level, found.message) == (None, "", "first\nsecond")
    assert (await fake.host.workflows.all())[0].active is False
