"""The preview of one branch: where it stands and deploys to, every pull request with every reason, its rules, what is left."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.branch import Branch, BranchKind
from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.facts import Facts
from strideiq_console.presentation.age import ago
from strideiq_console.presentation.branch_state import STALE, BranchIndex, Remains, about, find
from strideiq_console.presentation.cell import Cell, Line, Tone, text
from strideiq_console.presentation.environment_cells import check_tone
from strideiq_console.presentation.freshness import freshness
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.protection_rules import audit_lines
from strideiq_console.presentation.pull_words import pull_lines


def detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return the preview of one branch; empty for a name that no branch bears."""
    branch = find(facts, key)
    if branch is None:
        return ()
    known = about(facts, branch.name)
    lines: list[Line] = [
        text(Cell(branch.name, Tone.ACCENT), f"  {branch.kind}, deploys to {branch.kind.deploys_to}"),
        text(f"{branch.tip.short} {branch.tip.subject}"),
        text(Cell(f"{branch.tip.author}, {ago(branch.tip.committed_at, now)}", Tone.MUTED)),
        (),
        *_ends(branch),
        *_fetched(facts, now, glyphs),
        *_ci(branch, known, facts, now, glyphs),
        *_warnings(branch, facts, glyphs),
        *_remains(branch, known, now, glyphs),
    ]
    for standing in known.pulls_of(branch.name):
        lines.extend(pull_lines(standing, known, glyphs, trusted=freshness(facts.pulls, "pulls", now).trusted))
    lines.extend(audit_lines(facts, branch, glyphs))
    for reading, feed in ((facts.pulls, "pulls"), (facts.protections if branch.kind.permanent else None, "protections")):
        notice = freshness(reading, feed, now).notice if reading is not None else ""
        if notice and not any(cell.text == notice for line in lines for cell in line):
            lines.extend(((), (Cell(notice, Tone.MUTED),)))
    return tuple(lines)


def _ends(branch: Branch) -> list[Line]:
    lines = [
        text(Cell(f"{label:<10}", Tone.MUTED), short_sha(sha) if sha else "absent")
        for label, sha in (("local", branch.local), ("origin", branch.remote))
    ]
    for label, side in (("main", branch.against_main), ("staging", branch.against_staging)):
        if str(branch.kind) == label:
            continue
        words = "unknown" if side is None else f"{side.ahead} ahead, {side.behind} behind"
        lines.append(text(Cell(f"{label:<10}", Tone.MUTED), words))
    if branch.unpushed:
        lines.append(text(Cell(f"{'push':<10}", Tone.MUTED), Cell(f"{branch.unpushed} not pushed", Tone.WARNING)))
    return lines


def _fetched(facts: Facts, now: datetime, glyphs: Glyphs) -> list[Line]:
    clone = facts.clone.value
    if clone is None or clone.remote is None:
        return []
    words = "not since it was cloned" if clone.fetched_at is None else ago(clone.fetched_at, now)
    return [text(Cell(f"{'fetched':<10}", Tone.MUTED), words)]


def _ci(branch: Branch, known: BranchIndex, facts: Facts, now: datetime, glyphs: Glyphs) -> list[Line]:
    run = known.run_of(branch)
    label = Cell(f"{'CI':<10}", Tone.MUTED)
    if run is not None:
        mine = run.sha in (branch.tip.sha, branch.remote)
        state = Cell(f"{glyphs.check(run.state)} {run.state}", check_tone(run.state) if mine else Tone.MUTED)
        return [
            text(label, state, f", run {run.number}, {ago(run.created_at, now)}" + ("" if mine else f", of {short_sha(run.sha)}"))
        ]
    if facts.runs.value is None:
        return [text(label, Cell("unknown", Tone.UNKNOWN))]
    if branch.kind.permanent or known.pulls_of(branch.name):
        return [text(label, "no run among the newest")]
    bases = " and ".join(known.permanent) or "main and staging"
    return [text(label, f"does not run here: it runs for {bases} and for pull requests into them")]


def _warnings(branch: Branch, facts: Facts, glyphs: Glyphs) -> list[Line]:
    """Return what is wrong with the branch itself: its name, its migrations, two histories after a squash (T9, T10, R86)."""
    found = []
    if branch.hostile:
        found.append("The true name is not fit to act on; the console only shows it.")
    ladder = facts.ladder.value
    if branch.checked_out and ladder is not None:
        found += [f"migrations: {problem}" for problem in ladder.problems]
    promotion = facts.promotion.value
    if branch.kind is BranchKind.STAGING and branch.absorbed_by:
        squashed = f"it was squashed into {branch.absorbed_by}: both hold the same work by different commits, which will conflict"
        found.append(f"{squashed}. Merge {branch.absorbed_by} back into it, and promote with a merge commit")
    elif branch.kind is BranchKind.STAGING and promotion is not None and promotion.staging_behind:
        count = promotion.staging_behind
        found.append(f"main has {count} commit{'' if count == 1 else 's'} that it lacks: a promotion merges main back first")
    return [(Cell(f"{glyphs.warn} {words}", Tone.WARNING),) for words in found]


def _remains(branch: Branch, known: BranchIndex, now: datetime, glyphs: Glyphs) -> list[Line]:
    remains = known.remains(branch)
    if remains is Remains.MERGED:
        sides = (("main", branch.against_main), ("staging", branch.against_staging))
        base = next((name for name, side in sides if side is not None and side.ahead == 0), "main")
        return [(), text(f"left over: all its commits are in {base}. "), (Cell("a c cleans it up", Tone.ACCENT),)]
    if remains is Remains.SQUASHED:
        words = f"left over: all its changes are in {branch.absorbed_by}, by other commits"
        return [(), text(words), (Cell("a c cleans it up", Tone.ACCENT),)]
    if branch.kind.permanent:
        return [text(Cell("permanent: never deleted, never pushed to, never forced", Tone.MUTED))]
    if remains is Remains.UNKNOWN:
        return [text(Cell(f"{glyphs.unknown} whether it was squash-merged is not known yet", Tone.UNKNOWN))]
    if now - branch.tip.committed_at > STALE and branch.name not in known.pulls:
        return [(Cell(f"{glyphs.warn} nobody has worked on it for a month, and it is not merged", Tone.WARNING),)]
    return []
