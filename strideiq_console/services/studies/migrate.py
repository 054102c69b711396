"""What a migration's plan stands on: the proven database, the files of a commit with one head, the way from here (R85-R95)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import is_sha, short_sha
from strideiq_console.domain.deployment import live_of
from strideiq_console.domain.fault import BlockedError, CloneError, UsageError
from strideiq_console.domain.migration import Direction, DowngradeKind, Move
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_path import path_down, path_up
from strideiq_console.domain.policy.schema_order import LADDER, unlike
from strideiq_console.domain.runbook.migrate import HEADS, Moving, notes_of, steps_of
from strideiq_console.domain.runbook.model import Verb
from strideiq_console.services.action import Ports
from strideiq_console.services.actions.schema import head_reasons
from strideiq_console.services.actions.schema_grounds import (
    database_of,
    graph_of,
    named_files,
    order_of,
    proved,
    rows_of,
    schema_of,
)
from strideiq_console.services.actions.schema_words import observed_of
from strideiq_console.services.blast import read_blast
from strideiq_console.services.study import Study

MOST_MOVES = 40
"""Revisions in one plan: each is a step that a person reads."""
SEARCHED = 50
"""Commits of each branch among which a short name is looked for."""
_IMPOSSIBLE = (DowngradeKind.RAISES, DowngradeKind.MISSING)


async def study_migration(ports: Ports, values: Mapping[str, str]) -> Study:
    """Find the way and return its steps. Raises UsageError for words that mean nothing, BlockedError where the way is closed."""
    environment, direction = values["environment"], Direction(values["direction"])
    seen, reasons = await proved(ports, environment)
    if reasons:
        raise _blocked(reasons, f"the schema of {environment} stays as it is", "compare the addresses with config.toml")
    schema_of(ports, environment)
    served = await _served(ports, environment)
    files = await _files(ports, environment, values["files"], served)
    graph = await graph_of(ports, files)
    heads = head_reasons(graph)
    if heads:
        consequence = f"no schema is moved with the migration files of {named_files(files)}, least of all production's"
        raise _blocked(heads, consequence, "repair the files, commit, and plan again")
    rows = await rows_of(database_of(ports, environment))
    moves = _way(graph, rows, direction, values["target"], files)
    served_graph = await _served_graph(ports, served)
    _fits_served(graph, served_graph, rows, served)
    if direction is Direction.UP:
        order = await order_of(ports, environment, [move.revision for move in moves], graph)
        if order.reasons:
            raise _blocked(order.reasons, f"{environment} stays as it is", _next_rung(environment))
        ordered = order.notes
    else:
        _possible(graph, moves)
        ordered = ()
    execute = ports.settings.outside.alembic.of(environment).execute
    moving = Moving(environment, seen.database, files, graph, rows, moves, execute, served, served_graph)
    if served_graph is None and environment != LADDER[0]:
        ordered = (*ordered, f"what {environment} serves is not known: nobody compared the migration files with what is deployed")
    steps = steps_of(moving)
    observed = await _observed(ports, moving, tuple(s.id for s in steps if s.verb is Verb.MOVE_SCHEMA))
    goal = " ".join(moving.after) or "nothing"
    facts = {
        "repository": ports.repository,
        "place": ports.place,
        "database": seen.database,
        "system": seen.system_identifier or "not known",
        "migrations-of": files or "the work tree",
        "is-at": " ".join(sorted(rows)) or "nothing",
        "goes-to": goal,
    }
    title = f"{direction} {environment} to {goal}"
    return Study(facts, (*notes_of(moving), *ordered), observed, steps, title)


def _blocked(reasons: tuple[str, ...], consequence: str, step: str) -> BlockedError:
    return BlockedError("; ".join(reasons), consequence=consequence, next_step=step)


def _next_rung(environment: str) -> str:
    before = LADDER[max(LADDER.index(environment) - 1, 0)]
    return f"strideiq migrate start {before} --plan"


def _way(graph: RevisionGraph, rows: tuple[str, ...], direction: Direction, target: str, files: str) -> tuple[Move, ...]:
    """Return the moves, each of one revision by its full name (R94)."""
    if direction is Direction.DOWN and not target:
        raise UsageError("a downgrade needs the revision to go to", next_step="strideiq migrate show lists them: --target REVISION")
    try:
        way = path_up(graph, rows, target or HEADS) if direction is Direction.UP else path_down(graph, rows, target)
    except UsageError as error:
        more = f"{error.next_step}; these are the files of {named_files(files)}: name others with --commit SHA"
        raise UsageError(error.cause, consequence=error.consequence, next_step=more) from error
    if not way:
        at = ", ".join(sorted(rows)) or "nothing"
        raise BlockedError(
            f"there is nothing to {direction}: {at} is in effect, and {target or 'the head'} in {named_files(files)} is no further",
            next_step="strideiq migrate show lists what each environment has; --commit SHA names other migration files",
        )
    if len(way) > MOST_MOVES:
        raise BlockedError(
            f"{len(way)} revisions are too many for one plan",
            consequence="nobody reads so many before consenting",
            next_step=f"go part of the way: --target {way[MOST_MOVES - 1].revision}",
        )
    return way


def _possible(graph: RevisionGraph, moves: tuple[Move, ...]) -> None:
    closed = [graph.by_id[move.revision] for move in moves if graph.by_id[move.revision].downgrade in _IMPOSSIBLE]
    if closed:
        raise BlockedError(
            "; ".join(f"{one.id} {one.downgrade}" for one in closed),
            consequence="the schema would stop half-way down",
            next_step="keep the schema and roll the code back (strideiq rollback), or restore a backup",
        )


async def _served(ports: Ports, environment: str) -> str:
    """Return the commit that the environment's API serves, ``""`` where nobody tells or there is none."""
    host = next((host for host in ports.deployments.values() if host.component == "api"), None)
    if host is None or environment == LADDER[0]:
        return ""
    live = live_of(await host.recent(), environment, host.component)
    return (live.sha or "") if live is not None else ""


