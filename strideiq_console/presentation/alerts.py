"""The alerts panel: where the document's four rules stand in every environment, worst first (R108, R109)."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.measured import readings_of
from strideiq_console.domain.policy.alerting import AlertStanding, AlertState, standings
from strideiq_console.domain.reading import Level, Look
from strideiq_console.presentation.age import age_words
from strideiq_console.presentation.alert_words import (
    compared,
    named_value,
    next_step,
    short_name,
    short_word,
    since_words,
    tone_of,
    value_of,
)
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.measured import limit_words
from strideiq_console.presentation.metrics import CONFIGURE, fresh_of, level_of, served, state_mark


def key_of(standing: AlertStanding) -> str:
    """Return the key of a row: ``production/queue/celery``."""
    return "/".join(word for word in (standing.environment, standing.rule.name, standing.part) if word)


def table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return a row a rule and environment, those that are on first; a rule that nobody can judge never counts as good."""
    places = served(facts)
    columns: tuple[Column, ...] = (Column("state", 6), Column("alert"), Column("for", 6))
    if narrow:
        columns = (Column("", 2), Column("state", 11), Column("alert"), Column("for", 8), Column("source", 12))
    if not any(True for place in places for _ in readings_of(facts, place.name)):
        return Table(
            columns, (), Look.NOT_CONFIGURED, f"No rule can be judged, there is no source of measured values: {CONFIGURE}."
        )
    judged = standings(facts, now)
    rows = tuple(_row(facts, one, now, glyphs, narrow) for one in judged)
    fresh = fresh_of(facts, places, now)
    return Table(columns, rows, fresh.look, fresh.notice, _footer(judged), fresh.age)


def _footer(judged: tuple[AlertStanding, ...]) -> str:
    on = sum(one.raised for one in judged)
    blind = sum(one.state is AlertState.BLIND for one in judged)
    return " · ".join(part for part in (f"{len(judged)} alerts, {on} on", f"{blind} blind" if blind else "") if part)


def _row(facts: Facts, one: AlertStanding, now: datetime, glyphs: Glyphs, narrow: bool) -> Row:
    tone = tone_of(one)
    plain = Tone.PLAIN if one.state is AlertState.OK else tone
    held = Cell(since_words(one, now), Tone.MUTED)
    if not narrow:
        return Row(key_of(one), (Cell(short_word(one), tone), Cell(_short(facts, one), plain), held))
    word = Cell(short_word(one) if one.state is AlertState.FIRING else str(one.state), tone)
    words = Cell(f"{one.environment} {named_value(one)}", plain)
    return Row(key_of(one), (state_mark(one, glyphs), word, words, held, Cell(one.source or "no source", Tone.MUTED)))


def _short(facts: Facts, one: AlertStanding) -> str:
    """Return an alert in about 15 letters: ``errors 7.2%>5%``, ``sync 140>100``, ``DB 43%``; elsewhere environment and rule."""
    name = one.part or short_name(one)
    if not any(e.production and e.name == one.environment for e in facts.environments):
        return f"{one.environment} {name}"
    if one.state is AlertState.TOO_FEW:
        return f"{name} {compared(one)}"
    if one.state is AlertState.BLIND:
        return name
    if one.state is AlertState.OK:
        return f"{name} {_close(value_of(one))}"
    return f"{name} {_close(compared(one).replace(' > ', '>'))}"


def _close(words: str) -> str:
    return words.replace(" %", "%").replace(" s", "s").replace(" ms", "ms")


def detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return one rule in full: what it guards, its value with source and n, since when, and the next step."""
    one = next((s for s in standings(facts, now) if key_of(s) == key), None)
    if one is None:
        return ()
    rule = one.rule
    head = text(
        Cell(f"{state_mark(one, glyphs).text} {rule.title}{f' {one.part}' if one.part else ''}", tone_of(one)), f"  {one.state}"
    )
    share = " of their limit" if rule.of is not None else ""
    lines: list[Line] = [head, text(f"{one.environment}: {compared(one)}")]
    if one.raised or one.state is AlertState.PENDING:
        least = "at least " if one.earlier else ""
        lines.append(text(f"Above the limit for {least}{age_words(now - one.since)}." if one.since is not None else ""))
    if one.before not in (None, AlertState.OK):
        lines.append((Cell(f"It was {one.before} when something was last known.", Tone.WARNING),))
    if one.note:
        lines.append((Cell(f"{one.note[:1].upper()}{one.note[1:]}.", Tone.MUTED),))
    seen = f", {age_words(now - one.seen)} ago" if one.seen is not None else ""
    count = f", n={one.n}" if one.n is not None else ""
    lines.append((Cell(f"{one.source or 'no source'}{count}{seen}", Tone.MUTED),))
    lines.append(())
    severity = "critical" if one.severity is Level.CRITICAL else "warning"
    least = f", of {rule.least} requests or more" if rule.least is not None else ""
    window, recovery = age_words(rule.window), age_words(rule.recovery)
    lines.append((Cell(f"Rule: above {limit_words(rule)}{share} for {window}{least}: {severity}.", Tone.MUTED),))
    lines.append((Cell(f"It ends after {recovery} at or below; exactly at the limit is good.", Tone.MUTED),))
    step = next_step(one)
    if step:
        lines += [(), text(Cell("Next: ", Tone.ACCENT), f"{step}.")]
    return tuple(lines)


def level(facts: Facts, now: datetime) -> Level:
    """Return the worst alert's level; unknown where production's rules cannot be judged."""
    return level_of(facts, standings(facts, now))
