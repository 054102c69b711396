"""How old each of many branches is: reckoned when a branch is first seen, and again when ages may have changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from strideiq_console.domain.branch import Branch
from strideiq_console.presentation.age import age_words
from strideiq_console.presentation.branch_state import STALE
from strideiq_console.presentation.kept_rows import PerItem


class Aged(NamedTuple):
    """A branch, when its newest commit was made in seconds since 1970, its age in words, and whether it is older than a month."""

    branch: Branch
    at: float
    age: str
    stale: bool


class BranchAges:
    """The ages of the last table's branches. Safe on several threads: at worst an age is reckoned twice."""

    def __init__(self) -> None:
        self._kept: tuple[float, PerItem[Branch, Aged]] = (0.0, PerItem())

    def of(self, branches: Sequence[Branch], now: datetime, moment: float) -> list[Aged]:
        """Return the branches with their ages, newest first; those of the same ``moment`` are not reckoned anew."""
        kept = self._kept
        if kept[0] != moment:
            kept = self._kept = (moment, PerItem())
        return sorted(kept[1].of(branches, lambda branch: _aged(branch, now)), key=_when, reverse=True)


def _when(one: Aged) -> float:
    return one.at


def _aged(branch: Branch, now: datetime) -> Aged:
    at = branch.tip.committed_at
    return Aged(branch, at.timestamp(), age_words(now - at), now - at > STALE)
