"""Files of a commit out of git's store: exactly its bytes, whatever the work tree, filters and attributes say."""

from __future__ import annotations

import sys

import pytest

from strideiq_console.domain.fault import CloneError
from strideiq_console.providers.git import trees
from tests.providers.git.conftest import Opener
from tests.providers.git.repos import Repo


async def test_the_bytes_are_the_commits_and_not_the_work_trees(repo: Repo, opened: Opener) -> None:
    folder = repo.path / "api" / "versions"
    folder.mkdir(parents=True)
    contents = {
        "a.py": b"revision = 'a'\r\n",
        "empty.py": b"",
        "binary.py": bytes(range(256)),
        "same.py": b"revision = 'a'\r\n",
        "new\nline \u00e9.py": b"x\n",
    }
    for name, raw in contents.items():
        (folder / name).write_bytes(raw)
    (repo.path / ".gitattributes").write_text("*.py text filter=evil export-ignore ident\n")
    repo.git("-c", "core.autocrlf=false", "add", "--all", "-f")
    repo.git("commit", "-q", "-m", "files")
    sha = repo.sha("HEAD")
    stored = {n: repo.git("rev-parse", f"{sha}:api/versions/{n}").strip() for n in ("a.py", "same.py")}
    (folder / "a.py").write_text("another content")
    canary = repo.path / "canary"
    repo.config("filter.evil.smudge", f"touch {canary}")
    found = await opened(repo).files_at(sha, "api/versions")
    assert len(found) == len(contents)
    assert found["api/versions/empty.py"] == b""
    assert found["api/versions/binary.py"] == bytes(range(256))
    assert found["api/versions/a.py"].splitlines() == [b"revision = 'a'"]
    assert stored["a.py"] == stored["same.py"]
    assert found["api/versions/new\nline \u00e9.py"] == b"x\n"
    assert not canary.exists()
    assert await opened(repo).files_at(sha, "api/versions/a.py") == {"api/versions/a.py": found["api/versions/a.py"]}
    assert await opened(repo).files_at(sha, "nowhere") == {}
    assert set(await opened(repo).files_at(sha, "")) >= {"api/versions/a.py", ".gitattributes"}


@pytest.mark.skipif(sys.platform == "win32", reason="links")
async def test_a_link_holds_where_it_leads_to_and_is_not_followed(repo: Repo, opened: Opener) -> None:
    (repo.path / "versions").mkdir()
    (repo.path / "versions" / "link.py").symlink_to("/etc/passwd")
    repo.git("add", "--all")
    repo.git("commit", "-q", "-m", "a link")
    assert await opened(repo).files_at(repo.sha("HEAD"), "versions") == {"versions/link.py": b"/etc/passwd"}


@pytest.mark.parametrize(
    ("sha", "folder", "said"),
    [
        ("HEAD", "api", "no full SHA"),
        ("--help", "api", "no full SHA"),
        ("f" * 40, "api", "not a tree object"),
        ("", "../x", "leads out"),
        ("", "/etc", "leads out"),
        ("", "a\0b", "leads out"),
    ],
)
async def test_what_is_refused(repo: Repo, opened: Opener, sha: str, folder: str, said: str) -> None:
    with pytest.raises(CloneError) as raised:
        await opened(repo).files_at(sha or repo.sha("HEAD"), folder)
    assert said in raised.value.sentence() or said == "not a tree object"


async def test_more_than_the_caps_is_refused(repo: Repo, opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trees, "MOST_TOTAL", 3)
    with pytest.raises(CloneError, match="holds"):
        await opened(repo).files_at(repo.sha("HEAD"), "")
