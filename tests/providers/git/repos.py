"""Real git repositories for tests, made in a temporary folder with a config of their own."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

NOON = datetime(2026, 1, 9, 12, 0, tzinfo=UTC)
CONFIG = """[user]
    name = founder
    email = founder@example.invalid
[init]
    defaultBranch = main
[protocol "file"]
    allow = always
[gc]
    auto = 0
"""


class FixedClock:
    """A clock that stands still, two hours apart from the real one, as a world's may be."""

    def __init__(self, wall: float = 1_000_000.0) -> None:
        self._wall = wall

    def now(self) -> datetime:
        return NOON

    def monotonic(self) -> float:
        return 0.0

    def wall(self) -> float:
        return self._wall

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing in the clone waits on the clock")


class Repo:
    """A repository on disk, driven by the git command as a person would."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def init(cls, path: Path, *, bare: bool = False) -> Repo:
        path.mkdir(parents=True)
        repo = cls(path)
        repo.git("init", "-q", *(["--bare"] if bare else []))
        return repo

    def git(self, *argv: str, code: int = 0, text: str | None = None, **environ: str) -> str:
        done = subprocess.run(
            ["git", *argv], cwd=self.path, env={**os.environ, **environ}, input=text, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, f"git {argv} gave {done.returncode}: {done.stderr}"
        return done.stdout.strip()

    def commit(
        self, subject: str, *, file: str = "file", content: str | None = None, at: int = 1_700_000_000, author: str = "founder"
    ) -> str:
        """Commit one file on the branch that is checked out; return the SHA."""
        target = self.path / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if content is not None else f"{subject}\n", encoding="utf-8")
        self.git("add", "--", file)
        stamp = f"{at} +0000"
        identity = {"GIT_COMMITTER_DATE": stamp, "GIT_AUTHOR_DATE": stamp, "GIT_AUTHOR_NAME": author}
        self.git("commit", "-q", "--allow-empty", "--cleanup=verbatim", "-F", "-", text=subject, **identity)
        return self.sha("HEAD")

    def sha(self, ref: str) -> str:
        return self.git("rev-parse", ref)

    def config(self, key: str, value: str) -> None:
        self.git("config", key, value)

    def hook(self, name: str, script: str) -> Path:
        folder = Path(self.git("rev-parse", "--absolute-git-dir")) / "hooks"
        folder.mkdir(exist_ok=True)
        return program(folder / name, script)


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def ladder(folder: Path) -> tuple[Repo, Repo]:
    """Return ``(origin, clone)``: main with two commits, staging one ahead of it, a feature branch two ahead; all pushed."""
    origin = Repo.init(folder / "origin.git", bare=True)
    clone = Repo.init(folder / "clone")
    clone.commit("chore: begin", at=1_700_000_000)
    clone.commit("feat: calendar", at=1_700_000_100)
    clone.git("switch", "-q", "-c", "staging")
    clone.commit("feat: coach", file="coach", at=1_700_000_200)
    clone.git("switch", "-q", "-c", "feature/import")
    clone.commit("feat: import", file="import", at=1_700_000_300)
    clone.commit("fix: import", file="import", content="better\n", at=1_700_000_400)
    clone.git("switch", "-q", "main")
    clone.git("remote", "add", "origin", str(origin.path))
    clone.git("push", "-q", "-u", "origin", "main", "staging", "feature/import")
    return origin, clone
