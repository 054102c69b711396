from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from strideiq_console.domain.runbook.execution import EntryKind
from strideiq_console.store import Store
from tests.store.samples import T0, later, open_store, plan


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        opened.journal.create("run-1", plan(), T0)
        for number, kind in enumerate(EntryKind):
            opened.journal.append("run-1", kind, step="push", data={"n": number, "word": "é"}, at=later(number), lease=None)
        yield opened


def forge(store: Store, table: str, *statements: str) -> None:
    """Change what triggers protect, as somebody with the file in hand could."""
    other = sqlite3.connect(store.path)
    for deed in ("update", "delete"):
        other.execute(f"DROP TRIGGER {table}_no_{deed}")
    for statement in statements:
        other.execute(statement)
    other.commit()
    other.close()


def test_deeds_are_audited_and_looks_are_not(store: Store) -> None:
    kinds = {row.kind for row in store.audit.rows()}
    assert kinds == {str(kind) for kind in EntryKind} - {"offered", "waiting", "retried"}
    rows = store.audit.rows(2)
    assert [row.seq for row in rows] == [len(kinds), len(kinds) - 1]
    assert rows[0].previous == rows[1].hash
    assert {row.who for row in rows} == {"founder"}
    assert store.audit.verify() is None


def test_anyone_can_check_a_hash_with_plain_tools(store: Store) -> None:
    columns = ("seq", "at", "who", "execution", "step", "kind", "data")
    other = sqlite3.connect(store.path)
    before = ""
    for *row, previous, digest in other.execute("SELECT seq, at, who, execution, step, kind, data, previous, hash FROM audit"):
        text = json.dumps(dict(zip(columns, row, strict=True)), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert digest == hashlib.sha256((previous + text).encode()).hexdigest()
        assert previous == before
        before = digest
    other.close()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE audit SET who = 'nobody' WHERE seq = 3", "row 3"),
        ("UPDATE audit SET data = '{}' WHERE seq = 3", "row 3"),
        ("UPDATE audit SET data = 'no json' WHERE seq = 3", "row 3"),
        ("UPDATE audit SET at = '2020-01-01T00:00:00+00:00' WHERE seq = 1", "row 1"),
        ("DELETE FROM audit WHERE seq = 3", "row 3 is missing"),
        ("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)", "16 audited entries but 15 audit rows"),
    ],
)
def test_a_forged_row_is_named(store: Store, statement: str, words: str) -> None:
    forge(store, "audit", statement)
    assert words in str(store.audit.verify())
    assert store.audit.rows()


def test_a_rewritten_tail_is_noticed(store: Store) -> None:
    forge(store, "audit", "DELETE FROM audit")
    assert "16 audited entries but 0 audit rows" in str(store.audit.verify())
