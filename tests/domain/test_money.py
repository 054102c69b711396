"""Amounts as a person writes them: what is refused says why."""

from __future__ import annotations

from decimal import Decimal

import pytest

from strideiq_console.domain.money import amount_of, month_fault, written


@pytest.mark.parametrize(
    ("text", "amount"),
    [("12.40", "12.40"), ("0", "0"), (" $12.4 ", "12.4"), ("999999.99", "999999.99"), ("$ 5", "5"), ("007", "7")],
)
def test_amounts(text: str, amount: str) -> None:
    assert amount_of(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "no amount is given"),
        ("  ", "no amount is given"),
        ("12,40", "comma"),
        ("1,234.50", "comma"),
        ("-3", "below zero"),
        ("1000000", "million"),
        ("1.234", "more than two decimals"),
        ("NaN", "is no amount"),
        ("Infinity", "is no amount"),
        ("1e3", "is no amount"),
        ("1_000", "is no amount"),
        ("١٢", "is no amount"),
        ("12.", "is no amount"),
        (".5", "is no amount"),
        ("12 40", "is no amount"),
        pytest.param("\x1b[31m", "is no amount", id="escape"),
        pytest.param("9" * 5000, "million", id="5000 digits"),
        pytest.param("1.x" * 5000, "is no amount", id="15000 letters"),
    ],
)
def test_what_is_refused_says_why(text: str, word: str) -> None:
    with pytest.raises(ValueError, match=word) as told:
        amount_of(text)
    assert len(str(told.value)) < 200
    assert str(told.value).isprintable()


@pytest.mark.parametrize(
    ("text", "good"), [("2026-11", True), ("2026-13", False), ("2026-1", False), ("11-2026", False), ("", False)]
)
def test_months(text: str, good: bool) -> None:
    assert (month_fault(text) == "") is good


def test_how_amounts_are_written() -> None:
    assert [written(Decimal(n)) for n in ("12.4", "-3", "0.005", "-0.001", "1E+3")] == [
        "$12.40",
        "−$3.00",
        "$0.01",
        "$0.00",
        "$1000.00",
    ]
    assert written(Decimal("12.4"), "EUR") == "12.40 EUR"
