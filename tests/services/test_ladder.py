"""The schema ladder over the files of the work tree and of each environment's own branch (R85)."""

from __future__ import annotations

from typing import Any

from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.migration import Revision
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.reading import Level
from strideiq_console.services.ladder import read_ladder
from tests.services.fake_clone import FakeClone
from tests.services.fake_outside import FakeOutside

BRANCHES = {"staging": "staging", "production": "main"}


def files(*ids: str) -> RevisionGraph:
    parents = [(), *((one,) for one in ids)]
    return RevisionGraph(tuple(Revision(one, parent) for one, parent in zip(ids, parents, strict=False)))


class Seen:
    def __init__(self, *rows: str) -> None:
        self.current = rows


class Database:
    def __init__(self, *rows: str) -> None:
        self._rows = rows

    async def revisions(self) -> Any:
        return Seen(*self._rows)


def outside(
    *, here: RevisionGraph, staging: RevisionGraph | None, main: RevisionGraph, rows: dict[str, tuple[str, ...]]
) -> Outside:
    world = FakeOutside()
    world.tracking = dict(world.origin)
    by_sha = {world.origin["staging"]: staging, world.origin["main"]: main}

    async def now() -> RevisionGraph:
        return here

    async def at(sha: str) -> RevisionGraph:
        found = by_sha[sha]
        if found is None:
            raise CloneError("a file is unclear")
        return found

    databases: dict[str, Any] = {name: Database(*one) for name, one in rows.items()}
    return Outside(clone=FakeClone(world), migrations=now, graph_at=at, databases=databases)


ROWS = {"local": ("a",), "staging": ("b",), "production": ("a",)}


async def test_a_revision_of_stagings_own_branch_is_no_riddle_in_a_work_tree_without_it() -> None:
    ladder = await read_ladder(outside(here=files("a"), staging=files("a", "b"), main=files("a"), rows=ROWS), BRANCHES)
    local, staging, production = ladder.rungs
    assert (staging.strange, staging.branch, staging.due) == ((), "staging", ())
    assert (production.due, production.branch) == ((), "main")
    assert (local.branch, local.due) == ("", None)
    assert ladder.level is Level.OK


async def test_what_the_own_branch_has_and_the_database_lacks_is_due() -> None:
    rows = {**ROWS, "staging": ("a",)}
    ladder = await read_ladder(outside(here=files("a"), staging=files("a", "b"), main=files("a"), rows=rows), BRANCHES)
    assert [revision.id for revision in ladder.rungs[1].due or ()] == ["b"]
    assert ladder.rungs[1].pending == (), "the work tree has nothing that staging lacks"


async def test_a_revision_that_nobody_defines_stays_strange() -> None:
    rows = {**ROWS, "staging": ("zz",)}
    ladder = await read_ladder(outside(here=files("a"), staging=files("a", "b"), main=files("a"), rows=rows), BRANCHES)
    assert ladder.rungs[1].strange == ("zz",)
    assert ladder.level is Level.UNKNOWN


async def test_files_of_a_branch_that_cannot_be_read_leave_the_work_tree_to_judge() -> None:
    ladder = await read_ladder(outside(here=files("a"), staging=None, main=files("a"), rows=ROWS), BRANCHES)
    assert ladder.rungs[1].strange == ("b",)
    assert ladder.rungs[1].due is None


async def test_production_ahead_of_staging_is_still_seen_through_the_branches() -> None:
    rows = {"local": ("a",), "staging": ("a",), "production": ("b",)}
    ladder = await read_ladder(outside(here=files("a"), staging=files("a"), main=files("a", "b"), rows=rows), BRANCHES)
    assert ladder.rungs[2].ahead == ("b",)
    assert ladder.level is Level.WARNING
