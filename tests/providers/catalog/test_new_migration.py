"""A new migration over a real clone and a real origin: what moved there, and who else makes a head (R89)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from strideiq_console.domain.outside import Outside
from strideiq_console.domain.policy.new_migration import NewMigration
from strideiq_console.domain.reading import Level
from strideiq_console.domain.secret import Redactor
from strideiq_console.providers import catalog
from strideiq_console.services.clock import SystemClock
from strideiq_console.services.new_migration import read_new_migration
from strideiq_console.settings.model import GitHubSettings, Settings
from tests.providers.alembic.projects import table

from .test_schema import git, two_migrations


def migration(clone: Path, name: str, parent: str) -> None:
    file, text = table(name, parent)
    (clone / "api" / "migrations" / "versions" / file).write_text(text)
    git(clone, "add", "--all")
    git(clone, "commit", "-q", "-m", f"feat: {name}")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone on feature/notes; origin's main and staging hold the migrations a and b."""
    folder = two_migrations(tmp_path / "clone")
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "origin.git")], check=True)
    git(folder, "remote", "add", "origin", str(tmp_path / "origin.git"))
    git(folder, "branch", "staging")
    git(folder, "push", "-q", "origin", "main", "staging")
    git(folder, "switch", "-q", "-c", "feature/notes")
    return folder


def elsewhere(clone: Path, branch: str, name: str, parent: str, base: str = "staging") -> None:
    """Push a migration from another clone, as another machine does."""
    there = clone.parent / f"other-{name}"
    subprocess.run(["git", "clone", "-q", "-b", base, str(clone.parent / "origin.git"), str(there)], check=True)
    if branch != base:
        git(there, "switch", "-q", "-c", branch)
    migration(there, name, parent)
    git(there, "push", "-q", "origin", branch)


async def proposed(clone: Path, tmp_path: Path) -> NewMigration:
    settings = Settings(clone=clone, state=tmp_path / "state", github=GitHubSettings(repository="acme/strideiq"))
    outside: Outside = catalog.build(catalog.Setting(settings, {}, SystemClock(), Redactor(()))).outside
    return await read_new_migration(outside, settings, "Add notes")


async def test_it_is_well_on_a_fresh_feature_and_the_folder_is_found(clone: Path, tmp_path: Path) -> None:
    before = git(clone, "status", "--porcelain"), git(clone, "for-each-ref")
    found = await proposed(clone, tmp_path)
    assert (found.level, found.notices) == (Level.OK, ())
    assert (found.folder, found.command) == ("api", ("alembic", "revision", "--autogenerate", "-m", "add notes"))
    assert [head for head, _ in found.heads or ()] == ["b"]
    assert (git(clone, "status", "--porcelain"), git(clone, "for-each-ref")) == before


async def test_a_head_that_moved_on_origin_is_seen_before_the_fetch_and_named_after_it(clone: Path, tmp_path: Path) -> None:
    elsewhere(clone, "staging", "c", "b")
    (early,) = (await proposed(clone, tmp_path)).notices
    assert early.words.startswith("origin/staging has moved since the last fetch")
    git(clone, "fetch", "-q", "origin")
    found = await proposed(clone, tmp_path)
    assert "origin/staging has a revision that the work tree lacks: c (" in found.notices[0].words
    git(clone, "merge", "-q", "origin/staging")
    after = await proposed(clone, tmp_path)
    assert (after.level, [head for head, _ in after.heads or ()]) == (Level.OK, ["c"])


async def test_two_branches_that_each_make_a_head_are_named(clone: Path, tmp_path: Path) -> None:
    elsewhere(clone, "feature/zones", "k", "b")
    git(clone, "fetch", "-q", "origin")
    found = await proposed(clone, tmp_path)
    assert [one.words.partition(":")[0] for one in found.notices] == ["feature/zones adds k (the change k) on b too"]
    migration(clone, "n", "b")
    later = await proposed(clone, tmp_path)
    assert "on b: two branches, two heads" in later.notices[0].words, "the new one would stand on n, and the two heads are there"
    git(clone, "merge", "-q", "--no-edit", "origin/feature/zones")
    merged = await proposed(clone, tmp_path)
    assert "the work tree has 2 heads, and alembic refuses: k (" in merged.notices[0].words
    assert merged.notices[0].next_step == "join them first: alembic merge -m 'merge heads' k n"


async def test_an_origin_that_is_gone_leaves_it_unknown(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "origin.git").rename(tmp_path / "gone.git")
    found = await proposed(clone, tmp_path)
    assert (found.level, found.asked) == (Level.UNKNOWN, False)
    assert found.notices[0].words.startswith("whether origin has moved is not known")


async def test_a_folder_without_alembic_is_unknown(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    found = await proposed(folder, tmp_path)
    assert (found.level, found.heads) == (Level.UNKNOWN, None)
    assert "alembic.ini" in found.notices[0].next_step
