"""Readers of the feeds: which port each asks, and how the answers are joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from strideiq_console.domain.ci import Job, WorkflowRun, summarise
from strideiq_console.domain.code_host import CodeHost
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import PullStanding
from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.health import Health
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.ports import Clone, Deployments, Prober
from strideiq_console.domain.pull_request import Protection, PullRequest, blockers
from strideiq_console.services import feeds
from strideiq_console.services.feeds import Feed, Reader
from strideiq_console.settings.model import Settings

RUNS = 50
RUNS_WITH_JOBS = 14
PULLS = 20


@dataclass(frozen=True, slots=True)
class Source:
    """A feed with its reader; without one, ``missing`` says what is not configured and how to configure it."""

    feed: Feed[Any]
    reader: Reader | None
    missing: Fault | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """The ports that were configured; None stands for one that was not."""

    clone: Clone | None
    host: CodeHost | None
    deployments: Mapping[str, Deployments]
    prober: Prober | None


def not_configured(source: str, cause: str, next_step: str) -> Fault:
    """Return the fault of a feed that nobody configured."""
    return Fault(FaultKind.NOT_CONFIGURED, source, cause, next_step=next_step)


def sources(settings: Settings, outside: Outside, faults: Mapping[str, Fault]) -> tuple[Source, ...]:
    """Return every feed with its reader; ``faults`` says per source why its port is missing."""
    reader = Readers(settings, outside)
    clone = outside.clone
    rows = [
        _source(feeds.CLONE, clone.status if clone else None, faults),
        _source(feeds.BRANCHES, clone.branches if clone else None, faults),
        _source(feeds.PROMOTION, clone.promotion if clone else None, faults),
        _source(feeds.PULLS, reader.pulls if outside.host else None, faults),
        _source(feeds.RUNS, reader.runs if outside.host else None, faults),
        _source(feeds.PROTECTIONS, reader.protections if outside.host else None, faults),
    ]
    for component in settings.components:
        host = outside.deployments.get(component.provider)
        rows.append(_source(feeds.deployments(component.provider), host.recent if host else None, faults))
    for environment in settings.environments:
        probed = bool(environment.url or environment.api) and outside.prober is not None
        feed = feeds.health(environment.name)
        missing = not_configured(
            "probe",
            f"{environment.name} has no address",
            f"set url and api in [environments.{environment.name}] of config.toml",
        )
        rows.append(Source(feed, reader.health(environment) if probed else None, None if probed else missing))
    return tuple(rows)


def _source(feed: Feed[Any], reader: Reader | None, faults: Mapping[str, Fault]) -> Source:
    missing = None
    if reader is None:
        missing = faults.get(feed.source) or not_configured(feed.source, f"{feed.source} is not configured", "strideiq doctor")
    return Source(feed, reader, missing)


class Readers:
    """Reads that join several answers. Jobs of finished runs never change and are asked once."""

    def __init__(self, settings: Settings, outside: Outside) -> None:
        self._settings = settings
        self._outside = outside
        self._jobs: dict[tuple[int, int], tuple[Job, ...]] = {}
        self._protections: dict[str, Protection] = {}

    @property
    def _host(self) -> CodeHost:
        assert self._outside.host is not None, "sources() gives these readers only when there is a code host"  # noqa: S101
        return self._outside.host

    async def pulls(self) -> tuple[PullStanding, ...]:
        """Return open pull requests with checks and blockers; one after another, as GitHub asks of its clients."""
        host = self._host
        opened = await host.pulls.open()
        viewer, bot = await host.viewer.login(), await host.viewer.bot_login()
        whole = [await self._standing(host, pull, viewer, bot is not None) for pull in opened[:PULLS]]
        return (*whole, *(PullStanding(pull, None, ()) for pull in opened[PULLS:]))

    async def _standing(self, host: CodeHost, pull: PullRequest, viewer: str, bot: bool) -> PullStanding:
        whole = await host.pulls.get(pull.number)
        reviews = await host.pulls.reviews(pull.number)
        protection = self._protections.get(pull.base)
        if protection is None and pull.base in (self._settings.main, self._settings.staging):
            protection = await host.rules.protection(pull.base)
            self._protections[pull.base] = protection
        summary = summarise(whole.head_sha, await host.checks.of(whole.head_sha), self._required(protection))
        if whole.mergeable is None:
            # GitHub computes it when first asked; by now it has had the time of three requests.
            whole = await host.pulls.get(pull.number)
        return PullStanding(whole, summary, blockers(whole, summary, reviews, protection, viewer=viewer, bot=bot))

    def _required(self, protection: Protection | None) -> tuple[str, ...]:
        enforced = protection.required_checks if protection else None
        return enforced or self._settings.github.required_checks or REQUIRED_CHECKS

    async def runs(self) -> tuple[WorkflowRun, ...]:
        """Return the newest runs, the first of them with their jobs."""
        host = self._host
        runs = await host.workflow_runs.recent(limit=RUNS)
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
        self._protections = {row.branch: row for row in rows}
        return tuple(rows)

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
