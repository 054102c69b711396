"""How the founder's alembic is wired for each environment, and the migration files of a commit; nothing of them is imported."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from strideiq_console.domain.database import DatabaseRevisions, Identity, VersionTable
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.fault import BlockedError, CloneError
from strideiq_console.domain.migration_outcome import Ending
from strideiq_console.domain.migration_path import path_up
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.secret import Redactor, Secret
from strideiq_console.providers import catalog
from strideiq_console.services.clock import SystemClock
from strideiq_console.settings.model import GitHubSettings, Settings
from strideiq_console.settings.outside import AlembicEnvironment, AlembicSettings, DatabaseSettings, OutsideSettings
from tests.providers.alembic.projects import table, write

HERE = Identity("app", "7", "db.example.test", 5432)


class Table:
    """A world's database."""

    environment = "production"

    async def identity(self) -> Identity:
        return HERE

    async def revisions(self) -> DatabaseRevisions:
        return DatabaseRevisions((VersionTable("public", ("a",)),))


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=founder", "-c", "user.email=founder@example.test", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def two_migrations(folder: Path) -> Path:
    """Make a clone in whose main the migrations a and b are committed."""
    write(folder / "api", [table("a"), table("b", "a")])
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "-m", "two migrations")
    return folder


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return two_migrations(tmp_path / "clone")


def settings(clone: Path, tmp_path: Path, **words: Any) -> Settings:
    outside = OutsideSettings(
        databases=(DatabaseSettings("production", "7", "app"),),
        alembic=AlembicSettings(
            "api",
            AlembicEnvironment(execute="run", command=("alembic",)),
            (AlembicEnvironment("staging", ("railway", "run", "alembic"), "print", address="db:5433/app"),),
        ),
    )
    names = tuple(Environment(name=n, url="", api="", health="/health", branch=n) for n in ("production", "staging", "local"))
    return replace(
        Settings(clone=clone, state=tmp_path / "state", github=GitHubSettings(repository="acme/strideiq")),
        environments=names,
        outside=outside,
        **words,
    )


def build(clone: Path, tmp_path: Path, **words: Any) -> Outside:
    tokens = {f"database_{n}": Secret(f"postgresql://u:p@127.0.0.1:1/{n}") for n in ("production", "staging")}
    setting = catalog.Setting(settings(clone, tmp_path), tokens, SystemClock(), Redactor(tokens.values()), **words)
    return catalog.build(setting).outside


def test_there_is_one_for_each_environment_whose_database_is_known(clone: Path, tmp_path: Path) -> None:
    outside = build(clone, tmp_path)
    assert set(outside.schemas) == set(outside.databases) == {"production", "staging"}
    graph_move = path_up_of(clone)
    assert outside.schemas["production"].words(graph_move) == ("alembic", "upgrade", "b")
    assert outside.schemas["staging"].words(graph_move) == ("railway", "run", "alembic", "upgrade", "b")


def path_up_of(clone: Path) -> Any:
    from strideiq_console.providers.alembic import locate, read_folder

    return path_up(read_folder(clone, locate(clone, "api")), ("a",), "b")[0]


async def test_one_that_is_only_to_be_printed_is_printed(clone: Path, tmp_path: Path) -> None:
    outside = build(clone, tmp_path)
    assert outside.migrations is not None
    graph = await outside.migrations()
    outcome = await outside.schemas["staging"].carry_out(path_up_of(clone), graph)
    assert outcome.ending is Ending.PRINTED


async def test_a_worlds_command_and_database_stand_in_and_what_the_database_says_is_enrolled(clone: Path, tmp_path: Path) -> None:
    player = tmp_path / "player"
    player.write_text(
        "#!/bin/sh\n"
        "if [ $1 = current ]; then echo 'Current revision(s) for postgresql://u@db.example.test/app:'; echo 'Rev: a'; fi\n"
        f"echo $@ >> {tmp_path}/words; pwd >> {tmp_path}/words\n"
    )
    player.chmod(0o755)
    world: Any = {"databases": {"production": Table()}, "alembic": {"production": (str(player),)}}
    outside = build(clone, tmp_path, **world)
    assert set(outside.schemas) == {"production"}
    assert outside.migrations is not None
    outcome = await outside.schemas["production"].carry_out(path_up_of(clone), await outside.migrations())
    assert (outcome.ending, outcome.ran) == (Ending.NOT_DONE, True)
    home = str((clone / "api").resolve())
    assert (tmp_path / "words").read_text().splitlines() == ["current --verbose", home, "upgrade b", home]


