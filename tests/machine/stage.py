"""A world on which a runbook is carried out while other people and the founder do what they like, and what must hold meanwhile."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

from strideiq_console import wiring
from strideiq_console.cli.context import Options
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.runbook.execution import EntryKind
from strideiq_console.domain.runbook.standing import Consent, Standing
from strideiq_console.sandbox.world import World
from strideiq_console.services.record import Point
from tests.crash.happenings import git
from tests.crash.invariants import unsaved

T = TypeVar("T")
INTENTIONS = (EntryKind.INTENDED, EntryKind.UNDO_INTENDED)


class Crash(BaseException):
    """The process ends here."""


@cache
def template(scenario: str) -> Path:
    """Make a world once; every example begins with a copy of it."""
    folder = Path(mkdtemp(prefix="strideiq-stage-")) / "world"
    World.open(folder, scenario=scenario, clock="manual").close()
    return folder


def copy_world(source: Path, target: Path) -> None:
    """Copy a world that may be open: what sqlite holds is copied by sqlite."""
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("*.db", "*.db-wal", "*.db-shm"))
    for file in source.rglob("*.db"):
        with closing(sqlite3.connect(file)) as held, closing(sqlite3.connect(target / file.relative_to(source))) as made:
            held.backup(made)


class Stage:
    """One copy of a world with a console over it. ``kept`` are commits that must stay reachable, ``saved`` the unsaved work."""

    def __init__(self, scenario: str = "", *, of: Path | None = None) -> None:
        """Copy the world of a scenario, or the one in the folder ``of`` as it is."""
        self.folder = Path(mkdtemp(prefix="strideiq-play-")) / "world"
        copy_world(of or template(scenario), self.folder)
        git(self.folder / "clone", "remote", "set-url", "origin", str(self.folder / "origin.git"))
        self.world = World.open(self.folder)
        self.loop = asyncio.new_event_loop()
        self._stack = AsyncExitStack()
        self.console = self.run(self._stack.enter_async_context(wiring.Wiring({}).live(Options(world=self.folder))))
        assert self.console.engine is not None, self.console.read_only
        self.engine = self.console.engine
        self.kept = self.reachable()
        self.saved = unsaved(self.world.clone)
        self.stash = git(self.world.clone, "stash", "list")

    def run(self, deed: Any) -> Any:
        """Carry a coroutine out to its end."""
        return self.loop.run_until_complete(deed)

    def reachable(self) -> set[str]:
        """Return every commit that a ref of the clone or of origin reaches."""
        return {*git(self.world.clone, "rev-list", "--all").split(), *git(self.world.origin, "rev-list", "--all").split()}

    def somebody(self, deed: Callable[[World], object]) -> None:
        """Let somebody else do something; what that makes unreachable is not the console's doing."""
        deed(self.world)
        self.world.settle()
        self.kept = self.reachable()
        self.saved, self.stash = unsaved(self.world.clone), git(self.world.clone, "stash", "list")

    def console_does(self, execution_id: str, deed: Callable[[], Any], *, dies_after: int = 0) -> Standing | None:
        """Let the console do something, perhaps dying after so many points; check what must hold afterwards."""
        seen, intended = len(self.world.read()["effects"]), self._intended(execution_id)
        left = [dies_after]

        def passed(point: Point, step: str) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise Crash

        self.engine._trace = passed if dies_after else None
        standing = None
        try:
            standing = self.run(deed())
        except Crash:
            pass
        except ConsoleError:
            # Refused with a sentence: that is an answer.
            pass
        finally:
            self.engine._trace = None
        self._holds(execution_id, seen, intended)
        return standing

    def _intended(self, execution_id: str) -> int:
        store = self.console._store
        assert store is not None
        return sum(entry.kind in INTENTIONS for entry in store.journal.entries(execution_id))

    def _holds(self, execution_id: str, seen: int, intended: int) -> None:
        self.world.settle()
        now = self.reachable()
        lost = self.kept - now
        assert not lost, f"commits lost: {sorted(lost)[:3]}"
        self.kept = now
        state = self.world.read()
        new = state["effects"][seen:]
        assert not any(effect.get("forced") for effect in state["effects"][seen:]), new
        assert state["violations"] == []
        assert unsaved(self.world.clone) == self.saved, "unsaved work was touched"
        assert git(self.world.clone, "stash", "list") == self.stash, "the stash was touched"
        assert not new or self._intended(execution_id) > intended, f"effects without an intention: {new}"

    def leases(self) -> list[tuple[Any, ...]]:
        """Return the leases that are held."""
        store = self.console._store
        assert store is not None
        with store._database.reading() as connection:
            return list(connection.execute("SELECT scope, execution FROM leases").fetchall())

    def audited(self) -> str | None:
        """Return what is broken in the audit chain, None when it is whole and agrees with the journal."""
        store = self.console._store
        assert store is not None
        return store.audit.verify()

    def close(self) -> None:
        """Take everything down."""
        self.run(self._stack.aclose())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        self.world.close()
        shutil.rmtree(self.folder.parent)


def consent_to(standing: Standing, how: str) -> Consent:
    """Return what a person says: ``right``, ``wrong word``, ``no``, or nothing."""
    if standing.record is None or how == "nothing":
        return Consent()
    if standing.question:
        return Consent(answer="no" if how == "no" else "yes")
    word = standing.word if how == "right" else "staging"
    return Consent(step=standing.record.step.id, effects=standing.fingerprint, word=word, database=standing.database)
