"""Which revision each environment has, against the migration files (R85, R87): the ladder that a schema climbs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from strideiq_console.domain.migration import Direction, Revision
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_path import applied
from strideiq_console.domain.reading import Level


@dataclass(frozen=True, slots=True)
class Rung:
    """One environment. ``rows`` None: they are not known, and ``note`` says why. ``pending`` are what the files have beyond them.

    ``pending`` is counted against the work tree, ``due`` against the newest files of the environment's ``branch``: what the code
    expects and the schema lacks. ``due`` None: those files were not read. ``strange`` are rows that neither of both defines; what
    only the own branch defines is no riddle, it was merged there and is not checked out here.
    """

    environment: str
    rows: tuple[str, ...] | None
    pending: tuple[Revision, ...] = ()
    strange: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()
    note: str = ""
    branch: str = ""
    due: tuple[Revision, ...] | None = None

    @property
    def known(self) -> bool:
        """Say whether what is in effect is known, and known to the files."""
        return self.rows is not None and not self.strange


@dataclass(frozen=True, slots=True)
class SchemaLadder:
    """``heads`` with their files, ``unclear`` files and other problems as sentences, and the environments in their order.

    ``proposal`` is the command that would join several heads. ``graph`` None: the files could not be read, ``note`` says why.
    """

    rungs: tuple[Rung, ...]
    heads: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    proposal: str = ""
    note: str = ""

    @property
    def level(self) -> Level:
        """Return unknown where anything is not known, a warning where no schema can be moved or the order is broken."""
        if self.note or not all(rung.known for rung in self.rungs):
            return Level.UNKNOWN
        broken = self.problems or any(rung.ahead for rung in self.rungs)
        return Level.WARNING if broken else Level.OK


def ladder_of(
    graph: RevisionGraph,
    found: tuple[tuple[str, tuple[str, ...] | None, str], ...],
    own: Mapping[str, tuple[str, RevisionGraph]] | None = None,
) -> SchemaLadder:
    """Return the ladder over these files; ``found`` are environment, rows and why they are not known, in the ladder's order.

    ``own`` holds, by environment, the branch that it is deployed from and the graph of that branch's files.
    """
    rungs: list[Rung] = []
    below: frozenset[str] | None = None
    for environment, rows, note in found:
        branch, files = (own or {}).get(environment, ("", None))
        rung, active = _rung(graph, environment, rows, note, below)
        if files is not None:
            rung, active = _by_own_files(rung, active, files, branch, below)
        rungs.append(rung)
        below = active
    words = graph.merge_words()
    proposal = f"alembic {words[0]} {words[1]} {words[2]!r} {' '.join(words[3:])}" if words else ""
    heads = tuple((head, graph.by_id[head].file) for head in graph.heads)
    return SchemaLadder(tuple(rungs), heads, graph.problems(), proposal)


def _rung(
    graph: RevisionGraph, environment: str, rows: tuple[str, ...] | None, note: str, below: frozenset[str] | None
) -> tuple[Rung, frozenset[str] | None]:
    if rows is None:
        return Rung(environment, None, note=note), None
    state = applied(graph, rows)
    pending = tuple(graph.by_id[one] for one in graph.order if one not in state.active) if not state.unknown else ()
    ahead = tuple(sorted(state.active - below)) if below is not None and environment == "production" else ()
    known = None if state.unknown else state.active
    return Rung(environment, rows, pending, state.unknown, ahead, note), known


def _by_own_files(
    rung: Rung, active: frozenset[str] | None, files: RevisionGraph, branch: str, below: frozenset[str] | None
) -> tuple[Rung, frozenset[str] | None]:
    """Add what the files of the environment's own branch tell; they also define rows that the work tree does not know."""
    theirs, known = _rung(files, rung.environment, rung.rows, rung.note, below)
    if rung.rows is None or theirs.strange:
        return replace(rung, branch=branch), active
    if rung.strange:
        rung, active = replace(theirs, pending=()), known
    return replace(rung, branch=branch, due=theirs.pending), active


def risk_words(revision: Revision) -> str:
    """Return what an upgrade by a revision risks, in few words; "only adds" where reading finds nothing else."""
    risks = revision.risks_of(Direction.UP)
    return "; ".join(dict.fromkeys(risk.sentence() for risk in risks)) if risks else "only adds"
