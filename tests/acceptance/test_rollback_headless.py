"""S2, S3 and S4 by the command line: back by the providers, across a migration, and by pull request; no word, no mutation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from strideiq_console.sandbox.world import World
from tests.acceptance.console import Ended, Shell

DROPPING = "0042_drop_legacy_pace"


def writes(world: World) -> list[str]:
    """Return every request that changed something at GitHub, Vercel or Railway."""
    return [f"{e['method']} {e['path']}" for e in world.read()["effects"]]


def at(world: World) -> tuple[str, str]:
    return ("--world", str(world.folder))


def production(shell: Shell, world: World, *more: str) -> Any:
    glance = shell.run(*at(world), "glance", "--json", *more).json
    return next(e for e in glance["environments"] if e["name"] == "production"), str(glance["verdict"])


def carried(shell: Shell, world: World, digits: str, *words: str, most: int = 6) -> Ended:
    """Go on, giving the word whenever it is asked for, until nothing more can be done so."""
    typed = ("--plan-hash", digits, "--confirm", "production", "--wait", "30", "--json")
    ended = shell.run(*at(world), *words, *typed)
    for _ in range(most):
        if ended.code != 75:
            break
        ended = shell.run(*at(world), "resume", *typed)
    return ended


def serving(world: World) -> dict[str, str]:
    """Return which deployment serves each component of production."""
    return dict(world.read()["live"]["production"])


def test_both_providers_go_back_after_one_word_and_the_pin_stays_in_sight(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="bad-deploy", clock="fast:300")
    before, bad = len(writes(world)), serving(world)
    listed = shell.run(*at(world), "rollback", "list", "--json").json["candidates"]
    assert [listed[0]["live"], listed[1]["live"]] == [True, False]
    assert (listed[1]["migrations"], [part["eligible"] for part in listed[1]["components"]]) == (0, [True, True])

    plan = shell.run(*at(world), "rollback", "--plan", "--json")
    assert plan.code == 0, plan
    assert [(s["id"], s["level"]) for s in plan.json["steps"]] == [("roll-back-web", 3), ("roll-back-api", 3), ("live", 0)]
    assert any("main is still bad" in note for note in plan.json["notes"])
    digits = plan.json["fingerprint"]
    wrong = shell.run(*at(world), "rollback", "start", "--plan-hash", digits, "--confirm", "prod", "--json")
    assert wrong.code == 75, wrong
    shown = [effect["command"] for effect in wrong.json["awaits"]["effects"] if effect["command"]]
    targets = [part["deployment"] for part in listed[1]["components"]]
    assert len(shown) == 2
    assert all(target in command for target, command in zip(targets, shown, strict=True)), "one dialog names both"
    assert len(writes(world)) == before, "a wrong word changes nothing"

    ended = shell.run(*at(world), "resume", "--plan-hash", digits, "--confirm", "production", "--wait", "60", "--json")
    assert ended.code == 0, ended
    made = writes(world)[before:]
    assert len(made) == 2, made
    assert targets[0] in made[0]
    shas = {e["sha"] for e in world.read()["deployments"] if e["id"] in serving(world).values()}
    assert shas == {listed[1]["sha"]}

    shell.run(*at(world), "glance", "--live", "--json")
    row, verdict = production(shell, world)
    assert row["pinned"] is True
    assert "pinned" in verdict
    assert listed[1]["sha"][:7] in verdict
    assert "strideiq rollback promote" in verdict

    undone = shell.run(*at(world), "undo", ended.json["id"], "--plan-hash", digits, "--json")
    assert undone.code == 0, undone
    assert serving(world)["web"] == bad["web"]
    assert not world.read()["vercel"]["pinned"]
    assert world.read()["violations"] == []
    world.close()


def test_a_pin_is_lifted_by_promoting_what_main_holds(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="bad-deploy", clock="fast:300")
    bad = serving(world)
    assert shell.run(*at(world), "rollback", "promote", "--plan").code == 4, "nothing is pinned yet"
    web = ("rollback", "start", "--components", "web")
    digits = shell.run(*at(world), *web, "--plan", "--json").json["fingerprint"]
    assert carried(shell, world, digits, *web).code == 0
    assert serving(world)["web"] != bad["web"]
    assert serving(world)["api"] == bad["api"], "only what was asked for goes back"
    plan = shell.run(*at(world), "rollback", "promote", "--plan", "--json")
    assert plan.code == 0, plan
    digits = plan.json["fingerprint"]
    before = len(writes(world))
    ended = carried(shell, world, digits, "rollback", "promote")
    assert ended.code == 0, ended
    assert len(writes(world)) == before + 1
    assert serving(world) == bad
    shell.run(*at(world), "glance", "--live", "--json")
    assert production(shell, world)[0]["pinned"] is False
    world.close()


def test_across_a_migration_the_files_stay_and_the_rest_goes_back(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="schema-rollback", clock="manual")
    plan = shell.run(*at(world), "rollback", "--plan", "--json").json
    told = "\n".join(plan["notes"])
    assert plan["facts"]["chosen-way"] == "keep the migration files, revert the rest"
    assert "also possible: schema first with the new code, then code" in told
    assert f"not possible, provider rollback: the database is at {DROPPING}" in told
    assert "drops a table: legacy_paces" in told
    assert "newest backup" in told
    assert "min old" in told
    digits = plan["fingerprint"]
    started = shell.run(*at(world), "rollback", "start", "--plan-hash", digits, "--json")
    assert started.code == 75, started
    target, main = plan["facts"]["goes-back-to"], plan["facts"]["main"]
    clone, branch = world.folder / "clone", f"hotfix/revert-{main[:7]}"
    differs = shell.git("diff", "--name-only", target, branch, cwd=clone).split()
    assert differs
    assert all("alembic/versions/" in path for path in differs), "every other path is the target's"
    assert any(DROPPING in path for path in differs)
    assert shell.git("diff", "--name-only", main, branch, "--", "apps/api/alembic/versions", cwd=clone) == ""
    assert world.read()["refs"]["main"] == main

    world.advance(4000)
    stale = shell.run(*at(world), "rollback", "start", "--way", "schema-first", "--plan")
    assert stale.code == 4, stale
    assert "no verified backup of the last 60 min" in stale.err
    world.close()


def test_one_merge_is_taken_back_by_pull_request_and_a_founder_alone_is_told(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="solo", clock="fast:300")
    clone = world.folder / "clone"
    main = world.read()["refs"]["main"]
    blame = ("rollback", "start", "--blame", main[:9], "--way", "keep-files")
    plan = shell.run(*at(world), *blame, "--plan", "--json").json
    assert any("GitHub lets nobody approve their own pull request" in note for note in plan["notes"])
    head = shell.git("rev-parse", "HEAD", cwd=clone)
    ended = carried(shell, world, plan["fingerprint"], *blame)
    assert ended.code == 4, ended
    reasons = " ".join(ended.json["awaits"]["reasons"])
    assert all(f"way out {number}" in reasons for number in (1, 2, 3))
    branch = f"hotfix/revert-{main[:7]}"
    state = world.read()
    (pull,) = [p for p in state["pulls"].values() if p["head"] == branch]
    assert pull["base"] == "main"
    assert state["refs"]["main"] == main, "nothing was pushed or merged to main"
    assert shell.git("rev-parse", f"{branch}^", cwd=clone) == main
    first_parent = shell.git("diff", "--name-only", f"{main}^1", branch, cwd=clone).split()
    assert all("alembic/versions/" in path for path in first_parent), "taken back against the first parent"
    assert shell.git("rev-parse", "HEAD", cwd=clone) == head
    assert state["violations"] == []
    world.close()


def test_a_conflict_leaves_tree_index_and_head_as_they_were(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", clock="fast:300")
    clone, origin = world.folder / "clone", world.folder / "origin.git"
    first, second = _two_on_main(shell, world, clone, origin)
    (clone / "README.md").write_text("mine, not saved\n")
    before = [shell.git(*words, cwd=clone) for words in (("status", "--porcelain"), ("rev-parse", "HEAD"), ("ls-files", "-s"))]
    plan = shell.run(*at(world), "rollback", "start", "--blame", first, "--plan", "--json")
    assert plan.code == 0, plan
    ended = shell.run(*at(world), "rollback", "start", "--blame", first, "--plan-hash", plan.json["fingerprint"], "--json")
    assert ended.code == 1, ended
    assert "README.md" in ended.json["awaits"]["reasons"][0]
    after = [shell.git(*words, cwd=clone) for words in (("status", "--porcelain"), ("rev-parse", "HEAD"), ("ls-files", "-s"))]
    assert after == before
    assert (clone / "README.md").read_text() == "mine, not saved\n"
    assert shell.git("rev-parse", f"hotfix/revert-{first[:7]}", cwd=clone) == second, "the branch stands where it was made"
    world.close()


def _two_on_main(shell: Shell, world: World, clone: Path, origin: Path) -> tuple[str, str]:
    """Put two commits on main that change the same line, as two merged pull requests would."""
    scratch = world.folder.parent / "scratch"
    shell.git("clone", "--quiet", "--branch", "main", str(origin), str(scratch), cwd=world.folder.parent)
    shas = []
    for words in ("one", "two"):
        (scratch / "README.md").write_text(f"StrideIQ, version {words}\n")
        shell.git("commit", "--quiet", "--all", "--message", f"docs: say {words}", cwd=scratch)
        shas.append(shell.git("rev-parse", "HEAD", cwd=scratch))
    shell.git("fetch", "--quiet", str(scratch), "main", cwd=origin)
    shell.git("update-ref", "refs/heads/main", shas[-1], cwd=origin)
    with world.change() as state:
        state["refs"]["main"] = shas[-1]
    return shas[0], shas[1]


@pytest.mark.parametrize("word", ["zzzzzzz", "abc", "0000000"])
def test_a_commit_that_is_none_is_refused_before_anything_is_asked(shell: Shell, tmp_path: Path, word: str) -> None:
    world = World.open(tmp_path / "world", clock="manual")
    refused = shell.run(*at(world), "rollback", "start", word, "--plan")
    assert refused.code == 64, refused
    assert "strideiq rollback list" in refused.err
    world.close()
