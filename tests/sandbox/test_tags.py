"""Tags pushed with git: the API shows them, a release is made on them, and the world saw the push."""

from __future__ import annotations

from tests.sandbox.hub import Hub


async def test_a_pushed_annotated_tag_shows_up_and_is_released(hub: Hub, world, git):
    head = git(world.clone, "rev-parse", "origin/main").stdout.strip()
    assert git(world.clone, "tag", "-a", "v1.2.0", "-m", "StrideIQ 1.2.0", head).returncode == 0
    tag = git(world.clone, "rev-parse", "refs/tags/v1.2.0").stdout.strip()
    pushed = git(world.clone, "push", "origin", "refs/tags/v1.2.0:refs/tags/v1.2.0")
    assert pushed.returncode == 0, pushed.stderr
    first = (await hub.get("/tags"))[0]
    assert (first["name"], first["commit"]["sha"]) == ("v1.2.0", head)
    found = (await hub.get("/git/ref/tags/v1.2.0"))["object"]
    assert (found["type"], found["sha"]) == ("tag", tag)
    body = {"tag_name": "v1.2.0", "target_commitish": "main", "body": "What changed", "make_latest": "true"}
    made = await hub.send("POST", "/releases", body, status=201)
    assert (await hub.get("/releases/latest"))["id"] == made["id"]
    assert git(world.origin, "rev-parse", "refs/tags/v1.2.0").stdout.strip() == tag, "the tag that was there stays"
    await hub.send("POST", "/releases", body, status=422)
    effects = [(e["provider"], e["what"], e["forced"]) for e in world.read()["effects"]]
    assert effects == [("git", "pushed tag v1.2.0", False), ("github", f"released v1.2.0 at {head[:7]}", False)]


async def test_a_tag_that_the_api_made_is_nobodys_push(hub: Hub, world):
    sha = world.read()["refs"]["main"]
    await hub.send("POST", "/git/refs", {"ref": "refs/tags/v9", "sha": sha}, status=201)
    world.settle()
    assert [e["what"] for e in world.read()["effects"]] == [f"tagged {sha[:7]} v9"]
    assert (await hub.get("/git/ref/tags/v9"))["object"]["type"] == "commit"


async def test_a_moved_and_a_deleted_tag_are_seen(world, git):
    for target in ("main", "staging"):
        git(world.clone, "tag", "-f", "v8", f"origin/{target}")
        git(world.clone, "push", "--force", "origin", "refs/tags/v8:refs/tags/v8")
        world.settle()
    git(world.clone, "push", "origin", ":refs/tags/v8")
    world.settle()
    seen = [(e["what"], e["forced"]) for e in world.read()["effects"]]
    assert seen == [("pushed tag v8", False), ("pushed tag v8", True), ("deleted tag v8", False)]


async def test_a_pull_request_whose_branch_is_deleted_is_closed_and_cannot_be_merged(hub: Hub, world, git):
    head = (await hub.get("/pulls/41"))["head"]["ref"]
    assert git(world.clone, "push", "origin", f":refs/heads/{head}").returncode == 0
    found = await hub.get("/pulls/41")
    assert (found["state"], found["merged"]) == ("closed", False)
    await hub.send("PUT", "/pulls/41/merge", {"merge_method": "merge"}, status=405)
    await hub.send("PATCH", "/pulls/41", {"state": "open"}, status=422)
    body = {"title": "again", "head": head, "base": "staging"}
    await hub.send("POST", "/pulls", body, status=422)
