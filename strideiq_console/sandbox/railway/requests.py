"""The access log of Railway's edge, and what is measured there: counts by status, durations."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from strideiq_console.sandbox.graphql_document import GraphQLError
from strideiq_console.sandbox.railway import edge
from strideiq_console.sandbox.railway.call import Call, Resolve, text
from strideiq_console.sandbox.railway.deployments import instance_of
from strideiq_console.sandbox.railway.graphql import Arguments, Node
from strideiq_console.sandbox.railway.ids import DOMAINS, REGION, moment, nano
from strideiq_console.sandbox.railway.log_pages import KEPT_DAYS, LogPage, accepts, term

DAY = 86_400.0
MEASURED_DAYS = 30
MAX_SAMPLES = 3000


def http_logs(call: Call, arguments: Arguments) -> list[Node]:
    """Answer the requests that a deployment answered, oldest first."""
    entry = call.deployment(text(arguments, "deploymentId"))
    page = LogPage.read(arguments, call.now)
    name, oldest = entry["environment"], call.now - KEPT_DAYS * DAY
    wanted = arguments.get("filter")
    code = term(wanted, "status")

    def status(seen: int) -> bool:
        return code in ("", str(seen))

    def newest(start: float, end: float, most: int) -> list[Node]:
        found: list[Node] = []
        for one in edge.backwards(call.state, name, max(start, oldest), min(end, call.now), entry["id"], status):
            if len(found) >= most:
                break
            if accepts(wanted, f"{one.method} {one.path}", {"status": str(one.status), "path": one.path, "method": one.method}):
                found.append(_line(one, name, entry["id"]))
        return found[::-1]

    return page.collect(newest)


def _line(one: edge.Request, environment: str, deployment: str) -> Node:
    down = one.status == edge.DOWN
    fields = {
        "timestamp": nano(one.at),
        "requestId": f"rq_{one.key[:22]}",
        "method": one.method,
        "host": DOMAINS[environment],
        "path": one.path,
        "httpStatus": one.status,
        "totalDuration": one.took,
        "upstreamRqDuration": 0 if down else max(one.took - 3, 1),
        "txBytes": 118 if down else 300 + int(one.key[14:18], 16) % 6000,
        "rxBytes": 180 + int(one.key[18:20], 16),
        "edgeRegion": REGION,
        "responseDetails": "Application failed to respond" if down else "",
        "upstreamErrors": "connection refused" if down else "",
        "deploymentId": deployment,
        "deploymentInstanceId": instance_of(deployment),
        "clientUa": "StrideIQ/2.1",
        "srcIp": "203.0.113.7",
        "downstreamProto": "HTTP/2.0",
        "upstreamProto": "HTTP/1.1",
        "upstreamAddress": "" if down else "http://[fd12::7]:8000",
    }
    return Node("HttpLog", fields)


def durations(call: Call, arguments: Arguments) -> Node:
    """Answer percentiles in milliseconds, one sample a step; a step without a request has none."""
    name = _place(call, arguments)
    samples = []
    for begin, end in _steps(call, arguments) if name else ():
        parts = edge.mixture(call.state, name, begin, end, arguments.get("path"), arguments.get("statusCode"))
        if parts:
            shares = {f"p{n}": edge.percentile(parts, n / 100) for n in (50, 90, 95, 99)}
            samples.append(Node("HttpDurationMetricsSample", {"ts": int(begin)} | shares))
    return Node("HttpDurationMetricsResult", {"samples": samples})


def counts(call: Call, arguments: Arguments) -> Node:
    """Answer how many requests came, one sample a step."""
    status = arguments.get("statusCode")
    rows = _by_status(call, arguments, lambda code: status in (None, code))
    totals: dict[int, float] = {}
    for samples in rows.values():
        for at, number in samples:
            totals[at] = totals.get(at, 0.0) + number
    return Node("HttpMetricsResult", {"samples": [_sample(*row) for row in sorted(totals.items())]})


def by_status(call: Call, arguments: Arguments) -> list[Node]:
    """Answer how many requests came by status, one sample a step."""
    rows = _by_status(call, arguments, lambda _: True)
    return [
        Node("HttpMetricsByStatusResult", {"statusCode": code, "samples": [_sample(*row) for row in rows[code]]})
        for code in sorted(rows)
    ]


def _by_status(call: Call, arguments: Arguments, takes: Callable[[int], bool]) -> dict[int, list[tuple[int, float]]]:
    name = _place(call, arguments)
    path, method = arguments.get("path"), arguments.get("method")
    rows: dict[int, list[tuple[int, float]]] = {}
    for begin, end in _steps(call, arguments) if name else ():
        totals: dict[int, int] = {}
        for (handler, way, code), number in edge.counted(call.state, name, begin, end).items():
            if path in (None, handler) and method in (None, way) and takes(code):
                totals[code] = totals.get(code, 0) + number
        for code, number in totals.items():
            rows.setdefault(code, []).append((int(begin), float(number)))
    return rows


def _place(call: Call, arguments: Arguments) -> str:
    """Return the environment's name, ``""`` for a service that no request from outside reaches."""
    name = call.environment(arguments)
    return name if call.service(arguments) == "api" else ""


def _steps(call: Call, arguments: Arguments) -> list[tuple[float, float]]:
    """Return the steps of the asked time, as far as it has passed and is still kept. Raises GraphQLError for too many."""
    return steps(call, arguments, arguments.get("stepSeconds"))


def steps(call: Call, arguments: Arguments, every: Any) -> list[tuple[float, float]]:
    """Return the steps of ``every`` so many seconds between the arguments ``startDate`` and ``endDate``."""
    start = moment(arguments.get("startDate"), "startDate")
    given = arguments.get("endDate")
    end = min(call.now if given is None else moment(given, "endDate"), call.now)
    size = 60.0 if every is None else float(every)
    start = max(start, call.now - MEASURED_DAYS * DAY)
    if size < 1 or (end - start) / size > MAX_SAMPLES:
        raise GraphQLError("Too many data points requested: use a larger step")
    whole = math.ceil((end - start) / size)
    return [(start + n * size, min(start + (n + 1) * size, end)) for n in range(whole)]


def _sample(at: int, value: float) -> Node:
    return Node("HttpMetricsSample", {"ts": at, "value": value})


QUERIES: dict[str, Resolve] = {
    "httpLogs": http_logs,
    "httpDurationMetrics": durations,
    "httpMetrics": counts,
    "httpMetricsGroupedByStatus": by_status,
}
