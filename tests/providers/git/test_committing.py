"""Commits of exactly the picked files, on real repositories with real hooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.domain.fault import CloneError
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import Repo
from tests.providers.git.states import entries, files, state

MESSAGE = "feat(coach): plan the week\n\n- bullet\n# no comment\n\nCloses #12\n"


def dirty(repo: Repo) -> None:
    """A staged file, an edited one, one that is both, and an untracked one."""
    (repo.path / "staged").write_text("staged\n")
    repo.git("add", "staged")
    (repo.path / "file").write_text("edited\n")
    (repo.path / "both").write_text("one\n")
    repo.git("add", "both")
    (repo.path / "both").write_text("two\n")
    (repo.path / "new").write_text("new\n")


def held(repo: Repo, commit: str = "HEAD") -> set[str]:
    rows = repo.git("diff-tree", "-r", "-z", "--name-only", "--no-renames", f"{commit}~1", commit)
    return {row for row in rows.split("\0") if row}


async def test_only_what_is_picked_goes_along(repo: Repo, opened: Opener) -> None:
    dirty(repo)
    old, before, index = repo.sha("HEAD"), files(repo.path), entries(repo)
    new = await opened(repo).commit_files(str(repo.path), "main", ["file", "new"], MESSAGE)
    assert new == repo.sha("refs/heads/main") == repo.sha("HEAD")
    assert repo.sha("HEAD~1") == old
    assert held(repo) == {"file", "new"}
    assert files(repo.path) == before
    after = entries(repo)
    assert {name: after[name] for name in ("staged", "both")} == {name: index[name] for name in ("staged", "both")}
    assert repo.git("status", "--porcelain") == "AM both\nA  staged"
    assert repo.git("log", "-1", "--format=%B") == MESSAGE.strip()


async def test_a_file_staged_in_part_goes_as_it_is_on_disk(repo: Repo, opened: Opener) -> None:
    dirty(repo)
    await opened(repo).commit_files(str(repo.path), "main", ["both"], "feat: both")
    assert repo.git("show", "HEAD:both") == "two"
    assert held(repo) == {"both"}


async def test_renames_deletions_and_modes(repo: Repo, opened: Opener) -> None:
    repo.commit("more", file="a", content="a long enough line\n" * 5)
    repo.commit("more", file="gone")
    repo.commit("more", file="run")
    repo.git("mv", "a", "b")
    (repo.path / "gone").unlink()
    (repo.path / "run").chmod(0o755)
    clone = opened(repo)
    assert {(one.kind.value, one.before, one.path) for one in await clone.unsaved(str(repo.path))} == {
        ("renamed", "a", "b"),
        ("deleted", "", "gone"),
        ("modified", "", "run"),
    }
    await clone.commit_files(str(repo.path), "main", ["b"], "refactor: rename")
    assert held(repo) == {"a", "b"}
    await clone.commit_files(str(repo.path), "main", ["gone"], "chore: delete")
    assert held(repo) == {"gone"}
    await clone.commit_files(str(repo.path), "main", ["run"], "chore: mode")
    assert repo.git("ls-tree", "HEAD", "run").startswith("100755")
    assert repo.git("status", "--porcelain") == ""


ODD = ["two words", "new\nline", "-dash", "--force", ":(glob)**", "*.py", "[a]", "grün/ü", "a\tb", '"quoted"', "back\\slash", "!x"]


@pytest.mark.parametrize("name", ODD)
async def test_odd_names_alone_and_literally(repo: Repo, opened: Opener, name: str) -> None:
    for path in ("x.py", "ab", "a", "file2"):
        (repo.path / path).write_text("neighbour\n")
    (repo.path / name).parent.mkdir(exist_ok=True)
    (repo.path / name).write_text("odd\n")
    clone = opened(repo)
    shown = next(one.path for one in await clone.unsaved(str(repo.path)) if one.added == ("odd",))
    await clone.commit_files(str(repo.path), "main", [shown], "feat: odd")
    assert held(repo) == {name}


async def test_two_names_that_look_alike(repo: Repo, opened: Opener) -> None:
    for name in ("a\x01", "a\N{SYMBOL FOR START OF HEADING}"):
        (repo.path / name).write_text("x")
    before = state(repo)
    with pytest.raises(CloneError, match="look alike"):
        await opened(repo).commit_files(str(repo.path), "main", ["a\N{SYMBOL FOR START OF HEADING}"], "feat: x")
    assert state(repo)["index"] == before["index"]


async def test_a_hook_that_refuses(repo: Repo, opened: Opener) -> None:
    dirty(repo)
    repo.hook("pre-commit", "git diff --cached --name-only >&2; for i in $(seq 100); do echo line $i; done; exit 1")
    before = state(repo)
    index = entries(repo)
    with pytest.raises(CloneError, match=r"your hook \(pre-commit\)") as caught:
        await opened(repo).commit_files(str(repo.path), "main", ["file"], MESSAGE)
    assert state(repo) == before
    assert "line 61 ⏎" in caught.value.cause
    assert "line 60 ⏎" not in caught.value.cause
    assert caught.value.cause.endswith("line 100")
    assert "never skips hooks" in caught.value.next_step
    with pytest.raises(CloneError, match="pre-commit"):
        await opened(repo).commit_files(str(repo.path), "main", ["new", "file"], MESSAGE)
    assert entries(repo) == index
    assert {**state(repo), "index": b""} == {**before, "index": b""}
    assert repo.git("status", "--porcelain") == "AM both\n M file\nA  staged\n?? new"


async def test_hooks_see_the_picked_files_and_their_patterns_work(repo: Repo, opened: Opener) -> None:
    dirty(repo)
    (repo.path / "x.py").write_text("x\n")
    repo.hook("pre-commit", "git diff --cached --name-only > seen; git diff --cached --name-only -- '*.py' > python")
    await opened(repo).commit_files(str(repo.path), "main", ["file", "x.py"], MESSAGE)
    assert (repo.path / "seen").read_text() == "file\nx.py\n"
    assert (repo.path / "python").read_text() == "x.py\n"


async def test_a_commit_msg_hook_and_one_that_adds(repo: Repo, opened: Opener) -> None:
    dirty(repo)
    script = repo.hook("commit-msg", 'grep -q "^feat" "$1" || { echo not conventional; exit 1; }')
    with pytest.raises(CloneError, match=r"commit-msg.*not conventional"):
        await opened(repo).commit_files(str(repo.path), "main", ["file"], "whatever")
    script.unlink()
    repo.hook("pre-commit", "git add new")
    with pytest.raises(CloneError, match="was made, but it also holds new"):
        await opened(repo).commit_files(str(repo.path), "main", ["file"], MESSAGE)


async def test_no_identity(repo: Repo, home: Path, opened: Opener) -> None:
    (home / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    dirty(repo)
    before = state(repo)
    with pytest.raises(CloneError, match="who you are") as caught:
        await opened(repo).commit_files(str(repo.path), "main", ["new"], MESSAGE)
    assert caught.value.next_step.count("git config --global") == 2
    assert state(repo) == before


async def test_a_signature_that_cannot_be_made(repo: Repo, opened: Opener) -> None:
    dirty(repo)
    repo.config("commit.gpgSign", "true")
    repo.config("gpg.program", "false")
    index = entries(repo)
    with pytest.raises(CloneError, match="could not be signed"):
        await opened(repo).commit_files(str(repo.path), "main", ["new"], MESSAGE)
    assert entries(repo) == index


async def test_what_is_refused(repo: Repo, tmp_path: Path, opened: Opener) -> None:
    clone, here = opened(repo), str(repo.path)
    dirty(repo)
    Repo.init(repo.path / "inner").commit("inside")
    before = state(repo)
    for files_, message, words in (
        ([], MESSAGE, "no file is picked"),
        (["file"], " \n", "message is empty"),
        (["absent"], MESSAGE, "nothing to commit"),
        (["file", "../x"], MESSAGE, "nothing to commit"),
        (["."], MESSAGE, "nothing to commit"),
        (["inner/"], MESSAGE, "repository of its own"),
    ):
        with pytest.raises(CloneError, match=words):
            await clone.commit_files(here, "main", files_, message)
    with pytest.raises(CloneError, match="not on staging"):
        await clone.commit_files(here, "staging", ["file"], MESSAGE)
    with pytest.raises(CloneError, match="no work tree of this clone"):
        await clone.commit_files(str(tmp_path), "main", ["file"], MESSAGE)
    with (repo.path / ".git/index.lock").open("w"), pytest.raises(CloneError, match="is held"):
        await clone.commit_files(here, "main", ["file"], MESSAGE)
    (repo.path / ".git/index.lock").unlink()
    assert state(repo) == before
    repo.git("bisect", "start")
    with pytest.raises(CloneError, match="a bisect is in progress"):
        await clone.commit_files(here, "main", ["file"], MESSAGE)


async def test_a_file_that_became_a_folder(repo: Repo, opened: Opener) -> None:
    (repo.path / "file").unlink()
    (repo.path / "file").mkdir()
    (repo.path / "file/inside").write_text("x\n")
    clone = opened(repo)
    (repo.path / "other").write_text("x\n")
    before = state(repo)
    for picked in (["file"], ["file", "file/inside"], ["other", "file/inside"]):
        with pytest.raises(CloneError, match="a file became a folder"):
            await clone.commit_files(str(repo.path), "main", picked, MESSAGE)
    assert state(repo) == before
    await clone.commit_files(str(repo.path), "main", ["other"], MESSAGE)
    assert held(repo) == {"other"}


async def test_a_submodule_moves_only_when_picked(repo: Repo, opened: Opener) -> None:
    inner = Repo.init(repo.path / "inner")
    first = inner.commit("one")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{first},inner")
    repo.git("commit", "-q", "-m", "chore: module")
    second = inner.commit("two")
    (repo.path / "file").write_text("edited\n")
    clone = opened(repo)
    await clone.commit_files(str(repo.path), "main", ["file"], MESSAGE)
    assert held(repo) == {"file"}
    (module,) = await clone.unsaved(str(repo.path))
    assert (module.path, module.added) == ("inner", (f"Subproject commit {second}",))
    await clone.commit_files(str(repo.path), "main", ["inner"], MESSAGE)
    assert repo.git("ls-tree", "HEAD", "inner").split()[2] == second


async def test_in_a_second_work_tree(repo: Repo, tmp_path: Path, opened: Opener) -> None:
    place = tmp_path / "second"
    repo.git("worktree", "add", "-q", str(place), "staging")
    dirty(repo)
    (place / "coach").write_text("coached\n")
    (place / "fresh").write_text("fresh\n")
    before = state(repo, refs=False)
    clone = opened(repo)
    assert [one.path for one in await clone.unsaved(str(place))] == ["coach", "fresh"]
    new = await clone.commit_files(str(place), "staging", ["coach", "fresh"], MESSAGE)
    assert new == repo.sha("refs/heads/staging")
    assert state(repo, refs=False) == before
    assert list((repo.path / ".git/strideiq").iterdir()) == []
