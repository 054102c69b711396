"""Percentiles from the cumulative buckets of a histogram, as Prometheus' ``histogram_quantile`` reckons them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quantile:
    """An estimate within its bucket, from ``low`` to ``high``; ``beyond``: it is above all finite ones, so at least ``value``."""

    value: float
    low: float
    high: float
    beyond: bool = False


def total(buckets: Mapping[float, float]) -> float | None:
    """Return how many observations there are: the ``+Inf`` bucket; None without one, because then nothing is certain."""
    count = buckets.get(math.inf)
    return None if count is None or not math.isfinite(count) or count < 0 else count


def quantile(q: float, buckets: Mapping[float, float]) -> Quantile | None:
    """Return the ``q``-quantile of cumulative counts by upper bound; None when nothing was observed or the buckets say nothing.

    Counts that fall from one bucket to the next (scrapes that do not match, rounding) are lifted to the one before, as Prometheus
    does. Within a bucket the values are taken to lie evenly; the lowest one begins at 0.
    """
    count = total(buckets)
    bounds = sorted(bound for bound in buckets if math.isfinite(bound))
    if not count or not bounds:
        return None
    rank = q * max(count, max(buckets[bound] for bound in bounds))
    low, below = min(0.0, bounds[0]), 0.0
    for bound in bounds:
        reached = max(below, buckets[bound])
        if reached >= rank and reached > below:
            inside = (rank - below) / (reached - below)
            return Quantile(low + (bound - low) * inside, low, bound)
        low, below = bound, reached
    return Quantile(bounds[-1], bounds[-1], math.inf, beyond=True)
