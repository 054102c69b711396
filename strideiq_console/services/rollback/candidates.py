"""The last production deployments by commit, with how many commits and migrations lie between each and what serves now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.policy.rollback.candidates import Candidate, candidates_of
from strideiq_console.domain.policy.rollback.facts import Change
from strideiq_console.services.action import Ports
from strideiq_console.services.rollback.reading import decks, production_of, told

MOST = 10


async def candidates(ports: Ports) -> tuple[Candidate, ...]:
    """Return the last ten commits that production was deployed with, newest first. Reads only, and fetches nothing.

    Raises BlockedError where no production or no provider is configured.
    """
    environment = production_of(ports).name
    found = candidates_of(await decks(ports, environment), environment, ports.clock.now(), limit=MOST)
    live = next((one.sha for one in found if one.live), None)
    if live is None or len(found) < 2:
        return found
    # One walk over the history serves all of them: from the newest that serves down to the oldest in the list.
    oldest = found[-1].sha
    folder = await migrations_folder(ports, live)
    changes = await told(ports.clone.changes(oldest, live, folder=folder))
    if changes is None:
        return found
    return tuple(_counted(one, live, oldest, changes, known=bool(folder)) for one in found)


async def migrations_folder(ports: Ports, sha: str) -> str:
    """Return the folder of the migration files as a commit has them, else that of the configuration; ``""``: not known."""
    graph_at = ports.outside.graph_at
    graph = await told(graph_at(sha)) if graph_at is not None else None
    return folder_of(graph) or ports.settings.outside.alembic.folder


def folder_of(graph: RevisionGraph | None) -> str:
    """Return the one folder in which all revisions of a graph stand, ``""`` for several or none."""
    folders = {str(PurePosixPath(r.file).parent) for r in graph.revisions if r.file} if graph is not None else set()
    return folders.pop() if len(folders) == 1 else ""


def _counted(one: Candidate, live: str, oldest: str, changes: tuple[Change, ...], *, known: bool) -> Candidate:
    by_sha = {change.commit.sha: change for change in changes}
    if one.sha == live:
        return replace(one, commits=0, migrations=0)
    if one.sha != oldest and one.sha not in by_sha:
        return one
    below = _below(one.sha, by_sha)
    crossed = [change for sha, change in by_sha.items() if sha not in below]
    files = {file for change in crossed for file in change.migrations or ()}
    looked = known and all(change.migrations is not None for change in crossed)
    return replace(one, commits=len(crossed), migrations=len(files) if looked else None)


def _below(sha: str, by_sha: Mapping[str, Change]) -> set[str]:
    """Return those of the commits that ``sha`` contains."""
    seen: set[str] = set()
    todo = [sha]
    while todo:
        here = todo.pop()
        if here in by_sha and here not in seen:
            seen.add(here)
            todo.extend(by_sha[here].commit.parents)
    return seen
