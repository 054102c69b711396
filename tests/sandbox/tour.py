"""A tour of every operation of the world's GitHub: what is asked in an order in which each can be answered."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox.world import World
from tests.sandbox.hub import Hub

CHECKS = {"strict": True, "contexts": ["backend-test"], "checks": [{"context": "backend-test", "app_id": 15368}]}
PROTECTION = {
    "required_status_checks": CHECKS,
    "enforce_admins": True,
    "required_pull_request_reviews": {"required_approving_review_count": 1, "dismiss_stale_reviews": True},
    "restrictions": None,
    "allow_force_pushes": False,
    "allow_deletions": False,
}
RULESET = {
    "name": "features",
    "target": "branch",
    "enforcement": "active",
    "conditions": {"ref_name": {"include": ["refs/heads/feature/*"], "exclude": ["refs/heads/feature/free"]}},
    "bypass_actors": [],
    "rules": [
        {"type": "deletion"},
        {"type": "non_fast_forward"},
        {
            "type": "pull_request",
            "parameters": {
                "required_approving_review_count": 1,
                "dismiss_stale_reviews_on_push": True,
                "require_code_owner_review": False,
                "require_last_push_approval": False,
                "required_review_thread_resolution": False,
            },
        },
        {
            "type": "required_status_checks",
            "parameters": {
                "strict_required_status_checks_policy": True,
                "required_status_checks": [{"context": "backend-test", "integration_id": 15368}],
            },
        },
    ],
}


async def read_everything(hub: Hub, world: World) -> None:
    """Read what a new world holds."""
    state = world.read()
    sha, run = state["refs"]["staging"], state["runs"][-1]
    job = run["jobs"][0]["id"]
    for path in (
        "//user",
        "//rate_limit",
        "",
        "/branches",
        "/branches/main",
        "/branches/feature%2Fcalendar",
        "/branches/main/protection",
        "/branches/staging/protection",
        "/branches/main/protection/enforce_admins",
        "/branches/main/protection/required_pull_request_reviews",
        "/branches/main/protection/required_status_checks",
        "/rules/branches/main",
        "/rulesets",
        "/compare/main...staging",
        "/compare/v1.1.0...main",
        "/compare/staging...feature%2Fcalendar",
        "/git/ref/heads/feature%2Fcalendar",
        "/git/ref/tags/v1.1.0",
        f"/git/commits/{sha}",
        "/contents/README.md",
        "/contents/apps/api",
        "/commits",
        f"/commits/{sha}",
        f"/commits/{sha}/check-runs",
        f"/commits/{sha}/status",
        f"/commits/{sha}/pulls",
        "/pulls",
        "/pulls/40",
        "/pulls/39",
        "/pulls/41/files",
        "/pulls/41/commits",
        "/pulls/40/reviews",
        "/labels",
        "/issues",
        "/actions/runs",
        f"/actions/runs/{run['id']}",
        f"/actions/runs/{run['id']}/jobs",
        f"/actions/runs/{run['id']}/timing",
        f"/actions/runs/{run['id']}/artifacts",
        f"/actions/runs/{run['id']}/approvals",
        f"/actions/runs/{run['id']}/pending_deployments",
        f"/actions/jobs/{job}",
        f"/check-runs/{job}/annotations",
        "/actions/workflows",
        "/actions/workflows/ci.yml/runs",
        "/actions/cache/usage",
        "/actions/secrets",
        "/actions/variables",
        "/environments",
        "/environments/production",
        "/environments/production/secrets",
        "/environments/production/variables",
        "/deployments",
        "/tags",
        "/releases",
        "/releases/latest",
        "/dependabot/alerts",
        "//users/founder/settings/billing/usage",
        "//users/founder/settings/billing/usage/summary",
        "//organizations/acme/settings/billing/usage",
        "//organizations/acme/settings/billing/usage/summary",
    ):
        await hub.get(path)
    await hub.get("/secret-scanning/alerts", hide_secret="true")
    await hub.get("/pulls", state="all", per_page=5, page=2)
    await hub.get("/commits", sha="staging", path="apps/web", per_page=3)
    await hub.get("/actions/runs", branch="staging", event="push", per_page=10)
    await hub.get(f"/actions/runs/{run['id']}/jobs", filter="all")
    await hub.ask("GET", f"/actions/jobs/{job}/logs")
    await hub.ask("GET", f"/actions/runs/{run['id']}/logs")
    await hub.ask("GET", "/vulnerability-alerts")
    await hub.ask("GET", "/pulls/39/merge")
    deployment = (await hub.get("/deployments", per_page=1))[0]["id"]
    await hub.get(f"/deployments/{deployment}")
    await hub.get(f"/deployments/{deployment}/statuses")


async def work(hub: Hub, world: World) -> None:
    """Carry a feature through its pull request, with its issue."""
    refs = world.read()["refs"]
    await hub.send("POST", "/git/refs", {"ref": "refs/heads/feature/c", "sha": refs["feature/calendar"]}, status=201)
    await hub.send("PATCH", "/git/refs/heads/feature%2Fc", {"sha": refs["main"], "force": True}, status=200)
    await hub.send("PATCH", "/git/refs/heads/feature%2Fc", {"sha": refs["feature/calendar"], "force": True}, status=200)
    await hub.send("POST", "/merges", {"base": "feature/c", "head": "staging"}, status=201)
    request = {"title": "feat: c", "head": "feature/c", "base": "main", "body": "Text", "draft": False}
    pull = await hub.send("POST", "/pulls", request, status=201, by="github_bot")
    here, sha, number = f"/pulls/{pull['number']}", pull["head"]["sha"], pull["number"]
    await hub.send("PATCH", here, {"body": "More text"}, status=200)
    await hub.send("PATCH", here, {"state": "closed"}, status=200)
    await hub.send("PATCH", here, {"state": "open"}, status=200)
    await hub.send("PUT", f"{here}/update-branch", {"expected_head_sha": "0" * 40}, status=422)
    await hub.send("POST", f"{here}/requested_reviewers", {"reviewers": ["founder"]}, status=201, by="github_bot")
    await hub.send("POST", f"{here}/reviews", {"event": "APPROVE", "commit_id": sha, "body": ""}, status=200)
    await hub.send("PUT", f"{here}/merge", {"sha": sha, "merge_method": "merge"}, status=405)
    await hub.send("POST", "/labels", {"name": "P1", "color": "b60205", "description": "Critical"}, status=201)
    await hub.send("PATCH", f"/issues/{number}", {"labels": ["P1", "bug"]}, status=200)
    await hub.send("POST", f"/issues/{number}/comments", {"body": "Beside #1"}, status=201)
    incident = {"title": "[P1] API unreachable", "body": "## Timeline", "labels": ["incident", "P1"], "assignees": ["founder"]}
    issue = await hub.send("POST", "/issues", incident, status=201)
    await hub.send("POST", f"/issues/{issue['number']}/comments", {"body": "Rolled back"}, status=201)
    await hub.send("PATCH", f"/issues/{issue['number']}", {"state": "closed", "state_reason": "completed"}, status=200)
    verified = {"state": "success", "context": "staging/verified", "description": "Verified by founder"}
    await hub.send("POST", f"/statuses/{refs['staging']}", verified, status=201)
    await hub.get(f"/commits/{refs['staging']}/status")
    world.advance(400)
    await hub.send("PUT", f"{here}/merge", {"sha": sha, "merge_method": "merge", "commit_title": "Merge it"}, status=200)
    await hub.send("DELETE", "/git/refs/heads/feature%2Fc", status=204)
    behind = next(p for p in await hub.get("/pulls") if p["number"] == 40)
    await hub.send("PUT", "/pulls/40/update-branch", {"expected_head_sha": behind["head"]["sha"]}, status=202)


async def protect(hub: Hub) -> None:
    """Guard branches, classically and by a ruleset, and take the guards away again."""
    guard = "/branches/feature%2Fcalendar/protection"
    await hub.send("PUT", guard, PROTECTION, status=200)
    assert (await hub.get(guard))["required_status_checks"]["strict"] is True
    await hub.send("DELETE", f"{guard}/enforce_admins", status=204)
    assert (await hub.send("POST", f"{guard}/enforce_admins", status=200))["enabled"] is True
    wanted = {"required_approving_review_count": 2}
    await hub.send("PATCH", f"{guard}/required_pull_request_reviews", wanted, status=200)
    found = await hub.get(f"{guard}/required_pull_request_reviews")
    assert (found["required_approving_review_count"], found["dismiss_stale_reviews"]) == (2, True)
    await hub.send("DELETE", f"{guard}/required_pull_request_reviews", status=204)
    await hub.send("PATCH", f"{guard}/required_status_checks", {"strict": False}, status=200)
    found = await hub.get(f"{guard}/required_status_checks")
    assert (found["strict"], found["contexts"]) == (False, ["backend-test"])
    await hub.send("DELETE", f"{guard}/required_status_checks", status=204)
    await hub.send("DELETE", guard, status=204)
    ruleset = await hub.send("POST", "/rulesets", RULESET, status=201)
    here = f"/rulesets/{ruleset['id']}"
    wanted_types = ["deletion", "non_fast_forward", "pull_request", "required_status_checks"]
    assert [r["type"] for r in await hub.get("/rules/branches/feature%2Fcalendar")] == wanted_types
    assert await hub.get("/rules/branches/feature%2Ffree") == []
    assert [entry["name"] for entry in await hub.get("/rulesets")] == ["features"]
    await hub.send("PUT", here, {"enforcement": "disabled"}, status=200)
    assert await hub.get("/rules/branches/feature%2Fcalendar") == []
    assert (await hub.get(here))["conditions"] == RULESET["conditions"]
    await hub.send("DELETE", here, status=204)


async def run_again(hub: Hub, world: World) -> None:
    """Run what failed again, in a red world."""
    red = next(run for run in reversed(world.read()["runs"]) if run["conclusion"] == "failure" and run["branch"] == "main")
    here = f"/actions/runs/{red['id']}"
    failed = next(job["id"] for job in red["jobs"] if job["conclusion"] == "failure")
    assert len(await hub.get(f"/check-runs/{failed}/annotations")) == 1
    await hub.send("POST", f"{here}/rerun-failed-jobs", status=201)
    await hub.send("POST", f"{here}/cancel", status=202)
    await hub.send("POST", f"{here}/cancel", status=409)
    await hub.send("POST", f"{here}/rerun", status=201)
    await hub.send("POST", f"{here}/force-cancel", status=202)
    await hub.send("POST", f"{here}/rerun", status=201)
    world.advance(300)
    job = (await hub.get(f"{here}/jobs"))["jobs"][0]
    await hub.send("POST", f"/actions/jobs/{job['id']}/rerun", {}, status=201)
    await hub.get(here)


async def deploy_and_release(hub: Hub, world: World) -> None:
    """Start runs by hand, approve a gated one, record deployments, release."""
    details = await _dispatch(hub)
    await hub.get(f"/actions/runs/{details['workflow_run_id']}")
    await approve(hub, world)
    main = world.read()["refs"]["main"]
    wanted = {"ref": main, "environment": "production", "auto_merge": False, "required_contexts": [], "description": "Promoted"}
    deployment = await hub.send("POST", "/deployments", wanted, status=201)
    said = {"state": "success", "environment_url": "https://strideiq.run", "auto_inactive": True}
    await hub.send("POST", f"/deployments/{deployment['id']}/statuses", said, status=201)
    await hub.get(f"/deployments/{deployment['id']}/statuses")
    notes = {"tag_name": "v1.2.0", "target_commitish": "main"}
    await hub.send("POST", "/releases/generate-notes", notes, status=200)
    release = {**notes, "name": "v1.2.0", "generate_release_notes": True, "make_latest": "true"}
    await hub.send("POST", "/releases", release, status=201)
    assert (await hub.get("/releases/latest"))["tag_name"] == "v1.2.0"
    commit = await hub.get(f"/git/commits/{main}")
    parent = commit["parents"][0]["sha"]
    tree = (await hub.get(f"/git/commits/{parent}"))["tree"]["sha"]
    revert = {"message": "Revert it", "tree": tree, "parents": [main]}
    assert (await hub.send("POST", "/git/commits", revert, status=201))["tree"]["sha"] == tree
    with world.change() as state:
        finding = {"number": 1, "state": "open", "rule": "py/sql-injection", "severity": "high", "summary": "SQL from a request"}
        state["alerts"]["code_scanning"] = [finding | {"path": "apps/api/app/main.py", "line": 3, "created_at": 1.7e9}]
    assert len(await hub.get("/code-scanning/alerts")) == 1


async def _dispatch(hub: Hub) -> dict[str, Any]:
    await hub.send("POST", "/actions/workflows/ci.yml/dispatches", {"ref": "staging", "inputs": {}}, status=204)
    wanted = {"ref": "staging", "inputs": {}, "return_run_details": True}
    details: dict[str, Any] = await hub.send("POST", "/actions/workflows/ci.yml/dispatches", wanted, status=200)
    return details


async def approve(hub: Hub, world: World) -> dict[str, Any]:
    """Merge into main while production has a reviewer, wait for the gate, approve; return the run as the state holds it."""
    with world.change() as state:
        state["environments"]["production"]["reviewers"] = ["founder"]
    pull = await hub.ready(40)
    if pull["mergeable_state"] != "clean":
        world.advance(300)
        await hub.send("POST", "/pulls/40/reviews", {"event": "APPROVE"}, status=200)
        pull = await hub.ready(40)
    merged = await hub.send("PUT", "/pulls/40/merge", {"sha": pull["head"]["sha"]}, status=200)
    world.advance(300)
    run = next(run for run in world.read()["runs"] if run["sha"] == merged["sha"])
    assert run["status"] == "waiting"
    here = f"/actions/runs/{run['id']}/pending_deployments"
    (waiting,) = await hub.get(here)
    assert waiting["current_user_can_approve"] is True
    wanted = {"environment_ids": [waiting["environment"]["id"]], "state": "approved", "comment": "Staging verified"}
    await hub.send("POST", here, wanted, status=200)
    world.advance(30)
    assert [word["state"] for word in await hub.get(f"/actions/runs/{run['id']}/approvals")] == ["approved"]
    found: dict[str, Any] = next(entry for entry in world.read()["runs"] if entry["id"] == run["id"])
    return found


async def whole(hub: Hub, world: World, red: Hub, red_world: World) -> None:
    """Take the whole tour: ``hub`` in a calm world, ``red`` in one whose newest run on main failed."""
    await read_everything(hub, world)
    await work(hub, world)
    await protect(hub)
    await run_again(red, red_world)
    await deploy_and_release(hub, world)
