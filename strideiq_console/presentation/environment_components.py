"""The components of one environment: what serves now, what came last, whether it is held. No words yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from strideiq_console.domain.deployment import Deployment, DeploymentState, latest_of, live_of
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.pin import Pin
from strideiq_console.domain.reading import Reading
from strideiq_console.presentation.freshness import Freshness, freshness

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
    def live_at(self) -> datetime | None:
        """Return when what serves went live, as far as the provider said."""
        return (self.live.ready_at or self.live.created_at) if self.live else None

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


def components_of(facts: Facts, environment: Environment, now: datetime) -> Iterable[LiveComponent]:
    """Give the components of an environment, in the order of the providers' readings."""
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


def reading_of(component: LiveComponent) -> Reading[Any]:
    """Return the reading a component's facts come from; an empty one when there is none."""
    return component.reading if component.reading is not None else Reading(component.provider)
