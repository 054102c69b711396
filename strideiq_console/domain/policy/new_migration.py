"""What a new migration will be called, where it will stand, and who else has made one there meanwhile (R89): pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from strideiq_console.domain.branch import Operation, propose_slug
from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.health import worst_level
from strideiq_console.domain.migration import Revision
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.reading import Level

LONGEST = 40
"""Characters of a file's slug, as alembic cuts it unless ``truncate_slug_length`` says otherwise."""
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class BranchFiles:
    """The migration files of a branch, named as git shows it. ``graph`` None: they were not read, ``why`` and ``help`` say more."""

    name: str
    graph: RevisionGraph | None
    why: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a new migration would be made on.

    ``branch`` is the one that is checked out (None: detached), ``permanent`` says that it is main or staging. ``here`` are the
    files of the work tree. ``bases`` are the same branch at origin, then staging and main there, as last fetched; ``others`` are
    branches that may be merged one day. ``moved`` names those of ``bases`` that origin has elsewhere by now, ``unasked`` says why
    origin could not be asked; ``left`` counts branches that were not looked at.
    """

    branch: str | None
    here: RevisionGraph
    permanent: bool = False
    operation: Operation | None = None
    bases: tuple[BranchFiles, ...] = ()
    others: tuple[BranchFiles, ...] = ()
    moved: tuple[str, ...] = ()
    unasked: str = ""
    left: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to settle before a migration is made, and what helps."""

    level: Level
    words: str
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class NewMigration:
    """The command to run in ``folder`` of the clone (``""``: its top), and what is to be settled first.

    ``heads`` are what it will stand on, with their files: none for a first migration, None where that is not known. ``compared``
    names the branches that were read as of ``fetched_at`` (None: never fetched, or not known); ``asked`` says that origin itself
    told where it stands a moment ago.
    """

    slug: str
    command: tuple[str, ...]
    folder: str
    branch: str | None = None
    heads: tuple[tuple[str, str], ...] | None = None
    compared: tuple[str, ...] = ()
    fetched_at: datetime | None = None
    asked: bool = False
    notices: tuple[Notice, ...] = ()

    @property
    def level(self) -> Level:
        """Return how it stands: well when it will leave one head, unknown where that cannot be told."""
        return worst_level(one.level for one in self.notices) if self.notices else Level.OK


def revision_slug(text: str) -> str:
    """Return the part of the file's name that alembic makes of a text: ``add_coach_notes``. UsageError when nothing is left of it.

    Accents are taken off; what is no letter of a-z and no digit becomes one underscore; a long one ends after a whole word.
    """
    plain = "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))
    words = re.findall(r"[a-z0-9]+", plain)
    slug = "_".join(words)
    while len(slug) > LONGEST and len(words) > 1:
        words.pop()
        slug = "_".join(words)
    if not slug:
        raise UsageError(
            f"{text!r} names no migration: it has no letter of a-z and no digit",
            next_step='say what it does: strideiq migrate new "add coach notes"',
        )
    return slug[:LONGEST]


def revision_words(slug: str) -> tuple[str, ...]:
    """Return what follows the founder's alembic: nothing in the message needs quotes but its blanks."""
    return ("revision", "--autogenerate", "-m", slug.replace("_", " "))


def notices(ground: Ground, command: Sequence[str] = ("alembic",), slug: str = "") -> tuple[Notice, ...]:
    """Return what is to be settled first, in the order in which to settle it; none when one head will remain.

    ``command`` is the founder's alembic, for the commands that help.
    """
    return (
        *_checked_out(ground, slug),
        *_files(ground.here, command),
        *_bases(ground),
        *_others(ground),
        *_unread(ground),
    )


def _checked_out(ground: Ground, slug: str) -> Iterator[Notice]:
    if ground.operation is not None:
        yield Notice(Level.WARNING, f"a {ground.operation} is under way in the work tree", "finish it first, with your own git")
    if ground.branch is None:
        yield Notice(Level.WARNING, "no branch is checked out: the new file would be on none", "git switch BRANCH")
    elif ground.permanent:
        step = f"begin a feature first: strideiq feature start {propose_slug(slug) or 'SLUG'}"
        yield Notice(Level.WARNING, f"{ground.branch} is checked out, and is never committed to directly", step)


