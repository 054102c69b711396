"""Prometheus as a source of metrics, history, alerts, rules and targets."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from strideiq_console.domain.alert import Alert, Listing, Rule, Target
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.metric import EndpointErrors, Metrics, Quantity, Sample, Series
from strideiq_console.domain.policy.metric_names import MetricNames
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.prometheus import history, tally, watching, wire
from strideiq_console.providers.prometheus.api import Api, Vector
from strideiq_console.providers.prometheus.promql import Expressions
from strideiq_console.providers.prometheus.tally import Counted, Frame
from strideiq_console.providers.wire import decode

DAY = timedelta(hours=24)
_COUNTED_DAILY = (*tally.COUNTERS, Quantity.STRAVA_SYNC_SUCCESS, Quantity.STRAVA_SYNC_ATTEMPTS)


class Prometheus:
    """One server. ``environments`` maps the console's names to values of the environment label; ``""``: it knows one alone.

    A metrics reading costs one request, then up to six at once, and one more when something is not exported.
    """

    def __init__(self, *, client: HttpClient, environments: Mapping[str, str], names: MetricNames | None = None) -> None:
        self._api = Api(client)
        self._environments = dict(environments)
        self._names = names or MetricNames()

    @property
    def source(self) -> str:
        """Return the provider's word."""
        return self._api.source

    async def metrics(self, environment: str, window: timedelta) -> Metrics:
        """Return the present values; what requests tell sums up the last ``window``, business counts the last 24 hours.

        OutsideError when the server does not answer at all; a single query that fails makes the reading incomplete.
        """
        frame, ask = self._frame(environment), self._expressions(environment)
        names = self._names
        wanted = [getattr(names, field) for field in tally.GAUGES.values() if getattr(names, field)]
        present = await self._api.instant(ask.present(["up", *wanted]))
        queries = {
            Quantity.P99: ask.buckets(window) if names.duration else "",
            Quantity.REQUESTS: ask.requests(window, by_endpoint=True) if names.requests else "",
            Quantity.STRAVA_SYNC_ATTEMPTS: ask.count(names.strava_syncs, DAY, names.result) if names.strava_syncs else "",
            **{q: ask.count(getattr(names, f), DAY) for q, f in tally.COUNTERS.items() if getattr(names, f)},
        }
        heard, failed = await self._all({quantity: text for quantity, text in queries.items() if text})
        at = next((v.at for v in (present, *heard.values()) if v.at is not None), None)
        series: list[Series] = []
        endpoints: tuple[EndpointErrors, ...] | None = None
        if at is not None:  # else there is no series at all
            series, endpoints = _requests(frame, heard, at, window)
            series += [*tally.gauges(frame, present.items, at), *_business(frame, heard, at)]
        missing = await self._missing(environment, {one.quantity for one in series}, failed)
        notes = [*dict.fromkeys(v.note for v in (present, *heard.values()) if v.note), *_down(present)]
        complete = all(v.complete for v in (present, *heard.values())) and not failed and not _down(present)
        return Metrics(environment, self.source, tuple(series), endpoints, missing, complete, "; ".join(notes))

    async def history(self, environment: str, quantity: Quantity, span: timedelta, *, points: int = 60) -> tuple[Series, ...]:
        """Return the last ``span`` up to the server's own present, one series a part; empty when it is not exported."""
        frame = self._frame(environment)
        field = tally.SETTINGS.get(quantity)
        if field is None or not getattr(self._names, field):
            return ()
        times = history.grid(await self._api.now(), span, points)
        window = history.window_of(quantity, times.step)
        text = history.query(self._expressions(environment), frame, quantity, window)
        matrix = await self._api.spread(text, times.start, times.end, times.step)
        return history.series(frame, quantity, matrix, times, window)

    async def recent(
        self, environment: str, quantities: Sequence[Quantity], span: timedelta, *, points: int = 60
    ) -> tuple[Series, ...]:
        """Return the last ``span`` of several quantities; the percentiles share a request, and so do all gauges.

        OutsideError when one of the requests fails.
        """
        frame = self._frame(environment)
        expressions = self._expressions(environment)
        told = [q for q in quantities if q in tally.SETTINGS and getattr(self._names, tally.SETTINGS[q])]
        if not told:
            return ()
        times = history.grid(await self._api.now(), span, points)
        queries = history.together(expressions, frame, told, times.step)
        asked = [self._api.spread(text, times.start, times.end, times.step) for text in queries]
        # All are waited for before one may fail: none is left running behind the caller's back.
        answers = await asyncio.gather(*asked, return_exceptions=True)
        made: list[Series] = []
        for quantities_of, answer in zip(queries.values(), answers, strict=True):
            if isinstance(answer, BaseException):
                raise answer
            for quantity in quantities_of:
                made += history.of_several(frame, quantity, answer, times)
        return tuple(made)

    async def alerts(self) -> Listing[Alert]:
        """Return the alerts of the server's rules, pending ones too, worst first."""
        told = await self._api.read("alerts", "alerts")
        found = decode(self.source, "alerts", told.data, wire.AlertsWire)
        return watching.alerts(found.alerts, self._reading(), told)

    async def rules(self) -> Listing[Rule]:
        """Return the rules with their state, groups in the server's order."""
        told = await self._api.read("rules", "rules")
        return watching.rules(decode(self.source, "rules", told.data, wire.RulesWire), self._reading(), told)

    async def targets_down(self) -> Listing[Target]:
        """Return the targets that are not up; incomplete when nothing is watched, because nothing can be down then."""
        told = await self._api.read("targets", "targets", {"state": "active"})
        found = decode(self.source, "targets", told.data, wire.TargetsWire)
        return watching.targets_down(found.active_targets, self._reading(), told)

    def _frame(self, environment: str) -> Frame:
        return Frame(environment, self.source, self._names)

    def _expressions(self, environment: str) -> Expressions:
        value = self._environments.get(environment)
        if value is None:
            cause = f"{self.source}: the environment {environment} has no label value"
            step = f"Set [prometheus] environments.{environment} in config.toml"
            raise OutsideError(Fault(FaultKind.NOT_CONFIGURED, self.source, cause, "Its metrics are not known", step))
        return Expressions(self._names, value)

    def _reading(self) -> watching.Reading:
        return watching.Reading(self.source, self._names, self._environments)

    async def _all(self, queries: Mapping[Quantity, str]) -> tuple[dict[Quantity, Vector], dict[Quantity, Fault]]:
        """Ask several queries at once; return what was answered and what failed."""
        answers = await asyncio.gather(*(self._api.instant(text) for text in queries.values()), return_exceptions=True)
        heard: dict[Quantity, Vector] = {}
        failed: dict[Quantity, Fault] = {}
        for quantity, answer in zip(queries, answers, strict=True):
            if isinstance(answer, Vector):
                heard[quantity] = answer
            elif isinstance(answer, OutsideError):
                failed[quantity] = answer.fault
            else:
                raise answer
        return heard, failed

    async def _missing(
        self, environment: str, there: set[Quantity], failed: Mapping[Quantity, Fault]
    ) -> tuple[tuple[Quantity, str], ...]:
        """Say of each quantity without a series why, asking once where its metric is known after all."""
        faults = {tally.SETTINGS[quantity]: fault for quantity, fault in failed.items()}
        absent = {q: field for q, field in tally.SETTINGS.items() if q not in there}
        metrics = {field: _exported(self._names, field) for field in absent.values() if field not in faults}
        known = await self._known([metric for metric in metrics.values() if metric])
        value = self._environments[environment]
        found = []
        for quantity, field in sorted(absent.items()):
            if field in faults:
                found.append((quantity, faults[field].cause))
            else:
                found.append((quantity, _why(self._names, field, metrics[field], value, known)))
        return tuple(found)

    async def _known(self, metrics: list[str]) -> dict[str, set[str]]:
        """Return under which environment values metrics are known; empty when that cannot be asked: it only makes a hint better."""
        if not metrics:
            return {}
        try:
            vector = await self._api.instant(Expressions(self._names, "").values_of(metrics))
        except OutsideError:
            return {}
        known: dict[str, set[str]] = {}
        for item in vector.items:
            value = clean_line(item.labels.get(self._names.environment, ""), limit=60)
            known.setdefault(item.labels.get("__name__", ""), set()).add(value)
        return known


