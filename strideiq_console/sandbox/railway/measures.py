"""Railway's measurements of services, their limits, and the usage that is billed from them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.railway import backups, resources
from strideiq_console.sandbox.railway.call import NOT_AUTHORIZED, Call, Resolve, environment_id, service_id
from strideiq_console.sandbox.railway.graphql import Arguments, Node
from strideiq_console.sandbox.railway.ids import ENVIRONMENTS, PROJECT, SERVICES, WORKSPACE, moment
from strideiq_console.sandbox.railway.requests import steps

Place = tuple[str, str]
MINUTE, DAY = 60.0, 86_400.0
BILLED = ("CPU_USAGE", "MEMORY_USAGE_GB", "DISK_USAGE_GB", "NETWORK_TX_GB", "BACKUP_USAGE_GB")
_FLOWS = ("NETWORK_TX_GB", "NETWORK_RX_GB")
# A level counts for the quarter of a day that it begins: what has been billed once stays billed, and grows by the minute.
_CELL = 6 * 3600.0
MEASUREMENTS = (*BILLED, "CPU_LIMIT", "CPU_USAGE_2", "EPHEMERAL_DISK_USAGE_GB", "MEMORY_LIMIT_GB", "NETWORK_RX_GB")


def metrics(call: Call, arguments: Arguments) -> list[Node]:
    """Answer series of measurements, of all chosen services together or grouped."""
    places = _places(call, arguments)
    times = steps(call, arguments, arguments.get("sampleRateSeconds"))
    found = []
    for group, members in _groups(places, arguments.get("groupBy") or ()):
        for measurement in _measurements(arguments):
            values = [(end, _sum(call, members, measurement, begin, end)) for begin, end in times]
            samples = [Node("Metric", {"ts": int(at), "value": round(value, 9)}) for at, value in values if value is not None]
            if samples:
                found.append(Node("MetricsResult", {"measurement": measurement, "tags": _tags(group), "values": samples}))
    return found


def limits(call: Call, arguments: Arguments) -> dict[str, Any]:
    """Answer a service's limits: JSON."""
    call.environment(arguments)
    call.service(arguments)
    return {"containers": {"cpu": int(resources.CPU_LIMIT), "memoryBytes": int(resources.MEMORY_LIMIT) * 1024**3}}


def usage(call: Call, arguments: Arguments) -> list[Node]:
    """Answer what was used: unit-minutes, for the network GB; without a start since the billing period began."""
    begin, end = _period(call, arguments)
    places = _billed(call, arguments)
    found = []
    for group, members in _groups(places, arguments.get("groupBy") or ()):
        for measurement in _measurements(arguments):
            value = sum(used(call, place, measurement, begin, end) for place in members)
            if value > 0:
                fields = {"measurement": measurement, "value": round(value, 6), "tags": _tags(group)}
                found.append(Node("AggregatedUsage", fields))
    return found


def estimated(call: Call, arguments: Arguments) -> list[Node]:
    """Answer what will have been used when the billing period ends, if it goes on as it did."""
    places = _billed(call, arguments)
    begin, end = period(call.now)
    found = []
    for measurement in _measurements(arguments):
        so_far = sum(used(call, place, measurement, begin, call.now) for place in places)
        share = max(call.now - begin, 3600.0) / (end - begin)
        fields = {"measurement": measurement, "estimatedValue": round(so_far / share, 6), "projectId": PROJECT}
        found.append(Node("EstimatedUsage", fields))
    return found


def used(call: Call, place: Place, measurement: str, begin: float, end: float) -> float:
    """Return what one service used in one environment between two times."""
    name, service = place
    end = min(end, call.now)
    begin = max(begin, float(call.state["repository"]["created_at"]))
    if end <= begin:
        return 0.0
    if measurement in _FLOWS:
        return resources.over(call.state, name, service, measurement, begin, end) or 0.0
    total, at = 0.0, math.floor(begin / _CELL) * _CELL
    while at < end:
        level = _level(call, place, measurement, max(at, float(call.state["repository"]["created_at"]) + 1.0))
        total += (level or 0.0) * (min(at + _CELL, end) - max(at, begin)) / MINUTE
        at += _CELL
    return total


