"""Files, releases, deployments, issues, names of secrets, and alerts, as GitHub keeps them."""

from __future__ import annotations

from base64 import b64decode

import pytest

from strideiq_console.sandbox.belongings import PLANTED_SECRET
from tests.sandbox.hub import Hub


async def test_a_file_is_what_git_holds(hub: Hub, world, git):
    found = await hub.get("/contents/apps/api/app/main.py", ref="staging")
    shown = git(world.origin, "show", "staging:apps/api/app/main.py").stdout
    assert b64decode(found["content"]).decode() == shown
    assert (found["type"], found["size"]) == ("file", len(shown))
    names = [row["name"] for row in await hub.get("/contents/apps/api", ref="v1.1.0")]
    assert {"alembic.ini", "app", "alembic"} <= set(names)
    assert "README.md" in [row["name"] for row in await hub.get("/contents/")]
    await hub.send("GET", "/contents/nothing.txt", status=404)
    assert (await hub.ask("GET", "/contents/README.md", ref="nowhere")).status_code == 404


async def test_a_large_file_comes_without_its_content(hub: Hub, world, git):
    (world.clone / "big.bin").write_bytes(b"\xff\x00" * 600_000)
    (world.clone / "small.bin").write_bytes(b"\xff\x00\n")
    git(world.clone, "add", "big.bin", "small.bin")
    git(world.clone, "commit", "-m", "chore: weigh")
    git(world.clone, "push", "origin", "feature/calendar")
    big = await hub.get("/contents/big.bin", ref="feature/calendar")
    assert (big["encoding"], big["content"], big["size"]) == ("none", "", 1_200_000)
    assert b64decode((await hub.get("/contents/small.bin", ref="feature/calendar"))["content"]) == b"\xff\x00\n"


async def test_a_release_tags_and_tells_what_was_merged(hub: Hub, world, git):
    refs = world.read()["refs"]
    assert [tag["name"] for tag in await hub.get("/tags")] == ["v1.1.0", "v1.0.0"]
    await hub.send("PUT", "/pulls/40/merge", {}, status=200)
    notes = await hub.send("POST", "/releases/generate-notes", {"tag_name": "v1.2.0"}, status=200)
    assert "release: v1.2.0 by @strideiq-bot in https://github.com/acme/strideiq/pull/40" in notes["body"]
    assert notes["body"].endswith("compare/v1.1.0...v1.2.0")
    older = {"tag_name": "v1.2.0", "previous_tag_name": "v1.0.0"}
    assert "release: digest" in (await hub.send("POST", "/releases/generate-notes", older, status=200))["body"]
    await hub.send("POST", "/releases/generate-notes", {"tag_name": "v2", "previous_tag_name": "none"}, status=404)
    made = await hub.send("POST", "/releases", {"tag_name": "v1.2.0", "generate_release_notes": True}, status=201)
    assert made["body"] == notes["body"]
    assert git(world.origin, "rev-parse", "v1.2.0").stdout.strip() == world.read()["refs"]["main"] != refs["main"]
    for wrong in ({"tag_name": "v1.2.0"}, {"tag_name": "a b"}, {"tag_name": "v9", "target_commitish": "nowhere"}, {}):
        await hub.send("POST", "/releases", wrong, status=422)
    early = {"tag_name": "v1.3.0-rc1", "prerelease": True, "make_latest": "false"}
    await hub.send("POST", "/releases", early, status=201)
    await hub.send("POST", "/releases", {"tag_name": "v1.3.0", "draft": True, "make_latest": "false"}, status=201)
    assert (await hub.get("/releases/latest"))["tag_name"] == "v1.2.0"
    assert [row["tag_name"] for row in await hub.get("/releases")][:2] == ["v1.3.0", "v1.3.0-rc1"]
    assert "v1.3.0" not in [row["name"] for row in await hub.get("/tags")], "a draft has no tag yet"


async def test_tags_are_made_once(hub: Hub, world):
    sha = world.read()["refs"]["main"]
    await hub.send("POST", "/git/refs", {"ref": "refs/tags/v9", "sha": sha}, status=201)
    await hub.send("POST", "/git/refs", {"ref": "refs/tags/v9", "sha": sha}, status=422)
    await hub.send("POST", "/git/refs", {"ref": "refs/tags/a..b", "sha": sha}, status=422)
    assert (await hub.get("/git/ref/tags/v9"))["object"]["sha"] == sha
    await hub.send("GET", "/git/ref/tags/v8", status=404)


