"""S7 by the command line: staging goes to main behind a back-merge, a verification and gates, and never squashed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from strideiq_console.sandbox.world import World
from tests.acceptance.promote_run import Run, commit_on, words, writes

REASON = "the fix is not out upstream, and the page never parses such text"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = World.open(tmp_path / "world", clock="fast:300")
    yield opened
    opened.close()


def test_staging_behind_main_is_merged_back_and_verified_before_anything_goes_to_main(tmp_path: Path, world: World) -> None:
    commit_on(world, "main", "fix(api): by hand, straight on main")
    before = len(writes(world))
    run = Run(tmp_path, world, "promote", "start")
    riders = [effect["sentence"] for step in run.plan["steps"] if step["id"] == "look" for effect in step["effects"]]
    assert any("feat(plan): interval builder (#39) (not verified)" in line for line in riders)
    assert any(line.startswith("migrations in range: apps/api/alembic/versions/") for line in riders)

    did = writes(world)[before:]
    assert did[0] == "POST pulls", "the first effect is the pull request of the back-merge"
    state = world.read()
    assert (state["pulls"]["43"]["head"], state["pulls"]["43"]["base"]) == ("main", "staging")
    assert did[1] == "PUT pulls/43/merge"
    assert not [w for w in did if w == "PUT pulls/44/merge"]
    assert (run.last.code, run.step) == (75, "verify"), "staging moved, so it is tried again"

    assert run.on("--answer", "yes").code == 75
    assert run.step == "merge-main"
    listed = [one["sha"] for one in run.result("riders")["commits"]]
    assert sorted(listed) == sorted(world.repository.git("rev-list", "main..staging").split())
    assert all(one["verified"] for one in run.result("riders")["commits"])
    body = world.read()["pulls"]["44"]["body"]
    assert all(sha[:7] in body for sha in listed), "the pull request lists every commit that rides along"

    assert run.on("--confirm", "production").code == 0, run.last
    state = world.read()
    parents = world.repository.git("log", "-1", "--format=%P", state["refs"]["main"]).split()
    assert len(parents) == 2, "a merge commit, never a squash"
    glance = words(tmp_path, *run.at, "glance", "--live", "--json").json
    production = next(e for e in glance["environments"] if e["name"] == "production")
    assert production["live"]["web"]["sha"] == production["live"]["api"]["sha"] == state["refs"]["main"]
    assert state["violations"] == []


def test_a_commit_that_nobody_has_tried_holds_them_all(tmp_path: Path, world: World) -> None:
    run = Run(tmp_path, world, "promote", "start")
    assert run.step == "verify"
    run.on("--answer", "yes")
    assert run.step == "merge-main"
    commit_on(world, "staging", "feat(shoes): count the kilometres")
    merges = [w for w in writes(world) if w.endswith("/merge")]
    refused = run.on("--confirm", "production", wait="5")
    assert refused.code in (4, 5), refused
    assert [w for w in writes(world) if w.endswith("/merge")] == merges

    words(tmp_path, *run.at, "abandon", run.id, "--reason", "staging moved")
    again = Run(tmp_path, world, "promote", "start")
    assert (again.last.code, again.step) == (75, "verify"), "the new head is tried before it goes anywhere"
    assert again.on("--confirm", "production", wait="5").code == 75
    assert [w for w in writes(world) if w.endswith("/merge")] == merges


def test_an_unmet_gate_is_passed_by_only_with_a_reason_which_the_pull_request_tells(tmp_path: Path, world: World) -> None:
    with world.change() as state:
        state["alerts"]["dependabot"][0]["scope"] = "runtime"
    run = Run(tmp_path, world, "promote", "start")
    held = run.on("--answer", "yes", wait="5")
    assert (held.code, run.step) == (4, "gates")
    assert "postcss (low)" in " ".join(held.json["awaits"]["reasons"])
    short = run.on("--entry", "override=short", wait="0")
    assert short.code == 4, short
    assert "10 characters" in " ".join(short.json["awaits"]["reasons"])
    passed = run.on("--entry", f"override={REASON}", wait="30")
    assert (passed.code, run.step) == (75, "merge-main")
    assert run.result("gates")["override"] == REASON
    assert run.on("--confirm", "production").code == 0, run.last
    remarks = [one for one in world.read()["pulls"]["43"]["reviews"] if one["state"] == "COMMENTED"]
    assert [REASON in one["body"] for one in remarks] == [True], "the pull request tells it once"
