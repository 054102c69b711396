"""Which files would conflict if one commit were merged into another; tried out in a private repository (RELIABILITY rule 8)."""

from __future__ import annotations

from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.faults import explained
from strideiq_console.providers.git.private import private, stand_at, unmerged
from strideiq_console.providers.git.refs import checked

_USAGE = 129
# A merge may ask who merges, though nothing is committed.
_NOBODY = ("-c", "user.name=strideiq", "-c", "user.email=strideiq@localhost")


def conflicts(git: Git, ours: str, theirs: str) -> tuple[str, ...]:
    """Return the paths in conflict, clean; ``()`` when the merge is clean. Takes full SHAs or full refs."""
    left, right = (git.read("rev-parse", "--verify", f"{checked(one)}^{{commit}}").text for one in (ours, theirs))
    with private(git, keeping=False) as apart:
        found = by_merge_tree(apart, left, right)
        if found is None:
            found = by_merge(apart, left, right)
    return tuple(clean_line(path, limit=None) for path in found)


def by_merge_tree(apart: Git, ours: str, theirs: str) -> tuple[str, ...] | None:
    """Let git merge in memory; None where it is older than 2.38 and cannot."""
    words = ("merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", ours, theirs)
    output = apart.write(*words, allow=range(256), hooks=False)
    if output.code == _USAGE:
        return None
    if output.code not in (0, 1):
        raise explained("trying the merge", output.words, folder=apart.folder)
    return tuple(dict.fromkeys(path for path in output.text.split("\0")[1:] if path))


def by_merge(apart: Git, ours: str, theirs: str) -> tuple[str, ...]:
    """Merge in the private repository's own files."""
    stand_at(apart, ours)
    words = ("merge", "--no-commit", "--no-ff", "--quiet", "--end-of-options", theirs)
    output = apart.write(*words, config=_NOBODY, allow=range(256), hooks=False)
    found = unmerged(apart)
    if output.code != 0 and not found:
        raise explained("trying the merge", output.words, folder=apart.folder)
    return found
