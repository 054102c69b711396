"""What holds a pull request back: a word for a row, a sentence for "why can't I merge", every reason for the preview (R37)."""

from __future__ import annotations

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.facts import PullStanding
from strideiq_console.presentation.branch_state import BranchIndex
from strideiq_console.presentation.cell import Cell, Line, Tone, text
from strideiq_console.presentation.glyphs import Glyphs

_SHORT = {"changes wanted": "to change"}
UNLOOKED = "it is only listed: GitHub is asked closely about the first pull requests alone"


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
            return f"{mark} {_SHORT.get(word, word)}", tone
    return glyphs.ok, Tone.OK


def reasons(standing: PullStanding) -> tuple[str, ...]:
    """Return every reason at once; that nothing is known of it is one."""
    return standing.blockers or ((UNLOOKED,) if standing.checks is None else ())


def why_not_merged(standing: PullStanding) -> str:
    """Say in one sentence why a pull request cannot be merged now, or that it can."""
    pull, all_ = standing.pull, reasons(standing)
    if not all_:
        return f"#{pull.number} can be merged into {pull.base}"
    return f"#{pull.number} cannot be merged into {pull.base} now: {'; '.join(all_)}"


def pull_lines(standing: PullStanding, index: BranchIndex, glyphs: Glyphs, *, trusted: bool = True) -> list[Line]:
    """Return a pull request with every reason that holds it back; what is not fresh (``trusted`` false) is never green."""
    pull, checks = standing.pull, standing.checks
    words, tone = pull_words((standing,), glyphs)
    if tone is Tone.OK and not trusted:
        words, tone = glyphs.unknown, Tone.UNKNOWN
    lines: list[Line] = [
        (),
        text(Cell(f"#{pull.number}", Tone.ACCENT, pull.url), f" into {pull.base}  ", Cell(words, tone)),
        text(pull.title),
    ]
    if checks is not None and checks.required:
        lines.append((Cell(f"checks {checks.passed} of {len(checks.required)}", Tone.MUTED),))
    lines.extend((Cell(f"{glyphs.warn} {reason}", Tone.WARNING),) for reason in reasons(standing))
    silent = index.silent(standing)
    if silent:
        lines.append((Cell(f"{glyphs.warn} {silent}", Tone.WARNING),))
    if not reasons(standing):
        free = (f"{glyphs.ok} nothing blocks it", Tone.OK)
        lines.append((Cell(*free) if trusted else Cell("nothing blocked it when it was last read", Tone.UNKNOWN),))
    lines.append((Cell(pull.url, Tone.MUTED, pull.url),))
    return lines
