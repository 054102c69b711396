"""Railway's answers as they come over the wire: only what the console reads, everything untrusted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


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


class WireProject(msgspec.Struct, frozen=True):
    """The project of ``project_topology``."""

    services: WireNamedPage
    environments: WireNamedPage


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


class WireWorkspaces(msgspec.Struct, frozen=True):
    """The workspaces of an account or workspace token."""

    workspaces: list[WireNamed]


class WireApiToken(msgspec.Struct, rename="camel", frozen=True):
    """``api_token_whoami``."""

    api_token: WireWorkspaces


class WireProjectScope(msgspec.Struct, frozen=True):
    """The one environment of one project that a project token reaches."""

    project: WireNamed
    environment: WireNamed


class WireProjectToken(msgspec.Struct, rename="camel", frozen=True):
    """``project_token_whoami``."""

    project_token: WireProjectScope
