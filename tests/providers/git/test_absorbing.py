"""Squashed and rebased branches: found without their commits, told from what is only begun, within a budget (R18, T10)."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.domain.branch import Branch
from strideiq_console.domain.fault import CloneError
from strideiq_console.providers.git import absorbing
from strideiq_console.providers.git.command import Git
from tests.git_shim import RecordedGit, recorded_git
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import Repo

__all__ = ["recorded_git"]


def by_name(branches: tuple[Branch, ...]) -> dict[str, Branch]:
    return {branch.name: branch for branch in branches}


def squash(repo: Repo, branch: str, into: str) -> str:
    repo.git("switch", "-q", into)
    repo.git("merge", "-q", "--squash", branch)
    repo.git("commit", "-q", "-m", f"squash {branch}")
    repo.git("push", "-q", "origin", into)
    return repo.sha("HEAD")


async def test_a_squashed_branch_is_absorbed_and_a_begun_one_is_not(repo: Repo, opened: Opener) -> None:
    repo.git("branch", "feature/begun", "feature/import")
    repo.git("switch", "-q", "feature/begun")
    repo.commit("more", file="more")
    squash(repo, "feature/import", "staging")
    repo.commit("something else on staging", file="coach", content="new\n")
    repo.git("push", "-q", "origin", "staging")
    found = by_name(await opened(repo).branches())
    assert found["feature/import"].absorbed_by == "staging"
    assert found["feature/import"].against_staging.ahead == 2, "its commits are not there"
    assert found["feature/begun"].absorbed_by == ""
    assert found["main"].absorbed_by == ""


async def test_a_rebased_branch_is_absorbed(repo: Repo, opened: Opener) -> None:
    repo.git("switch", "-q", "staging")
    repo.commit("other", file="other")
    repo.git("cherry-pick", "main..feature/import", "--keep-redundant-commits")
    repo.git("push", "-q", "origin", "staging")
    assert by_name(await opened(repo).branches())["feature/import"].absorbed_by == "staging"


async def test_reverted_work_is_work_again(repo: Repo, opened: Opener) -> None:
    sha = squash(repo, "feature/import", "staging")
    repo.git("revert", "--no-edit", sha)
    repo.git("push", "-q", "origin", "staging")
    assert by_name(await opened(repo).branches())["feature/import"].absorbed_by == ""


async def test_a_staging_squashed_into_main_is_told(repo: Repo, opened: Opener) -> None:
    squash(repo, "staging", "main")
    staging = by_name(await opened(repo).branches())["staging"]
    assert (staging.absorbed_by, staging.against_main.ahead, staging.against_main.behind) == ("main", 1, 1)


async def test_a_merged_branch_needs_no_trial(repo: Repo, opened: Opener, recorded_git: RecordedGit) -> None:
    repo.git("switch", "-q", "staging")
    repo.git("merge", "-q", "--no-ff", "--no-edit", "feature/import")
    repo.git("push", "-q", "origin", "staging")
    repo.git("switch", "-q", "main")
    repo.git("merge", "-q", "staging")
    repo.git("push", "-q", "origin", "main")
    recorded_git.forget()
    found = by_name(await opened(repo).branches())
    assert found["feature/import"].absorbed_by == ""
    assert found["feature/import"].against_staging.ahead == 0
    assert not [call for call in recorded_git.calls() if call.words[0] == "merge-tree"]


async def test_each_pair_is_tried_once_and_in_private(repo: Repo, opened: Opener, recorded_git: RecordedGit) -> None:
    clone = opened(repo)
    recorded_git.forget()
    before = await clone.branches()
    calls = [call for call in recorded_git.calls() if call.words[0] == "merge-tree"]
    assert calls
    assert all(call.private for call in calls)
    assert recorded_git.fouls() == []
    recorded_git.forget()
    assert await clone.branches() == before
    assert not [call for call in recorded_git.calls() if call.words[0] == "merge-tree"]


def test_beyond_the_budget_it_is_unknown_and_found_later(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        repo.git("switch", "-q", "-c", f"feature/n{number}", "main")
        repo.commit(f"n{number}", file=f"n{number}")
    monkeypatch.setattr(absorbing, "AT_ONCE", 2)
    git = Git(repo.path, redact=str)
    from strideiq_console.providers.git.branches import read_branches

    branches = read_branches(git, main="main", staging="staging")
    times = iter([0.0, 0.0, 9.0, *[0.0] * 90])
    absorption = absorbing.Absorption()
    first = absorption.told(git, branches, lambda: next(times))
    assert [b.absorbed_by for b in first].count(None) >= 4, "what nobody looked at is unknown, not unmerged"
    second = absorption.told(git, branches, lambda: 0.0)
    assert None not in [b.absorbed_by for b in second]


async def test_a_shallow_clone_knows_nothing(repo: Repo, tmp_path: Path, opened: Opener) -> None:
    shallow = tmp_path / "shallow"
    repo.git("clone", "-q", "--depth", "1", "--no-single-branch", f"file://{tmp_path}/origin.git", str(shallow))
    clone = opened(shallow)
    assert all(b.absorbed_by in (None, "") for b in await clone.branches())
    with pytest.raises(CloneError, match="shallow"):
        await clone.absorbed("refs/remotes/origin/main", [repo.sha("staging")])


async def test_what_cannot_be_tried_is_left_out(repo: Repo, opened: Opener) -> None:
    known, strange = repo.sha("feature/import"), "ab" * 20
    clone = opened(repo)
    assert await clone.absorbed("refs/remotes/origin/staging", [known, strange]) == {known: False}
    assert await clone.absorbed("refs/remotes/origin/staging", ["main", "--all"]) == {}
    assert await clone.absorbed("refs/remotes/origin/staging", [repo.sha("main")]) == {repo.sha("main"): True}
