"""Names, the zone and its registration, and what a visitor sees of the site: headers, CORS, cookies (R76, R112, R113)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from urllib.parse import urlsplit

from strideiq_console.domain.dns import DnsRecord
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.names import NameResolver, Names, compare, judge_registration, judge_resolution, judge_zone
from strideiq_console.domain.site import SiteProbe, SiteTarget
from strideiq_console.services.checkup.examination import Examination, Patient


def examinations(patient: Patient) -> Iterator[Examination]:
    """Yield the examinations of the zone, of each host's name, and of each environment's site."""
    outside = patient.outside
    if outside.names is not None:
        yield _zone(outside.names, patient)
        yield _registration(outside.names, patient)
    if outside.resolver is not None:
        for name in names_of(patient):
            yield _resolution(outside.resolver, name)
    if outside.site is not None:
        for environment in patient.served:
            if environment.url or environment.api:
                yield _site(outside.site, environment, patient)


def names_of(patient: Patient) -> tuple[str, ...]:
    """Return the host names of the environments, those that settings add, and ``www`` of production's page."""
    hosts = [_host(address) for e in patient.served for address in (e.url, e.api)]
    added = patient.settings.outside.dns.names
    return tuple(dict.fromkeys(name for name in (*hosts, *added) if "." in name))


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _zone(names: Names, patient: Patient) -> Examination:
    direct = [host for e in patient.served for host in (_host(e.api), _host(e.url)) if host]

    async def ask() -> list[Finding]:
        zone = await names.zone()
        wanted = await _wanted(patient)
        return [*judge_zone(zone, direct), *compare(zone.records, wanted, zone=zone.name, complete=zone.complete)]

    return Examination("zone", patient.settings.outside.cloudflare.zone, ask)


async def _wanted(patient: Patient) -> list[DnsRecord]:
    """Return the records that the hosting providers want; one that does not answer has its own finding elsewhere."""
    wanted: list[DnsRecord] = []
    for host in patient.outside.hosting.values():
        for environment in patient.served:
            try:
                domains = await host.domains(environment.name)
            except OutsideError:
                continue
            wanted += [record for domain in domains for record in domain.wanted]
    return list(dict.fromkeys(wanted))


def _registration(names: Names, patient: Patient) -> Examination:
    day = patient.settings.outside.cloudflare.expires
    by_hand = datetime.combine(day, time(), UTC) if day is not None else None

    async def ask() -> tuple[Finding, ...]:
        return (judge_registration(await names.registration(), patient.now(), by_hand=by_hand),)

    return Examination("registration", patient.settings.outside.cloudflare.zone, ask)


def _resolution(resolver: NameResolver, name: str) -> Examination:
    async def ask() -> tuple[Finding, ...]:
        return (judge_resolution(await resolver.resolve(name), await resolver.resolve_publicly(name)),)

    return Examination("resolution", name, ask)


def _site(site: SiteProbe, environment: Environment, patient: Patient) -> Examination:
    target = target_of(environment, patient)

    async def ask() -> tuple[Finding, ...]:
        return (await site.site(target)).findings

    return Examination("site", environment.name, ask)


def target_of(environment: Environment, patient: Patient) -> SiteTarget:
    """Return the addresses that a visitor's probe asks in an environment; the other environments are strangers to its API."""
    strangers = tuple(e.url for e in patient.served if e.name != environment.name and e.url)
    web = environment.url
    host = _host(web)
    www = web.replace(f"://{host}", f"://www.{host}") if environment.production and host and not host.startswith("www.") else ""
    known = f"www.{host}" in names_of(patient)
    return SiteTarget(
        environment=environment.name,
        pages=tuple(address for address in (web, environment.api + environment.health if environment.api else "") if address),
        secure=tuple(address for address in (web, environment.api) if address),
        preflight=environment.api + environment.health if environment.api else "",
        strangers=strangers,
        login=web + environment.sign_in if web and environment.sign_in else "",
        limited=environment.api + environment.limited if environment.api and environment.limited else "",
        www=www if known else "",
        apex=web if www and known else "",
    )