async def test_deployments_are_those_of_the_hosting_providers(hub: Hub, world):
    refs = world.read()["refs"]
    newest = (await hub.get("/deployments", environment="production", per_page=2))[::-1]
    assert {row["sha"] for row in newest} == {refs["main"]}
    assert {row["creator"]["login"] for row in newest} == {"vercel[bot]", "railway-app[bot]"}
    for row in newest:
        states = [status["state"] for status in await hub.get(f"/deployments/{row['id']}/statuses")]
        assert states[0] == "success"
        assert states[-1] == "queued"
    await hub.send("GET", "/deployments/1", status=404)


async def test_a_success_makes_what_was_there_before_inactive(hub: Hub, world):
    refs = world.read()["refs"]
    ids = []
    for sha in (refs["staging"], refs["main"]):
        wanted = {"ref": sha, "environment": "demo", "auto_merge": False, "required_contexts": []}
        made = await hub.send("POST", "/deployments", wanted, status=201)
        await hub.send("POST", f"/deployments/{made['id']}/statuses", {"state": "success"}, status=201)
        world.advance(1)
        ids.append(made["id"])
    first = [status["state"] for status in await hub.get(f"/deployments/{ids[0]}/statuses")]
    assert first == ["inactive", "success"]
    assert [row["id"] for row in await hub.get("/deployments", environment="demo")] == ids[::-1]
    assert "demo" in [row["name"] for row in (await hub.get("/environments"))["environments"]]
    await hub.send("POST", f"/deployments/{ids[0]}/statuses", {"state": "great"}, status=422)


async def test_a_deployment_may_merge_main_or_want_checks(hub: Hub, world):
    await hub.send("PUT", "/pulls/40/merge", {}, status=200)
    refs = world.read()["refs"]
    merged = await hub.send("POST", "/deployments", {"ref": "feature/strava-webhooks"}, status=202)
    assert "Auto-merged" in merged["message"]
    assert world.read()["refs"]["feature/strava-webhooks"] != refs["feature/strava-webhooks"]
    await hub.send("POST", "/deployments", {"ref": "staging"}, status=409)
    wanted = {"ref": "staging", "auto_merge": False, "required_contexts": ["never-ran"]}
    refused = await hub.send("POST", "/deployments", wanted, status=409)
    assert refused["message"] == "Conflict: Commit status checks failed for staging."
    await hub.send("POST", "/deployments", {"ref": "nowhere", "auto_merge": False}, status=404)


async def test_issues_stand_among_pull_requests(hub: Hub, world):
    made = await hub.send("POST", "/issues", {"title": "[P1] down", "labels": ["incident"], "assignees": ["founder"]}, status=201)
    assert made["number"] == 43
    assert "pull_request" not in made
    listed = await hub.get("/issues")
    assert {row["number"]: "pull_request" in row for row in listed} == {43: False, 42: True, 41: True, 40: True}
    assert [row["number"] for row in await hub.get("/issues", labels="Incident")] == [43]
    await hub.send("POST", "/issues/43/comments", {"body": "Looking"}, status=201)
    closed = await hub.send("PATCH", "/issues/43", {"state": "closed", "state_reason": "completed"}, status=200)
    assert (closed["state"], closed["state_reason"], closed["comments"]) == ("closed", "completed", 1)
    assert [row["number"] for row in await hub.get("/issues", state="closed", labels="incident")] == [43]
    for wrong in ({"title": " "}, {"title": "x", "assignees": ["nobody"]}, {"title": "x", "labels": "bug"}, {}):
        await hub.send("POST", "/issues", wrong, status=422)
    await hub.send("POST", "/issues/999/comments", {"body": "x"}, status=404)


async def test_reviewers_are_asked_and_then_no_longer_waited_for(hub: Hub):
    here = "/pulls/40/requested_reviewers"
    for wrong in (["strideiq-bot"], ["nobody"]):
        await hub.send("POST", here, {"reviewers": wrong}, status=422)
    asked = await hub.send("POST", here, {"reviewers": ["founder"]}, status=201)
    assert [person["login"] for person in asked["requested_reviewers"]] == ["founder"]
    await hub.send("POST", "/pulls/40/reviews", {"event": "APPROVE"}, status=200)
    assert (await hub.get("/pulls/40"))["requested_reviewers"] == []


async def test_the_pull_requests_of_a_commit(hub: Hub, world):
    merge = world.read()["pulls"]["36"]["merge_sha"]
    assert 36 in [pull["number"] for pull in await hub.get(f"/commits/{merge}/pulls")]
    (tip,) = {pull["head"]["sha"] for pull in await hub.get("/pulls") if pull["number"] == 41}
    assert [pull["number"] for pull in await hub.get(f"/commits/{tip}/pulls")] == [41]


