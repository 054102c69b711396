"""Asks Railway how the API does: resources, durations and answers of one environment in one request (R102, R103, R121)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.metric import EndpointErrors, Metrics, Quantity, Sample, Series
from strideiq_console.providers.railway import readings
from strideiq_console.providers.railway.deployments import Reader
from strideiq_console.providers.railway.graphql import ask
from strideiq_console.providers.railway.logs import Logs, stamp
from strideiq_console.providers.railway.topology import Place, reaches_not
from strideiq_console.providers.railway.wire import SOURCE
from strideiq_console.providers.railway.wire_measures import WireEnvironmentMetrics, WireLimits, WireMetrics

REQUESTS = 1000
_LIMITS = ((Quantity.CPU_LIMIT, "cpu"), (Quantity.MEMORY_LIMIT, "memoryBytes"))


class Measures:
    """What the API's service uses and how it answers. ``health`` is the path that is no real request."""

    def __init__(self, place: Place, reader: Reader, logs: Logs, health: str) -> None:
        self._place, self._reader, self._logs, self._health = place, reader, logs, health
        self._limits: dict[str, Mapping[str, Any]] = {}

    async def metrics(self, environment: str, window: timedelta) -> Metrics:
        """Return all that is measured of the API; one request while nothing fails, one more for the endpoints that do.

        ``n`` of a percentile counts every request, ``n`` of the error rate those that are no health check.
        """
        environment_id, service_id = await self._place.ids(environment)
        client = self._place.client(environment)
        end, seconds = client.clock.now(), max(int(window.total_seconds()), 60)
        start, step = end - timedelta(seconds=seconds), readings.step_of(window)
        asked = {
            "environmentId": environment_id,
            "serviceId": service_id,
            "startDate": stamp(start),
            "endDate": stamp(end),
            "measurements": list(readings.RESOURCES),
            "sampleRateSeconds": step,
            "stepSeconds": seconds,
            "healthPath": self._health,
        }
        what = f"measurements of {environment}"
        found = await ask(client, "environment_metrics", "EnvironmentMetrics", asked, what, WireEnvironmentMetrics)
        whole = timedelta(seconds=seconds)
        series = readings.resources(found.resources, environment, "", timedelta(seconds=step))
        series += await self._further_limits(environment, series, end)
        series += readings.durations(found.durations.samples, environment, whole, end, readings.total(found.statuses))
        series += readings.answers(found, environment, whole, end, self._health)
        worst, complete = await self._endpoints(environment, found, start)
        return Metrics(environment, SOURCE, tuple(series), worst, _missing(series), endpoints_complete=complete)

    async def service(self, environment: str, service: str, window: timedelta) -> Metrics:
        """Return the resources of another service by Railway's name, such as the database; ``part`` is its component."""
        environment_id, service_id = await self._place.service_ids(environment, service)
        client = self._place.client(environment)
        end, step = client.clock.now(), readings.step_of(window)
        asked = {
            "environmentId": environment_id,
            "serviceId": service_id,
            "startDate": stamp(end - window),
            "endDate": stamp(end),
            "measurements": list(readings.RESOURCES),
            "sampleRateSeconds": step,
        }
        found = await ask(client, "metrics", "ResourceMetrics", asked, f"measurements of {service}", WireMetrics)
        part = self._place.component(service)
        series = readings.resources(found.metrics, environment, part, timedelta(seconds=step))
        return Metrics(environment, SOURCE, tuple(series), None, _missing(series))

    async def _further_limits(self, environment: str, series: list[Series], at: datetime) -> list[Series]:
        """Return the limits that the measurements lack, from the service's own settings; asked once and kept."""
        lacking = [(quantity, key) for quantity, key in _LIMITS if not any(s.quantity is quantity and s.samples for s in series)]
        if not lacking:
            return []
        limits = await self._own_limits(environment)
        made = []
        for quantity, key in lacking:
            value = limits.get(key)
            if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
                note = "as set for the service"
                made.append(Series(quantity, environment, SOURCE, (Sample(at, float(value)),), note=note))
                series[:] = [s for s in series if s.quantity is not quantity]
        return made

    async def _own_limits(self, environment: str) -> Mapping[str, Any]:
        if environment not in self._limits:
            environment_id, service_id = await self._place.ids(environment)
            asked, client = {"environmentId": environment_id, "serviceId": service_id}, self._place.client(environment)
            try:
                answer = await ask(client, "service_limits", "ServiceLimits", asked, "the service's limits", WireLimits)
            except OutsideError as error:
                # The measurements came: a limit that does not is missing, and is said to be. A refusal stays one.
                if reaches_not(error):
                    self._limits[environment] = {}
                return {}
            found = answer.service_instance_limits
            inner = found.get("containers") if isinstance(found, Mapping) else None
            self._limits[environment] = inner if isinstance(inner, Mapping) else {}
        return self._limits[environment]

    async def _endpoints(
        self, environment: str, found: WireEnvironmentMetrics, start: datetime
    ) -> tuple[tuple[EndpointErrors, ...] | None, bool]:
        """Return the endpoints that fail and whether they are all; nothing is asked when nothing failed."""
        if not readings.any_failure(found.statuses):
            return (), True
        try:
            live = await self._reader.live_of(environment)
            if live is None:
                return None, False
            wires = await self._logs.http(environment, live.id, REQUESTS, start)
        except OutsideError:
            return None, False
        since = live.ready_at or live.created_at
        # An older deployment answered the first part of the window; its requests are in its own log.
        whole = len(wires) < REQUESTS and since is not None and since <= start
        return readings.endpoints(wires, self._health), whole


def _missing(series: list[Series]) -> tuple[tuple[Quantity, str], ...]:
    have = {s.quantity for s in series if s.samples}
    names = {quantity: name for name, (quantity, _) in readings.RESOURCES.items()}
    return tuple((quantity, f"Railway gave no {name}") for quantity, name in names.items() if quantity not in have)
