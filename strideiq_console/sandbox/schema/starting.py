"""What happens to the schema when an API of Railway starts: ``alembic upgrade heads`` with the files of its commit (T5, T6)."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox.schema import code, moves
from strideiq_console.sandbox.schema.graph import WalkError
from strideiq_console.sandbox.schema.reading import FilesError

Record = dict[str, Any]


def meet(state: Record, entry: Record, at: float) -> bool:
    """Let a starting API migrate its database, write what Alembic says into ``entry["said"]``; return whether it may serve.

    ``said`` is [[at, level, text]]. A world without databases, or a commit of which nothing is known, starts as it is.
    """
    database = state.get("schema", {}).get(entry["environment"])
    if database is None or not database.get("upgrade_at_start", True):
        return True
    said: list[str] = []
    error = ""
    try:
        graph = code.graph_of(state, entry["sha"])
        if graph is None:
            return True
        revisions = graph.upgrade(database["rows"], "heads")
        said += moves.run(database, graph, revisions, up=True, at=at, by=entry["id"])
    except WalkError as refused:
        error = f"FAILED: {refused}"
    except FilesError as broken:
        error = broken.words.strip().splitlines()[-1]
    except moves.RunError as failed:
        said += failed.said
        error = failed.words
    lines = entry.setdefault("said", [])
    lines += [[at + number / 1000, "info", text] for number, text in enumerate(said)]
    if error:
        lines += [[at + len(said) / 1000, "error", error], [at + len(said) / 1000 + 0.001, "error", "exit status 255"]]
    return not error
