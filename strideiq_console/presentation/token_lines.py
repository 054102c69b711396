"""Where tokens come from, and what the token doctor found, as lines and as JSON (R82)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.health import worst_level
from strideiq_console.domain.reading import Level
from strideiq_console.domain.token_report import Permission, TokenFinding, TokenReport
from strideiq_console.presentation.age import age_words
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Line, Tone, text
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.settings.secret_names import describe


def origins(rows: Iterable[tuple[str, str]], glyphs: Glyphs) -> tuple[Line, ...]:
    """Return one line for each secret: its name, where it comes from, and what it is; a reason that several share stands once."""
    known = list(rows)
    reasons = [origin.removeprefix("none: ") for _, origin in known if origin.startswith("none: ")]
    shared = {reason for reason in reasons if reasons.count(reason) > 1}
    answer: list[Line] = []
    for name, origin in known:
        reason = origin.removeprefix("none: ")
        level = Level.OK if reason == origin else Level.UNKNOWN
        word = "none" if level is Level.UNKNOWN else origin
        mark = Cell(f"{glyphs.level(level)} ", LEVEL_TONES[level])
        answer.append(text(mark, Cell(f"{name:<20} ", Tone.ACCENT), f"{word:<11} ", Cell(describe(name), Tone.MUTED)))
        if level is Level.UNKNOWN and reason not in shared and not reason.startswith("strideiq secrets set"):
            answer.append((Cell(f"    {reason}", Tone.WARNING),))
    answer.extend((Cell(reason, Tone.WARNING),) for reason in dict.fromkeys(reasons) if reason in shared)
    return tuple(answer)


def level_of(finding: TokenFinding, now: datetime) -> Level:
    """Return how good a token is: refused is critical, lacking or ending soon a warning, not asked unknown."""
    report = finding.report
    if report is None:
        refused = finding.fault is not None and finding.fault.kind in (FaultKind.UNAUTHORISED, FaultKind.FORBIDDEN)
        return Level.CRITICAL if refused else Level.UNKNOWN
    if report.ended(now):
        return Level.CRITICAL
    return Level.WARNING if report.lacks or report.ends_soon(now) else Level.OK


def worst(findings: Sequence[TokenFinding], now: datetime) -> Level:
    """Return the level that decides the exit code; unknown for no token at all."""
    return worst_level(level_of(finding, now) for finding in findings)


def reports(findings: Sequence[TokenFinding], glyphs: Glyphs, now: datetime) -> tuple[Line, ...]:
    """Return every finding: whose the token is, until when, and each permission."""
    lines: list[Line] = []
    if not findings:
        lines.append(text("no provider is configured that could be asked: strideiq secrets set github"))
    for finding in findings:
        level = level_of(finding, now)
        mark = Cell(f"{glyphs.level(level)} ", LEVEL_TONES[level])
        lines.append(text(mark, Cell(f"{finding.name}: ", Tone.ACCENT), headline(finding, now)))
        if finding.fault is not None and finding.fault.next_step:
            lines.append((Cell(f"    {finding.fault.next_step}", Tone.MUTED),))
        if finding.report is not None:
            lines.extend(_details(finding.report, glyphs))
    return tuple(lines)


def headline(finding: TokenFinding, now: datetime) -> str:
    """Return whose the token is, its kind and its end, or why that is not known, as one line."""
    report = finding.report
    if report is None:
        return finding.fault.cause if finding.fault is not None else "not asked"
    parts = [report.who, report.kind, report.scope, _ending(report, now)]
    return ", ".join(part for part in parts if part)


def _ending(report: TokenReport, now: datetime) -> str:
    if report.expires_at is None:
        return "never ends" if report.expiry_known else "its end is not told"
    if report.expires_at <= now:
        return f"ended {age_words(now - report.expires_at)} ago"
    return f"ends in {age_words(report.expires_at - now)}"


def _details(report: TokenReport, glyphs: Glyphs) -> Iterator[Line]:
    for permission in report.permissions:
        level = {True: Level.OK, False: Level.WARNING, None: Level.UNKNOWN}[permission.held]
        words = {True: "held", False: "lacking", None: "not known"}[permission.held]
        note = f" ({permission.note})" if permission.note else ""
        mark = Cell(f"    {glyphs.level(level)} ", LEVEL_TONES[level])
        yield text(mark, f"{permission.name}: {words}{note}", Cell(f"  for {permission.needed_for}", Tone.MUTED))
    for note in report.notes:
        yield (Cell(f"    {note}", Tone.MUTED),)


def as_json(finding: TokenFinding) -> dict[str, Any]:
    """Return a finding as plain values."""
    report, fault = finding.report, finding.fault
    if report is None:
        words = {"kind": str(fault.kind), "cause": fault.cause, "next": fault.next_step} if fault is not None else None
        return {"name": finding.name, "fault": words}
    return {
        "name": finding.name,
        "provider": report.provider,
        "who": report.who,
        "kind": report.kind,
        "scope": report.scope,
        "expires": report.expires_at.isoformat() if report.expires_at else None,
        "expiry_known": report.expiry_known,
        "permissions": [_permission(p) for p in report.permissions],
        "notes": list(report.notes),
    }


def _permission(permission: Permission) -> dict[str, Any]:
    return {"name": permission.name, "held": permission.held, "needed_for": permission.needed_for, "note": permission.note}
