"""The rollback screen: what production can go back to, and for one of them every way, every closed way, and what each costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.deployment import newest_first
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.policy.rollback import (
    Act,
    ActKind,
    Candidate,
    ComponentTarget,
    Deck,
    Offer,
    PlanKind,
    Refusal,
    RollbackPlan,
    candidates_of,
)
from strideiq_console.domain.policy.rollback import Facts as RollbackFacts
from strideiq_console.domain.policy.rollback.gates import backup_age
from strideiq_console.domain.reading import Look
from strideiq_console.presentation.age import age_words, since
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.glyphs import Glyphs

MOST_ACTS = 8
TAKES_BACK = (PlanKind.REVERT, PlanKind.KEEP_FILES)
"""The ways that can take one commit back and leave what came after it."""


def known_candidates(facts: Facts, environment: str, now: datetime) -> tuple[Candidate, ...]:
    """Return what the last reading knows of, before any provider is asked: nothing of it is eligible yet."""
    seen = [one for reading in facts.deployments.values() for one in reading.value or ()]
    places = sorted({(one.component, one.provider) for one in seen if one.environment == environment})
    decks = [
        Deck(component, provider, newest_first(d for d in seen if d.component == component), None) for component, provider in places
    ]
    return candidates_of(decks, environment, now)


def candidate_table(candidates: Sequence[Candidate], now: datetime, glyphs: Glyphs, *, notice: str = "") -> Table:
    """Return the candidates, one row each; the row key is the whole commit."""
    columns = (Column("", 2), Column("commit", 9), Column("age", 7), Column("served by"), Column("crosses", 20))
    rows = tuple(Row(one.sha, _cells(one, now, glyphs)) for one in candidates)
    return Table(columns, rows, Look.FRESH, notice, f"{len(rows)}")


def _cells(one: Candidate, now: datetime, glyphs: Glyphs) -> tuple[Cell, ...]:
    mark = Cell(glyphs.done, Tone.ACTIVE) if one.live else Cell(" ")
    parts = " ".join(f"{part.component} {_mark(part, glyphs)}" for part in one.components)
    good = any(part.eligible for part in one.components)
    crossed = "serves now" if one.live else crossing(one)
    sha = Cell(short_sha(one.sha), Tone.ACCENT if good else Tone.MUTED)
    return (mark, sha, Cell(since(one.at, now)), Cell(parts, Tone.PLAIN if good else Tone.MUTED), Cell(crossed, Tone.MUTED))


def _mark(part: ComponentTarget, glyphs: Glyphs) -> str:
    return glyphs.ok if part.eligible else glyphs.done if part.why == "serves it now" else glyphs.bad


def crossing(one: Candidate) -> str:
    """Return how many commits and migrations lie between a candidate and what serves now; a question mark where nobody knows."""
    commits = "?" if one.commits is None else str(one.commits)
    migrations = "?" if one.migrations is None else str(one.migrations)
    return f"{commits} commits, {migrations} migr."


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen on the screen: the way by its place, which components go back, and whether one commit alone is taken back."""

    way: int = 0
    components: str = "all"
    alone: bool = False


def detail(
    one: Candidate | None,
    offer: Offer | None,
    chosen: Chosen,
    now: datetime,
    glyphs: Glyphs,
    *,
    fault: str = "",
    backup: str = "",
    pinned: bool = False,
) -> tuple[Line, ...]:
    """Return the right side: the candidate with its components, every way, what is closed, and the chosen way in full.

    ``backup`` says how old the newest one is, ``""`` where the schema is not crossed.
    """
    lines: list[Line] = []
    if pinned:
        words = f"{glyphs.warn} production is pinned: new pushes do not go live. P promotes what main holds."
        lines.append((Cell(words, Tone.WARNING),))
    if one is None:
        return (*lines, text(Cell("Nothing to go back to is known yet.", Tone.MUTED)))
    lines.append(text(Cell(short_sha(one.sha), Tone.ACCENT), f" {one.subject}"))
    if chosen.alone:
        lines.append(
            text(Cell("takes back: ", Tone.MUTED), "this commit alone", Cell("; what came after it stays (c: all)", Tone.MUTED))
        )
    else:
        lines.extend(_component(part, now, glyphs) for part in one.components)
        crosses = Cell(f"   crosses {crossing(one)}", Tone.MUTED)
        lines.append(text(Cell("goes back: ", Tone.MUTED), chosen.components, crosses))
    if backup:
        lines.append((Cell(backup, Tone.MUTED),))
    lines.append(())
    if fault:
        lines.append((Cell(f"{glyphs.warn} {fault}", Tone.WARNING),))
    elif offer is None:
        lines.append((Cell(f"{glyphs.partial} planning{'…'} enter takes the way that is best by then", Tone.ACTIVE),))
    else:
        lines.extend(_offered(offer, chosen.way, now, glyphs))
    return tuple(lines)