async def test_another_database_than_the_enrolled_one_is_refused(clone: Path, tmp_path: Path) -> None:
    outside = build(clone, tmp_path, databases={"production": Table()})  # the settings' command, the settings' enrolment
    other = Table()

    async def elsewhere() -> Identity:
        return replace(HERE, system_identifier="8")

    assert outside.migrations is not None
    graph = await outside.migrations()
    other.identity = elsewhere  # type: ignore[method-assign]
    refused = build(clone, tmp_path, databases={"production": other})
    with pytest.raises(BlockedError, match="the system identifier is 8; 7 is enrolled"):
        await refused.schemas["production"].carry_out(path_up_of(clone), graph)
    unknown = build(clone, tmp_path, databases={"staging": Table()})
    with pytest.raises(BlockedError, match="no database is enrolled"):
        await unknown.schemas["staging"].look(path_up_of(clone), graph)


async def test_the_graph_of_a_commit_is_that_commits(clone: Path, tmp_path: Path) -> None:
    first = git(clone, "rev-parse", "HEAD")
    versions = clone / "api" / "migrations" / "versions"
    (versions / "c_change.py").write_text(table("c", "b")[1])
    (versions / "trap.py").write_text("raise SystemExit('imported')\nrevision = 'd'\ndown_revision = 'c'\n")
    git(clone, "mv", "api/migrations/versions", "api/migrations/other")
    git(clone, "add", "--all")
    (clone / "api" / "alembic.ini").write_text("[alembic]\nscript_location = migrations\nversion_locations = migrations/other\n")
    git(clone, "commit", "-q", "-a", "-m", "elsewhere")
    second = git(clone, "rev-parse", "HEAD")
    (clone / "api" / "migrations" / "other" / "trap.py").unlink()
    outside = build(clone, tmp_path)
    assert outside.graph_at is not None
    assert (await outside.graph_at(first)).heads == ("b",)
    then = await outside.graph_at(second)
    assert (then.heads, then.sound) == (("d",), True)
    assert then.by_id["b"].file == "api/migrations/other/b_change.py"
    assert (await outside.graph_at("")).heads == ("c",)
    assert await outside.graph_at(second) is then
    with pytest.raises(CloneError):
        await outside.graph_at("f" * 40)
    with pytest.raises(CloneError):
        await outside.graph_at("HEAD")


async def test_a_commit_without_alembic_and_one_with_a_link_or_bad_text_is_told(clone: Path, tmp_path: Path) -> None:
    versions = clone / "api" / "migrations" / "versions"
    (versions / "link.py").symlink_to("../env.py")
    (versions / "latin.py").write_bytes(b"# \xe9\n")
    git(clone, "add", "--all")
    git(clone, "commit", "-q", "-m", "unclear")
    unclear = git(clone, "rev-parse", "HEAD")
    git(clone, "rm", "-q", "-r", "api")
    git(clone, "commit", "-q", "--allow-empty", "-m", "nothing")
    nothing = git(clone, "rev-parse", "HEAD")
    git(clone, "checkout", "-q", unclear, "--", "api")
    outside = build(clone, tmp_path)
    assert outside.graph_at is not None
    graph = await outside.graph_at(unclear)
    assert not graph.sound
    assert {u.file.rpartition("/")[2] for u in graph.unclear} == {"link.py", "latin.py"}
    with pytest.raises(CloneError, match=r"no alembic\.ini or pyproject\.toml says where"):
        await outside.graph_at(nothing)
