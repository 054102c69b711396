"""The migration files of the clone, and the founder's alembic for each environment whose database is known."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from strideiq_console.domain.database import Hold, Identity
from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.ports import CloneReader
from strideiq_console.providers import alembic
from strideiq_console.providers.catalog.parts import Parts, Setting
from strideiq_console.providers.git import remote_of, repository_of
from strideiq_console.providers.postgres import Postgres, lock_key
from strideiq_console.settings.discovery import discover
from strideiq_console.settings.model import Settings

MOST_KEPT = 32
"""Graphs of commits that are kept: a commit never changes."""


def migrations(setting: Setting, parts: Parts) -> None:
    """Make the readers of the clone's migrations, in the work tree and at a commit; CloneError when there are none."""
    files = Files(setting.settings.clone, setting.settings.outside.alembic.folder, parts.outside.clone)
    parts.outside.migrations = files.now
    parts.outside.graph_at = files.at


def schemas(setting: Setting, parts: Parts) -> None:
    """Make the mover of each environment's schema; needs the databases."""
    settings = setting.settings
    enrolled = {d.environment: Identity(d.name, d.system_identifier or None, d.host) for d in settings.outside.databases}
    files = Files(settings.clone, settings.outside.alembic.folder, None)
    for name, database in parts.outside.databases.items():
        mine, own = settings.outside.alembic.of(name), setting.alembic.get(name)
        known: Identity | Callable[[], Awaitable[Identity]] | None = database.identity if own else enrolled.get(name)
        words: dict[str, Any] = {"guard": nullcontext}
        if isinstance(database, Postgres):
            words = {"guard": _guard(database, settings, name), "witness": database}
        parts.outside.schemas[name] = alembic.AlembicCommand(
            argv=own or mine.command,
            folder=files.home,
            environ=setting.environ,
            variables=mine.variables,
            database=database,
            enrolled=known,
            redact=setting.redact,
            execute=bool(own) or mine.execute == "run",
            address=f"postgresql://{mine.address}" if mine.address and not own else "",
            lock_timeout=float(mine.lock_timeout),
            statement_timeout=float(mine.statement_timeout),
            move_seconds=float(mine.timeout),
            running=settings.state / f"alembic-{name}.lock",
            **words,
        )


def _guard(database: Postgres, settings: Settings, environment: str) -> Callable[[], AbstractAsyncContextManager[Hold]]:
    """Return the advisory lock of the repository's environment; the repository is looked up when it is taken."""

    @asynccontextmanager
    async def hold() -> AsyncIterator[Hold]:
        remote = "" if settings.github.repository else await asyncio.to_thread(remote_of, settings.clone)
        repository = settings.github.repository or repository_of(remote or "")
        async with database.lock(lock_key(repository, environment)) as held:
            yield held

    return hold


class Files:
    """Where the migration files are, and the graphs of commits. ``folder`` ``""``: it is looked for, in the work tree."""

    def __init__(self, clone: Path, folder: str, reader: CloneReader | None) -> None:
        self._clone = clone
        self._given = folder
        self._reader = reader
        self._kept: dict[str, RevisionGraph] = {}

    @property
    def folder(self) -> str:
        """Return the folder of alembic.ini, relative to the clone."""
        found = discover(self._clone).alembic_folder if not self._given else None
        return found.value if found is not None else self._given

    def home(self) -> Path:
        """Return the folder in which alembic runs."""
        return self._clone / self.folder

    async def now(self) -> RevisionGraph:
        """Read the work tree. Raises CloneError."""

        def read() -> RevisionGraph:
            return alembic.read_folder(self._clone, alembic.locate(self._clone, self.folder))

        return await asyncio.to_thread(read)

    async def at(self, sha: str) -> RevisionGraph:
        """Read a commit by its full SHA, ``""`` for the work tree; nothing is checked out and nothing is run. Raises CloneError."""
        if not sha:
            return await self.now()
        if sha not in self._kept:
            graph = await self._read(sha)
            while len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[sha] = graph
        return self._kept[sha]

    async def _read(self, sha: str) -> RevisionGraph:
        if self._reader is None:
            raise CloneError("there is no clone", consequence="the migration files of a commit are not known")
        folder = await asyncio.to_thread(lambda: self.folder)
        configs: dict[str, bytes] = {}
        for name in alembic.CONFIGS:
            configs.update(await self._reader.files_at(sha, f"{folder}/{name}" if folder else name))
        location = await asyncio.to_thread(alembic.locate_texts, configs, folder)
        files: dict[str, bytes] = {}
        for place in location.versions:
            files.update(await self._reader.files_at(sha, place))
        return await asyncio.to_thread(alembic.read_files, files, location)
