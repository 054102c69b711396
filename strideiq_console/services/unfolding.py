"""Reads of a panel that was opened: nobody pays for them before, each ends in time, and each fault says the next step."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time
from typing import TypeVar

from strideiq_console.domain.branch import CloneStatus
from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.dns import Registration, Resolution
from strideiq_console.domain.fault import BlockedError, CloneError, Fault, FaultKind, OutsideError
from strideiq_console.domain.log import Log, LogLine
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.ports import Clock, Clone
from strideiq_console.domain.service import ServiceBoard
from strideiq_console.domain.unfolded import Climb, HeldNames, Ladder, LogKind
from strideiq_console.services.surroundings import names_of
from strideiq_console.settings.model import Settings

T = TypeVar("T")
MOST_COMMITS = 50
"""Commits of one rung that are read; more are only counted."""
LOG_LINES = 2_000
DEADLINE = 20.0
"""Seconds after which a read gives up: a source that never answers must not leave a panel waiting."""


class Unfolding:
    """Reads on demand. Every method raises OutsideError, CloneError, or BlockedError where nothing is configured to ask."""

    def __init__(self, settings: Settings, outside: Outside, clock: Clock, *, deadline: float = DEADLINE) -> None:
        self._settings = settings
        self._clock = clock
        self._outside = outside
        self._deadline = deadline

    async def ladder(self) -> Ladder:
        """Return the commits that wait on each rung, and those of main that staging lacks (T9), from the clone alone."""
        clone = self._outside.clone
        if clone is None:
            raise BlockedError("there is no clone here", next_step="start strideiq inside a clone, or set clone in config.toml")
        return await self._within("git", self._climbs(clone))

    async def _climbs(self, clone: Clone) -> Ladder:
        status = await clone.status()
        main, staging = self._settings.main, self._settings.staging
        on_main, on_staging = [await clone.tip(f"refs/remotes/origin/{name}") for name in (main, staging)]
        here = ("local", status.head, "nothing is checked out")
        rungs = {name: (name, tip, _absent(name, status)) for name, tip in ((main, on_main), (staging, on_staging))}
        pairs = ((here, rungs[staging]), (rungs[staging], rungs[main]), (rungs[main], rungs[staging]))
        climbs = [await _climb(clone, start, end) for start, end in pairs]
        return Ladder(tuple(climbs), status.fetched_at, status.shallow)

    async def board(self, environment: str) -> ServiceBoard:
        """Return every service, volume and trigger that Railway runs for an environment (R73, R75)."""
        project = self._outside.project
        if project is None:
            raise self._unknown("railway", "set [railway] project in config.toml and STRIDEIQ_RAILWAY_TOKEN")
        return await self._within("railway", project.board(environment))

    def log(self, deployment: Deployment, kind: LogKind) -> DeploymentLog:
        """Return one of a deployment's logs for the log screen; nothing is read before its lines are asked for."""
        return DeploymentLog(self, deployment, kind, self._clock)

    async def deployment_log(self, provider: str, deployment_id: str, kind: LogKind) -> Log:
        """Return a log of one deployment, its newest lines, oldest first."""
        host = self._outside.hosting.get(provider)
        if host is None:
            raise self._unknown(provider, f"set [{provider}] project in config.toml and STRIDEIQ_{provider.upper()}_TOKEN")
        reads: dict[LogKind, Callable[[], Awaitable[Log]]] = {
            LogKind.EVENTS: lambda: host.events(deployment_id),
            LogKind.BUILD: lambda: host.build_log(deployment_id, lines=LOG_LINES),
            LogKind.RUNTIME: lambda: host.runtime_log(deployment_id, lines=LOG_LINES),
        }
        return await self._within(provider, reads[kind]())

    async def deployment(self, one: Deployment) -> Deployment:
        """Return a deployment as it stands now."""
        host = self._outside.hosting.get(one.provider)
        return one if host is None else await self._within(one.provider, host.get(one.id))

    async def names(self, environment: str) -> HeldNames:
        """Return certificates, registration and public answers for an environment's names (R76); a part that fails is a fault."""
        asked: list[str] = []
        faults: list[Fault] = []

        async def part(source: str, read: Awaitable[T]) -> T | None:
            try:
                found = await self._within(source, read)
            except OutsideError as error:
                faults.append(error.fault)
                return None
            asked.append(source)
            return found

        hosts = self._outside.hosting
        lists = [part(name, host.domains(environment)) for name, host in hosts.items()]
        zone = self._outside.names
        registration: Registration | None = await part("cloudflare", zone.registration()) if zone is not None else None
        served = await asyncio.gather(*lists)
        public = await self._publicly(environment, part)
        cloudflare = self._settings.outside.cloudflare
        ends = datetime.combine(cloudflare.expires, time(), UTC) if cloudflare.expires else None
        domains = tuple(domain for found in served for domain in found or ())
        return HeldNames(environment, domains, registration, public, ends, tuple(faults), tuple(asked))

    async def _publicly(self, environment: str, part: Callable[..., Awaitable[Resolution | None]]) -> tuple[Resolution, ...]:
        resolver = self._outside.resolver
        if resolver is None:
            return ()
        wanted = names_of(self._settings, environment)
        found = await asyncio.gather(*(part("public name server", resolver.resolve_publicly(name)) for name in wanted))
        return tuple(one for one in found if one is not None)

    async def _within(self, source: str, read: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._deadline):
                return await read
        except TimeoutError:
            cause = f"{source} gave no answer within {self._deadline:g} s"
            fault = Fault(FaultKind.TIMEOUT, source, cause, "what was read before stays", "r tries again")
            raise OutsideError(fault) from None

    def _unknown(self, source: str, step: str) -> BlockedError:
        """Return why nothing can be asked, with the step that a missing port came with, if any."""
        fault = self._outside.faults.get(source)
        if fault is not None:
            return BlockedError(fault.cause, next_step=fault.next_step or step)
        return BlockedError(f"{source} is not configured", next_step=step)


