"""Which migrations the code of a commit brings along: read once from the bare repository, remembered by what git calls them."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import objects, seed_migrations
from strideiq_console.sandbox.origin import Origin
from strideiq_console.sandbox.schema.graph import Graph
from strideiq_console.sandbox.schema.reading import FilesError, read_file

State = dict[str, Any]
_UNFINISHED = ("waiting", "queued", "building", "deploying")


def notice(state: State, origin: Origin) -> None:
    """Remember the migrations of every commit whose API is on its way to serve, or serves and may be started again."""
    commits = _memory(state)["commits"]
    for entry in state["deployments"]:
        if entry["provider"] == "railway" and entry["sha"] not in commits and _may_start(entry):
            remember(state, origin, entry["sha"])


def _may_start(entry: dict[str, Any]) -> bool:
    return entry["state"] in _UNFINISHED or bool(entry["timeline"]) or (entry["live_from"] is not None and not entry["live_until"])


def remember(state: State, origin: Origin, sha: str) -> None:
    """Read the migrations of a commit; of a commit that the repository does not hold nothing is known."""
    memory = _memory(state)
    folder = objects.entry(origin.path, sha, seed_migrations.VERSIONS) if origin.find(sha) else None
    tree = folder.sha if folder is not None and folder.kind == "dir" else ""
    memory["commits"][sha] = tree
    if tree in memory["trees"] or not tree:
        return
    blobs: list[str] = []
    try:
        for file in objects.folder(origin.path, sha, seed_migrations.VERSIONS):
            if file.kind != "file" or not file.name.endswith(".py") or file.name.startswith("__init__"):
                continue
            if file.sha not in memory["files"]:
                text = objects.blob(origin.path, file.sha).decode("utf-8", "replace")
                memory["files"][file.sha] = read_file(f"/app/alembic/versions/{file.name}", text)
            blobs.append(file.sha)
    except FilesError as error:
        memory["trees"][tree] = error.words
    else:
        memory["trees"][tree] = blobs


def graph_of(state: State, sha: str) -> Graph | None:
    """Return the migrations of a commit; None where nothing is known of it. Raises FilesError and WalkError as alembic would."""
    memory = _memory(state)
    tree = memory["commits"].get(sha)
    if not tree:
        return None
    blobs = memory["trees"][tree]
    if isinstance(blobs, str):
        raise FilesError(blobs, code=1)
    found = [memory["files"][blob] for blob in blobs]
    return Graph({one["id"]: one for one in found})


def _memory(state: State) -> dict[str, Any]:
    found: dict[str, Any] = state.setdefault("code", {"files": {}, "trees": {}, "commits": {}})
    return found