def period(now: float) -> tuple[float, float]:
    """Return the billing period of a time: its calendar month."""
    start = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = start.replace(year=start.year + start.month // 12, month=start.month % 12 + 1)
    return start.timestamp(), following.timestamp()


def _level(call: Call, place: Place, measurement: str, at: float) -> float | None:
    if measurement == "BACKUP_USAGE_GB":
        return backups.stored(call, place[0], at) / 1000.0 if place[1] == "Postgres" else None
    return resources.at(call.state, *place, measurement, at)


def _sum(call: Call, members: Sequence[Place], measurement: str, begin: float, end: float) -> float | None:
    if measurement in _FLOWS:
        values = [resources.over(call.state, *place, measurement, begin, end) for place in members]
    else:
        values = [_level(call, place, measurement, end) for place in members]
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _period(call: Call, arguments: Arguments) -> tuple[float, float]:
    begin, end = period(call.now)
    if arguments.get("startDate") is not None:
        begin = moment(arguments["startDate"], "startDate")
    return begin, moment(arguments["endDate"], "endDate") if arguments.get("endDate") is not None else end


def _measurements(arguments: Arguments) -> list[str]:
    wanted = arguments.get("measurements")
    if not isinstance(wanted, list) or not all(one in MEASUREMENTS for one in wanted):
        raise GraphQLError(f'Argument "measurements" has an invalid value {wanted!r}.')
    return wanted


def _billed(call: Call, arguments: Arguments) -> list[Place]:
    """Return what a bill is asked for; by workspace only a wide token may."""
    project, workspace = arguments.get("projectId"), arguments.get("workspaceId")
    if project is None:
        call.wide()
    if project not in (None, PROJECT) or workspace not in (None, WORKSPACE):
        raise GraphQLError(NOT_AUTHORIZED)
    own = call.scope.environment
    return [(name, service) for name in ENVIRONMENTS.values() if own in (None, name) for service in SERVICES.values()]


def _places(call: Call, arguments: Arguments) -> list[Place]:
    if arguments.get("environmentId") is None:
        call.wide()
        if arguments.get("projectId") != PROJECT:
            raise GraphQLError(NOT_AUTHORIZED)
        names = list(ENVIRONMENTS.values())
    else:
        names = [call.environment(arguments)]
    services = list(SERVICES.values()) if arguments.get("serviceId") is None else [call.service(arguments)]
    return [(name, service) for name in names for service in services]


def _groups(places: Sequence[Place], by: Sequence[str]) -> Iterator[tuple[dict[str, str], list[Place]]]:
    """Yield the tags of each group and its members; without tags everything is one group."""
    groups: dict[tuple[tuple[str, str], ...], list[Place]] = {}
    for name, service in places:
        known = {
            "PROJECT_ID": ("projectId", PROJECT),
            "ENVIRONMENT_ID": ("environmentId", environment_id(name)),
            "SERVICE_ID": ("serviceId", service_id(service)),
        }
        groups.setdefault(tuple(known[tag] for tag in by if tag in known), []).append((name, service))
    for tags, members in groups.items():
        yield dict(tags), members


def _tags(group: dict[str, str]) -> Node:
    names = ("deploymentId", "deploymentInstanceId", "environmentId", "projectId", "region", "serviceId", "volumeId")
    return Node("MetricTags", dict.fromkeys((*names, "volumeInstanceId")) | group)


QUERIES: dict[str, Resolve] = {
    "metrics": metrics,
    "serviceInstanceLimits": limits,
    "usage": usage,
    "estimatedUsage": estimated,
}
