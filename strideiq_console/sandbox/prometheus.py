"""The world's Prometheus: it answers the kinds of queries that dashboards send, from what happens in the world.

It knows ``time()``, selectors of gauges, ``count by`` over them, and ``sum [by (…)]`` over an ``increase``; any other query is
refused as Prometheus refuses one. What it scraped begins 30 days before now; while an API is down its series are stale.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from strideiq_console.sandbox import alertmanager, levels, traffic
from strideiq_console.sandbox.deploys import settle

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

Labels = dict[str, str]
Matches = Sequence[tuple[str, str, str]]
State = dict[str, Any]
MAX_POINTS = 11_000
_SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)?\{([^{}]*)\}\Z")
_COUNT = re.compile(r"count by \(([^)]*)\) \((\{[^{}]*\})\)\Z")
_SUM = re.compile(r"sum(?: by \(([^)]*)\))? \((.*)\)\Z", re.DOTALL)
_INCREASE = re.compile(r"increase\(([a-zA-Z_:][a-zA-Z0-9_:]*)\{([^{}]*)\}\[(\d+)s\]\)")
_MATCHER = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"')
_COUNTERS = (
    "http_request_duration_highr_seconds_bucket",
    "http_requests_total",
    "strideiq_activities_synced_total",
    "strideiq_coach_conversations_total",
    "strideiq_strava_syncs_total",
)


class QueryError(ValueError):
    """A query that is refused; the text is Prometheus' kind of reason."""


def app(world: World) -> Starlette:
    """Return the HTTP API over a world."""
    answers: dict[str, Callable[[State, float, Request], Any]] = {
        "/api/v1/query": _instant,
        "/api/v1/query_range": _range,
        "/api/v1/alerts": lambda state, now, _: {"alerts": alertmanager.raised(state, now)},
        "/api/v1/rules": lambda state, now, _: {"groups": [alertmanager.group(state, now)]},
        "/api/v1/targets": lambda state, now, _: {"activeTargets": _targets(state, now), "droppedTargets": []},
    }
    return Starlette(routes=[Route(path, _endpoint(world, answer)) for path, answer in answers.items()])


def _endpoint(world: World, answer: Callable[[State, float, Request], Any]) -> Callable[[Request], Any]:
    def respond(request: Request) -> Response:
        state, now = world.read(), world.clock.seconds()
        settle(state, now)
        try:
            return JSONResponse({"status": "success", "data": answer(state, now, request)})
        except QueryError as error:
            return JSONResponse({"status": "error", "errorType": "bad_data", "error": str(error)}, 400)

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(respond, request)

    return endpoint


def _instant(state: State, now: float, request: Request) -> Any:
    query = request.query_params.get("query", "")
    at = _number(request, "time", now)
    if query.strip() == "time()":
        return {"resultType": "scalar", "result": [at, _text(at)]}
    found = evaluate(state, query, at)
    return {"resultType": "vector", "result": [{"metric": labels, "value": [at, _text(value)]} for labels, value in found]}


def _range(state: State, now: float, request: Request) -> Any:
    start, end, step = (_number(request, name, math.nan) for name in ("start", "end", "step"))
    if not step > 0 or not end >= start:
        raise QueryError("invalid parameter: start, end and step must be numbers, step positive and end not before start")
    if (end - start) / step > MAX_POINTS:
        raise QueryError("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution")
    lines: dict[tuple[tuple[str, str], ...], list[list[Any]]] = {}
    for index in range(int((end - start) / step) + 1):
        at = start + index * step
        for labels, value in evaluate(state, request.query_params.get("query", ""), at) if at <= now else ():
            lines.setdefault(tuple(labels.items()), []).append([at, _text(value)])
    return {"resultType": "matrix", "result": [{"metric": dict(key), "values": values} for key, values in lines.items()]}


def _number(request: Request, name: str, default: float) -> float:
    text = request.query_params.get(name)
    try:
        return default if text is None else float(text)
    except ValueError:
        raise QueryError(f'invalid parameter "{name}": cannot parse "{text}" to a valid timestamp') from None


def _text(value: float) -> str:
    return repr(round(value, 6)) if math.isfinite(value) else "NaN"


def evaluate(state: State, query: str, at: float) -> list[tuple[Labels, float]]:
    """Return labels and values of a query at a time. QueryError for one that this server does not understand."""
    query = query.strip()
    counted = _COUNT.match(query)
    if counted:
        return _grouped([(labels, 1.0) for labels, _ in _selected(state, counted[2], at)], counted[1])
    summed = _SUM.match(query)
    increase = _INCREASE.search(query)
    if summed and increase:
        matches = _matchers(increase[2])
        window = float(increase[3])
        rows = [row for row in _increases(state, increase[1], at, window, matches) if _fits(row[0], matches)]
        return _grouped(rows, summed[1] or "")
    return _selected(state, query, at)


def _selected(state: State, query: str, at: float) -> list[tuple[Labels, float]]:
    found = _SELECTOR.match(query)
    if not found:
        raise QueryError(f"1:1: parse error: unexpected {query[:40]!r}")
    matches = _matchers(found[2]) + ([("__name__", "=", found[1])] if found[1] else [])
    return [row for row in _gauges(state, at, matches) if _fits(row[0], matches)]


