"""What services use of processor, memory, disk and network at a time, and their limits; the same for measurements and for the bill.

Units are Railway's: vCPU, GB, and GB that went over the network since the sample before.
"""

from __future__ import annotations

import math
from typing import Any

from strideiq_console.sandbox import levels, traffic
from strideiq_console.sandbox.railway import edge
from strideiq_console.sandbox.railway.memory import memory

State = dict[str, Any]
GB = 1_000_000_000.0
DAY = 86_400.0
CPU_LIMIT, MEMORY_LIMIT = 8.0, 8.0
VOLUMES = {"Postgres": ("/var/lib/postgresql/data", "postgres-volume", 5000), "Redis": ("/data", "redis-volume", 1000)}
# vCPU and GB at rest in production; staging needs a part of it.
_REST = {"api": (0.05, 0.42), "Postgres": (0.03, 0.31), "Redis": (0.01, 0.05)}
_QUIET = {"production": 1.0, "staging": 0.4}
_DISK = {"Postgres": (0.78, 0.0009), "Redis": (0.031, 0.0)}  # GB when the world's month begins, and what a day adds
_ANSWER_BYTES, _QUESTION_BYTES = 3300.0, 320.0


def at(state: State, environment: str, service: str, measurement: str, moment: float) -> float | None:
    """Return a level at a time; None for what is not measured of the service, and while no instance runs."""
    if service == "api" and not edge.serving(state, environment, moment - 0.001, moment):
        return None
    if measurement == "CPU_LIMIT":
        return CPU_LIMIT
    if measurement == "MEMORY_LIMIT_GB":
        return MEMORY_LIMIT
    if measurement in ("CPU_USAGE", "CPU_USAGE_2"):
        return _said(state, environment, service, "cpu", moment, _cpu(state, environment, service, moment))
    if measurement == "MEMORY_USAGE_GB":
        wave = 1.0 + 0.04 * math.sin(moment / 1800.0)
        rest = _REST[service][1] * _QUIET[environment] * wave
        return _said(state, environment, service, "memory_gb", moment, rest + _held(state, environment, service, moment))
    if measurement == "DISK_USAGE_GB" and service in VOLUMES:
        return _said(state, environment, service, "disk_gb", moment, disk(state, environment, service, moment))
    return 0.12 if measurement == "EPHEMERAL_DISK_USAGE_GB" and service == "api" else None


def over(state: State, environment: str, service: str, measurement: str, start: float, end: float) -> float | None:
    """Return the GB that went over the network between two times; None for what is no such measurement, and without traffic."""
    size = {"NETWORK_TX_GB": _ANSWER_BYTES, "NETWORK_RX_GB": _QUESTION_BYTES}.get(measurement)
    if size is None or service != "api" or not edge.serving(state, environment, start, end):
        return None
    return sum(edge.counted(state, environment, start, end).values()) * size / GB


def disk(state: State, environment: str, service: str, moment: float) -> float:
    """Return how many GB a service's volume holds."""
    begin, daily = _DISK[service]
    days = (moment - float(state["repository"]["created_at"])) / DAY
    return (begin + daily * days) * _QUIET[environment]


def _cpu(state: State, environment: str, service: str, moment: float) -> float:
    knobs = traffic.knobs_at(state, environment, moment)[1]
    share = {"api": traffic.CPU_A_REQUEST * knobs["api_cpu"], "Postgres": 0.0006, "Redis": 0.0001}[service]
    return _REST[service][0] * _QUIET[environment] + knobs["requests_per_minute"] * traffic.load(moment) * share


def _held(state: State, environment: str, service: str, moment: float) -> float:
    if service == "Redis":
        return levels.at(state, environment, moment)["redis_bytes"] / GB
    return traffic.knobs_at(state, environment, moment)[1]["api_memory_gb"] if service == "api" else 0.0


def _said(state: State, environment: str, service: str, key: str, moment: float, usual: float) -> float:
    """Return what the world's state says of a level from a time on, else what is usual."""
    rows = memory(state).get("resources", {}).get(environment, ())
    said = [row for row in rows if row["service"] == service and key in row and row["from"] <= moment]
    return float(max(said, key=lambda row: float(row["from"]))[key]) if said else usual
