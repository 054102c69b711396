"""Reads of the outside that may fail: what is not told in time is None, which the planner takes for "not known"."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.hosting import Hosting, Pin
from strideiq_console.domain.policy.rollback.candidates import Deck
from strideiq_console.services.action import UNREADABLE, Ports

T = TypeVar("T")
WITHIN = 8.0
"""Real seconds that one read may take: a slow provider must not hold up the way back at the others."""
DEPTH = 40
"""Deployments of each component that are looked at."""


async def told(asked: Awaitable[T], within: float = WITHIN) -> T | None:
    """Return what was asked for; None where the outside, the clone or a missing permission says no, or nobody answers."""
    try:
        async with asyncio.timeout(within):
            return await asked
    except (*UNREADABLE, TimeoutError):
        return None


def production_of(ports: Ports) -> Environment:
    """Return the environment that real users see. Raises BlockedError where none is configured."""
    for environment in ports.settings.environments:
        if environment.production:
            return environment
    raise BlockedError(
        "no environment is configured as production",
        consequence="there is nothing to go back in",
        next_step="set production = true in [environments.production] of config.toml",
    )


async def decks(ports: Ports, environment: str) -> tuple[Deck, ...]:
    """Return what each provider tells of its component. Raises BlockedError where no provider is configured."""
    hosts = [(part, ports.outside.hosting.get(part.provider)) for part in ports.settings.components]
    known = [(part.name, host) for part, host in hosts if host is not None]
    if not known:
        raise BlockedError(
            "no hosting provider is configured",
            consequence="nobody can tell what production serves or go back to what it served",
            next_step="configure [vercel] and [railway], and store their tokens with strideiq secrets set",
        )
    return tuple(await asyncio.gather(*(_deck(name, host, environment) for name, host in known)))


async def _deck(component: str, host: Hosting, environment: str) -> Deck:
    recent, targets = await asyncio.gather(told(host.recent(limit=DEPTH)), told(host.rollback_targets(environment)))
    by_id: dict[str, Deployment] = {d.id: d for d in recent or ()}
    # What can be gone back to is said more exactly by the list of targets than by that of all deployments.
    by_id |= {d.id: d for d in targets or ()}
    reachable = None if targets is None else frozenset(d.id for d in targets)
    mine = tuple(d for d in by_id.values() if d.environment == environment)
    return Deck(component, host.provider, mine if recent is not None else (), reachable)


async def pins(ports: Ports, environment: str) -> dict[str, Pin]:
    """Return for each component whether it is held; a component of which nobody says so is missing."""
    hosts = ports.outside.hosting
    found = await asyncio.gather(*(told(host.pin(environment)) for host in hosts.values()))
    return {pin.component: pin for pin in found if pin is not None}
