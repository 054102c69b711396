"""The one walk, without git: small graphs whose figures a person can count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.domain.commit import Divergence
from strideiq_console.providers.git.walk import Tips, _Vertical, count

# a - b - c (main)   b - d - e (feature), d pushed   m merges c and e
GRAPH = ["m c e", "e d", "d b", "c b", "b a", "a"]


def test_ahead_behind_and_unpushed() -> None:
    tips = [Tips("c", "c"), Tips("e", "d"), Tips("m", None), Tips(None, "d")]
    main, feature, merged, theirs = count(GRAPH, tips, ["c", None])
    assert main.local == (Divergence(0, 0), None)
    assert main.unpushed == 0
    assert (feature.local[0], feature.remote[0], feature.unpushed) == (Divergence(2, 1), Divergence(1, 1), 1)
    assert (merged.local[0], merged.remote[0], merged.unpushed) == (Divergence(3, 0), None, None)
    assert (theirs.local[0], theirs.remote[0]) == (None, Divergence(1, 1))


def test_commits_of_nobody_count_for_nobody() -> None:
    (only,) = count(["x y", "y", *GRAPH], [Tips("c", None)], ["c"])
    assert only.local == (Divergence(0, 0),)


def test_vertical_counters_count_by_position() -> None:
    counter = _Vertical()
    expected = [0, 0, 0, 0]
    for mask, times in [(0b1011, 5), (0b0110, 1), (0b1000, 1000), (0b1111, 7), (0, 3), (0b0001, 0)]:
        counter.add(mask, times)
        for position in range(4):
            expected[position] += times * ((mask >> position) & 1)
    assert counter.totals(4) == expected


@given(st.lists(st.tuples(st.integers(0, 2**9 - 1), st.integers(0, 40)), max_size=60))
def test_vertical_counters_equal_plain_counting(added: list[tuple[int, int]]) -> None:
    counter = _Vertical()
    for mask, times in added:
        counter.add(mask, times)
    assert counter.totals(9) == [sum(times for mask, times in added if mask >> place & 1) for place in range(9)]
