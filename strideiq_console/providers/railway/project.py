"""What surrounds the API at Railway: the board, deploying by push, the journal, Railway's own status, the account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from strideiq_console.domain.cost import Account
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.provider_status import ProviderIncident, ProviderStatus
from strideiq_console.domain.reading import Level
from strideiq_console.domain.service import Activity, AutoDeploy, ServiceBoard
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.railway.billing import Billing
from strideiq_console.providers.railway.board import board_of
from strideiq_console.providers.railway.graphql import KEPT, ask, fault
from strideiq_console.providers.railway.mapping import utc
from strideiq_console.providers.railway.orders import Orders
from strideiq_console.providers.railway.topology import Place
from strideiq_console.providers.railway.wire import SOURCE
from strideiq_console.providers.railway.wire_account import WireActivity, WireEvents, WirePlatform, WirePlatformStatus
from strideiq_console.providers.railway.wire_project import WireEnvironment, WireEnvironmentDetail
from strideiq_console.providers.wire import line_or_none

PAGE = 100
PAGES = 10
STATUS_PAGE = "https://status.railway.com"
_OVER = ("RESOLVED", "COMPLETED")
_EARLIEST = datetime.min.replace(tzinfo=UTC)


async def detail(place: Place, environment: str) -> WireEnvironment:
    """Ask for all that runs in one environment."""
    asked = {"environmentId": await place.environment_id(environment), "projectId": place.project}
    client, what = place.client(environment), f"the services of {environment}"
    return (await ask(client, "environment_detail", "EnvironmentDetail", asked, what, WireEnvironmentDetail)).environment


class RailwayProject:
    """Implements ``hosting.Project``."""

    def __init__(self, place: Place, orders: Orders, billing: Billing) -> None:
        self._place, self._orders, self._billing = place, orders, billing

    async def board(self, environment: str) -> ServiceBoard:
        """Return all services, volumes, triggers and domains of an environment, in one request."""
        return board_of(await detail(self._place, environment), environment, self._place.component)

    async def auto_deploy(self, environment: str) -> AutoDeploy:
        """Return whether a push deploys the API."""
        return await self._orders.auto_deploy(environment)

    async def set_auto_deploy(self, environment: str, enabled: bool) -> AutoDeploy:
        """Switch deploying by push on or off; return what Railway answers."""
        return await self._orders.set_auto_deploy(environment, enabled)

    async def deploy(self, environment: str, sha: str | None = None) -> str:
        """Deploy a commit, or the newest one of the branch; return the new deployment's id."""
        return await self._orders.deploy(environment, sha)

    async def approve(self, deployment_id: str) -> None:
        """Let a deployment go on that waits for an approval."""
        await self._orders.approve(deployment_id)

    async def activity(self, environment: str | None = None, *, limit: int = 50) -> tuple[Activity, ...]:
        """Return up to ``limit`` (at most 1,000) entries of the project's journal, newest first."""
        asked: dict[str, Any] = {"projectId": self._place.project, "first": min(max(limit, 1), PAGE)}
        if environment is not None:
            asked["environmentId"] = await self._place.environment_id(environment)
        client, found = self._place.client(environment or ""), list[WireActivity]()
        for _ in range(PAGES):
            page = (await ask(client, "activity_events", "ActivityEvents", asked, "the project's journal", WireEvents)).events
            found += [edge.node for edge in page.edges]
            cursor = page.page_info.end_cursor
            done = not page.page_info.has_next_page or not cursor or not page.edges or cursor == asked.get("after")
            if done or len(found) >= limit:
                break
            asked["after"] = cursor
        made = [await self._entry(wire) for wire in found]
        return tuple(sorted(made, key=lambda entry: entry.at, reverse=True)[:limit])

    async def status(self) -> ProviderStatus:
        """Return what Railway says of its own platform."""
        asked = await ask(self._place.client(), "platform_status", "PlatformStatus", {}, "its own status", WirePlatformStatus)
        return _status(asked.platform_status)

    async def account(self) -> Account:
        """Return plan, period and limits of the workspace that pays."""
        found = await self._billing.account()
        if found is None:
            step = "Use a workspace or an account token of a member who may see billing"
            raise fault(FaultKind.MISSING, "it does not say which workspace pays for the project", KEPT, step)
        return found

    async def _entry(self, wire: WireActivity) -> Activity:
        at = utc(wire.created_at)
        name = await self._place.environment_of(wire.environment_id)
        payload = wire.activity_payload if isinstance(wire.activity_payload, Mapping) else {}
        words = [f"{clean_line(str(key), limit=40)}: {text}" for key, value in payload.items() if (text := line_or_none(value))]
        return Activity(
            at or _EARLIEST,
            clean_line(wire.action, limit=100),
            clean_line(wire.object, limit=100),
            clean_line(wire.severity.lower(), limit=20),
            clean_line(name, limit=100) if name else None,
            clean_line(", ".join(words[:10]), limit=500),
        )


def _status(wire: WirePlatform) -> ProviderStatus:
    incidents = []
    if wire.incident is not None and wire.incident.status not in _OVER:
        incidents.append(_incident(wire.incident.message, wire.incident.status, "", wire.incident.created_at, wire.incident.url))
    work = wire.maintenance
    if work is not None and work.status not in _OVER:
        incidents.append(_incident(work.message, work.status, "maintenance", work.start, work.url))
    busy = any(one.impact != "maintenance" or one.status == "inprogress" for one in incidents)
    level = Level.CRITICAL if not wire.is_stable else Level.WARNING if busy else Level.OK
    words = {Level.CRITICAL: "not stable", Level.WARNING: "stable, with an incident or work in progress"}.get(level, "stable")
    return ProviderStatus(SOURCE, level, words, (), tuple(incidents), STATUS_PAGE)


def _incident(message: str, status: str, impact: str, at: datetime | None, url: str) -> ProviderIncident:
    link = clean_line(url, limit=300)
    return ProviderIncident(
        clean_line(message, limit=300),
        clean_line(status.lower(), limit=40),
        impact,
        utc(at),
        link if link.startswith("https://") else "",
    )
