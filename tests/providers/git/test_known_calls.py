"""What the clone can do, through a git that writes every call down: approved shapes only, hardened, nothing that destroys."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.policy.rollback.reverts import Revert
from strideiq_console.providers.git.command import HARDENED, NO_HOOKS
from tests.git_shim import WRITES, Call, RecordedGit, recorded_git
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import NOON, Repo
from tests.providers.git.test_shapes import NAMES

__all__ = ["recorded_git"]

BRANCH = "hotfix/revert-1"
WITH_HOOKS = {"switch", "worktree", "push", "add", "commit", "tag"}
VERBS_SEEN = {
    "add",
    "commit",
    "commit-tree",
    "init",
    "merge-tree",
    "push",
    "read-tree",
    "revert",
    "tag",
    "update-ref",
    "write-tree",
}


async def test_only_approved_shapes(repo: Repo, tmp_path: Path, opened: Opener, recorded_git: RecordedGit) -> None:
    repo.git("branch", BRANCH)
    main, staging, import_ = (repo.sha(name) for name in ("main", "staging", "feature/import"))
    (repo.path / "new").write_text("new\n")
    (repo.path / "file").write_text("edited\n")
    clone = opened(repo)
    recorded_git.forget()
    await clone.unsaved(str(repo.path))
    await clone.changes(main, staging, folder="x")
    await clone.message(main)
    await clone.file_at(main, "file")
    await clone.patch(main, staging)
    await clone.conflicts(main, staging)
    sha = await clone.commit_files(str(repo.path), "main", ["new", "file"], "feat: new")
    tip = await clone.revert(BRANCH, main, Revert(main, BRANCH), keep=(), message="x")
    await clone.restore(BRANCH, tip, import_, keep=("file",), message="x")
    made = await clone.create_tag("v1", sha, "v1")
    await clone.push_tag("v1", made)
    await clone.remote_tags()
    await clone.tags()
    await clone.delete_tag("v1", made)
    await clone.expire_pins(NOON)
    calls = recorded_git.calls()
    assert recorded_git.fouls() == []
    assert {call.words[0] for call in calls} >= VERBS_SEEN, "the test has gone blind"
    for call in calls:
        if call.words != ("version",):
            assert call.argv[: len(HARDENED)] == HARDENED, call
            assert hooks_off(call) or may_run_hooks(call), call
    assert all(call.private for call in calls if call.words[0] in ("revert", "read-tree", "init", "merge-tree", "write-tree"))
    assert len(WRITES) > len(VERBS_SEEN)


def hooks_off(call: Call) -> bool:
    return call.argv[len(HARDENED) : len(HARDENED) + 2] == NO_HOOKS


def may_run_hooks(call: Call) -> bool:
    words = call.words
    moves = words[0] == "update-ref" and any(word.startswith(("refs/heads/", "refs/tags/")) for word in words)
    return words[0] in WITH_HOOKS or moves or words[:2] == ("rev-parse", "--git-path") or words[:2] == ("update-index", "-z")


@pytest.mark.parametrize("name", NAMES)
async def test_hostile_words_never_stand_alone(repo: Repo, opened: Opener, recorded_git: RecordedGit, name: str) -> None:
    clone, sha = opened(repo), repo.sha("main")
    revert = Revert(name, BRANCH)
    recorded_git.forget()
    for call in (
        lambda: clone.unsaved(name),
        lambda: clone.changes(name, sha),
        lambda: clone.changes(sha, name),
        lambda: clone.message(name),
        lambda: clone.conflicts(name, sha),
        lambda: clone.file_at(name, "file"),
        lambda: clone.file_at(sha, f"dir/{name}/../x"),
        lambda: clone.file_at(sha, f"{name}\0"),
        lambda: clone.patch(name, sha),
        lambda: clone.commit_files(str(repo.path), name, ["file"], "x"),
        lambda: clone.commit_files(str(repo.path), "main", [name], "x"),
        lambda: clone.revert(name, sha, Revert(sha, BRANCH), keep=(), message="x"),
        lambda: clone.revert("hotfix/x", sha, revert, keep=(name,), message="x"),
        lambda: clone.restore("hotfix/x", sha, name, keep=(), message="x"),
        lambda: clone.create_tag(name, name, name),
        lambda: clone.delete_tag(name, sha),
        lambda: clone.push_tag(name, sha),
    ):
        with contextlib.suppress(ConsoleError):
            await call()
    for made in recorded_git.calls():
        assert name not in made.words or name in ("$(id)", "HEAD"), made
    assert recorded_git.fouls() == []
