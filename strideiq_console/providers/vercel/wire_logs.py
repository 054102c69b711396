"""Vercel's logs and check runs as they come over the wire."""

from __future__ import annotations

from typing import Any

import msgspec


class WireEvent(msgspec.Struct, frozen=True):
    """An event of ``GET /v3/deployments/{id}/events``; its fields lie in ``payload`` or at the top, times are epoch ms."""

    type: str
    created: float | None = None
    date: float | None = None
    text: str | None = None
    level: str | None = None
    serial: str | None = None
    alias: list[str] | None = None
    info: dict[str, Any] | None = None
    payload: WirePayload | None = None


class WireProxy(msgspec.Struct, rename="camel", frozen=True):
    """The request that an event is about."""

    method: str | None = None
    path: str | None = None
    host: str | None = None
    status_code: float | None = None


class WirePayload(msgspec.Struct, rename="camel", frozen=True):
    """The inside of an event."""

    date: float | None = None
    text: str | None = None
    serial: str | None = None
    status_code: float | None = None
    info: dict[str, Any] | None = None
    proxy: WireProxy | None = None


class WireRuntimeLine(msgspec.Struct, rename="camel", frozen=True):
    """One line of ``GET /v1/projects/{id}/deployments/{id}/runtime-logs``."""

    level: str
    message: str
    timestamp_in_ms: float
    source: str = ""
    message_truncated: bool = False
    domain: str | None = None
    request_method: str | None = None
    request_path: str | None = None
    response_status_code: float | None = None
    row_id: str | None = None


class WireCheckRun(msgspec.Struct, rename="camel", frozen=True):
    """A check run of a deployment. ``status``: queued, running, completed."""

    name: str
    status: str
    conclusion: str | None = None
    conclusion_text: str | None = None
    created_at: float | None = None
    completed_at: float | None = None
    external_url: str | None = None


class WireCheckRuns(msgspec.Struct, frozen=True):
    """``GET /v2/deployments/{id}/check-runs``."""

    runs: list[WireCheckRun]