def _exported(names: MetricNames, field: str) -> str:
    """Return how the series of a metric are really called; ``""`` when it is switched off."""
    name: str = getattr(names, field)
    return f"{name}_bucket" if name and field == "duration" else name


def _why(names: MetricNames, field: str, metric: str, value: str, known: Mapping[str, set[str]]) -> str:
    """Return why a quantity has no series, and what to set."""
    setting = names.setting(field)
    if not metric:
        return f"switched off: {setting} is empty"
    chosen = f' with {names.environment}="{clean_line(value, limit=60)}"' if value else ""
    if metric not in known:
        return f"no series is called {metric} now: export it, or set {setting} to the name that is"
    if value and value not in known[metric]:
        there = ", ".join(sorted(v or "none" for v in known[metric])[:5])
        return f"{metric} is exported, but not{chosen} (there is: {there}): set [prometheus] environments or label its target"
    return f"{metric} is exported{chosen}, but has no two samples in the window yet: wait, or ask for a longer window"


def _requests(
    frame: Frame, heard: Mapping[Quantity, Vector], at: datetime, window: timedelta
) -> tuple[list[Series], tuple[EndpointErrors, ...] | None]:
    """Return latency, requests, error rate and the worst endpoints of the answers that came and are not empty."""
    made: list[Series] = []
    buckets = tally.bounds(heard[Quantity.P99].items) if Quantity.P99 in heard else {}
    if buckets:
        made += tally.latency(frame, buckets, at, window, "")
    answered = heard.get(Quantity.REQUESTS)
    if answered is None or not answered.items:
        return made, None
    both, endpoints = tally.answers(frame, answered.items, at, window, "")
    return made + both, endpoints


def _business(frame: Frame, heard: Mapping[Quantity, Vector], at: datetime) -> list[Series]:
    made: list[Series] = []
    for quantity in (q for q in heard if q in _COUNTED_DAILY):
        items = heard[quantity].items
        if not items:
            continue
        if quantity is Quantity.STRAVA_SYNC_ATTEMPTS:
            made += tally.strava(frame, items, at, DAY, "")
        elif items[0].value is not None:
            made.append(frame.series(quantity, (Sample(at, float(round(items[0].value))),), window=DAY))
    return made


def _down(present: Vector) -> list[str]:
    """Return a note when targets of the environment are down: what they would have added is missing from every sum."""
    ups: list[Counted] = [item for item in present.items if item.labels.get("__name__") == "up"]
    down = sorted(clean_line(f"{i.labels.get('job', '')} {i.labels.get('instance', '')}", limit=80) for i in ups if i.value != 1)
    return [f"{len(down)} of {len(ups)} targets down: {', '.join(down[:3])}"] if down else []
