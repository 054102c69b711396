"""Variables by name and domains of one environment (R76-R80). No value is ever asked for or kept."""

from __future__ import annotations

from strideiq_console.domain.dns import DnsRecord, Domain
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.domain.variable import Variable
from strideiq_console.providers.http import quote_segment
from strideiq_console.providers.vercel.access import SOURCE, Access, incomplete
from strideiq_console.providers.vercel.wire_names import (
    WireDomain,
    WireDomainConfig,
    WireDomains,
    WireEnvironments,
    WireVariable,
    WireVariables,
)
from strideiq_console.providers.wire import line_or_none, moment

MAX_PAGES = 5
MAX_CONFIGS = 20
_OWN = ".vercel.app"


class VercelNames:
    """Reads what the project calls things."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def variables(self, environment: Environment) -> tuple[Variable, ...]:
        """Return the variables of one environment by name.

        Staging takes those of all previews, those of its branch, and those of a custom environment that its branch deploys to.
        Raises OutsideError (INCOMPLETE) when Vercel says that it keeps names from this token: absence would prove nothing.
        """
        path = f"/v10/projects/{self._project}/env"
        found = await self._access.read(path, "variables", WireVariables)
        if found.pagination is not None and found.pagination.next is not None:
            raise incomplete("Vercel: the list of variables goes on, and this call has no further pages", "Look at Vercel's page")
        if environment.production and found.hidden_production_env_count:
            count = f"{found.hidden_production_env_count:.0f}"
            raise incomplete(
                f"Vercel: {count} of the production variables are hidden from this token",
                "Use a token of a member who may see them",
            )
        custom = await self._custom(environment) if any(v.custom_environment_ids for v in found.envs) else frozenset()
        mine = [v for v in found.envs if _applies(v, environment, custom)]
        return tuple(_variable(v, environment.name) for v in sorted(mine, key=lambda v: (v.key, v.git_branch or "")))

    async def domains(self, environment: Environment) -> tuple[Domain, ...]:
        """Return the domains of one environment, each with whether its records point at Vercel, and the records that it wants."""
        found = await self._domains()
        custom = await self._custom(environment) if any(d.custom_environment_id for d in found) else frozenset()
        mine = [d for d in found if _is_of(d, environment, custom)]
        return tuple([await self._domain(d, environment.name, number < MAX_CONFIGS) for number, d in enumerate(mine)])

    @property
    def _project(self) -> str:
        return quote_segment(self._access.project)

    async def _custom(self, environment: Environment) -> frozenset[str]:
        """Return the ids of the custom environments that the environment's branch deploys to."""
        path = f"/v9/projects/{self._project}/custom-environments"
        found = await self._access.read(path, "custom environments", WireEnvironments)
        fitting = (e for e in found.environments if e.branch_matcher is not None and e.branch_matcher.fits(environment.branch))
        return frozenset(e.id for e in fitting) if environment.branch and not environment.production else frozenset()

    async def _domains(self) -> list[WireDomain]:
        params: dict[str, str | int] = {"limit": 100}
        found: dict[str, WireDomain] = {}
        for _ in range(MAX_PAGES):
            page = await self._access.read(f"/v9/projects/{self._project}/domains", "domains", WireDomains, params)
            found |= {domain.name: domain for domain in page.domains}
            until = page.pagination.next if page.pagination else None
            if until is None:
                return list(found.values())
            if int(until) == params.get("until"):
                break
            params["until"] = int(until)
        raise incomplete("Vercel: the project has more domains than are read", "Look at the project's page at Vercel")

    async def _domain(self, wire: WireDomain, environment: str, asked: bool) -> Domain:
        """Ask how a domain is set up, but for Vercel's own names; without that answer it is unknown."""
        notes = [f"redirects to {clean_line(wire.redirect, limit=253)}"] if wire.redirect else []
        config: WireDomainConfig | None = None
        if wire.name.endswith(_OWN):
            notes.append("Vercel's own name: nothing to set up")
        elif not asked:
            notes.append(f"its records were not checked: only those of the first {MAX_CONFIGS} are")
        else:
            try:
                path = f"/v6/domains/{quote_segment(wire.name)}/config"
                config = await self._access.read(
                    path, "a domain's set-up", WireDomainConfig, {"projectIdOrName": self._access.project}
                )
            except (OutsideError, ValueError) as error:
                why = error.fault.cause if isinstance(error, OutsideError) else "its name cannot be asked for"
                notes.append(f"its records could not be checked: {why}")
        return Domain(
            name=clean_line(wire.name, limit=253),
            provider=SOURCE,
            environment=environment,
            verified=wire.verified,
            configured=None if config is None else not config.misconfigured,
            wanted=_wanted(wire, config),
            note="; ".join(notes),
        )


def _applies(wire: WireVariable, environment: Environment, custom: frozenset[str]) -> bool:
    if custom.intersection(wire.custom_environment_ids or ()):
        return True
    targets = [wire.target] if isinstance(wire.target, str) else wire.target or []
    if environment.production:
        return "production" in targets
    return "preview" in targets and wire.git_branch in (None, "", environment.branch)


def _variable(wire: WireVariable, environment: str) -> Variable:
    """Map one: a ``sensitive`` value never comes back, an ``encrypted`` one is a secret that could be asked for."""
    known = {"sensitive": True, "encrypted": True, "secret": True, "plain": False, "system": False}
    return Variable(
        name=clean_line(wire.key, limit=250),
        environment=environment,
        provider=SOURCE,
        component="web",
        sealed=wire.type == "sensitive",
        secret=known.get(wire.type),
        branch=line_or_none(wire.git_branch),
        updated_at=moment(SOURCE, "updatedAt", wire.created_at if wire.updated_at is None else wire.updated_at),
    )


def _is_of(wire: WireDomain, environment: Environment, custom: frozenset[str]) -> bool:
    """Say whether a domain shows an environment; one without a branch shows production."""
    if wire.custom_environment_id:
        return wire.custom_environment_id in custom
    if not wire.git_branch:
        return environment.production
    return wire.git_branch == environment.branch


def _wanted(wire: WireDomain, config: WireDomainConfig | None) -> tuple[DnsRecord, ...]:
    """Return the records that the domain should have: Vercel's first choice, an address for the apex, else a CNAME."""
    proofs = wire.verification or [] if wire.verified is False else []
    records = [DnsRecord(clean_line(c.domain, limit=253), clean_line(c.type, limit=10), clean_line(c.value)) for c in proofs]
    if config is None:
        return tuple(records)
    name = clean_line(wire.name, limit=253)
    if wire.name == wire.apex_name:
        best = min(config.addresses, key=lambda a: a.rank, default=None)
        return (*records, *(DnsRecord(name, "A", clean_line(value, limit=100)) for value in (best.value if best else ())))
    cname = min(config.cnames, key=lambda c: c.rank, default=None)
    return (*records, DnsRecord(name, "CNAME", clean_line(cname.value, limit=253))) if cname else tuple(records)
