"""Versions by semver 2.0, what tags say, and what comes next (R53, S8)."""

from __future__ import annotations

import itertools
import time

import pytest

from strideiq_console.domain.branch import BranchKind, classify
from strideiq_console.domain.version import Version, below, parse, proposals, read_tags, release_branch, tag, taken

# The order of semver.org, section 11, and the numbers of its first lines.
PRE = ("alpha", "alpha.1", "alpha.beta", "beta", "beta.2", "beta.11", "rc.1")
ORDERED = (*(f"1.0.0-{pre}" for pre in PRE), "1.0.0", "1.0.1", "1.1.0", "1.9.0", "1.10.0", "2.0.0")


def version(text: str) -> Version:
    found = parse(text)
    assert found is not None
    return found


def test_precedence_is_that_of_the_standard() -> None:
    for lower, higher in itertools.combinations(ORDERED, 2):
        assert version(lower) < version(higher)
        assert not version(higher) <= version(lower)
    assert sorted(map(version, reversed(ORDERED))) == [version(text) for text in ORDERED]
    assert version("1.0.0+a") == version("1.0.0+b")
    assert not version("1.0.0-a-b") < version("1.0.0-1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2.3", Version(1, 2, 3)),
        ("v1.2.3", Version(1, 2, 3)),
        ("release-1.2.3", Version(1, 2, 3)),
        ("release/v1.2.3", Version(1, 2, 3)),
        ("v1.2.3-rc.1", Version(1, 2, 3, "rc.1")),
        ("v1.2.3-0a.-.x-1+20260109.abc", Version(1, 2, 3, "0a.-.x-1")),
        ("0.0.0", Version(0, 0, 0)),
        ("v999999999.0.0", Version(999999999, 0, 0)),
    ],
)
def test_versions_are_read(text: str, expected: Version) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v1",
        "1.2",
        "v1.2.3.4",
        "01.2.3",
        "1.02.3",
        "1.2.3-01",
        "1.2.3-",
        "1.2.3-a..b",
        "1.2.3+",
        "1.2.3-ü",
        "1.2.3 ",
        "1.2.3\n",
        "nightly",
        "vv",
        "٣.1.1",
        "2026-01-09",
        "v1.2.3-" + "9" * 20,
        "9999999999.0.0",
    ],
)
def test_what_is_no_version(text: str) -> None:
    assert parse(text) is None


def test_written_back() -> None:
    made = version("v0.10.0-rc.1+b7")
    assert (str(made), tag(made), release_branch(made)) == ("0.10.0-rc.1+b7", "v0.10.0-rc.1", "release/v0.10.0-rc.1")
    assert classify(release_branch(Version(0, 10, 0))) is BranchKind.RELEASE
    assert classify(release_branch(Version(0, 10, 0, "rc.1"))) is BranchKind.RELEASE


def test_tags_are_sorted_and_the_strange_ones_kept() -> None:
    found = read_tags(["v0.9.0", "nightly", "v0.10.0", "v0.10.0-rc.1", "backup/2026", "v0.9.0"])
    assert [tagged.name for tagged in found.found] == ["v0.10.0", "v0.10.0-rc.1", "v0.9.0"]
    assert found.strange == ("nightly", "backup/2026")
    assert found.conflicts == ()
    assert found.latest is not None
    assert found.latest.name == "v0.10.0"
    assert read_tags([]).latest is None


def test_tags_that_contradict_each_other_are_reported() -> None:
    found = read_tags(["v1.2.3", "1.2.3", "release-1.2.3", "v1.2.4"])
    assert found.conflicts == (
        "versions are tagged in 3 ways: vX.Y.Z (2), X.Y.Z (1), release-X.Y.Z (1)",
        "1.2.3 is tagged 3 times: 1.2.3, release-1.2.3, v1.2.3",
    )


def test_two_ways_are_a_conflict_too() -> None:
    assert read_tags(["v1.0.0", "1.0.1"]).conflicts == ("versions are tagged in 2 ways: X.Y.Z (1), vX.Y.Z (1)",)


