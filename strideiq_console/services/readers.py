"""Readers of the feeds: which port each asks, and how the answers are joined."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from strideiq_console.domain.ci import Job, WorkflowRun
from strideiq_console.domain.code_host import CodeHost
from strideiq_console.domain.commit import Commit
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import PullStanding
from strideiq_console.domain.health import Health
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.pin import Pin
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.pull_request import Protection
from strideiq_console.services import billing, feeds, metering, surroundings
from strideiq_console.services.clock import SystemClock
from strideiq_console.services.feeds import Reader
from strideiq_console.services.history import KeptSamples
from strideiq_console.services.source import Source, not_configured, source_of
from strideiq_console.services.standings import Standings
from strideiq_console.settings.model import Settings

if TYPE_CHECKING:  # a glance reads no feed, and must not pay for what hosting knows
    from strideiq_console.domain.hosting import Hosting

RUNS = 50
MAINLINE = 60
"""Commits of main that are kept in sight: enough to tell a storm of fixes (R52)."""
RUNS_WITH_JOBS = 14


def sources(
    settings: Settings, outside: Outside, clock: Clock | None = None, samples: KeptSamples | None = None
) -> tuple[Source, ...]:
    """Return every feed with its reader, or with the fault that says why its port is missing.

    ``samples`` is where measured values are kept for charts; None: they are not.
    """
    reader = Readers(settings, outside, clock or SystemClock())
    faults = outside.faults
    clone = outside.clone
    rows = [
        source_of(feeds.CLONE, clone.status if clone else None, faults),
        source_of(feeds.BRANCHES, clone.branches if clone else None, faults),
        source_of(feeds.PROMOTION, clone.promotion if clone else None, faults),
        source_of(feeds.MAINLINE, reader.mainline if clone else None, faults),
        replace(source_of(feeds.PULLS, reader.pulls if outside.host else None, faults), forget=reader.forget),
        source_of(feeds.RUNS, reader.runs if outside.host else None, faults),
        source_of(feeds.PROTECTIONS, reader.protections if outside.host else None, faults),
    ]
    for component in settings.components:
        host = outside.deployments.get(component.provider)
        rows.append(source_of(feeds.deployments(component.provider), host.recent if host else None, faults))
        held = outside.hosting.get(component.provider)
        rows.append(source_of(feeds.pins(component.provider), reader.pins(held) if held else None, faults))
    for environment in settings.environments:
        probed = bool(environment.url or environment.api) and outside.prober is not None
        feed = feeds.health(environment.name)
        missing = not_configured(
            "probe",
            f"{environment.name} has no address",
            f"set url and api in [environments.{environment.name}] of config.toml",
        )
        rows.append(Source(feed, reader.health(environment) if probed else None, None if probed else missing))
    rows += metering.sources(settings, outside, samples, clock)
    rows += billing.sources(settings, outside, clock or SystemClock())
    rows += surroundings.sources(settings, outside)
    return tuple(rows)


class Readers:
    """Reads that join several answers. Jobs of finished runs never change and are asked once."""

    def __init__(self, settings: Settings, outside: Outside, clock: Clock) -> None:
        self._settings = settings
        self._outside = outside
        self._jobs: dict[tuple[int, int], tuple[Job, ...]] = {}
        self._standings = Standings(settings, clock)

    @property
    def _host(self) -> CodeHost:
        assert self._outside.host is not None, "sources() gives these readers only when there is a code host"  # noqa: S101
        return self._outside.host

    async def mainline(self) -> tuple[Commit, ...]:
        """Return the newest commits of main as it was fetched; none where it never was."""
        clone = self._outside.clone
        assert clone is not None, "sources() gives this reader only when there is a clone"  # noqa: S101
        ref = f"refs/remotes/origin/{self._settings.main}"
        return await clone.history(ref, limit=MAINLINE) if await clone.tip(ref) is not None else ()

    async def pulls(self) -> tuple[PullStanding, ...]:
        """Return open pull requests with checks and blockers."""
        return await self._standings.read(self._host)

    def forget(self) -> None:
        """Read again what was kept because nothing seemed to have changed."""
        self._standings.forget()

    async def runs(self) -> tuple[WorkflowRun, ...]:
        """Return the newest runs, the first of them with their jobs."""
        host = self._host
        runs = await host.workflow_runs.recent(limit=RUNS)
        self._standings.heard(runs=runs)
        whole = [replace(run, jobs=await self._jobs_of(host, run)) for run in runs[:RUNS_WITH_JOBS]]
        return (*whole, *runs[RUNS_WITH_JOBS:])

    async def _jobs_of(self, host: CodeHost, run: WorkflowRun) -> tuple[Job, ...]:
        key = (run.id, run.attempt)
        if key not in self._jobs:
            jobs = await host.workflow_runs.jobs(run.id)
            if not run.state.finished:
                return jobs
            self._jobs[key] = jobs
        return self._jobs[key]

    async def protections(self) -> tuple[Protection, ...]:
        """Return what GitHub enforces on the permanent branches."""
        rows = [await self._host.rules.protection(branch) for branch in (self._settings.main, self._settings.staging)]
        self._standings.heard(protections=rows)
        return tuple(rows)

    def pins(self, host: Hosting) -> Reader:
        """Return the reader of what a provider holds production on."""

        async def read() -> tuple[Pin, ...]:
            return tuple([await host.pin(e.name) for e in self._settings.environments if e.production])

        return read

    def health(self, environment: Environment) -> Reader:
        """Return the reader of one environment's health."""

        async def read() -> Health:
            import asyncio  # this module is part of a glance, which must not pay for it

            prober = self._outside.prober
            assert prober is not None, "sources() gives this reader only when there is a prober"  # noqa: S101
            web = prober.probe(environment.url, health=False) if environment.url else None
            api = prober.probe(environment.api + environment.health, health=True) if environment.api else None
            answers = await asyncio.gather(*(probe for probe in (web, api) if probe is not None))
            found = iter(answers)
            return Health(environment.name, next(found) if web is not None else None, next(found) if api is not None else None)

        return read
