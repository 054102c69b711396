"""S5 by the command line: a hotfix carried to production without a terminal, as DESIGN section 10 promises it to scripts."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from strideiq_console.sandbox.world import World
from tests.acceptance.console import Shell

BRANCH = "hotfix/fix-auth-crash"


def writes(world: World) -> list[str]:
    return [f"{e['method']} {e['path']}" for e in world.read()["effects"]]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.open(tmp_path / "world", clock="fast:300")


def test_a_hotfix_from_the_plan_to_production(shell: Shell, world: World) -> None:
    at = ("--world", str(world.folder))
    before = len(writes(world))

    plan = shell.run(*at, "hotfix", "start", "fix-auth-crash", "--plan", "--json")
    assert plan.code == 0
    digits = plan.json["fingerprint"]
    merge = next(s for s in plan.json["steps"] if s["id"] == "merge-main")
    assert merge["level"] == 3
    assert all(effect.keys() == {"sentence", "command"} for s in plan.json["steps"] for effect in s["effects"])
    assert len(writes(world)) == before, "a plan has no effect"

    assert shell.run(*at, "hotfix", "start", "fix-auth-crash").code == 64, "without a terminal a plan hash is needed"
    assert shell.run(*at, "hotfix", "start", "fix-auth-crash", "--plan-hash", "0" * 16).code == 5
    assert len(writes(world)) == before

    started = shell.run(*at, "hotfix", "start", "fix-auth-crash", "--plan-hash", digits, "--json")
    assert started.code == 75, started
    (run,) = shell.run(*at, "runs", "--json").json["executions"]
    assert run["runbook"] == "hotfix"
    assert {"id", "runbook", "state", "steps"} <= run.keys()

    too_early = shell.run(*at, "resume", run["id"], "--plan-hash", digits, "--answer", "yes", "--json")
    assert too_early.code == 4, "no commit yet"
    world.write_fix(BRANCH)

    fixed = shell.run(*at, "resume", run["id"], "--plan-hash", digits, "--answer", "yes", "--wait", "60", "--json")
    assert fixed.code == 75, fixed
    assert sum("PUT" in w and "merge" in w for w in writes(world)) == 1, "staging only"

    locked = shell.run(*at, "resume", run["id"], "--plan-hash", digits, "--confirm", "production", "--wait", "5", "--json")
    assert locked.code == 75, "main is locked until staging is verified, whatever word is typed"
    assert sum("PUT" in w and "merge" in w for w in writes(world)) == 1

    verified = shell.run(*at, "resume", run["id"], "--plan-hash", digits, "--answer", "yes", "--wait", "60", "--json")
    assert verified.code == 75
    wrong = shell.run(*at, "resume", run["id"], "--plan-hash", digits, "--confirm", "prod", "--wait", "5", "--json")
    assert wrong.code == 75
    assert sum("PUT" in w and "merge" in w for w in writes(world)) == 1, "the wrong word merges nothing"

    merged = shell.run(*at, "resume", run["id"], "--plan-hash", digits, "--confirm", "production", "--wait", "60", "--json")
    assert merged.code == 75, merged
    assert sum("PUT" in w and "merge" in w for w in writes(world)) == 2
    last = shell.run(*at, "resume", run["id"], "--plan-hash", digits, "--answer", "yes", "--wait", "60", "--json")
    assert last.code == 0, last

    state = world.read()
    assert BRANCH not in state["refs"]
    assert state["pulls"]["45"]["head"] == "main", "the back-merge was offered and opened"
    glance = shell.run(*at, "glance", "--live", "--json").json
    production = next(e for e in glance["environments"] if e["name"] == "production")
    assert production["live"]["web"]["sha"] == production["live"]["api"]["sha"] == state["refs"]["main"]
    assert glance["schema"]
    assert state["violations"] == []


def test_undo_gives_everything_back(shell: Shell, tmp_path: Path) -> None:
    # Slow enough that the checks are still running when it is turned round, however busy this machine is.
    world = World.open(tmp_path / "world", clock="fast:20")
    at = ("--world", str(world.folder))
    refs = world.read()["refs"]
    digits = shell.run(*at, "hotfix", "start", "fix-auth-crash", "--plan", "--json").json["fingerprint"]
    assert shell.run(*at, "sandbox", "fix", BRANCH).code == 64, "there is no such branch yet"
    shell.run(*at, "hotfix", "start", "fix-auth-crash", "--plan-hash", digits)
    assert shell.run(*at, "sandbox", "fix", BRANCH).code == 0
    shell.run(*at, "resume", "--plan-hash", digits, "--answer", "yes", "--json")
    assert BRANCH in world.read()["refs"]
    undone = shell.run(*at, "undo", "--plan-hash", digits, "--json")
    assert undone.code == 0, undone
    state = world.read()
    assert state["refs"] == refs
    assert state["pulls"]["43"]["state"] == state["pulls"]["44"]["state"] == "closed"
    assert shell.git("rev-parse", "--abbrev-ref", "HEAD", cwd=world.clone) == "feature/calendar"
    assert shell.git("rev-parse", "--verify", BRANCH, cwd=world.clone), "the founder's commit stays"


def test_the_solo_founder_is_warned_before_it_starts(shell: Shell, tmp_path: Path) -> None:
    solo = ("--world", str(tmp_path / "solo"), "--scenario", "solo", "--clock", "fast:300")
    plan = shell.run(*solo, "hotfix", "start", "x", "--plan")
    assert "approve" in plan.out + plan.err
    assert "way" in (plan.out + plan.err).lower()
    doctor = shell.run(*solo, "doctor")
    assert doctor.code in (1, 2)


def test_a_half_done_hotfix_is_taken_over_and_only_what_is_missing_is_done(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "half"
    at = ("--world", str(folder))
    glance = shell.run(*at, "--scenario", "half-done-hotfix", "--clock", "fast:300", "glance", "--live", "--json")
    assert any(b["name"] == BRANCH for b in glance.json["branches"])
    world = World.open(folder)
    before = len(world.read()["effects"])
    digits = shell.run(*at, "hotfix", "start", "fix-auth-crash", "--plan", "--json").json["fingerprint"]
    assert shell.run(*at, "hotfix", "start", "fix-auth-crash", "--plan-hash", digits).code == 75
    words = {"fix": ("--answer", "yes"), "verify": ("--answer", "yes"), "back-merge": ("--answer", "no")}
    for _ in range(8):
        (run,) = shell.run(*at, "runs", "--json").json["executions"]
        current = next((s["id"] for s in run["steps"] if s["state"] not in ("done", "skipped")), "")
        more = words.get(current, ("--confirm", "production"))
        ended = shell.run(*at, "resume", run["id"], "--plan-hash", digits, *more, "--wait", "60")
        if ended.code == 0:
            break
        assert ended.code == 75, ended
    assert ended.code == 0
    did = [f"{e['method']} {e['path'].split('/strideiq/')[-1]}" for e in world.read()["effects"][before:]]
    assert [d for d in did if d.startswith("POST pulls") and "reviews" not in d] == []
    assert [d for d in did if d.startswith("PUSH")] == []
    assert [d for d in did if d.endswith("/merge")] == ["PUT pulls/44/merge"]
    world.close()


def test_a_kill_after_the_first_pull_request_opens_only_the_second(shell: Shell, world: World) -> None:
    at = ("--world", str(world.folder))
    digits = ("--plan-hash", shell.run(*at, "hotfix", "start", "fix-auth-crash", "--plan", "--json").json["fingerprint"])
    run = shell.run(*at, "hotfix", "start", "fix-auth-crash", *digits, "--json").json["id"]
    world.write_fix(BRANCH)
    words = (*at, "resume", run, *digits, "--answer", "yes", "--wait", "60")
    killed = shell.dying("POST", "/pulls", *words)
    assert killed == -signal.SIGKILL
    opened = [w for w in writes(world) if w.startswith("POST") and w.endswith("/pulls")]
    assert len(opened) == 1
    resumed = shell.run(*at, "resume", run, *digits, "--wait", "60", "--json")
    assert resumed.code == 75, resumed
    pulls = {p["base"]: p for p in world.read()["pulls"].values() if p["head"] == BRANCH}
    assert set(pulls) == {"staging", "main"}
    assert len([w for w in writes(world) if w.startswith("POST") and w.endswith("/pulls")]) == 2
    assert BRANCH in world.read()["refs"], "the branch stays until both are merged"
