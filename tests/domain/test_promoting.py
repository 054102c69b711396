"""Who rides along to main and what stands before it (R40, S7, T4, T9, T10, T15)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.policy.promoting import Hold, Obstacle, omitted_work, promotion_refusals, riders
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.policy.rollback.facts import Change

AT = datetime(2026, 1, 9, tzinfo=UTC)
BASE = "0" * 40
A, B, C, D, E, F = (letter * 40 for letter in "abcdef")


def change(sha: str, *parents: str, subject: str = "work", message: str = "") -> Change:
    return Change(Commit(sha, subject, "founder", AT, parents or (BASE,)), message or subject, ())


def tried(sha: str) -> Verification:
    return Verification(sha, "founder", AT)


def holds(found: tuple[Obstacle, ...]) -> list[Hold]:
    return [obstacle.hold for obstacle in found]


LINE = (change(C, B, subject="feat: c"), change(B, A, subject="fix: b"), change(A, BASE, subject="feat: a"))
# D merges C and the side commit E, which started at A.
FORK = (change(D, C, E, subject="Merge"), change(C, B), change(E, A), change(B, A), change(A, BASE))


@pytest.mark.parametrize(
    ("changes", "verified", "expected"),
    [
        (LINE, C, {A, B, C}),
        (LINE, B, {A, B}),
        (LINE, BASE, set()),
        (LINE, F, set()),
        (LINE, None, set()),
        (FORK, D, {A, B, C, D, E}),
        (FORK, C, {A, B, C}),
        (FORK, E, {A, E}),
        ((), A, set()),
    ],
)
def test_verified_is_what_was_there_when_staging_was_tried(
    changes: tuple[Change, ...], verified: str | None, expected: set[str]
) -> None:
    found = riders(changes, verified)
    assert [rider.commit.sha for rider in found] == [change.commit.sha for change in changes]
    assert {rider.commit.sha for rider in found if rider.verified} == expected


def test_the_verified_head_verifies_all_also_without_parents() -> None:
    bare = tuple(Change(Commit(sha, "x", "founder", AT)) for sha in (C, B, A))
    assert all(rider.verified for rider in riders(bare, C))
    assert [rider.verified for rider in riders(bare, B)] == [False, True, False]


def test_nothing_stands_before_a_verified_staging() -> None:
    assert promotion_refusals(LINE, (), tried(C), merge_commits=True) == ()
    assert promotion_refusals(LINE, (), tried(C)) == ()


def test_what_is_not_known_and_what_is_empty() -> None:
    assert holds(promotion_refusals(None, (), tried(C))) == [Hold.UNKNOWN]
    assert holds(promotion_refusals(LINE, None, tried(C))) == [Hold.UNKNOWN]
    assert holds(promotion_refusals((), (change(D),), None)) == [Hold.NOTHING]


def test_unverified_commits_are_listed() -> None:
    (found,) = promotion_refusals(LINE, (), tried(A))
    assert (found.hold, found.rule) == (Hold.UNVERIFIED, "R40")
    assert found.sentence() == (
        "staging moved from aaaaaaa to ccccccc since it was verified: "
        "2 of 3 commits are not verified: ccccccc feat: c, bbbbbbb fix: b. "
        "users would get what nobody has tried. "
        "verify staging at ccccccc, or release what is verified: a release branch at aaaaaaa."
    )
    (found,) = promotion_refusals(LINE, (), None)
    assert found.cause.startswith("nobody has verified ccccccc: 3 of 3")
    assert found.next_step == "verify staging at ccccccc"


def test_a_long_list_is_counted() -> None:
    many = tuple(change(f"{n:040x}", f"{n - 1:040x}", subject=f"c{n}") for n in range(40, 20, -1))
    (found,) = promotion_refusals(many, (), None)
    assert found.cause.endswith("c33 and 12 more")


def test_staging_behind_main_wants_a_back_merge_first() -> None:
    (found,) = promotion_refusals(LINE, (change(D, subject="hotfix"),), tried(C))
    assert (found.hold, found.rule) == (Hold.BEHIND, "T9")
    assert found.cause == "staging is 1 commit behind main: ddddddd hotfix"
    assert "back into staging by pull request, then verify staging again" in found.next_step


def test_merge_commits_that_are_switched_off() -> None:
    (found,) = promotion_refusals(LINE, (), tried(C), merge_commits=False)
    assert (found.hold, found.rule) == (Hold.NO_MERGE_COMMITS, "T10")


def test_everything_is_said_at_once() -> None:
    reverted = change(E, D, subject='Revert "x"', message=f"This reverts commit {F}.")
    found = promotion_refusals(LINE, (reverted,), tried(A), merge_commits=False)
    assert holds(found) == [Hold.BEHIND, Hold.REVERTED, Hold.UNVERIFIED, Hold.NO_MERGE_COMMITS]
    assert found[1].cause == "fffffff was reverted and not landed again on main"
    assert found[1].next_step.startswith("re-land it first")
    assert (found[1].rule, "back-merge" in found[1].next_step) == ("T4", True)


def revert(sha: str, parent: str, of: str) -> Change:
    return change(sha, parent, subject='Revert "x"', message=f'Revert "x"\n\nThis reverts commit {of}.')


@pytest.mark.parametrize(
    ("behind", "omitted"),
    [
        ((), {}),
        ((revert(E, D, F),), {F: E}),  # of shared history: staging holds F still
        ((revert(E, D, D), change(D, BASE, F)), {D: E}),  # the merge that brought F, which is staging's
        ((revert(E, D, D), change(D, BASE)), {}),  # main alone ever had D
        ((revert(E, D, D), change(D, BASE, C), change(C, BASE)), {}),  # a merge of what main alone has
        ((revert(B, E, E), revert(E, D, F)), {}),  # landed again
        ((revert(A, B, B), revert(B, E, E), revert(E, D, F)), {F: A}),  # and taken back once more
        ((revert(E, D, F[:9]),), {F[:9]: E}),
    ],
)
def test_work_that_the_merge_would_leave_out(behind: tuple[Change, ...], omitted: dict[str, str]) -> None:
    assert omitted_work(behind) == omitted
    assert [o.hold for o in promotion_refusals(LINE, behind, tried(C)) if o.rule == "T4"] == [Hold.REVERTED] * len(omitted)
