"""Reverts and restores: made apart from the founder's files, moved from exactly the expected commit, or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.policy.rollback.reverts import Revert
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import Repo
from tests.providers.git.states import state

BRANCH = "hotfix/revert-1"
MESSAGE = 'Revert "feat: calendar"\n\nThis reverts commit abc.\n\nIncident 7.\n'


def history(repo: Repo) -> tuple[str, str]:
    """Put a bad commit and a later, independent one on the branch; return both. The founder's tree is dirty, with a stash."""
    repo.git("switch", "-q", "-c", BRANCH)
    bad = repo.commit("feat: bad", file="app/code", content="bad\n")
    (repo.path / "app/migrations").mkdir(parents=True)
    (repo.path / "app/migrations/0002.py").write_text("up\n")
    repo.git("add", "app/migrations")
    repo.git("commit", "-q", "--amend", "--no-edit")
    bad = repo.sha("HEAD")
    later = repo.commit("feat: later", file="later")
    repo.git("switch", "-q", "main")
    (repo.path / "file").write_text("stashed\n")
    repo.git("stash", "push", "-q")
    (repo.path / "file").write_text("edited\n")
    (repo.path / "staged").write_text("staged\n")
    repo.git("add", "staged")
    (repo.path / "scratch").write_text("mine\n")
    return bad, later


def tree(repo: Repo, sha: str) -> list[str]:
    return repo.git("ls-tree", "-r", "--name-only", sha).split("\n")


async def test_a_commit_is_taken_back(repo: Repo, opened: Opener) -> None:
    bad, tip = history(repo)
    before = state(repo, refs=False)
    new = await opened(repo).revert(BRANCH, tip, Revert(bad, BRANCH), keep=(), message=MESSAGE)
    assert repo.sha(f"refs/heads/{BRANCH}") == new
    assert repo.git("rev-list", "--parents", "-1", new).split()[1:] == [tip]
    assert tree(repo, new) == ["file", "later"]
    assert repo.git("log", "-1", "--format=%B", new) == MESSAGE.strip()
    assert repo.sha(f"refs/console/moved/{tip}") == tip
    assert state(repo, refs=False) == before


async def test_files_to_keep_stay(repo: Repo, opened: Opener) -> None:
    bad, tip = history(repo)
    new = await opened(repo).revert(BRANCH, tip, Revert(bad, BRANCH), keep=("app/migrations",), message=MESSAGE)
    assert tree(repo, new) == ["app/migrations/0002.py", "file", "later"]


async def test_again_after_a_crash_and_again_on_top(repo: Repo, opened: Opener) -> None:
    bad, tip = history(repo)
    clone, revert = opened(repo), Revert(bad, BRANCH)
    new = await clone.revert(BRANCH, tip, revert, keep=(), message=MESSAGE)
    assert await clone.revert(BRANCH, tip, revert, keep=(), message=MESSAGE) == new
    with pytest.raises(CloneError, match="already reverted"):
        await clone.revert(BRANCH, new, revert, keep=(), message=MESSAGE)
    with pytest.raises(CloneError, match="moved meanwhile"):
        await clone.revert(BRANCH, tip, revert, keep=(), message="another")
    assert repo.sha(f"refs/heads/{BRANCH}") == new


async def test_a_merge_is_taken_back_against_its_first_parent(repo: Repo, opened: Opener) -> None:
    repo.git("switch", "-q", "-c", BRANCH)
    repo.git("merge", "-q", "--no-ff", "-m", "Merge pull request #3", "feature/import")
    merge = repo.sha("HEAD")
    repo.git("switch", "-q", "main")
    before = state(repo)
    clone = opened(repo)
    with pytest.raises(CloneError, match="is a merge but no -m"):
        await clone.revert(BRANCH, merge, Revert(merge, BRANCH), keep=(), message=MESSAGE)
    assert state(repo) == before
    new = await clone.revert(BRANCH, merge, Revert(merge, BRANCH, parent=1), keep=(), message=MESSAGE)
    assert repo.sha(f"{new}^{{tree}}") == repo.sha("main^{tree}")
    with pytest.raises(CloneError, match="does not have parent 3"):
        await clone.revert(BRANCH, new, Revert(merge, BRANCH, parent=3), keep=(), message=MESSAGE)


