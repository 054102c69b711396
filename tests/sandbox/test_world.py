from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
import tomllib
from pathlib import Path

import pytest

from strideiq_console.sandbox import creation
from strideiq_console.sandbox.clock import parse_kind
from strideiq_console.sandbox.state import WorldError
from strideiq_console.sandbox.world import World, remove

ROOT = Path(__file__).resolve().parents[2]


def test_a_world_holds_what_it_promises(make_world):
    world = make_world()
    assert {p.name for p in world.folder.iterdir()} >= {"world.db", "origin.git", "clone", "config.toml", "state"}
    config = tomllib.loads(world.config.read_text())
    assert config["github"]["repository"] == "acme/strideiq"
    assert set(config["environments"]) == {"production", "staging", "local"}
    assert set(world.tokens) == {"github", "github_bot", "vercel", "railway", "cloudflare"}
    assert all(token.startswith("sandbox-") for token in world.tokens.values())


def test_the_config_is_what_the_console_reads(world):
    from strideiq_console.settings.load import load

    settings = load(config=world.config, cwd=world.clone, environ={}, world=True)
    assert settings.github.repository == "acme/strideiq"
    assert [e.branch for e in settings.environments] == ["main", "staging", ""]
    assert settings.warnings == ()


def test_the_founders_clone_is_clean_and_knows_both_permanent_branches(world, git):
    assert git(world.clone, "status", "--porcelain").stdout == ""
    assert git(world.clone, "symbolic-ref", "--short", "HEAD").stdout.strip() == "feature/calendar"
    counts = git(world.clone, "rev-list", "--left-right", "--count", "main...staging").stdout.split()
    assert counts == ["0", "3"], "three commits wait on staging, which is not behind"
    assert git(world.clone, "config", "remote.origin.url").stdout.strip() == str(world.origin)


def test_the_history_is_whole_and_dated_before_the_world_began(world, git):
    assert git(world.origin, "fsck", "--strict").returncode == 0
    dates = [int(line) for line in git(world.origin, "log", "--all", "--format=%ct").stdout.split()]
    assert 55 <= len(dates) <= 70
    assert max(dates) <= world.clock.seconds()
    assert world.clock.seconds() - min(dates) > 60 * 86_400
    versions = git(world.origin, "ls-tree", "--name-only", "staging", "apps/api/alembic/versions/").stdout.split()
    assert len(versions) == 8
    downs = [git(world.origin, "show", f"staging:{v}").stdout.split("down_revision = ")[1].split("\n")[0] for v in versions]
    revisions = [git(world.origin, "show", f"staging:{v}").stdout.split("revision = ")[1].split("\n")[0] for v in versions]
    assert downs == ["None", *revisions[:-1]], "one line of revisions"


def test_opening_again_keeps_everything_and_says_what_it_ignored(make_world):
    first = make_world()
    with first.change() as state:
        state["labels"].append({"id": 1, "name": "x", "color": "000000", "description": None})
    again = make_world(scenario="red-ci", clock="fast")
    assert again.read()["labels"] == first.read()["labels"]
    assert "red-ci" in again.note
    assert "fast" in again.note
    assert make_world(scenario="calm").note == ""


def test_an_error_inside_a_change_drops_it(world):
    def fail() -> None:
        with world.change() as state:
            state["labels"] = []
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert world.read()["labels"]


