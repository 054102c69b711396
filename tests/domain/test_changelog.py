"""Every commit of a release exactly once, in its group, as Markdown in which hostile text stays text (R55, S8)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.domain.changelog import GROUPS, PULL_REQUEST_LIMIT, RELEASE_LIMIT, Changelog, changelog, literal
from strideiq_console.domain.commit import Commit
from strideiq_console.domain.policy.rollback.facts import Change
from strideiq_console.domain.untrusted import clean, clean_line, is_clean

AT = datetime(2026, 1, 9, tzinfo=UTC)


def change(number: int, message: str, *, parents: int = 1, migrations: tuple[str, ...] | None = ()) -> Change:
    commit = Commit(sha(number), clean_line(message.split("\n")[0]), "founder", AT, tuple("f" * 40 for _ in range(parents)))
    return Change(commit, clean(message), migrations)


def sha(number: int) -> str:
    return f"{number:07x}" + "0" * 33


def made(*changes: Change, since: str = "v0.9.0") -> Changelog:
    return changelog(changes, version="v0.10.0", since=since, until="abc1234")


def test_a_release_as_it_is_published() -> None:
    text = made(
        change(1, "feat(auth)!: end old sessions\n\nBREAKING CHANGE: everybody signs in again"),
        change(2, "feat: training calendar (#12)"),
        change(3, "fix(api): no crash at midnight", migrations=("versions/0042.py",)),
        change(4, "Merge pull request #13 from acme/feature/pace\n\nPace in minutes\n", parents=2),
        change(5, f'Revert "feat: pace"\n\nThis reverts commit {sha(9)}.'),
        change(6, "tidy up"),
        change(7, "Merge branch 'main' into staging", parents=2),
        change(8, "wip: later"),
        change(9, "feat: pace"),
        change(10, "chore(deps): newer httpx"),
        change(11, "Merge pull request #14 from acme/x", parents=2),
    ).markdown()
    assert text == PUBLISHED


PUBLISHED = """\
## v0.10.0

11 commits since v0.9.0, up to abc1234.

### Migrations

- versions/0042.py

### Breaking changes

- **auth**: end old sessions — everybody signs in again `0000001`

### Features

- training calendar (#12) `0000002`
- pace `0000009`

### Fixes

- **api**: no crash at midnight `0000003`

### Chores

- **deps**: newer httpx `000000a`

### Reverts

- Revert "feat: pace" (takes back `0000009`) `0000005`

### Merged pull requests

- Pace in minutes (#13) `0000004`
- acme/x (#14) `000000b`

### Other

- tidy up `0000006`
- Merge branch 'main' into staging `0000007`
- wip: later `0000008`
"""


def test_what_is_known_of_a_line() -> None:
    log = made(change(1, "fix: x (#12)"), change(2, "revert: let it be"), change(3, "wip!: gone"), change(4, ""))
    by_title = {group.title: group.lines for group in log.groups}
    (undone,) = made(change(1, f"undo pace\n\nThis reverts commit {sha(9)}.")).groups
    assert (undone.title, undone.lines[0].reverts) == ("Reverts", (sha(9),))
    assert by_title["Fixes"][0].pull == 12
    assert by_title["Reverts"][0].reverts == ()
    assert by_title["Breaking changes"][0].words == "gone"
    assert by_title["Other"][0].words == "(no subject)"


def test_a_first_release_and_migrations_nobody_looked_at() -> None:
    text = made(change(1, "fix: x", migrations=None), change(2, "fix: y", migrations=("a.py",)), since="").markdown()
    assert text.startswith(
        "## v0.10.0\n\n2 commits from the beginning, up to abc1234.\n\nWhich migrations are in it nobody has looked at.\n"
    )
    assert made().markdown() == "## v0.10.0\n\n0 commits since v0.9.0, up to abc1234.\n"


MESSAGES = st.one_of(
    st.text(max_size=60),
    st.builds("{}: {}".format, st.sampled_from(["feat", "fix!", "chore(x)", "revert", "odd", "perf"]), st.text(max_size=40)),
    st.builds("Merge pull request #{} from acme/x\n\n{}".format, st.integers(1, 99), st.text(max_size=30)),
    st.builds('Revert "x"\n\nThis reverts commit {}.'.format, st.integers(0, 30).map(sha)),
)


@given(st.lists(st.tuples(st.integers(0, 30), MESSAGES, st.integers(0, 2)), max_size=40))
def test_every_commit_stands_in_it_once(rows: list[tuple[int, str, int]]) -> None:
    changes = [change(number, message, parents=parents) for number, message, parents in rows]
    log = made(*changes)
    shas = [line.sha for group in log.groups for line in group.lines]
    assert sorted(shas) == sorted({row.commit.sha for row in changes})
    assert log.commits == len(shas)
    assert [group.title for group in log.groups] == [title for title in GROUPS if title in {g.title for g in log.groups}]
    items = [line for line in log.markdown().splitlines() if line.startswith("- ")]
    assert sorted(line[-8:-1] for line in items) == sorted(name[:7] for name in shas)
    assert all(is_clean(line) for line in log.markdown().split("\n"))
    assert log.markdown() == made(*changes).markdown()


@pytest.mark.parametrize(
    ("count", "limit"), [(5000, RELEASE_LIMIT), (5000, PULL_REQUEST_LIMIT), (20000, RELEASE_LIMIT), (300, 5000)]
)
def test_a_long_range_is_cut_and_says_how(count: int, limit: int) -> None:
    log = made(*(change(n, f"fix(api): {'é@x ' * (n % 60)}{n}", migrations=(f"versions/{n:05}.py",)) for n in range(count)))
    text = log.markdown(limit)
    assert len(text.encode()) <= limit
    assert len(text.encode()) > limit * 0.8
    names = re.findall(r"`([0-9a-f]{7})`", text)
    assert len(names) == len(set(names))
    bare = re.search(r"([\d,]+) of them are named by their commit alone", text)
    lost = re.search(r"([\d,]+) are not listed", text)
    assert bare is not None
    items = [line for line in text.split("\n") if re.search(r" `[0-9a-f]{7}`\Z", line) and "by commit alone" not in line]
    assert int(bare[1].replace(",", "")) == len(names) - len(items)
    assert (int(lost[1].replace(",", "")) if lost else 0) == count - len(names)
    assert (lost is None) == ((count, limit) in {(5000, RELEASE_LIMIT), (300, 5000)})


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("[x](https://acme.example)", r"\[x\](https://acme.example)"),
        ("`rm`", r"\`rm\`"),
        ("<script>", r"\<script\>"),
        ("*a* _b_ ~c~ $d$ &amp; \\", r"\*a\* \_b\_ \~c\~ \$d\$ \&amp; \\"),
        ("# title", r"\# title"),
        ("a # b (#12)", "a # b (#12)"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("2026) item", r"2026\) item"),
        ("2026 item", "2026 item"),
        ("  four", "four"),
        ("thanks @founder, @acme/ops!", "thanks `@founder`, `@acme/ops`!"),
        ("`@founder`", r"\``@founder`\`"),
        ("@founder", "`@founder`"),
        ("a @ b", "a @ b"),
        ("a\nb\tc\u202ed", "a b c\ufffdd"),
        ("", ""),
    ],
)
def test_text_is_taken_literally(words: str, expected: str) -> None:
    assert literal(words) == expected


def test_a_megabyte_is_one_short_line() -> None:
    assert len(literal("@a" * 500_000)) < 1000
    assert len(made(change(1, "feat: " + "x" * 10**6 + "\n" + "\n" * 10**6)).markdown()) < 1000
