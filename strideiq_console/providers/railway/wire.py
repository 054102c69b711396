"""Railway's answers as they come over the wire: only what the console reads, everything untrusted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

SOURCE = "railway"


class WireError(msgspec.Struct, frozen=True):
    """One entry of ``errors``."""

    message: str = ""
    extensions: Any = None


class WireEnvelope(msgspec.Struct, frozen=True):
    """What GraphQL answers with status 200, good or bad: ``errors`` is read before ``data``."""

    data: dict[str, Any] | None = None
    errors: list[WireError] | None = None


class WirePageInfo(msgspec.Struct, rename="camel", frozen=True):
    """A Relay page's end."""

    has_next_page: bool = False
    end_cursor: str | None = None


class WireNamed(msgspec.Struct, rename="camel", frozen=True):
    """A service, an environment, a project or a workspace."""

    id: str
    name: str
    deleted_at: str | None = None


class WireNamedEdge(msgspec.Struct, frozen=True):
    """An edge around a named thing."""

    node: WireNamed


class WireNamedPage(msgspec.Struct, rename="camel", frozen=True):
    """A page of named things."""

    edges: list[WireNamedEdge]
    page_info: WirePageInfo = WirePageInfo()


class WireProject(msgspec.Struct, rename="camel", frozen=True):
    """The project of ``project_topology``."""

    services: WireNamedPage
    environments: WireNamedPage
    workspace_id: str | None = None
    subscription_type: str | None = None


class WireTopology(msgspec.Struct, frozen=True):
    """``project_topology``."""

    project: WireProject


class WireDeployment(msgspec.Struct, rename="camel", frozen=True):
    """A deployment. ``meta`` is untyped JSON and may be anything (contracts, Railway gotcha 7)."""

    id: str
    status: str
    created_at: datetime
    deployment_stopped: bool
    environment_id: str
    status_updated_at: datetime | None = None
    url: str | None = None
    static_url: str | None = None
    can_rollback: bool | None = None
    meta: Any = None


class WireDeploymentEdge(msgspec.Struct, frozen=True):
    """An edge around a deployment."""

    node: WireDeployment


class WireDeploymentPage(msgspec.Struct, rename="camel", frozen=True):
    """A page of deployments, newest first."""

    edges: list[WireDeploymentEdge]
    page_info: WirePageInfo


class WireDeployments(msgspec.Struct, frozen=True):
    """``deployments_list``."""

    deployments: WireDeploymentPage


class WireOneDeployment(msgspec.Struct, frozen=True):
    """``deployment_get``."""

    deployment: WireDeployment


class WireOverview(msgspec.Struct, rename="camel", frozen=True):
    """``overview``: of each of two environments the newest deployments, and the newest that may serve."""

    one_newest: WireDeploymentPage
    one_serving: WireDeploymentPage
    other_newest: WireDeploymentPage
    other_serving: WireDeploymentPage


class WireNewDeployment(msgspec.Struct, rename="camel", frozen=True):
    """What ``deployment_redeploy`` answers."""

    id: str
    status: str
    created_at: datetime
    environment_id: str


class WireRedeploy(msgspec.Struct, rename="camel", frozen=True):
    """``deployment_redeploy``."""

    deployment_redeploy: WireNewDeployment


class WireEventPayload(msgspec.Struct, frozen=True):
    """Why a step failed."""

    error: str | None = None


class WireEvent(msgspec.Struct, rename="camel", frozen=True):
    """One step of a deployment."""

    step: str
    created_at: datetime
    completed_at: datetime | None = None
    payload: WireEventPayload | None = None


class WireEventEdge(msgspec.Struct, frozen=True):
    """An edge around a step."""

    node: WireEvent


class WireEventPage(msgspec.Struct, rename="camel", frozen=True):
    """A page of steps."""

    edges: list[WireEventEdge]
    page_info: WirePageInfo


class WireEvents(msgspec.Struct, rename="camel", frozen=True):
    """``deployment_events``."""

    deployment_events: WireEventPage
