from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from strideiq_console.domain.fault import StoreError
from strideiq_console.domain.runbook.execution import EntryKind
from strideiq_console.store import Store
from strideiq_console.store.schema import KNOWN
from tests.store.samples import T0, open_store, plan, write_steps

POSIX = pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def filled(folder: Path) -> Path:
    with open_store(folder) as store:
        store.journal.create("run-1", plan(), T0)
        write_steps(store, "run-1", 3)
        return store.path


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.lstat().st_mode) for path in [folder, *folder.iterdir()]}


@POSIX
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o777])
def test_files_are_0600_and_folders_0700_under_any_umask(tmp_path: Path, mask: int) -> None:
    with umask(mask):
        store = Store.open(tmp_path / "a" / "b" / "console.db")
        store.journal.create("run-1", plan(), T0)
        found = modes(tmp_path / "a" / "b")
        store.close()
    assert found == {"b": 0o700, "console.db": 0o600, "console.db-wal": 0o600, "console.db-shm": 0o600}
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700


@POSIX
def test_a_store_that_was_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    path = filled(tmp_path)
    path.chmod(0o666)
    path.parent.chmod(0o777)
    with umask(0), open_store(tmp_path) as store:
        store.readings.save("runs", source="x", value=b"1", seen=T0, fault=None, tried=T0)
        assert set(modes(path.parent).values()) == {0o700, 0o600}


@POSIX
def test_a_foreign_folder_that_others_may_write_is_refused_and_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    (folder / "something").write_text("else")
    folder.chmod(0o1777)
    with pytest.raises(StoreError, match="open for others"):
        Store.open(folder / "console.db")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o1777
    assert [path.name for path in folder.iterdir()] == ["something"]


@POSIX
@pytest.mark.parametrize("name", ["console.db", "console.db-wal", "console.db-shm"])
@pytest.mark.parametrize("kind", ["link", "dangling link", "hard link", "folder", "pipe"])
def test_links_and_things_that_are_no_files_are_refused(tmp_path: Path, name: str, kind: str) -> None:
    folder, victim = tmp_path / "state", tmp_path / "victim"
    folder.mkdir(mode=0o700)
    if kind != "dangling link":
        victim.write_text("precious")
    target = folder / name
    match kind:
        case "hard link":
            target.hardlink_to(victim)
        case "folder":
            target.mkdir()
        case "pipe":
            os.mkfifo(target)
        case _:
            target.symlink_to(victim)
    with pytest.raises(StoreError, match=name):
        Store.open(folder / "console.db")
    assert victim.read_text() == "precious" if kind != "dangling link" else not victim.exists()


@POSIX
def test_a_folder_that_is_a_link_or_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(StoreError, match="symbolic link"):
        Store.open(tmp_path / "link" / "console.db")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"not a folder|cannot be"):
        Store.open(tmp_path / "file" / "console.db")
    with pytest.raises(StoreError):
        Store.open(tmp_path / "file" / "inner" / "console.db")


def test_a_newer_schema_is_refused_and_nothing_is_touched(tmp_path: Path) -> None:
    path = filled(tmp_path)
    other = sqlite3.connect(path)
    other.execute("UPDATE meta SET value = ? WHERE key = 'schema'", (KNOWN + 1,))
    other.commit()
    other.close()
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreError, match="made by a newer console"):
            open_store(tmp_path, read_only=read_only)
    assert path.read_bytes() == before


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state" / "console.db"
    path.parent.mkdir(mode=0o700)
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE notes (text)")
    other.close()
    with pytest.raises(StoreError, match="not one of this console"):
        open_store(tmp_path)
    with pytest.raises(StoreError, match="not one of this console"):
        open_store(tmp_path, read_only=True)
    assert [found.name for found in path.parent.iterdir() if "corrupt" in found.name] == []


