"""The world's alerting rules, and its Alertmanager with alerts and silences.

Keys of the state document that live here::

    silences  [{"id", "alert", "environment" ("": all), "starts", "ends", "by", "comment"}] oldest first
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from strideiq_console.sandbox import levels, traffic
from strideiq_console.sandbox.deploys import settle

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

State = dict[str, Any]
HOLD_SECONDS = 60.0
STARTED = 1_767_225_600.0
_WINDOW = 300.0


def _error_rate(state: State, environment: str, at: float) -> float:
    counted = traffic.tally(state, environment, at - _WINDOW, at).requests
    users = {key: count for key, count in counted.items() if key[0] != "/health"}
    return sum(count for key, count in users.items() if key[2] == "5xx") / max(sum(users.values()), 1e-9)


def _knob(name: str, other: str = "") -> Callable[[State, str, float], float]:
    def read(state: State, environment: str, at: float) -> float:
        knobs = levels.at(state, environment, at)
        return knobs[name] / knobs[other] if other else knobs[name]

    return read


# The four alerts of the architecture document: name, severity, limit, expression, sentence, and how the world measures it.
RULES: tuple[tuple[str, str, float, str, str, Callable[[State, str, float], float]], ...] = (
    (
        "HighErrorRate",
        "critical",
        0.05,
        'strideiq:errors:rate5m{job="api"} / strideiq:requests:rate5m{job="api"} > 0.05',
        "more than 5 % of the requests fail",
        _error_rate,
    ),
    (
        "SlowRequests",
        "warning",
        2000.0,
        "histogram_quantile(0.99, sum by (le, environment) (rate(http_request_duration_highr_seconds_bucket[5m]))) * 1000 > 2000",
        "one request in a hundred takes longer than 2 s",
        _knob("p99_ms"),
    ),
    (
        "DatabaseConnections",
        "warning",
        0.8,
        "sum by (environment) (pg_stat_database_numbackends) / max by (environment) (pg_settings_max_connections) > 0.8",
        "more than 80 % of the database's connections are in use",
        _knob("connections", "connections_max"),
    ),
    ("QueueLong", "warning", 100.0, "celery_queue_length > 100", "more than 100 messages wait in a queue", _knob("queue_sync")),
)


def iso(at: float) -> str:
    """Return a time as Prometheus and Alertmanager write it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


def raised(state: State, now: float, only: str = "") -> list[State]:
    """Return the alerts of the rules: pending for a minute, then firing; with ``only`` those of one rule."""
    made = []
    for name, severity, limit, _, sentence, measure in RULES:
        for environment in traffic.CALM:
            value = measure(state, environment, now)
            if value <= limit or (only and only != name):
                continue
            since = _since(state, environment, now, limit, measure)
            made.append(
                {
                    "labels": {"alertname": name, "environment": environment, "severity": severity},
                    "annotations": {"summary": f"{environment}: {sentence}"},
                    "state": "firing" if now - since >= HOLD_SECONDS else "pending",
                    "activeAt": iso(since),
                    "value": f"{value:.6e}",
                }
            )
    return made


def _since(state: State, environment: str, now: float, limit: float, measure: Callable[[State, str, float], float]) -> float:
    """Return since when a value is above its limit: it went over once since the day before, or since knobs changed."""
    low, high = max(traffic.knobs_at(state, environment, now)[0] - _WINDOW, now - traffic.DAY), now
    if measure(state, environment, low) > limit:
        return low
    for _ in range(20):
        middle = (low + high) / 2.0
        low, high = (low, middle) if measure(state, environment, middle) > limit else (middle, high)
    return high


def group(state: State, now: float) -> State:
    """Return the one group of rules as Prometheus shows it."""
    rules = []
    for name, severity, _, query, sentence, _ in RULES:
        alerts = raised(state, now, name)
        states = {alert["state"] for alert in alerts}
        rules.append(
            {
                "state": next((word for word in ("firing", "pending") if word in states), "inactive"),
                "name": name,
                "query": query,
                "duration": HOLD_SECONDS,
                "labels": {"severity": severity},
                "annotations": {"summary": sentence},
                "alerts": alerts,
                "health": "ok",
                "evaluationTime": 0.0004,
                "lastEvaluation": iso(now - now % 15),
                "type": "alerting",
            }
        )
    return {"name": "strideiq", "file": "/etc/prometheus/rules.yml", "interval": 15, "limit": 0, "rules": rules}


def app(world: World) -> Starlette:
    """Return the API v2 over a world."""
    answers: dict[str, Callable[[State, float], Any]] = {
        "/api/v2/alerts": _alerts,
        "/api/v2/silences": lambda state, now: [_silence(one, now) for one in state.get("silences", [])],
        "/api/v2/status": _status,
    }
    return Starlette(routes=[Route(path, _endpoint(world, answer)) for path, answer in answers.items()])


def _endpoint(world: World, answer: Callable[[State, float], Any]) -> Callable[[Request], Any]:
    def respond() -> Response:
        state, now = world.read(), world.clock.seconds()
        settle(state, now)
        return JSONResponse(answer(state, now))

    async def endpoint(_request: Request) -> Response:
        return await run_in_threadpool(respond)

    return endpoint


def _alerts(state: State, now: float) -> list[State]:
    made = []
    for alert in raised(state, now):
        if alert["state"] != "firing":
            continue
        labels = alert["labels"]
        silenced = [one["id"] for one in state.get("silences", []) if _word(one, now) == "active" and _hides(one, labels)]
        stand = "suppressed" if silenced else "active"
        made.append(
            {
                "labels": labels,
                "annotations": alert["annotations"],
                "fingerprint": hashlib.sha256(repr(sorted(labels.items())).encode()).hexdigest()[:16],
                "receivers": [{"name": "founder"}],
                "startsAt": alert["activeAt"],
                "endsAt": iso(now + 240),
                "updatedAt": iso(now - now % 15),
                "generatorURL": f"https://prometheus.strideiq.run/graph?g0.expr={labels['alertname']}",
                "status": {"state": stand, "silencedBy": silenced, "inhibitedBy": []},
            }
        )
    return made


def _hides(silence: State, labels: dict[str, str]) -> bool:
    return silence["alert"] == labels["alertname"] and silence["environment"] in ("", labels["environment"])


def _word(silence: State, now: float) -> str:
    return "pending" if now < silence["starts"] else "active" if now < silence["ends"] else "expired"


def _silence(one: State, now: float) -> State:
    matchers = [{"name": "alertname", "value": one["alert"], "isRegex": False, "isEqual": True}]
    if one["environment"]:
        matchers.append({"name": "environment", "value": one["environment"], "isRegex": False, "isEqual": True})
    return {
        "id": one["id"],
        "status": {"state": _word(one, now)},
        "matchers": matchers,
        "startsAt": iso(one["starts"]),
        "endsAt": iso(one["ends"]),
        "updatedAt": iso(one["starts"]),
        "createdBy": one["by"],
        "comment": one["comment"],
    }


def _status(_state: State, _now: float) -> State:
    return {
        "cluster": {"name": "", "peers": [], "status": "disabled"},
        "config": {"original": "route:\n  receiver: founder\n"},
        "uptime": iso(STARTED),
        "versionInfo": {
            "branch": "HEAD",
            "buildDate": "20260101-00:00:00",
            "buildUser": "founder",
            "goVersion": "go1.25.0",
            "revision": "0" * 40,
            "version": "0.28.1",
        },
    }