def _files(here: RevisionGraph, command: Sequence[str]) -> Iterator[Notice]:
    if not here.complete or here.unclear:
        unclear = "; ".join(here.problems()[: len(here.unclear) or 1][:MOST_NAMED])
        yield Notice(Level.UNKNOWN, f"the heads are not certain: {unclear}", "repair the file, then ask again")
    elif not here.sound:
        broken = [words for words in here.problems() if not words.startswith(f"{len(here.heads)} heads")]
        yield Notice(Level.WARNING, "; ".join(broken[:MOST_NAMED]), "alembic refuses such files: repair them first")
    if len(here.heads) > 1:
        heads = ", ".join(f"{head} ({here.by_id[head].file})" for head in here.heads)
        verb, option, message, *joined = here.merge_words()
        join = f"join them first: {' '.join(command)} {verb} {option} '{message}' {' '.join(joined)}"
        yield Notice(Level.WARNING, f"the work tree has {len(here.heads)} heads, and alembic refuses: {heads}", join)


def _bases(ground: Ground) -> Iterator[Notice]:
    seen = set(ground.here.by_id)
    for base in ground.bases:
        lacking = _beyond(base.graph, seen)
        if not lacking:
            continue
        seen.update(one.id for one in lacking)
        count = "a revision" if len(lacking) == 1 else f"{len(lacking)} revisions"
        words = f"{base.name} has {count} that the work tree lacks: {_named(lacking)}; the new one would be a second head"
        own = base.name == f"origin/{ground.branch}"
        step = (
            "git pull, then ask again" if own else f"git fetch origin, then git merge {base.name} or rebase onto it, and ask again"
        )
        yield Notice(Level.WARNING, words, step)
    for name in ground.moved:
        words = f"{name} has moved since the last fetch: whether it has new revisions is not known here"
        yield Notice(Level.WARNING, words, "git fetch origin, then ask again")


def _others(ground: Ground) -> Iterator[Notice]:
    seen = {*ground.here.by_id, *(i for base in ground.bases if base.graph is not None for i in base.graph.by_id)}
    for other in ground.others:
        added = _beyond(other.graph, seen)
        if not added:
            continue
        first = added[0]
        same = set(first.parents) & set(ground.here.heads) or (not first.parents and not ground.here.heads)
        below = ", ".join(first.parents) or "nothing"
        where = f"on {below} too" if same else f"on {below}"
        words = f"{other.name} adds {_named(added)} {where}: two branches, two heads once both are merged"
        yield Notice(Level.WARNING, words, "merge one of them first, bring it in here, then make the new one on top of it")


def _unread(ground: Ground) -> Iterator[Notice]:
    if ground.unasked:
        words = f"whether origin has moved is not known: {ground.unasked}"
        yield Notice(Level.UNKNOWN, words, "see what git fetch origin says, then ask again")
    for one in (*ground.bases, *ground.others):
        if one.graph is None:
            yield Notice(Level.UNKNOWN, f"the migrations of {one.name} are not known: {one.why}", one.help)
        elif not one.graph.complete or one.graph.unclear:
            yield Notice(
                Level.UNKNOWN, f"the migrations of {one.name} are not certain: {one.graph.problems()[0]}", "repair the file"
            )
    if ground.left:
        many = "a branch was" if ground.left == 1 else f"{ground.left} older branches were"
        yield Notice(Level.UNKNOWN, f"{many} not looked at", "delete what is merged: c on its row in the branches")


def _beyond(graph: RevisionGraph | None, seen: set[str]) -> tuple[Revision, ...]:
    """Return the revisions that nobody of ``seen`` is, a parent before its children; those on a circle have no order."""
    if graph is None:
        return ()
    return tuple(graph.by_id[one] for one in (*graph.order, *graph.cycles) if one not in seen)


def _named(revisions: Sequence[Revision]) -> str:
    words = [f"{one.id} ({one.message})" if one.message else one.id for one in revisions[:MOST_NAMED]]
    more = f" and {len(revisions) - MOST_NAMED} more" if len(revisions) > MOST_NAMED else ""
    return ", ".join(words) + more