@pytest.mark.parametrize("damage", ["garbage", "header", "middle", "cut"])
def test_a_corrupt_file_is_set_aside_and_the_notice_says_where(tmp_path: Path, damage: str) -> None:
    path = filled(tmp_path)
    raw = path.read_bytes()
    match damage:
        case "garbage":
            raw = b"this is no database at all, and long enough to be read as one" * 100
        case "header":
            raw = b"\xff" * 100 + raw[100:]
        case "middle":
            raw = raw[:4096] + b"\xa5" * (len(raw) - 4096)
        case _:
            raw = raw[: len(raw) // 2]
    path.write_bytes(raw)
    with pytest.raises(StoreError), open_store(tmp_path, read_only=True) as store:
        store.journal.load("run-1")
    assert path.read_bytes() == raw, "read only touches nothing"
    with open_store(tmp_path) as store:
        aside = [found for found in path.parent.iterdir() if "corrupt" in found.name]
        assert [found.read_bytes() for found in aside] == [raw]
        assert str(aside[0]) in store.notice
        assert store.journal.ids() == ()
        store.journal.create("run-2", plan(), T0)
    with open_store(tmp_path) as store:
        assert (store.notice, store.journal.ids()) == ("", ("run-2",))
    path.write_bytes(b"again no database" * 100)
    os.utime(path, ns=(aside[0].stat().st_mtime_ns,) * 2)
    with open_store(tmp_path) as store:
        assert len({found for found in path.parent.iterdir() if "corrupt" in found.name}) == 2


def test_damage_in_a_large_file_is_set_aside_at_the_next_start(tmp_path: Path) -> None:
    with open_store(tmp_path) as store:
        store.journal.create("run-1", plan(), T0)
        for _ in range(50):
            store.journal.append("run-1", EntryKind.WAITING, data={"x": "y" * 100_000}, at=T0, lease=None)
    raw = bytearray(store.path.read_bytes())
    assert len(raw) > 4_000_000
    half = len(raw) // 2
    raw[half:] = b"\xa5" * (len(raw) - half)
    store.path.write_bytes(raw)
    with open_store(tmp_path) as store:
        assert store.notice == "", "a large file is not looked through at every start"
        with pytest.raises(StoreError, match="corrupt"):
            store.journal.entries("run-1")
    with open_store(tmp_path) as store:
        assert "set aside" in store.notice
    assert sorted(path.name.partition("T")[0] for path in store.path.parent.iterdir() if path.is_file())[0] == "console.db"
    assert not [path for path in store.path.parent.iterdir() if path.name.endswith(".suspect")]


def test_a_full_disk_writes_nothing_and_says_so(tmp_path: Path) -> None:
    filled(tmp_path)
    with open_store(tmp_path) as store:
        with store._database.reading() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {pages}")
        store.journal.create("run-2", plan(), T0)

        def write() -> None:
            for _ in range(500):
                store.journal.append("run-2", EntryKind.INTENDED, data={"x": "y" * 1000}, at=T0, lease=None)

        with pytest.raises(StoreError, match="disk is full") as caught:
            write()
        assert "nothing is carried out" in caught.value.sentence()
        entries = store.journal.entries("run-2")
        assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
        assert store.audit.verify() is None


@POSIX
def test_a_folder_that_cannot_be_written_is_refused_for_writing_and_fine_for_reading(tmp_path: Path) -> None:
    path = filled(tmp_path)
    code = (
        "import os, sys; os.setgroups([]) if os.geteuid() == 0 else None\n"
        "from pathlib import Path\n"
        "from strideiq_console.domain.fault import StoreError\n"
        "from strideiq_console.store import Store\n"
        "os.geteuid() == 0 and os.setuid(65534)\n"
        "path = Path(sys.argv[1])\n"
        "with Store.open(path, read_only=True) as store: print(store.journal.ids())\n"
        "try: Store.open(path)\n"
        "except StoreError as error: print('refused', error.sentence())\n"
    )
    above = Path(tempfile.gettempdir()).resolve()
    for folder in (parent for parent in path.resolve().parents if above in parent.parents):
        folder.chmod(0o755)
    path.chmod(0o644)
    path.parent.chmod(0o555)
    if os.geteuid() != 0:
        path.chmod(0o444)
    before = path.read_bytes()
    child = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    path.parent.chmod(0o700)
    assert child.stdout.startswith("('run-1',)\nrefused"), child.stderr
    assert "nothing is carried out" in child.stdout
    assert path.read_bytes() == before


def test_read_only_sees_what_a_writer_just_wrote_and_writes_nothing(tmp_path: Path) -> None:
    with open_store(tmp_path) as writer, open_store(tmp_path, read_only=True) as reader:
        writer.journal.create("run-1", plan(), T0)
        assert reader.journal.ids() == ("run-1",)
        for deed in (
            lambda: reader.journal.create("run-2", plan(), T0),
            lambda: reader.readings.save("x", source="x", value=None, seen=None, fault=None, tried=None),
            lambda: reader.verifications.withdraw("x"),
        ):
            with pytest.raises(StoreError, match="read only"):
                deed()
        reader.etags.put("k", "t", b"", {})
        assert reader.etags.get("k") is None


def test_read_only_of_nothing_is_an_empty_store_that_leaves_no_trace(tmp_path: Path) -> None:
    with open_store(tmp_path, read_only=True) as store:
        assert store.journal.ids() == ()
        assert store.readings.all() == {}
        assert store.audit.verify() is None
        assert store.leases.holder_of("x") is None
    assert list(tmp_path.iterdir()) == []


def test_a_closed_store_refuses_politely(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.journal.ids()


def test_opening_loads_no_slow_module() -> None:
    code = (
        "import sys; from strideiq_console.store.store import Store; from strideiq_console.settings.load import load\n"
        "slow = {'asyncio', 'logging', 'httpx', 'git', 'keyring', 'textual', 'rich', 'tomllib', 'platformdirs', 'difflib'}\n"
        "print(sorted(slow & set(sys.modules)))"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2], check=True)
    assert child.stdout.strip() == "[]"
