"""Trial merges by both ways that git offers: the same answer, and nothing of the clone is touched."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from strideiq_console.domain.fault import CloneError
from strideiq_console.providers.git import merging
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import Repo
from tests.providers.git.states import state


def _lines(repo: Repo) -> None:
    repo.commit("feat: theirs", file="file", content="theirs\n")
    repo.commit("feat: more", file="two words", content="theirs\n")


def _deleted(repo: Repo) -> None:
    repo.git("rm", "-q", "file")
    repo.git("commit", "-q", "-m", "chore: drop")


def _folder(repo: Repo) -> None:
    repo.git("rm", "-q", "file")
    repo.commit("feat: folder", file="file/inside")


CASES: dict[str, tuple[Callable[[Repo], None], tuple[str, ...]]] = {
    "lines": (_lines, ("file", "two words")),
    "deleted there, changed here": (_deleted, ("file",)),
    "clean": (lambda repo: None, ()),
}


@pytest.mark.parametrize("way", ["in memory", "in files"])
@pytest.mark.parametrize("case", CASES)
async def test_conflicts(repo: Repo, opened: Opener, monkeypatch: pytest.MonkeyPatch, case: str, way: str) -> None:
    change, expected = CASES[case]
    repo.git("switch", "-q", "-c", "theirs")
    repo.commit("feat: own", file="own")
    change(repo)
    repo.git("switch", "-q", "main")
    repo.commit("feat: ours", file="file", content="ours\n")
    repo.commit("feat: ours", file="two words", content="ours\n")
    (repo.path / "file").write_text("edited\n")
    if way == "in files":
        monkeypatch.setattr(merging, "by_merge_tree", lambda apart, ours, theirs: None)
    before, objects = state(repo), repo.git("count-objects")
    clone = opened(repo)
    assert await clone.conflicts("refs/heads/main", "refs/heads/theirs") == expected
    assert await clone.conflicts(repo.sha("theirs"), repo.sha("main")) == expected
    assert {**state(repo), "left": []} == before
    assert repo.git("count-objects") == objects


@pytest.mark.parametrize("way", ["in memory", "in files"])
async def test_a_file_here_and_a_folder_there(repo: Repo, opened: Opener, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    repo.git("switch", "-q", "-c", "theirs")
    _folder(repo)
    repo.git("switch", "-q", "main")
    repo.commit("feat: ours", file="file", content="ours\n")
    if way == "in files":
        monkeypatch.setattr(merging, "by_merge_tree", lambda apart, ours, theirs: None)
    found = await opened(repo).conflicts("refs/heads/main", "refs/heads/theirs")
    assert found
    assert all(path.startswith("file") for path in found)


@pytest.mark.parametrize("way", ["in memory", "in files"])
async def test_what_cannot_be_tried(repo: Repo, opened: Opener, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    if way == "in files":
        monkeypatch.setattr(merging, "by_merge_tree", lambda apart, ours, theirs: None)
    clone = opened(repo)
    with pytest.raises(CloneError):
        await clone.conflicts(repo.sha("main"), "1" * 40)
    with pytest.raises(CloneError, match="neither a full SHA"):
        await clone.conflicts("main", "staging")
    repo.git("switch", "-q", "--orphan", "alone")
    repo.commit("alone", file="alone")
    with pytest.raises(CloneError, match="unrelated histories"):
        await clone.conflicts("refs/heads/main", "refs/heads/alone")
