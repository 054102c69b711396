"""S2, S3 and S4 by keys: back by the providers in five keys and a word, across a migration, and one commit by pull request."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.domain.runbook.execution import ExecutionState
from strideiq_console.sandbox.world import World
from strideiq_console.ui.screens.confirm import ConfirmDialog
from tests.acceptance.console import Shell
from tests.acceptance.keys import sitting

DROPPING = "0042_drop_legacy_pace"
FOLDER = "apps/api/alembic/versions"
pytestmark = pytest.mark.timeout(240)


def serving(world: World) -> dict[str, str]:
    """Return which deployment serves each component of production."""
    return dict(world.read()["live"]["production"])


async def test_five_keys_and_the_word_take_both_providers_back_and_the_pin_outlives_a_restart(tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="bad-deploy", clock="fast:60")
    bad = serving(world)
    async with sitting(world, size=(80, 24)) as founder:
        before, began = len(founder.effects()), founder.pressed
        await founder.press("W", "b")
        await founder.sees("provider rollback level 3", "0 migr.", "enter roll back")
        shown = {part.component: part.deployment_id for part in founder.app.screen.candidate.components}  # type: ignore[attr-defined]
        await founder.press("enter")
        await founder.dialog(ConfirmDialog)
        await founder.sees("PRODUCTION", "Type production to go on")
        await founder.write("prod")
        await founder.pilot.press("enter")
        await founder.pilot.press("tab", "enter")
        await founder.idle()
        assert len(founder.effects()) == before, "the wrong word changes nothing"
        await founder.stands_at("roll-back-web")
        await founder.confirm("roll-back-web", "production")
        assert founder.pressed - began - 1 <= 5, "the dialog was left for the wrong word, and opened once more"
        await founder.until(lambda: founder.execution.state is ExecutionState.DONE)
        made = founder.effects()[before:]
        assert len(made) == 2, made
        assert shown["web"] in made[0]
        assert serving(world) != bad
        shas = {one["sha"] for one in world.read()["deployments"] if one["id"] in serving(world).values()}
        assert len(shas) == 1

    async with sitting(world, size=(80, 24), sees="pinned") as founder:
        await founder.press("W", "b")
        await founder.sees("P promotes what main holds")
        await founder.press("P")
        await founder.consent("production")
        await founder.until(lambda: founder.execution.state is ExecutionState.DONE)
        assert serving(world)["web"] == bad["web"], "main's build serves again"
        assert world.read()["violations"] == []
    world.close()


async def test_across_a_migration_the_simple_way_is_closed_and_the_files_stay(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="schema-rollback", clock="fast:10")
    clone, main = world.folder / "clone", world.read()["refs"]["main"]
    async with sitting(world) as founder:
        before = len(founder.effects())
        await founder.press("W", "b")
        await founder.sees(
            "1 keep the migration files, revert the rest",
            "2 schema first with the new code",
            "provider rollback; revert by pull request; redeploy from commit: the database is at",
            f"{DROPPING}, which",
            "drops a column: activities.legacy_pace; drops a table: legacy_paces",
            "newest backup:",
        )
        target = founder.app.screen.candidate.sha  # type: ignore[attr-defined]
        await founder.press("2")
        await founder.sees(f"downgrade the schema: {DROPPING} to 0041_intervals", "dies: drops a table: pace_models")
        assert " -1" not in founder.screen
        await founder.press("1", "enter")
        await founder.dialog(ConfirmDialog)
        assert len(founder.effects()) == before, "the branch is local so far"
        branch = f"hotfix/revert-{main[:7]}"
        differs = shell.git("diff", "--name-only", target, branch, cwd=clone).split()
        assert differs
        assert all(path.startswith(FOLDER) for path in differs), "every other path is the target's"
        assert any(DROPPING in path for path in differs)
        assert shell.git("diff", "--name-only", main, branch, "--", FOLDER, cwd=clone) == ""
        await founder.consent()
        await founder.confirm("pr-main")
        await founder.until(lambda: "POST pulls" in founder.effects()[before:])
        (pull,) = [one for one in world.read()["pulls"].values() if one["head"] == branch]
        assert pull["base"] == "main"
        assert world.read()["refs"]["main"] == main
    world.close()


async def test_a_stale_backup_closes_the_downgrade_and_says_what_opens_it(tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="schema-rollback", clock="fast:10")
    world.age_backup("production", 90)
    async with sitting(world) as founder:
        before = len(founder.effects())
        await founder.press("W", "b")
        await founder.sees("keep the migration files", "schema first with the new code, then code: no verified backup", "60 min")
        await founder.press("2")
        await founder.idle()
        assert "▸ 1 keep the migration files" in founder.screen, "way 2 is not there to be chosen"
        assert len(founder.effects()) == before
    world.close()


async def test_a_merge_is_taken_back_alone_and_a_founder_alone_reads_three_ways_out(shell: Shell, tmp_path: Path) -> None:
    world = World.open(tmp_path / "world", scenario="solo", clock="fast:60")
    clone, main = world.folder / "clone", world.read()["refs"]["main"]
    head = shell.git("rev-parse", "HEAD", cwd=clone)
    async with sitting(world) as founder:
        before = len(founder.effects())
        await founder.press("W", "b")
        await founder.sees("provider rollback")
        await founder.press("down", "c")
        await founder.sees("this commit alone")
        await founder.idle()
        third = founder.app.screen.candidate  # type: ignore[attr-defined]
        assert len(shell.git("log", "-1", "--format=%P", third.sha, cwd=clone).split()) == 2, "a merge commit"
        await founder.press("enter")
        await founder.dialog(ConfirmDialog)
        await founder.consent()
        await founder.confirm("pr-main")
        await founder.until(lambda: "POST pulls" in founder.effects()[before:])
        branch = f"hotfix/revert-{third.sha[:7]}"
        (pull,) = [one for one in world.read()["pulls"].values() if one["head"] == branch]
        assert pull["base"] == "main"
        assert shell.git("rev-parse", f"{branch}^", cwd=clone) == main
        back = shell.git("diff", "--name-only", main, branch, cwd=clone).split()
        brought = shell.git("diff", "--name-only", f"{third.sha}^1", third.sha, cwd=clone).split()
        assert set(back) == {path for path in brought if not path.startswith(FOLDER)}, "what the merge brought to parent 1"
        await founder.sees("way out 1", "way out 2", "way out 3")
        assert world.read()["refs"]["main"] == main, "nothing is pushed or merged to main"
        assert shell.git("rev-parse", "HEAD", cwd=clone) == head
        assert world.read()["violations"] == []
    world.close()
