"""Runs that are started by hand, wait for a reviewer, are cancelled, and leave logs and artifacts."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest

from strideiq_console.sandbox.github import logs_app
from tests.sandbox import tour

HERE = "/actions/runs/{}"


@pytest.fixture
async def gated(hub, world):
    """Return the run of a merge into main whose production deployment waits for the founder."""
    with world.change() as state:
        state["environments"]["production"]["reviewers"] = ["founder"]
    merged = await hub.send("PUT", "/pulls/40/merge", {}, status=200)
    world.advance(300)
    return next(run for run in world.read()["runs"] if run["sha"] == merged["sha"])


def _answer(gated, **more):
    return {"environment_ids": [161_171_787], "state": "approved", "comment": "Verified", **more}


def _run(world, run):
    return next(entry for entry in world.read()["runs"] if entry["id"] == run["id"])


async def test_a_gated_job_waits_for_as_long_as_it_takes_and_then_runs(hub, world, gated):
    assert (gated["status"], gated["conclusion"]) == ("waiting", None)
    world.advance(86_400)
    assert _run(world, gated)["status"] == "waiting"
    waiting = [run["id"] for run in (await hub.get("/actions/runs", status="waiting"))["workflow_runs"]]
    assert waiting == [gated["id"]]
    jobs = (await hub.get(f"/actions/runs/{gated['id']}/jobs"))["jobs"]
    assert {job["name"]: job["status"] for job in jobs}["deploy-production"] == "waiting"
    made = await hub.send("POST", f"/actions/runs/{gated['id']}/pending_deployments", _answer(gated), status=200)
    assert [entry["environment"] for entry in made] == ["production"]
    assert await hub.get(f"/actions/runs/{gated['id']}/pending_deployments") == []
    world.advance(20)
    assert _run(world, gated)["conclusion"] == "success"
    (said,) = await hub.get(f"/actions/runs/{gated['id']}/approvals")
    assert (said["state"], said["comment"], said["user"]["login"]) == ("approved", "Verified", "founder")
    assert made[0]["id"] in [entry["id"] for entry in await hub.get("/deployments", environment="production")]
    again = await hub.send("POST", f"/actions/runs/{gated['id']}/pending_deployments", _answer(gated), status=422)
    assert "no pending deployment" in again["message"]


async def test_a_rejected_deployment_fails_the_run(hub, world, gated):
    await hub.send("POST", f"/actions/runs/{gated['id']}/pending_deployments", _answer(gated, state="rejected"), status=200)
    assert _run(world, gated)["conclusion"] == "failure"


async def test_only_reviewers_approve(hub, world, gated):
    with world.change() as state:
        state["permissions"]["strideiq-bot"]["deployments"] = "write"
    here = f"/actions/runs/{gated['id']}/pending_deployments"
    assert (await hub.get(here, by="github_bot"))[0]["current_user_can_approve"] is False
    await hub.send("POST", here, _answer(gated), status=403, by="github_bot")
    await hub.send("POST", here, _answer(gated, environment_ids=[1]), status=422)
    await hub.send("POST", here, _answer(gated, state="perhaps"), status=422)
    with world.change() as state:
        state["environments"]["production"]["prevent_self_review"] = True
        next(run for run in state["runs"] if run["id"] == gated["id"])["actor"] = "founder"
    await hub.send("POST", here, _answer(gated), status=403)
    assert _run(world, gated)["status"] == "waiting"


async def test_a_waiting_run_can_be_cancelled(hub, world, gated):
    await hub.send("POST", f"/actions/runs/{gated['id']}/cancel", status=202)
    found = _run(world, gated)
    assert (found["status"], found["conclusion"]) == ("completed", "cancelled")
    assert await hub.get(f"/actions/runs/{gated['id']}/pending_deployments") == []
    await hub.send("POST", f"/actions/runs/{gated['id']}/force-cancel", status=409)
    world.advance(600)
    assert _run(world, gated) == found, "a cancelled run stays as it was"


async def test_a_wait_timer_delays_the_deployment(hub, world):
    with world.change() as state:
        state["environments"]["staging"]["wait_minutes"] = 30
    merged = await hub.send("PUT", "/pulls/42/merge", {}, status=200)
    world.advance(400)
    run = next(run for run in world.read()["runs"] if run["sha"] == merged["sha"] and run["event"] == "push")
    assert run["status"] == "in_progress"
    assert [rule["type"] for rule in (await hub.get("/environments/staging"))["protection_rules"]] == ["wait_timer"]
    world.advance(1800)
    assert _run(world, run)["conclusion"] == "success"


async def test_starting_a_run_by_hand(hub, world):
    details = await hub.send(
        "POST", "/actions/workflows/88412300/dispatches", {"ref": "refs/heads/staging", "return_run_details": True}, status=200
    )
    run = await hub.get(f"/actions/runs/{details['workflow_run_id']}")
    assert (run["event"], run["head_branch"], run["status"]) == ("workflow_dispatch", "staging", "queued")
    world.advance(300)
    jobs = (await hub.get(f"/actions/runs/{run['id']}/jobs"))["jobs"]
    assert {job["name"]: job["conclusion"] for job in jobs}["deploy-staging"] == "skipped"
    found = await hub.get("/actions/workflows/ci.yml/runs", event="workflow_dispatch")
    assert [entry["id"] for entry in found["workflow_runs"]] == [run["id"]]
    for path, body, status in (
        ("ci.yml", {"ref": "nowhere"}, 422),
        ("ci.yml", {"ref": "main", "inputs": {"x": "1"}}, 422),
        ("ci.yml", {}, 422),
        ("other.yml", {"ref": "main"}, 404),
    ):
        await hub.send("POST", f"/actions/workflows/{path}/dispatches", body, status=status)


async def test_a_workflow_without_the_trigger_is_not_started(hub, world, git):
    file = world.clone / ".github/workflows/ci.yml"
    file.write_text(file.read_text().replace("  workflow_dispatch:\n", ""))
    git(world.clone, "commit", "--all", "-m", "ci: by pushes alone")
    git(world.clone, "push", "origin", "feature/calendar")
    refused = await hub.send("POST", "/actions/workflows/ci.yml/dispatches", {"ref": "feature/calendar"}, status=422)
    assert refused["message"] == "Workflow does not have 'workflow_dispatch' trigger"


async def test_the_logs_of_a_run_are_a_zip_from_elsewhere(hub, world):
    run = world.read()["runs"][-1]
    answer = await hub.ask("GET", f"/actions/runs/{run['id']}/logs")
    assert answer.status_code == 302
    where = httpx.URL(answer.headers["location"])
    host = httpx.AsyncClient(transport=httpx.ASGITransport(logs_app(world)), base_url="https://logs.sandbox.invalid")
    whole = await host.get(where)
    names = ZipFile(BytesIO(whole.content)).namelist()
    assert names == ["0_backend-lint.txt", "1_backend-test.txt", "2_frontend-lint.txt", "3_frontend-build.txt", *names[4:]]
    assert (await host.get(where, headers={"authorization": "Bearer x"})).status_code == 400
    job = where.copy_with(path=f"/jobs/{run['jobs'][0]['id']}.log")
    assert (await host.get(job)).status_code == 403, "a signature is for one log"
    fresh = await hub.send("POST", "/actions/workflows/ci.yml/dispatches", {"ref": "main", "return_run_details": True}, status=200)
    await hub.send("GET", f"/actions/runs/{fresh['workflow_run_id']}/logs", status=404)
    await host.aclose()


async def test_runs_are_found_by_when_they_were_made(hub, world):
    every = (await hub.get("/actions/runs", per_page=100))["workflow_runs"]
    middle = every[len(every) // 2]["created_at"]
    newer = (await hub.get("/actions/runs", created=f">={middle}", per_page=100))["workflow_runs"]
    older = (await hub.get("/actions/runs", created=f"*..{middle[:10]}", per_page=100))["workflow_runs"]
    assert [run["id"] for run in newer] == [run["id"] for run in every if run["created_at"] >= middle]
    assert [run["id"] for run in older] == [run["id"] for run in every if run["created_at"][:10] <= middle[:10]]
    assert 0 < len(newer) < len(every)


async def test_times_minutes_and_artifacts_agree(hub, world):
    run = await tour.approve(hub, world)
    used = (await hub.get(f"/actions/runs/{run['id']}/timing"))["billable"]["UBUNTU"]
    assert used["total_ms"] == sum(row["duration_ms"] for row in used["job_runs"])
    assert used["jobs"] == 5
    assert (await hub.get(f"/actions/runs/{run['id']}/artifacts"))["artifacts"][0]["name"] == "web-build"
    assert (await hub.get(f"/actions/runs/{run['id']}/artifacts", name="none"))["total_count"] == 0
    items = (await hub.get("//users/founder/settings/billing/usage"))["usageItems"]
    total = (await hub.get("//users/founder/settings/billing/usage/summary"))["usageItems"][0]
    assert total["grossQuantity"] == sum(item["quantity"] for item in items)
    assert total["netAmount"] == 0
    month = items[-1]["date"][5:7]
    monthly = (await hub.get("//users/founder/settings/billing/usage", month=int(month)))["usageItems"]
    assert {item["date"][5:7] for item in monthly} == {month}
