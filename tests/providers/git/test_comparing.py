"""What a branch or a commit changes: against where it forked, cut at both limits and said, clean, and run by nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from strideiq_console.domain.comparison import FileCount
from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.untrusted import is_clean
from tests.git_shim import RecordedGit, recorded_git
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import Repo
from tests.providers.git.test_shapes import NAMES

__all__ = ["recorded_git"]


async def test_a_branch_is_compared_with_where_it_left_its_base(repo: Repo, opened: Opener) -> None:
    repo.commit("main went on", file="elsewhere", content="x\n")
    found = await opened(repo).comparison("refs/heads/main", repo.sha("feature/import"))
    assert [(f.path, f.added, f.deleted) for f in found.files] == [("coach", 1, 0), ("import", 1, 0)]
    assert "+better" in found.lines
    assert not any("elsewhere" in line for line in found.lines), "what only main did is no work of the branch"
    assert (found.files_left, found.lines_left) == (0, 0)


async def test_a_commit_is_compared_with_its_parent_and_the_first_with_nothing(repo: Repo, opened: Opener) -> None:
    clone = opened(repo)
    fix = await clone.comparison("", repo.sha("feature/import"))
    assert [(f.path, f.added, f.deleted) for f in fix.files] == [("import", 1, 1)]
    first = await clone.comparison("", repo.git("rev-list", "--max-parents=0", "main"))
    assert [f.path for f in first.files] == ["file"]
    repo.git("merge", "-q", "--no-ff", "--no-edit", "feature/import")
    merge = await clone.comparison("", repo.sha("HEAD"))
    assert [f.path for f in merge.files] == ["coach", "import"], "a merge shows what it brought to its first parent"


async def test_both_limits_cut_and_count_the_rest(repo: Repo, opened: Opener) -> None:
    for number in range(6):
        (repo.path / f"f{number}").write_text("".join(f"line {n}\n" for n in range(10)))
    repo.git("add", ".")
    repo.git("commit", "-q", "-m", "many")
    found = await opened(repo).comparison("", repo.sha("HEAD"), files=4, lines=20)
    assert ([f.path for f in found.files], found.files_left) == (["f0", "f1", "f2", "f3"], 2)
    assert len(found.lines) == 20
    shown = sum(line.startswith("+") and not line.startswith("+++") for line in found.lines)
    assert shown + found.lines_left == 60


async def test_renames_and_binaries(repo: Repo, opened: Opener) -> None:
    (repo.path / "long").write_text("".join(f"{n}\n" for n in range(40)))
    repo.git("add", ".")
    repo.git("commit", "-q", "-m", "long")
    repo.git("mv", "long", "längër name")
    (repo.path / "pixels").write_bytes(bytes(range(256)))
    repo.git("add", ".")
    repo.git("commit", "-q", "-m", "moved")
    found = await opened(repo).comparison("", repo.sha("HEAD"))
    assert set(found.files) == {FileCount("längër name", 0, 0, "long"), FileCount("pixels", None, None)}
    assert any(line.startswith("Binary files") for line in found.lines)


async def test_hostile_bytes_come_out_clean_and_nothing_is_run(repo: Repo, opened: Opener, recorded_git: RecordedGit) -> None:
    canary = repo.path.parent / "canary"
    (repo.path / ".gitattributes").write_text("* diff=evil filter=evil\n")
    for key in ("diff.evil.command", "diff.evil.textconv", "diff.external", "core.pager", "filter.evil.clean"):
        repo.config(key, f"touch {canary}")
    (repo.path / "evil\nname").write_bytes(b"\x1b]52;c;aGk=\x07 \x1b[31m \xe2\x80\xaedrawkcab\r\n" + b"x" * 5000 + b"\n")
    repo.git("add", ".", code=0)
    repo.git("-c", "filter.evil.clean=cat", "commit", "-q", "-m", "evil")
    canary.unlink(missing_ok=True)
    recorded_git.forget()
    found = await opened(repo).comparison("", repo.sha("HEAD"))
    assert all(is_clean(line) for line in (*found.lines, *(f.path for f in found.files)))
    assert all(len(line) <= 400 for line in found.lines)
    assert not canary.exists()
    assert recorded_git.fouls() == []


@pytest.mark.parametrize("name", NAMES)
async def test_only_full_names_reach_git(repo: Repo, opened: Opener, name: str) -> None:
    for base, head in ((name, repo.sha("main")), ("", name), (repo.sha("main"), name)):
        if base or head:
            with pytest.raises(CloneError):
                await opened(repo).comparison(base or "", head or "-")


async def test_unrelated_and_shallow_histories_say_so(repo: Repo, tmp_path: Path, opened: Opener) -> None:
    repo.git("switch", "-q", "--orphan", "pages")
    lonely = repo.commit("pages")
    with pytest.raises(CloneError, match="no commit in common"):
        await opened(repo).comparison("refs/heads/main", lonely)
    shallow = tmp_path / "shallow"
    repo.git("clone", "-q", "--depth", "1", "--no-single-branch", f"file://{tmp_path}/origin.git", str(shallow))
    with pytest.raises(CloneError, match="shallow"):
        await opened(shallow).comparison("refs/remotes/origin/main", repo.sha("staging"))
