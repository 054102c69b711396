from __future__ import annotations

import pytest


@pytest.mark.parametrize("branch", ["main", "staging"])
def test_pushes_never_reach_the_permanent_branches(world, git, branch):
    git(world.clone, "switch", branch)
    git(world.clone, "commit", "--allow-empty", "-m", "fix: straight to it")
    before = git(world.origin, "rev-parse", branch).stdout
    pushed = git(world.clone, "push", "origin", f"{branch}:{branch}")
    deleted = git(world.clone, "push", "origin", f":{branch}")
    assert pushed.returncode != 0
    assert "GH006" in pushed.stderr
    assert deleted.returncode != 0
    assert git(world.origin, "rev-parse", branch).stdout == before


def test_a_push_of_a_branch_is_seen_once_and_attributed(world, git):
    git(world.clone, "switch", "--create", "feature/x", "staging")
    git(world.clone, "commit", "--allow-empty", "-m", "feat: x")
    assert git(world.clone, "push", "origin", "feature/x").returncode == 0
    world.settle()
    world.settle()
    (effect,) = world.read()["effects"]
    assert (effect["provider"], effect["path"], effect["forced"]) == ("git", "refs/heads/feature/x", False)
    assert world.read()["refs"]["feature/x"] == git(world.clone, "rev-parse", "HEAD").stdout.strip()


def test_forced_pushes_are_refused_and_a_rewrite_on_the_server_is_called_forced(world, git):
    git(world.clone, "commit", "--amend", "-m", "fix: rewritten")
    assert git(world.clone, "push", "--force", "origin", "feature/calendar").returncode != 0
    parent = git(world.origin, "rev-parse", "feature/calendar~1").stdout.strip()
    git(world.origin, "update-ref", "refs/heads/feature/calendar", parent)
    world.settle()
    assert world.read()["effects"][-1]["forced"] is True


def test_branches_are_read_from_loose_and_packed_refs_alike(world, git):
    loose = world.repository.branches()
    git(world.origin, "pack-refs", "--all")
    assert world.repository.branches() == loose
    assert len(loose) == 8
    git(world.origin, "update-ref", "refs/heads/main", loose["staging"])
    assert world.repository.branches()["main"] == loose["staging"]


def test_real_merges_and_real_conflicts(world, git):
    origin = world.repository
    refs = origin.branches()
    assert origin.merged_tree(refs["staging"], refs["feature/calendar"])
    git(world.clone, "switch", "--create", "left", "main")
    (world.clone / "README.md").write_text("left\n")
    git(world.clone, "commit", "-am", "left")
    git(world.clone, "switch", "--create", "right", "main")
    (world.clone / "README.md").write_text("right\n")
    git(world.clone, "commit", "-am", "right")
    git(world.clone, "push", "origin", "left", "right")
    refs = origin.branches()
    assert origin.merged_tree(refs["left"], refs["right"]) is None
    (change,) = origin.changes(refs["main"], refs["left"])
    assert (change.path, change.status, change.additions) == ("README.md", "modified", 1)
    assert origin.count(refs["left"], refs["right"]) == (1, 1)


def test_moving_asks_for_the_old_value(world):
    origin = world.repository
    refs = origin.branches()
    origin.move("feature/calendar", refs["main"], refs["staging"])
    assert origin.branches()["feature/calendar"] == refs["feature/calendar"]
    origin.move("new", None, refs["main"])
    origin.move("new", refs["main"], None)
    assert "new" not in origin.branches()
