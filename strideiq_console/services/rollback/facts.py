"""Gathers what the rollback planner judges by, all at once and each with its own time; what nobody tells stays None."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from strideiq_console.domain.deployment import Deployment, newest_first
from strideiq_console.domain.hosting import Pin
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.policy.rollback.candidates import SERVED, Deck
from strideiq_console.domain.policy.rollback.facts import Crossing, Facts, Place, Review
from strideiq_console.domain.policy.rollback.planner import rollback_plans
from strideiq_console.domain.policy.rollback.plans import Offer
from strideiq_console.domain.policy.rollback.reverts import standing_reverts
from strideiq_console.services.action import Ports
from strideiq_console.services.rollback.candidates import folder_of
from strideiq_console.services.rollback.reading import T, decks, pins, production_of, told
from strideiq_console.services.rollback.schema import migrating, schema


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for: the commit to go back to, the components (empty: all), one commit to take back."""

    target: str
    components: frozenset[str] = frozenset()
    blamed: str | None = None


async def offer(
    ports: Ports,
    target: str,
    components: Collection[str] = (),
    blamed: str | None = None,
    *,
    read: tuple[Deck, ...] | None = None,
) -> tuple[Facts, Offer]:
    """Return what is known of going back to ``target`` (a full commit name), and every way with every refusal.

    ``components`` empty: all of them; ``read``: the deployments, where they were read just now. Reads only; the clone is fetched
    where it lacks a commit that is spoken of. Raises BlockedError where no production or no provider is configured.
    """
    facts = await gather(ports, Asked(target, frozenset(components), blamed), read)
    return facts, rollback_plans(facts, ports.clock.now())


async def gather(ports: Ports, asked: Asked, read: tuple[Deck, ...] | None = None) -> Facts:
    """Return the facts alone."""
    environment = production_of(ports)
    found, tip, held = await asyncio.gather(
        decks(ports, environment.name) if read is None else _same(read),
        told(ports.clone.remote_tip(ports.settings.main)),
        pins(ports, environment.name),
    )
    served = _served(found, environment.name)
    await _fetch_missing(ports, {sha for sha in (asked.target, asked.blamed, tip, *served.values()) if sha})
    start = next(iter([sha for name, sha in served.items() if migrating(name)] or served.values()), None) or ""
    graphs = _Graphs(ports)
    live, main, base, review, places = await asyncio.gather(
        _crossing(ports, graphs, start, asked.target),
        _crossing(ports, graphs, tip, asked.target) if tip else _same(None),
        schema(ports, environment.name),
        _review(ports),
        asyncio.gather(*(_place(ports, deck, environment.name, asked, held) for deck in found)),
    )
    reverted = standing_reverts(main.changes) if main is not None and main.changes is not None else {}
    return Facts(
        asked.target,
        tuple(places),
        live,
        main,
        base,
        review,
        reverted,
        asked.blamed,
        environment.name,
        ports.settings.main,
    )


async def _same(value: T) -> T:
    return value


def _served(found: Collection[Deck], environment: str) -> dict[str, str | None]:
    serving = {deck.component: deck.live(environment) for deck in found}
    return {name: one.sha if one is not None else None for name, one in serving.items()}


async def _fetch_missing(ports: Ports, shas: Collection[str]) -> None:
    """Fetch once where the clone lacks a commit that the way leads over: production may serve what nobody has fetched here."""
    known = await asyncio.gather(*(told(ports.clone.is_ancestor(sha, sha)) for sha in sorted(shas)))
    if not all(known):
        await told(ports.clone.fetch(), within=20.0)


class _Graphs:
    """The migration files by commit, each read once."""

    def __init__(self, ports: Ports) -> None:
        self._read = ports.outside.graph_at
        self._tasks: dict[str, asyncio.Task[RevisionGraph | None]] = {}

    async def at(self, sha: str) -> RevisionGraph | None:
        if self._read is None or not sha:
            return None
        if sha not in self._tasks:
            self._tasks[sha] = asyncio.ensure_future(self._ask(self._read, sha))
        return await self._tasks[sha]

    @staticmethod
    async def _ask(read: Callable[[str], Awaitable[RevisionGraph]], sha: str) -> RevisionGraph | None:
        """Ask in the task itself: one that is cancelled before it begins must not leave a question behind that nobody awaits."""
        return await told(read(sha))