FIX, FEAT, BREAK = "fix: x", "feat(auth): x", "feat!: x"


@pytest.mark.parametrize(
    ("tags", "messages", "expected"),
    [
        ([], [FEAT], []),
        (["nightly"], [FEAT], []),
        (["v1.2.3"], [FIX, "no type at all"], ["1.2.4", "1.3.0", "2.0.0"]),
        (["v1.2.3"], [FIX, FEAT], ["1.3.0", "2.0.0"]),
        (["v1.2.3"], [FIX, BREAK, FEAT], ["2.0.0"]),
        (["v1.2.3"], ["fix: x\n\nBREAKING CHANGE: y"], ["2.0.0"]),
        (["v0.9.1"], [FEAT], ["0.10.0", "1.0.0"]),
        (["v0.9.1"], [BREAK], ["0.10.0", "1.0.0"]),
        (["v0.9.1"], [FIX], ["0.9.2", "0.10.0", "1.0.0"]),
        (["v1.2.3"], [], ["1.2.4", "1.3.0", "2.0.0"]),
        (["v1.3.0-rc.1", "v1.2.3"], [FEAT], ["1.3.0", "1.3.0-rc.2"]),
        (["v1.3.0-rc.1", "v1.2.3"], [BREAK], ["2.0.0", "1.3.0-rc.2"]),
        (["v1.3.0-rc.1", "v1.3.0"], [FIX], ["1.3.1", "1.4.0", "2.0.0"]),
        (["v0.1.0-beta"], [BREAK], ["0.1.0", "0.1.0-beta.1"]),
        (["1.2.3", "v1.2.4"], [FIX], ["1.2.5", "1.3.0", "2.0.0"]),
    ],
)
def test_what_comes_next(tags: list[str], messages: list[str], expected: list[str]) -> None:
    known = read_tags(tags)
    found = proposals(known, messages)
    assert [str(proposal.version) for proposal in found] == expected
    assert all(proposal.why for proposal in found)
    assert all(proposal.version > tagged.version for proposal in found for tagged in known.found)


def test_the_reason_is_said() -> None:
    tags = read_tags(["v1.2.3"])
    assert proposals(tags, [FEAT, FEAT, FIX])[0].why == "2 new features since v1.2.3"
    assert proposals(tags, [BREAK])[0].why == "1 breaking change since v1.2.3"
    assert proposals(tags, [FIX])[0].why == "1 commit, no feature and nothing breaking since v1.2.3"
    assert proposals(tags, [FIX])[2].why == "raises the first number"
    early = proposals(read_tags(["v0.9.0"]), [BREAK])[0].why
    assert early == "1 breaking change; the first number stays 0 until you say otherwise, since v0.9.0"


def test_a_version_that_exists_is_named_with_its_place() -> None:
    new = Version(0, 10, 0)
    assert taken(new, ["v0.9.0"], ["nightly"]) == ""
    assert taken(new, ["v0.10.0"], []) == "v0.10.0 exists already in the clone (v0.10.0)"
    both = taken(new, ["v0.10.0", "0.10.0"], ["release-0.10.0+b1"])
    assert both == "v0.10.0 exists already in the clone (0.10.0, v0.10.0) and at origin (release-0.10.0+b1)"
    assert taken(new, ["v0.10.0-rc.1"], []) == ""


def test_going_back_is_said() -> None:
    tags = read_tags(["v0.9.0", "v0.10.0"])
    assert below(Version(0, 9, 5), tags) == "v0.9.5 is older than v0.10.0"
    assert below(Version(0, 10, 0), tags) == ""
    assert below(Version(0, 10, 1), tags) == below(Version(0, 1, 0), read_tags([])) == ""


def test_long_names_and_many_tags_take_little_time() -> None:
    began = time.process_time()
    assert [parse(text * 10**6) for text in ("1", "1.", "a", "1.2.3-a", "-")] == [None] * 5
    assert len(read_tags(f"v{n // 100}.{n % 100}.0" for n in range(5000)).found) == 5000
    assert time.process_time() - began < 10
