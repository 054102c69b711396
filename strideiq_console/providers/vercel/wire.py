"""Vercel's answers as they come over the wire: only what the console reads, everything untrusted."""

from __future__ import annotations

from typing import Any

import msgspec


class WireDeployment(msgspec.Struct, rename="camel", frozen=True):
    """A deployment of ``GET /v7/deployments`` (``uid``) or of ``GET /v13/deployments/{id}`` (``id``); times are epoch ms."""

    ready_state: str
    uid: str = ""
    id: str = ""
    created_at: float | None = None
    created: float | None = None
    ready: float | None = None
    target: str | None = None
    url: str | None = None
    is_rollback_candidate: bool | None = None
    meta: dict[str, Any] | None = None


class WirePagination(msgspec.Struct, frozen=True):
    """``next`` is what to send as ``until`` for the page after this one; None ends."""

    next: int | float | None = None


class WireDeployments(msgspec.Struct, frozen=True):
    """One page of ``GET /v7/deployments``."""

    deployments: list[WireDeployment]
    pagination: WirePagination | None = None


class WireTarget(msgspec.Struct, rename="camel", frozen=True):
    """The deployment that a target or an alias of a project points at."""

    id: str | None = None
    ready_state: str | None = None


class WireAlias(msgspec.Struct, frozen=True):
    """A domain of a project with the deployment that answers on it."""

    domain: str = ""
    deployment: WireTarget | None = None


class WireAliasRequest(msgspec.Struct, rename="camel", frozen=True):
    """The last rollback or promotion of a project. ``job_status``: pending, in-progress, succeeded, failed, skipped."""

    type: str = ""
    job_status: str = ""
    to_deployment_id: str | None = None


class WireProject(msgspec.Struct, rename="camel", frozen=True):
    """``GET /v9/projects/{idOrName}``."""

    id: str
    alias: list[WireAlias] | None = None
    targets: dict[str, WireTarget | None] | None = None
    last_alias_request: WireAliasRequest | None = None


class WireUser(msgspec.Struct, frozen=True):
    """The part of ``GET /v2/user`` that says whose token it is."""

    username: str | None = None
    email: str | None = None


class WireWhoami(msgspec.Struct, frozen=True):
    """``GET /v2/user``."""

    user: WireUser
