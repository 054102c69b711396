"""The few changes in the clone: each refuses what it must, and leaves everything else as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.domain.fault import CloneError
from strideiq_console.providers.git import GitClone
from strideiq_console.providers.git.command import Output
from strideiq_console.providers.git.locks import patiently
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import Repo


async def test_create_a_branch_and_again(repo: Repo, opened: Opener) -> None:
    clone = opened(repo)
    await clone.create_branch("hotfix/crash", repo.sha("main"))
    assert repo.sha("refs/heads/hotfix/crash") == repo.sha("main")
    await clone.create_branch("hotfix/crash", repo.sha("main"))
    with pytest.raises(CloneError, match="exists already at"):
        await clone.create_branch("hotfix/crash", repo.sha("staging"))
    assert repo.sha("refs/heads/hotfix/crash") == repo.sha("main")


async def test_branches_that_cannot_be_created(repo: Repo, opened: Opener) -> None:
    clone = opened(repo)
    with pytest.raises(CloneError, match="creating the branch"):
        await clone.create_branch("hotfix/a", "1" * 40)
    with pytest.raises(CloneError, match="full SHA"):
        await clone.create_branch("hotfix/a", "main")
    with pytest.raises(CloneError, match="creating the branch"):
        await clone.create_branch("main/sub", repo.sha("main"))
    with pytest.raises(CloneError, match="in case only"):
        await clone.create_branch("Feature/Import", repo.sha("main"))
    with pytest.raises(CloneError, match="creating the branch"):
        await clone.create_branch("hotfix/tree", repo.sha("main^{tree}"))


async def test_delete_a_branch_pins_its_tip(repo: Repo, opened: Opener) -> None:
    tip = repo.sha("feature/import")
    await opened(repo).delete_branch("feature/import", tip)
    assert repo.git("for-each-ref", "refs/heads/feature") == ""
    assert repo.sha(f"refs/console/deleted/{tip}") == tip
    await opened(repo).delete_branch("feature/import", tip)


async def test_branches_that_are_kept(repo: Repo, tmp_path: Path, opened: Opener) -> None:
    clone = opened(repo)
    for name in ("main", "staging", "Main"):
        with pytest.raises(CloneError, match="permanent"):
            await clone.delete_branch(name, repo.sha("main"))
    with pytest.raises(CloneError, match="moved meanwhile"):
        await clone.delete_branch("feature/import", repo.sha("main"))
    repo.git("worktree", "add", "-q", str(tmp_path / "second"), "feature/import")
    with pytest.raises(CloneError, match="is checked out in"):
        await clone.delete_branch("feature/import", repo.sha("feature/import"))
    repo.git("branch", "live", "main")
    other = GitClone(repo.path, clock=None, main="live", staging="next", redact=str)  # type: ignore[arg-type]
    for name in ("live", "main"):
        with pytest.raises(CloneError, match="permanent"):
            await other.delete_branch(name, repo.sha("main"))
        with pytest.raises(CloneError, match="never pushed"):
            await other.push(name, repo.sha("main"))


async def test_switch(repo: Repo, opened: Opener) -> None:
    (repo.path / "scratch").write_text("mine")
    await opened(repo).switch("staging")
    assert repo.git("symbolic-ref", "HEAD") == "refs/heads/staging"
    assert (repo.path / "scratch").read_text() == "mine"
    await opened(repo).switch("staging")


async def test_a_dirty_tree_is_left_alone_to_the_byte(repo: Repo, opened: Opener) -> None:
    (repo.path / "file").write_text("unsaved\n")
    index = (repo.path / ".git/index").read_bytes()
    with pytest.raises(CloneError, match="unsaved changes in file") as caught:
        await opened(repo).switch("staging")
    assert "never stashes" in caught.value.consequence
    assert (repo.path / "file").read_text() == "unsaved\n"
    assert (repo.path / ".git/index").read_bytes() == index
    assert repo.git("symbolic-ref", "HEAD") == "refs/heads/main"


async def test_switches_that_are_refused(repo: Repo, tmp_path: Path, opened: Opener) -> None:
    clone = opened(repo)
    with pytest.raises(CloneError, match="no local branch"):
        await clone.switch("absent")
    (repo.path / "coach").write_text("in the way")
    with pytest.raises(CloneError, match="in the way of staging: coach"):
        await clone.switch("staging")
    assert (repo.path / "coach").read_text() == "in the way"
    repo.git("worktree", "add", "-q", str(tmp_path / "second"), "feature/import")
    with pytest.raises(CloneError, match="switching to feature/import"):
        await clone.switch("feature/import")
    repo.git("bisect", "start")
    with pytest.raises(CloneError, match="a bisect is in progress"):
        await clone.switch("staging")


async def test_a_remote_branch_is_not_guessed(repo: Repo, opened: Opener) -> None:
    repo.git("branch", "-D", "feature/import")
    with pytest.raises(CloneError, match="no local branch"):
        await opened(repo).switch("feature/import")


async def test_a_failing_hook_after_a_switch_that_happened(repo: Repo, opened: Opener) -> None:
    repo.hook("post-checkout", "exit 1")
    await opened(repo).switch("staging")
    assert repo.git("symbolic-ref", "HEAD") == "refs/heads/staging"


async def test_pins_are_never_moved(repo: Repo, opened: Opener) -> None:
    clone, first, second = opened(repo), repo.sha("main"), repo.sha("staging")
    for sha in (first, first, second, second):
        await clone.pin("run-1/main", sha)
    assert repo.sha("refs/console/run-1/main") == first
    assert repo.sha(f"refs/console/run-1/main-{second[:12]}") == second


async def test_a_second_work_tree(repo: Repo, tmp_path: Path, opened: Opener) -> None:
    clone, place = opened(repo), tmp_path / "trees" / "-odd name"
    (repo.path / "file").write_text("unsaved\n")
    await clone.add_worktree(str(place), "staging")
    assert (place / "coach").is_file()
    assert (repo.path / "file").read_text() == "unsaved\n"
    (place / "work").write_text("mine")
    with pytest.raises(CloneError, match="not clean") as caught:
        await clone.remove_worktree(str(place))
    assert "force" not in caught.value.sentence()
    assert (place / "work").read_text() == "mine"
    (place / "work").unlink()
    await clone.remove_worktree(str(place))
    assert not place.exists()
    await clone.remove_worktree(str(place))


async def test_work_trees_that_are_refused(repo: Repo, tmp_path: Path, opened: Opener) -> None:
    clone = opened(repo)
    for path in ("relative", str(repo.path / "inside"), str(repo.path / ".git" / "x"), f"{tmp_path}/../x", f"{tmp_path}/a\x1b[31m"):
        with pytest.raises(CloneError):
            await clone.add_worktree(path, "staging")
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "file").touch()
    with pytest.raises(CloneError, match="exists already"):
        await clone.add_worktree(str(taken), "staging")
    with pytest.raises(CloneError, match="adding the work tree"):
        await clone.add_worktree(str(tmp_path / "new"), "main")
    with pytest.raises(CloneError, match="no local branch"):
        await clone.add_worktree(str(tmp_path / "new"), "absent")
    with pytest.raises(CloneError, match="no work tree of this clone"):
        await clone.remove_worktree(str(taken))
    with pytest.raises(CloneError, match="the clone itself"):
        await clone.remove_worktree(str(repo.path))


async def test_a_lock_of_another_git_is_named_and_kept(repo: Repo, opened: Opener) -> None:
    lock = repo.path / ".git/index.lock"
    here = Path("/proc").is_dir()
    with lock.open("w"), pytest.raises(CloneError, match=r"index\.lock is held by process \d+" if here else r"index\.lock is held"):
        await opened(repo).switch("staging")
    with pytest.raises(CloneError, match=r"index\.lock is held by no process" if here else r"index\.lock is held"):
        await opened(repo).switch("staging")
    assert lock.exists()
    (repo.path / ".git/refs/heads/hotfix").mkdir()
    (repo.path / ".git/refs/heads/hotfix/crash.lock").touch()
    with pytest.raises(CloneError, match=r"crash\.lock is held"):
        await opened(repo).create_branch("hotfix/crash", repo.sha("main"))


def test_a_lock_that_goes_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("strideiq_console.providers.git.locks.time.sleep", lambda seconds: None)
    answers = [Output(128, b"", "fatal: Unable to create '/x/.git/index.lock': File exists.")] * 3 + [Output(0, b"", "")]
    assert patiently(lambda: answers.pop(0), 10.0).code == 0
    assert answers == []


async def test_reads_of_commits(repo: Repo, opened: Opener) -> None:
    clone = opened(repo)
    main, staging, feature = (repo.sha(f"refs/heads/{name}") for name in ("main", "staging", "feature/import"))
    assert await clone.tip("refs/heads/main") == main
    assert await clone.tip("refs/heads/absent") is None
    assert await clone.tip("main") is None
    assert await clone.tip("refs/heads/-x") is None
    assert await clone.is_ancestor(main, feature)
    assert not await clone.is_ancestor(feature, main)
    assert [c.subject for c in await clone.commits(main, feature)] == ["fix: import", "feat: import", "feat: coach"]
    assert [c.subject for c in await clone.commits(main, feature, limit=1)] == ["fix: import"]
    assert [c.subject for c in await clone.history("refs/remotes/origin/main")] == ["feat: calendar", "chore: begin"]
    assert (await clone.history(main))[0].parents == (repo.sha("main~1"),)
    assert await clone.changed_files(main, feature) == ("coach", "import")
    assert await clone.same_tree(main, main)
    assert not await clone.same_tree(main, staging)
    both = await clone.divergence("refs/heads/main", feature)
    assert (both.ahead, both.behind) == (0, 3)
    for words in ("HEAD", "main", "--all", "-x", "main..staging", "refs/heads/a..b", ""):
        with pytest.raises(CloneError, match=r"is refused|neither a full SHA"):
            await clone.history(words)
    with pytest.raises(CloneError):
        await clone.is_ancestor("1" * 40, main)
