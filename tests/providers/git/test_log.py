"""What stands between two commits: whole messages, migrations by commit, files and patches."""

from __future__ import annotations

import pytest

from strideiq_console.domain.fault import CloneError
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import Repo

FOLDER = "apps/api/versions"


def work(repo: Repo) -> dict[str, str]:
    """Return commits by name: a migration on a branch of its own, merged with a pull request, and one on main."""
    made = {"start": repo.sha("main")}
    repo.git("switch", "-q", "-c", "side")
    made["side"] = repo.commit("feat: side\n\nbody \x1b[31m\n\nCloses #4", file=f"{FOLDER}/0001_a.py", at=1_700_001_000)
    repo.git("switch", "-q", "main")
    made["own"] = repo.commit("feat: own", file="other", at=1_700_002_000)
    repo.git("merge", "-q", "--no-ff", "-m", "Merge pull request #4 from side", "side")
    made["merge"] = repo.sha("HEAD")
    repo.commit("chore: like a folder", file=f"{FOLDER}-not/0003.py", at=1_700_003_000)
    repo.git("mv", f"{FOLDER}/0001_a.py", f"{FOLDER}/0001_b\u202e.py")
    repo.git("commit", "-q", "-m", "refactor: rename")
    made["rename"] = repo.sha("HEAD")
    return made


async def test_changes_with_whole_messages_and_their_migrations(repo: Repo, opened: Opener) -> None:
    made, clone = work(repo), opened(repo)
    found = await clone.changes(made["start"], "refs/heads/main", folder=FOLDER)
    assert found is not None
    by_sha = {change.commit.sha: change for change in found}
    assert found[0].commit.sha == made["rename"]
    assert len(found) == 5
    assert by_sha[made["side"]].message == "feat: side\n\nbody ␛[31m\n\nCloses #4"
    assert by_sha[made["side"]].commit.subject == "feat: side"
    assert by_sha[made["side"]].migrations == (f"{FOLDER}/0001_a.py",)
    assert by_sha[made["merge"]].migrations == (f"{FOLDER}/0001_a.py",)
    assert by_sha[made["own"]].migrations == ()
    assert found[1].migrations == ()
    assert found[0].migrations == (f"{FOLDER}/0001_a.py", f"{FOLDER}/0001_b\N{REPLACEMENT CHARACTER}.py")
    order = [change.commit.sha for change in found]
    for change in found:
        for parent in change.commit.parents:
            assert parent not in order or order.index(parent) > order.index(change.commit.sha)


async def test_changes_without_a_folder_and_limits(repo: Repo, opened: Opener) -> None:
    made, clone = work(repo), opened(repo)
    found = await clone.changes(made["start"], made["rename"])
    assert found is not None
    assert {change.migrations for change in found} == {None}
    assert await clone.changes(made["start"], made["rename"], limit=4) is None
    assert await clone.changes(made["start"], made["rename"], limit=5) == found
    assert await clone.changes(made["rename"], made["start"], folder=FOLDER) == ()
    for start, end in (("main", made["rename"]), (made["start"], "--all"), ("1" * 40, made["start"])):
        with pytest.raises(CloneError):
            await clone.changes(start, end)


async def test_a_first_commit_holds_all_its_migrations(repo: Repo, opened: Opener) -> None:
    start = repo.sha("main")
    repo.git("switch", "-q", "--orphan", "alone")
    repo.commit("feat: alone", file=f"{FOLDER}/0001.py")
    found = await opened(repo).changes(start, "refs/heads/alone", folder=f"{FOLDER}/")
    assert found is not None
    assert [change.migrations for change in found] == [(f"{FOLDER}/0001.py",)]


async def test_a_message(repo: Repo, opened: Opener) -> None:
    sha = repo.commit("feat: x\n\n" + "y" * 100_000)
    clone = opened(repo)
    assert await clone.message(repo.sha("main~1")) == "feat: calendar"
    told = await clone.message(sha)
    assert (len(told), told[-1]) == (64_000, "…")
    with pytest.raises(CloneError):
        await clone.message("HEAD")


async def test_a_shallow_clone_cannot_tell(repo: Repo, opened: Opener) -> None:
    (repo.path / ".git/shallow").write_text(repo.sha("main~1") + "\n")
    with pytest.raises(CloneError, match="shallow"):
        await opened(repo).changes(repo.sha("main~1"), "refs/heads/main")


async def test_a_file_at_a_commit(repo: Repo, opened: Opener) -> None:
    sha = repo.commit("more", file="dir/two words", content="inside\n")
    (repo.path / "dir/two words").write_text("edited\n")
    (repo.path / "on-disk").write_text("only\n")
    clone = opened(repo)
    assert await clone.file_at(sha, "dir/two words") == b"inside\n"
    assert await clone.file_at(sha, "dir") is None
    assert await clone.file_at(sha, "absent") is None
    assert await clone.file_at(sha, "on-disk") is None
    assert await clone.file_at(sha, "dir/two words/below") is None
    for path in ("", "../x", "./dir", "/dir", "dir//x", "dir/"):
        with pytest.raises(CloneError, match="no path"):
            await clone.file_at(sha, path)
    with pytest.raises(CloneError):
        await clone.file_at("1" * 40, "file")
    with pytest.raises(CloneError, match="no path"):
        await clone.file_at("HEAD", "file")
    large = repo.commit("large", file="large", content="x" * 10_000_001)
    with pytest.raises(CloneError, match="10000001 bytes"):
        await clone.file_at(large, "large")


async def test_a_patch_to_read(repo: Repo, opened: Opener) -> None:
    base = repo.sha("main")
    head = repo.commit("more", file="file", content="feat: calendar\nred \x1b[31m\n")
    clone = opened(repo)
    lines = await clone.patch(base, head)
    assert lines[0] == "diff --git a/file b/file"
    assert lines[-1] == "+red ␛[31m"
    assert await clone.patch(base, head, limit=2) == (*lines[:2], f"… and {len(lines) - 2} more lines")
    assert await clone.patch(head, head) == ()
    assert "-red ␛[31m" in await clone.patch(head, base)
