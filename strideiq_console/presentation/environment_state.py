"""What is true of one environment now: what is live, whether that is what its branch holds, how it is. No words yet.

The panel, the verdict and ``glance --json`` all read this, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from strideiq_console.domain.ci import WorkflowRun
from strideiq_console.domain.database_share import DatabaseShare
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.health import Health, worst_level
from strideiq_console.domain.policy.alerting import standings
from strideiq_console.domain.reading import Level, Look, Reading
from strideiq_console.domain.schema_ladder import Rung
from strideiq_console.presentation.environment_ci import CiCount, ci_of, ci_of_commit, head_of, pushes_of
from strideiq_console.presentation.environment_components import LiveComponent as LiveComponent
from strideiq_console.presentation.environment_components import components_of
from strideiq_console.presentation.environment_components import reading_of as reading_of
from strideiq_console.presentation.environment_data import share_in
from strideiq_console.presentation.freshness import Freshness, freshness

OVERDUE = timedelta(minutes=15)
"""Merged but not deployed for longer than this is a finding (R6)."""


@dataclass(frozen=True, slots=True)
class EnvironmentState:
    """One environment, judged. ``head`` is the newest known commit of its branch, ``head_at`` its time.

    ``ci`` is of the head, ``live_ci`` of each commit that serves. ``schema`` is its rung of the schema ladder, None where there is
    none; ``share`` says whether its database is its own, None where nobody compared it with production's. ``overdue`` is how long
    a merged commit has been waiting beyond :data:`OVERDUE`; ``drift`` says whether something else than the head serves, None when
    that cannot be told.
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
    live_ci: tuple[CiCount, ...]
    schema: Rung | None
    schema_fresh: Freshness
    share: DatabaseShare | None

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
    def shown_ci(self) -> CiCount | None:
        """Return the CI of what serves, the worst where components differ; that of the head while nobody says what serves."""
        if any(sha is not None for sha in self.shas):
            return min(self.live_ci, key=_proof, default=None)
        return self.ci

    @property
    def unproven(self) -> tuple[tuple[LiveComponent, CiCount], ...]:
        """Return the components that serve a commit whose CI is red or has not ended, with what CI says of it (R66)."""
        said = {count.sha: count for count in self.live_ci if count.unproven}
        return tuple((c, said[c.sha]) for c in self.components if c.sha is not None and c.sha in said)

    @property
    def red_live(self) -> bool:
        """Say whether a commit serves although its CI is known to be red now."""
        return self.ci_fresh.trusted and any(count.state.red for _, count in self.unproven)

    @property
    def schema_lags(self) -> bool:
        """Say whether the database lacks revisions that the code which serves expects: the head serves, its files hold more."""
        rung = self.schema
        return rung is not None and bool(rung.due) and self.drift is False and self.schema_fresh.trusted and not self.moving

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
        """Judge what serves, without what is measured (:func:`overall`): what is not known and fresh is never good."""
        if self.environment.local:
            return Level.UNKNOWN
        if self.health is not None and self.health.level is Level.CRITICAL:
            return Level.CRITICAL
        if any(component.failed for component in self.components):
            return Level.CRITICAL
        if self.share is not None and self.share.shared:
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
        if self.red_live or self.schema_lags:
            return Level.WARNING
        return Level.OK


def environment_states(facts: Facts, now: datetime) -> tuple[EnvironmentState, ...]:
    """Return every configured environment, judged, in the order of the settings."""
    parts = {e.name: () if e.local else tuple(components_of(facts, e, now)) for e in facts.environments}
    runs = pushes_of(facts, [c.sha for components in parts.values() for c in components])
    return tuple(_judged(facts, environment, parts[environment.name], runs, now) for environment in facts.environments)


def environment_state(facts: Facts, environment: Environment, now: datetime) -> EnvironmentState:
    """Judge one environment."""
    components = () if environment.local else tuple(components_of(facts, environment, now))
    return _judged(facts, environment, components, pushes_of(facts, [c.sha for c in components]), now)


def _judged(
    facts: Facts, environment: Environment, components: tuple[LiveComponent, ...], known: Sequence[WorkflowRun], now: datetime
) -> EnvironmentState:
    """Judge one environment by what serves there, and by the runs that are about it."""
    runs = freshness(facts.runs, "runs", now)
    head, head_at = head_of(facts, environment, known)
    health = facts.health.get(environment.name)
    live = dict.fromkeys(component.sha for component in components if component.sha is not None)
    rungs = facts.ladder.value.rungs if facts.ladder.value is not None else ()
    return EnvironmentState(
        environment,
        components,
        head,
        head_at,
        None if environment.local else ci_of(known, environment.branch, head),
        runs,
        health.value if health else None,
        health,
        freshness(health, f"health/{environment.name}", now),
        now,
        tuple(count for sha in live if (count := ci_of_commit(known, sha)) is not None),
        next((rung for rung in rungs if rung.environment == environment.name), None),
        freshness(facts.ladder, "ladder", now),
        share_in(facts, environment),
    )


def alerted(facts: Facts, now: datetime) -> Mapping[str, Level]:
    """Return the worst alert that is on in each environment; those without one are left out."""
    found: dict[str, Level] = {}
    for one in standings(facts, now):
        if one.raised:
            found[one.environment] = worst_level((one.severity, found.get(one.environment, Level.OK)))
    return found


def overall(state: EnvironmentState, alerts: Mapping[str, Level]) -> Level:
    """Return how an environment is: the worse of what serves there and of the alerts that are on."""
    return worst_level((state.level, alerts.get(state.environment.name, Level.OK)))


def _proof(count: CiCount) -> int:
    """Rank what CI says of a commit: red first, then what has not ended, then what passed."""
    return 0 if count.state.red else 1 if count.unproven else 2


def bad_parts(health: Health) -> tuple[tuple[str, Level], ...]:
    """Return what a health answer says is not good, each named part once, the worst first."""
    found: dict[str, Level] = {}
    for probe in (health.api, health.web):
        for name, level in probe.parts if probe else ():
            if level is not Level.OK:
                found.setdefault(name, level)
    return tuple(sorted(found.items(), key=lambda item: item[1] is not Level.CRITICAL))
