"""The protection audit: each rule of the document for main and staging against what GitHub enforces (R21-R28)."""

from __future__ import annotations

from strideiq_console.domain.branch import Branch, BranchKind
from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.policy.protection import Change, Difference, compare, decide_approvals, document, unreported
from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.reading import Level
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Line, Tone, text
from strideiq_console.presentation.glyphs import Glyphs


def protection_of(facts: Facts, branch: Branch) -> Protection | None:
    """Return what GitHub enforces on a branch, None where that is not known."""
    return next((one for one in facts.protections.value or () if one.branch == branch.name), None)


def audit(facts: Facts, branch: Branch) -> tuple[Difference, ...]:
    """Return every rule of the document for main or staging; empty for other branches, and where nothing is known."""
    protection = protection_of(facts, branch)
    if protection is None or not branch.kind.permanent:
        return ()
    policy = document(str(branch.kind), branch.name, facts.required_checks or REQUIRED_CHECKS)
    # Who has decided to work without an approval that nobody could give (T2) has not forgotten the rule.
    approvals = decide_approvals("auto", bot=False, now=protection.approvals, asked=policy.approvals)
    return compare(protection, policy, approvals)


def never_reported(facts: Facts, branch: Branch) -> tuple[str, ...]:
    """Return the required checks that no known run has ever reported: a renamed job is waited for for ever (R24)."""
    protection = protection_of(facts, branch)
    if protection is None or not protection.required_checks:
        return ()
    reported = {job.name for run in facts.runs.value or () for job in run.jobs or ()}
    for standing in facts.pulls.value or ():
        if standing.checks is not None:
            reported.update(check.name for check in standing.checks.others)
            reported.update(name for name, state in standing.checks.required if state is not CheckState.EXPECTED)
    return unreported(protection.required_checks, sorted(reported)) if reported else ()


def protection_level(facts: Facts, branch: Branch) -> Level:
    """Judge the rules of main or staging: critical where work can reach main past any review, unknown where a rule is (R22)."""
    protection = protection_of(facts, branch)
    if protection is None:
        return Level.UNKNOWN
    open_ = branch.kind is BranchKind.MAIN and protection.pull_request is False
    rows = audit(facts, branch)
    if open_ or protection.force_push:
        return Level.CRITICAL
    if any(row.change is Change.TIGHTENS for row in rows) or never_reported(facts, branch):
        return Level.WARNING
    return Level.UNKNOWN if any(row.change is Change.UNKNOWN for row in rows) else Level.OK


def badge(facts: Facts, branch: Branch, glyphs: Glyphs) -> Cell | None:
    """Return the word of a permanent branch's rules; None where nobody has asked for them."""
    if protection_of(facts, branch) is None:
        return None
    level = protection_level(facts, branch)
    lacking = sum(row.change is Change.TIGHTENS for row in audit(facts, branch))
    words = {
        Level.OK: "protected",
        Level.UNKNOWN: "rules unknown",
        Level.CRITICAL: "unprotected",
        Level.WARNING: f"{lacking} rule{'' if lacking == 1 else 's'} missing" if lacking else "check never runs",
    }[level]
    return Cell(f"{glyphs.level(level)} {words}", Tone.MUTED if level is Level.OK else LEVEL_TONES[level])


_MARKS = {Change.TIGHTENS: Level.WARNING, Change.UNKNOWN: Level.UNKNOWN}


def audit_lines(facts: Facts, branch: Branch, glyphs: Glyphs) -> list[Line]:
    """Return the audit rule by rule, each with what is and what should be, and how to mend it."""
    if not branch.kind.permanent:
        return []
    protection, rows = protection_of(facts, branch), audit(facts, branch)
    lines: list[Line] = [(), (Cell(f"rules of {branch.name} at GitHub", Tone.ACCENT),)]
    if protection is None:
        return [*lines, (Cell(f"{glyphs.unknown} not read yet", Tone.UNKNOWN),)]
    for row in rows:
        level = _MARKS.get(row.change, Level.OK)
        mark = Cell(f"{glyphs.level(level)} ", LEVEL_TONES[level])
        words = f"{row.rule}: {row.now}"
        wanted = level is not Level.OK
        lines.append(text(mark, words, Cell(f", should be {row.should}" if wanted else "", LEVEL_TONES[level])))
    if protection.note:
        lines.append((Cell(protection.note, Tone.MUTED),))
    never = never_reported(facts, branch)
    if never:
        words = f"{glyphs.warn} no known run reports {', '.join(never)}: a required check that never runs holds every merge"
        lines.append((Cell(words, Tone.WARNING),))
    if any(row.change is Change.TIGHTENS for row in rows):
        lines.append((Cell("a e makes the rules those of the document: strideiq protect start", Tone.ACCENT),))
    return [*lines, (Cell(f"enforced by: {protection.source}", Tone.MUTED),)]
