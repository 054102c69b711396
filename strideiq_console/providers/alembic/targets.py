"""The words for one revision and nothing else, where alembic renders its SQL."""

from __future__ import annotations

from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.migration import Direction, Move
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_path import BASE, undone_by


def span(move: Move, graph: RevisionGraph) -> str:
    """Return ``FROM:TO`` for ``--sql`` such that alembic renders this one revision."""
    revision = graph.by_id[move.revision]
    if move.direction is Direction.UP and not revision.merge:
        return f"{revision.parents[0]}:{revision.id}" if revision.parents else revision.id
    if move.direction is Direction.DOWN:
        for place in revision.parents or (BASE,):
            if undone_by(graph, graph.ancestors((revision.id,)), place) == {revision.id}:
                return f"{revision.id}:{place}"
    raise BlockedError(
        f"alembic cannot render {revision.id} alone: it joins {len(revision.parents)} branches",
        consequence="its SQL is not shown",
        next_step="read the file",
    )