_Rung = tuple[str, str | None, str]
"""Its word, its commit, and why there is none."""


def _absent(name: str, status: CloneStatus) -> str:
    if status.remote is None:
        return "the clone has no origin"
    return f"origin has no branch {name}" if status.fetched_at else f"{name} was never fetched: git fetch"


async def _climb(clone: Clone, start: _Rung, end: _Rung) -> Climb:
    above, head, no_head = start
    below, base, no_base = end
    if head is None or base is None:
        return Climb(above, below, note=no_head if head is None else no_base)
    try:
        commits = await clone.commits(base, head, limit=MOST_COMMITS)
        total = len(commits) if len(commits) < MOST_COMMITS else (await clone.divergence(head, base)).ahead
    except CloneError as error:
        return Climb(above, below, note=error.cause)
    return Climb(above, below, commits, total)


class DeploymentLog:
    """One log of a deployment, as the log screen wants it (``domain.log.LogSource``)."""

    step = ""
    period = 5.0

    def __init__(self, unfolding: Unfolding, deployment: Deployment, kind: LogKind, clock: Clock) -> None:
        self._unfolding = unfolding
        self._deployment = deployment
        self._kind = kind
        self._clock = clock
        self.note = ""

    @property
    def title(self) -> str:
        """Return which log of which deployment it is."""
        one = self._deployment
        return f"{one.component} · {one.environment} · {short_sha(one.sha)} · {self._kind}"

    @property
    def url(self) -> str:
        """Return the deployment's own page."""
        return self._deployment.url

    @property
    def ended(self) -> bool:
        """Say whether nothing more will come: what serves writes on, a build or a timeline ends with its deployment."""
        if self._kind is LogKind.RUNTIME:
            return not self._deployment.live and not self._deployment.state.moving
        return not self._deployment.state.moving

    @property
    def outcome(self) -> str:
        """Return how the deployment ended."""
        state = self._deployment.state
        return "" if state.moving or state is DeploymentState.UNKNOWN else str(state)

    async def lines(self) -> tuple[str, ...]:
        """Read the newest lines, oldest first; whoever follows a build hears here that it has ended."""
        one = self._deployment
        log = await self._unfolding.deployment_log(one.provider, one.id, self._kind)
        if one.state.moving:
            self._deployment = await self._unfolding.deployment(one)
        self.note = log.note or ("" if log.complete else "lines are missing: the provider gives only the newest")
        if not log.lines and not self.note:
            self.note = "the provider has no lines of it"
        return tuple(self._words(line) for line in log.lines)

    def _words(self, line: LogLine) -> str:
        at = line.at.astimezone(self._clock.now().tzinfo).strftime("%H:%M:%S ") if line.at is not None else ""
        level = f"{line.level.upper()} " if line.level and line.level not in ("info", "stdout") else ""
        more = "  ".join(f"{name}={value}" for name, value in line.fields.items() if value not in line.text)
        return f"{at}{level}{line.text}{'  ' if more else ''}{more}"