async def _files(ports: Ports, environment: str, given: str, served: str) -> str:
    """Return the commit whose files count: the named one, else what is served; ``""`` for the founder's work tree."""
    if given:
        return await _commit(ports, given)
    if environment == LADDER[0]:
        return ""
    if not served:
        raise BlockedError(
            f"what the API of {environment} serves is not known",
            consequence="which migration files are meant is not known",
            next_step="name their commit with --commit SHA",
        )
    await _known(ports, served)
    return served


async def _commit(ports: Ports, word: str) -> str:
    if is_sha(word):
        await _known(ports, word)
        return word
    branches = await ports.clone.branches()
    tips = dict.fromkeys(tip for branch in branches for tip in (branch.local, branch.remote) if tip)
    known = {commit.sha for tip in tips for commit in await ports.clone.history(tip, limit=SEARCHED)}
    fits = sorted(sha for sha in known if len(word) >= 7 and sha.startswith(word))
    if len(fits) != 1:
        cause = f"{word} is no commit of the branches of the clone" if not fits else f"{word} begins {len(fits)} commits"
        raise UsageError(cause, next_step="name the commit by all its 40 digits: git rev-parse BRANCH")
    return fits[0]


async def _known(ports: Ports, sha: str) -> None:
    try:
        await ports.clone.is_ancestor(sha, sha)
    except CloneError:
        # What is served may have been merged elsewhere: it is in nobody's clone before a fetch.
        await ports.clone.fetch()


async def _served_graph(ports: Ports, served: str) -> RevisionGraph | None:
    """Return the migration files of what is deployed, None where nobody tells what that is. Raises BlockedError, CloneError."""
    if not served:
        return None
    await _known(ports, served)
    return await graph_of(ports, served)


def _fits_served(graph: RevisionGraph, served: RevisionGraph | None, rows: tuple[str, ...], sha: str) -> None:
    """Refuse files that say something else of what is in effect than the code that serves (RELIABILITY section 3)."""
    differing = unlike(graph, served, rows) if served is not None else ()
    if differing:
        raise BlockedError(
            f"the migration files differ from those of {short_sha(sha)}, which is deployed: {', '.join(differing)}",
            consequence="what is in effect would be read wrong, and moved wrong",
            next_step="never edit a revision that was applied: restore its file, and write a new one",
        )


async def _observed(ports: Ports, moving: Moving, ids: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Return what the preview of each move is made of."""
    database, schema = database_of(ports, moving.environment), schema_of(ports, moving.environment)
    found = {}
    for step_id, move in zip(ids, moving.moves, strict=True):
        found[step_id] = observed_of(move, moving.graph, await read_blast(move, moving.graph, database, schema))
    return found
