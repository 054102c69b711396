from __future__ import annotations

import json
from pathlib import Path

import pytest

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.settings.discovery import Finding, discover, job_names
from strideiq_console.settings.load import load
from strideiq_console.settings.written import Answers, text_of, values_of, write_new

WORKFLOW = """\
name: CI
on: [push]
env:
  A: b
jobs:
  backend-lint:
    runs-on: ubuntu-latest
    steps:
      - name: Install
        run: x
  test: # the API's
    name: "backend-test"  # the check's name
  web:
    name: web (${{ matrix.node }})
  deploy-staging:
    if: github.ref == 'refs/heads/staging'
permissions:
  contents: read
"""


def put(root: Path, path: str, text: str = "") -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_what_a_clone_says_of_its_outside(tmp_path: Path) -> None:
    clone, home = tmp_path / "clone", tmp_path / "home"
    put(clone, "apps/web/.vercel/project.json", '{"projectId": "prj_a1", "orgId": "team_b2"}')
    put(clone, "apps/api/alembic.ini", "[alembic]")
    put(clone, "apps/api/requirements.txt")
    put(clone, "apps/web/package-lock.json", "{}")
    put(clone, "apps/web/node_modules/x/package-lock.json", "{}")
    put(clone, ".github/workflows/ci.yml", WORKFLOW)
    put(clone, "railway.toml")
    linked = {"projects": {str(clone): {"project": "proj-1", "environment": "e"}}, "user": {"token": "planted"}}
    put(home, ".railway/config.json", json.dumps(linked))
    found = discover(clone, home)
    assert found.vercel_project == Finding("prj_a1", "apps/web/.vercel/project.json")
    assert found.vercel_team == Finding("team_b2", "apps/web/.vercel/project.json")
    assert found.railway_project == Finding("proj-1", "~/.railway/config.json")
    assert found.alembic_folder == Finding("apps/api", "apps/api/alembic.ini")
    assert (found.npm_folder, found.pip_folder) == (
        Finding("apps/web", "apps/web/package-lock.json"),
        Finding("apps/api", "apps/api/requirements.txt"),
    )
    assert found.jobs == ("backend-lint", "backend-test", "deploy-staging")
    assert found.notes == ("railway.toml",)
    assert "planted" not in repr(found)


def test_an_empty_folder_says_nothing(tmp_path: Path) -> None:
    found = discover(tmp_path, tmp_path)
    assert (found.vercel_project, found.railway_project, found.alembic_folder, found.jobs) == (None, None, None, ())


@pytest.mark.parametrize(
    "text",
    ['{"projectId": "a/../b"}', '{"projectId": 5}', "[]", "{", "[" * 5000, '{"projectId": "p\\u001b[2J"}', "x" * 300_000],
    ids=["traversal", "number", "list", "cut", "deep", "escape", "huge"],
)
def test_a_hostile_link_file_is_no_finding(tmp_path: Path, text: str) -> None:
    put(tmp_path, ".vercel/project.json", text)
    assert discover(tmp_path).vercel_project is None


def test_links_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "elsewhere", "alembic.ini")
    put(tmp_path / "elsewhere", "project.json", '{"projectId": "prj_evil"}')
    clone = tmp_path / "clone"
    (clone / ".vercel").mkdir(parents=True)
    (clone / "apps").symlink_to(tmp_path / "elsewhere")
    (clone / ".vercel" / "project.json").symlink_to(tmp_path / "elsewhere" / "project.json")
    found = discover(clone)
    assert (found.vercel_project, found.alembic_folder) == (None, None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("jobs:\n  a:\n    steps: []\n", ["a"]),
        ("jobs:\r\n  a:\r\n    name: 'b c'\r\n", ["b c"]),
        ("on: push\n  a:\n", []),
        ("jobs: {}\n", []),
        ("jobs:\n    deeper:\n", []),
        ("", []),
    ],
)
def test_jobs_by_lines(text: str, names: list[str]) -> None:
    assert job_names(text) == names


def test_what_is_written_loads_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    answers = Answers(
        "acme/strideiq",
        "trunk",
        "staging",
        "https://strideiq.run",
        "https://api.strideiq.run",
        vercel_project="prj_1",
        vercel_team="team_1",
    )
    file = tmp_path / "config" / "config.toml"
    write_new(file, values_of(answers))
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    settings = load(config=file, cwd=tmp_path, environ={"STRIDEIQ_STATE": str(tmp_path)})
    assert (settings.mode, settings.main, settings.staging) == ("live", "trunk", "staging")
    assert settings.environments[0].api == "https://api.strideiq.run"
    assert settings.vercel.team == "team_1"
    assert settings.values["branches.main"] == "trunk"
    assert settings.origins["branches.main"] == str(file)
    assert settings.origins["branches.staging"] == "default"


def test_a_file_that_exists_is_never_touched(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("mine")
    with pytest.raises(ConfigurationError, match="exists"):
        write_new(file, {})
    (tmp_path / "dangling.toml").symlink_to(tmp_path / "nowhere.toml")
    with pytest.raises(ConfigurationError, match="exists"):
        write_new(tmp_path / "dangling.toml", {})
    assert file.read_text() == "mine"
    assert not (tmp_path / "nowhere.toml").exists()


def test_nothing_found_is_a_small_file() -> None:
    assert text_of(values_of(Answers())).split("\n\n", 1)[1] == 'schema = 1\nmode = "pre-deployment"\n'
