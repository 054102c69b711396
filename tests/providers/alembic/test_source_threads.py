"""Migration files are read on several threads at once: by a feed, by a plan, by the server of a world."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from strideiq_console.domain.migration import Revision
from strideiq_console.providers.alembic.source import read_revision
from strideiq_console.sandbox.schema.reading import read_file

TEXT = """revision = "0042"
down_revision = "0041"

def upgrade():
    op.add_column("paces", sa.Column("unit", sa.String(), nullable=True, server_default=f"{'km'}"))

def downgrade():
    op.drop_column("paces", "unit")
"""


class Garbage:
    """Runs a little when it is found in a cycle: in the middle of the parser's work, which lets the other threads in."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        for _ in range(50):
            pass


@pytest.fixture
def crowded() -> Iterator[None]:
    turn, before = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(20)
    yield
    sys.setswitchinterval(turn)
    gc.set_threshold(*before)


def littering(read: Callable[[str, str], Any], n: int, deep: int = 0) -> Any:
    """Read a file, with garbage about, from different depths of the stack."""
    if deep < n % 7:
        return littering(read, n, deep + 1)
    for _ in range(20):
        Garbage()
    return read(f"versions/{n}.py", TEXT)


@pytest.mark.usefixtures("crowded")
def test_two_threads_that_parse_at_once_both_get_their_revision() -> None:
    """Python 3.11 counts the depth of its parser's recursion once for all threads, and ends with a SystemError (gh-106905)."""
    with ThreadPoolExecutor(8) as pool:
        ours = [pool.submit(littering, read_revision, n) for n in range(100)]
        theirs = [pool.submit(littering, read_file, n) for n in range(100)]
        found = [one.result() for one in ours]
        assert all(isinstance(one, Revision) and one.id == "0042" for one in found)
        assert {one.result()["id"] for one in theirs} == {"0042"}
