"""Money as a person writes it: Decimal, never a float, with a clear word on what is wrong (R120)."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

_AMOUNT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?\Z")
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])\Z")
_CENT = Decimal("0.01")


def amount_of(text: str) -> Decimal:
    """Return the amount that a text says, such as ``12.40`` or ``$12.40``; 0 or more, below a million, at most two decimals.

    ValueError with a sentence that says what is wrong with it.
    """
    bare = text.strip().removeprefix("$").strip()
    if not bare:
        raise ValueError("no amount is given: write one such as 12.40")
    if "," in bare:
        raise ValueError(f"{_short(text)} has a comma: write the amount with a point and without thousands marks, such as 1234.50")
    if bare.startswith("-"):
        raise ValueError(f"{_short(text)} is below zero: an amount is 0 or more")
    if _AMOUNT.match(bare):
        return Decimal(bare)
    whole, point, cents = bare.partition(".")
    if whole.isascii() and whole.isdigit() and (not point or (cents.isascii() and cents.isdigit())):
        why = "is a million or more" if len(whole.lstrip("0")) > 6 else "has more than two decimals" if len(cents) > 2 else ""
        if why:
            raise ValueError(f"{_short(text)} {why}: write an amount such as 12.40")
    raise ValueError(f"{_short(text)} is no amount: write one such as 12.40")


def month_fault(text: str) -> str:
    """Return what is wrong with a month, ``""`` for one such as ``2026-11``."""
    return "" if _MONTH.match(text) else f"{_short(text)} is no month: write one such as 2026-11"


def in_cents(amount: Decimal) -> Decimal:
    """Return an amount in whole cents, half a cent up as bills do."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def written(amount: Decimal, currency: str = "USD") -> str:
    """Return an amount in cents: ``$12.40``, ``−$3.00``, ``12.40 EUR``."""
    cents = in_cents(amount)
    sign = "\N{MINUS SIGN}" if cents < 0 else ""
    return f"{sign}${abs(cents)}" if currency == "USD" else f"{sign}{abs(cents)} {currency}"


def _short(text: str) -> str:
    kept = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text.strip())
    return f"'{kept[:30]}{'…' if len(kept) > 30 else ''}'"
