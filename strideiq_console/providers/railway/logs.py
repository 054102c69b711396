"""Asks Railway for logs: builds, deployments, requests at the edge, a whole environment. Every answer is bounded (R100)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.log import Log
from strideiq_console.providers.railway.deployments import Reader
from strideiq_console.providers.railway.graphql import KEPT, ask, fault
from strideiq_console.providers.railway.log_lines import in_order, line_of, log_of, request_of, step_of
from strideiq_console.providers.railway.topology import Place
from strideiq_console.providers.railway.wire import WireEvents
from strideiq_console.providers.railway.wire_measures import (
    WireBuildLogs,
    WireDeploymentLogs,
    WireEnvironmentLogs,
    WireHttpLog,
    WireHttpLogs,
)

MOST = 5000
STEPS = 50
STEP_PAGES = 4


class Logs:
    """The logs of the API's service. ``lines`` is at least 1 and at most 5,000 everywhere."""

    def __init__(self, place: Place, reader: Reader) -> None:
        self._place, self._reader = place, reader

    async def events(self, deployment_id: str) -> Log:
        """Return the steps of a deployment, oldest first."""
        client = await self._reader.client_of(deployment_id)
        variables: dict[str, Any] = {"id": deployment_id, "first": STEPS}
        found, whole = [], False
        for _ in range(STEP_PAGES):
            page = (await ask(client, "deployment_events", "DeploymentEvents", variables, "events", WireEvents)).deployment_events
            found += [edge.node for edge in page.edges]
            more, cursor = page.page_info.has_next_page, page.page_info.end_cursor
            whole = not more
            if whole or not cursor or not page.edges or cursor == variables.get("after"):
                break
            variables["after"] = cursor
        steps = sorted((step_of(wire) for wire in found), key=lambda line: line.at.timestamp() if line.at else 0.0)
        return Log(tuple(steps), complete=whole, note="" if whole else "further steps did not come")

    async def build(self, deployment_id: str, lines: int) -> Log:
        """Return the newest lines of a build."""
        client, asked = await self._reader.client_of(deployment_id), {"deploymentId": deployment_id, "limit": asked_lines(lines)}
        found = in_order((await ask(client, "build_logs", "BuildLogs", asked, "the build log", WireBuildLogs)).build_logs)
        return log_of(found, asked_lines(lines), map(line_of, found), "build log")

    async def runtime(self, deployment_id: str, lines: int) -> Log:
        """Return the newest lines that a deployment wrote."""
        client, asked = await self._reader.client_of(deployment_id), {"deploymentId": deployment_id, "limit": asked_lines(lines)}
        answer = await ask(client, "deployment_logs", "DeploymentLogs", asked, "the deployment's log", WireDeploymentLogs)
        found = in_order(answer.deployment_logs)
        return log_of(found, asked_lines(lines), map(line_of, found), "deployment's log")

    async def environment(self, environment: str, *, lines: int = 200, words: str = "") -> Log:
        """Return the newest lines of all services. ``words`` is Railway's query, such as ``@level:error``."""
        asked: dict[str, Any] = {"environmentId": await self._place.environment_id(environment), "beforeLimit": asked_lines(lines)}
        client = self._place.client(environment)
        asked["anchorDate"] = stamp(client.clock.now())
        if words:
            asked["filter"] = words
        what = f"the log of {environment}"
        answer = await ask(client, "environment_logs", "EnvironmentLogs", asked, what, WireEnvironmentLogs)
        found = in_order(answer.environment_logs)
        return log_of(found, asked_lines(lines), map(line_of, found), "environment's log")

    async def requests(self, environment: str, lines: int) -> Log:
        """Return the newest requests that the serving deployment answered; OutsideError (MISSING) when none serves."""
        live = await self._reader.live_of(environment)
        if live is None:
            step = "Look at the deployments with d"
            raise fault(FaultKind.MISSING, f"no deployment serves {environment}, so there are no requests to show", KEPT, step)
        found = await self.http(environment, live.id, asked_lines(lines))
        return log_of(found, asked_lines(lines), map(request_of, found), "request log")

    async def http(self, environment: str, deployment_id: str, limit: int, since: datetime | None = None) -> list[WireHttpLog]:
        """Return requests that a deployment answered up to now, oldest first, as they came."""
        client = self._place.client(environment)
        asked: dict[str, Any] = {"deploymentId": deployment_id, "anchorDate": stamp(client.clock.now()), "beforeLimit": limit}
        if since is not None:
            asked["beforeDate"] = stamp(since)
        return in_order((await ask(client, "http_logs", "HttpLogs", asked, "requests", WireHttpLogs)).http_logs)


def stamp(at: datetime) -> str:
    """Return a time as Railway's ``DateTime``: UTC with milliseconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def asked_lines(lines: int) -> int:
    """Return how many lines are asked for."""
    return min(max(lines, 1), MOST)
