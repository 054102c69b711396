"""Reads of a branch on demand: against the branch that it goes to, capped, and with a reason where nothing can be read."""

from __future__ import annotations

import pytest

from strideiq_console.domain.comparison import MOST_COMMITS
from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.outside import Outside
from strideiq_console.services.branch_reads import BranchReads
from tests.services.fakes import FakeClone, FakeOutside
from tests.services.tidy_cases import MERGED, WORK, left_over


async def reads(outside: FakeOutside) -> BranchReads:
    clone = FakeClone(outside)
    return BranchReads(Outside(clone=clone), await clone.branches())


async def test_a_feature_is_read_against_staging_and_a_hotfix_against_main() -> None:
    outside = left_over()
    outside.local["hotfix/fix"] = outside.commit("fix: it", outside.tracking["main"])
    here = await reads(outside)
    work = await here.work(WORK)
    assert (work.base, [c.subject for c in work.commits], work.more) == ("staging", [f"feat: {WORK}"], False)
    fix = await here.work("hotfix/fix")
    assert (fix.base, [c.subject for c in fix.commits]) == ("main", ["fix: it"])
    assert (await here.work("staging")).base == "main"
    assert (await here.work(MERGED)).commits == ()


async def test_main_shows_its_newest_and_too_many_are_cut() -> None:
    outside = left_over()
    for number in range(MOST_COMMITS + 5):
        outside.tracking["main"] = outside.commit(f"chore: {number}", outside.tracking["main"])
    work = await (await reads(outside)).work("main")
    assert (work.base, len(work.commits), work.more) == ("", MOST_COMMITS, True)


async def test_the_whole_branch_or_one_commit() -> None:
    outside = left_over()
    here = await reads(outside)
    assert [f.path for f in (await here.changes(WORK)).files] == [WORK]
    assert [f.path for f in (await here.changes(WORK, outside.local[WORK])).files] == [WORK]


async def test_without_a_clone_or_a_branch_it_says_why() -> None:
    with pytest.raises(BlockedError, match="no clone"):
        await BranchReads(Outside(), ()).work("main")
    with pytest.raises(BlockedError, match="no branch feature/none"):
        await (await reads(left_over())).changes("feature/none")
