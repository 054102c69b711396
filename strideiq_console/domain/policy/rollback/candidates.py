"""What production can go back to: its last deployments by commit, with what each provider says of each component (R97, R98)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from strideiq_console.domain.deployment import Deployment, DeploymentState, live_of, newest_first

SERVED = (DeploymentState.READY, DeploymentState.REMOVED, DeploymentState.SLEEPING)
"""States of a deployment that worked once; Railway removes what a newer one replaces."""


@dataclass(frozen=True, slots=True)
class ComponentTarget:
    """One component of a candidate. ``eligible``: its provider would serve this deployment again now; ``why`` says why not.

    ``until`` is when the image is thrown away, None where the provider does not say. A component that serves the commit already is
    not eligible, and ``why`` says so.
    """

    component: str
    provider: str
    deployment_id: str
    eligible: bool
    why: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A commit that production was deployed with. ``at`` is when its newest deployment was created, None: not said.

    ``commits`` and ``migrations`` are how many commits and migration files lie between it and what serves now; None: not known.
    ``live``: a component serves it now.
    """

    sha: str
    subject: str
    at: datetime | None
    components: tuple[ComponentTarget, ...]
    commits: int | None = None
    migrations: int | None = None
    live: bool = False


@dataclass(frozen=True, slots=True)
class Deck:
    """All that one provider tells of one component: its deployments in sight, and the ids it can go back to (None: not said)."""

    component: str
    provider: str
    deployments: tuple[Deployment, ...]
    reachable: frozenset[str] | None

    def live(self, environment: str) -> Deployment | None:
        """Return what serves the component."""
        return live_of(self.deployments, environment, self.component)


def candidates_of(decks: Sequence[Deck], environment: str, now: datetime, *, limit: int = 10) -> tuple[Candidate, ...]:
    """Group deployments by commit, newest first, at most ``limit`` commits; those whose provider names no commit are left out."""
    mine = [d for deck in decks for d in deck.deployments if d.environment == environment and d.component == deck.component]
    order: dict[str, Deployment] = {}
    for one in newest_first(mine):
        if one.sha is not None and one.state in SERVED:
            order.setdefault(one.sha, one)
    serving = {deck.component: deck.live(environment) for deck in decks}
    found = []
    for sha, newest in list(order.items())[:limit]:
        parts = tuple(_target(deck, environment, sha, now) for deck in decks)
        live = any(one is not None and one.sha == sha for one in serving.values())
        found.append(Candidate(sha, newest.subject, newest.created_at, parts, live=live))
    return tuple(found)


def previous(candidates: Iterable[Candidate]) -> Candidate | None:
    """Return the newest candidate that is older than everything that serves now: what a rollback goes back to unasked."""
    below, seen = None, False
    for one in candidates:
        if one.live:
            below, seen = None, True
        elif seen and below is None:
            below = one
    return below


def _target(deck: Deck, environment: str, sha: str, now: datetime) -> ComponentTarget:
    found = [d for d in newest_first(deck.deployments) if d.sha == sha and d.environment == environment]
    reachable = deck.reachable or frozenset()
    chosen = next(iter((*(d for d in found if d.id in reachable), *(d for d in found if d.state in SERVED), *found)), None)
    live = deck.live(environment)
    if live is not None and live.sha == sha:
        return ComponentTarget(deck.component, deck.provider, live.id, False, "serves it now")
    why = _why(deck, chosen, now)
    name, until = (chosen.id, chosen.rollback_until) if chosen is not None else ("", None)
    return ComponentTarget(deck.component, deck.provider, name, not why, why, until)


def _why(deck: Deck, chosen: Deployment | None, now: datetime) -> str:
    if chosen is None:
        return "no deployment of it in sight"
    if chosen.state not in SERVED:
        return f"that deployment {chosen.state}"
    if chosen.can_rollback is False or (chosen.rollback_until is not None and chosen.rollback_until <= now):
        return f"{deck.provider} no longer keeps it"
    if chosen.can_rollback is None or deck.reachable is None:
        return f"{deck.provider} does not say"
    return "" if chosen.id in deck.reachable else f"{deck.provider}'s plan does not go back so far"
