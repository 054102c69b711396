from __future__ import annotations

import asyncio

import pytest

from tests.sandbox.hub import Hub

FIX = "hotfix/fix-auth-crash"


@pytest.fixture
def pushed_fix(world, git) -> str:
    """Push a hotfix branch from the clone; return its tip."""
    git(world.clone, "switch", "--create", FIX, "main")
    sha = world.write_fix(FIX)
    assert git(world.clone, "push", "origin", f"{FIX}:{FIX}").returncode == 0
    return sha


async def _open(hub: Hub, base: str, *, by: str = "github_bot", head: str = FIX) -> int:
    request = {"title": "fix(auth): keep the session", "head": head, "base": base, "body": ""}
    return int((await hub.send("POST", "/pulls", request, status=201, by=by))["number"])


async def test_a_hotfix_from_push_to_production(hub, world, git, pushed_fix):
    to_staging, to_main = await _open(hub, "staging"), await _open(hub, "main")
    assert (to_staging, to_main) == (43, 44)
    refused = await hub.send("PUT", f"/pulls/{to_staging}/merge", {"sha": pushed_fix}, status=405)
    assert "backend-test" in refused["message"]
    world.advance(200)
    assert (await hub.ready(to_staging))["mergeable_state"] == "clean"
    merged = await hub.send("PUT", f"/pulls/{to_staging}/merge", {"sha": pushed_fix, "merge_method": "merge"}, status=200)
    assert git(world.origin, "rev-parse", "staging").stdout.strip() == merged["sha"]
    assert git(world.origin, "rev-list", "--parents", "-1", "staging").stdout.split()[2] == pushed_fix
    refused = await hub.send("PUT", f"/pulls/{to_main}/merge", {"sha": pushed_fix}, status=405)
    assert refused["message"] == "At least 1 approving review is required by reviewers with write access."
    await hub.send("POST", f"/pulls/{to_main}/reviews", {"event": "APPROVE", "commit_id": pushed_fix}, status=200)
    await hub.send("PUT", f"/pulls/{to_main}/merge", {"sha": pushed_fix}, status=200)
    world.advance(400)
    state = world.read()
    assert [e["what"].split(" at ")[0] for e in state["effects"]] == [
        f"pushed {pushed_fix[:7]} {FIX}",
        f"opened #43 from {FIX} into staging",
        f"opened #44 from {FIX} into main",
        "merged #43 into staging",
        "approved #44",
        "merged #44 into main",
    ]
    runs = {(r["event"], r["branch"]): r["conclusion"] for r in state["runs"] if r["sha"] in (merged["sha"], state["refs"]["main"])}
    assert runs == {("push", "staging"): "success", ("push", "main"): "success"}
    live = {e["environment"]: e["sha"] for e in state["deployments"] if e["state"] == "ready" and e["component"] == "api"}
    assert live == {"staging": merged["sha"], "production": state["refs"]["main"]}
    assert FIX in state["refs"], "merging deletes no branch"


async def test_creating_twice_or_without_commits_or_branches_is_refused(hub, world, pushed_fix):
    number = await _open(hub, "main")
    again = await hub.send("POST", "/pulls", {"title": "t", "head": FIX, "base": "main"}, status=422)
    assert "already exists" in again["errors"][0]["message"]
    nothing = await hub.send("POST", "/pulls", {"title": "t", "head": "main", "base": "staging"}, status=422)
    assert "No commits between staging and main" in nothing["errors"][0]["message"]
    for body in ({"head": "nowhere", "base": "main", "title": "t"}, {"head": FIX, "base": "main"}):
        await hub.send("POST", "/pulls", body, status=422)
    found = await hub.get("/pulls", head=f"acme:{FIX}", base="main", state="all")
    assert [pull["number"] for pull in found] == [number]
    assert [effect["method"] for effect in world.read()["effects"]] == ["PUSH", "POST"], "refused requests change nothing"


async def test_mergeable_is_computed_after_the_first_look_and_again_after_a_change(hub, world, git, pushed_fix):
    number = await _open(hub, "main")
    first = await hub.get(f"/pulls/{number}")
    assert first["mergeable"] is True, "the answer to creating it was the first look"
    world.write_fix(FIX)
    git(world.clone, "push", "origin", FIX)
    looks = [await hub.get(f"/pulls/{number}") for _ in range(2)]
    assert [look["mergeable"] for look in looks] == [None, True]
    assert [look["mergeable_state"] for look in looks] == ["unknown", "blocked"]


async def test_a_moved_head_is_a_conflict_and_dismisses_approvals(hub, world, git, pushed_fix):
    number = await _open(hub, "main")
    await hub.send("POST", f"/pulls/{number}/reviews", {"event": "APPROVE"}, status=200)
    newer = world.write_fix(FIX)
    git(world.clone, "push", "origin", FIX)
    await hub.send("PUT", f"/pulls/{number}/merge", {"sha": pushed_fix}, status=409)
    (review,) = await hub.get(f"/pulls/{number}/reviews")
    assert review["state"] == "DISMISSED"
    assert [c["sha"] for c in await hub.get(f"/pulls/{number}/commits")] == [pushed_fix, newer]


async def test_nobody_approves_their_own(hub, pushed_fix):
    number = await _open(hub, "main", by="github")
    answer = await hub.send("POST", f"/pulls/{number}/reviews", {"event": "APPROVE"}, status=422)
    assert answer["errors"] == ["Can not approve your own pull request"]


