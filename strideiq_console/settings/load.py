"""``config.toml`` and the clone's ``.strideiq.toml`` become :class:`Settings`, or one error that lists all that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.settings import checks, clone_file, costs, document, places, sections
from strideiq_console.settings.alerts import alert_rules
from strideiq_console.settings.document import Document
from strideiq_console.settings.environments import branch_fault, environments, nearest_environment
from strideiq_console.settings.faults import SettingsError
from strideiq_console.settings.model import (
    GitHubSettings,
    Mode,
    RailwaySettings,
    Settings,
    UiSettings,
    VercelSettings,
)
from strideiq_console.settings.runbooks import own_runbooks
from strideiq_console.settings.table import Table, Walk

SCHEMA = 1


def load(*, config: Path | None, cwd: Path, environ: Mapping[str, str], world: bool = False) -> Settings:
    """Read the settings. ``config`` is the file named on the command line (None: ``STRIDEIQ_CONFIG``, else the platform's folder).

    In a world nothing of the user's own settings counts: ``config`` must be the world's file. Raises ConfigurationError
    (:class:`SettingsError`) with every fault of both files at once.
    """
    if world and config is None:
        raise ValueError("a world brings its own settings")
    file, required = places.config_file(config, cwd, environ)
    read = document.read(file) if required or places.there(file) else Document(file)
    walk = Walk(read)
    walk.sweep()
    clone = _clone(read, cwd)
    extra, below = clone_file.extras(clone)
    settings = _settings(Table(walk, (), read.values, extra), clone)
    faults = (*walk.faults, *below.faults)
    if faults:
        raise SettingsError(sorted(faults, key=lambda fault: (str(fault.file) != str(file), fault.line)))
    return _placed(settings, walk, read, cwd, environ)


def _placed(settings: Settings, walk: Walk, read: Document, cwd: Path, environ: Mapping[str, str]) -> Settings:
    state, said = places.state_folder(cwd, environ)
    return replace(
        settings,
        state=state,
        origins={**walk.origins, "state": said},
        values={**walk.values, "state": str(state)},
        file=read.file if places.there(read.file) else None,
    )


def _check_schema(root: Table) -> None:
    schema = root.whole("schema", SCHEMA)
    if schema != SCHEMA:
        newer = f"made for a newer console: this one knows schema {SCHEMA}" if schema > SCHEMA else f"must be {SCHEMA}"
        root.fault("schema", newer)


def _clone(read: Document, cwd: Path) -> Path:
    """Return the clone's folder. It is needed before the walk, which judges the key: its own file is part of the settings."""
    section = read.values.get("clone")
    path = section.get("path") if isinstance(section, dict) else None
    if isinstance(path, str) and path and path.isprintable():
        return places.absolute(path, read.file.parent)
    return places.clone_root(cwd)


def _settings(root: Table, clone: Path) -> Settings:
    _check_schema(root)
    place = root.table("clone")
    place.text("path", limit=4000)
    place.close()
    branches = root.table("branches")
    main = branches.text("main", "main", _branch) or "main"
    staging = branches.text("staging", "staging", _branch) or "staging"
    branches.close()
    if main == staging:
        branches.fault("staging", "must not be the same branch as main")
    known = environments(root.table("environments"), main=main, staging=staging)
    settings = Settings(
        mode=Mode(root.choice("mode", Mode.PRE_DEPLOYMENT.value, tuple(mode.value for mode in Mode))),
        founder=root.text("founder", limit=100),
        clone=clone,
        main=main,
        staging=staging,
        environments=known,
        github=_github(root.table("github")),
        vercel=_vercel(root.table("vercel")),
        railway=_railway(root.table("railway"), tuple(e.name for e in known if not e.local)),
        outside=sections.outside(root, tuple(e.name for e in known), tuple(e.name for e in known if not e.local)),
        metric_names=sections.metric_names(root.table("metric_names")),
        alerts=alert_rules(root.table("alerts")),
        budget=costs.budget(root.table("costs")),
        ui=_ui(root.table("ui")),
        runbooks=own_runbooks(root.table("runbooks"), tuple(e.name for e in known)),
    )
    root.close()
    return settings


def _branch(value: str) -> str | None:
    return branch_fault(value) if value else "must name a branch"


def _github(table: Table) -> GitHubSettings:
    default = GitHubSettings()
    api_url = table.url("api_url", default.api_url) or default.api_url
    repository = table.text("repository", default.repository, checks.repository_fault)
    names = table.texts("required_checks")
    added = tuple(table.added("required_checks"))
    if added:  # a repository may ask for more checks, never for fewer
        names = tuple(dict.fromkeys((*(names or REQUIRED_CHECKS), *added)))
    table.close()
    return GitHubSettings(api_url, repository, names)


def _vercel(table: Table) -> VercelSettings:
    default = VercelSettings()
    found = VercelSettings(
        api_url=table.url("api_url", default.api_url) or default.api_url,
        project=table.text("project", default.project, checks.identifier_fault),
        team=table.text("team", default.team, checks.identifier_fault),
    )
    table.close()
    return found


def _railway(table: Table, names: tuple[str, ...]) -> RailwaySettings:
    default = RailwaySettings()
    mine = table.table("environments")
    pairs = dict(default.environments)
    for name in mine.names:
        pairs[name] = mine.text(name, name, checks.identifier_fault)
        if name not in names:
            mine.fault(name, "unknown environment", nearest_environment(name, names))
    mine.close()
    found = RailwaySettings(
        api_url=table.url("api_url", default.api_url) or default.api_url,
        project=table.text("project", default.project, checks.identifier_fault),
        service=table.text("service", default.service, checks.identifier_fault) or default.service,
        token_kind=table.choice("token_kind", default.token_kind, ("workspace", "account", "project")),
        plan=table.choice("plan", default.plan, ("free", "hobby", "pro")),
        database=table.text("database", default.database, checks.identifier_fault),
        redis=table.text("redis", default.redis, checks.identifier_fault),
        environments=tuple((name, theirs) for name, theirs in pairs.items() if theirs),
    )
    table.close()
    return found


def _ui(table: Table) -> UiSettings:
    default = UiSettings()
    mine = table.table("keys")
    keys = tuple((action, mine.text(action, limit=100)) for action in mine.names)
    for action in mine.names:
        if not checks.ACTION.match(action):
            mine.fault(action, "must be the id of an action: a-z, 0-9, '_', '.' and '-'")
    mine.close()
    found = UiSettings(
        theme=table.text("theme", default.theme, checks.theme_fault),
        glyphs=table.choice("glyphs", default.glyphs, ("auto", "unicode", "ascii")),
        keys=keys,
    )
    table.close()
    return found