async def _crossing(ports: Ports, graphs: _Graphs, start: str, end: str) -> Crossing:
    if not start:
        return Crossing(start, end)
    before, after, descends = await asyncio.gather(graphs.at(start), graphs.at(end), told(ports.clone.is_ancestor(end, start)))
    exact = folder_of(before)
    folder = exact or ports.settings.outside.alembic.folder
    changes = await told(ports.clone.changes(end, start, folder=folder))
    # No commit in between touched the folder, and END is below START: the folder is one and the same.
    untouched = changes is not None and bool(folder) and descends is True and all(c.migrations == () for c in changes)
    if changes is not None and _without_migrations(before) and _without_migrations(after):
        changes = tuple(replace(c, migrations=()) for c in changes)
    elif changes is not None and not exact:
        # The configured folder holds more than migration files: what it does not show is certain, what it shows is not.
        changes = tuple(replace(c, migrations=() if folder and c.migrations == () else None) for c in changes)
    return Crossing(start, end, changes, before, after, True if untouched or start == end else None, descends)


def _without_migrations(graph: RevisionGraph | None) -> bool:
    """Say whether a commit is known to hold no migration file at all."""
    return graph is not None and graph.sound and not graph.revisions


async def _review(ports: Ports) -> Review:
    protection, bot = await asyncio.gather(told(ports.host.rules.protection(ports.settings.main)), told(_bot(ports)))
    if protection is None:
        return Review(bot=bot)
    # Nobody tells whether other people review: an approval of theirs is only known once it is given.
    return Review(protected=protection.pull_request, approvals=protection.approvals, bot=bot)


async def _bot(ports: Ports) -> bool:
    return await ports.host.viewer.bot_login() is not None


async def _place(ports: Ports, deck: Deck, environment: str, asked: Asked, held: dict[str, Pin]) -> Place:
    host = ports.outside.hosting[deck.provider]
    known = {d.id: d for d in deck.deployments}
    if not any(d.sha == asked.target for d in deck.deployments):
        found = await told(host.of_commit(environment, asked.target))
        if found is not None:
            known.setdefault(found.id, found)
    everything = tuple(known.values())
    there = [d for d in newest_first(everything) if d.sha == asked.target]
    hold = await _can_hold(ports, deck, environment)
    pin = held.get(deck.component)
    return Place(
        deck.component,
        deck.provider,
        deck.live(environment),
        everything,
        deck.reachable,
        pin.pinned if pin is not None else None,
        await _changed(ports, deck, environment, there),
        migrating(deck.component),
        not asked.components or deck.component in asked.components,
        bool(there) or _builds(ports, deck),
        hold,
    )


def _builds(ports: Ports, deck: Deck) -> bool:
    """Say whether the provider builds a commit of which it has no deployment."""
    return deck.component == "api" and ports.outside.project is not None


async def _can_hold(ports: Ports, deck: Deck, environment: str) -> bool | None:
    project = ports.outside.project
    if deck.component != "api" or project is None:
        return False
    return True if await told(project.auto_deploy(environment)) is not None else None


async def _changed(ports: Ports, deck: Deck, environment: str, there: list[Deployment]) -> tuple[str, ...] | None:
    """Return the names of the variables that changed since the target was built; None where not every one says when."""
    worked = next((d for d in there if d.state in SERVED), None)
    since: datetime | None = worked.created_at if worked is not None else None
    found = await told(ports.outside.hosting[deck.provider].variables(environment)) if since is not None else None
    if found is None or since is None:
        return None
    mine = [v for v in found if v.component in (None, deck.component)]
    if any(v.updated_at is None for v in mine):
        return None
    return tuple(sorted({v.name for v in mine if v.updated_at is not None and v.updated_at > since}))
