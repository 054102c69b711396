"""Vercel's deployments and project as they come over the wire: only what the console reads, everything untrusted."""

from __future__ import annotations

from typing import Any

import msgspec


class WireCustomEnvironment(msgspec.Struct, frozen=True):
    """The custom environment that a deployment was made for."""

    id: str
    slug: str | None = None


class WireDeployment(msgspec.Struct, rename="camel", frozen=True):
    """A deployment of ``GET /v7/deployments`` (``uid``) or of ``GET /v13/deployments/{id}`` (``id``); times are epoch ms."""

    ready_state: str
    uid: str = ""
    id: str = ""
    name: str = ""
    created_at: float | None = None
    created: float | None = None
    building_at: float | None = None
    ready: float | None = None
    canceled_at: float | None = None
    alias_assigned_at: float | bool | None = None
    alias: list[str] | None = None
    target: str | None = None
    url: str | None = None
    is_rollback_candidate: bool | None = None
    custom_environment: WireCustomEnvironment | None = None
    error_code: str | None = None
    error_message: str | None = None
    ready_state_reason: str | None = None
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
    from_deployment_id: str | None = None
    requested_at: float | None = None


class WireProject(msgspec.Struct, rename="camel", frozen=True):
    """``GET /v9/projects/{idOrName}``. Its ``env`` and ``protectionBypass`` are not read: they hold values and secrets."""

    id: str
    name: str = ""
    alias: list[WireAlias] | None = None
    targets: dict[str, WireTarget | None] | None = None
    last_alias_request: WireAliasRequest | None = None
    auto_assign_custom_domains: bool | None = None
    paused: bool | None = None
    permissions: dict[str, Any] | None = None


class WirePromoteAlias(msgspec.Struct, frozen=True):
    """One name that a rollback or a promotion moves."""

    alias: str
    status: str


class WirePromoteAliases(msgspec.Struct, frozen=True):
    """``GET /v1/projects/{id}/promote/aliases``; an empty object where there never was a job."""

    aliases: list[WirePromoteAlias] = []
    pagination: WirePagination | None = None


class WireReleaseDeployment(msgspec.Struct, frozen=True):
    """A deployment that takes part in a rolling release."""

    id: str


class WireRelease(msgspec.Struct, rename="camel", frozen=True):
    """A rolling release: ACTIVE, COMPLETE or ABORTED; ``substate`` PAUSED where it waits for a person."""

    state: str
    substate: str | None = None
    started_at: float | None = None
    canary_deployment: WireReleaseDeployment | None = None
    current_deployment: WireReleaseDeployment | None = None


class WireRollingRelease(msgspec.Struct, rename="camel", frozen=True):
    """``GET /v1/projects/{id}/rolling-release``."""

    rolling_release: WireRelease | None
