"""What a new migration would be made on: branches looked through, origin asked, and every fault said (R89)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from strideiq_console.domain.branch import CloneStatus
from strideiq_console.domain.fault import CloneError, Fault, FaultKind, OutsideError, UsageError
from strideiq_console.domain.migration import Revision
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.policy.new_migration import NewMigration
from strideiq_console.domain.reading import Level
from strideiq_console.services import new_migration
from strideiq_console.services.new_migration import read_new_migration
from strideiq_console.settings.outside import AlembicEnvironment, AlembicSettings, OutsideSettings
from tests.services.fake_clone import FakeClone
from tests.services.fake_outside import SETTINGS, FakeOutside

ALEMBIC = AlembicSettings("api", AlembicEnvironment(command=("uv", "run", "alembic")))


class Clone(FakeClone):
    """A clone whose commits hold the revisions that a test gives them; ``deaf``: origin does not answer."""

    def __init__(self, outside: FakeOutside) -> None:
        super().__init__(outside)
        self.holds: dict[str, str] = {}
        self.unreadable: set[str] = set()
        self.deaf = False
        self.origin: str | None = "file:///origin.git"
        self.read: list[str] = []

    async def status(self) -> CloneStatus:
        return replace(await super().status(), remote=self.origin, fetched_at=self.o.clock.now())

    async def remote_tip(self, branch: str) -> str | None:
        if self.deaf:
            raise OutsideError(Fault(FaultKind.UNREACHABLE, "git", "origin does not answer"))
        return await super().remote_tip(branch)

    async def changed_files(self, base: str, head: str) -> tuple[str, ...]:
        if head in self.unreadable:
            raise CloneError("the clone is shallow", next_step="git fetch --unshallow origin")
        return tuple(f"api/versions/{one}.py" for one in self.holds.get(head, "ab") if one not in self.holds.get(base, "ab"))

    async def graph_at(self, sha: str) -> RevisionGraph:
        self.read.append(sha)
        return chain(self.holds.get(sha, "ab"))

    def branch(self, name: str, holds: str = "ab") -> str:
        """Push a branch of one commit on staging that holds these revisions."""
        sha = self.o.commit(f"feat: {name}", self.o.origin["staging"])
        self.o.tracking[name] = sha
        self.holds[sha] = holds
        return sha


def chain(ids: str) -> RevisionGraph:
    """Return ``a``, ``b`` above it, and every other one above ``b``."""
    parents = {"a": (), "b": ("a",)}
    return RevisionGraph.of(Revision(i, parents.get(i, ("b",)), f"api/versions/{i}.py", f"add {i}") for i in ids)


@pytest.fixture
def clone() -> Clone:
    world = FakeOutside()
    world.tracking = dict(world.origin)
    world.local["feature/notes"] = world.commit("feat: notes", world.origin["staging"])
    world.head = "feature/notes"
    return Clone(world)


def outside(clone: Clone | None) -> Outside:
    async def now() -> RevisionGraph:
        return chain("ab")

    return Outside(clone=clone, migrations=now, graph_at=clone.graph_at if clone else None)


async def proposed(world: Outside, text: str = "Add notes", **more: Any) -> NewMigration:
    settings = replace(SETTINGS, outside=OutsideSettings(alembic=more.pop("alembic", ALEMBIC)))
    return await read_new_migration(world, settings, text)


async def test_the_command_is_the_settings_own_in_the_folder_of_alembic(clone: Clone) -> None:
    found = await proposed(outside(clone))
    assert found.command == ("uv", "run", "alembic", "revision", "--autogenerate", "-m", "add notes")
    assert (found.slug, found.folder, found.heads) == ("add_notes", "api", (("b", "api/versions/b.py"),))
    assert (found.branch, found.compared, found.asked) == ("feature/notes", ("origin/staging", "origin/main"), True)
    assert found.fetched_at == clone.o.clock.now()
    assert (found.level, found.notices) == (Level.OK, ())


async def test_what_the_local_environment_has_of_its_own_counts(clone: Clone) -> None:
    own = AlembicSettings("api", ALEMBIC.default, (AlembicEnvironment("local", ("./tool", "alembic")),))
    assert (await proposed(outside(clone), alembic=own)).command[:2] == ("./tool", "alembic")


async def test_a_head_that_moved_on_origin_is_warned_of_fetched_or_not(clone: Clone) -> None:
    clone.holds[clone.o.origin["staging"]] = "abs"
    clone.o.origin["main"] = clone.o.commit("fix: elsewhere", clone.o.origin["main"])
    found = await proposed(outside(clone))
    lacking, moved = found.notices
    assert "origin/staging has a revision that the work tree lacks: s (add s)" in lacking.words
    assert "origin/main has moved since the last fetch" in moved.words
    assert found.level is Level.WARNING


async def test_another_branch_that_makes_a_head_is_named_and_the_others_are_not_read(clone: Clone) -> None:
    clone.branch("feature/zones", "abk")
    plain = clone.branch("feature/plain")
    clone.o.tracking["feature/merged"] = clone.o.origin["staging"]
    found = await proposed(outside(clone))
    assert [one.words for one in found.notices] == [
        "feature/zones adds k (add k) on b too: two branches, two heads once both are merged"
    ]
    assert found.compared == ("origin/staging", "origin/main", "feature/zones")
    assert plain not in clone.read, "it changes no migration"


async def test_a_branch_that_stands_elsewhere_here_than_at_origin_is_read_at_both(clone: Clone) -> None:
    clone.branch("feature/zones", "abk")
    clone.o.local["feature/zones"] = clone.o.origin["staging"]
    found = await proposed(outside(clone))
    assert "feature/zones adds k (add k)" in found.notices[0].words


def no_origin(clone: Clone) -> None:
    clone.origin = None


def deaf(clone: Clone) -> None:
    clone.deaf = True


def shallow(clone: Clone) -> None:
    clone.unreadable.add(clone.branch("feature/zones", "abk"))


@pytest.mark.parametrize(
    ("broken", "says", "step"),
    [
        (no_origin, "the clone has no origin", "git fetch origin"),
        (deaf, "origin does not answer", "git fetch origin"),
        (shallow, "the migrations of feature/zones are not known: the clone is shallow", "git fetch --unshallow origin"),
    ],
)
async def test_what_cannot_be_told_is_never_well(clone: Clone, broken: Callable[[Clone], None], says: str, step: str) -> None:
    broken(clone)
    found = await proposed(outside(clone))
    assert found.level is Level.UNKNOWN
    assert says in found.notices[-1].words
    assert step in found.notices[-1].next_step
    assert found.heads == (("b", "api/versions/b.py"),), "what is known is still said"


async def test_more_branches_than_are_read_are_counted(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_migration, "MOST_BRANCHES", 2)
    for number in range(5):
        clone.branch(f"feature/f{number}")
    found = await proposed(outside(clone))
    assert (found.level, found.notices[-1].words) == (Level.UNKNOWN, "3 older branches were not looked at")


async def test_without_a_clone_or_alembic_it_is_unknown_and_says_what_to_do(clone: Clone) -> None:
    async def none() -> RevisionGraph:
        raise CloneError("no alembic.ini says where", next_step="name the folder of alembic.ini in config.toml")

    unconfigured = await proposed(Outside(clone=clone))
    nowhere = await proposed(Outside(clone=clone, migrations=none))
    alone = await proposed(outside(None))
    steps = [one.notices[0].next_step for one in (unconfigured, nowhere, alone)]
    assert all(one.level is Level.UNKNOWN for one in (unconfigured, nowhere, alone))
    assert ["alembic.ini" in step for step in steps] == [True, True, False]
    assert "clone" in steps[2]
    assert (unconfigured.heads, alone.heads) == (None, (("b", "api/versions/b.py"),))


async def test_nothing_is_changed_and_a_text_without_a_word_is_refused(clone: Clone) -> None:
    await proposed(outside(clone))
    assert clone.o.effects == []
    with pytest.raises(UsageError):
        await proposed(outside(clone), "…")