async def test_solo_has_nobody_to_approve(make_world, git):
    world = make_world("solo", scenario="solo")
    hub = Hub(world)
    pull = await hub.ready(40)
    assert (pull["user"]["login"], pull["mergeable_state"]) == ("founder", "blocked")
    await hub.send("POST", "/pulls/40/reviews", {"event": "APPROVE"}, status=422)
    await hub.client.aclose()


async def test_main_must_be_up_to_date_and_update_branch_makes_it_so(hub, world, git, pushed_fix):
    number = await _open(hub, "main")
    world.advance(200)
    await hub.send("POST", f"/pulls/{number}/reviews", {"event": "APPROVE"}, status=200)
    await hub.send("PUT", f"/pulls/{number}/merge", {}, status=200)
    assert (await hub.ready(40))["mergeable_state"] == "behind"
    refused = await hub.send("PUT", "/pulls/40/merge", {}, status=405)
    assert "out of date" in refused["message"]
    old = (await hub.get("/pulls/40"))["head"]["sha"]
    await hub.send("PUT", "/pulls/40/update-branch", {"expected_head_sha": pushed_fix}, status=422)
    await hub.send("PUT", "/pulls/40/update-branch", {"expected_head_sha": old}, status=202)
    await hub.send("PUT", "/pulls/40/update-branch", {}, status=422)
    tip = git(world.origin, "rev-parse", "release/v1.2.0").stdout.strip()
    assert git(world.origin, "rev-list", "--parents", "-1", tip).stdout.split()[1:] == [old, world.read()["refs"]["main"]]
    assert (await hub.get("/pulls/40/reviews"))[0]["state"] == "DISMISSED"
    state = world.read()
    assert (state["runs"][-1]["event"], state["runs"][-1]["sha"]) == ("pull_request", tip)


async def test_a_back_merge_from_main_cannot_be_updated_and_merges(hub, world, pushed_fix):
    number = await _open(hub, "main")
    world.advance(200)
    await hub.send("POST", f"/pulls/{number}/reviews", {"event": "APPROVE"}, status=200)
    await hub.send("PUT", f"/pulls/{number}/merge", {}, status=200)
    back = await _open(hub, "staging", head="main")
    await hub.send("PUT", f"/pulls/{back}/update-branch", {}, status=422)
    world.advance(200)
    await hub.send("PUT", f"/pulls/{back}/merge", {"merge_method": "merge"}, status=200)
    compared = await hub.get("/compare/main...staging")
    assert (compared["behind_by"], compared["status"]) == (0, "ahead")


async def test_a_conflict_is_dirty_and_cannot_be_merged(hub, world, git):
    for branch, start in (("feature/one", "staging"), ("feature/two", "staging")):
        git(world.clone, "switch", "--create", branch, start)
        (world.clone / "README.md").write_text(f"{branch}\n")
        git(world.clone, "commit", "-am", branch)
        git(world.clone, "push", "origin", branch)
    one, two = await _open(hub, "staging", head="feature/one"), await _open(hub, "staging", head="feature/two")
    world.advance(200)
    await hub.send("PUT", f"/pulls/{one}/merge", {"merge_method": "squash"}, status=200)
    assert git(world.origin, "log", "-1", "--format=%s", "staging").stdout.strip() == f"fix(auth): keep the session (#{one})"
    pull = await hub.ready(two)
    assert (pull["mergeable"], pull["mergeable_state"]) == (False, "dirty")
    await hub.send("PUT", f"/pulls/{two}/merge", {}, status=405)
    await hub.send("PUT", f"/pulls/{two}/merge", {"merge_method": "rebase"}, status=405)


async def test_arriving_by_another_way_merges_and_deleting_the_head_closes(hub, world, pushed_fix):
    to_main, to_staging = await _open(hub, "main"), await _open(hub, "staging")
    world.advance(200)
    await hub.send("POST", f"/pulls/{to_main}/reviews", {"event": "APPROVE"}, status=200)
    await hub.send("PUT", f"/pulls/{to_main}/merge", {}, status=200)
    back = await _open(hub, "staging", head="main")
    world.advance(200)
    await hub.send("PUT", f"/pulls/{back}/merge", {}, status=200)
    assert (await hub.get(f"/pulls/{to_staging}"))["merged"] is True
    await hub.send("DELETE", "/git/refs/heads/feature/calendar", status=204)
    closed = await hub.get("/pulls/41")
    assert (closed["state"], closed["merged"]) == ("closed", False)
    await hub.send("PATCH", "/pulls/41", {"state": "open"}, status=422)


async def test_a_retargeted_pull_request_has_no_run_and_a_reopened_one_has(hub, world):
    runs = len(world.read()["runs"])
    await hub.send("PATCH", "/pulls/41", {"base": "main"}, status=200)
    assert len(world.read()["runs"]) == runs
    await hub.send("PATCH", "/pulls/41", {"state": "closed"}, status=200)
    await hub.send("PATCH", "/pulls/41", {"state": "open"}, status=200)
    assert len(world.read()["runs"]) == runs + 1


async def test_two_merges_at_once_are_one_merge(hub, world):
    world.advance(1)
    both = await asyncio.gather(*(hub.ask("PUT", "/pulls/42/merge", {}) for _ in range(2)))
    assert sorted(answer.status_code for answer in both) == [200, 405]
    assert sum("merged #42" in effect["what"] for effect in world.read()["effects"]) == 1


async def test_hostile_titles_come_through_as_they_are(hub, world):
    assert (await hub.get("/pulls/42"))["title"] == "fix(ui): [draft] keep [/brackets] literal"
    evil = "[@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \u202e"
    await hub.send("PATCH", "/pulls/42", {"title": evil}, status=200)
    assert (await hub.get("/pulls/42"))["title"] == evil
