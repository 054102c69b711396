from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.runbook.execution import EntryKind
from strideiq_console.store import Store
from strideiq_console.store.etags import MAX_BODY, MAX_ROWS
from tests.store.samples import T0, later, open_store, plan

FAULT = Fault(FaultKind.TIMEOUT, "github", "no answer", "shown as it was", "r", at=T0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def test_a_failure_never_blanks_a_reading(store: Store) -> None:
    store.readings.save("runs", source="github", value=b"[1]", seen=T0, fault=None, tried=T0, complete=False)
    store.readings.save("runs", source="github", value=None, seen=None, fault=FAULT, tried=later(5))
    found = store.readings.load("runs")
    assert found is not None
    assert (found.value, found.seen, found.complete) == (b"[1]", T0, False)
    assert (found.fault, found.tried) == (FAULT, later(5))
    store.readings.save("runs", source="github", value=b"[2]", seen=later(9), fault=None, tried=later(9))
    assert store.readings.all()["runs"].value == b"[2]"
    assert store.readings.all()["runs"].fault is None
    store.readings.save("runs", source="github", value=None, seen=None, fault=None, tried=None)
    assert store.readings.all()["runs"].value is None
    assert store.readings.load("pulls") is None


def test_readings_outlive_the_process_without_losing_durability_of_the_journal(store: Store, tmp_path: Path) -> None:
    store.readings.save("runs", source="github", value=b"\x00\xff", seen=T0, fault=FAULT, tried=T0)
    with store._database.reading() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    store.close()
    with open_store(tmp_path) as again:
        assert again.readings.all()["runs"].value == b"\x00\xff"


def test_verifications_are_by_commit_and_the_last_counts(store: Store) -> None:
    first, second = Verification("a" * 40, "founder", T0, "ok"), Verification("b" * 40, "qa", later(1))
    assert store.verifications.latest() is None
    store.verifications.record(first)
    store.verifications.record(second)
    assert store.verifications.of("a" * 40) == first
    assert store.verifications.latest() == second
    store.verifications.record(first)
    assert store.verifications.latest() == first
    store.verifications.withdraw("a" * 40)
    assert store.verifications.of("a" * 40) is None
    assert store.verifications.latest() == second


def test_etags_give_back_what_was_put_and_forget_the_oldest(store: Store) -> None:
    body = b'{"x": 1}' * 1000
    store.etags.put("k", '"tag"', body, {"content-type": "application/json"})
    assert store.etags.get("k") == ('"tag"', body, {"content-type": "application/json"})
    store.etags.put("big", '"tag"', b"x" * (MAX_BODY + 1), {})
    assert store.etags.get("big") is None
    for number in range(MAX_ROWS):
        store.etags.put(f"k{number}", '"t"', b"", {})
    assert store.etags.get("k") is None
    assert store.etags.get("k0") is not None


def test_threads_share_one_store(store: Store) -> None:
    store.journal.create("run-1", plan(), T0)
    errors: list[BaseException] = []

    def write() -> None:
        try:
            for _ in range(20):
                store.journal.append("run-1", EntryKind.WAITING, step="push", at=T0, lease=None)
                store.readings.save("runs", source="x", value=b"1", seen=T0, fault=None, tried=T0)
        except BaseException as error:  # told to the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert [entry.seq for entry in store.journal.entries("run-1")] == list(range(1, 81))
