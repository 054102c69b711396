"""Every call that Railway's provider offers, once, for the tests that look at all requests and all answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from strideiq_console.providers.railway import Railway
from tests.providers.hosting import SHA_A, SHA_B
from tests.providers.railway.examples import measured
from tests.providers.railway.fake import FakeRailway, deployment
from tests.providers.railway.places import STAGING

Ask = Callable[[Railway], Awaitable[object]]
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 9, tzinfo=UTC)
KEY = b"k" * 32

READS: dict[str, Ask] = {
    "recent": lambda r: r.recent(limit=3),
    "of_commit": lambda r: r.of_commit("production", SHA_A),
    "get": lambda r: r.get("p0"),
    "rollback_targets": lambda r: r.rollback_targets("staging"),
    "pin": lambda r: r.pin("production"),
    "events": lambda r: r.events("p0"),
    "build_log": lambda r: r.build_log("p0"),
    "runtime_log": lambda r: r.runtime_log("p0"),
    "request_log": lambda r: r.request_log("production"),
    "environment_log": lambda r: r.logs.environment("staging", words="@level:error"),
    "metrics": lambda r: r.metrics("production", timedelta(hours=1)),
    "service_metrics": lambda r: r.measures.service("production", "Postgres", timedelta(hours=1)),
    "variables": lambda r: r.variables("production"),
    "digests": lambda r: r.digests("production", ["LOG_LEVEL"], KEY),
    "domains": lambda r: r.domains("production"),
    "board": lambda r: r.project.board("production"),
    "auto_deploy": lambda r: r.project.auto_deploy("production"),
    "activity": lambda r: r.project.activity("production"),
    "status": lambda r: r.project.status(),
    "account": lambda r: r.project.account(),
    "backups": lambda r: r.backups("production"),
    "staged": lambda r: r.volumes.staged("production"),
    "workflow": lambda r: r.volumes.workflow("w1"),
    "charges": lambda r: r.charges(START, END),
    "projection": lambda r: r.projection(),
    "inspect": lambda r: r.inspect(),
}
WRITES: dict[str, Ask] = {
    "rollback": lambda r: r.rollback("p0"),
    "redeploy": lambda r: r.redeploy("p0"),
    "cancel": lambda r: r.cancel("p0"),
    "restart": lambda r: r.restart("p0"),
    "approve": lambda r: r.project.approve("p0"),
    "deploy": lambda r: r.project.deploy("staging", SHA_B),
    "set_auto_deploy": lambda r: r.project.set_auto_deploy("production", False),
    "create": lambda r: r.volumes.create("production", "before"),
    "lock": lambda r: r.volumes.lock("production", "b1"),
    "restore": lambda r: r.volumes.restore("production", "b1"),
    "commit": lambda r: r.volumes.commit("production", "restore"),
}


def world() -> FakeRailway:
    """Return a Railway with a live deployment behind a row of failures, and without measured limits."""
    failures = [deployment(f"f{n}", n + 1, SHA_B, "FAILED") for n in range(58)]
    staging = deployment("s1", 1, SHA_A, "SUCCESS", STAGING)
    resources = [m for m in measured()["resources"] if "LIMIT" not in m["measurement"]]
    return FakeRailway([deployment("p0", 0, SHA_A), *failures, staging], EnvironmentMetrics=measured() | {"resources": resources})
