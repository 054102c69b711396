"""Every state that a clone can be in is a clear status or a clear sentence, never a traceback."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from strideiq_console.domain.branch import Operation
from strideiq_console.domain.commit import Divergence
from strideiq_console.domain.fault import CloneError
from strideiq_console.providers.git import GitClone
from strideiq_console.providers.git.faults import explained
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import NOON, FixedClock, Repo


async def test_a_clean_clone(repo: Repo, opened: Opener) -> None:
    status = await opened(repo).status()
    assert (status.branch, status.head, status.dirty) == ("main", repo.sha("HEAD"), 0)
    assert (status.upstream, status.divergence) == ("origin/main", Divergence(0, 0))
    assert status.path == str(repo.path)
    assert status.operation is None
    assert not status.shallow


async def test_a_folder_inside_the_clone_is_enough(repo: Repo, opened: Opener) -> None:
    (repo.path / "deep" / "er").mkdir(parents=True)
    assert (await opened(repo.path / "deep" / "er").status()).path == str(repo.path)


async def test_changed_untracked_renamed_and_odd_names(repo: Repo, opened: Opener) -> None:
    repo.git("mv", "file", "new name")
    (repo.path / "staged").write_text("x")
    repo.git("add", "staged")
    (repo.path / "a b\tc\x1b[31m").write_text("x")
    status = await opened(repo).status()
    assert set(status.changed) == {"file", "new name", "staged"}
    assert status.untracked == ("a b c␛[31m",)
    assert status.dirty == 4


async def test_conflicts_and_the_merge_in_progress(repo: Repo, opened: Opener) -> None:
    repo.git("switch", "-q", "-c", "left")
    repo.commit("left", content="left\n")
    repo.git("switch", "-q", "main")
    repo.commit("right", content="right\n")
    repo.git("merge", "left", code=1)
    status = await opened(repo).status()
    assert status.operation is Operation.MERGE
    assert status.changed == ("file",)


@pytest.mark.parametrize(
    ("argv", "operation"),
    [
        (("rebase", "left"), Operation.REBASE),
        (("rebase", "--apply", "left"), Operation.REBASE),
        (("cherry-pick", "left"), Operation.CHERRY_PICK),
        (("revert", "--no-edit", "HEAD~1"), Operation.REVERT),
    ],
)
async def test_other_operations_in_progress(repo: Repo, opened: Opener, argv: tuple[str, ...], operation: Operation) -> None:
    repo.git("switch", "-q", "-c", "left")
    repo.commit("left", content="left\n")
    repo.git("switch", "-q", "main")
    repo.commit("right", content="right\n")
    repo.commit("further", content="further\n")
    repo.git(*argv, code=1)
    assert (await opened(repo).status()).operation is operation


async def test_bisect_and_mailbox(repo: Repo, opened: Opener) -> None:
    repo.git("bisect", "start")
    assert (await opened(repo).status()).operation is Operation.BISECT
    repo.git("bisect", "reset")
    (repo.path / ".git" / "rebase-apply").mkdir()
    (repo.path / ".git" / "rebase-apply" / "applying").touch()
    assert (await opened(repo).status()).operation is Operation.APPLY


async def test_detached_head(repo: Repo, opened: Opener) -> None:
    repo.git("switch", "-q", "--detach", "HEAD~1")
    status = await opened(repo).status()
    assert (status.branch, status.head, status.divergence) == (None, repo.sha("HEAD"), None)


async def test_empty_repository(tmp_path: Path, opened: Opener) -> None:
    clone = opened(Repo.init(tmp_path / "empty"))
    status = await clone.status()
    assert (status.branch, status.head, status.remote, status.fetched_at) == ("main", None, None, None)
    assert await clone.branches() == ()
    promotion = await clone.promotion()
    assert (promotion.to_staging, promotion.to_main, promotion.staging_behind) == (None, None, None)


async def test_bare_repository(origin: Repo, opened: Opener) -> None:
    for reading in (opened(origin).status, opened(origin).branches, opened(origin).promotion):
        with pytest.raises(CloneError, match="bare repository, no work tree") as caught:
            await reading()
        assert "git clone" in caught.value.next_step


async def test_inside_gits_own_folder(repo: Repo, opened: Opener) -> None:
    with pytest.raises(CloneError):
        await opened(repo.path / ".git").status()


@pytest.mark.parametrize("folder", ["plain", "absent"])
async def test_no_repository(tmp_path: Path, opened: Opener, folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if folder == "plain":
        (tmp_path / folder).mkdir()
    for reading in (opened(tmp_path / folder).status, opened(tmp_path / folder).branches):
        with pytest.raises(CloneError, match="not inside a git repository") as caught:
            await reading()
        assert caught.value.next_step == "run strideiq in a clone, or set [clone] path in config.toml"


async def test_shallow_counts_nothing(repo: Repo, tmp_path: Path, opened: Opener) -> None:
    repo.git("clone", "-q", "--depth=1", "--no-single-branch", f"file://{tmp_path / 'origin.git'}", str(tmp_path / "cut"))
    clone = opened(tmp_path / "cut")
    status = await clone.status()
    assert status.shallow
    assert status.divergence is None
    assert {(b.against_main, b.unpushed) for b in await clone.branches()} == {(None, None)}
    assert (await clone.promotion()).to_main is None
    with pytest.raises(CloneError, match="shallow") as caught:
        await clone.divergence("refs/remotes/origin/main", "refs/remotes/origin/staging")
    assert "--unshallow" in caught.value.next_step
    with pytest.raises(CloneError, match="shallow"):
        await clone.is_ancestor(repo.sha("main"), repo.sha("staging"))


async def test_divergence_without_upstream_is_counted_against_origins_branch(repo: Repo, opened: Opener) -> None:
    repo.git("branch", "--unset-upstream")
    repo.commit("fix: one more")
    status = await opened(repo).status()
    assert (status.upstream, status.divergence) == ("origin/main", Divergence(1, 0))
    repo.git("switch", "-q", "-c", "never-pushed")
    status = await opened(repo).status()
    assert (status.upstream, status.divergence) == (None, None)


async def test_upstream_that_is_gone(repo: Repo, opened: Opener) -> None:
    repo.git("update-ref", "-d", "refs/remotes/origin/main")
    status = await opened(repo).status()
    assert (status.upstream, status.divergence) == ("origin/main", None)


async def test_age_of_the_last_fetch_is_told_on_the_clock_that_is_passed_in(repo: Repo) -> None:
    repo.git("fetch", "-q")
    os.utime(repo.path / ".git" / "FETCH_HEAD", (999_100, 999_100))
    clone = GitClone(repo.path, clock=FixedClock(1_000_000.0), main="main", staging="staging", redact=str)
    assert (await clone.status()).fetched_at == NOON - timedelta(seconds=900)


async def test_remote_is_told_without_credentials(repo: Repo, opened: Opener) -> None:
    repo.git("remote", "set-url", "origin", "https://founder:hunter2secret@github.com/acme/strideiq.git")
    status = await opened(repo).status()
    assert status.remote == "https://github.com/acme/strideiq.git"


async def test_linked_work_tree(repo: Repo, tmp_path: Path, opened: Opener) -> None:
    repo.git("worktree", "add", "-q", str(tmp_path / "second"), "staging")
    status = await opened(tmp_path / "second").status()
    assert (status.path, status.branch) == (str(tmp_path / "second"), "staging")
    checked_out = {b.name for b in await opened(repo).branches() if b.checked_out}
    assert checked_out == {"main", "staging"}


async def test_many_paths_are_capped(repo: Repo, opened: Opener) -> None:
    for number in range(1010):
        (repo.path / f"n{number}").touch()
    assert len((await opened(repo).status()).untracked) == 1000


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
async def test_a_repository_of_somebody_else(repo: Repo, opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_UID", raising=False)
    os.chown(repo.path, 4242, 4242)
    os.chown(repo.path / ".git", 4242, 4242)
    with pytest.raises(CloneError, match="dubious ownership") as caught:
        await opened(repo).status()
    assert caught.value.next_step.endswith(f"git config --global --add safe.directory {repo.path}")


def test_dubious_ownership_names_the_folder_that_git_names() -> None:
    said = "fatal: detected dubious ownership in repository at '/home/a b/x'\nTo add an exception for this directory, call:\n"
    error = explained("git status", said, folder=Path("/home/a b/x/deep"))
    assert error.next_step.endswith("git config --global --add safe.directory '/home/a b/x'")


async def test_no_git_on_path(repo: Repo, opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"relative{os.pathsep}{repo.path}")
    (repo.path / "git").write_text("#!/bin/sh\ntouch canary\n")
    (repo.path / "git").chmod(0o755)
    with pytest.raises(CloneError, match="git is not installed"):
        await opened(repo).status()
    assert not (repo.path / "canary").exists()


async def test_a_path_with_dollar_signs_is_taken_as_it_is(repo: Repo, opened: Opener) -> None:
    moved = repo.path.rename(repo.path.parent / "$HOME and more")
    assert (await opened(moved).status()).path == str(moved)
