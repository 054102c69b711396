"""S6 by the command line: a feature from a text to a verified staging, with real git in a world of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.sandbox.world import World
from tests.acceptance.console import Shell

BRANCH = "feature/training-calendar"
PAGE = "apps/web/app/calendar.tsx"
MESSAGE = "feat(web): show the training calendar\n\n- one week at a time\n\nCloses #12\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.open(tmp_path / "world", clock="fast:300")


def writes(world: World) -> list[str]:
    return [f"{e['method']} {e['path'].split('/strideiq/')[-1]}" for e in world.read()["effects"]]


def test_a_dirty_clone_is_refused_with_three_choices(shell: Shell, world: World) -> None:
    at = ("--world", str(world.folder))
    (world.clone / "README.md").write_text("# mine\n", encoding="utf-8")
    before, refs = len(writes(world)), shell.git("for-each-ref", cwd=world.clone)
    refused = shell.run(*at, "feature", "start", "Training calendar", "--plan")
    assert refused.code == 4
    for choice in ("commit them", "second work tree", "stop"):
        assert choice in refused.err
    beside = shell.run(*at, "feature", "start", "Training calendar", "--where", "worktree", "--plan", "--json")
    assert beside.code == 0, beside
    folder = Path(beside.json["facts"]["worktree"])
    begun = shell.run(
        *at, "feature", "start", "training-calendar", "--where", "worktree", "--plan-hash", beside.json["fingerprint"], "--json"
    )
    assert begun.code == 75, begun
    assert (folder / ".git").is_file()
    assert (world.clone / "README.md").read_text(encoding="utf-8") == "# mine\n"
    assert len(writes(world)) == before, "nothing reached the outside"
    assert BRANCH in shell.git("for-each-ref", cwd=world.clone)
    assert BRANCH not in refs


def test_a_feature_from_its_text_to_a_verified_staging(shell: Shell, world: World) -> None:
    at = ("--world", str(world.folder))
    plan = shell.run(*at, "feature", "start", "Training calendar", "--plan", "--json")
    assert plan.code == 0, plan
    assert "feature start training-calendar" in plan.json["next"]
    digits = ("--plan-hash", plan.json["fingerprint"])
    started = shell.run(*at, "feature", "start", "Training calendar", *digits, "--json")
    assert started.code == 75, started
    run, staging = started.json["id"], world.read()["refs"]["staging"]
    assert shell.git("rev-parse", BRANCH, cwd=world.clone) == staging, "it starts from what origin's staging is"

    (world.clone / PAGE).parent.mkdir(parents=True, exist_ok=True)
    (world.clone / PAGE).write_text("export default function Calendar() {\n  return null;\n}\n", encoding="utf-8")
    (world.clone / ".env.production").write_text("DATABASE_URL=postgres://x\n", encoding="utf-8")
    shown = shell.run(*at, "resume", run, *digits, "--json").json["awaits"]
    (files, message, more) = shown["form"]["fields"]
    assert {o["value"]: bool(o["refused"]) for o in files["options"]} == {".env.production": True, PAGE: False}
    assert (message["default"], more["required"]) == ("feat: ", False)

    leak = shell.run(*at, "resume", run, *digits, "--files", PAGE, ".env.production", "--message", MESSAGE, "--json")
    assert leak.code == 64
    assert "environment file" in leak.err
    loose = shell.run(*at, "resume", run, *digits, "--files", PAGE, "--message", "some work", "--json")
    assert loose.code == 4, loose
    assert shell.git("rev-parse", BRANCH, cwd=world.clone) == staging, "nothing is committed yet"

    told = world.folder / "message"
    told.write_text(MESSAGE, encoding="utf-8")
    words = ("--files", PAGE, "--message-file", str(told), "--wait", "5", "--json")
    committed = shell.run(*at, "resume", run, *digits, *words)
    assert committed.code == 75, committed
    assert committed.json["awaits"]["step"] == "try-here"
    assert any("not running" in note for note in committed.json["awaits"]["form"]["notes"])
    assert shell.git("show", "--name-only", "--format=%B", BRANCH, cwd=world.clone).split() == [*MESSAGE.split(), PAGE]

    tried = shell.run(*at, "resume", run, *digits, "--answer", "yes", "--wait", "120", "--json")
    assert tried.code == 75, tried
    assert tried.json["awaits"]["step"] == "verify"
    steps = {step["id"]: step for step in tried.json["steps"]}
    head = shell.git("rev-parse", BRANCH, cwd=world.clone)
    assert any(f"sha={head}" in command for command in steps["merge"]["commands"]), "merged with the head that was looked at"
    pull = world.read()["pulls"][str(steps["pull-request"]["result"]["number"])]
    assert pull["base"] == "staging"
    assert "Closes #12" in pull["body"]

    verified = shell.run(*at, "resume", run, *digits, "--entry", "note=one week, on a phone", "--wait", "60", "--json")
    assert verified.code == 0, verified
    kept = next(step for step in verified.json["steps"] if step["id"] == "verify")["result"]
    assert (kept["note"], kept["sha"]) == ("one week, on a phone", steps["staging-live"]["result"]["sha"])
    assert kept["probes"]
    state = world.read()
    assert BRANCH not in state["refs"]
    assert state["violations"] == []
    assert (world.clone / ".env.production").exists()


def test_a_branch_that_moved_is_not_merged(shell: Shell, world: World) -> None:
    at = ("--world", str(world.folder))
    digits = ("--plan-hash", shell.run(*at, "feature", "start", "x", "--plan", "--json").json["fingerprint"])
    run = shell.run(*at, "feature", "start", "x", *digits, "--json").json["id"]
    world.write_fix("feature/x")
    world.add_fault("status", method="PUT", path="/merge$", status=409, body={"message": "Head branch was modified"})
    shell.run(*at, "resume", run, *digits, "--answer", "yes")
    moved = shell.run(*at, "resume", run, *digits, "--answer", "yes", "--wait", "120", "--json")
    assert moved.code == 5, moved
    assert any("branch moved" in reason for reason in moved.json["awaits"]["reasons"])
