"""S10 and the schema parts of S3 by the command line: two heads, the order of the ladder, a downgrade with two words."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from strideiq_console.sandbox.world import World
from tests.acceptance.console import Shell

HEADS = ("0042_pace_targets", "0042_race_goals")
ARMED_WITHIN = 60.0
"""Real seconds in which a level 4 step must have become confirmable; it takes ten."""


def at(world: World) -> tuple[str, str]:
    return ("--world", str(world.folder))


def moved(world: World) -> list[str]:
    """Return every run of alembic that changed a database."""
    return [e["path"] for e in world.read()["effects"] if e["provider"] == "database"]


def rows(world: World, environment: str) -> list[str]:
    found: list[str] = world.read()["schema"][environment]["rows"]
    return found


def planned(shell: Shell, world: World, *words: str) -> Any:
    ended = shell.run(*at(world), "migrate", "start", *words, "--plan", "--json")
    assert ended.code == 0, ended
    return ended.json


def test_two_heads_are_named_and_nothing_is_moved_or_imported(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="two-heads", clock="manual")
    clone = world.folder / "clone"
    wrong = shell.git("rev-parse", "feature/pace-targets", cwd=clone)
    for words in (("production", "--commit", wrong), ("local",)):
        refused = shell.run(*at(world), "migrate", "start", *words, "--plan")
        assert refused.code == 4, refused
        for head in HEADS:
            assert f"{head} (apps/api/alembic/versions/{head}.py)" in refused.err
        assert f"alembic merge -m 'merge heads' {' '.join(HEADS)}" in refused.err
        assert "0043_draft.py:8 is unclear" in refused.err
        assert "least of all production's" in refused.err
    shown = shell.run(*at(world), "migrate", "show", "--json")
    assert shown.code == 1, shown
    assert [one["revision"] for one in shown.json["heads"]] == list(HEADS)
    assert any("sentinel.py is unclear" in problem for problem in shown.json["problems"])
    assert list(clone.rglob("*.imported")) == []
    assert moved(world) == []
    world.close()


def test_one_head_climbs_the_ladder_in_its_order(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="two-heads", clock="fast:20")
    clone = world.folder / "clone"
    shell.git("switch", "-q", "feature/gear", cwd=clone)
    gear = shell.git("rev-parse", "HEAD", cwd=clone)
    early = shell.run(*at(world), "migrate", "start", "production", "--commit", gear, "--plan")
    assert early.code == 4, early
    assert "staging does not have 0042_gear yet" in early.err
    skipped = shell.run(*at(world), "migrate", "start", "staging", "--commit", gear, "--plan")
    assert skipped.code == 4, skipped
    assert "local does not have 0042_gear yet" in skipped.err
    for environment, more in (("local", ()), ("staging", ("--commit", gear[:9])), ("production", ("--commit", gear))):
        plan = planned(shell, world, environment, *more)
        ended = shell.run(
            *at(world), "migrate", "start", environment, *more, "--plan-hash", plan["fingerprint"], "--wait", "30", "--json"
        )
        resume = ("resume", "--plan-hash", plan["fingerprint"], "--confirm", environment, "--wait", "30", "--json")
        for _ in range(4):
            if ended.code != 75:
                break
            ended = shell.run(*at(world), *resume)
        assert ended.code == 0, ended
        assert rows(world, environment) == ["0042_gear"]
    expected = ["local/0042_gear", "staging/0042_gear", "production/0041_intervals", "production/0042_gear"]
    assert moved(world) == expected
    shown = shell.run(*at(world), "migrate", "show")
    assert shown.code == 0, shown
    world.close()


def test_a_downgrade_takes_a_fresh_backup_two_right_words_and_ten_seconds(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="schema-rollback", clock="fast:20")
    start = ("production", "--downgrade", "--target", "0041_intervals")
    plan = planned(shell, world, *start)
    assert "keep the schema and roll the code back" in plan["notes"][0]
    (move,) = (step for step in plan["steps"] if step["id"] == "move-1")
    assert move["level"] == 4
    commands = " ".join(effect["command"] for effect in move["effects"])
    assert "downgrade 0041_intervals" in commands
    assert "-1" not in commands.split()
    assert move["effects"][0]["sentence"] == "lost: drops a table: pace_models"
    digits = ("--plan-hash", plan["fingerprint"], "--wait", "20", "--json")
    shell.run(*at(world), "migrate", "start", *start, *digits)
    made = [e["what"] for e in world.read()["effects"] if "backup" in e["what"]]
    assert made == ["backup of production"], "the one that was there is too old for a downgrade"
    words = ("resume", *digits, "--confirm", "production", "--confirm-database")
    right, begun = shell.run(*at(world), *words, "strideiq"), time.monotonic()
    assert right.code == 75, right
    assert moved(world) == [], "too early"
    while time.monotonic() - begun < 10:
        wrong = shell.run(*at(world), *words, "strideiq_staging")
        assert wrong.code == 75, wrong
    wrong = shell.run(*at(world), *words, "strideiq_staging")
    assert (wrong.code, moved(world)) == (75, []), "the wrong database"
    assert any("rows of pace_models" in note for note in wrong.json["awaits"]["checked"])
    while right.code == 75 and time.monotonic() - begun < ARMED_WITHIN:
        right = shell.run(*at(world), *words, "strideiq")
    assert right.code == 0, right
    assert moved(world) == ["production/0041_intervals"]
    assert rows(world, "production") == ["0041_intervals"]
    assert "legacy_paces" in world.read()["schema"]["production"]["tables"]
    world.close()


def test_without_a_backup_that_can_be_made_nothing_is_moved(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="schema-rollback", clock="manual")
    start = ("production", "--downgrade", "--target", "0041_intervals")
    plan = planned(shell, world, *start)
    world.advance(4000)
    held = shell.run(
        *at(world), "migrate", "start", *start, "--plan-hash", plan["fingerprint"], "--confirm", "production", "--json"
    )
    assert held.code == 75, held
    assert held.json["awaits"]["step"] == "prove-backup"
    assert moved(world) == []
    world.close()


def test_a_lock_changes_nothing_and_a_lost_answer_is_adopted(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="calm", clock="manual")
    shell.git("switch", "-q", "staging", cwd=world.folder / "clone")
    plan = planned(shell, world, "local")
    digits = ("--plan-hash", plan["fingerprint"], "--json")
    world.add_fault("alembic", path="local", how="lock")
    locked = shell.run(*at(world), "migrate", "start", "local", *digits)
    assert locked.code == 1, locked
    assert "another session held a lock for too long" in locked.json["awaits"]["reasons"][0]
    assert (moved(world), rows(world, "local")) == ([], ["0040_shoes"])
    world.add_fault("alembic", path="local", how="lost")
    assert shell.run(*at(world), "retry", locked.json["id"], *digits).code in (0, 75)
    ended = shell.run(*at(world), "resume", locked.json["id"], *digits)
    assert ended.code == 0, ended
    assert moved(world) == ["local/0041_intervals"], "the connection broke after it was done: it is not run again"
    world.close()
