"""How revisions hang together, and what alembic's words for targets lead to: ``head``, ``-1``, ``branch@base``; its own errors."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

Record = dict[str, Any]
_RELATIVE = re.compile(r"(?:(.+?)@)?(\w+)?((?:\+|-)\d+)")
_SHORTEST = 4


class WalkError(Exception):
    """Alembic refuses to go there; the text is its own, without ``FAILED:``."""


class Graph:
    """The revisions of one set of files by id, as reading.py tells them."""

    def __init__(self, revisions: Mapping[str, Record]) -> None:
        self.revisions = dict(revisions)
        self.children: dict[str, list[str]] = {}
        for one in self.revisions.values():
            for parent in one["parents"]:
                self.children.setdefault(parent, []).append(one["id"])
        for one in self.revisions.values():
            for word in (*one["parents"], *one["depends"]):
                if word not in self.revisions:
                    raise WalkError(f"Revision {word} referenced from {one['id']} is not present")

    @property
    def heads(self) -> tuple[str, ...]:
        """Return the revisions that no other one follows, sorted."""
        return tuple(sorted(set(self.revisions) - set(self.children)))

    def below(self, ids: Iterable[str], *, dependencies: bool = True) -> set[str]:
        """Return revisions with all that they stand on."""
        found: set[str] = set()
        left = list(ids)
        while left:
            one = left.pop()
            if one not in found:
                found.add(one)
                record = self.revisions[one]
                left += record["parents"] + (record["depends"] if dependencies else [])
        return found

    def above(self, ids: Iterable[str]) -> set[str]:
        """Return revisions with all that stand on them, also by a dependency."""
        wanted = set(ids)
        return {one for one in self.revisions if self.below([one]) & wanted}

    def tips(self, active: Collection[str]) -> list[str]:
        """Return the rows that alembic keeps for what is in effect: what nothing else of it implies."""
        implied = {word for one in active for word in (*self.revisions[one]["parents"], *self.revisions[one]["depends"])}
        return sorted(set(active) - implied)

    def in_effect(self, rows: Sequence[str]) -> set[str]:
        """Return everything that the version rows imply. Raises WalkError for one that no file defines."""
        for row in rows:
            if row not in self.revisions:
                raise WalkError(f"Can't locate revision identified by '{row}'")
        return self.below(rows)

    def find(self, word: str) -> str:
        """Return the one revision of an id, of four or more first characters of it, or of a label. Raises WalkError."""
        if word in self.revisions:
            return word
        labelled = [one["id"] for one in self.revisions.values() if word in one["labels"]]
        if labelled:
            return str(labelled[0])
        begun = [one for one in self.revisions if len(word) >= _SHORTEST and one.startswith(word)]
        if len(begun) > 1:
            listed = ", ".join(f"'{one}'" for one in sorted(begun))
            raise WalkError(f"Multiple revisions start with '{word}': {listed}...")
        if not begun:
            raise WalkError(f"Can't locate revision identified by '{word}'")
        return begun[0]

    def upgrade(self, rows: Sequence[str], word: str) -> list[str]:
        """Return the revisions that ``upgrade WORD`` runs, in their order. Raises WalkError."""
        active = self.in_effect(rows)
        wanted = self.below(self._upwards(rows, word)) - active
        return self._ordered(wanted)

    def downgrade(self, rows: Sequence[str], word: str) -> list[str]:
        """Return the revisions that ``downgrade WORD`` runs, in their order. Raises WalkError."""
        active = self.in_effect(rows)
        branch, target = self._downwards(rows, word)
        if target is None:
            roots = [one["id"] for one in self.revisions.values() if not one["parents"]]
        else:
            roots = self.children.get(target, [])
        if branch and len(roots) > 1:
            line = self.below([self.find(branch)], dependencies=False)
            roots = [one for one in roots if one in line]
            if not roots:
                raise WalkError("Not a valid downgrade target from current heads")
        dropped = self.above(roots) & active
        if target is not None and not dropped and target not in rows:
            raise WalkError(f"Destination {word} is not a valid downgrade target from current head(s)")
        return self._ordered(dropped)[::-1]

    def after(self, rows: Sequence[str], revision: str, *, up: bool) -> list[str]:
        """Return the version rows after one revision was run."""
        active = self.below(rows)
        found = self.tips(active | {revision} if up else active - {revision})
        return [row for row in rows if row in found] + [row for row in found if row not in rows]

    def _upwards(self, rows: Sequence[str], word: str) -> list[str]:
        relative = _RELATIVE.fullmatch(word)
        if relative is not None and word not in self.revisions:
            branch, start, number = relative[1], relative[2], int(relative[3])
            if start is None and number < 0:
                raise WalkError(f"Relative revision {number} didn't produce {-number} migrations")
            if start is None and len(rows) > 1:
                raise WalkError("Ambiguous upgrade from multiple current revisions")
            here = self.find(start) if start else rows[0] if rows else None
            found = self._walk(here, number, branch)
            return [] if found is None else [found]
        branch, _, symbol = word.rpartition("@")
        if symbol in ("head", "heads"):
            heads = [one for one in self.heads if not branch or self.find(branch) in self.below([one], dependencies=False)]
            if symbol == "head" and len(heads) > 1:
                raise WalkError(_several(word))
            return heads
        return [] if symbol == "base" else [self.find(symbol)]

    def _downwards(self, rows: Sequence[str], word: str) -> tuple[str, str | None]:
        relative = _RELATIVE.fullmatch(word)
        if relative is not None and word not in self.revisions:
            branch, start, number = relative[1] or "", relative[2], int(relative[3])
            if start is None and (number >= 0 or not rows):
                raise WalkError(f"Relative revision {number:+d} didn't produce {abs(number)} migrations")
            here = self.find(start) if start else rows[0]
            return (branch or ("" if start else here)), self._walk(here, number, branch)
        branch, _, symbol = word.rpartition("@")
        if symbol in ("head", "heads"):
            if len(self.heads) > 1:
                raise WalkError(_several(word))
            return branch, self.heads[0] if self.heads else None
        return branch, None if symbol == "base" else self.find(symbol)

    def _walk(self, start: str | None, steps: int, branch: str | None) -> str | None:
        here = start
        for _ in range(abs(steps)):
            if steps > 0:
                ways = self.children.get(here, []) if here else [o["id"] for o in self.revisions.values() if not o["parents"]]
                if branch and len(ways) > 1:
                    line = self.above([self.find(branch)]) | self.below([self.find(branch)])
                    ways = [one for one in ways if one in line]
            else:
                ways = self.revisions[here]["parents"] if here else []
            if len(ways) > 1:
                raise WalkError("Ambiguous walk")
            if not ways and (steps > 0 or here is None):
                raise WalkError(f"Relative revision {steps:+d} didn't produce {abs(steps)} migrations")
            here = ways[0] if ways else None
        return here

    def _ordered(self, wanted: set[str]) -> list[str]:
        """Return revisions such that each comes after what it stands on; else by id."""
        made: list[str] = []
        left = sorted(wanted)
        while left:
            ready = [one for one in left if not (self.below([one]) - {one}) & set(left)]
            if not ready:
                raise WalkError(f"Cycle is detected in revisions ({', '.join(left)})")
            made.append(ready[0])
            left.remove(ready[0])
        return made


def _several(word: str) -> str:
    return (
        f"Multiple head revisions are present for given argument '{word}'; please specify a specific target revision, "
        "'<branchname>@head' to narrow to a specific head, or 'heads' for all heads"
    )
