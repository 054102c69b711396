"""A folder with alembic.ini and migrations, made from a few words; and what the world's command does there."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

from strideiq_console.sandbox import alembic_command
from strideiq_console.sandbox.seed_migrations import INI, written
from strideiq_console.sandbox.world import World


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


Parents = str | tuple[str, ...] | None
Written = tuple[str, Parents, tuple[str, ...], tuple[str, ...]]


def project(folder: Path, *revisions: Written) -> Path:
    """Write revisions as (id, parents, upgrade, downgrade) and return the folder."""
    versions = folder / "alembic" / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    (folder / "alembic.ini").write_text(INI)
    for name, parents, up, down in revisions:
        ((_, text),) = written(name, parents, f"the change {name}", up, down).items()
        (versions / f"{name}.py").write_text(text)
    return folder


def table(name: str, parents: Parents) -> Written:
    """Return a revision that makes the table ``t_NAME``, and drops it."""
    up = f'op.create_table("t_{name}", sa.Column("id", sa.Integer(), primary_key=True))'
    return name, parents, (up,), (f'op.drop_table("t_{name}")',)


def run(world: World, folder: Path, *words: str, environment: str = "production") -> Said:
    """Run the command in this process; return its exit code and what it printed."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = alembic_command.main(["--world", str(world.folder), "--environment", environment, *words], folder=folder)
    return Said(code, out.getvalue(), err.getvalue())


def rows(world: World, environment: str = "production") -> list[str]:
    found: list[str] = world.read()["schema"][environment]["rows"]
    return found


def empty(world: World, environment: str = "production") -> None:
    """Take everything out of a database, for a project of one's own."""
    with world.change() as state:
        state["schema"][environment] |= {"rows": [], "tables": {}, "invalid": []}
