"""Writes PromQL. Names come from settings that were checked against Prometheus' grammar; values are always quoted here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from strideiq_console.domain.policy.metric_names import MetricNames


def quoted(value: str) -> str:
    """Return a label's value as a PromQL string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def seconds(window: timedelta) -> int:
    """Return a window as whole seconds, at least one: the form in which ranges are written."""
    return max(1, round(window.total_seconds()))


class Expressions:
    """The queries about one environment. ``value`` is that of the environment label, ``""``: the server knows one alone."""

    def __init__(self, names: MetricNames, value: str) -> None:
        self._names = names
        self._matchers = [f"{names.environment}={quoted(value)}"] if value else []

    def buckets(self, window: timedelta) -> str:
        """Return the observations of the window by bucket."""
        return f"sum by (le) ({self._counted(self._names.duration + '_bucket', window)})"

    def requests(self, window: timedelta, *, by_endpoint: bool) -> str:
        """Return the answers of the window by status, and by handler and method; health checks are left out (R103)."""
        n = self._names
        by = f"{n.handler}, {n.method}, {n.status}" if by_endpoint else n.status
        no_health = "|".join(re.escape(handler) for handler in n.health_handlers)
        without = [f"{n.handler}!~{quoted(no_health)}"] if no_health else []
        return f"sum by ({by}) ({self._counted(n.requests, window, without)})"

    def count(self, metric: str, window: timedelta, by: str = "") -> str:
        """Return how far a counter went in the window."""
        head = f"sum by ({by})" if by else "sum"
        return f"{head} ({self._counted(metric, window)})"

    def present(self, metrics: Iterable[str]) -> str:
        """Return every series of several gauges, as they stand."""
        return self._selector("", [f"__name__=~{quoted('|'.join(metrics))}"])

    def values_of(self, metrics: Iterable[str]) -> str:
        """Return under which values of the environment label metrics are known, whatever the environment."""
        return f"count by (__name__, {self._names.environment}) ({{__name__=~{quoted('|'.join(metrics))}}})"

    def _selector(self, metric: str, more: Iterable[str] = ()) -> str:
        return f"{metric}{{{','.join([*more, *self._matchers])}}}"

    def _counted(self, metric: str, window: timedelta, more: Iterable[str] = ()) -> str:
        """Return the increase of each series, and the whole value of one that was born in the window at a known target.

        ``increase`` sees nothing of a counter that appears with its first count, so the first error after a deploy would be lost.
        """
        chosen, span = self._selector(metric, more), f"{seconds(window)}s"
        born = f"({chosen} unless {chosen} offset {span}) and on (job, instance) (up offset {span})"
        return f"({born}) or increase({chosen}[{span}])"