@pytest.mark.parametrize("words", [{"scenario": "quiet"}, {"clock": "slow"}, {"clock": "fast:0"}, {"clock": "manual:3"}])
def test_unknown_names_are_refused_before_anything_is_made(tmp_path, words):
    with pytest.raises(WorldError):
        World.open(tmp_path / "w", **words)
    assert not (tmp_path / "w").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(WorldError, match="not empty"):
        World.open(tmp_path)
    with pytest.raises(WorldError):
        remove(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_creation_that_died_halfway_is_begun_anew(tmp_path, monkeypatch):
    def die(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(creation, "_happen", die)
    with pytest.raises(KeyboardInterrupt):
        World.open(tmp_path / "w", clock="manual")
    assert (tmp_path / "w" / "origin.git").exists()
    monkeypatch.undo()
    world = World.open(tmp_path / "w", clock="manual")
    assert len(world.read()["runs"]) > 20
    world.close()


def test_clock_kinds():
    assert parse_kind("real") == ("real", 1.0)
    assert parse_kind("fast") == ("fast", 30.0)
    assert parse_kind("fast:120") == ("fast", 120.0)
    assert parse_kind("manual") == ("manual", 0.0)


async def test_a_manual_clock_moves_by_hand_alone_and_for_everybody(make_world):
    one, other = make_world(), make_world()
    before = one.clock.now()
    await one.clock.sleep(3600)
    assert one.clock.now() == before
    one.advance(90)
    assert (other.clock.now() - before).total_seconds() == pytest.approx(90)
    with pytest.raises(WorldError):
        one.clock.advance(-1)


async def test_a_fast_clock_runs_ahead(make_world):
    world = make_world(clock="fast:1000")
    before, real = world.clock.seconds(), time.time()
    await world.clock.sleep(20)
    assert 20 <= world.clock.seconds() - before <= (time.time() - real) * 1000 + 1


def test_scenarios_differ_as_they_say(make_world):
    red = make_world("red", scenario="red-ci").read()
    newest = {run["branch"]: run["conclusion"] for run in red["runs"]}
    assert newest["feature/calendar"] == "failure"
    assert newest["main"] == "failure"
    half = make_world("half", scenario="half-done-hotfix").read()
    assert half["pulls"]["43"]["merged_at"]
    assert half["pulls"]["43"]["base"] == "staging"
    assert (half["pulls"]["44"]["state"], half["pulls"]["44"]["base"]) == ("open", "main")
    live = {e["environment"]: e["sha"] for e in half["deployments"] if e["state"] == "ready" and e["component"] == "api"}
    assert live["staging"] == half["refs"]["staging"]
    assert live["production"] == half["refs"]["main"]
    assert "github_bot" not in make_world("solo", scenario="solo").tokens


def test_write_fix_commits_where_the_branch_is_checked_out(world, git):
    git(world.clone, "switch", "--create", "hotfix/x", "main")
    sha = world.write_fix("hotfix/x", subject="fix(auth): one")
    assert git(world.clone, "rev-parse", "HEAD").stdout.strip() == sha
    assert git(world.clone, "status", "--porcelain").stdout == ""
    assert "claims.get" in (world.clone / "apps/api/app/auth/tokens.py").read_text()
    subject, name = git(world.clone, "log", "-1", "--format=%s%n%an").stdout.split("\n")[:2]
    assert (subject, name) == ("fix(auth): one", "Founder")
    assert world.write_fix("hotfix/x") != sha, "a second fix finds something to change too"


def test_write_fix_leaves_the_checked_out_branch_alone_when_it_is_another(world, git):
    git(world.clone, "branch", "hotfix/y", "main")
    (world.clone / "README.md").write_text("unsaved work")
    head = git(world.clone, "rev-parse", "HEAD").stdout
    sha = world.write_fix("hotfix/y")
    assert git(world.clone, "rev-parse", "hotfix/y").stdout.strip() == sha
    assert git(world.clone, "rev-parse", "HEAD").stdout == head
    assert (world.clone / "README.md").read_text() == "unsaved work"
    assert git(world.clone, "worktree", "list").stdout.count("\n") == 1
    with pytest.raises(WorldError, match="no branch"):
        world.write_fix("hotfix/none")


def _child(code: str, folder: Path) -> subprocess.Popen[bytes]:
    text = f"from pathlib import Path\nfrom strideiq_console.sandbox.world import World\nfolder = Path({str(folder)!r})\n"
    return subprocess.Popen([sys.executable, "-c", text + textwrap.dedent(code)], cwd=ROOT, stdout=subprocess.PIPE)


def test_two_processes_count_without_losing_one(make_world):
    world = make_world()
    code = """
    world = World.open(folder)
    for _ in range(20):
        with world.change() as state:
            state["next"]["tally"] = state["next"].get("tally", 0) + 1
    """
    children = [_child(code, world.folder) for _ in range(2)]
    assert [child.wait(60) for child in children] == [0, 0]
    for child in children:
        assert child.stdout is not None
        child.stdout.close()
    assert world.read()["next"]["tally"] == 40


@pytest.mark.crash
def test_a_process_killed_inside_a_change_changes_nothing(make_world):
    world = make_world()
    code = """
    import time
    world = World.open(folder)
    with world.change() as state:
        state["labels"] = []
        print("inside", flush=True)
        time.sleep(60)
    """
    child = _child(code, world.folder)
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"inside"
    os.kill(child.pid, signal.SIGKILL)
    child.wait(10)
    child.stdout.close()
    world.settle()
    assert world.read()["labels"]


def test_a_branch_move_that_git_never_saw_is_made_up_for(world, git):
    """The document was saved, and the process died before git was told."""
    staging = world.read()["refs"]["staging"]
    with world.change() as state:
        sha = world.repository.write_commit(
            world.repository.commit(staging).tree, (staging,), "chore: nothing\n", name="n", email="e@x.example", when=1e9
        )
    document = world._load()
    document["ref_updates"] = [{"branch": "staging", "old": staging, "new": sha}]
    document["refs"]["staging"] = sha
    from strideiq_console.sandbox.state import save

    save(world._connection, document)
    effects = len(world.read()["effects"])
    world.settle()
    assert git(world.origin, "rev-parse", "staging").stdout.strip() == sha
    state = world.read()
    assert state["ref_updates"] == []
    assert len(state["effects"]) == effects, "it is nobody's push"
