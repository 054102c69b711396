"""Findings drawn: as lines with what to do under each, as JSON, and as a Markdown report to keep or to paste."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from strideiq_console.domain.finding import Finding, level_of
from strideiq_console.domain.reading import Level
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Line, Tone, text
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.markdown import literal

SCHEMA = "strideiq.doctor/1"


def worst(findings: Sequence[Finding]) -> Level:
    """Return the level that decides the exit code: critical before unknown before warning."""
    return level_of(findings)


def about(finding: Finding) -> str:
    """Return what a finding is about: what was looked for, and where."""
    return " ".join(part for part in (finding.check, finding.subject) if part)


def lines(findings: Sequence[Finding], glyphs: Glyphs, *, everything: bool = False) -> tuple[Line, ...]:
    """Return findings as text, each with how to mend it under it.

    Without ``everything`` what is well is one line at the end, by what was looked for, so that what is wrong is not lost in it.
    """
    good = [finding for finding in findings if finding.level in (Level.OK, None) and not everything]
    wrong = [finding for finding in findings if finding not in good]
    if good:
        counts = Counter(finding.check for finding in good)
        words = ", ".join(f"{check} {count}" if count > 1 else check for check, count in counts.items())
        mark = Cell(f"{glyphs.level(Level.OK)} ", LEVEL_TONES[Level.OK])
        summary = text(mark, Cell(f"well ({len(good)}): ", Tone.ACCENT), f"{words}; --all shows each")
        return (*_each(wrong, glyphs), summary)
    return tuple(_each(wrong, glyphs))


def _each(findings: Sequence[Finding], glyphs: Glyphs) -> list[Line]:
    """Draw findings; those that say the same of several subjects stand once, where the first of them stood."""
    answer: list[Line] = []
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.level, finding.cause, finding.next_step, finding.note), []).append(finding)
    for same in groups.values():
        finding, level = same[0], same[0].level
        names = list(dict.fromkeys(about(one) for one in same))
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        mark = Cell(f"{glyphs.level(level)} ", LEVEL_TONES[level]) if level is not None else Cell("- ", Tone.MUTED)
        answer.append(text(mark, Cell(f"{', '.join(names[:3])}{more}: ", Tone.ACCENT), finding.cause))
        if finding.next_step:
            answer.append((Cell(f"    {finding.next_step}", Tone.MUTED),))
        if finding.note:
            answer.append((Cell(f"    ({finding.note})", Tone.MUTED),))
    return answer


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return findings as one document; ``level`` is null for what does not apply."""
    rows = [_row(finding) for finding in findings]
    return {"schema": SCHEMA, "level": str(worst(findings)), "findings": rows}


def _row(finding: Finding) -> dict[str, Any]:
    level = str(finding.level) if finding.level is not None else None
    row = {"level": level, "about": about(finding), "words": finding.cause, "fix": finding.next_step}
    return {**row, "note": finding.note} if finding.note else row


def markdown(findings: Sequence[Finding], at: datetime, title: str, redact: Callable[[str], str] = str) -> str:
    """Return findings as a Markdown report to paste: the worst first, every text taken literally.

    ``redact`` is applied before a text is escaped: an escaped mark would break the shape by which a token is known.
    """

    def plain(words: str) -> str:
        return literal(redact(words))

    order = (Level.CRITICAL, Level.WARNING, Level.UNKNOWN, Level.OK, None)
    parts = [f"# {plain(title)}", "", f"{at:%Y-%m-%d %H:%M} UTC: {worst(findings)}.", ""]
    for level in order:
        mine = [finding for finding in findings if finding.level is level]
        if not mine:
            continue
        parts += [f"## {str(level).capitalize() if level is not None else 'Does not apply'} ({len(mine)})", ""]
        for finding in mine:
            parts.append(f"- **{plain(about(finding))}**: {plain(finding.cause)}")
            parts += [
                f"  - {words}: {plain(value)}" for words, value in (("Mend", finding.next_step), ("Note", finding.note)) if value
            ]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"