async def test_a_conflict_leaves_everything_as_it_was(repo: Repo, opened: Opener) -> None:
    bad, tip = history(repo)
    repo.git("stash", "push", "-q", "-u")
    repo.git("switch", "-q", BRANCH)
    repo.commit("feat: over it", file="app/code", content="other\n")
    tip = repo.commit("feat: over it", file="app/migrations/0002.py", content="changed\n")
    repo.git("switch", "-q", "main")
    (repo.path / "file").write_text("edited\n")
    before = state(repo)
    clone = opened(repo)
    with pytest.raises(CloneError, match=r"app/code, app/migrations/0002\.py") as caught:
        await clone.revert(BRANCH, tip, Revert(bad, BRANCH), keep=(), message=MESSAGE)
    assert "Nothing was changed" in caught.value.consequence
    with pytest.raises(CloneError, match=r"changed the same in app/code$"):
        await clone.revert(BRANCH, tip, Revert(bad, BRANCH), keep=("app/migrations/",), message=MESSAGE)
    assert state(repo) == before
    new = await clone.revert(BRANCH, tip, Revert(repo.sha(f"{tip}~1"), BRANCH), keep=("app/migrations",), message=MESSAGE)
    assert repo.git("show", f"{new}:app/code") == "bad"


async def test_restore_but_keep(repo: Repo, opened: Opener) -> None:
    _, tip = history(repo)
    target, before = repo.sha("main"), state(repo, refs=False)
    clone = opened(repo)
    new = await clone.restore(BRANCH, tip, target, keep=("app/migrations",), message=MESSAGE)
    assert tree(repo, new) == ["app/migrations/0002.py", "file"]
    whole = await clone.restore(BRANCH, new, target, keep=(), message=MESSAGE)
    assert repo.sha(f"{whole}^{{tree}}") == repo.sha(f"{target}^{{tree}}")
    # What is kept as it was may be: not there.
    absent = await clone.restore(BRANCH, whole, tip, keep=("app/migrations",), message=MESSAGE)
    assert tree(repo, absent) == ["app/code", "file", "later"]
    with pytest.raises(CloneError, match="already has the files"):
        await clone.restore(BRANCH, absent, tip, keep=("app/migrations",), message=MESSAGE)
    assert state(repo, refs=False) == before


async def test_no_hook_filter_or_driver_runs(repo: Repo, tmp_path: Path, opened: Opener) -> None:
    bad, tip = history(repo)
    canary = tmp_path / "canary"
    for name in ("pre-commit", "post-checkout", "commit-msg", "post-merge", "prepare-commit-msg", "post-index-change"):
        repo.hook(name, f"touch {canary}; exit 1")
    for key in ("filter.evil.smudge", "filter.evil.clean", "filter.evil.process", "merge.evil.driver", "core.fsmonitor"):
        repo.config(key, f"touch {canary}; cat")
    (repo.path / ".git/info").mkdir(exist_ok=True)
    (repo.path / ".git/info/attributes").write_text("* filter=evil merge=evil\n")
    await opened(repo).revert(BRANCH, tip, Revert(bad, BRANCH), keep=(), message=MESSAGE)
    assert not canary.exists()


async def test_the_founders_own_filters_do_not_run_either(repo: Repo, home: Path, tmp_path: Path, opened: Opener) -> None:
    repo.git("switch", "-q", "-c", BRANCH)
    repo.commit("chore: large files", file=".gitattributes", content="*.bin filter=large\n")
    bad = repo.commit("feat: drop", file="a.bin", content="pointer\n")
    repo.git("rm", "-q", "a.bin")
    repo.git("commit", "-q", "-m", "chore: gone")
    tip = repo.sha("HEAD")
    repo.git("switch", "-q", "main")
    canary = tmp_path / "canary"
    with (home / ".gitconfig").open("a") as config:
        config.write(f'[filter "large"]\n\tsmudge = touch {canary} && sed s/p/P/\n\tclean = cat\n\trequired = true\n')
    new = await opened(repo).revert(BRANCH, tip, Revert(tip, BRANCH), keep=(), message=MESSAGE)
    assert repo.sha(f"{new}:a.bin") == repo.sha(f"{bad}:a.bin")
    assert not canary.exists()


