"""What is unsaved, as a commit would see it: kinds, added lines, sizes, and what nobody reads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.worktree import ChangeKind, FileChange
from strideiq_console.providers.git import netchanges, unsaved
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import Repo
from tests.providers.git.states import state


async def look(repo: Repo, opened: Opener) -> dict[str, FileChange]:
    before = state(repo)
    found = await opened(repo).unsaved(str(repo.path))
    assert state(repo) == before, "looking changed something"
    assert [one.path for one in found] == sorted(one.path for one in found)
    return {one.path: one for one in found}


async def test_a_clean_tree(repo: Repo, opened: Opener) -> None:
    os.utime(repo.path / "file", (1, 1))
    assert await look(repo, opened) == {}


async def test_every_kind_against_head(repo: Repo, opened: Opener) -> None:
    for name in ("changed", "gone", "old", "taken-out", "same"):
        repo.commit("more", file=name, content=f"{name} one\n{name} two\n{name} three\n")
    (repo.path / "changed").write_text("changed one\nnew\nchanged three\n+++ b/not a header\n")
    (repo.path / "gone").unlink()
    repo.git("mv", "old", "young")
    repo.git("rm", "-q", "--cached", "taken-out")
    (repo.path / "taken-out").write_text("still here\n")
    (repo.path / "staged").write_text("staged\n")
    repo.git("add", "staged")
    (repo.path / "announced").write_text("announced\n")
    repo.git("add", "-N", "announced")
    (repo.path / "same").write_text("other\n")
    repo.git("add", "same")
    (repo.path / "same").write_text("same one\nsame two\nsame three\n")
    (repo.path / "dir").mkdir()
    (repo.path / "dir/fresh").write_text("one\r\ntwo\x1b[31m")
    found = await look(repo, opened)
    assert {name: (one.kind, one.added) for name, one in found.items()} == {
        "announced": (ChangeKind.ADDED, ("announced",)),
        "changed": (ChangeKind.MODIFIED, ("new", "+++ b/not a header")),
        "dir/fresh": (ChangeKind.UNTRACKED, ("one", "two␛[31m")),
        "gone": (ChangeKind.DELETED, ()),
        "staged": (ChangeKind.ADDED, ("staged",)),
        "taken-out": (ChangeKind.MODIFIED, ("still here",)),
        "young": (ChangeKind.RENAMED, ()),
    }
    assert found["young"].before == "old"
    assert found["changed"].size == 49
    assert found["gone"].size == 0


async def test_what_nobody_reads(repo: Repo, opened: Opener) -> None:
    for name in ("large", "lines", "picture"):
        repo.commit("more", file=name)
    (repo.path / "large").write_bytes(b"x" * 6_000_000)
    (repo.path / "lines").write_text("x\n" * 20_001)
    (repo.path / "picture").write_bytes(b"\0\1\2")
    (repo.path / "new-large").write_bytes(b"y\n" * 600_000)
    (repo.path / "new-lines").write_text("y\n" * 20_001)
    (repo.path / "new-picture").write_bytes(b"\0" * 6_000_000)
    (repo.path / "small").write_text("small\n")
    (repo.path / "file").write_text("edited\n")
    found = await look(repo, opened)
    assert {name: (one.size, one.binary, one.added) for name, one in found.items()} == {
        "file": (7, False, ("edited",)),
        "large": (6_000_000, False, None),
        "lines": (40_002, False, None),
        "new-large": (1_200_000, False, None),
        "new-lines": (40_002, False, None),
        "new-picture": (6_000_000, True, None),
        "picture": (3, True, None),
        "small": (6, False, ("small",)),
    }


async def test_line_ends(repo: Repo, opened: Opener) -> None:
    repo.commit("more", file="ends", content="one\ntwo\n")
    repo.commit("more", file="both", content="one\ntwo\n")
    repo.commit("more", file="last", content="one\ntwo\n")
    (repo.path / "ends").write_bytes(b"one\r\ntwo\r\n")
    (repo.path / "both").write_bytes(b"one\r\nthree\r\n")
    (repo.path / "last").write_bytes(b"one\ntwo")
    found = await look(repo, opened)
    assert {name: one.crlf_only for name, one in found.items()} == {"ends": True, "both": False, "last": False}


async def test_links_and_odd_files(repo: Repo, tmp_path: Path, opened: Opener) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of somebody else")
    (repo.path / "link").symlink_to(secret)
    (repo.path / "file").unlink()
    (repo.path / "file").symlink_to(secret)
    os.mkfifo(repo.path / "pipe")
    Repo.init(repo.path / "inner").commit("inside")
    found = await look(repo, opened)
    assert found["link"].added == (str(secret),)
    assert found["file"].added == (str(secret),)
    assert found["inner/"].added is None
    assert "pipe" not in found
    assert "inner/file" not in found


async def test_a_file_in_conflict_is_there(repo: Repo, opened: Opener) -> None:
    repo.git("switch", "-q", "-c", "theirs")
    repo.commit("feat: theirs", content="theirs\n")
    repo.git("switch", "-q", "main")
    repo.commit("feat: ours", content="ours\n")
    repo.git("merge", "-q", "theirs", code=1)
    found = await opened(repo).unsaved(str(repo.path))
    assert [(one.path, one.kind) for one in found] == [("file", ChangeKind.MODIFIED)]
    with pytest.raises(CloneError, match="a merge is in progress"):
        await opened(repo).commit_files(str(repo.path), "main", ["file"], "x")


async def test_settings_of_the_founder_change_nothing(repo: Repo, opened: Opener) -> None:
    for key, value in (
        ("diff.noprefix", "true"), ("diff.mnemonicPrefix", "true"), ("diff.context", "9"), ("color.ui", "always"),
        ("diff.relative", "true"), ("diff.interHunkContext", "9"), ("diff.submodule", "log"), ("core.quotePath", "true"),
        ("status.showUntrackedFiles", "no"), ("diff.algorithm", "histogram"), ("diff.external", "false"), ("diff.renames", "false"),
    ):  # fmt: skip
        repo.config(key, value)
    repo.commit("more", file="grün", content="1\n2\n3\n4\n5\n")
    (repo.path / "grün").write_text("1\nzwei\n3\n4\nfünf\n")
    (repo.path / "fresh").write_text("fresh\n")
    found = await look(repo, opened)
    assert {name: one.added for name, one in found.items()} == {"grün": ("zwei", "fünf"), "fresh": ("fresh",)}


async def test_limits_as_a_whole(repo: Repo, opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        (repo.path / name).write_text("1\n2\n3\n")
    (repo.path / "file").write_text("1\n2\n3\n")
    monkeypatch.setattr(unsaved, "MOST_LINES_TOGETHER", 6)
    found = await look(repo, opened)
    assert [name for name, one in found.items() if one.added is None] == ["b", "c"]
    monkeypatch.setattr(netchanges, "MOST_FILES", 3)
    with pytest.raises(CloneError, match="4 files are unsaved"):
        await opened(repo).unsaved(str(repo.path))


async def test_where_nothing_can_be_read(repo: Repo, tmp_path: Path, opened: Opener) -> None:
    with pytest.raises(CloneError, match="no work tree of this clone"):
        await opened(repo).unsaved(str(tmp_path))
    empty = Repo.init(tmp_path / "empty")
    with pytest.raises(CloneError, match="no commit yet"):
        await opened(empty).unsaved(str(empty.path))
