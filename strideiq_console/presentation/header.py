"""The first line of every screen: the product's name, the mode, what is left of each provider's limit, the time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from strideiq_console.domain.facts import Facts, RateBudget
from strideiq_console.presentation.age import clock
from strideiq_console.presentation.cell import Cell, Line, Tone, plain

_NAMES = {"github": "GitHub", "vercel": "Vercel", "railway": "Railway", "cloudflare": "Cloudflare"}
_SHORT = {"github": "GH", "vercel": "VC", "railway": "RW", "cloudflare": "CF"}
LOW = 0.2
"""The part of a limit below which its rest is called low: panels are read more slowly then."""
LOCKED = "LOCKED"


def mode(facts: Facts) -> str:
    """Return the word of the mark: SANDBOX, PRE-DEPLOYMENT or LIVE."""
    if facts.sandbox:
        return "SANDBOX"
    return "PRE-DEPLOYMENT" if facts.pre_deployment else "LIVE"


def left(facts: Facts) -> str:
    """Return the left half of the header."""
    return f"StrideIQ ▏{mode(facts)}▕"


def left_line(facts: Facts, *, locked: bool = False) -> Line:
    """Return the left half with its marks: amber in the sandbox, red where real users are, and whether production is locked."""
    tone = Tone.SANDBOX if facts.sandbox else Tone.MUTED if facts.pre_deployment else Tone.PRODUCTION
    lock = (Cell(f" {LOCKED}", Tone.WARNING),) if locked else ()
    return (Cell("StrideIQ ", Tone.ACCENT), Cell(f"▏{mode(facts)}▕", tone), *lock)


def right(budgets: Iterable[RateBudget], now: datetime, narrow: bool) -> str:
    """Return the budgets of the providers that have said one, and the time in the zone that ``now`` carries."""
    return plain(right_line(budgets, now, narrow))


def right_line(budgets: Iterable[RateBudget], now: datetime, narrow: bool) -> Line:
    """Return the same with a budget that is nearly used up in amber, and in words."""
    gap = Cell("  " if narrow else " · ", Tone.MUTED)
    cells: list[Cell] = []
    for budget in budgets:
        if budget.remaining is not None:
            cells += [Cell(_words(budget, narrow), Tone.WARNING if low(budget) else Tone.MUTED), gap]
    return (*cells, Cell(clock(now, now, seconds=not narrow), Tone.MUTED))


def low(budget: RateBudget) -> bool:
    """Say whether less than a fifth of a known limit is left."""
    return budget.remaining is not None and bool(budget.limit) and budget.remaining < LOW * (budget.limit or 0)


def _words(budget: RateBudget, narrow: bool) -> str:
    names, tail = (_SHORT, "") if narrow else (_NAMES, _of(budget))
    words = f"{names.get(budget.provider, budget.provider)} {_thousands(budget.remaining)}{tail}"
    return f"{words} low" if low(budget) else words


def _of(budget: RateBudget) -> str:
    return "" if budget.limit is None else f"/{_thousands(budget.limit)}"


def _thousands(number: int | None) -> str:
    return "–" if number is None else f"{number:,}".replace(",", " ")
