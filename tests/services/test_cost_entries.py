"""Writing a cost down: bad words get a clear sentence and lose nothing; what was entered counts at once, here and elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from strideiq_console.domain.cost import CostEntry
from strideiq_console.domain.fault import StoreError, UsageError
from strideiq_console.domain.policy.month import month_of
from strideiq_console.domain.secret import Redactor
from strideiq_console.services import feeds
from strideiq_console.services.board import Board
from strideiq_console.services.console import Console
from strideiq_console.services.exports import keep_export
from strideiq_console.settings.model import Settings
from strideiq_console.store.store import FILE_NAME, Store
from tests.domain.month_cases import NOW, PLACES, bill, line


class Still:
    """A clock that stands."""

    def now(self) -> object:
        return NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / FILE_NAME, who="founder") as opened:
        yield opened


def console_on(store: Store | None, tmp_path: Path) -> Console:
    settings = Settings(environments=PLACES, state=tmp_path)
    board = Board(settings, [feeds.costs("railway")], None)
    board.publish(feeds.costs("railway"), bill(line("3.10"), line("2", "database")), NOW)
    return Console(settings=settings, clock=Still(), board=board, store=store, redact=Redactor())  # type: ignore[arg-type]


def actual(console: Console, key: str) -> Decimal | None:
    lines = month_of(console.facts(), NOW).all_lines
    return next(one.actual for one in lines if one.key == key)


def test_an_entry_counts_at_once_and_is_told(store: Store, tmp_path: Path) -> None:
    console = console_on(store, tmp_path)
    told: list[str] = []
    console.subscribe(told.append)
    kept = console.enter_cost("Railway (API)", "", "", "12.40", " the bill ")
    assert (kept.service, kept.month, kept.amount, kept.by, kept.note) == (
        "railway-api",
        "2026-11",
        Decimal("12.40"),
        "founder",
        "the bill",
    )
    assert told == ["costs/entered"]
    assert actual(console, "railway-api") == Decimal("12.40")
    console.take_cost_back("railway-api", "", "")
    assert actual(console, "railway-api") == Decimal("3.10")


def test_what_another_console_enters_is_seen(store: Store, tmp_path: Path) -> None:
    console = console_on(store, tmp_path)
    assert actual(console, "railway") == Decimal("5.10")
    with Store.open(tmp_path / FILE_NAME, who="elsewhere") as other:
        console_on(other, tmp_path).enter_cost("railway", "", "", "9")
    assert actual(console, "railway") == Decimal(9)


def test_entries_are_read_once_while_nobody_writes(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    console = console_on(store, tmp_path)
    reads: list[int] = []
    newest = store.cost_entries.newest

    def counted() -> tuple[CostEntry, ...]:
        reads.append(1)
        return newest()

    monkeypatch.setattr(store.cost_entries, "newest", counted)
    for _ in range(5):
        console.facts()
    assert len(reads) == 1


@pytest.mark.parametrize("name", ["railway-api", "Railway (API)", "api", "RAILWAY-API", "railway api"])
def test_a_line_is_found_by_word_name_and_component(store: Store, tmp_path: Path, name: str) -> None:
    assert console_on(store, tmp_path).enter_cost(name, "staging", "2026-10", "1").service == "railway-api"


@pytest.mark.parametrize(
    ("words", "cause", "step"),
    [
        pytest.param(("rialway", "", "", "1"), "no line 'rialway'", "perhaps railway", id="service"),
        pytest.param(("zzz", "", "", "1"), "no line 'zzz'", "one of vercel, railway,", id="no service like it"),
        pytest.param(("", "", "", "1"), "no line ''", "one of", id="no service"),
        pytest.param(("api", "prod", "", "1"), "no environment 'prod'", "production, staging", id="environment"),
        pytest.param(("api", "local", "", "1"), "no environment 'local'", "production, staging", id="this machine"),
        pytest.param(("railway", "production", "", "1"), "one bill", "leave the environment out", id="a bill is not split"),
        pytest.param(("api", "", "2026-13", "1"), "is no month", "", id="month"),
        pytest.param(("api", "", "2026-12", "1"), "has not begun", "", id="month to come"),
        pytest.param(("api", "", "", "1,5"), "comma", "", id="amount"),
        pytest.param(("api", "", "", "1000000"), "million", "", id="too much"),
        pytest.param(("api", "", "", "1", "two\nlines"), "a note is one line", "", id="note"),
        pytest.param(("api", "", "", "1", "x" * 201), "a note is one line", "", id="long note"),
    ],
)
def test_bad_words_get_a_clear_sentence(store: Store, tmp_path: Path, words: tuple[str, ...], cause: str, step: str) -> None:
    console = console_on(store, tmp_path)
    console.enter_cost("domain", "", "", "2")
    with pytest.raises(UsageError) as told:
        console.enter_cost(*words)
    assert cause in str(told.value)
    assert step in told.value.next_step
    assert told.value.consequence == "nothing was entered"
    assert [e.service for e in console.facts().entries] == ["domain"]


def test_what_was_not_entered_cannot_be_taken_back(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing is entered for railway-api production in 2026-11"):
        console_on(store, tmp_path).take_cost_back("api", "production", "")


def test_without_a_store_nothing_is_entered_and_the_month_is_shown(tmp_path: Path) -> None:
    console = console_on(None, tmp_path)
    assert actual(console, "railway") == Decimal("5.10")
    with pytest.raises(StoreError, match="cannot be opened"):
        console.enter_cost("api", "", "", "1")


def test_an_export_never_takes_the_place_of_another(tmp_path: Path) -> None:
    paths = [keep_export(tmp_path / "state", "costs-2026-11.csv", text) for text in ("one\n", "two\n", "three\n")]
    assert [path.name for path in paths] == ["costs-2026-11.csv", "costs-2026-11-2.csv", "costs-2026-11-3.csv"]
    assert [path.read_text() for path in paths] == ["one\n", "two\n", "three\n"]
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
