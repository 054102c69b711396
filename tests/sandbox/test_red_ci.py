"""The world of S9: each way in which CI is red, what the runs behind it say, and what a founder's deeds change."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import httpx
import pytest

from strideiq_console.sandbox import ci, head_gate, red_ci
from strideiq_console.sandbox.github import logs_app
from strideiq_console.sandbox.world import World
from tests.sandbox.checked import Checked
from tests.sandbox.hub import Hub


@pytest.fixture
def red(make_world):
    return make_world(scenario="red-ci")


@pytest.fixture
async def asker(red):
    hub = Hub(red)
    yield hub
    await hub.client.aclose()


def newest(world: World, branch: str) -> dict[str, Any]:
    return next(run for run in reversed(world.read()["runs"]) if run["branch"] == branch)


def suite_job(run: dict[str, Any]) -> dict[str, Any]:
    return next(job for job in run["jobs"] if job["name"] == ci.FAILING_JOB)


async def log(hub: Hub, job: int) -> str:
    """Fetch a job's log as GitHub's clients do."""
    answer = await hub.ask("GET", f"/actions/jobs/{job}/logs")
    assert answer.status_code == 302
    host = httpx.AsyncClient(transport=httpx.ASGITransport(logs_app(hub.world)), base_url="https://logs.sandbox.invalid")
    found = await host.get(answer.headers["location"])
    await host.aclose()
    assert found.status_code == 200
    return found.text


async def test_a_wrong_head_is_named_by_the_step_that_found_it(asker, red):
    run = newest(red, red_ci.GATED)
    assert (run["conclusion"], run["pull"]) == ("failure", red_ci.GATED_PULL)
    steps = (await asker.get(f"/actions/jobs/{suite_job(run)['id']}"))["steps"]
    assert [(step["name"], step["conclusion"]) for step in steps[-3:]] == [
        (head_gate.STEP, "failure"),
        ("Run pytest apps/api", "skipped"),
        ("Complete job", "success"),
    ]
    text = await log(asker, suite_job(run)["id"])
    assert "expected head 0041_intervals, found 0042_race_goals" in text
    assert "pytest" not in text
    assert text.splitlines()[-1].endswith("##[endgroup]")
    (check,) = [c for c in (await asker.get(f"/commits/{run['sha']}/check-runs"))["check_runs"] if c["conclusion"] == "failure"]
    assert check["output"]["title"] == "the migration head gate failed"


async def test_the_gate_is_green_once_the_head_is_named(asker, red, git):
    git(red.clone, "switch", red_ci.GATED)
    (red.clone / head_gate.PIN).write_text("0042_race_goals\n")
    git(red.clone, "commit", "--all", "-m", "ci: the new head")
    assert git(red.clone, "push", "origin", red_ci.GATED).returncode == 0
    red.advance(300)
    assert newest(red, red_ci.GATED)["conclusion"] == "success"
    again = await asker.send("POST", f"/actions/runs/{newest(red, 'feature/calendar')['id']}/rerun", status=201)
    assert again == {}
    red.advance(300)
    assert newest(red, "feature/calendar")["conclusion"] == "failure", "a wrong test stays wrong"


async def test_a_retargeted_pull_request_has_no_run_until_it_is_reopened(asker, red):
    pull = await asker.ready(red_ci.RETARGETED_PULL)
    assert (pull["state"], pull["base"]["ref"]) == ("open", "staging")
    assert (await asker.get(f"/commits/{pull['head']['sha']}/check-runs"))["total_count"] == 0
    assert (await asker.get("/actions/runs", head_sha=pull["head"]["sha"]))["total_count"] == 0
    for state in ("closed", "open"):
        await asker.send("PATCH", f"/pulls/{red_ci.RETARGETED_PULL}", {"state": state}, status=200)
    assert (await asker.get("/actions/runs", head_sha=pull["head"]["sha"]))["total_count"] == 1


async def test_one_commit_has_a_push_run_and_a_pull_request_run(asker, red):
    head = red.read()["refs"]["staging"]
    runs = [run for run in red.read()["runs"] if run["sha"] == head]
    assert {run["event"] for run in runs} == {"push", "pull_request"}
    checks = (await asker.get(f"/commits/{head}/check-runs", per_page=100))["check_runs"]
    names = [check["name"] for check in checks]
    assert sorted(names) == sorted(2 * list(dict.fromkeys(names)))
    pull = next(run for run in runs if run["event"] == "pull_request")
    assert {job["name"]: job["conclusion"] for job in pull["jobs"]} == dict.fromkeys(ci.REQUIRED, "success") | dict.fromkeys(
        ci.DEPLOY_JOBS, "skipped"
    )
    assert pull["conclusion"] == "success", "skipped deploys leave it green"


def test_a_branch_that_was_squashed_is_left_over(red, git):
    state = red.read()
    assert red_ci.LEFT_OVER in state["refs"]
    pull = state["pulls"][str(red_ci.LEFT_OVER_PULL)]
    assert pull["merged_at"]
    assert pull["head_sha"] == state["refs"][red_ci.LEFT_OVER]
    assert git(red.origin, "merge-base", "--is-ancestor", red_ci.LEFT_OVER, "staging").returncode == 1
    merged = git(red.origin, "merge-tree", "--write-tree", "staging", red_ci.LEFT_OVER).stdout.strip()
    assert merged == git(red.origin, "rev-parse", "staging^{tree}").stdout.strip(), "it brings nothing new"


def test_history_is_dated_in_its_order(red, git):
    rows = [line.split() for line in git(red.origin, "log", "--all", "--format=%H %ct %P").stdout.splitlines()]
    dates = {sha: int(at) for sha, at, *_ in rows}
    assert all(dates[sha] >= dates[parent] for sha, _, *parents in rows for parent in parents)


def test_runs_that_stumbled_were_green_at_the_second_attempt(red):
    stumbled = [run for run in red.read()["runs"] if run["attempt"] == 2]
    assert {run["branch"] for run in stumbled} == {"main", "staging"}
    assert len(stumbled) >= 2
    for run in stumbled:
        first = {job["name"]: job for job in run["earlier"]}
        assert first[ci.FAILING_JOB]["conclusion"] == "failure"
        assert first[ci.FAILING_JOB]["attempt"] == 1
        assert {job["name"] for job in run["earlier"] if job["conclusion"] == "success"} == set(ci.REQUIRED) - {ci.FAILING_JOB}
        assert (suite_job(run)["conclusion"], run["conclusion"]) == ("success", "success")
        assert suite_job(run)["started_at"] > first[ci.FAILING_JOB]["completed_at"] + 200


async def test_both_attempts_are_shown(asker, red):
    run = next(run for run in red.read()["runs"] if run["attempt"] == 2)
    rows = (await asker.get(f"/actions/runs/{run['id']}/jobs", filter="all"))["jobs"]
    seen = {row["run_attempt"]: row["conclusion"] for row in rows if row["name"] == ci.FAILING_JOB}
    assert seen == {1: "failure", 2: "success"}
    assert (await asker.get(f"/actions/runs/{run['id']}"))["run_attempt"] == 2


def test_durations_vary_a_little(red):
    lengths = [
        job["completed_at"] - job["started_at"]
        for run in red.read()["runs"]
        for job in run["jobs"]
        if job["name"] == "backend-lint"
    ]
    assert len({round(length) for length in lengths}) > 8
    assert max(lengths) / min(lengths) < 1.6


async def test_the_log_of_a_running_job_grows_and_changes_nothing_of_what_it_said(asker, red):
    run = newest(red, red_ci.RUNNING)
    assert run["status"] == "in_progress"
    seen: list[str] = []
    while not seen or newest(red, red_ci.RUNNING)["status"] != "completed":
        red.advance(8)
        seen.append(await log(asker, suite_job(run)["id"]))
        assert seen[-1].splitlines()[-1][:19] <= red.clock.now().strftime("%Y-%m-%dT%H:%M:%S"), "nothing is written before its time"
    assert len(seen) > 3
    assert all(later.startswith(earlier) for earlier, later in pairwise(seen))
    assert sum(len(later) > len(earlier) for earlier, later in pairwise(seen)) >= 3
    assert "[100%]" in seen[-1]


async def test_a_running_run_can_be_stopped_and_its_log_says_so(asker, red):
    run = newest(red, red_ci.RUNNING)
    await asker.send("POST", f"/actions/runs/{run['id']}/cancel", status=202)
    assert newest(red, red_ci.RUNNING)["conclusion"] == "cancelled"
    assert "The operation was canceled" in await log(asker, suite_job(newest(red, red_ci.RUNNING))["id"])
    await asker.send("POST", f"/actions/runs/{run['id']}/rerun-failed-jobs", status=201)
    red.advance(300)
    assert newest(red, red_ci.RUNNING)["conclusion"] == "success"


async def test_elsewhere_a_running_job_has_no_log(hub, world):
    await hub.send("PUT", "/pulls/42/merge", {}, status=200)
    world.advance(60)
    run = world.read()["runs"][-1]
    await hub.send("GET", f"/actions/jobs/{suite_job(run)['id']}/logs", status=404)


@pytest.mark.contract
async def test_all_of_it_is_shown_as_the_contract_says(red, git):
    hub = Hub(red, checks=Checked())
    for _ in range(2):
        for run in (await hub.get("/actions/runs", per_page=100))["workflow_runs"]:
            await hub.get(f"/actions/runs/{run['id']}")
            await hub.get(f"/actions/runs/{run['id']}/jobs", filter="all")
        for branch in ("staging", red_ci.GATED, red_ci.RETARGETED, red_ci.RUNNING):
            await hub.get(f"/commits/{red.read()['refs'][branch]}/check-runs", filter="all")
        for number in (red_ci.GATED_PULL, red_ci.LEFT_OVER_PULL, red_ci.RETARGETED_PULL, red_ci.PROMOTION_PULL):
            await hub.ready(number)
        body = {"ref": "staging", "inputs": {"suite": "backend"}, "return_run_details": True}
        await hub.send("POST", "/actions/workflows/ci.yml/dispatches", body, status=200)
        red.advance(60)
    assert hub.checks.problems == []
    await hub.client.aclose()
