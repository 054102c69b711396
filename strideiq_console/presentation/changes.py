"""What changed in an environment, as lines and as JSON: what serves now, what came with it, and what nobody could tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from strideiq_console.domain.changes import Arrived, Changes, Move
from strideiq_console.domain.commit import short_sha
from strideiq_console.presentation.age import ago
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Line, Tone, text
from strideiq_console.presentation.glyphs import Glyphs

SCHEMA = "strideiq.changes/1"
_HEAD = 12
_INDENT = " " * _HEAD


def title(changes: Changes, now: datetime) -> str:
    """Return the heading: the environment, and how long ago it changed."""
    when = ago(changes.at, now) if changes.at is not None else "when is not known"
    return f"What changed in {changes.environment} · {when}"


def lines(changes: Changes, now: datetime, glyphs: Glyphs, *, reading: bool = False) -> tuple[Line, ...]:
    """Return all of it; ``reading``: commits and variables are still being asked for."""
    answer: list[Line] = []
    answer += _part("Served", _served(changes, now, glyphs))
    if reading:
        answer += _part("Commits", iter([(Cell(f"{glyphs.running} reading commits, migrations and variables", Tone.ACTIVE),)]))
    else:
        answer += _part("Commits", _commits(changes, now))
        answer += _part("Migrations", _migrations(changes, glyphs))
        answer += _part("Variables", _variables(changes, now))
    answer += _part("Providers", _providers(changes, glyphs))
    if changes.unknown:
        answer += _part("Not known", ((Cell(f"{glyphs.unknown} {words}", Tone.UNKNOWN),) for words in changes.unknown))
    answer += _part("Next", iter(_next(changes)))
    return tuple(answer)


def _part(head: str, found: Iterator[Line]) -> list[Line]:
    rows = list(found)
    first = (Cell(f"{head:<{_HEAD}}", Tone.ACCENT), *rows[0])
    return [first, *((Cell(_INDENT), *row) for row in rows[1:]), ()]


def _served(changes: Changes, now: datetime, glyphs: Glyphs) -> Iterator[Line]:
    for move in changes.moves:
        yield from _move(move, now, glyphs)
    if not changes.moves:
        yield (Cell("no component is configured", Tone.MUTED),)


def _move(move: Move, now: datetime, glyphs: Glyphs) -> Iterator[Line]:
    live, before = move.live, move.before
    if live is None:
        yield text(f"{move.component:<5}", Cell(f"{glyphs.unknown} what serves is not known", Tone.UNKNOWN))
        return
    sha = short_sha(live.sha) if live.sha else "commit unknown"
    yield text(f"{move.component:<5}{sha}  ", Cell(ago(move.at, now) if move.at else "", Tone.MUTED), f"  {live.subject}".rstrip())
    if before is None:
        yield (Cell("     nothing that served before is in sight", Tone.MUTED),)
        return
    was = short_sha(before.sha) if before.sha else "a commit that nobody names"
    way = f"{glyphs.warn} rolled back from" if move.backward else "before it"
    made = f", made {ago(before.created_at, now)}" if before.created_at else ""
    yield text("     ", Cell(f"{way} {was}{made}", Tone.WARNING if move.backward else Tone.MUTED))


def _commits(changes: Changes, now: datetime) -> Iterator[Line]:
    if changes.commits is None:
        yield (Cell("not known", Tone.UNKNOWN),)
        return
    total = len(changes.commits) + changes.more
    back = any(move.backward for move in changes.moves)
    if not total:
        yield (Cell("none came: what serves was made before" if back else "none came with it", Tone.MUTED),)
        return
    yield text(f"{total} came with it" if total > 1 else "one came with it")
    for one in changes.commits:
        yield _commit(one, now)
    if changes.more:
        yield (Cell(f"and {changes.more} more", Tone.MUTED),)


def _commit(one: Arrived, now: datetime) -> Line:
    about = Cell(f"  {one.commit.author}, {ago(one.commit.committed_at, now)}", Tone.MUTED)
    return text(Cell(f"{one.commit.short} ", Tone.ACCENT), one.commit.subject, about)


def _migrations(changes: Changes, glyphs: Glyphs) -> Iterator[Line]:
    files = changes.migrations
    if files is None:
        yield (Cell("not known", Tone.UNKNOWN),)
    elif not files:
        yield (Cell("none", Tone.MUTED),)
    for path in files or ():
        yield (Cell(f"{glyphs.warn} {path}", Tone.WARNING),)


def _variables(changes: Changes, now: datetime) -> Iterator[Line]:
    if changes.variables is None:
        yield (Cell("not known", Tone.UNKNOWN),)
    elif not changes.variables:
        yield (Cell("none that says when it was changed", Tone.MUTED),)
    for one in changes.variables or ():
        yield text(Cell(one.name, Tone.WARNING), Cell(f"  {one.provider}, {ago(one.at, now)}", Tone.MUTED))


def _providers(changes: Changes, glyphs: Glyphs) -> Iterator[Line]:
    if not changes.status:
        yield (Cell("none says that it has trouble", Tone.MUTED),)
    for page in changes.status:
        mark = Cell(f"{glyphs.level(page.level)} ", LEVEL_TONES[page.level])
        yield text(mark, f"{page.provider}: {page.words}", Cell("  theirs, not ours", Tone.MUTED))


def _next(changes: Changes) -> list[Line]:
    span = changes.span
    if span is None or any(move.backward for move in changes.moves):
        places = (("1", " environments  "), ("4", " metrics  "), ("W", " workflows"))
        return [tuple(cell for key, does in places for cell in (Cell(key, Tone.ACCENT), Cell(does)))]
    files = changes.migrations
    told = "" if files is None else f", {len(files)} migrations in between" if files else ", no migration in between"
    return [text(Cell("W b", Tone.ACCENT), f" roll back to {short_sha(span[0])}{told}  ", Cell("4", Tone.ACCENT), " metrics")]


def changes_json(changes: Changes, now: datetime) -> dict[str, Any]:
    """Return all of it as one document; a part that nobody could tell is null."""
    span = changes.span
    return {
        "schema": SCHEMA,
        "at": now.isoformat(),
        "environment": changes.environment,
        "changed": changes.at.isoformat() if changes.at else None,
        "from": span[0] if span else None,
        "to": span[1] if span else None,
        "components": [_move_json(move) for move in changes.moves],
        "commits": None if changes.commits is None else [_commit_json(one) for one in changes.commits],
        "more_commits": changes.more,
        "migrations": None if changes.migrations is None else list(changes.migrations),
        "variables": None
        if changes.variables is None
        else [{"name": v.name, "source": v.provider, "at": v.at.isoformat()} for v in changes.variables],
        "providers": [{"provider": p.provider, "level": str(p.level), "words": p.words} for p in changes.status],
        "unknown": list(changes.unknown),
    }


def _move_json(move: Move) -> dict[str, Any]:
    return {
        "component": move.component,
        "source": move.provider,
        "live": move.live.sha if move.live else None,
        "since": move.at.isoformat() if move.at else None,
        "before": move.before.sha if move.before else None,
        "rolled_back": move.backward,
    }


def _commit_json(one: Arrived) -> dict[str, Any]:
    commit = one.commit
    return {"sha": commit.sha, "subject": commit.subject, "author": commit.author, "at": commit.committed_at.isoformat()}
