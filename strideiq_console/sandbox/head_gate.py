"""The gate of CI that compares the migrations of a commit with the head that its file ``EXPECTED_HEAD`` names."""

from __future__ import annotations

from strideiq_console.sandbox import objects, seed_migrations
from strideiq_console.sandbox.origin import Origin
from strideiq_console.sandbox.schema.graph import Graph
from strideiq_console.sandbox.schema.reading import FilesError, read_texts

PIN = f"{seed_migrations.FOLDER}/alembic/EXPECTED_HEAD"
STEP = "Run python apps/api/check_head.py"
WORDS = "expected head "


def complaint(origin: Origin, sha: str) -> str:
    """Return ``expected head X, found Y``; ``""`` where both are the same, or a commit names no head and has no gate."""
    pinned = objects.entry(origin.path, sha, PIN)
    if pinned is None:
        return ""
    wanted = objects.blob(origin.path, pinned.sha).decode("utf-8", "replace").strip()
    found = _heads(origin, sha)
    return "" if found == wanted else f"{WORDS}{wanted}, found {found}"


def _heads(origin: Origin, sha: str) -> str:
    files = [one for one in objects.folder(origin.path, sha, seed_migrations.VERSIONS) if one.name.endswith(".py")]
    try:
        graph = Graph(read_texts({one.path: objects.blob(origin.path, one.sha).decode("utf-8", "replace") for one in files}))
    except FilesError:
        return "files that cannot be read"
    return ", ".join(sorted(graph.heads)) or "none"
