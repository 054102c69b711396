"""A hotfix carried out in the sandbox, exported as evidence from the store alone, and its audit log verified with one command."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

from strideiq_console.sandbox.world import World
from tests.acceptance.console import Shell
from tests.acceptance.test_imports import FORBIDDEN, PROGRAM
from tests.contracts import ROOT

WORDS = {"fix": ("--answer", "yes"), "verify": ("--answer", "yes"), "back-merge": ("--answer", "no")}


def carry_out(shell: Shell, world: World) -> str:
    """Carry a hotfix to production as a script would; return its id."""
    at = ("--world", str(world.folder))
    digits = shell.run(*at, "hotfix", "start", "fix-auth-crash", "--plan", "--json").json["fingerprint"]
    ended = shell.run(*at, "hotfix", "start", "fix-auth-crash", "--plan-hash", digits, "--json")
    world.write_fix("hotfix/fix-auth-crash")
    for _ in range(8):
        run = ended.json
        if ended.code == 0:
            return str(run["id"])
        assert ended.code == 75, ended
        words = WORDS.get((run["awaits"] or {}).get("step"), ("--confirm", "production"))
        ended = shell.run(*at, "resume", run["id"], "--plan-hash", digits, *words, "--wait", "60", "--json")
    raise AssertionError(ended)


def light(shell: Shell, *argv: str) -> str:
    """Run a command in a fresh process that must load neither network nor screen."""
    command = [sys.executable, "-c", PROGRAM.format(forbidden=FORBIDDEN), *argv]
    done = subprocess.run(command, cwd=ROOT, env=shell.environ, capture_output=True, text=True, timeout=60, check=False)
    assert "LOADED []" in done.stderr, done.stderr
    return done.stdout


def test_a_hotfix_is_exported_whole_and_its_audit_log_verifies(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", clock="fast:300")
    at = ("--world", str(world.folder))
    run = carry_out(shell, world)

    facts = json.loads(light(shell, *at, "runs", "export", run[:6], "--json"))
    pulls = {number: pull["merge_sha"] for number, pull in world.read()["pulls"].items() if pull.get("merge_sha")}
    steps = {step["id"]: step for step in facts["steps"]}
    assert facts["execution"]["state"] == "done"
    assert {step["state"] for step in facts["steps"]} == {"done", "skipped"}
    assert steps["merge-main"]["result"]["sha"] in pulls.values()
    assert steps["merge-staging"]["commands"]
    assert sorted(steps["production-live"]["result"]["deployments"]) == ["api", "web"]
    assert steps["staging-live"]["waited_seconds"] > 0
    (snapshot,) = facts["gates"]
    assert {gate["standing"] for gate in snapshot["gates"]} >= {"enforced", "manual", "reported"}
    assert snapshot["merge_sha"] == steps["merge-main"]["result"]["sha"]
    assert [one["sha"] for one in facts["verifications"]] == [steps["verify"]["result"]["sha"]]
    typed = next(one for one in facts["confirmations"] if one["step"] == "merge-main")
    assert (typed["level"], typed["word"]) == (3, "production")
    assert all(one["who"] for one in facts["confirmations"])
    assert any(one["step"] == "back-merge" and one["reason"] == "answered no" for one in facts["decisions"])
    assert facts["audit"]["chain"]["whole"]

    file = tmp_path / "evidence.md"
    light(shell, *at, "runs", "export", run, "--output", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    report = file.read_text()
    assert f"<https://github.com/acme/strideiq/pull/{steps['pr-main']['result']['number']}>" in report
    assert steps["merge-main"]["result"]["sha"] in report
    assert all(row["hash"] in report for row in facts["audit"]["rows"])
    head = json.loads(light(shell, *at, "audit", "verify", "--head", facts["audit"]["chain"]["head"], "--json"))
    assert head["whole"]
    assert head["noted_row"] == head["rows"]
    assert head["head"][:12] in light(shell, *at, "audit", "show", "--limit", "1")
    world.close()
