"""What is true of a branch beside its commits: pull requests, CI, whether it is left over. Indexed once for a whole table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from strideiq_console.domain.branch import Branch, BranchKind
from strideiq_console.domain.ci import CheckState, WorkflowRun
from strideiq_console.domain.commit import Divergence
from strideiq_console.domain.facts import Facts, PullStanding
from strideiq_console.presentation.kept_rows import Same

STALE = timedelta(days=30)
"""A branch without a pull request that nobody has touched for so long is worth a word."""


_PERMANENT = (BranchKind.MAIN, BranchKind.STAGING)


class Remains(StrEnum):
    """What is left of a branch that has served (R18). ``UNKNOWN``: nobody could look yet whether it was squashed."""

    NOTHING = ""
    MERGED = "merged, left over"
    SQUASHED = "squash-merged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BranchIndex:
    """The facts by branch. ``pulls`` are by head, in the order of their numbers; ``runs`` the newest of each branch.

    ``permanent`` are main and staging by name, ``tips`` where they stand.
    """

    pulls: Mapping[str, tuple[PullStanding, ...]]
    runs: Mapping[str, WorkflowRun]
    permanent: Mapping[str, BranchKind]
    tips: frozenset[str]

    def pulls_of(self, name: str) -> tuple[PullStanding, ...]:
        """Return the open pull requests whose head is this branch."""
        return self.pulls.get(name, ())

    def run_of(self, branch: Branch) -> WorkflowRun | None:
        """Return the newest run of a branch; an older commit's is told apart by its SHA."""
        return self.runs.get(branch.name)

    def remains(self, branch: Branch) -> Remains:
        """Say what is left of a branch: all of it is in main or staging, and no pull request is open.

        The branch that is checked out and one that stands exactly on a permanent branch (just created) have not served yet.
        """
        if branch.absorbed_by == "" and _own_work(branch):
            return Remains.NOTHING  # the usual case first: this is asked of thousands at a time
        if branch.name in self.permanent or branch.checked_out or branch.name in self.pulls or branch.tip.sha in self.tips:
            return Remains.NOTHING
        if not _own_work(branch):
            sides = (branch.against_main, branch.against_staging)
            served = any(side is not None and side.ahead == 0 and side.behind > 0 for side in sides)
            return Remains.MERGED if served else Remains.NOTHING
        if branch.absorbed_by:
            return Remains.SQUASHED
        return Remains.UNKNOWN if branch.absorbed_by is None else Remains.NOTHING

    def gone(self, branch: Branch) -> bool:
        """Say whether a branch is known to have served."""
        return self.remains(branch) in (Remains.MERGED, Remains.SQUASHED)

    def silent(self, standing: PullStanding) -> str:
        """Say why CI does not run for a pull request, ``""`` where it may (R60)."""
        pull = standing.pull
        if self.permanent and pull.base not in self.permanent:
            return f"CI does not run: it runs for pull requests into {' and '.join(self.permanent)}, not into {pull.base}"
        if unstarted(standing):
            return "no check has started: if its base was changed, a n closes and reopens it (an empty commit is not needed)"
        return ""


def unstarted(standing: PullStanding) -> bool:
    """Say whether checks are required of a pull request and not one of them was ever reported."""
    checks = standing.checks
    if checks is None or not checks.required or checks.others:
        return False
    return all(state is CheckState.EXPECTED for _, state in checks.required)


def _own_work(branch: Branch) -> bool:
    """Say whether a branch is not known to be within main or staging."""
    main, staging = branch.against_main, branch.against_staging
    return (main is None or main.ahead > 0) and (staging is None or staging.ahead > 0)


def index(facts: Facts) -> BranchIndex:
    """Look at every pull request, run and branch once, and not again while they are the same objects."""
    kinds = _lasting(Same(facts.branches.value))
    return BranchIndex(_by_head(Same(facts.pulls.value)), _newest(Same(facts.runs.value)), kinds[0], kinds[1])


def about(facts: Facts, name: str) -> BranchIndex:
    """Return the index of one branch alone: what it is asked of others is not known. It costs no look at all the others."""
    standings = sorted((one for one in facts.pulls.value or () if one.pull.head == name), key=lambda one: one.pull.number)
    newest = next((run for run in facts.runs.value or () if run.branch == name), None)
    kinds = _lasting(Same(facts.branches.value))
    return BranchIndex({name: tuple(standings)} if standings else {}, {name: newest} if newest else {}, kinds[0], kinds[1])


@lru_cache(maxsize=2)
def _by_head(pulls: Same[tuple[PullStanding, ...] | None]) -> Mapping[str, tuple[PullStanding, ...]]:
    found: dict[str, list[PullStanding]] = {}
    for standing in sorted(pulls.value or (), key=lambda standing: standing.pull.number):
        found.setdefault(standing.pull.head, []).append(standing)
    return {head: tuple(standings) for head, standings in found.items()}


@lru_cache(maxsize=2)
def _newest(runs: Same[tuple[WorkflowRun, ...] | None]) -> Mapping[str, WorkflowRun]:
    return {run.branch: run for run in reversed(runs.value or ())}


@lru_cache(maxsize=2)
def _lasting(branches: Same[tuple[Branch, ...] | None]) -> tuple[Mapping[str, BranchKind], frozenset[str]]:
    found = [branch for branch in branches.value or () if branch.kind in _PERMANENT]
    kinds = {branch.name: branch.kind for branch in sorted(found, key=lambda branch: branch.kind is not BranchKind.MAIN)}
    return kinds, frozenset(branch.remote or branch.local or "" for branch in found)


def base_divergence(branch: Branch) -> Divergence | None:
    """Return how the branch stands against the one it goes to: hotfix and release against main, others against staging."""
    if branch.kind is BranchKind.MAIN:
        return None
    if branch.kind in (BranchKind.STAGING, BranchKind.HOTFIX, BranchKind.RELEASE):
        return branch.against_main
    return branch.against_staging or branch.against_main


def find(facts: Facts, name: str) -> Branch | None:
    """Return a branch by its name."""
    return _by_name(Same(facts.branches.value)).get(name)


@lru_cache(maxsize=2)
def _by_name(branches: Same[tuple[Branch, ...] | None]) -> Mapping[str, Branch]:
    return {branch.name: branch for branch in reversed(branches.value or ())}
