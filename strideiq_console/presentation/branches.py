"""The branches panel: kind, pull requests with what blocks them, divergence, age, and what is left over (R16-R19)."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.branch import Branch, BranchKind
from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.commit import Divergence, short_sha
from strideiq_console.domain.facts import Facts, PullStanding
from strideiq_console.presentation.age import ago, since
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.freshness import freshness
from strideiq_console.presentation.glyphs import Glyphs

_WIDE = (Column("branch"), Column("pull requests", 18), Column("+ −", 9), Column("age", 7))
_NARROW = (Column("branch"), Column("kind", 13), Column("pull requests", 20), Column("+ −", 9), Column("age", 8))


def table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return the branches: those in work, newest first, then what is left over, then the permanent ones."""
    fresh = freshness(facts.branches, "branches", now)
    branches = facts.branches.value or ()
    ordered = sorted(branches, key=lambda b: (_group(b, facts), -b.tip.committed_at.timestamp()))
    rows = tuple(_row(branch, facts, now, glyphs, narrow) for branch in ordered)
    notice = fresh.notice
    if not notice and not rows:
        notice = "The clone has no branch yet: make a first commit."
    return Table(_NARROW if narrow else _WIDE, rows, fresh.look, notice, f"{len(rows)}", fresh.age)


def _group(branch: Branch, facts: Facts) -> int:
    if branch.kind.permanent:
        return 2
    return 1 if left_over(branch, facts) else 0


def pulls_of(branch: str, facts: Facts) -> tuple[PullStanding, ...]:
    """Return the open pull requests whose head is this branch, in the order of their numbers."""
    mine = (standing for standing in facts.pulls.value or () if standing.pull.head == branch)
    return tuple(sorted(mine, key=lambda standing: standing.pull.number))


def left_over(branch: Branch, facts: Facts) -> bool:
    """Say whether a branch has nothing of its own any more: everything is in main or staging, and no pull request is open.

    The branch that is checked out and one that stands exactly on a permanent branch (just created) do not count.
    """
    if branch.kind.permanent or branch.checked_out or pulls_of(branch.name, facts):
        return False
    tips = {b.remote or b.local for b in facts.branches.value or () if b.kind.permanent}
    if branch.tip.sha in tips:
        return False
    return any(side is not None and side.ahead == 0 and side.behind > 0 for side in (branch.against_main, branch.against_staging))


def base_divergence(branch: Branch) -> Divergence | None:
    """Return how the branch stands against the one it goes to: hotfix and release against main, others against staging."""
    if branch.kind is BranchKind.MAIN:
        return None
    if branch.kind in (BranchKind.STAGING, BranchKind.HOTFIX, BranchKind.RELEASE):
        return branch.against_main
    return branch.against_staging or branch.against_main


def _row(branch: Branch, facts: Facts, now: datetime, glyphs: Glyphs, narrow: bool) -> Row:
    gone = left_over(branch, facts)
    mark = f"{glyphs.here} " if branch.checked_out else ""
    name = Cell(mark + branch.name, Tone.WARNING if branch.hostile else Tone.MUTED if gone else Tone.PLAIN)
    age = Cell(since(branch.tip.committed_at, now), Tone.MUTED)
    side = base_divergence(branch)
    counts = Cell("–", Tone.MUTED) if side is None or gone else Cell(f"+{side.ahead} −{side.behind}")
    pulls = standing_cell(branch, facts, now, glyphs)
    cells = (name, Cell(str(branch.kind), Tone.MUTED), pulls, counts, age) if narrow else (name, pulls, counts, age)
    open_pulls = pulls_of(branch.name, facts)
    return Row(branch.name, cells, open_pulls[0].pull.url if open_pulls else "")


def standing_cell(branch: Branch, facts: Facts, now: datetime, glyphs: Glyphs) -> Cell:
    """Return the pull requests of a branch and what blocks them, or what the branch is when it has none."""
    if branch.hostile:
        return Cell("unfit name", Tone.WARNING)
    standings = pulls_of(branch.name, facts)
    age = freshness(facts.pulls, "pulls", now).age
    if standings:
        numbers = " ".join(f"#{s.pull.number}" for s in standings)
        words, tone = pull_words(standings, glyphs)
        return Cell(f"{numbers} {words}" + (f" {age}" if age else ""), tone)
    if left_over(branch, facts):
        return Cell("merged, left over", Tone.MUTED)
    if branch.kind.permanent:
        return Cell(f"→ {branch.kind.deploys_to}", Tone.MUTED)
    if facts.pulls.value is None:
        return Cell("–", Tone.MUTED)
    return Cell("unclassified" if branch.kind is BranchKind.UNCLASSIFIED else "no PR", Tone.MUTED)


