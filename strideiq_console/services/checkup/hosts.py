"""The hosting providers: what serves, what is pinned, variables by name, domains, the services around the API, and backups."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from strideiq_console.domain.backup import Backups
from strideiq_console.domain.deployment import live_of
from strideiq_console.domain.dns import Domain
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.hosting import Containers, Hosting, Pin, Project, Volumes
from strideiq_console.domain.policy import variables as policy
from strideiq_console.domain.reading import Level
from strideiq_console.domain.service import ServiceBoard
from strideiq_console.domain.variable import ValueDigest, Variable
from strideiq_console.services.checkup.examination import Examination, Patient

DAILY = timedelta(hours=26)
"""A daily backup that is older is late; two hours are its own duration and a late start."""


def examinations(patient: Patient) -> Iterator[Examination]:
    """Yield the examinations of Vercel and Railway, an environment at a time."""
    for name, host in patient.outside.hosting.items():
        yield _serving(name, host, patient.served)
        for environment in patient.served:
            yield _pinned(name, host, environment)
            yield _variables(name, host, environment)
            yield _domains(name, host, environment, patient)
    if patient.outside.containers is not None:
        yield _values(patient.outside.containers, patient)
    for environment in patient.served:
        if patient.outside.project is not None:
            yield _board(patient.outside.project, environment)
        if patient.outside.volumes is not None:
            yield _backups(patient.outside.volumes, environment, patient)


def _serving(name: str, host: Hosting, served: Iterable[Environment]) -> Examination:
    async def ask() -> list[Finding]:
        recent = await host.recent(limit=20)
        found = []
        for environment in served:
            live = live_of(recent, environment.name, host.component)
            subject = f"{host.component} in {environment.name}"
            if live is None:
                cause = f"{name} names nothing that serves it"
                found.append(Finding("deployment", subject, Level.WARNING, cause, "deploy it, or correct the project's names"))
            else:
                sha = live.sha[:7] if live.sha else "an unknown commit"
                found.append(Finding("deployment", subject, Level.OK, f"{sha} serves it"))
        return found

    return Examination("deployment", name, ask)


def _pinned(name: str, host: Hosting, environment: Environment) -> Examination:
    subject = f"{host.component} in {environment.name}"

    async def ask() -> tuple[Finding, ...]:
        return (judge_pin(subject, await host.pin(environment.name)),)

    return Examination("pin", f"{subject} at {name}", ask)


def judge_pin(subject: str, pin: Pin) -> Finding:
    """Return whether new deployments take over by themselves (T14)."""
    if pin.pinned is None:
        return Finding("pin", subject, Level.UNKNOWN, pin.note or "it is not told whether it is held on an older deployment")
    if pin.pinned:
        cause = f"held on {pin.deployment_id or 'an older deployment'}: new pushes do not go live"
        return Finding("pin", subject, Level.WARNING, cause, "promote the newest deployment when it is good", pin.note)
    return Finding("pin", subject, Level.OK, "new deployments take over by themselves", note=pin.note)


def _variables(name: str, host: Hosting, environment: Environment) -> Examination:
    subject = f"{host.component} in {environment.name}"

    async def ask() -> list[Finding]:
        found = await host.variables(environment.name)
        return list(judge_variables(subject, found, environment.name, host.component))

    return Examination("variables", f"{subject} at {name}", ask)


def judge_variables(subject: str, found: Iterable[Variable], environment: str, component: str) -> Iterator[Finding]:
    """Yield what is missing by name, and public names that look like secrets (R77, R80)."""
    known = tuple(found)
    lacking = policy.missing(known, environment, component)
    if lacking:
        names = ", ".join("/".join((w.name, *w.aliases)) for w in lacking)
        yield Finding("variables", subject, Level.WARNING, f"not set: {names}", "set them where the provider keeps variables")
    else:
        yield Finding("variables", subject, Level.OK, f"all that the document names are set ({len(known)} in all)")
    for name in policy.exposed(known):
        cause = f"{name} looks like a secret and is in every visitor's browser"
        yield Finding("variables", subject, Level.WARNING, cause, "rename it without NEXT_PUBLIC_, and make a new secret")


def _values(host: Containers, patient: Patient) -> Examination:
    """Compare values between environments by digests under a key that lives as long as this examination (R78)."""

    async def ask() -> list[Finding]:
        key = secrets.token_bytes(32)
        names = [w.name for w in policy.WANTED if w.separate and w.component == host.component]
        names += [alias for w in policy.WANTED if w.separate and w.component == host.component for alias in w.aliases]
        digests: list[ValueDigest] = []
        for environment in patient.served:
            there = {variable.name for variable in await host.variables(environment.name)}
            digests += await host.digests(environment.name, [name for name in names if name in there], key)
        hosts = {e.name: frozenset(h for a in (e.url, e.api) if (h := urlsplit(a).hostname)) for e in patient.served}
        return list(policy.judge_values(digests, hosts))

    return Examination("values", host.component, ask)


def _domains(name: str, host: Hosting, environment: Environment, patient: Patient) -> Examination:
    async def ask() -> list[Finding]:
        return [judge_domain(domain, patient.now()) for domain in await host.domains(environment.name)]

    return Examination("domains", f"{environment.name} at {name}", ask)


def judge_domain(domain: Domain, now: datetime) -> Finding:
    """Return whether a provider serves a host name with a certificate that lasts."""
    if domain.verified is False or domain.configured is False:
        what = "not verified" if domain.verified is False else "its records do not point at the provider"
        step = "; ".join(f"set {w.type} {w.name} to {w.content}" for w in domain.wanted[:3]) or "see the provider's domain page"
        return Finding("domain", domain.name, Level.WARNING, what, step, domain.note)
    ends = domain.certificate_ends
    if ends is not None and ends - now < timedelta(days=21):
        return Finding(
            "domain", domain.name, Level.WARNING, f"its certificate ends on {ends:%Y-%m-%d}", "see the provider's domain page"
        )
    if domain.verified is None and domain.configured is None:
        return Finding("domain", domain.name, Level.UNKNOWN, domain.note or f"{domain.provider} does not say whether it is right")
    return Finding("domain", domain.name, Level.OK, f"{domain.provider} serves it", note=domain.note)


def _board(project: Project, environment: Environment) -> Examination:
    async def ask() -> list[Finding]:
        return list(judge_board(await project.board(environment.name)))

    return Examination("services", environment.name, ask)


def judge_board(board: ServiceBoard) -> Iterator[Finding]:
    """Yield what runs beside the API, what deploys without waiting for CI (R66), and volumes that are nearly full."""
    for component in ("api", "database", "redis"):
        service = board.service(component)
        if service is None:
            level = Level.WARNING if board.complete else Level.UNKNOWN
            yield Finding(
                "services", f"{component} in {board.environment}", level, "no such service", "correct its name in [railway]"
            )
    for service in board.services:
        subject = f"{service.name} in {board.environment}"
        if service.running is False and not service.sleeping:
            yield Finding("services", subject, Level.WARNING, f"nothing of it runs ({service.state})", "see its deployments")
        elif service.sleeping:
            yield Finding("services", subject, Level.WARNING, "it sleeps: the first request waits for it", "switch sleeping off")
        else:
            yield Finding("services", subject, Level.OK, str(service.state))
    for trigger in board.triggers:
        if not trigger.waits_for_ci:
            cause = f"a push to {trigger.branch} deploys although its checks may be red"
            subject = f"{trigger.component} in {board.environment}"
            yield Finding("deploys", subject, Level.WARNING, cause, "switch 'Wait for CI' on in the service's settings")
    for volume in board.volumes:
        if volume.share is not None and volume.share > 0.9:
            yield Finding("volume", volume.name, Level.WARNING, f"{volume.share:.0%} full", "make it larger before it is full")


def _backups(volumes: Volumes, environment: Environment, patient: Patient) -> Examination:
    async def ask() -> tuple[Finding, ...]:
        return (judge_backups(await volumes.backups(environment.name), patient.now(), production=environment.production),)

    return Examination("backups", environment.name, ask)


def judge_backups(backups: Backups, now: datetime, *, production: bool) -> Finding:
    """Return how old the newest backup is against the document's daily one (R90)."""
    newest = backups.newest
    kinds = ", ".join(schedule.kind.lower() for schedule in backups.schedules) or "no schedule"
    bad = Level.CRITICAL if production else Level.WARNING
    if newest is None:
        cause = f"none was found ({kinds})"
        return Finding("backups", backups.environment, bad if backups.complete else Level.UNKNOWN, cause, "add a daily schedule")
    age = now - newest.created_at
    cause = f"the newest is from {newest.created_at:%Y-%m-%d %H:%M} UTC ({kinds})"
    if age > DAILY:
        return Finding("backups", backups.environment, bad, cause, "a daily backup is due: see the volume's backups")
    if newest.size == 0:
        return Finding("backups", backups.environment, bad, f"{cause}, and it is empty", "make one now and look at it")
    return Finding("backups", backups.environment, Level.OK, cause)
