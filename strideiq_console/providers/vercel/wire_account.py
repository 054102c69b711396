"""Vercel's user and teams as they come over the wire."""

from __future__ import annotations

from typing import Any

import msgspec

from strideiq_console.providers.vercel.wire import WirePagination


class WireUser(msgspec.Struct, frozen=True):
    """The part of ``GET /v2/user`` that says whose token it is; ``limited`` where its scope is less than the account."""

    username: str | None = None
    email: str | None = None
    limited: bool = False
    billing: dict[str, Any] | None = None


class WireWhoami(msgspec.Struct, frozen=True):
    """``GET /v2/user``."""

    user: WireUser


class WireMembership(msgspec.Struct, frozen=True):
    """What the token's owner is in a team."""

    role: str | None = None


class WireTeam(msgspec.Struct, rename="camel", frozen=True):
    """A team of ``GET /v2/teams`` or ``GET /v2/teams/{id}``; ``limited_by`` says why it tells no more."""

    id: str
    slug: str
    name: str | None = None
    limited: bool = False
    limited_by: list[str] | None = None
    membership: WireMembership | None = None
    billing: dict[str, Any] | None = None


class WireTeams(msgspec.Struct, frozen=True):
    """One page of ``GET /v2/teams``."""

    teams: list[WireTeam]
    pagination: WirePagination | None = None
