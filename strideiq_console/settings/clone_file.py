"""``.strideiq.toml`` in the clone: it may add names, and never say where to go or what to run (DESIGN section 10, T11)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from strideiq_console.settings import checks, document, places
from strideiq_console.settings.document import Document
from strideiq_console.settings.environments import DOCUMENT
from strideiq_console.settings.table import Table, Walk

FILE_NAME = ".strideiq.toml"
_OWN = "may not stand in a repository: addresses, branches, commands and levels belong in your own config.toml"
_REFUSED = {
    (): (
        *("mode", "schema", "clone", "branches", "vercel", "railway", "cloudflare", "prometheus", "alertmanager", "status", "dns"),
        *("metric_names", "alerts", "database", "redis", "commands", "manual", "alembic", "audits"),
    ),
    ("github",): ("api_url", "repository"),
    ("ui",): ("glyphs", "keys"),
    ("environments",): ("url", "api", "health", "branch", "metrics", "sign_in", "limited"),
}


def extras(clone: Path) -> tuple[dict[str, Any], Walk]:
    """Return what the clone's file adds, checked, and the walk that holds its faults. No file gives nothing."""
    file = clone / FILE_NAME
    if not places.there(file):
        return {}, Walk(Document(file))
    walk = Walk(document.read(file, follow=False))
    walk.sweep()
    root = Table(walk, (), walk.document.values)
    _refuse(root, ())
    github, ui, environments = root.table("github"), root.table("ui"), root.table("environments")
    _refuse(github, ("github",))
    _refuse(ui, ("ui",))
    found: dict[str, Any] = {
        "founder": root.text("founder", limit=100),
        "github": {"required_checks": github.texts("required_checks")},
        "ui": {"theme": ui.text("theme", "", lambda value: checks.theme_fault(value) if value else None)},
        "environments": {name: _environment(environments, name) for name in environments.names},
    }
    for table in (github, ui, environments, root):
        table.close()
    return _without_empty(found), walk


def _environment(table: Table, name: str) -> dict[str, str]:
    mine = table.table(name)
    if name not in DOCUMENT:
        table.fault(name, f"unknown environment: a repository may describe {', '.join(DOCUMENT)}")
        return {}
    _refuse(mine, ("environments",))
    words = {key: mine.text(key) for key in ("purpose", "data", "testers")}
    mine.close()
    return words


def _refuse(table: Table, kind: tuple[str, ...]) -> None:
    for key in _REFUSED[kind]:
        if key in table.names:
            table.refuse(key, _OWN)


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    inner = {key: _without_empty(value) if isinstance(value, dict) else value for key, value in values.items()}
    return {key: value for key, value in inner.items() if value}
