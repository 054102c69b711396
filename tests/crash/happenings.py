"""What other people do in a world while a runbook is under way, and what the founder has left lying about."""

from __future__ import annotations

import subprocess
from pathlib import Path

from strideiq_console.sandbox.world import World


def git(folder: Path, *argv: str) -> str:
    """Run the test's own git."""
    return subprocess.run(["git", "-C", str(folder), *argv], capture_output=True, text=True, check=True).stdout


def move(world: World, branch: str, subject: str = "chore: something else") -> None:
    """Somebody else's work reaches a branch by a way of its own, the files staying as they are."""
    with world.change() as state:
        old = state["refs"][branch]
        identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@strideiq.example"]
        new = git(world.origin, *identity, "commit-tree", f"{old}^{{tree}}", "-p", old, "-m", subject).strip()
        state["ref_updates"].append({"branch": branch, "old": old, "new": new})
        state["refs"][branch] = new


def revert_main(world: World) -> None:
    """The newest merge of main was taken back there, and staging still holds it."""
    with world.change() as state:
        old = state["refs"]["main"]
        identity = ["-c", "user.name=Founder", "-c", "user.email=founder@strideiq.example"]
        message = f'Revert "the newest merge"\n\nThis reverts commit {old}.'
        new = git(world.origin, *identity, "commit-tree", f"{old}^1^{{tree}}", "-p", old, "-m", message).strip()
        state["ref_updates"].append({"branch": "main", "old": old, "new": new})
        state["refs"]["main"] = new


def move_main(world: World) -> None:
    """Main moves, so that what wants to go there falls behind and has to be brought up to date."""
    move(world, "main")


def dirty_the_clone(world: World) -> None:
    """The founder is in the middle of something: a changed file, a staged one, an untracked one, a stash."""
    clone = world.clone
    tracked = git(clone, "ls-files").splitlines()
    identity = ["-c", "user.name=Founder", "-c", "user.email=founder@strideiq.example"]
    (clone / tracked[0]).write_text("put away\n")
    git(clone, *identity, "stash", "push", "-q", "-m", "later")
    (clone / tracked[0]).write_text("half done\n")
    (clone / tracked[1]).write_text("staged\n")
    git(clone, "add", "--", tracked[1])
    (clone / "notes.txt").write_text("not for git\n")


def unprotect(world: World) -> None:
    """Nobody has protected anything yet."""
    with world.change() as state:
        state["protection"].clear()


LEFT = ("feature/merged", "feature/squashed")


def leave_branches(world: World) -> None:
    """Two branches have served and were left, here and at GitHub: one is merged into staging, the other one squashed."""
    identity = ["-c", "user.name=Founder", "-c", "user.email=founder@strideiq.example"]
    with world.change() as state:
        staging = state["refs"]["staging"]
        merged = git(world.origin, "rev-parse", f"{staging}~1").strip()
        # What it holds is what staging got right after it began, by another commit: that is what a squash leaves behind.
        words = ("commit-tree", f"{staging}^{{tree}}", "-p", merged, "-m", "feat: squashed later")
        squashed = git(world.origin, *identity, *words).strip()
        for name, sha in zip(LEFT, (merged, squashed), strict=True):
            state["ref_updates"].append({"branch": name, "old": None, "new": sha})
            state["refs"][name] = sha
    git(world.clone, "fetch", "-q", "origin")
    for name in LEFT:
        git(world.clone, "update-ref", f"refs/heads/{name}", f"refs/remotes/origin/{name}")
