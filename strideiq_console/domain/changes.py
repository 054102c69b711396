"""What changed in an environment since what it served before: the first question of every bad night."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.deployment import Deployment, live_of, newest_first
from strideiq_console.domain.policy.rollback.candidates import SERVED
from strideiq_console.domain.provider_status import ProviderStatus


@dataclass(frozen=True, slots=True)
class Move:
    """One component: what serves it, and what served it before. ``before`` None: nothing older is in sight.

    ``live`` None: nobody can tell what serves.
    """

    component: str
    provider: str
    live: Deployment | None
    before: Deployment | None

    @property
    def at(self) -> datetime | None:
        """Return when it began to serve."""
        return None if self.live is None else self.live.ready_at or self.live.created_at

    @property
    def backward(self) -> bool:
        """Say whether what serves was made before what served until then: somebody has rolled back."""
        made = [one.created_at for one in (self.live, self.before) if one is not None and one.created_at is not None]
        return len(made) == 2 and made[0] < made[1]


@dataclass(frozen=True, slots=True)
class Arrived:
    """A commit that came with it. ``migrations`` are the files of migrations that it touches; None: nobody could look."""

    commit: Commit
    migrations: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """A variable that was changed, by name alone; ``at`` is when, as its provider says."""

    name: str
    provider: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in one environment since ``since``, the time when what served before was made.

    Each part is None where it could not be read, and ``unknown`` says why in a sentence; an empty part was read and has nothing.
    ``commits`` are those that what served before lacked, newest first; ``more`` counts those beyond the cap. ``status`` are the
    providers' own troubles.
    """

    environment: str
    moves: tuple[Move, ...] = ()
    commits: tuple[Arrived, ...] | None = None
    more: int = 0
    variables: tuple[Touched, ...] | None = None
    status: tuple[ProviderStatus, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def at(self) -> datetime | None:
        """Return when it last changed what is served."""
        return max((move.at for move in self.moves if move.at is not None), default=None)

    @property
    def since(self) -> datetime | None:
        """Return when what served before was made, the earliest of all components."""
        made = [move.before.created_at for move in self.moves if move.before is not None]
        return min((at for at in made if at is not None), default=None)

    @property
    def span(self) -> tuple[str, str] | None:
        """Return the commits from which and to which the environment moved; None where one of them is not known.

        Where components moved apart, it is the way of the one that moved last.
        """
        known = [m for m in self.moves if m.live is not None and m.live.sha and m.before is not None and m.before.sha]
        moved = [m for m in known if m.live is not None and m.before is not None and m.live.sha != m.before.sha]
        if not moved:
            return None
        last = max(moved, key=lambda move: move.at.timestamp() if move.at is not None else 0.0)
        assert last.live is not None and last.before is not None, "those without have been left out"  # noqa: S101, PT018
        return last.before.sha or "", last.live.sha or ""

    @property
    def migrations(self) -> tuple[str, ...] | None:
        """Return the files of all migrations that came with it; None where one of the commits could not be looked at."""
        if self.commits is None or self.more or any(one.migrations is None for one in self.commits):
            return None
        return tuple(dict.fromkeys(path for one in reversed(self.commits) for path in one.migrations or ()))


def moves(deployments: Sequence[tuple[str, str, Iterable[Deployment]]], environment: str) -> tuple[Move, ...]:
    """Return what serves each component and what served it before, from (component, provider, its deployments)."""
    found = []
    for component, provider, listed in deployments:
        mine = tuple(d for d in listed if d.environment == environment and d.component == component)
        live = live_of(mine, environment, component)
        found.append(Move(component, provider, live, _before(mine, live)))
    return tuple(found)


def _before(mine: tuple[Deployment, ...], live: Deployment | None) -> Deployment | None:
    """Return what served until ``live`` came: the newest other one that has served; one made later was rolled back from."""
    if live is None:
        return None
    return next((d for d in newest_first(mine) if d.id != live.id and d.state in SERVED and d.sha != live.sha), None)
