"""The rollback screen: what production can go back to, and for one of them every way, every closed way, and what each costs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.deployment import newest_first
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.policy.rollback import Act, Candidate, ComponentTarget, Deck, Offer, RollbackPlan, candidates_of
from strideiq_console.domain.reading import Look
from strideiq_console.presentation.age import age_words, since
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.glyphs import Glyphs

MOST_ACTS = 8


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
    columns = (Column("", 2), Column("commit", 9), Column("age", 7), Column("served by"), Column("crosses", 18))
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


def detail(
    one: Candidate | None, offer: Offer | None, chosen: int, components: str, now: datetime, glyphs: Glyphs, *, fault: str = ""
) -> tuple[Line, ...]:
    """Return the right side: the candidate with its components, the chosen way in full, the other ways, the closed ones."""
    if one is None:
        return (text(Cell("Nothing to go back to is known yet.", Tone.MUTED)),)
    lines: list[Line] = [text(Cell(short_sha(one.sha), Tone.ACCENT), f" {one.subject}")]
    lines.extend(_component(part, now, glyphs) for part in one.components)
    lines.append(text(Cell("goes back: ", Tone.MUTED), components, Cell(f"   crosses {crossing(one)}", Tone.MUTED)))
    lines.append(())
    if fault:
        lines.append((Cell(f"{glyphs.warn} {fault}", Tone.WARNING),))
    elif offer is None:
        lines.append((Cell(f"{glyphs.partial} planning{'…'} enter takes the way that is best by then", Tone.ACTIVE),))
    else:
        lines.extend(_offered(offer, chosen, now, glyphs))
    return tuple(lines)


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
    if chosen < len(offer.plans):
        lines.extend(((), *_plan(offer.plans[chosen], now, glyphs)))
    if not offer.plans:
        lines.append((Cell(f"{glyphs.bad} No way back to this commit is open.", Tone.CRITICAL),))
    if offer.refusals:
        lines.extend(((), (Cell("Closed", Tone.MUTED),)))
        for refusal in offer.refusals:
            where = f" ({refusal.component})" if refusal.component else ""
            lines.append((Cell(f"{glyphs.bad} {refusal.kind}{where}: {refusal.sentence()}", Tone.MUTED),))
    return lines


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
    subject = act.component or (act.move.revision if act.move is not None else "")
    where = f" to {short_sha(act.sha)}" if act.sha else f" {act.target}" if act.target and not act.component else ""
    return f"{act.kind} {subject}{where}".replace("  ", " ").strip()