async def test_what_is_refused(repo: Repo, opened: Opener) -> None:
    bad, tip = history(repo)
    clone, before = opened(repo), state(repo)
    for branch, expected, revert, message, words in (
        ("main", tip, Revert(bad, BRANCH), MESSAGE, "permanent"),
        ("Staging", tip, Revert(bad, BRANCH), MESSAGE, "permanent"),
        ("-x", tip, Revert(bad, BRANCH), MESSAGE, "is refused"),
        (BRANCH, "main", Revert(bad, BRANCH), MESSAGE, "full SHAs"),
        (BRANCH, tip, Revert("HEAD", BRANCH), MESSAGE, "full SHAs"),
        (BRANCH, tip, Revert(bad, BRANCH), " ", "message is empty"),
        (BRANCH, bad, Revert(bad, BRANCH), MESSAGE, "moved meanwhile"),
        ("hotfix/absent", tip, Revert(bad, BRANCH), MESSAGE, "no local branch"),
        (BRANCH, tip, Revert("1" * 40, BRANCH), MESSAGE, "reverting 1111111"),
    ):
        with pytest.raises(CloneError, match=words):
            await clone.revert(branch, expected, revert, keep=(), message=message)
    assert state(repo) == before
    repo.git("stash", "push", "-q", "-u")
    repo.git("switch", "-q", BRANCH)
    with pytest.raises(CloneError, match="is checked out in"):
        await clone.restore(BRANCH, tip, bad, keep=(), message=MESSAGE)


async def test_a_shallow_clone_is_refused(repo: Repo, origin: Repo, tmp_path: Path, opened: Opener) -> None:
    repo.git("clone", "-q", "--depth=1", "--no-single-branch", f"file://{origin.path}", str(tmp_path / "cut"))
    cut = Repo(tmp_path / "cut")
    cut.git("branch", BRANCH)
    tip = cut.sha(BRANCH)
    with pytest.raises(CloneError, match="shallow"):
        await opened(cut).revert(BRANCH, tip, Revert(tip, BRANCH), keep=(), message=MESSAGE)


KILLED = """
import asyncio, pathlib, sys
from strideiq_console.domain.policy.rollback.reverts import Revert
from strideiq_console.providers.git import GitClone
from tests.providers.git.repos import FixedClock
clone = GitClone(pathlib.Path(sys.argv[1]), clock=FixedClock(), main="main", staging="staging", redact=str)
asyncio.run(clone.revert(sys.argv[2], sys.argv[3], Revert(sys.argv[4], sys.argv[2]), keep=(), message="x"))
"""


async def test_killed_in_the_middle_and_again(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opened: Opener) -> None:
    bad, tip = history(repo)
    before = state(repo)
    # The git of the killed process stops at write-tree, so that the kill comes in the middle for sure.
    slow, reached = tmp_path / "slow", tmp_path / "reached"
    slow.mkdir()
    real = subprocess.run(["/bin/sh", "-c", "command -v git"], capture_output=True, text=True, check=True).stdout.strip()
    script = f'#!/bin/sh\ncase "$*" in *write-tree*) echo $$ > {reached}; exec sleep 60;; esac\nexec {real} "$@"\n'
    (slow / "git").write_text(script)
    (slow / "git").chmod(0o755)
    environ = {**os.environ, "PATH": f"{slow}{os.pathsep}{os.environ['PATH']}"}
    root = Path(__file__).parents[3]
    killed = subprocess.Popen([sys.executable, "-c", KILLED, str(repo.path), BRANCH, tip, bad], cwd=root, env=environ)
    deadline = time.monotonic() + 30
    while not (reached.exists() and reached.read_text().strip()) and time.monotonic() < deadline:
        assert killed.poll() is None
        os.sched_yield()
    left = [path.name for path in (repo.path / ".git/strideiq").iterdir()]
    assert len(left) == 1
    clone = opened(repo)
    assert await clone.conflicts(repo.sha("main"), tip) == ()
    assert [path.name for path in (repo.path / ".git/strideiq").iterdir()] == left, "one in use was swept"
    killed.send_signal(signal.SIGKILL)
    killed.wait(10)
    os.kill(int(reached.read_text()), signal.SIGKILL)
    assert {**state(repo), "left": []} == before
    new = await clone.revert(BRANCH, tip, Revert(bad, BRANCH), keep=(), message="x")
    assert tree(repo, new) == ["file", "later"]
    assert list((repo.path / ".git/strideiq").iterdir()) == []
    assert (repo.path / ".git/strideiq").stat().st_mode & 0o777 == 0o700