def _matchers(text: str) -> list[tuple[str, str, str]]:
    found = [(m[1], m[2], re.sub(r"\\(.)", r"\1", m[3])) for m in _MATCHER.finditer(text)]
    if text.strip() and not found:
        raise QueryError("1:1: parse error: unexpected character inside braces")
    return found


def _fits(labels: Labels, matches: Matches) -> bool:
    for name, operator, wanted in matches:
        value = labels.get(name, "")
        same = re.fullmatch(wanted, value) is not None if "~" in operator else value == wanted
        if same is operator.startswith("!"):
            return False
    return True


def _grouped(rows: list[tuple[Labels, float]], by: str) -> list[tuple[Labels, float]]:
    names = [name.strip() for name in by.split(",") if name.strip()]
    sums: dict[tuple[tuple[str, str], ...], float] = {}
    for labels, value in rows:
        key = tuple((name, labels[name]) for name in names if labels.get(name))
        sums[key] = sums.get(key, 0.0) + value
    return [(dict(key), value) for key, value in sums.items()]


def _gauges(state: State, at: float, matches: Matches = ()) -> list[tuple[Labels, float]]:
    rows: list[tuple[Labels, float]] = []
    for environment in traffic.CALM:
        if not _concerns(environment, matches):
            continue
        knobs = levels.at(state, environment, at)
        up = traffic.is_up(state, environment)
        sources: dict[str, dict[tuple[str, str, str], float]] = {
            "postgres": {
                ("pg_stat_database_numbackends", "datname", "strideiq"): knobs["connections"] - 1,
                ("pg_stat_database_numbackends", "datname", "postgres"): 1.0,
                ("pg_settings_max_connections", "", ""): knobs["connections_max"],
            },
            "redis": {
                ("redis_memory_used_bytes", "", ""): knobs["redis_bytes"],
                ("redis_memory_max_bytes", "", ""): knobs["redis_max_bytes"],
            },
            "celery": {
                ("celery_queue_length", "queue_name", "celery"): knobs["queue_celery"],
                ("celery_queue_length", "queue_name", "sync"): knobs["queue_sync"],
                **{("celery_worker_up", "hostname", f"celery@worker-{n}"): 1.0 for n in range(1, int(knobs["workers"]) + 1)},
            },
        }
        if up:
            sources["api"] = {
                ("strideiq_db_pool_checked_out", "pid", "7"): knobs["pool_used"],
                ("strideiq_db_pool_size", "pid", "7"): knobs["pool_size"],
                ("strideiq_daily_active_users", "", ""): knobs["daily_users"],
                ("strideiq_registered_users", "", ""): knobs["registered_users"],
                **dict.fromkeys(((name, "", "") for name in _COUNTERS), 1.0),
            }
        for job in ("api", "postgres", "redis", "celery"):
            shared = {"environment": environment, "instance": f"{job}.{environment}.internal:9090", "job": job}
            rows.append(({"__name__": "up", **shared}, 1.0 if up or job != "api" else 0.0))
            for (name, label, value), number in sources.get(job, {}).items():
                rows.append(({"__name__": name, **({label: value} if label else {}), **shared}, number))
    return rows


def _concerns(environment: str, matches: Matches) -> bool:
    """Say whether rows of an environment can fit; what cannot is not worked out for hundreds of points."""
    return _fits({"environment": environment}, [one for one in matches if one[0] == "environment"])


def _increases(state: State, metric: str, at: float, window: float, matches: Matches) -> list[tuple[Labels, float]]:
    rows: list[tuple[Labels, float]] = []
    for environment in traffic.CALM:
        if not _concerns(environment, matches):
            continue
        if not traffic.is_up(state, environment) and window < traffic.DAY:
            continue
        counted = traffic.between(state, environment, at - window, at)
        shared = {"environment": environment, "instance": f"api.{environment}.internal:9090", "job": "api"}
        families: dict[str, list[tuple[Labels, float]]] = {
            "http_requests_total": [
                ({"handler": h, "method": m, "status": s}, count) for (h, m, s), count in counted.requests.items()
            ],
            "http_request_duration_highr_seconds_bucket": [
                ({"le": "+Inf" if math.isinf(bound) else repr(bound)}, count) for bound, count in counted.latencies.items()
            ],
            "strideiq_activities_synced_total": [({}, counted.activities)],
            "strideiq_coach_conversations_total": [({}, counted.conversations)],
            "strideiq_strava_syncs_total": [({"result": result}, count) for result, count in counted.syncs.items()],
        }
        rows += [({**labels, **shared}, value) for labels, value in families.get(metric, [])]
    return rows


def _targets(state: State, now: float) -> list[State]:
    made = []
    for labels, value in _gauges(state, now):
        if labels["__name__"] != "up":
            continue
        own = {name: labels[name] for name in ("environment", "instance", "job")}
        error = "" if value else "server returned HTTP status 503 Service Unavailable"
        made.append(
            {
                "discoveredLabels": {"__address__": own["instance"], "job": own["job"]},
                "labels": own,
                "scrapePool": own["job"],
                "scrapeUrl": f"https://{own['instance']}/metrics",
                "globalUrl": f"https://{own['instance']}/metrics",
                "lastError": error,
                "lastScrape": alertmanager.iso(now - now % 15),
                "lastScrapeDuration": 0.012,
                "health": "up" if value else "down",
                "scrapeInterval": "15s",
                "scrapeTimeout": "10s",
            }
        )
    return made
