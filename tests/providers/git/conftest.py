"""Fixtures: a home with a git config of its own, a ladder of branches, a clone as the console sees it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from strideiq_console.domain.secret import Redactor
from strideiq_console.providers.git import GitClone
from tests.providers.git.repos import CONFIG, FixedClock, Repo, ladder

Opener = Callable[[Repo | Path], GitClone]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / ".gitconfig").write_text(CONFIG, encoding="utf-8")
    monkeypatch.setenv("HOME", str(folder))
    for name in ("XDG_CONFIG_HOME", "GIT_DIR", "GIT_CONFIG_GLOBAL", "GIT_SSH_COMMAND"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return folder


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the ladder once; each test gets a copy."""
    folder = tmp_path_factory.mktemp("template")
    (folder / ".gitconfig").write_text(CONFIG, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        ladder(folder)
    return folder


@pytest.fixture
def pair(tmp_path: Path, home: Path, template: Path) -> tuple[Repo, Repo]:
    for name in ("origin.git", "clone"):
        shutil.copytree(template / name, tmp_path / name, symlinks=True)
    config = tmp_path / "clone" / ".git" / "config"
    config.write_text(config.read_text().replace(str(template), str(tmp_path)))
    return Repo(tmp_path / "origin.git"), Repo(tmp_path / "clone")


@pytest.fixture
def origin(pair: tuple[Repo, Repo]) -> Repo:
    return pair[0]


@pytest.fixture
def repo(pair: tuple[Repo, Repo]) -> Repo:
    return pair[1]


@pytest.fixture
def opened() -> Opener:
    def open_(place: Repo | Path) -> GitClone:
        path = place.path if isinstance(place, Repo) else place
        return GitClone(path, clock=FixedClock(), main="main", staging="staging", redact=Redactor(), patience=0.0)

    return open_
