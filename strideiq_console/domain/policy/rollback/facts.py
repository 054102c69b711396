"""What the rollback planner is told. None always means "not known", and what is not known never opens a path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.migration import Revision
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_path import Difference, between


@dataclass(frozen=True, slots=True)
class Change:
    """A commit between two others. ``message`` is the whole one, for what it says it reverts.

    ``migrations`` are the migration files that differ from its first parent; None: nobody looked.
    """

    commit: Commit
    message: str = ""
    migrations: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Crossing:
    """The way from one commit back to another.

    ``changes`` is ``git log END..START``, newest first and whole (no cap hit), with the parents of each. ``before`` and ``after``
    are the migration files of START and END. ``same_files`` is true when git says that the folder of migration files is identical
    in both (one tree): then nothing needs to be read from the files. ``descends`` says whether END is an ancestor of START.
    """

    start: str
    end: str
    changes: tuple[Change, ...] | None = None
    before: RevisionGraph | None = None
    after: RevisionGraph | None = None
    same_files: bool | None = None
    descends: bool | None = None

    @cached_property
    def difference(self) -> Difference | None:
        """What the migration files do not share; None when either side is not known or not understood."""
        if self.before is None or self.after is None or not (self.before.sound and self.after.sound):
            return None
        return between(self.before, self.after)

    @property
    def same_schema(self) -> bool:
        """Say whether both commits are known to carry the same migration files."""
        found = self.difference
        if found is None:
            return self.same_files is True
        return not (found.only_live or found.only_target or found.changed)

    @property
    def crossed(self) -> tuple[Revision, ...]:
        """Return the revisions that only START has; empty also where that is not known."""
        return self.difference.only_live if self.difference is not None else ()

    @cached_property
    def line(self) -> tuple[Change, ...]:
        """What went onto the branch one by one, newest first: the first parents from START down, as far as ``changes`` reach."""
        by_sha = {change.commit.sha: change for change in self.changes or ()}
        found: list[Change] = []
        here = by_sha.pop(self.start, None)
        while here is not None:
            found.append(here)
            here = by_sha.pop(here.commit.parents[0], None) if here.commit.parents else None
        return tuple(found)

    @property
    def straight(self) -> bool:
        """Say whether undoing :attr:`line` leads to END: only then does its last commit have END as first parent."""
        return bool(self.line) and self.line[-1].commit.parents[:1] == (self.end,)


@dataclass(frozen=True, slots=True)
class Place:
    """One component where it is served.

    ``candidates`` are all deployments in sight, ``reachable`` the ids that the provider would roll back to now (its
    ``rollback_targets``, which honour the plan's depth). ``variables_changed`` are names that changed since the target's
    deployment. ``migrates``: its code reads the version table at start. ``wanted`` false: the founder leaves it as it is.
    ``redeploys``: the provider can build the target's commit anew. ``can_hold``: deploying by push can be switched off.
    """

    component: str
    provider: str
    live: Deployment | None
    candidates: tuple[Deployment, ...] = ()
    reachable: frozenset[str] | None = None
    pinned: bool | None = None
    variables_changed: tuple[str, ...] | None = None
    migrates: bool = False
    wanted: bool = True
    redeploys: bool | None = None
    can_hold: bool | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """The database of the environment. ``rows`` is its version table; an empty tuple is a table without rows.

    ``proven``: it is the enrolled database. ``backup_at`` is the newest backup that was verified. ``upgrades_at_start``: the code
    runs ``alembic upgrade`` when it starts.
    """

    rows: tuple[str, ...] | None = None
    database: str = ""
    proven: bool | None = None
    backup_at: datetime | None = None
    backup_id: str = ""
    upgrades_at_start: bool | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What stands before a merge to the branch: protection, approvals wanted, a bot that opens, other people who review."""

    protected: bool | None = None
    approvals: int | None = None
    bot: bool | None = None
    others: bool | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the planner judges by.

    ``target`` is the commit to go back to. ``live`` leads there from what the migrating component serves, ``main`` from the
    branch's head; both are the same where production serves that head. ``reverted`` maps each commit that was reverted and not
    landed again to the commit that reverted it. ``blamed`` is one commit to take back, where it is not everything since the target.
    """

    target: str
    places: tuple[Place, ...]
    live: Crossing
    main: Crossing | None = None
    schema: Schema = field(default_factory=Schema)
    review: Review = field(default_factory=Review)
    reverted: Mapping[str, str] = field(default_factory=dict)
    blamed: str | None = None
    environment: str = "production"
    branch: str = "main"

    @property
    def moving(self) -> tuple[Place, ...]:
        """Return the components to move: those that ask before those that answer, so that no newer page meets an older API."""
        away = [p for p in self.places if p.wanted and not (p.live is not None and p.live.sha == self.target)]
        return tuple(sorted(away, key=lambda p: (p.migrates, p.component)))
