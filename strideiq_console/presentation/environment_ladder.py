"""The promotion ladder opened: the commits that wait between local, staging and main, and how each rung is climbed (R8)."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.reading import Reading
from strideiq_console.domain.unfolded import Climb, Ladder
from strideiq_console.presentation.age import ago, since
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.environment_ci import ci_of_commit
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.provenance import provenance_cell
from strideiq_console.presentation.unfolded import look_of, notice_of

_COLUMNS = (Column("", 2), Column("commit", 9), Column("age", 8, right=True), Column("what"))
_WAYS = {
    ("local", "staging"): "push the branch and open a pull request: W f",
    ("staging", "main"): "promote staging to production: W p",
    ("main", "staging"): "staging lacks these: W p begins with the back-merge",
}


def ladder_table(facts: Facts, found: Reading[Ladder], now: datetime, glyphs: Glyphs) -> Table:
    """Return each rung with its commits below it, newest first."""
    rows: list[Row] = []
    for climb in _shown(found.value):
        rows.append(_rung(climb, glyphs))
        rows += [_commit(commit, climb, now) for commit in climb.commits]
        if climb.total is not None and climb.total > len(climb.commits):
            more = f"and {climb.total - len(climb.commits)} older ones"
            rows.append(Row(f"more/{climb.start}", (Cell(""), Cell(""), Cell(""), Cell(more, Tone.MUTED))))
    waiting = sum(climb.total or 0 for climb in _shown(found.value))
    look = look_of(found)
    footer = f"{waiting} commits" if found.value is not None else ""
    return Table(_COLUMNS, tuple(rows), look, notice_of(found, "the commits between the branches", now), footer)


def _shown(ladder: Ladder | None) -> tuple[Climb, ...]:
    """Leave out main → staging where staging lacks nothing: that is how it should be."""
    climbs = ladder.climbs if ladder is not None else ()
    return tuple(climb for climb in climbs if climb.start != "main" or climb.total != 0)


def climb_words(climb: Climb) -> tuple[str, Tone]:
    """Return how many commits wait on a rung, or why that is not known."""
    if climb.note or climb.total is None:
        return climb.note or "not known", Tone.UNKNOWN
    if not climb.total:
        return "nothing waits", Tone.MUTED
    return f"{climb.total} commit{'' if climb.total == 1 else 's'}", Tone.ACCENT


def _rung(climb: Climb, glyphs: Glyphs) -> Row:
    words, tone = climb_words(climb)
    mark = Cell(glyphs.unknown if tone is Tone.UNKNOWN else glyphs.here, tone)
    what = Cell(f"{climb.start} → {climb.end}: {words}", tone)
    return Row(f"rung/{climb.start}/{climb.end}", (mark, Cell(""), Cell(""), what))


def _commit(commit: Commit, climb: Climb, now: datetime) -> Row:
    age = Cell(since(commit.committed_at, now), Tone.MUTED)
    return Row(f"{climb.start}/{commit.sha}", (Cell(""), Cell(commit.short), age, Cell(commit.subject)))


def ladder_detail(facts: Facts, found: Reading[Ladder], key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return what is known of one commit, or what a rung is and how it is climbed."""
    climbs = _shown(found.value)
    start, _, rest = key.partition("/")
    climb = next((one for one in climbs if key == f"rung/{one.start}/{one.end}"), None)
    if climb is not None and found.value is not None:
        return _rung_lines(facts, found.value, climb, now)
    commit = next((c for one in climbs if one.start == start for c in one.commits if c.sha == rest), None)
    if commit is None:
        return ()
    lines = [
        (Cell(commit.subject, Tone.ACCENT),),
        (),
        text(Cell("commit    ", Tone.MUTED), commit.sha[:12]),
        text(Cell("author    ", Tone.MUTED), f"{commit.author}  {ago(commit.committed_at, now)}"),
    ]
    lines += [text(Cell("parent    ", Tone.MUTED), parent[:7]) for parent in commit.parents]
    count = ci_of_commit(facts.runs.value or (), commit.sha)
    said = "no push run of it is known" if count is None else f"{glyphs.check(count.state)} {count.state}"
    lines.append(text(Cell("CI        ", Tone.MUTED), said, Cell("  "), provenance_cell(facts.runs, "runs", now)))
    if facts.verification is not None and facts.verification.sha == commit.sha:
        who = facts.verification
        lines.append(text(Cell("verified  ", Tone.MUTED), Cell(f"by {who.by} {ago(who.at, now)}", Tone.OK)))
    return tuple(lines)


def _rung_lines(facts: Facts, ladder: Ladder, climb: Climb, now: datetime) -> tuple[Line, ...]:
    words, tone = climb_words(climb)
    fetched = ago(ladder.fetched_at, now) if ladder.fetched_at else "never: git fetch"
    lines: list[Line] = [
        text(Cell(f"{climb.start} → {climb.end}", Tone.ACCENT), "  ", Cell(words, tone)),
        (),
        text(Cell("climbed   ", Tone.MUTED), _WAYS.get((climb.start, climb.end), "by pull request")),
        text(Cell("fetched   ", Tone.MUTED), Cell(fetched, Tone.PLAIN if ladder.fetched_at else Tone.UNKNOWN)),
    ]
    if ladder.shallow:
        lines.append((Cell("The clone is shallow: commits may be missing.", Tone.UNKNOWN),))
    if climb.start == "staging":
        found = facts.verification
        said = f"{found.sha[:7]} by {found.by} {ago(found.at, now)}" if found is not None else "nobody has verified staging"
        lines.append(text(Cell("verified  ", Tone.MUTED), said))
    return tuple(lines)
