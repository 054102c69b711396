"""How the revisions hang together, and what is wrong with that (R86): pure, over the files of one commit."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.migration import Revision, UnclearFile

SHORTEST = 4  # alembic itself asks for four characters of an abbreviated id


@dataclass(frozen=True, slots=True)
class Missing:
    """A revision that names a parent or a dependency which no file defines."""

    revision: str
    file: str
    names: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """One id in several files. Alembic takes whichever it reads last, so no path over it is certain."""

    id: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class RevisionGraph:
    """The revisions of one set of files. Build it with :meth:`of`.

    Parents are ``down_revision``; "above" and "below" also count ``depends_on``, as alembic's upgrades and downgrades do.
    ``complete`` is false when files were left out by a cap: then nothing is moved along it.
    """

    revisions: tuple[Revision, ...]
    unclear: tuple[UnclearFile, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    complete: bool = True

    @classmethod
    def of(cls, revisions: Iterable[Revision], unclear: Iterable[UnclearFile] = (), *, complete: bool = True) -> RevisionGraph:
        """Return the graph of these files. Of an id that several files claim the first file stands in, and is reported."""
        files: dict[str, list[Revision]] = defaultdict(list)
        for revision in sorted(revisions, key=lambda r: (r.id, r.file)):
            files[revision.id].append(revision)
        twice = tuple(Duplicate(i, tuple(r.file for r in found)) for i, found in files.items() if len(found) > 1)
        return cls(tuple(found[0] for found in files.values()), tuple(unclear), twice, complete)

    @cached_property
    def by_id(self) -> Mapping[str, Revision]:
        """The revisions by their full ids."""
        return {r.id: r for r in self.revisions}

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """The ids whose ``down_revision`` names an id, sorted."""
        found: dict[str, list[str]] = defaultdict(list)
        for revision in self.revisions:
            for parent in dict.fromkeys(revision.parents):
                found[parent].append(revision.id)
        return {parent: tuple(sorted(ids)) for parent, ids in found.items()}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The id that carries each branch label."""
        return {label: r.id for r in self.revisions for label in r.branch_labels}

    @cached_property
    def below(self) -> Mapping[str, tuple[str, ...]]:
        """What each revision needs at once: its parents and what it depends on, as far as files define them."""
        return {
            r.id: tuple(dict.fromkeys(i for word in (*r.parents, *r.depends_on) if (i := self._known(word)) is not None))
            for r in self.revisions
        }

    @cached_property
    def above(self) -> Mapping[str, tuple[str, ...]]:
        """What needs each revision at once: its children and what depends on it."""
        found: dict[str, list[str]] = defaultdict(list)
        for revision, needs in self.below.items():
            for need in needs:
                found[need].append(revision)
        return {need: tuple(sorted(ids)) for need, ids in found.items()}

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """The ids that no ``down_revision`` names: what ``alembic heads`` lists."""
        return tuple(r.id for r in self.revisions if r.id not in self.children)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The ids without a parent."""
        return tuple(r.id for r in self.revisions if not r.parents)

    @cached_property
    def merges(self) -> tuple[str, ...]:
        """The ids that join branches."""
        return tuple(r.id for r in self.revisions if r.merge)

    @cached_property
    def forks(self) -> tuple[str, ...]:
        """The ids with several children."""
        return tuple(i for i in self.by_id if len(self.children.get(i, ())) > 1)

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """Parents and dependencies that no file defines."""
        return tuple(
            Missing(r.id, r.file, word) for r in self.revisions for word in (*r.parents, *r.depends_on) if self._known(word) is None
        )

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Every id after all that it needs; ties by date and id. Ids in a circle are left out."""
        waits = {i: len(needs) for i, needs in self.below.items()}
        ready = [self._rank(i) for i, count in waits.items() if count == 0]
        heapq.heapify(ready)
        done: list[str] = []
        while ready:
            *_, revision = heapq.heappop(ready)
            done.append(revision)
            for dependent in self.above.get(revision, ()):
                waits[dependent] -= 1
                if waits[dependent] == 0:
                    heapq.heappush(ready, self._rank(dependent))
        return tuple(done)

    @cached_property
    def cycles(self) -> tuple[str, ...]:
        """The ids that stand on a circle, sorted."""
        loose = set(self.by_id) - set(self.order)
        return tuple(sorted(i for i in loose if i in self._reach(self.below.get(i, ()), self.below)))

    def ancestors(self, ids: Iterable[str]) -> frozenset[str]:
        """Return these ids and everything that they need."""
        return self._reach(ids, self.below)

    def descendants(self, ids: Iterable[str]) -> frozenset[str]:
        """Return these ids and everything that needs them."""
        return self._reach(ids, self.above)

    def lineage(self, revision: str) -> frozenset[str]:
        """Return an id and its parents down to the roots, without what it merely depends on."""
        return self._reach((revision,), {i: r.parents for i, r in self.by_id.items()})

    def tips(self, ids: Iterable[str]) -> frozenset[str]:
        """Return those of ``ids``, which include all that they need, that no other one needs: the rows of the version table."""
        kept = frozenset(ids)
        return frozenset(i for i in kept if not kept.intersection(self.above.get(i, ())))

    @property
    def sound(self) -> bool:
        """Say whether every file was understood and every path over them is certain. Several heads are sound."""
        return self.complete and not (self.unclear or self.duplicates or self.missing or self.cycles)

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong, worst first, each as a sentence without a full stop; several heads come last."""
        found = [] if self.complete else ["there are more migration files than the console reads"]
        found += [f"{u.file}{f':{u.line}' if u.line else ''} is unclear: {u.why}" for u in self.unclear]
        found += [f"{d.id} is defined {len(d.files)} times: {', '.join(d.files)}" for d in self.duplicates]
        found += [f"{m.revision} ({m.file}) needs {m.names}, which no file defines" for m in self.missing]
        found += [f"the revisions need each other in a circle: {', '.join(self.cycles)}"] if self.cycles else []
        if len(self.heads) > 1:
            found.append(f"{len(self.heads)} heads: " + ", ".join(f"{i} ({self.by_id[i].file})" for i in self.heads))
        return tuple(found)

    def merge_words(self) -> tuple[str, ...]:
        """Return the words after ``alembic`` that would join all heads (S10); empty when there is nothing to join."""
        return ("merge", "-m", "merge heads", *self.heads) if len(self.heads) > 1 else ()

    def resolve(self, word: str) -> str:
        """Return the full id of an id or of its first four or more characters. Raises UsageError otherwise."""
        if word in self.by_id:
            return word
        if word in self.labels:
            on = [h for h in self.heads if self.labels[word] in self.lineage(h)]
            raise UsageError(f"{word} is a branch label, not a revision", next_step=f"name one of its heads: {', '.join(on)}")
        found = [i for i in self.by_id if i.startswith(word)] if len(word) >= SHORTEST else []
        if len(found) == 1:
            return found[0]
        if found:
            raise UsageError(f"{word} is short for {len(found)} revisions", next_step=f"name one in full: {', '.join(found[:5])}")
        hint = (
            f"an abbreviation needs {SHORTEST} characters"
            if len(word) < SHORTEST
            else "no migration file of this commit defines it"
        )
        raise UsageError(f"{word!r} is no revision: {hint}", next_step="name a revision that the list shows")

    def _known(self, word: str) -> str | None:
        return word if word in self.by_id else self.labels.get(word)

    def _rank(self, revision: str) -> tuple[float, str]:
        created = self.by_id[revision].created
        return (created.timestamp() if created else 0.0, revision)

    @staticmethod
    def _reach(start: Iterable[str], edges: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
        seen: set[str] = set()
        todo = list(start)
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                todo.extend(edges.get(here, ()))
        return frozenset(seen)
