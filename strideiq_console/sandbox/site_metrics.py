"""The page ``/metrics`` of the world's API, as its FastAPI instrumentator writes it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool

from strideiq_console.sandbox import levels, traffic
from strideiq_console.sandbox.deploys import settle

if TYPE_CHECKING:
    from strideiq_console.sandbox.world import World

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def metrics_page(world: World, environment: str) -> str:
    """Return the page of an environment's API as it is now; ``""`` when no process is there to write one."""
    return await run_in_threadpool(_page, world, environment)


def _page(world: World, environment: str) -> str:
    state, now = world.read(), world.clock.seconds()
    settle(state, now)
    return page(state, environment, now)


def page(state: dict[str, Any], environment: str, now: float) -> str:
    """Return the page at a time: counters since the process began, gauges as they stand."""
    began = traffic.started(state, environment)
    if began is None or not traffic.is_up(state, environment):
        return ""
    counted = traffic.tally(state, environment, began, now)
    knobs = levels.at(state, environment, now)
    lines = [*_one("process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.", repr(began))]
    lines += _head("http_requests_total", "counter", "Total number of requests by method, status and handler.")
    for (handler, method, status), count in sorted(counted.requests.items()):
        lines.append(f'http_requests_total{{handler="{handler}",method="{method}",status="{status}"}} {math.floor(count)}.0')
    name = "http_request_duration_highr_seconds"
    lines += _head(name, "histogram", "Latency with many buckets but no API specific labels.")
    for bound, count in sorted(traffic.whole_latencies(counted).items()):
        lines.append(f'{name}_bucket{{le="{_bound(bound)}"}} {count:.1f}')
    lines += [f"{name}_count {math.floor(counted.latencies[math.inf])}.0", f"{name}_sum {counted.seconds:.6f}"]
    lines += _head("strideiq_db_pool_checked_out", "gauge", "Connections in use in the process's pool.")
    lines.append(f'strideiq_db_pool_checked_out{{pid="7"}} {knobs["pool_used"]:.1f}')
    lines += _head("strideiq_db_pool_size", "gauge", "Size of the process's pool.")
    lines.append(f'strideiq_db_pool_size{{pid="7"}} {knobs["pool_size"]:.1f}')
    lines += _one("strideiq_daily_active_users", "gauge", "Users seen in the last 24 hours.", f"{knobs['daily_users']:.1f}")
    lines += _one("strideiq_registered_users", "gauge", "Accounts that exist.", f"{knobs['registered_users']:.1f}")
    lines += _one("strideiq_activities_synced_total", "counter", "Activities taken over.", f"{math.floor(counted.activities)}.0")
    talks = f"{math.floor(counted.conversations)}.0"
    lines += _one("strideiq_coach_conversations_total", "counter", "Conversations with the coach.", talks)
    lines += _head("strideiq_strava_syncs_total", "counter", "Strava syncs by result.")
    lines += [f'strideiq_strava_syncs_total{{result="{r}"}} {math.floor(n)}.0' for r, n in sorted(counted.syncs.items())]
    return "\n".join(lines) + "\n"


def _bound(bound: float) -> str:
    return "+Inf" if math.isinf(bound) else repr(float(bound))


def _head(name: str, kind: str, about: str) -> list[str]:
    return [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]


def _one(name: str, kind: str, about: str, value: str) -> list[str]:
    return [*_head(name, kind, about), f"{name} {value}"]