async def test_commits_by_path_and_time(hub: Hub, git, world):
    found = await hub.get("/commits", sha="staging", path="apps/api/alembic/versions", per_page=100)
    shown = git(world.origin, "rev-list", "staging", "--", "apps/api/alembic/versions").stdout.split()
    assert {row["sha"] for row in found} == set(shown)
    newest = (await hub.get("/commits", sha="staging", per_page=1))[0]["commit"]["committer"]["date"]
    assert all(row["commit"]["committer"]["date"] >= newest for row in await hub.get("/commits", sha="staging", since=newest))


async def test_secrets_have_names_and_nothing_else(hub: Hub):
    for path in ("/actions/secrets", "/environments/Production/secrets"):
        for row in (await hub.get(path))["secrets"]:
            assert set(row) == {"name", "created_at", "updated_at"}
    assert (await hub.get("/actions/variables"))["variables"][0]["value"] == "3.11"
    await hub.send("GET", "/environments/nowhere/secrets", status=404)


async def test_a_leaked_secret_is_told_to_who_does_not_ask_to_hide_it(hub: Hub):
    hidden = await hub.ask("GET", "/secret-scanning/alerts", hide_secret="true")
    assert hidden.json()[0]["secret_type"] == "strava_api_key"
    assert PLANTED_SECRET not in hidden.text
    for query in ({}, {"hide_secret": "false"}):
        assert PLANTED_SECRET in (await hub.ask("GET", "/secret-scanning/alerts", **query)).text
    assert await hub.get("/secret-scanning/alerts", state="open", hide_secret="true") == []


async def test_alerts_are_filtered_and_paged_by_cursor(hub: Hub, world):
    with world.change() as state:
        (first,) = state["alerts"]["dependabot"]
        state["alerts"]["dependabot"] += [{**first, "number": n, "severity": "high"} for n in range(4, 9)]
    seen, url = [], "/dependabot/alerts?per_page=2&severity=high"
    while url:
        answer = await hub.ask("GET", url if url.startswith("/") else f"//{url.removeprefix('https://api.github.com/')}")
        seen += [row["number"] for row in answer.json()]
        url = answer.links.get("next", {}).get("url", "")
    assert seen == [8, 7, 6, 5, 4]
    assert (await hub.ask("GET", "/dependabot/alerts", page=2)).status_code == 400


@pytest.mark.parametrize(
    ("kind", "path", "status"),
    [
        ("dependabot", "/dependabot/alerts", 403),
        ("dependabot", "/vulnerability-alerts", 404),
        ("code_scanning", "/code-scanning/alerts", 403),
        ("secret_scanning", "/secret-scanning/alerts", 404),
    ],
)
async def test_what_is_switched_off_says_so_in_its_own_way(hub: Hub, world, kind, path, status):
    with world.change() as state:
        state["alerts"][kind] = None
    refused = await hub.send("GET", path, status=status)
    assert "disabled" in refused["message"] or "must be enabled" in refused["message"]


async def test_nothing_scanned_is_not_nothing_found(hub: Hub, world):
    with world.change() as state:
        state["alerts"]["code_scanning"] = []
    assert (await hub.send("GET", "/code-scanning/alerts", status=404))["message"] == "no analysis found"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/actions/workflows/ci.yml/dispatches", {"ref": "main", "inputs": 1}),
        ("POST", "/deployments", {"ref": "feature/calendar", "auto_merge": False, "required_contexts": 1}),
        ("POST", "/git/commits", {"message": "m", "tree": "\0"}),
        ("POST", "/git/commits", {"message": "m", "tree": "0" * 40, "parents": "x"}),
        ("POST", "/issues", {"title": "t", "assignees": [{}]}),
        ("POST", "/pulls/41/requested_reviewers", {"reviewers": [{}]}),
        ("POST", "/pulls/41/reviews", {"event": []}),
        ("POST", "/pulls/41/reviews", {"event": "COMMENT", "body": "b", "commit_id": 1}),
        ("POST", "/releases/generate-notes", {"tag_name": "v2", "previous_tag_name": []}),
    ],
)
async def test_wrong_types_are_refused_and_change_nothing(hub: Hub, world, method, path, body):
    await hub.send(method, path, body, status=422)
    assert world.read()["effects"] == []


@pytest.mark.parametrize("path", ["..%2F..%2Fworld.db", "%00", "%3A(glob)**"])
async def test_no_path_leads_out_of_the_repository(hub: Hub, path):
    await hub.send("GET", f"/contents/{path}", status=404)
    assert (await hub.ask("GET", f"/commits?path={path}")).json() == []
    assert (await hub.ask("GET", "/commits?since=yesterday")).status_code == 400
