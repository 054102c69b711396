from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from strideiq_console.domain.fault import BlockedError
from strideiq_console.store import Holder, Store
from tests.store.samples import HERE, SCOPES, open_store

STRANGER = replace(HERE, host="another-machine", pid=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path) as opened:
        yield opened


def test_scopes_are_taken_all_or_none(store: Store) -> None:
    first = store.leases.acquire(SCOPES[1:], execution="run-1", holder=HERE, now=1767924644.0)
    with pytest.raises(BlockedError) as caught:
        store.leases.acquire(SCOPES, execution="run-2", holder=HERE, now=1767924645.0)
    assert "run-1" in str(caught.value)
    assert f"process {os.getpid()}" in str(caught.value)
    assert "since 2026-01-09 02:10:44 UTC" in str(caught.value)
    assert store.leases.holder_of(SCOPES[0]) is None
    assert store.leases.holder_of(SCOPES[1]) == first
    store.leases.release(first)
    store.leases.release(first)
    assert store.leases.acquire(SCOPES, execution="run-2", holder=HERE, now=3.0).scopes == SCOPES


def test_fences_only_grow_also_over_releases_and_reopening(store: Store, tmp_path: Path) -> None:
    fences = []
    for _ in range(3):
        lease = store.leases.acquire(SCOPES, execution="run-1", holder=HERE, now=1.0)
        fences.append(lease.fence)
        store.leases.release(lease)
    with open_store(tmp_path) as again:
        fences.append(again.leases.acquire(SCOPES, execution="run-1", holder=HERE, now=1.0).fence)
    assert fences == sorted(set(fences))


def test_a_heartbeat_keeps_a_lease_and_a_lost_one_is_told(store: Store) -> None:
    lease = store.leases.acquire(SCOPES, execution="run-1", holder=STRANGER, now=0.0)
    store.leases.heartbeat(lease, 50.0)
    with pytest.raises(BlockedError):
        store.leases.acquire(SCOPES, execution="run-2", holder=HERE, now=110.0)
    taken = store.leases.acquire(SCOPES[:1], execution="run-2", holder=HERE, now=110.1)
    assert taken.fence > lease.fence
    with pytest.raises(BlockedError, match="run-2"):
        store.leases.heartbeat(lease, 111.0)
    store.leases.release(lease)
    assert store.leases.holder_of(SCOPES[0]) == taken
    assert store.leases.holder_of(SCOPES[1]) is None, "a lease lost in part is lost as a whole"


def test_a_takeover_is_audited(store: Store) -> None:
    store.leases.acquire(SCOPES, execution="run-1", holder=STRANGER, now=0.0)
    store.leases.acquire(SCOPES, execution="run-2", holder=HERE, now=61.0)
    (row,) = store.audit.rows()
    assert (row.kind, row.execution, row.data["execution"]) == ("lease taken over", "run-2", "run-1")
    assert store.audit.verify() is None


def ended_process() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


@pytest.mark.parametrize(
    ("holder", "gone"),
    [
        (lambda: HERE, False),
        (lambda: replace(HERE, pid=ended_process()), True),
        (lambda: replace(HERE, started="1"), Path("/proc/self/stat").exists()),
        (lambda: replace(HERE, boot_id="of the day before"), True),
        (lambda: STRANGER, None),
    ],
)
def test_a_holder_is_told_apart_by_pid_start_boot_and_host(store: Store, holder, gone: bool | None) -> None:  # type: ignore[no-untyped-def]
    made: Holder = holder()
    assert made.gone() is gone
    lease = store.leases.acquire(SCOPES, execution="run-1", holder=made, now=0.0)
    assert lease.stale(1.0) is (gone is True)


def test_a_killed_child_that_nobody_has_waited_for_is_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", "print(flush=True); input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    stat = Path(f"/proc/{child.pid}/stat")
    if not stat.exists():
        child.kill()
        pytest.skip("no /proc here")
    alive = replace(HERE, pid=child.pid, started=stat.read_text().rpartition(")")[2].split()[19])
    assert alive.gone() is False
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert alive.gone() is True
    child.communicate()


def test_a_lease_needs_a_scope(store: Store) -> None:
    with pytest.raises(ValueError, match="scope"):
        store.leases.acquire((), execution="run-1", holder=HERE, now=0.0)


def test_a_silent_process_that_lives_keeps_its_lease_for_it_may_be_asleep_with_an_effect_in_flight(store: Store) -> None:
    here = Holder.current()
    store.leases.acquire(("a",), execution="run-1", holder=here, now=1.0)
    with pytest.raises(BlockedError):
        store.leases.acquire(("a",), execution="run-2", holder=here, now=10_000.0)
