"""A log that somebody changed: the walk says where, and in what."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from strideiq_console.domain.runbook.execution import EntryKind
from strideiq_console.store import Store
from strideiq_console.store.chain import COLUMNS, row_hash
from tests.store.samples import T0, later, open_store, plan
from tests.store.test_audit import forge

KINDS = (EntryKind.APPROVED, EntryKind.CONFIRMED, EntryKind.INTENDED, EntryKind.WAITING, EntryKind.DONE, EntryKind.FINISHED)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        for run in ("run-1", "run-2"):
            opened.journal.create(run, plan(), T0)
        for number, kind in enumerate(KINDS):
            for run in ("run-1", "run-2"):
                opened.journal.append(run, kind, step="push", data={"n": number}, at=later(number), lease=None)
        yield opened


def anew(store: Store) -> None:
    """Compute the whole chain again, as a forger who knows how it is made would."""
    other = sqlite3.connect(store.path)
    rows = other.execute(f"SELECT {COLUMNS} FROM audit ORDER BY seq").fetchall()  # noqa: S608 - a constant
    other.execute("DELETE FROM audit")
    previous = ""
    for number, (_, *rest, _, _) in enumerate(rows, start=1):
        row = (number, *rest)
        digest = row_hash(previous, row)
        other.execute(f"INSERT INTO audit ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, previous, digest))  # noqa: S608
        previous = digest
    other.commit()
    other.close()


def test_a_whole_chain_has_rows_times_and_a_head(store: Store) -> None:
    chain = store.audit.walk()
    assert (chain.whole, chain.rows, chain.first, chain.last) == (True, 10, T0, later(5))
    assert chain.head == store.audit.rows(1)[0].hash
    assert [row.seq for row in store.audit.of("run-2")] == [2, 4, 6, 8, 10]


def test_an_empty_log_is_whole(tmp_path: Path) -> None:
    with open_store(tmp_path / "empty") as opened:
        chain = opened.audit.walk()
    assert (chain.whole, chain.rows, chain.first, chain.head) == (True, 0, None, "")


def test_a_read_only_store_is_walked_while_another_writes(store: Store, tmp_path: Path) -> None:
    with open_store(tmp_path, read_only=True) as reader:
        before = reader.audit.walk()
        store.journal.append("run-1", EntryKind.UNDONE, step="push", data={}, at=later(9), lease=None)
        after = reader.audit.walk(before.head)
    assert (after.whole, after.rows, after.noted_row) == (True, before.rows + 1, before.rows)


@pytest.mark.parametrize(
    ("statement", "row", "what"),
    [
        ("UPDATE audit SET who = 'nobody' WHERE seq = 3", 3, ["hash"]),
        ("UPDATE audit SET data = '{\"n\":7}' WHERE seq = 3", 3, ["hash", "data"]),
        ("UPDATE audit SET at = 'never' WHERE seq = 1", 1, ["hash", "at"]),
        ("UPDATE audit SET kind = 'skipped', step = '' WHERE seq = 4", 4, ["hash", "step", "kind"]),
        ("UPDATE audit SET hash = x'00' WHERE seq = 4", 4, ["hash"]),
        ("UPDATE audit SET previous = hash WHERE seq = 4", 4, ["previous"]),
        ("DELETE FROM audit WHERE seq = 3", 3, ["row"]),
        ("DELETE FROM audit WHERE seq <= 2", 1, ["row"]),
        ("UPDATE audit SET seq = 20 WHERE seq = 4", 4, ["row"]),
        ("DELETE FROM audit WHERE seq >= 9", None, ["rows of run-1"]),
        ("UPDATE audit SET execution = 'run-1' WHERE seq = 2", 2, ["hash", "at", "kind", "data"]),
    ],
)
def test_a_changed_row_is_named_with_what_differs(store: Store, statement: str, row: int | None, what: list[str]) -> None:
    forge(store, "audit", statement)
    chain = store.audit.walk()
    assert not chain.whole
    assert chain.row == row
    assert chain.rows == (row or 9) - 1
    assert [difference.what for difference in chain.differences] == what
    assert store.audit.rows()


def test_two_rows_that_changed_places_are_noticed(store: Store) -> None:
    swap = ("UPDATE audit SET seq = 99 WHERE seq = 3", "UPDATE audit SET seq = 3 WHERE seq = 5")
    forge(store, "audit", *swap, "UPDATE audit SET seq = 5 WHERE seq = 99")
    chain = store.audit.walk()
    assert (chain.row, [d.what for d in chain.differences]) == (3, ["previous", "hash", "at", "kind", "data"])


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE audit SET data = '{\"n\":7}' WHERE seq = 3", "row 3 is not what the journal says (data)"),
        ("UPDATE audit SET at = '2020-01-01T00:00:00.000000+00:00' WHERE seq = 5", "row 5 is not what the journal says (at)"),
        ("DELETE FROM audit WHERE seq = 3", "row 4 is not what the journal says (at, kind, data)"),
        ("DELETE FROM audit WHERE seq = 10", "5 audited entries but 4 audit rows"),
    ],
)
def test_a_chain_computed_anew_still_has_the_journal_against_it(store: Store, statement: str, words: str) -> None:
    forge(store, "audit", statement)
    anew(store)
    assert words in store.audit.walk().broken


def test_an_entry_changed_in_the_journal_is_noticed(store: Store) -> None:
    forge(store, "entries", "UPDATE entries SET data = '{\"n\":0}' WHERE execution = 'run-2' AND kind = 'done'")
    chain = store.audit.walk()
    assert chain.row == 8
    assert [(d.what, d.expected, d.found) for d in chain.differences] == [("data", '{"n":0}', '{"n":4}')]


def test_only_a_noted_hash_shows_an_end_cut_off_in_both(store: Store) -> None:
    noted = store.audit.walk().head
    forge(store, "audit", "DELETE FROM audit WHERE seq >= 9")
    forge(store, "entries", "DELETE FROM entries WHERE kind = 'finished'")
    assert store.audit.walk().whole
    chain = store.audit.walk(noted)
    assert (chain.whole, chain.row, chain.rows) == (False, None, 8)
    assert "the hash that was noted" in chain.broken
    assert chain.differences[0].expected == noted
    assert not store.audit.walk(noted[:16]).whole


def test_a_noted_hash_may_be_shortened_and_older(store: Store) -> None:
    rows = store.audit.rows()
    assert store.audit.walk(rows[3].hash[:12]).noted_row == rows[3].seq
