"""What is true of one environment now: what is live, whether that is what its branch holds, how it is. No words yet.

The panel, the verdict and ``glance --json`` all read this, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from strideiq_console.domain.ci import CheckState, WorkflowRun, worst
from strideiq_console.domain.deployment import Deployment, DeploymentState, latest_of, live_of
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.health import Health
from strideiq_console.domain.pin import Pin
from strideiq_console.domain.reading import Level, Look, Reading
from strideiq_console.presentation.freshness import Freshness, freshness

OVERDUE = timedelta(minutes=15)
"""Merged but not deployed for longer than this is a finding (R6)."""

# What runs a component, for a provider whose reading holds no deployment that would say so.
_COMPONENTS = {"vercel": "web", "railway": "api"}


@dataclass(frozen=True, slots=True)
class LiveComponent:
    """One component of an environment. ``sha`` is what serves now, None when the provider did not say (R15).

    ``pin`` is what the provider says of holding it; None: it was not asked, or has not answered yet.
    """

    name: str
    provider: str
    live: Deployment | None
    latest: Deployment | None
    reading: Reading[tuple[Deployment, ...]] | None
    fresh: Freshness
    pin: Pin | None = None

    @property
    def sha(self) -> str | None:
        """Return the commit that serves now, as far as the provider said."""
        return self.live.sha if self.live else None

    @property
    def failed(self) -> bool:
        """Say whether the newest attempt failed or what serves has crashed."""
        return self.latest is not None and self.latest.state in (DeploymentState.FAILED, DeploymentState.CRASHED)

    @property
    def moving(self) -> bool:
        """Say whether a newer deployment is on its way."""
        return self.latest is not None and self.latest.state.moving

    @property
    def pinned(self) -> bool | None:
        """Say whether new builds are kept from going live, as after a rollback; None: unknown.

        The provider's word counts; without one, an older deployment that serves although a newer one is ready.
        """
        if self.pin is not None:
            return self.pin.pinned
        if self.live is None or self.reading is None or self.reading.value is None:
            return None
        if self.live.live is None or self.live.created_at is None:
            return None
        newer = (
            d
            for d in self.reading.value
            if (d.environment, d.component) == (self.live.environment, self.live.component)
            and d.state is DeploymentState.READY
            and d.live is False
            and d.created_at is not None
            and d.created_at > self.live.created_at
        )
        return next(newer, None) is not None


@dataclass(frozen=True, slots=True)
class CiCount:
    """What CI says of one commit: jobs that passed of those that were not skipped. ``total`` 0: jobs not known yet."""

    state: CheckState
    passed: int
    total: int
    sha: str


@dataclass(frozen=True, slots=True)
class EnvironmentState:
    """One environment, judged. ``head`` is the newest known commit of its branch, ``head_at`` its time.

    ``overdue`` is how long a merged commit has been waiting beyond :data:`OVERDUE`; ``drift`` says whether something else than
    the head serves, None when that cannot be told.
    """

    environment: Environment
    components: tuple[LiveComponent, ...]
    head: str | None
    head_at: datetime | None
    ci: CiCount | None
    ci_fresh: Freshness
    health: Health | None
    health_reading: Reading[Health] | None
    health_fresh: Freshness
    now: datetime

    @property
    def shas(self) -> tuple[str | None, ...]:
        """Return the commits that serve, one per component, None where unknown."""
        return tuple(component.sha for component in self.components)

    @property
    def split(self) -> bool:
        """Say whether the components are known to serve different commits."""
        return len({sha for sha in self.shas if sha is not None}) > 1

    @property
    def drift(self) -> bool | None:
        """Say whether something else than the branch head serves; None when unknown."""
        known = [sha for sha in self.shas if sha is not None]
        if self.head is None or not known:
            return None
        if any(sha != self.head for sha in known):
            return True
        return False if len(known) == len(self.shas) else None

    @property
    def moving(self) -> bool:
        """Say whether a deployment is on its way."""
        return any(component.moving for component in self.components)

    @property
    def overdue(self) -> timedelta | None:
        """Return for how long the head has been merged without being live, once that is too long and nothing moves."""
        if self.drift is not True or self.moving or self.head_at is None:
            return None
        waited = self.now - self.head_at
        return waited if waited > OVERDUE else None

    @property
    def pinned(self) -> bool | None:
        """Say whether a component is kept from serving new builds; None when unknown."""
        answers = [component.pinned for component in self.components]
        if any(answers):
            return True
        return None if not answers or None in answers else False

    @property
    def held(self) -> tuple[LiveComponent, ...]:
        """Return the components that are kept from serving new builds."""
        return tuple(component for component in self.components if component.pinned)

    @property
    def configured(self) -> bool:
        """Say whether any outside source of this environment is configured."""
        parts = [component.fresh for component in self.components] + [self.health_fresh]
        return any(part.look is not Look.NOT_CONFIGURED for part in parts)

    @property
    def unseen(self) -> bool:
        """Say whether nothing of this environment has ever been read."""
        return self.health is None and all(c.reading is None or c.reading.value is None for c in self.components)

    @property
    def level(self) -> Level:
        """Judge the environment: what is not known and fresh is never good."""
        if self.environment.local:
            return Level.UNKNOWN
        if self.health is not None and self.health.level is Level.CRITICAL:
            return Level.CRITICAL
        if any(component.failed for component in self.components):
            return Level.CRITICAL
        if self.overdue is not None and self.environment.production and not self.held:
            # What is kept from going live on purpose is a warning for as long as it lasts, and no alarm.
            return Level.CRITICAL
        if self.health is None or not self.health_fresh.trusted or self.health.level is Level.UNKNOWN:
            return Level.UNKNOWN
        if not self.components or None in self.shas or not all(c.fresh.trusted for c in self.components):
            return Level.UNKNOWN
        if self.health.level is Level.WARNING or self.overdue is not None or self.held or (self.split and not self.moving):
            return Level.WARNING
        return Level.OK


def environment_states(facts: Facts, now: datetime) -> tuple[EnvironmentState, ...]:
    """Return every configured environment, judged, in the order of the settings."""
    return tuple(environment_state(facts, environment, now) for environment in facts.environments)


def environment_state(facts: Facts, environment: Environment, now: datetime) -> EnvironmentState:
    """Judge one environment."""
    head, head_at = _head(facts, environment)
    runs = freshness(facts.runs, "runs", now)
    health = facts.health.get(environment.name)
    return EnvironmentState(
        environment,
        () if environment.local else tuple(_components(facts, environment, now)),
        head,
        head_at,
        None if environment.local else ci_of(facts.runs.value or (), environment.branch, head),
        runs,
        health.value if health else None,
        health,
        freshness(health, f"health/{environment.name}", now),
        now,
    )


def _components(facts: Facts, environment: Environment, now: datetime) -> Iterable[LiveComponent]:
    for provider, reading in facts.deployments.items():
        values = reading.value or ()
        fresh = freshness(reading, f"deployments/{provider}", now)
        names = list(dict.fromkeys(d.component for d in values)) or [_COMPONENTS.get(provider, provider)]
        for name in names:
            yield LiveComponent(
                name,
                provider,
                live_of(values, environment.name, name),
                latest_of(values, environment.name, name),
                reading,
                fresh,
                _pin(facts, provider, environment.name, name),
            )


def _pin(facts: Facts, provider: str, environment: str, component: str) -> Pin | None:
    """Return what the provider said last, also before a restart: a pin stands until somebody lifts it."""
    reading = facts.pins.get(provider)
    values = (reading.value or ()) if reading is not None else ()
    return next((pin for pin in values if (pin.environment, pin.component) == (environment, component)), None)


def _head(facts: Facts, environment: Environment) -> tuple[str | None, datetime | None]:
    """Return the newest known commit of the environment's branch.

    The clone knows it as of its last fetch; GitHub's push runs may know a later one, and then that one counts.
    """
    branch = next((b for b in facts.branches.value or () if b.name == environment.branch), None)
    sha = (branch.remote or branch.local) if branch else None
    at = branch.tip.committed_at if branch and branch.tip.sha == sha else None
    pushes = [r for r in facts.runs.value or () if r.branch == environment.branch and r.event == "push" and r.created_at]
    newest = max(pushes, key=_created, default=None)
    if newest is not None and newest.sha != sha and (at is None or _created(newest) > at.timestamp()):
        return newest.sha, newest.created_at
    return sha, at


def _created(run: WorkflowRun) -> float:
    return run.created_at.timestamp() if run.created_at else 0.0


def ci_of(runs: Iterable[WorkflowRun], branch: str, head: str | None) -> CiCount | None:
    """Add up the push runs of a branch's head; of its newest run when the head is unknown. None: no run."""
    mine = sorted((r for r in runs if r.branch == branch and r.event == "push"), key=_created, reverse=True)
    sha = head or (mine[0].sha if mine else None)
    newest: dict[str, WorkflowRun] = {}
    for run in mine:
        if run.sha == sha:
            newest.setdefault(run.name, run)
    if not newest or sha is None:
        return None
    jobs = [job for run in newest.values() for job in run.jobs or ()]
    counted = [job for job in jobs if job.state is not CheckState.SKIPPED]
    passed = sum(job.state is CheckState.SUCCESS for job in counted)
    return CiCount(worst(run.state for run in newest.values()), passed, len(counted), sha)


def bad_parts(health: Health) -> tuple[tuple[str, Level], ...]:
    """Return what a health answer says is not good, each named part once, the worst first."""
    found: dict[str, Level] = {}
    for probe in (health.api, health.web):
        for name, level in probe.parts if probe else ():
            if level is not Level.OK:
                found.setdefault(name, level)
    return tuple(sorted(found.items(), key=lambda item: item[1] is not Level.CRITICAL))


def reading_of(component: LiveComponent) -> Reading[Any]:
    """Return the reading a component's facts come from; an empty one when there is none."""
    return component.reading if component.reading is not None else Reading(component.provider)
