"""Reads what changed in an environment: deployments and status pages are known already, commits and variables are asked for."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from strideiq_console.domain.changes import Arrived, Changes, Touched, moves
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.reading import Level, Look
from strideiq_console.services.rollback.candidates import folder_of
from strideiq_console.services.rollback.reading import told
from strideiq_console.settings.model import Settings

MOST_COMMITS = 40
_FETCH_WITHIN = 20.0
_PERIOD = timedelta(seconds=60)


def known_changes(settings: Settings, facts: Facts, environment: str, now: datetime) -> Changes:
    """Return what is known without asking anybody. Raises BlockedError for an environment that is not served."""
    place = settings.environment(environment)
    if place is None or place.local:
        served = ", ".join(e.name for e in settings.environments if not e.local) or "none"
        raise BlockedError(f"{environment} is no environment that is served", next_step=f"name one of these: {served}")
    rows = []
    unknown = []
    for part in settings.components:
        reading = facts.deployments.get(part.provider)
        rows.append((part.name, part.provider, reading.value or () if reading is not None else ()))
        if reading is None or reading.value is None:
            why = reading.fault.cause if reading is not None and reading.fault is not None else "they have not been read yet"
            unknown.append(f"deployments of {part.name}: {why}")
        elif reading.look(now, reading.period or _PERIOD) is not Look.FRESH:
            unknown.append(f"deployments of {part.name}: what is shown was seen before, nothing newer is known")
    troubles = [r.value for r in facts.status.values() if r.value is not None and r.value.level in (Level.WARNING, Level.CRITICAL)]
    return Changes(environment, moves(rows, environment), status=tuple(troubles), unknown=tuple(unknown))


async def read_changes(outside: Outside, settings: Settings, facts: Facts, environment: str, now: datetime) -> Changes:
    """Return all of it. Reads only; the clone is fetched where it lacks a commit that was deployed. BlockedError as above."""
    known = known_changes(settings, facts, environment, now)
    came, touched = await asyncio.gather(_commits(outside, known), _variables(outside, settings, known))
    commits, more, lacking = came
    variables, silent = touched
    return replace(known, commits=commits, more=more, variables=variables, unknown=(*known.unknown, *lacking, *silent))


async def _commits(outside: Outside, known: Changes) -> tuple[tuple[Arrived, ...] | None, int, list[str]]:
    """Return the commits that came, how many more there are, and why nothing is known."""
    clone, span = outside.clone, known.span
    if clone is None:
        return None, 0, ["commits: there is no clone here"]
    if span is None:
        moved = [m for m in known.moves if m.live is not None and m.before is not None]
        same = bool(known.moves) and all(m.live is not None and m.live.sha and m.before is None for m in known.moves)
        why = "no provider says which commits were deployed" if moved or not same else "nothing that served before is in sight"
        return None, 0, [f"commits: {why}"]
    start, end = span
    there = await asyncio.gather(*(told(clone.is_ancestor(sha, sha)) for sha in span))
    if not all(there):
        await told(clone.fetch(), within=_FETCH_WITHIN)
    graph = await told(outside.graph_at(end)) if outside.graph_at is not None else None
    folder = folder_of(graph)
    found = await told(clone.changes(start, end, folder=folder))
    if found is None:
        return None, 0, [f"commits: the clone cannot tell what lies between {start[:7]} and {end[:7]}"]
    # A product whose files are known to hold no migration has none in any commit either.
    bare = graph is not None and graph.sound and not graph.revisions
    arrived = tuple(Arrived(one.commit, () if bare else one.migrations) for one in found[:MOST_COMMITS])
    return arrived, max(len(found) - MOST_COMMITS, 0), [] if folder or bare else ["migrations: their folder is not known"]


async def _variables(outside: Outside, settings: Settings, known: Changes) -> tuple[tuple[Touched, ...] | None, list[str]]:
    """Return the names of the variables that changed since what served before was made, newest first."""
    since = known.since
    if since is None:
        return None, ["variables: nobody tells since when to look"]
    hosts = {part.provider: outside.hosting[part.provider] for part in settings.components if part.provider in outside.hosting}
    answers = await asyncio.gather(*(told(host.variables(known.environment)) for host in hosts.values()))
    found: list[Touched] = []
    silent = []
    for provider, listed in zip(hosts, answers, strict=True):
        if listed is None:
            silent.append(f"variables of {provider}: they cannot be read")
            continue
        undated = sum(one.updated_at is None for one in listed)
        if undated:
            silent.append(f"variables of {provider}: {undated} do not say when they were changed")
        found += [Touched(v.name, provider, v.updated_at) for v in listed if v.updated_at is not None and v.updated_at > since]
    if not hosts or (len(silent) == len(hosts) and not found):
        return None, silent or ["variables: no hosting provider is configured"]
    unique = {(one.name, one.provider): one for one in sorted(found, key=lambda one: one.at)}
    return tuple(sorted(unique.values(), key=lambda one: one.at, reverse=True)), silent
