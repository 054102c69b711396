"""The first line of every screen: the product's name, the mode, what is left of each provider's limit, the time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from strideiq_console.domain.facts import Facts, RateBudget
from strideiq_console.presentation.age import clock

_NAMES = {"github": "GitHub", "vercel": "Vercel", "railway": "Railway", "cloudflare": "Cloudflare"}
_SHORT = {"github": "GH", "vercel": "VC", "railway": "RW", "cloudflare": "CF"}


def mode(facts: Facts) -> str:
    """Return the word of the mark: SANDBOX, PRE-DEPLOYMENT or LIVE."""
    if facts.sandbox:
        return "SANDBOX"
    return "PRE-DEPLOYMENT" if facts.pre_deployment else "LIVE"


def left(facts: Facts) -> str:
    """Return the left half of the header."""
    return f"StrideIQ ▏{mode(facts)}▕"


def right(budgets: Iterable[RateBudget], now: datetime, narrow: bool) -> str:
    """Return the budgets of the providers that have said one, and the time in the zone that ``now`` carries."""
    known = [budget for budget in budgets if budget.remaining is not None]
    if narrow:
        return "  ".join([*(f"{_SHORT.get(b.provider, b.provider)} {_thousands(b.remaining)}" for b in known), clock(now, now)])
    words = [f"{_NAMES.get(b.provider, b.provider)} {_thousands(b.remaining)}{_of(b)}" for b in known]
    return " · ".join([*words, clock(now, now, seconds=True)])


def _of(budget: RateBudget) -> str:
    return "" if budget.limit is None else f"/{_thousands(budget.limit)}"


def _thousands(number: int | None) -> str:
    return "–" if number is None else f"{number:,}".replace(",", " ")
