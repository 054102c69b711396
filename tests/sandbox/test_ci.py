from __future__ import annotations

from strideiq_console.sandbox import ci
from tests.sandbox.hub import Hub

FOUR = ["backend-lint", "backend-test", "frontend-lint", "frontend-build"]


def _newest(world):
    return world.read()["runs"][-1]


async def test_a_push_to_staging_runs_six_jobs_and_the_deploys_last(hub, world):
    await hub.send("PUT", "/pulls/42/merge", {}, status=200)
    run = _newest(world)
    assert (run["event"], run["branch"], run["status"]) == ("push", "staging", "queued")
    here = f"/actions/runs/{run['id']}/jobs"
    assert [job["name"] for job in (await hub.get(here))["jobs"]] == FOUR, "what waits for others does not exist yet"
    world.advance(45)
    found = await hub.get(f"/actions/runs/{run['id']}")
    assert (found["status"], found["conclusion"]) == ("in_progress", None)
    steps = (await hub.get(here))["jobs"][1]["steps"]
    assert {step["status"] for step in steps} == {"completed", "in_progress", "queued"}
    world.advance(300)
    jobs = {job["name"]: job["conclusion"] for job in (await hub.get(here))["jobs"]}
    assert jobs == dict.fromkeys(FOUR, "success") | {"deploy-staging": "success", "deploy-production": "skipped"}
    times = {job["name"]: job for job in _newest(world)["jobs"]}
    assert times["deploy-staging"]["started_at"] > max(times[name]["completed_at"] for name in FOUR)
    for name in FOUR:
        assert 30 <= times[name]["completed_at"] - times[name]["started_at"] <= 150


async def test_a_pull_request_run_skips_both_deploys(hub, world, git):
    git(world.clone, "commit", "--allow-empty", "-m", "feat: more")
    git(world.clone, "push", "origin", "feature/calendar")
    world.advance(300)
    run = _newest(world)
    assert (run["event"], run["pull"], run["conclusion"]) == ("pull_request", 41, "success")
    assert {job["name"]: job["conclusion"] for job in run["jobs"]}["deploy-staging"] == "skipped"


async def test_other_branches_start_no_run(world, git):
    before = len(world.read()["runs"])
    git(world.clone, "push", "origin", "main:refs/heads/feature/quiet")
    world.settle()
    assert len(world.read()["runs"]) == before


async def test_breaking_words_and_breaking_files_fail_the_tests(hub, world, git):
    git(world.clone, "commit", "--allow-empty", "-m", "feat: x [break ci]")
    git(world.clone, "push", "origin", "feature/calendar")
    world.advance(300)
    assert _newest(world)["conclusion"] == "failure"
    (world.clone / "tests").mkdir()
    (world.clone / "tests/broken").write_text("x")
    git(world.clone, "add", "tests/broken")
    git(world.clone, "commit", "-m", "feat: y")
    git(world.clone, "push", "origin", "feature/calendar")
    world.advance(300)
    run = _newest(world)
    assert {job["name"]: job["conclusion"] for job in run["jobs"]}["backend-test"] == "failure"
    failed = next(job for job in (await hub.get(f"/actions/runs/{run['id']}/jobs"))["jobs"] if job["conclusion"] == "failure")
    assert [step["name"] for step in failed["steps"] if step["conclusion"] == "failure"] == ["Run pytest apps/api"]
    refused = await hub.send("PUT", "/pulls/41/merge", {}, status=405)
    assert '"backend-test" is failing' in refused["message"]


async def test_running_again_heals_what_failed_by_chance_alone(make_world):
    world = make_world("red", scenario="red-ci")
    hub = Hub(world)
    red = {run["branch"]: run["id"] for run in world.read()["runs"] if run["conclusion"] == "failure"}
    for number in red.values():
        await hub.send("POST", f"/actions/runs/{number}/rerun-failed-jobs", status=201)
        await hub.send("POST", f"/actions/runs/{number}/rerun", status=403)
    world.advance(300)
    runs = {run["id"]: run for run in world.read()["runs"]}
    assert {branch: runs[number]["conclusion"] for branch, number in red.items()} == {
        "main": "success",
        "feature/calendar": "failure",
        "feature/race-goals": "failure",
    }
    run = runs[red["main"]]
    assert (run["attempt"], len(run["earlier"])) == (2, 6)
    kept = next(job for job in run["jobs"] if job["name"] == "backend-lint")
    assert kept["completed_at"] < run["started_at"], "what was green was not run again"
    sha = run["sha"]
    latest = (await hub.get(f"/commits/{sha}/check-runs"))["total_count"]
    assert (await hub.get(f"/commits/{sha}/check-runs", filter="all"))["total_count"] == latest + 6
    await hub.send("POST", f"/actions/runs/{red['main']}/rerun-failed-jobs", status=403)
    await hub.client.aclose()


async def test_cancelling(hub, world):
    await hub.send("PUT", "/pulls/42/merge", {}, status=200)
    run = _newest(world)
    world.advance(60)
    await hub.send("POST", f"/actions/runs/{run['id']}/cancel", status=202)
    found = _newest(world)
    assert (found["status"], found["conclusion"]) == ("completed", "cancelled")
    assert {job["conclusion"] for job in found["jobs"]} <= {"success", "cancelled"}
    world.advance(300)
    assert _newest(world) == found, "a cancelled run stays as it was"


def test_old_runs_are_forgotten(world):
    with world.change() as state:
        for _ in range(ci.KEEP_RUNS + 10):
            ci.on_push(state, "main", state["refs"]["main"], "again", world.clock.seconds())
    world.settle()
    assert len(world.read()["runs"]) == ci.KEEP_RUNS
