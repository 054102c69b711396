"""Which objects a migration makes and takes away, read from its text; an alembic that outlives its console is known of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from strideiq_console.domain.fault import BlockedError, StoreError
from strideiq_console.domain.migration import Direction, Revision
from strideiq_console.providers.alembic import read_revision
from strideiq_console.providers.alembic.alone import alone, running
from tests.providers.alembic.projects import version


def told(*up: str, direction: Direction = Direction.UP) -> list[str]:
    found = read_revision("b.py", version("b", "a", up=up, down=up)[1])
    assert isinstance(found, Revision)
    changes = found.objects_of(direction)
    return [f"{'+' if c.makes else '-'}{c}{' again' if c.repeatable else ''}" for c in changes]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('op.create_table("t", sa.Column("id", sa.Integer), schema="app")', ["+table app.t"]),
        ('op.drop_table("t")', ["-table t"]),
        ('op.add_column("t", sa.Column("n", sa.Integer))', ["+column t.n"]),
        ('op.drop_column("t", "n")', ["-column t.n"]),
        ('op.create_index(op.f("ix_t_n"), "t", ["n"], postgresql_concurrently=True)', ["+index ix_t_n on t"]),
        ('op.create_index("ix", "t", ["n"], if_not_exists=True)', ["+index ix on t again"]),
        ('op.drop_index("ix", table_name="t")', ["-index ix on t"]),
        ('op.drop_index("ix")', ["-index ix"]),
        ('op.execute("CREATE TABLE half (id int)")', ["+table half"]),
        ('op.execute("create table if not exists App.half (id int)")', ["+table app.half again"]),
        ('op.execute("CREATE UNIQUE INDEX CONCURRENTLY \\"Ix\\" ON app.t (n)")', ["+index Ix on app.t"]),
        ('op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix")', ["-index ix again"]),
        ('op.execute("ALTER TABLE t ADD COLUMN n int")', ["+column t.n"]),
        ('op.execute("ALTER TABLE t DROP COLUMN n")', ["-column t.n"]),
        ('op.execute("DROP TABLE IF EXISTS t")', ["-table t again"]),
        ("op.create_table(name_of_it())", []),
        ('op.execute("UPDATE t SET n = 1")', []),
        ('op.alter_column("t", "n", nullable=False)', []),
    ],
)
def test_objects(line: str, found: list[str]) -> None:
    assert told(line) == found
    assert told(line, direction=Direction.DOWN) == found


def test_a_batch_block_names_its_table() -> None:
    lines = (
        'with op.batch_alter_table("t") as batch:',
        '    batch.add_column(sa.Column("n", sa.Integer))',
        '    batch.drop_column("m")',
    )
    assert told(*lines) == ["+column t.n", "-column t.m"]


posix = pytest.mark.skipif(sys.platform == "win32", reason="files are not locked there")


@posix
async def test_one_at_a_time_and_the_file_tells_who(tmp_path: Path) -> None:
    place = tmp_path / "state" / "alembic.lock"
    assert running(place) == running(None) == ""
    async with alone(place, "alembic upgrade b") as kept:
        assert len(kept) == 1
        assert running(place) == f"alembic upgrade b (console process {os.getpid()})"
        with pytest.raises(BlockedError) as raised:
            async with alone(place, "alembic upgrade c"):
                pytest.fail("two at once")
        assert "still runs: alembic upgrade b (console process" in raised.value.cause
    assert running(place) == ""
    assert place.stat().st_mode & 0o777 == 0o600


@posix
async def test_a_child_that_inherits_it_keeps_it_after_its_parent_let_go(tmp_path: Path) -> None:
    place = tmp_path / "alembic.lock"
    async with alone(place, "alembic upgrade b") as kept:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=kept)
    assert running(place)
    with pytest.raises(BlockedError):
        async with alone(place, "alembic upgrade c"):
            pytest.fail("the child still runs")
    child.communicate(b"\n")
    assert running(place) == ""


@posix
async def test_a_link_or_an_unwritable_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "link", tmp_path / "file" / "alembic.lock"):
        with pytest.raises(StoreError) as raised:
            async with alone(place, "alembic upgrade b"):
                pytest.fail("not opened")
        assert "nothing was run" in raised.value.consequence
    assert not (tmp_path / "elsewhere").exists()
