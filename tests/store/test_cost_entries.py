"""Entries of costs: appended and never changed; the newest of a line and month counts (R119)."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from strideiq_console.domain.cost import CostEntry
from strideiq_console.domain.fault import StoreError
from strideiq_console.store.store import FILE_NAME, Store

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
FIRST = CostEntry("railway-api", "production", "2026-11", Decimal("12.40"), NOW, "", "the bill")


def opened(tmp_path: Path, *, read_only: bool = False) -> Store:
    return Store.open(tmp_path / FILE_NAME, who="founder", read_only=read_only)


def test_what_was_kept_comes_back_signed_and_exact(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        kept = store.cost_entries.record(FIRST)
        assert kept.by == "founder"
        assert store.cost_entries.record(replace(FIRST, by="somebody", service="domain")).by == "somebody"
    with opened(tmp_path, read_only=True) as store:
        assert store.cost_entries.newest()[0] == kept
        assert str(store.cost_entries.newest()[0].amount) == "12.40"
        with pytest.raises(StoreError):
            store.cost_entries.record(FIRST)


def test_a_later_entry_replaces_and_one_without_amount_takes_back(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        book = store.cost_entries
        book.record(FIRST)
        book.record(replace(FIRST, amount=Decimal(13), entered_at=NOW + timedelta(days=1)))
        book.record(replace(FIRST, amount=Decimal(1), month="2026-10"))
        book.record(replace(FIRST, amount=Decimal(2), environment=""))
        assert [(e.month, e.environment, e.amount) for e in book.newest()] == [
            ("2026-11", "production", Decimal(13)),
            ("2026-10", "production", Decimal(1)),
            ("2026-11", "", Decimal(2)),
        ]
        book.take_back(FIRST)
        assert [(e.month, e.environment) for e in book.newest()] == [("2026-10", "production"), ("2026-11", "")]
        book.record(FIRST)
        assert book.newest()[-1].amount == Decimal("12.40"), "what was taken back may be entered again"


def test_the_newest_is_the_one_written_last_whatever_the_clock_said(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.cost_entries.record(FIRST)
        store.cost_entries.record(replace(FIRST, amount=Decimal(3), entered_at=NOW - timedelta(days=3)))
        assert store.cost_entries.newest()[0].amount == Decimal(3)


def test_nothing_that_was_entered_can_be_changed(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        store.cost_entries.record(FIRST)
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    try:
        for deed in ("UPDATE cost_entries SET amount = '1'", "DELETE FROM cost_entries"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(deed)
    finally:
        connection.close()
