"""Every operation of the world's GitHub, its good and its bad answers, held against the contract."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from strideiq_console.sandbox.github.app import WAYS
from strideiq_console.sandbox.world import World
from tests.contracts import validator
from tests.sandbox.hub import Hub

pytestmark = pytest.mark.contract


class Checked:
    """Collects what the contract says against any exchange, and which operations were seen."""

    def __init__(self) -> None:
        self.contract = validator().openapi("github")
        self.problems: list[str] = []
        self.seen: set[tuple[str, str]] = set()

    def __call__(self, method, path, query, body, status, answer) -> None:
        if status >= 400 and status in (401, 403, 404, 409, 422):
            assert answer["message"]
            assert answer["status"] == str(status)
        else:
            found = self.contract.check_response(method, path, status, answer)
            found += self.contract.check_request(method, path, query, body)
            self.problems += [f"{method} {path}: {problem}" for problem in found]
        hit = self.contract.find(method, path)
        assert hit is not None, f"{method} {path} is no operation of the contract"
        self.seen.add((method, hit[0]))


@pytest.fixture
def checked() -> Checked:
    return Checked()


@pytest.fixture
async def strict(world, checked) -> AsyncIterator[Hub]:
    hub = Hub(world, checks=checked)
    yield hub
    await hub.client.aclose()


async def _read_everything(hub: Hub, world: World) -> None:
    state = world.read()
    sha, run = state["refs"]["staging"], state["runs"][-1]
    for path in (
        "//user",
        "//rate_limit",
        "",
        "/branches",
        "/branches/main",
        "/branches/feature%2Fcalendar",
        "/rules/branches/main",
        "/rulesets",
        "/branches/main/protection",
        "/branches/staging/protection",
        "/compare/main...staging",
        "/compare/staging...feature%2Fcalendar",
        "/git/ref/heads/feature%2Fcalendar",
        "/commits",
        f"/commits/{sha}",
        f"/commits/{sha}/check-runs",
        f"/commits/{sha}/status",
        "/pulls",
        "/pulls/40",
        "/pulls/39",
        "/pulls/41/files",
        "/pulls/41/commits",
        "/pulls/40/reviews",
        "/labels",
        "/actions/runs",
        f"/actions/runs/{run['id']}",
        f"/actions/runs/{run['id']}/jobs",
        f"/actions/jobs/{run['jobs'][0]['id']}",
    ):
        await hub.get(path)
    await hub.get("/pulls", state="all", per_page=5, page=2)
    await hub.get("/actions/runs", branch="staging", event="push", per_page=10)
    await hub.get(f"/actions/runs/{run['id']}/jobs", filter="all")
    await hub.ask("GET", f"/actions/jobs/{run['jobs'][0]['id']}/logs")
    await hub.ask("GET", "/pulls/39/merge")


async def test_every_operation_answers_as_the_contract_says(strict, make_world, world, checked):
    await _read_everything(strict, world)
    await _write_everything(strict, world)
    await _protect(strict, world)
    await _run_again(make_world("red", scenario="red-ci"), checked)
    assert checked.problems == []
    ways = {(way.method, _plain(way.path)) for way in WAYS}
    assert {(method, _plain(path)) for method, path in checked.seen} == ways


def _plain(path: str) -> str:
    """Take the names of parameters out of a path."""
    return re.sub(r"\{[^}]*\}", "*", path)


async def test_reads_while_everything_runs(strict, world, checked, git):
    git(world.clone, "commit", "--allow-empty", "-m", "feat: on the way")
    git(world.clone, "push", "origin", "feature/calendar")
    for _ in range(3):
        run = next(run for run in (await strict.get("/actions/runs"))["workflow_runs"])
        await strict.get(f"/actions/runs/{run['id']}/jobs")
        await strict.get(f"/commits/{run['head_sha']}/check-runs")
        await strict.get("/pulls/41")
        world.advance(30)
    assert checked.problems == []


async def _write_everything(strict: Hub, world: World) -> None:
    refs = world.read()["refs"]
    await strict.send("POST", "/git/refs", {"ref": "refs/heads/feature/c", "sha": refs["feature/calendar"]}, status=201)
    await strict.send("PATCH", "/git/refs/heads/feature%2Fc", {"sha": refs["main"], "force": True}, status=200)
    await strict.send("PATCH", "/git/refs/heads/feature%2Fc", {"sha": refs["feature/calendar"], "force": True}, status=200)
    request = {"title": "feat: c", "head": "feature/c", "base": "main", "body": "Text", "draft": False}
    pull = await strict.send("POST", "/pulls", request, status=201, by="github_bot")
    here = f"/pulls/{pull['number']}"
    await strict.send("PATCH", here, {"body": "More text"}, status=200)
    await strict.send("PATCH", here, {"state": "closed"}, status=200)
    await strict.send("PATCH", here, {"state": "open"}, status=200)
    await strict.send("PUT", f"{here}/update-branch", {"expected_head_sha": "0" * 40}, status=422)
    await strict.send("POST", f"{here}/reviews", {"event": "APPROVE", "commit_id": pull["head"]["sha"], "body": ""}, status=200)
    await strict.send("PUT", f"{here}/merge", {"sha": pull["head"]["sha"], "merge_method": "merge"}, status=405)
    await strict.send("POST", "/labels", {"name": "P1", "color": "b60205", "description": "Critical"}, status=201)
    number = pull["number"]
    await strict.send("PATCH", f"/issues/{number}", {"labels": ["P1", "bug"]}, status=200)
    await strict.send("POST", f"/issues/{number}/comments", {"body": "Beside #1"}, status=201)
    verified = {"state": "success", "context": "staging/verified", "description": "Verified by founder"}
    await strict.send("POST", f"/statuses/{refs['staging']}", verified, status=201)
    await strict.get(f"/commits/{refs['staging']}/status")
    world.advance(400)
    merged = {"sha": pull["head"]["sha"], "merge_method": "merge", "commit_title": "Merge it"}
    await strict.send("PUT", f"{here}/merge", merged, status=200)
    await strict.send("DELETE", "/git/refs/heads/feature%2Fc", status=204)
    behind = next(p for p in await strict.get("/pulls") if p["number"] == 40)
    await strict.send("PUT", "/pulls/40/update-branch", {"expected_head_sha": behind["head"]["sha"]}, status=202)


async def _run_again(world: World, checked: Checked) -> None:
    hub = Hub(world, checks=checked)
    red = next(run for run in reversed(world.read()["runs"]) if run["conclusion"] == "failure" and run["branch"] == "main")
    await hub.send("POST", f"/actions/runs/{red['id']}/rerun-failed-jobs", status=201)
    await hub.send("POST", f"/actions/runs/{red['id']}/cancel", status=202)
    await hub.send("POST", f"/actions/runs/{red['id']}/cancel", status=409)
    await hub.send("POST", f"/actions/runs/{red['id']}/rerun", status=201)
    world.advance(300)
    job = (await hub.get(f"/actions/runs/{red['id']}/jobs"))["jobs"][0]
    await hub.send("POST", f"/actions/jobs/{job['id']}/rerun", {}, status=201)
    await hub.get(f"/actions/runs/{red['id']}")
    await hub.client.aclose()


async def _protect(strict: Hub, world: World) -> None:
    checks = {"strict": True, "contexts": ["backend-test"], "checks": [{"context": "backend-test", "app_id": 15368}]}
    body = {
        "required_status_checks": checks,
        "enforce_admins": True,
        "required_pull_request_reviews": {"required_approving_review_count": 1, "dismiss_stale_reviews": True},
        "restrictions": None,
        "allow_force_pushes": False,
        "allow_deletions": False,
    }
    await strict.send("PUT", "/branches/feature%2Fcalendar/protection", body, status=200)
    assert (await strict.get("/branches/feature%2Fcalendar/protection"))["required_status_checks"]["strict"] is True
    await strict.send("DELETE", "/branches/feature%2Fcalendar/protection", status=204)
    with world.change() as state:
        rule = {"type": "pull_request", "parameters": {"required_approving_review_count": 1, "dismiss_stale_reviews_on_push": True}}
        rule["parameters"] |= dict.fromkeys(
            ("require_code_owner_review", "require_last_push_approval", "required_review_thread_resolution"), False
        )
        entry = {"id": 21, "name": "main", "enforcement": "active", "include": ["refs/heads/main"], "bypass_actors": []}
        state["rulesets"].append(entry | {"rules": [{"type": "deletion"}, rule]})
    assert [r["type"] for r in await strict.get("/rules/branches/main")] == ["deletion", "pull_request"]
    assert await strict.get("/rules/branches/staging") == []
    await strict.get("/rulesets")
    await strict.get("/rulesets/21")