def alone(offer: Offer) -> Offer:
    """Return the ways that take one commit back; those that go back to what served before it would take back more."""
    return Offer(tuple(p for p in offer.plans if p.kind in TAKES_BACK), tuple(r for r in offer.refusals if r.kind in TAKES_BACK))


def backup_words(facts: RollbackFacts | None, now: datetime) -> str:
    """Say how old the newest backup is, where the schema lies between what serves and the target; else ``""``."""
    if facts is None or facts.live.same_schema:
        return ""
    age = backup_age(facts, now)
    if age is None:
        return "no backup that can be relied on is known"
    return f"newest backup: {int(age.total_seconds() // 60)} min old"


def _component(part: ComponentTarget, now: datetime, glyphs: Glyphs) -> Line:
    left = f", kept {age_words(part.until - now)} more" if part.until is not None and part.until > now else ""
    tone = Tone.OK if part.eligible else Tone.MUTED
    why = f": {part.why}" if part.why else ""
    return (Cell(f"{_mark(part, glyphs)} ", tone), Cell(f"{part.component} on {part.provider}{why}{left}", tone))


def _offered(offer: Offer, chosen: int, now: datetime, glyphs: Glyphs) -> list[Line]:
    lines: list[Line] = []
    for number, plan in enumerate(offer.plans, start=1):
        here = number - 1 == chosen
        mark = glyphs.here if here else " "
        whole = "" if plan.whole else ", not all components"
        lines.append(
            (
                Cell(f"{mark} {number} ", Tone.ACCENT if here else Tone.MUTED),
                Cell(str(plan.kind), Tone.ACCENT if here else Tone.PLAIN),
                Cell(f"  level {plan.level}{whole}", Tone.WARNING if plan.level >= 4 else Tone.MUTED),
            )
        )
    if not offer.plans:
        lines.append((Cell(f"{glyphs.bad} No way back to this commit is open.", Tone.CRITICAL),))
    lines.extend(_closed(offer.refusals, lambda refusal: refusal.cause, glyphs))
    if chosen < len(offer.plans):
        lines.extend(((), *_plan(offer.plans[chosen], now, glyphs)))
    opened = _closed(offer.refusals, _consequences, glyphs)
    return [*lines, *(((), (Cell("What is closed, and what would open it", Tone.MUTED),)) if opened else ()), *opened]


def _consequences(refusal: Refusal) -> str:
    return " ".join(part.rstrip(".") + "." for part in (refusal.consequence, refusal.next_step) if part)


def _closed(refusals: Iterable[Refusal], said: Callable[[Refusal], str], glyphs: Glyphs) -> list[Line]:
    """Return one line for each thing that is said, with every way that it is said of."""
    found: dict[str, list[str]] = {}
    for refusal in refusals:
        where = f" ({refusal.component})" if refusal.component else ""
        found.setdefault(said(refusal), []).append(f"{refusal.kind}{where}")
    return [(Cell(f"{glyphs.bad} {'; '.join(ways)}: {words}", Tone.MUTED),) for words, ways in found.items() if words]


def _plan(plan: RollbackPlan, now: datetime, glyphs: Glyphs) -> list[Line]:
    lines: list[Line] = [(Cell(f"dies: {loss.words}", Tone.CRITICAL),) for loss in plan.dies]
    lines.extend(text(f"{act_words(act)}") for act in plan.acts[:MOST_ACTS])
    if len(plan.acts) > MOST_ACTS:
        lines.append((Cell(f"and {len(plan.acts) - MOST_ACTS} more", Tone.MUTED),))
    lines.extend((Cell(f"turns back too: {words}", Tone.WARNING),) for words in plan.turns_back)
    lines.extend((Cell(f"{glyphs.warn} {words}", Tone.WARNING),) for words in plan.warnings)
    lines.extend((Cell(f"afterwards: {words}", Tone.MUTED),) for words in plan.afterwards)
    left = plan.time_left(now)
    if left is not None:
        lines.append((Cell(f"possible for {age_words(left)} more", Tone.MUTED),))
    if plan.undo or plan.undo_note:
        way = ", then ".join(act_words(act) for act in plan.undo[:3])
        lines.append((Cell(f"undo: {'; '.join(part for part in (way, plan.undo_note) if part)}", Tone.MUTED),))
    return lines


def act_words(act: Act) -> str:
    """Return one deed of a plan in a few words."""
    match act.kind:
        case ActKind.UPGRADE | ActKind.DOWNGRADE if act.move is not None:
            return f"{act.kind}: {act.move.revision} to {act.move.target}"
        case ActKind.RESTORE:
            return f"make all other files equal to those of {short_sha(act.sha)}"
        case ActKind.REVERT:
            parent = f", parent {act.parent}" if act.parent else ""
            return f"{act.kind} {short_sha(act.source)}{parent}"
        case ActKind.PULL_REQUEST:
            return f"{act.kind} to {act.target}"
        case ActKind.WATCH:
            return str(act.kind)
    where = f" to {short_sha(act.sha)}" if act.sha else f" {act.target}" if act.target and not act.component else ""
    return f"{act.kind} {act.component}{where}".replace("  ", " ").strip()
