"""What a branch or a commit changes, for a person who reads it: counts of all files first, then the patch of those that fit."""

from __future__ import annotations

from collections.abc import Sequence

from strideiq_console.domain.comparison import Comparison, FileCount
from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.netchanges import DIFFING, PLAIN
from strideiq_console.providers.git.place import locate
from strideiq_console.providers.git.refs import checked, shallow_history

SECONDS = 20.0
LONGEST_LINE = 400
_RENAMES = ("--find-renames", "-l400")


def compare(git: Git, base: str, head: str, *, files: int, lines: int) -> Comparison:
    """Return what ``head`` has changed since it left ``base``; ``base`` ``""``: since its first parent, or all of a first commit.

    Takes full SHAs or full refs. CloneError in a shallow clone, where the fork may be cut off, and without a common commit.
    """
    if base and locate(git).shallow:
        raise shallow_history()
    ends = _ends(git, base, head)
    counted = _counts(
        git.read("diff-tree", "-r", "--numstat", "-z", *_RENAMES, *PLAIN, *ends, "--", config=DIFFING, seconds=SECONDS).text
    )
    shown, paths = counted[:files], _fitting(counted[:files], lines)
    patch = _patch(git, ends, paths) if paths else []
    changed = sum(_size(one) for one in counted)
    drawn = sum(line[:1] in "+-" and not line.startswith(("+++ ", "--- ")) for line in patch[:lines])
    return Comparison(
        files=tuple(_shown(one) for one in shown),
        lines=tuple(patch[:lines]),
        files_left=len(counted) - len(shown),
        lines_left=max(changed - drawn, 0),
    )


def _ends(git: Git, base: str, head: str) -> tuple[str, str]:
    """Return the two trees or commits between which the difference lies."""
    tip = git.read("rev-parse", "--verify", "--quiet", "--end-of-options", f"{checked(head)}^{{commit}}").text
    if base:
        found = git.read("merge-base", checked(base), tip, allow=(0, 1)).text
        if not found:
            raise CloneError(
                "the branch and its base have no commit in common",
                consequence="what it changes cannot be told",
                next_step="look at its single commits",
            )
        return found, tip
    parent = git.read("rev-parse", "--verify", "--quiet", "--end-of-options", f"{tip}^1", allow=(0, 1)).text
    return parent or _nothing(tip), tip


def _nothing(like: str) -> str:
    """Return the name of the tree without files, which every git knows, in the kind of names that this repository uses."""
    if len(like) == 40:
        return "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
    return "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"


def _counts(text: str) -> list[FileCount]:
    """Read ``ADDED<tab>DELETED<tab>PATH`` entries; a rename has an empty path there, and its two paths after it."""
    parts = iter(text.split("\0"))
    found = []
    for part in parts:
        if not part:
            continue
        added, deleted, path = part.split("\t", 2)
        before = ""
        if not path:
            before, path = next(parts), next(parts)
        found.append(FileCount(path, _number(added), _number(deleted), before))
    return found


def _number(word: str) -> int | None:
    return int(word) if word.isdigit() else None


def _size(one: FileCount) -> int:
    return (one.added or 0) + (one.deleted or 0)


def _fitting(counted: Sequence[FileCount], lines: int) -> list[str]:
    """Return the paths of the first files whose changes fit into so many lines, and of the one that is cut."""
    paths: list[str] = []
    used = 0
    for one in counted:
        if used >= lines:
            break
        paths += [one.before, one.path] if one.before else [one.path]
        used += _size(one)
    return paths


def _patch(git: Git, ends: tuple[str, str], paths: Sequence[str]) -> list[str]:
    words = (
        "diff-tree",
        "-r",
        "-p",
        "--irreversible-delete",
        *_RENAMES,
        *PLAIN,
        *ends,
        "--",
        *(f":(top,literal){path}" for path in paths),
    )
    text = git.read(*words, config=DIFFING, seconds=SECONDS).out.decode("utf-8", "replace")
    return [clean_line(line.removesuffix("\r").expandtabs(4), limit=LONGEST_LINE) for line in text.removesuffix("\n").split("\n")]


def _shown(one: FileCount) -> FileCount:
    return FileCount(clean_line(one.path), one.added, one.deleted, clean_line(one.before))
