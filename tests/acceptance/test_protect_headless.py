"""Protecting main and staging by the command line, against the simulated GitHub: planned, confirmed, enforced, taken back."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from strideiq_console.sandbox.rules import REQUIRED, effective, moving_refusal
from strideiq_console.sandbox.world import World
from tests.acceptance.console import Ended, Shell
from tests.sandbox.hub import Hub

GUARD = {
    "id": 900,
    "name": "guard production",
    "enforcement": "active",
    "include": ["~DEFAULT_BRANCH"],
    "bypass_actors": [{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}],
    "rules": [
        {
            "type": "pull_request",
            "parameters": {
                "required_approving_review_count": 2,
                "dismiss_stale_reviews_on_push": True,
                "require_code_owner_review": False,
                "require_last_push_approval": False,
                "required_review_thread_resolution": False,
            },
        }
    ],
}


def loosen(world: World, kind: str) -> None:
    """Leave classic protection alone that lacks something, a ruleset that lacks something, or nothing."""
    with world.change() as state:
        if kind == "classic":
            for branch in ("main", "staging"):
                state["protection"][branch] |= {"contexts": ["scan"], "strict": False, "admins": False, "force": True}
            return
        state["protection"] = {}
        if kind == "ruleset":
            state["rulesets"].append(copy.deepcopy(GUARD))


async def rules(world: World) -> list[Any]:
    """Return all that GitHub tells of what protects both branches, without when it was changed."""
    hub = Hub(world)
    found: list[Any] = []
    for branch in ("main", "staging"):
        answer = await hub.ask("GET", f"/branches/{branch}/protection")
        found.append((answer.status_code, answer.json()))
    for listed in await hub.get("/rulesets"):
        whole = await hub.get(f"/rulesets/{listed['id']}")
        found.append({name: value for name, value in whole.items() if name != "updated_at"})
    return found


def planned(shell: Shell, at: tuple[str, ...], *more: str) -> str:
    """Return the fingerprint of the plan."""
    plan = shell.run(*at, "protect", "start", *more, "--plan", "--json")
    assert plan.code == 0, plan
    return str(plan.json["fingerprint"])


def confirmed(shell: Shell, at: tuple[str, ...], digits: str, *more: str) -> tuple[Ended, str]:
    """Start with the plan's hash and type the word until nothing is asked; return the last answer and the id."""
    word = ("--plan-hash", digits, "--confirm", "production", "--json")
    ended = shell.run(*at, "protect", "start", *more, *word)
    for _ in range(3):
        if ended.code != 75:
            break
        ended = shell.run(*at, "resume", *word)
    return ended, ended.json["id"]


@pytest.mark.parametrize("kind", ["classic", "ruleset", "none"])
async def test_protected_and_taken_back_to_the_last_byte(shell: Shell, tmp_path: Path, kind: str) -> None:
    world = World.open(tmp_path / "world", clock="fast:300")
    at = ("--world", str(world.folder))
    loosen(world, kind)
    before, effects = await rules(world), len(world.read()["effects"])

    plan = shell.run(*at, "protect", "start", "--plan", "--json").json
    assert [step["level"] for step in plan["steps"]] == [3, 3, 0]
    assert len(world.read()["effects"]) == effects, "a plan has no effect"
    digits = plan["fingerprint"]
    ended, execution = confirmed(shell, at, digits)
    assert ended.code == 0, ended
    state = world.read()
    assert len(state["effects"]) == effects + 2, "one request for each branch"
    assert effective(state, "main").approvals == (2 if kind == "ruleset" else 1)
    assert effective(state, "main").strict
    for branch in ("main", "staging"):
        assert set(REQUIRED) <= set(effective(state, branch).contexts)
        assert moving_refusal(state, branch, old="1", new="2", forced=True) == "Cannot force-push to this branch"
        assert moving_refusal(state, branch, old="1", new=None, forced=False)
    if kind == "classic":
        assert "scan" in effective(state, "main").contexts
    assert [r["name"] for r in state["rulesets"]] == {
        "classic": [],
        "ruleset": ["guard production", "StrideIQ staging"],
        "none": ["StrideIQ main", "StrideIQ staging"],
    }[kind]

    again = shell.run(*at, "protect", "start", "--plan", "--json").json
    assert all("change nothing" in step["effects"][-1]["sentence"] for step in again["steps"][:2])

    undone = shell.run(*at, "undo", execution, "--plan-hash", digits, "--json")
    assert undone.code == 0, undone
    assert await rules(world) == before
    assert world.read()["violations"] == []
    world.close()


async def test_a_founder_alone_is_told_and_may_decide_for_no_approval(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "solo", scenario="solo", clock="fast:300")
    at = ("--world", str(world.folder))
    before = await rules(world)
    told = shell.run(*at, "protect", "start", "--plan")
    assert "main will deadlock" in told.out
    assert "a bot token that opens the pull requests, a second account that reviews, --approvals 0" in told.out
    digits = planned(shell, at, "--approvals", "0")
    ended, execution = confirmed(shell, at, digits, "--approvals", "0")
    assert ended.code == 0, ended
    assert effective(world.read(), "main").approvals == 0
    assert shell.run(*at, "undo", execution, "--plan-hash", digits).code == 0
    assert await rules(world) == before

    loosen(world, "none")
    plan = shell.run(*at, "protect", "start", "--plan", "--json").json
    assert plan["facts"]["approvals-main"] == "0", "no approval is asked for that nobody could give"
    world.close()


@pytest.mark.parametrize(("kind", "named"), [("plan", "free plan"), ("permission", "Administration: ")])
def test_what_forbids_it_is_named_before_anything_is_confirmed(shell: Shell, tmp_path: Path, kind: str, named: str) -> None:
    world = World.open(tmp_path / "world", clock="fast:300")
    at = ("--world", str(world.folder))
    with world.change() as state:
        if kind == "plan":
            state["repository"] |= {"plan": "free", "private": True}
        else:
            del state["permissions"][state["tokens"]["github"]["login"]]["administration"]
    plan = shell.run(*at, "protect", "start", "--plan", "--json")
    assert plan.code == 4, plan
    assert named in plan.err
    assert shell.run(*at, "runs", "--json").json["executions"] == []
    world.close()
