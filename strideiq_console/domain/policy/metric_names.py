"""How metrics and labels are called: the exporters' own names as defaults, each with a sentence, all of them settings.

The instrumentator is prometheus-fastapi-instrumentator, the Celery exporter danihodovic's, the others are the usual exporters of
PostgreSQL and Redis. StrideIQ's own metrics (``strideiq_``) are this console's proposal: the architecture document names none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import Any

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.untrusted import clean_line

TABLE = "metric_names"
"""The table of config.toml that holds these names; hints cite it."""

# Prometheus' own grammar: nothing that fits it can change the meaning of a query.
_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")
_RESERVED = ("le", "quantile")


def _metric(default: str, about: str) -> Any:
    return field(default=default, metadata={"kind": "metric", "about": about})


def _label(default: str, about: str) -> Any:
    return field(default=default, metadata={"kind": "label", "about": about})


@dataclass(frozen=True, slots=True)
class MetricNames:
    """Names of metrics and labels. An empty metric name switches its quantity off.

    ConfigurationError for a name outside Prometheus' grammar, so a setting can never carry a query of its own.
    """

    duration: str = _metric(
        "http_request_duration_highr_seconds",
        "histogram of request durations without its suffix; the instrumentator's fine one, its other ends at 1 s",
    )
    requests: str = _metric("http_requests_total", "counter of answered requests by handler, method and status (instrumentator)")
    connections: str = _metric("pg_stat_database_numbackends", "gauge of server connections per database (postgres_exporter)")
    connections_max: str = _metric("pg_settings_max_connections", "gauge of the server's connection limit (postgres_exporter)")
    pool_used: str = _metric("strideiq_db_pool_checked_out", "gauge of SQLAlchemy connections in use, one per process")
    pool_size: str = _metric("strideiq_db_pool_size", "gauge of SQLAlchemy's pool size, one per process")
    redis_memory: str = _metric("redis_memory_used_bytes", "gauge of bytes that Redis uses (redis_exporter)")
    redis_memory_max: str = _metric("redis_memory_max_bytes", "gauge of maxmemory in bytes, 0 for no limit (redis_exporter)")
    queue_depth: str = _metric("celery_queue_length", "gauge of messages that wait in the broker, per queue (Celery exporter)")
    workers: str = _metric("celery_worker_up", "gauge per worker, 1 while it sends heartbeats; added up (Celery exporter)")
    daily_active_users: str = _metric("strideiq_daily_active_users", "gauge of users seen in the last 24 hours")
    registered_users: str = _metric("strideiq_registered_users", "gauge of accounts that exist")
    activities_synced: str = _metric("strideiq_activities_synced_total", "counter of activities taken over")
    coach_conversations: str = _metric("strideiq_coach_conversations_total", "counter of conversations with the coach")
    strava_syncs: str = _metric("strideiq_strava_syncs_total", "counter of Strava syncs by result")
    environment: str = _label("environment", "label that tells environments apart")
    handler: str = _label("handler", "label of a request's path or template (instrumentator)")
    method: str = _label("method", "label of a request's method (instrumentator)")
    status: str = _label("status", "label of an answer's status, 503 or 5xx (instrumentator)")
    queue: str = _label("queue_name", "label of a queue's name (Celery exporter)")
    process: str = _label("pid", "label that tells the worker processes of one API apart (prometheus_client)")
    result: str = _label("result", "label of a Strava sync's result")
    severity: str = _label("severity", "label of an alert's severity")
    success: str = field(default="success", metadata={"kind": "value", "about": "value of the result label of a sync that worked"})
    health_handlers: tuple[str, ...] = field(
        default=("/health", "/metrics"),
        metadata={"kind": "values", "about": "handlers that are no users' requests; they are left out of errors (R103)"},
    )

    def __post_init__(self) -> None:
        for entry in fields(self):
            fault = name_fault(entry.name, getattr(self, entry.name))
            if fault:
                raise ConfigurationError(f"[{TABLE}] {entry.name} {fault}", next_step="Correct it in config.toml")

    def setting(self, field_name: str) -> str:
        """Return how hints call the setting of a field: ``[metric_names] redis_memory``."""
        return f"[{TABLE}] {field_name}"


def name_fault(field_name: str, value: object) -> str | None:
    """Say what is wrong with a value for a field of :class:`MetricNames`, None when it fits."""
    kind = {entry.name: entry.metadata["kind"] for entry in fields(MetricNames)}.get(field_name)
    if kind is None:
        return "is no name that the console asks for"
    if kind == "values":
        fits = isinstance(value, tuple) and all(isinstance(item, str) and 0 < len(item) <= 200 for item in value)
        return None if fits else "must be a list of paths, each of at most 200 characters"
    if not isinstance(value, str) or len(value) > 200:
        return "must be text of at most 200 characters"
    shown = repr(clean_line(value, limit=60))
    if kind == "metric" and value and not _METRIC.match(value):
        return f"is {shown}: a metric's name has letters, digits, _ and : only, and does not begin with a digit"
    if kind == "label" and (not _LABEL.match(value) or value.startswith("__") or value in _RESERVED):
        return f"is {shown}: a label's name has letters, digits and _ only, begins with no digit nor __, and is not le or quantile"
    return None
