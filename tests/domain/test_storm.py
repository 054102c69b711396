"""When many fixes in an hour are a storm, and where the last good commit was (R52)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.policy.storm import Storm, is_fix, storm

NOW = datetime(2026, 1, 9, 2, 10, tzinfo=UTC)
GOOD = "9f3e21a" + "0" * 33


def sha(number: int) -> str:
    return f"{number:040x}"


def commit(number: int, minutes: float, subject: str, *parents: str, author: str = "founder") -> Commit:
    return Commit(sha(number), subject, author, NOW - timedelta(minutes=minutes), parents or (sha(number - 1),))


def line(*rows: tuple[float, str]) -> list[Commit]:
    """Return commits on one line, newest first, of which the last stands on GOOD."""
    made = [commit(len(rows) - place, minutes, subject) for place, (minutes, subject) in enumerate(rows)]
    oldest = made[-1]
    return [*made[:-1], Commit(oldest.sha, oldest.subject, oldest.author, oldest.committed_at, (GOOD,))]


def test_three_fixes_in_an_hour_are_a_storm() -> None:
    found = storm(line((5, "fix: c"), (20, "fix(api): b (#12)"), (38, "hotfix: a")), NOW)
    assert found == Storm(3, NOW - timedelta(minutes=38), sha(1), GOOD)
    assert found.sentence(NOW) == "3 fixes reached main in the last 38 min; before them it was 9f3e21a: consider going back to it"


@pytest.mark.parametrize(
    "rows",
    [
        [(5, "fix: c"), (20, "fix: b")],
        [(5, "fix: c"), (20, "fix: b"), (60.1, "fix: a")],
        [(5, "fix: c"), (20, "fix: b"), (30, "fixture for tests"), (31, "prefix all"), (32, "feat: fix")],
    ],
    ids=["two", "too old", "other words"],
)
def test_less_is_calm(rows: list[tuple[float, str]]) -> None:
    assert storm(line(*rows), NOW) is None


def test_nothing_is_calm() -> None:
    assert storm([], NOW) is None


def test_exactly_an_hour_counts_and_other_work_does_not() -> None:
    found = storm(line((1, "feat: x"), (5, 'Revert "feat: y"'), (20, "Fix crash"), (30, "docs: z"), (60, "fixes #12")), NOW)
    assert found is not None
    assert (found.count, found.first, found.before) == (3, sha(1), GOOD)
    assert storm(line((5, "fix: c"), (20, "fix: b")), NOW, fixes=2) is not None
    assert storm(line((5, "fix: c"), (20, "fix: b"), (25, "fix: a")), NOW, window=timedelta(minutes=22)) is None


def test_before_is_what_main_was_at_when_the_first_fix_came() -> None:
    # Fix 1 was made on a branch long before it came to main with merge 6; fix 2 was on main before that.
    side = commit(1, 50, "fix: a", sha(77))
    first = commit(2, 40, "fix: b", GOOD)
    merge = commit(6, 30, "Merge pull request #7 from acme/hotfix/a", first.sha, side.sha)
    last = commit(7, 10, "fix: c", merge.sha)
    found = storm([last, merge, first, side], NOW)
    assert found == Storm(3, NOW - timedelta(minutes=50), first.sha, GOOD)


def test_a_merge_brings_its_fixes_once_and_names_mains_own_parent() -> None:
    fixes = [commit(3, 20, "fix: c"), commit(2, 25, "fix: b"), commit(1, 30, "fix: a", sha(77))]
    merge = commit(9, 15, "fix: merge of three", GOOD, fixes[0].sha)
    found = storm([merge, *fixes], NOW)
    assert found == Storm(3, NOW - timedelta(minutes=30), sha(1), GOOD)


def test_before_is_not_guessed() -> None:
    rootless = [Commit(sha(n), "fix: x", "founder", NOW) for n in (3, 2, 1)]
    found = storm(rootless, NOW)
    assert found is not None
    assert found.before is None
    assert found.sentence(NOW, "trunk") == (
        "3 fixes reached trunk in the last 1 min; look for the last deployment that worked, and consider going back to it"
    )


def test_bots_and_merges_mend_nothing() -> None:
    assert is_fix(commit(1, 1, "fix: x"))
    assert not is_fix(commit(1, 1, "fix: x", author="dependabot[bot]"))
    assert not is_fix(commit(1, 1, "fix: x", author="strideiq-bot"), {"strideiq-bot"})
    assert not is_fix(commit(1, 1, "fix: x", GOOD, sha(5)))
    rows = line((5, "fix: c"), (20, "fix: b"), (25, "fix: a"))
    assert storm(rows, NOW, bots={"founder"}) is None


def test_a_history_that_goes_in_circles_ends() -> None:
    circle = [commit(1, 5, "fix: a", sha(2)), commit(2, 6, "fix: b", sha(1)), commit(3, 7, "fix: c", sha(1))]
    found = storm(circle, NOW)
    assert found is not None
    assert found.count == 3


def test_a_long_history_takes_little_time() -> None:
    rows = line(*((n / 1000, "fix: x") for n in range(20_000)))
    found = storm(rows, NOW)
    assert found is not None
    assert (found.count, found.before) == (20_000, GOOD)
