"""Vercel's variables and domains as they come over the wire. A value has no field here, so it is dropped while decoding."""

from __future__ import annotations

import msgspec

from strideiq_console.providers.vercel.wire import WirePagination


class WireVariable(msgspec.Struct, rename="camel", frozen=True):
    """A variable's name and where it applies; ``target`` is one word or several, ``type`` such as plain or sensitive."""

    key: str
    type: str
    target: list[str] | str | None = None
    git_branch: str | None = None
    custom_environment_ids: list[str] | None = None
    created_at: float | None = None
    updated_at: float | None = None


class WireVariables(msgspec.Struct, rename="camel", frozen=True):
    """``GET /v10/projects/{id}/env``."""

    envs: list[WireVariable]
    hidden_production_env_count: int | float | None = None
    pagination: WirePagination | None = None


class WireMatcher(msgspec.Struct, frozen=True):
    """Which branches deploy to a custom environment: equals, startsWith, endsWith."""

    type: str
    pattern: str

    def fits(self, branch: str) -> bool:
        """Say whether a branch is one of them; a kind that the contract does not know fits none."""
        if self.type == "equals":
            return branch == self.pattern
        if self.type == "startsWith":
            return branch.startswith(self.pattern)
        return self.type == "endsWith" and branch.endswith(self.pattern)


class WireEnvironment(msgspec.Struct, rename="camel", frozen=True):
    """A custom environment."""

    id: str
    slug: str = ""
    branch_matcher: WireMatcher | None = None


class WireEnvironments(msgspec.Struct, frozen=True):
    """``GET /v9/projects/{id}/custom-environments``."""

    environments: list[WireEnvironment]


class WireChallenge(msgspec.Struct, frozen=True):
    """A record that proves who owns a domain."""

    type: str
    domain: str
    value: str


class WireDomain(msgspec.Struct, rename="camel", frozen=True):
    """A domain of a project."""

    name: str
    apex_name: str = ""
    verified: bool | None = None
    git_branch: str | None = None
    custom_environment_id: str | None = None
    redirect: str | None = None
    verification: list[WireChallenge] | None = None


class WireDomains(msgspec.Struct, frozen=True):
    """One page of ``GET /v9/projects/{id}/domains``."""

    domains: list[WireDomain]
    pagination: WirePagination | None = None


class WireCname(msgspec.Struct, frozen=True):
    """A CNAME that Vercel recommends; rank 1 is best."""

    rank: float
    value: str


class WireAddresses(msgspec.Struct, frozen=True):
    """Addresses that Vercel recommends; rank 1 is best."""

    rank: float
    value: list[str]


class WireDomainConfig(msgspec.Struct, frozen=True):
    """``GET /v6/domains/{domain}/config``."""

    misconfigured: bool
    cnames: list[WireCname] = msgspec.field(name="recommendedCNAME", default_factory=list)
    addresses: list[WireAddresses] = msgspec.field(name="recommendedIPv4", default_factory=list)
