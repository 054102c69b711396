"""Branches whose work has arrived although their commits have not: squashed or rebased when they were merged (R18, T10).

Git tries each merge in memory, all of them in one process, and what it makes goes away with a private repository. A branch is
absorbed when the merge would leave the base's files exactly as they are. One whose lines were changed again later is not told from
unfinished work; who wants to delete it asks the code host as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from strideiq_console.domain.branch import Branch, BranchKind
from strideiq_console.domain.commit import is_sha
from strideiq_console.domain.fault import CloneError
from strideiq_console.providers.git.command import Git
from strideiq_console.providers.git.private import private
from strideiq_console.providers.git.refs import checked

AT_ONCE = 250
"""Merges in one process; a commit that git stumbles over costs the answers of those after it, and they are asked again."""
BUDGET = 1.5
"""Real seconds that one look at the branches may spend here; the others are unknown until the next."""
SECONDS = 20.0
_KEPT = 20_000


def absorbed(git: Git, base: str, heads: Sequence[str]) -> dict[str, bool]:
    """Say of each full SHA whether ``base`` would stay as it is if it were merged; one that could not be tried is left out."""
    here = git.read("rev-parse", "--verify", "--quiet", "--end-of-options", f"{checked(base)}^{{commit}}").text
    wanted = [sha for sha in dict.fromkeys(heads) if is_sha(sha)]
    return _tried(git, here, wanted) if wanted else {}


def _tried(git: Git, base: str, heads: Sequence[str]) -> dict[str, bool]:
    tree = git.read("rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{tree}}").text
    words = ("merge-tree", "--write-tree", "--stdin", "--name-only", "--no-messages", "--allow-unrelated-histories")
    stdin = "".join(f"{base} {sha}\n" for sha in heads).encode("ascii")
    with private(git, keeping=False) as apart:
        # An older git knows no such option, and a commit that is not there ends it: what was answered until then holds.
        output = apart.write(*words, allow=range(256), hooks=False, stdin=stdin, seconds=SECONDS)
    return {sha: clean and made == tree for sha, (clean, made) in zip(heads, _answers(output.text), strict=False)}


def _answers(text: str) -> Iterator[tuple[bool, str]]:
    """Read ``1`` (clean) or ``0``, the tree, the paths in conflict, and an empty part, for each merge in turn."""
    parts = iter(text.split("\0"))
    for status in parts:
        if status not in ("0", "1"):
            return
        made = next(parts, "")
        if not is_sha(made):
            return
        yield status == "1", made
        for path in parts:
            if not path:
                break


@dataclass
class Absorption:
    """What is known of tips against bases; a pair of commits never changes its answer, so it is tried once."""

    _known: dict[tuple[str, str], bool] = field(default_factory=dict)
    _able: bool = True

    def told(self, git: Git, branches: Sequence[Branch], clock: Callable[[], float] = time.monotonic) -> tuple[Branch, ...]:
        """Return the branches with ``absorbed_by``, as far as this look's budget reaches, in the order that they come in."""
        bases = {b.name: b.remote or b.local or "" for b in sorted(branches, key=_last_stop) if b.kind.permanent}
        if len(self._known) > _KEPT:
            self._known.clear()
        if self._able:
            # A shallow clone, a full disk, a slow one: the branches themselves are known, and this stays unknown.
            with suppress(CloneError):
                self._try(git, branches, bases, clock() + BUDGET, clock)
        return tuple(replace(one, absorbed_by=self._word(one, bases)) for one in branches)

    def _try(self, git: Git, branches: Sequence[Branch], bases: Mapping[str, str], ends: float, clock: Callable[[], float]) -> None:
        for base in bases.values():
            asked = dict.fromkeys(b.tip.sha for b in branches if _in_question(b) and b.tip.sha != base)
            waiting = [sha for sha in asked if (sha, base) not in self._known and not self._arrived(sha, bases)]
            for start in range(0, len(waiting), AT_ONCE):
                if clock() >= ends:
                    return
                found = _tried(git, base, waiting[start : start + AT_ONCE])
                if not found:
                    self._able = False
                    return
                self._known.update({(sha, base): answer for sha, answer in found.items()})

    def _arrived(self, sha: str, bases: Mapping[str, str]) -> str:
        """Return the permanent branch that holds the work of a commit, ``""`` when none is known to."""
        return next((name for name, base in bases.items() if self._known.get((sha, base))), "")

    def _word(self, branch: Branch, bases: Mapping[str, str]) -> str | None:
        if not _in_question(branch):
            return ""
        found = self._arrived(branch.tip.sha, bases)
        others = [base for name, base in bases.items() if name != branch.name]
        whole = bool(others) and all((branch.tip.sha, base) in self._known for base in others)
        return found if found or whole else None


def _last_stop(branch: Branch) -> bool:
    """Sort main behind staging: most work goes to staging first, and what is found there need not be looked for further."""
    return branch.kind is BranchKind.MAIN


def _in_question(branch: Branch) -> bool:
    """Say whether a branch has commits that the permanent ones lack; of these themselves only staging may have been squashed."""
    sides = [side for side in (branch.against_main, branch.against_staging) if side is not None]
    if branch.kind is BranchKind.STAGING:
        sides = [side for side in (branch.against_main,) if side is not None]
    return branch.kind is not BranchKind.MAIN and bool(sides) and all(side.ahead > 0 for side in sides)
