"""S8 by the command line: a version is named by a person, goes to production, and is tagged after health is good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from strideiq_console.sandbox.world import World
from tests.acceptance.promote_run import Run, commit_on, words, writes


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    opened = World.open(tmp_path / "world", clock="fast:300")
    yield opened
    opened.close()


def untag(world: World) -> None:
    """Let no version ever have been released."""
    for name in ("v1.0.0", "v1.1.0"):
        world.repository.git("update-ref", "-d", f"refs/tags/{name}")
    with world.change() as state:
        state["releases"] = []


def test_a_release_from_no_tags_to_production(tmp_path: Path, world: World) -> None:
    untag(world)
    at = ("--world", str(world.folder))
    before = len(writes(world))
    asked = words(tmp_path, *at, "release", "start", "--plan")
    assert asked.code == 4
    assert "no tag names a version yet" in asked.err
    assert "--version" in asked.err
    assert len(writes(world)) == before

    run = Run(tmp_path, world, "release", "start", "--version", "v0.10.0")
    assert run.plan["title"] == "release v0.10.0"
    since, cut = dict(run.plan["facts"])["since"], dict(run.plan["facts"])["commit"]
    assert (run.last.code, run.step) == (75, "verify")
    run.on("--answer", "yes")
    assert run.step == "merge-main", run.last
    assert not world.repository.git("tag", "--list").strip(), "no tag before health is good"
    assert run.on("--confirm", "production").code == 0, run.last

    state = world.read()
    main = state["refs"]["main"]
    tag = world.repository.git("rev-parse", "refs/tags/v0.10.0^{commit}").strip()
    assert world.repository.git("cat-file", "-t", "refs/tags/v0.10.0").strip() == "tag", "annotated"
    assert world.repository.git("merge-base", "--is-ancestor", tag, main) == ""
    assert len(world.repository.git("log", "-1", "--format=%P", tag).split()) == 2, "on the merge commit, which is no squash"
    (release,) = state["releases"]
    notes = run.result("notes")
    wanted = world.repository.git("rev-list", f"{since}..{notes['until']}").split()
    named = Counter(sha for sha in wanted for line in release["body"].split("\n") if line.endswith(f"`{sha[:7]}`"))
    assert named == dict.fromkeys(wanted, 1), "every commit of the range exactly once"
    assert cut in wanted
    assert "0041\\_intervals" in release["body"], "migrations are named"
    assert "release/v0.10.0" not in state["refs"]
    assert world.repository.git("rev-list", "--count", "staging..main").strip() == "0", "main is merged back into staging"
    assert state["violations"] == []


def test_a_version_that_is_tagged_already_changes_nothing(tmp_path: Path, world: World) -> None:
    at = ("--world", str(world.folder))
    refs, before = world.read()["refs"], len(writes(world))
    for version, why in (("v1.1.0", "v1.1.0 exists already"), ("v1.0.5", "older than v1.1.0"), ("next", "is no version")):
        refused = words(tmp_path, *at, "release", "start", "--version", version, "--plan-hash", "0" * 16)
        assert refused.code in (4, 64), refused
        assert why in refused.err
    asked = words(tmp_path, *at, "release", "start")
    assert asked.code == 4
    assert all(version in asked.err for version in ("v1.2.0", "v2.0.0")), "several fit, and none is taken silently"
    assert (len(writes(world)), world.read()["refs"]) == (before, refs)


def test_only_fixes_come_to_a_release_that_was_cut(tmp_path: Path, world: World) -> None:
    run = Run(tmp_path, world, "release", "start", "--version", "v1.3.0")
    with world.change() as state:
        state["alerts"]["dependabot"][0]["scope"] = "runtime"
    run.on("--answer", "yes", wait="15")
    assert run.step == "gates", "held there, so that somebody has time to push"
    commit_on(world, "release/v1.3.0", "feat(shoes): not for this release")
    held = run.on("--entry", "override=nobody is harmed by it", wait="5")
    assert run.step == "merge-main"
    moved = run.on("--confirm", "production", wait="5")
    assert moved.code in (4, 5), (held, moved)
    assert not [w for w in writes(world) if w.endswith("/merge")], "what came after the freeze is not merged"

    words(tmp_path, *run.at, "abandon", run.id, "--reason", "the branch moved")
    again = Run(tmp_path, world, "release", "start", "--version", "v1.3.0", wait="15")
    assert (again.last.code, again.step) == (4, "freeze"), again.last
    assert "is no fix" in " ".join(again.last.json["awaits"]["reasons"])
