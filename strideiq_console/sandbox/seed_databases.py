"""Gives a world its databases: each environment's stands at the heads of the code that it serves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from strideiq_console.sandbox import deploys
from strideiq_console.sandbox.origin import Origin
from strideiq_console.sandbox.schema import code, database, reading
from strideiq_console.sandbox.schema.graph import Graph, WalkError
from strideiq_console.sandbox.seed_migrations import FOLDER

State = dict[str, Any]


def furnish(state: State, origin: Origin, clone: Path, at: float) -> None:
    """Give a world its databases unless it has them, as a world of an older version has not."""
    if "schema" in state:
        return
    made = {}
    for environment, branch in (("production", "main"), ("staging", "staging")):
        live = deploys.live(state, environment, "api")
        sha = live["sha"] if live is not None else state["refs"][branch]
        code.remember(state, origin, sha)
        graph = _read(state, sha)
        made[environment] = database.new(environment, graph, graph.heads, at)
    code.remember(state, origin, state["refs"]["staging"])
    local = _of_clone(clone) or _read(state, state["refs"]["staging"])
    made["local"] = database.new("local", local, local.heads, at)
    state["schema"] = made
    code.notice(state, origin)


def _read(state: State, sha: str) -> Graph:
    try:
        return code.graph_of(state, sha) or Graph({})
    except (reading.FilesError, WalkError):
        return Graph({})


def _of_clone(clone: Path) -> Graph | None:
    """Return the migrations that the founder has checked out; None when there are none, several heads, or a broken file."""
    try:
        graph = Graph(reading.read_folder(clone / FOLDER))
    except (reading.FilesError, WalkError):
        return None
    return graph if len(graph.heads) == 1 else None
