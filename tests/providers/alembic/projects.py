"""Writes real Alembic projects into a folder: env.py, alembic.ini and version files made from a few words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

# Each upgrade and downgrade that really runs leaves a line in ran.log: that is how a second run would be seen.
_HEAD = '''"""{message}

Revision ID: {id}
Create Date: 2025-03-{day:02d} 10:00:00.000000

"""

import pathlib

import sqlalchemy as sa
from alembic import op

revision = {id!r}
down_revision = {parents!r}
branch_labels = {labels!r}
depends_on = {depends!r}


def ran(what):
    with (pathlib.Path(__file__).parent.parent / "ran.log").open("a") as log:
        log.write(what + "\\n")


def upgrade() -> None:
    ran("up {id}")
    {up}
'''
_DOWN = """

def downgrade() -> None:
    ran("down {id}")
    {down}
"""
INI = "[alembic]\nscript_location = %(here)s/migrations\n"
ENV = """import os
import pathlib

from alembic import context
from sqlalchemy import create_engine, pool

dotenv = pathlib.Path(".env")
values = dict(line.split("=", 1) for line in dotenv.read_text().splitlines() if "=" in line) if dotenv.exists() else {}
url = values.get("DATABASE_URL") or os.environ["DATABASE_URL"]
if context.is_offline_mode():
    context.configure(url=url, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""


def version(
    id: str,  # noqa: A002 - alembic's own word
    parents: str | tuple[str, ...] | None = None,
    *,
    up: Sequence[str] = (),
    down: Sequence[str] | None = (),
    labels: str | None = None,
    depends: str | tuple[str, ...] | None = None,
    day: int = 1,
) -> tuple[str, str]:
    """Return the name and text of one version file; ``down`` None leaves the downgrade out."""
    body = "\n    ".join(up) or "pass"
    text = _HEAD.format(id=id, message=f"the change {id}", parents=parents, labels=labels, depends=depends, up=body, day=day)
    if down is not None:
        text += _DOWN.format(id=id, down="\n    ".join(down) or "pass")
    return f"{id}_change.py", text


def table(id: str, parents: str | tuple[str, ...] | None = None, **words: object) -> tuple[str, str]:  # noqa: A002
    """Return a version that makes a table called ``t_ID`` and drops it again."""
    up = [f'op.create_table("t_{id}", sa.Column("id", sa.Integer, primary_key=True))']
    return version(id, parents, up=up, down=[f'op.drop_table("t_{id}")'], **words)  # type: ignore[arg-type]


def write(folder: Path, versions: Sequence[tuple[str, str]], *, env: str = ENV) -> Path:
    """Write a project; return its folder."""
    place = folder / "migrations" / "versions"
    place.mkdir(parents=True)
    (folder / "alembic.ini").write_text(INI)
    (folder / "migrations" / "env.py").write_text(env)
    for name, text in versions:
        (place / name).write_text(text)
    return folder


def ran(folder: Path) -> tuple[str, ...]:
    """Return what really ran, in order."""
    log = folder / "migrations" / "ran.log"
    return tuple(log.read_text().split("\n")[:-1]) if log.exists() else ()