def pull_words(standings: tuple[PullStanding, ...], glyphs: Glyphs) -> tuple[str, Tone]:
    """Say in a word or two what holds pull requests back, the worst first; the mark of good when nothing does."""
    words = [short_blocker(standing) for standing in standings]
    for word, mark, tone in (
        ("CI red", glyphs.bad, Tone.CRITICAL),
        ("conflict", glyphs.bad, Tone.CRITICAL),
        ("changes wanted", glyphs.bad, Tone.WARNING),
        ("draft", glyphs.none, Tone.MUTED),
        ("behind", glyphs.warn, Tone.WARNING),
        ("CI runs", glyphs.running, Tone.ACTIVE),
        ("unknown", glyphs.unknown, Tone.UNKNOWN),
        ("computing", glyphs.unknown, Tone.UNKNOWN),
        ("to approve", glyphs.queued, Tone.PLAIN),
        ("blocked", glyphs.warn, Tone.WARNING),
    ):
        if word in words:
            return f"{mark} {word}", tone
    return glyphs.ok, Tone.OK


def short_blocker(standing: PullStanding) -> str:
    """Return one word or two for why a pull request cannot be merged now, "" when it can."""
    pull, checks = standing.pull, standing.checks
    if checks is not None and checks.state.red:
        return "CI red"
    if pull.mergeable is False or pull.mergeable_state == "dirty":
        return "conflict"
    if any("requests changes" in reason for reason in standing.blockers):
        return "changes wanted"
    if pull.draft:
        return "draft"
    if pull.mergeable_state == "behind":
        return "behind"
    if checks is not None and checks.state in (CheckState.QUEUED, CheckState.RUNNING, CheckState.EXPECTED):
        return "CI runs" if checks.state is not CheckState.EXPECTED else "unknown"
    if checks is None:
        return "unknown"
    if pull.mergeable is None and standing.blockers:
        return "computing"
    if any("approval" in reason for reason in standing.blockers):
        return "to approve"
    return "blocked" if standing.blockers else ""


def detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return the preview of one branch: its kind, tips, divergence, and each pull request with all its blockers."""
    branch = next((b for b in facts.branches.value or () if b.name == key), None)
    if branch is None:
        return ()
    lines: list[Line] = [
        text(Cell(branch.name, Tone.ACCENT), f"  {branch.kind}, deploys to {branch.kind.deploys_to}"),
        text(f"{branch.tip.short} {branch.tip.subject}"),
        text(Cell(f"{branch.tip.author}, {ago(branch.tip.committed_at, now)}", Tone.MUTED)),
        (),
    ]
    if branch.hostile:
        lines.append((Cell("The true name is not fit to act on; the console only shows it.", Tone.WARNING),))
    for label, sha in (("local", branch.local), ("origin", branch.remote)):
        lines.append(text(Cell(f"{label:<10}", Tone.MUTED), short_sha(sha) if sha else "absent"))
    for label, side in (("main", branch.against_main), ("staging", branch.against_staging)):
        words = "unknown" if side is None else f"{side.ahead} ahead, {side.behind} behind"
        lines.append(text(Cell(f"{label:<10}", Tone.MUTED), words))
    if branch.unpushed:
        lines.append((Cell(f"{branch.unpushed} not pushed", Tone.WARNING),))
    for standing in pulls_of(branch.name, facts):
        lines.extend(_pull_lines(standing, glyphs))
    notice = freshness(facts.pulls, "pulls", now).notice
    if notice:
        lines.extend(((), (Cell(notice, Tone.MUTED),)))
    return tuple(lines)


def _pull_lines(standing: PullStanding, glyphs: Glyphs) -> list[Line]:
    pull = standing.pull
    words, tone = pull_words((standing,), glyphs)
    lines: list[Line] = [
        (),
        text(f"#{pull.number} into {pull.base}  ", Cell(words, tone)),
        text(pull.title),
        (Cell(pull.url, Tone.MUTED),),
    ]
    lines.extend((Cell(f"  {glyphs.warn} {reason}", Tone.WARNING),) for reason in standing.blockers)
    if not standing.blockers:
        lines.append((Cell(f"  {glyphs.ok} nothing blocks it", Tone.OK),))
    return lines
