"""Reads what a new migration would be made on: the work tree, origin, and the other branches (R89). Nothing is run or written."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from posixpath import dirname

from strideiq_console.domain.branch import Branch, BranchKind, CloneStatus, classify
from strideiq_console.domain.fault import BlockedError, CloneError, OutsideError
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.policy.new_migration import (
    BranchFiles,
    Ground,
    NewMigration,
    Notice,
    notices,
    revision_slug,
    revision_words,
)
from strideiq_console.domain.policy.schema_order import LADDER
from strideiq_console.domain.ports import Clone
from strideiq_console.domain.reading import Level
from strideiq_console.settings.discovery import discover
from strideiq_console.settings.model import Settings

MOST_BRANCHES = 100
"""Branches with work of their own that are looked through, the newest first; more are only counted."""


async def read_new_migration(outside: Outside, settings: Settings, text: str) -> NewMigration:
    """Return how to make a migration that is named by a text. UsageError for a text that names nothing; what fails is a notice."""
    slug = revision_slug(text)
    own = next((e.name for e in settings.environments if e.local), LADDER[0])
    alembic = settings.outside.alembic.of(own).command
    found = NewMigration(slug, (*alembic, *revision_words(slug)), settings.outside.alembic.folder)
    try:
        if outside.migrations is None:
            raise BlockedError("the migration files of the clone cannot be read", next_step=_UNCONFIGURED)
        here = await outside.migrations()
        folder = found.folder or await asyncio.to_thread(_folder, settings)
        heads = tuple((head, here.by_id[head].file) for head in here.heads)
        found = replace(found, folder=folder, heads=heads if heads or not here.revisions else None)
        if outside.clone is None:
            raise BlockedError("there is no clone here", next_step="start strideiq inside a clone, or set clone in config.toml")
        status = await outside.clone.status()
        ground = await _Looking(outside, outside.clone, settings, status, here).ground()
    except (BlockedError, CloneError) as error:
        return replace(found, notices=(Notice(Level.UNKNOWN, error.cause, error.next_step),))
    return replace(
        found,
        branch=status.branch,
        compared=tuple(one.name for one in (*ground.bases, *ground.others)),
        fetched_at=status.fetched_at,
        asked=not ground.unasked,
        notices=notices(ground, alembic, slug),
    )


_UNCONFIGURED = "name the folder of alembic.ini in [alembic] of config.toml"


def _folder(settings: Settings) -> str:
    where = discover(settings.clone).alembic_folder
    return where.value if where is not None else ""


@dataclass(frozen=True, slots=True)
class _Looking:
    """One look through the branches of a clone."""

    outside: Outside
    clone: Clone
    settings: Settings
    status: CloneStatus
    here: RevisionGraph

    async def ground(self) -> Ground:
        main, staging = self.settings.main, self.settings.staging
        branch = self.status.branch
        ground = Ground(branch, self.here, branch in (main, staging), self.status.operation)
        names = tuple(dict.fromkeys(name for name in (branch, staging, main) if name))
        tips = {name: await self.clone.tip(f"refs/remotes/origin/{name}") for name in names}
        moved, unasked = await self._moved(tips)
        bases = [await self._files(f"origin/{name}", (tip,)) for name, tip in tips.items() if tip is not None]
        others, left = await self._others(tips.get(staging) or tips.get(main))
        return replace(ground, bases=tuple(bases), moved=moved, unasked=unasked, others=others, left=left)

    async def _moved(self, tips: dict[str, str | None]) -> tuple[tuple[str, ...], str]:
        """Ask origin itself where its branches are; one that it has not is nobody's news."""
        if self.status.remote is None:
            return (), "the clone has no origin"
        try:
            there = await asyncio.gather(*(self.clone.remote_tip(name) for name in tips))
        except (OutsideError, CloneError) as error:
            return (), error.cause
        news = zip(tips.items(), there, strict=True)
        return tuple(f"origin/{name}" for (name, tip), now in news if now is not None and now != tip), ""

    async def _others(self, base: str | None) -> tuple[tuple[BranchFiles, ...], int]:
        """Return the branches that bring migrations of their own, and how many were not looked at."""
        open_ones = [one for one in await self.clone.branches() if self._open(one)]
        found = []
        for branch in open_ones[:MOST_BRANCHES]:
            tips = tuple(dict.fromkeys(tip for tip in (branch.local, branch.remote) if tip))
            try:
                touched = base is None or any([await self._touches(base, tip) for tip in tips])
            except CloneError as error:
                found.append(BranchFiles(branch.name, None, error.cause, error.next_step))
                continue
            if touched:
                found.append(await self._files(branch.name, tips))
        return tuple(found), max(len(open_ones) - MOST_BRANCHES, 0)

    def _open(self, branch: Branch) -> bool:
        """Say whether a branch may bring something: what staging or main has reached already brings nothing."""
        kind = classify(branch.name, main=self.settings.main, staging=self.settings.staging)
        if branch.name == self.status.branch or kind in (BranchKind.MAIN, BranchKind.STAGING) or branch.absorbed_by:
            return False
        if branch.local is not None and branch.remote is not None and branch.local != branch.remote:
            return True  # what is counted below is one of the two
        return not any(side is not None and side.ahead == 0 for side in (branch.against_main, branch.against_staging))

    async def _touches(self, base: str, tip: str) -> bool:
        folders = {dirname(one.file) for one in self.here.revisions}
        return not folders or any(dirname(path) in folders for path in await self.clone.changed_files(base, tip))

    async def _files(self, name: str, tips: Sequence[str]) -> BranchFiles:
        """Return the migrations of a branch; of one that stands elsewhere here than at origin, those of both."""
        if self.outside.graph_at is None:
            return BranchFiles(name, None, "migration files of a commit cannot be read here")
        try:
            graphs = [await self.outside.graph_at(tip) for tip in tips]
        except (BlockedError, CloneError) as error:
            return BranchFiles(name, None, error.cause, error.next_step)
        return BranchFiles(name, graphs[0] if len(graphs) == 1 else _joined(graphs))


def _joined(graphs: Sequence[RevisionGraph]) -> RevisionGraph:
    """Return one graph of two states of a branch: an id that both have counts once."""
    revisions = {one.id: one for graph in reversed(graphs) for one in graph.revisions}
    unclear = tuple(dict.fromkeys(one for graph in graphs for one in graph.unclear))
    return RevisionGraph.of(revisions.values(), unclear, complete=all(graph.complete for graph in graphs))
