"""Copies of the store: made at opening, five of them, whole, private, and named when the store is found corrupt."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

from strideiq_console.store import Store
from strideiq_console.store.backups import FOLDER, KEPT, copies
from tests.store.samples import T0, open_store, plan, write_steps

BEGIN = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def filled(folder: Path) -> Path:
    with open_store(folder) as store:
        store.journal.create("run-1", plan(), T0)
        write_steps(store, "run-1", 3)
        return store.path


def changed_at(path: Path, when: datetime) -> None:
    os.utime(path, (when.timestamp(), when.timestamp()))


def open_at(path: Path, when: datetime) -> None:
    """Open a store that was last changed at ``when``."""
    changed_at(path, when)
    Store.open(path).close()


def test_a_store_in_which_nothing_was_carried_out_needs_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "console.db"
    Store.open(path).close()
    Store.open(path).close()
    assert copies(path) == ()


def test_a_copy_is_whole_private_and_named_by_the_last_change(tmp_path: Path) -> None:
    path = filled(tmp_path)
    open_at(path, BEGIN)
    (copy,) = copies(path)
    assert copy.name == "console-20260301T080000Z.db"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    with Store.open(copy, read_only=True) as restored:
        assert restored.journal.load("run-1").entries == Store.open(path, read_only=True).journal.load("run-1").entries
        assert restored.audit.verify() is None


def test_a_second_copy_waits_an_hour_of_changes(tmp_path: Path) -> None:
    path = filled(tmp_path)
    for minutes in (0, 0, 30, 59, 61):
        open_at(path, BEGIN + timedelta(minutes=minutes))
    assert [copy.name for copy in copies(path)] == ["console-20260301T090100Z.db", "console-20260301T080000Z.db"]


def test_only_the_last_five_are_kept(tmp_path: Path) -> None:
    path = filled(tmp_path)
    for hours in range(0, 16, 2):
        open_at(path, BEGIN + timedelta(hours=hours))
    assert len(copies(path)) == KEPT
    assert copies(path)[-1].name == "console-20260301T140000Z.db"
    assert sorted(one.suffix for one in (path.parent / FOLDER).iterdir()) == [".db"] * KEPT


def test_a_corrupt_store_names_its_newest_copy_which_can_take_its_place(tmp_path: Path) -> None:
    path = filled(tmp_path)
    open_at(path, BEGIN)
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 9000)
    with Store.open(path) as store:
        assert str(copies(path)[0]) in store.notice
        assert store.journal.ids() == ()
    for name in ("", "-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)
    shutil.copy(copies(path)[0], path)
    with Store.open(path) as store:
        assert store.journal.ids() == ("run-1",)


def test_a_store_opens_also_where_no_copy_can_be_made(tmp_path: Path) -> None:
    path = filled(tmp_path)
    (path.parent / FOLDER).write_text("in the way")
    open_at(path, BEGIN)
    with Store.open(path) as store:
        assert store.journal.ids() == ("run-1",)
    assert copies(path) == ()
