"""A Prometheus of few words: answers queries by what they ask for, and remembers them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.policy.metric_names import MetricNames
from strideiq_console.providers.prometheus import Alertmanager, Prometheus
from tests.providers.hosting import NOW, Call, Wire, client

BASE = "https://prometheus.strideiq.run"
ENVIRONMENTS = {"production": "prod", "staging": "stage"}
AT = NOW.timestamp()
Row = tuple[dict[str, str], str]


def vector(*rows: Row) -> dict[str, Any]:
    """An answer with one value a series."""
    return success({"resultType": "vector", "result": [{"metric": m, "value": [AT, v]} for m, v in rows]})


def matrix(*rows: tuple[dict[str, str], list[tuple[float, str]]]) -> dict[str, Any]:
    """An answer with several values a series."""
    return success({"resultType": "matrix", "result": [{"metric": m, "values": [list(v) for v in values]} for m, values in rows]})


def success(data: Any, **more: Any) -> dict[str, Any]:
    return {"status": "success", "data": data, **more}


def refusal(kind: str, words: str) -> dict[str, Any]:
    return {"status": "error", "errorType": kind, "error": words}


BUCKETS = [({"le": "0.1"}, "50"), ({"le": "0.5"}, "90"), ({"le": "2.5"}, "100"), ({"le": "+Inf"}, "100")]
REQUESTS = [
    ({"handler": "/v1/activities", "method": "GET", "status": "200"}, "88.4"),
    ({"handler": "/v1/activities", "method": "GET", "status": "404"}, "2"),
    ({"handler": "/v1/activities/81", "method": "GET", "status": "500"}, "3"),
    ({"handler": "/v1/activities/82", "method": "GET", "status": "503"}, "2"),
    ({"handler": "/v1/coach", "method": "POST", "status": "5xx"}, "0.3"),
    ({"handler": "/health", "method": "GET", "status": "503"}, "70"),
]
GAUGES = [
    ({"__name__": "up", "job": "api", "instance": "api:8000"}, "1"),
    ({"__name__": "pg_stat_database_numbackends", "datname": "strideiq", "instance": "db:9187"}, "17"),
    ({"__name__": "pg_stat_database_numbackends", "datname": "postgres", "instance": "db:9187"}, "1"),
    ({"__name__": "pg_settings_max_connections", "instance": "db:9187"}, "100"),
    ({"__name__": "strideiq_db_pool_checked_out", "pid": "41", "instance": "api:8000"}, "4"),
    ({"__name__": "strideiq_db_pool_size", "pid": "41", "instance": "api:8000"}, "10"),
    ({"__name__": "redis_memory_used_bytes", "instance": "redis:9121"}, "4.15e+07"),
    ({"__name__": "redis_memory_max_bytes", "instance": "redis:9121"}, "0"),
    ({"__name__": "celery_queue_length", "queue_name": "celery", "instance": "celery:9808"}, "3"),
    ({"__name__": "celery_queue_length", "queue_name": "sync", "instance": "celery:9808"}, "101"),
    ({"__name__": "celery_worker_up", "hostname": "celery@a", "instance": "celery:9808"}, "1"),
    ({"__name__": "celery_worker_up", "hostname": "celery@b", "instance": "celery:9808"}, "1"),
    ({"__name__": "strideiq_daily_active_users", "instance": "api:8000"}, "138"),
    ({"__name__": "strideiq_registered_users", "instance": "api:8000"}, "1204"),
]
ANSWERS: dict[str, Any] = {
    "duration": vector(*BUCKETS),
    "requests": vector(*REQUESTS),
    "gauges": vector(*GAUGES),
    "activities": vector(({}, "412.0003")),
    "conversations": vector(({}, "57")),
    "syncs": vector(({"result": "success"}, "30"), ({"result": "failure"}, "10")),
    "known": vector(),
    "time()": success({"resultType": "scalar", "result": [AT, str(AT)]}),
}


def kind_of(query: str) -> str:
    """Return which of the answers a query wants."""
    words = ("time()", "count by", "__name__", "_bucket", "http_requests", "activities", "coach", "syncs")
    kinds = ("time()", "known", "gauges", "duration", "requests", "activities", "conversations", "syncs")
    return next(kind for word, kind in zip(words, kinds, strict=True) if word in query)


class FakePrometheus:
    """Answers as :data:`ANSWERS` says, where ``answers`` says nothing else: an envelope, or a status with a body."""

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        self.answers = {**ANSWERS, **(answers or {})}
        self.wire = Wire(self._answer)

    def _answer(self, call: Call) -> tuple[int, Any]:
        name = call.path.rsplit("/", 1)[-1]
        answer = self.answers[kind_of(call.query["query"]) if name in ("query", "query_range") else name]
        return answer if isinstance(answer, tuple) else (200, answer)

    def queries(self) -> list[str]:
        return [call.query["query"] for call in self.wire.calls if "query" in call.query]

    def prometheus(self, names: MetricNames | None = None, environments: Mapping[str, str] | None = None) -> Prometheus:
        made = client("prometheus", BASE, self.wire)
        return Prometheus(client=made, environments=environments or ENVIRONMENTS, names=names)

    def alertmanager(self) -> Alertmanager:
        return Alertmanager(client=client("alertmanager", BASE, self.wire), environments=ENVIRONMENTS)
