"""Railway's answers on logs, measurements, backups and background jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class WireAttribute(msgspec.Struct, frozen=True):
    """One part of a structured log line."""

    key: str
    value: str


class WireLogTags(msgspec.Struct, rename="camel", frozen=True):
    """Where a line comes from."""

    service_id: str | None = None
    deployment_instance_id: str | None = None


class WireLog(msgspec.Struct, frozen=True):
    """One line; ``timestamp`` is RFC 3339 with nanoseconds."""

    timestamp: str
    message: str
    severity: str | None = None
    attributes: list[WireAttribute] = []
    tags: WireLogTags | None = None


class WireBuildLogs(msgspec.Struct, rename="camel", frozen=True):
    """``build_logs``."""

    build_logs: list[WireLog]


class WireDeploymentLogs(msgspec.Struct, rename="camel", frozen=True):
    """``deployment_logs``."""

    deployment_logs: list[WireLog]


class WireEnvironmentLogs(msgspec.Struct, rename="camel", frozen=True):
    """``environment_logs``."""

    environment_logs: list[WireLog]


class WireHttpLog(msgspec.Struct, rename="camel", frozen=True):
    """One request at the edge; durations in milliseconds."""

    timestamp: str
    method: str
    path: str
    http_status: int
    total_duration: int
    request_id: str = ""
    host: str = ""
    upstream_rq_duration: int = 0
    tx_bytes: int = 0
    rx_bytes: int = 0
    edge_region: str = ""
    response_details: str = ""
    upstream_errors: str = ""


class WireHttpLogs(msgspec.Struct, rename="camel", frozen=True):
    """``http_logs``."""

    http_logs: list[WireHttpLog]


class WireValue(msgspec.Struct, frozen=True):
    """One sample; ``ts`` in epoch seconds."""

    ts: int
    value: float


class WireMeasurement(msgspec.Struct, frozen=True):
    """The samples of one measurement."""

    measurement: str
    values: list[WireValue]


class WireMetrics(msgspec.Struct, frozen=True):
    """``metrics``."""

    metrics: list[WireMeasurement]


class WireDuration(msgspec.Struct, frozen=True):
    """Percentiles of one step, in milliseconds."""

    ts: int
    p50: float
    p95: float
    p99: float


class WireDurations(msgspec.Struct, frozen=True):
    """Percentiles, step by step."""

    samples: list[WireDuration]


class WireStatusCount(msgspec.Struct, rename="camel", frozen=True):
    """How many answers of one status."""

    status_code: int
    samples: list[WireValue]


class WireEnvironmentMetrics(msgspec.Struct, frozen=True):
    """``environment_metrics``."""

    resources: list[WireMeasurement]
    durations: WireDurations
    statuses: list[WireStatusCount]
    health: list[WireStatusCount]


class WireLimits(msgspec.Struct, rename="camel", frozen=True):
    """``service_limits``: untyped JSON."""

    service_instance_limits: Any = None


class WireVolumeInstance(msgspec.Struct, rename="camel", frozen=True):
    """The volume that backups are asked of."""

    id: str
    environment_id: str


class WireBackup(msgspec.Struct, rename="camel", frozen=True):
    """One backup; sizes in MB."""

    id: str
    created_at: datetime
    name: str | None = None
    expires_at: datetime | None = None
    schedule_id: str | None = None
    used_mb: int | None = msgspec.field(name="usedMB", default=None)
    referenced_mb: int | None = msgspec.field(name="referencedMB", default=None)


class WireSchedule(msgspec.Struct, rename="camel", frozen=True):
    """One schedule of backups."""

    id: str
    kind: str
    cron: str = ""
    retention_seconds: int | None = None


class WireBackups(msgspec.Struct, rename="camel", frozen=True):
    """``volume_backups``."""

    volume_instance: WireVolumeInstance
    volume_instance_backup_list: list[WireBackup]
    volume_instance_backup_schedule_list: list[WireSchedule]


class WireStaged(msgspec.Struct, rename="camel", frozen=True):
    """Changes that wait to be applied."""

    id: str
    status: str
    created_at: datetime
    updated_at: datetime
    message: str | None = None
    last_applied_error: str | None = None


class WireStagedChanges(msgspec.Struct, rename="camel", frozen=True):
    """``environment_staged_changes``."""

    environment_staged_changes: WireStaged


class WireWorkflowId(msgspec.Struct, rename="camel", frozen=True):
    """The id of a background job."""

    workflow_id: str | None = None


class WireJob(msgspec.Struct, frozen=True):
    """Where a background job stands."""

    status: str
    error: str | None = None


class WireWorkflow(msgspec.Struct, rename="camel", frozen=True):
    """``workflow_status``."""

    workflow_status: WireJob
