"""What the newest backup proves, as a table: anything but a fresh, whole, lasting one opens nothing (R91)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from strideiq_console.domain.backup import Backup, Backups
from strideiq_console.domain.policy.backups import CHANGING_LIMIT, DESTROYING_LIMIT, BackupState, judge, limit_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MB = 1_000_000


def minutes(count: float) -> datetime:
    return NOW - timedelta(minutes=count)


def backup(age: float, **words: Any) -> Backup:
    return Backup(f"b{age:g}", "production", "railway", minutes(age), **{"size": 40 * MB, **words})


def backups(*found: Backup, complete: bool = True) -> Backups:
    return Backups("production", "railway", found, complete=complete)


CASES: dict[str, tuple[Backups | None, BackupState, str]] = {
    "fresh": (backups(backup(5)), BackupState.PROVEN, "backup b5 is 5 min old, 40,000,000 bytes"),
    "at the limit": (backups(backup(15)), BackupState.PROVEN, "15 min old"),
    "just past it": (backups(backup(15.1)), BackupState.STALE, "is 15 min old; 15 min at most"),
    "days old": (backups(backup(4000)), BackupState.STALE, "is 2 days old"),
    "the newest counts": (backups(backup(90), backup(3), backup(30)), BackupState.PROVEN, "backup b3 is"),
    "size not told": (backups(backup(5, size=None)), BackupState.PROVEN, "backup b5 is 5 min old"),
    "empty": (backups(backup(5, size=0), backup(10)), BackupState.FAILED, "is empty: it failed"),
    "tiny": (backups(backup(5, size=200)), BackupState.TOO_SMALL, "has 200 bytes only"),
    "halved": (backups(backup(5, size=19 * MB), backup(70)), BackupState.TOO_SMALL, "the one before had 40,000,000"),
    "a little smaller": (backups(backup(5, size=21 * MB), backup(70)), BackupState.PROVEN, "21,000,000 bytes"),
    "the one before failed": (backups(backup(5, size=9 * MB), backup(70, size=0)), BackupState.PROVEN, "9,000,000"),
    "expires soon": (backups(backup(5, expires_at=NOW + timedelta(hours=3))), BackupState.EXPIRING, "expires in 3 h"),
    "expired": (backups(backup(5, expires_at=NOW - timedelta(hours=3))), BackupState.EXPIRING, "expires in 0 min"),
    "kept a day": (backups(backup(5, expires_at=NOW + timedelta(hours=24))), BackupState.PROVEN, "5 min old"),
    "none": (backups(), BackupState.MISSING, "railway has no backup of production"),
    "none in a partial list": (backups(complete=False), BackupState.UNKNOWN, "is not whole"),
    "fresh in a partial list": (backups(backup(5), complete=False), BackupState.PROVEN, "5 min old"),
    "old in a partial list": (backups(backup(50), complete=False), BackupState.UNKNOWN, "the list is not whole"),
    "in the future": (backups(backup(-30)), BackupState.UNKNOWN, "30 min in the future"),
    "clocks differ a little": (backups(backup(-3)), BackupState.PROVEN, "is 0 min old"),
    "unread": (None, BackupState.UNKNOWN, "could not be read"),
}


@pytest.mark.parametrize("name", CASES)
def test_what_it_proves(name: str) -> None:
    given, state, words = CASES[name]
    proof = judge(given, NOW, DESTROYING_LIMIT)
    assert (proof.state, proof.proven) == (state, state is BackupState.PROVEN)
    assert words in proof.words
    assert proof.age is None or proof.age >= timedelta(0)
    assert (proof.id != "") is (given is not None and bool(given.backups))


def test_what_destroys_wants_a_younger_one() -> None:
    assert (limit_of(destroys=True), limit_of(destroys=False)) == (DESTROYING_LIMIT, CHANGING_LIMIT)
    half_an_hour = backups(backup(30))
    assert judge(half_an_hour, NOW, limit_of(destroys=False)).proven
    assert not judge(half_an_hour, NOW, limit_of(destroys=True)).proven


def test_only_a_fresh_whole_and_lasting_one_is_ever_proven() -> None:
    sizes, spans = (None, 0, 1, 1023, 1024, 10**9), (None, -1, 11, 13)
    for age, size, kept, complete in product((-600, -6, -1, 0, 14, 16, 59, 61, 1e5), sizes, spans, (True, False)):
        one = backup(age, size=size, expires_at=None if kept is None else NOW + timedelta(hours=kept))
        proof = judge(backups(one, complete=complete), NOW, CHANGING_LIMIT)
        wanted = -5 <= age <= 60 and (size is None or size >= 1024) and (kept is None or kept >= 12)
        assert proof.proven is wanted, (age, size, kept, complete)
