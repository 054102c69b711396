"""Which parent a revert takes, what a squash looks like, and what messages say about earlier reverts (T3, T4)."""

from __future__ import annotations

import pytest

from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.policy.rollback import (
    Change,
    Reason,
    omitted_by_merge,
    reland_branch,
    reland_refusals,
    revert_of,
    reverted_in,
    squashed,
    standing_reverts,
)
from tests.domain.rollback_facts import commit

A, B, C, D = ("1" * 40, "2" * 40, "3" * 40, "4" * 40)


@pytest.mark.parametrize(
    ("parents", "mainline", "parent"),
    [((B,), (), None), ((B, C), (), 1), ((B, C), (B,), 1), ((B, C), (C,), 2), ((B, C, D), (), 1)],
)
def test_the_parent_is_chosen_by_the_parents(parents: tuple[str, ...], mainline: tuple[str, ...], parent: int | None) -> None:
    found = revert_of(commit(A, *parents), mainline)
    assert (found.parent, found.branch) == (parent, "hotfix/revert-1111111")
    mainline_words = () if parent is None else ("-m", str(parent))
    assert found.words == ("revert", "--no-commit", *mainline_words, "--end-of-options", A)


@pytest.mark.parametrize(("parents", "mainline"), [((), ()), ((B, C), (D,)), ((B, C), (B, C))])
def test_a_parent_that_is_not_certain_is_refused(parents: tuple[str, ...], mainline: tuple[str, ...]) -> None:
    with pytest.raises(BlockedError) as caught:
        revert_of(commit(A, *parents), mainline)
    assert caught.value.next_step


def test_a_squash_is_one_parent_under_a_pull_request() -> None:
    assert squashed(commit(A, B, subject="fix login (#12)"))
    assert revert_of(commit(A, B, subject="fix login (#12)")).squashed
    assert not squashed(commit(A, B, C, subject="fix login (#12)"))
    assert not squashed(commit(A, B, subject="fix (#12) login"))


def test_messages_name_what_they_revert() -> None:
    merge = f'Revert "x"\n\nThis reverts commit {A}, reversing\nchanges made to {B}.\n'
    assert reverted_in(merge) == (A,)
    assert reverted_in(f"This reverts commit {A[:7]}.\nThis reverts commit {A[:7]}.") == (A[:7],)
    assert reverted_in(f"> quoted: This reverts commit {A}") == ()


def test_a_revert_of_a_revert_lands_the_work_again() -> None:
    work, undone = Change(commit(A, D)), Change(commit(B, A), f"This reverts commit {A[:9]}.")
    again, twice = Change(commit(C, B), f"This reverts commit {B}."), Change(commit(D, C), f"This reverts commit {C}.")
    assert standing_reverts([undone, work]) == {A: B}
    assert standing_reverts([again, undone, work]) == {}
    assert standing_reverts([twice, again, undone, work]) == {A: D}


def test_a_merge_that_leaves_reverted_work_out_is_refused() -> None:
    assert omitted_by_merge({A: B}, [C, A]) == (A,)
    assert omitted_by_merge({A[:8]: B}, [A]) == (A,)
    (refusal,) = reland_refusals({A: B}, [A, C])
    assert (refusal.reason, refusal.rule) == (Reason.RELAND_FORGOTTEN, "T4")
    assert "re-land" in refusal.next_step
    assert reland_refusals({}, [A]) == ()
    assert reland_branch(A) == "hotfix/reland-1111111"
