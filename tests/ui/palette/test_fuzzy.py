from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.ui.palette.entry import LONGEST, Entry, Row
from strideiq_console.ui.palette.fuzzy import weigh
from strideiq_console.ui.palette.search import MOST, SLICE, Search


def order(query: str, *names: str) -> list[str]:
    weights = {name: weigh(query.casefold().split(), name.casefold()) for name in names}
    return sorted((name for name in names if weights[name] > 0), key=lambda name: -weights[name])


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("cal", ("feature/calendar", "feature/recall", "feature/create-a-log")),
        ("#43", ("#43 Fix auth crash", "#430 Calendar", "CI #1843 main")),
        ("fix crash", ("hotfix/fix-auth-crash", "feature/fix-auth-crash-page-again")),
        ("mn", ("main", "feature/mountain")),
    ],
)
def test_what_was_meant_comes_first(query: str, names: tuple[str, ...]) -> None:
    assert order(query, *reversed(names)) == list(names)


def test_every_word_must_be_there_and_letters_too_far_apart_are_chance() -> None:
    assert order("fix coach", "hotfix/fix-auth-crash") == []
    assert order("fz", "f" + "-" * 60 + "z") == []


@given(st.text(max_size=12), st.text(max_size=60), st.text(min_size=1, max_size=3))
def test_a_longer_query_finds_no_more(query: str, name: str, more: str) -> None:
    longer = weigh((query + more).casefold().split(), name.casefold())
    if query.strip() and longer > 0:
        assert weigh(query.casefold().split(), name.casefold()) > 0


def entries(count: int) -> list[Entry]:
    return [Entry(f"feature/work-{number}", Row("branches", f"feature/work-{number}"), "branch") for number in range(count)]


async def test_five_thousand_lines_are_searched_in_slices() -> None:
    search, turns = Search(), 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    await search.fill(entries(5000))
    assert turns >= 5000 // SLICE
    turns = 0
    found = await search.best("work 4999")
    assert turns >= 5000 // SLICE - 1, "keys are heard while it searches"
    assert found[0][1].words == "feature/work-4999"
    assert len(await search.best("w")) == MOST
    task.cancel()


async def test_a_newer_search_ends_an_older_one_and_a_longer_query_looks_among_what_was_found() -> None:
    search = Search()
    await search.fill(entries(3 * SLICE))
    older = asyncio.create_task(search.best("w"))
    await asyncio.sleep(0)
    newer = await search.best("work-7")
    assert await older == []
    assert newer
    narrowed = await search.best("work-77")
    fresh = Search()
    await fresh.fill(entries(3 * SLICE))
    assert [e.words for _, e in narrowed] == [e.words for _, e in await fresh.best("work-77")]
    assert await search.best("  ") == []


def test_a_long_line_is_cut() -> None:
    assert len(Entry("x" * 5000, Row("branches", "x")).words) == LONGEST
