from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from strideiq_console.domain.fault import BlockedError, StoreError, UsageError
from strideiq_console.domain.runbook.execution import EntryKind, ExecutionState, StepState
from strideiq_console.store import Store
from tests.store.samples import HERE, SCOPES, T0, later, open_store, plan


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def test_an_execution_is_read_back_as_it_was_written(store: Store) -> None:
    store.journal.create("run-1", plan(), T0)
    lease = store.leases.acquire(SCOPES, execution="run-1", holder=HERE, now=1.0)
    data = {"observed": {"sha": "é" * 3, "n": 1, "none": None, "list": [1, 2.5, "x"]}}
    assert store.journal.append("run-1", EntryKind.INTENDED, step="fetch", data=data, at=later(1), lease=lease) == 1
    assert store.journal.append("run-1", EntryKind.DONE, step="fetch", data={"result": {"a": 1}}, at=later(2), lease=lease) == 2
    execution = store.journal.load("run-1")
    assert execution.plan == plan()
    assert execution.plan.fingerprint == plan().fingerprint
    assert execution.created_at == T0
    assert execution.record("fetch").state is StepState.DONE
    assert execution.record("fetch").observed == data["observed"]
    assert store.journal.entries("run-1")[0].at == later(1)
    assert execution.state is ExecutionState.RUNNING


def test_the_newest_execution_comes_first_and_a_prefix_finds_one(store: Store) -> None:
    for name in ("hotfix-a1", "hotfix-a2", "release-b"):
        store.journal.create(name, plan(), T0)
    assert store.journal.ids() == ("release-b", "hotfix-a2", "hotfix-a1")
    assert store.journal.ids(newest_first=False) == ("hotfix-a1", "hotfix-a2", "release-b")
    assert store.journal.find("rel") == "release-b"
    assert store.journal.find("hotfix-a1") == "hotfix-a1"
    for wrong in ("hotfix", "", "%", "nothing"):
        with pytest.raises(UsageError):
            store.journal.find(wrong)


def test_an_unknown_or_taken_id_is_an_error(store: Store) -> None:
    store.journal.create("run-1", plan(), T0)
    with pytest.raises(StoreError, match="already"):
        store.journal.create("run-1", plan(), T0)
    with pytest.raises(UsageError):
        store.journal.append("run-2", EntryKind.FINISHED, at=T0, lease=None)
    with pytest.raises(UsageError):
        store.journal.entries("run-2")


def test_a_lost_lease_writes_nothing(store: Store) -> None:
    store.journal.create("run-1", plan(), T0)
    elsewhere = replace(HERE, host="another-host")
    lease = store.leases.acquire(SCOPES, execution="run-1", holder=elsewhere, now=1.0)
    store.leases.acquire(SCOPES[:1], execution="run-2", holder=HERE, now=100.0)
    with pytest.raises(BlockedError, match="run-2"):
        store.journal.append("run-1", EntryKind.INTENDED, step="fetch", at=T0, lease=lease)
    store.leases.release(lease)
    with pytest.raises(BlockedError):
        store.journal.append("run-1", EntryKind.INTENDED, step="fetch", at=T0, lease=lease)
    assert store.journal.entries("run-1") == ()
    assert [row.kind for row in store.audit.rows()] == ["lease taken over"]


def test_a_lease_is_good_for_its_own_execution_only(store: Store) -> None:
    store.journal.create("run-1", plan(), T0)
    lease = store.leases.acquire(SCOPES, execution="run-2", holder=HERE, now=1.0)
    with pytest.raises(BlockedError):
        store.journal.append("run-1", EntryKind.INTENDED, step="fetch", at=T0, lease=lease)


@pytest.mark.parametrize("table", ["executions", "entries", "audit"])
@pytest.mark.parametrize("deed", ["UPDATE {} SET rowid = rowid", "DELETE FROM {}"])
def test_what_was_written_cannot_be_changed(store: Store, table: str, deed: str) -> None:
    store.journal.create("run-1", plan(), T0)
    store.journal.append("run-1", EntryKind.INTENDED, step="fetch", at=T0, lease=None)
    deed = deed.replace("rowid = rowid", "at = at" if table != "executions" else "plan = plan")
    other = sqlite3.connect(store.path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(deed.format(table))
    other.close()


def test_a_plan_or_an_entry_of_another_version_spoils_only_its_own_execution(store: Store) -> None:
    store.journal.create("good", plan(), T0)
    text = '{"runbook":"x","title":"x","inputs":[],"facts":[],"scopes":[],"made_at":"2026-01-09T02:10:44Z","steps":[%s],"new":1}'
    step = '{"id":"a","verb":"teleport","title":"t","why":"w"}'
    other = sqlite3.connect(store.path)
    insert = "INSERT INTO executions (id, created_at, plan) VALUES (?, ?, ?)"
    other.executemany(insert, [("odd", T0.isoformat(), text % step), ("newer", T0.isoformat(), text % "")])
    other.execute("INSERT INTO entries VALUES ('newer', 1, ?, 'teleported', '', '{}')", (T0.isoformat(),))
    other.commit()
    other.close()
    with pytest.raises(StoreError, match=r"odd.*another version.*teleport"):
        store.journal.load("odd")
    assert store.journal.plan("newer").runbook == "x"
    with pytest.raises(StoreError, match=r"newer.*teleported"):
        store.journal.load("newer")
    assert store.journal.load("good").plan == plan()


def test_what_json_cannot_hold_is_refused_whole(store: Store) -> None:
    store.journal.create("run-1", plan(), T0)
    for bad in ({"x": object()}, {"x": "\ud800"}, {1.5j: 1}):
        with pytest.raises(StoreError, match="cannot be written"):
            store.journal.append("run-1", EntryKind.INTENDED, data=bad, at=T0, lease=None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="zone"):
        store.journal.append("run-1", EntryKind.INTENDED, at=datetime(2026, 1, 9), lease=None)  # noqa: DTZ001
    assert store.journal.entries("run-1") == ()
