"""Whose data an environment holds and who vouches for it, whether its database is its own, whether a restore was tried."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from strideiq_console.domain.attested import RESTORE_DRILL, Attested, AttestedState, wanted_of
from strideiq_console.domain.database_share import DatabaseShare, Sharing
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.reading import Level
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Tone
from strideiq_console.presentation.freshness import freshness
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.provenance import provenance_cell

APART = "give it a server of its own; what is tried there reaches real users' data"
_TELL = "let both databases answer, to roles that may execute pg_control_system()"
Fact = tuple[str, Cell, Cell | None]
"""A label, its value, and where that comes from."""


def share_in(facts: Facts, environment: Environment) -> DatabaseShare | None:
    """Return what comparing its database with production's gave; None where nobody did, or they are configured no more."""
    fault = facts.databases.fault
    if environment.production or (fault is not None and fault.kind is FaultKind.NOT_CONFIGURED):
        return None
    return next((one for one in facts.databases.value or () if one.environment == environment.name), None)


def share_level(facts: Facts, share: DatabaseShare, now: datetime) -> Level:
    """Judge it: production's stays critical until something else is seen; its own is good only while that was seen lately."""
    if share.level is Level.OK and not freshness(facts.databases, "databases", now).trusted:
        return Level.UNKNOWN
    return share.level


def share_words(share: DatabaseShare) -> str:
    """Return a sentence's part without its subject: ``uses production's database: ...``."""
    words = {
        Sharing.OWN: "has a database of its own",
        Sharing.COPY: "has a database of its own that began as a copy of production's disk",
        Sharing.SERVER: "uses a database on production's server",
        Sharing.DATABASE: "uses production's database",
        Sharing.UNKNOWN: "whether it has a database of its own is not known",
    }
    return f"{words[share.sharing]}: {share.why}"


def attested_words(found: Attested) -> str:
    """Return what somebody vouches for, since when: ``synthetic, attested 12 d ago``."""
    drill, entry = found.name == RESTORE_DRILL, found.entry
    if entry is None:
        return "no restore was ever tried, or nobody wrote it down" if drill else "unknown: nobody vouches for it"
    if found.state is AttestedState.FUTURE:
        what = "the restore drill" if drill else "what vouches for it"
        return f"{'' if drill else 'unknown: '}{what} is dated {entry.entered}, which is still to come"
    when = _ago(found.days or 0)
    if drill:
        due = "" if found.state is AttestedState.CURRENT else ", which is too long ago"
        return f"tried {when}{due}"
    if found.state is AttestedState.UNSAID:
        return f"unknown: what was attested {when} says neither synthetic nor sanitized"
    said = f"{clean_line(entry.note, limit=60)}, attested {when}"
    return said if found.state is AttestedState.CURRENT else f"unknown: {said}, until {found.ends}"


def attested_step(found: Attested, now: datetime) -> str:
    """Return what helps: what to look at, and the lines of config.toml to write; ``""`` while it counts."""
    if found.state is AttestedState.CURRENT:
        return ""
    drill = found.name == RESTORE_DRILL
    first = "restore a backup into a scratch database" if drill else "look at its rows"
    today = f"entered = {now.astimezone(UTC):%Y-%m-%d}"
    if found.entry is not None and found.state is not AttestedState.UNSAID:
        return f"{first}, then set {today} in its [manual] entry of config.toml"
    place = () if drill or found.environment == "staging" else (f'environment = "{found.environment}"',)
    lines = (f'quantity = "{found.name}"', today, *place, *(() if drill else ('note = "synthetic"',)))
    return f"{first}, then write [manual.{'drill' if drill else 'data'}] {', '.join(lines)} in config.toml"


def _ago(days: int) -> str:
    return f"{days} d ago" if days else "today"


def vouched(found: Attested, share: DatabaseShare | None, now: datetime) -> Finding:
    """Judge what somebody vouches for: who shares production's server has its users' data within reach, whatever an entry says."""
    check = "restore drill" if found.name == RESTORE_DRILL else "staging data"
    words, level, step = attested_words(found), found.level, attested_step(found, now)
    if share is not None and share.shared:
        words, level, step = f"{words}; but its database is {share.sharing}", Level.CRITICAL, APART
    note = f"counts until {found.ends}" if found.state is AttestedState.CURRENT else ""
    return Finding(check, found.environment, level, words, step, note)


def data_facts(facts: Facts, environment: Environment, now: datetime, glyphs: Glyphs) -> Iterator[Fact]:
    """Yield the lines of an environment's page: its data, who vouches for that, and whether its database is its own."""
    wanted, share = wanted_of(facts.by_hand, environment, now), share_in(facts, environment)
    if environment.data and (wanted is None or environment.production):
        # The document's rule: production rows are never read here, so nothing but counts reaches a screen (R10).
        yield "data", Cell(environment.data), Cell("no rows are read", Tone.MUTED) if environment.production else None
    if wanted is not None:
        yield from _attested_facts(wanted, vouched(wanted, share, now), environment, glyphs)
    if share is not None:
        level = share_level(facts, share, now)
        value = Cell(f"{glyphs.level(level)} {share.sharing}", LEVEL_TONES[level])
        yield "database", value, provenance_cell(facts.databases, "databases", now)


def _attested_facts(found: Attested, judged: Finding, environment: Environment, glyphs: Glyphs) -> Iterator[Fact]:
    level = judged.level or Level.UNKNOWN
    by_hand = Cell("(manual)", Tone.MUTED) if found.entry is not None else None
    drill = found.name == RESTORE_DRILL
    yield "restore" if drill else "data", Cell(f"{glyphs.level(level)} {judged.cause}", LEVEL_TONES[level]), by_hand
    if found.entry is not None and found.entry.evidence:
        yield "", Cell(clean_line(found.entry.evidence, limit=200), Tone.MUTED), None
    if level is not Level.OK:
        if environment.data and not drill:
            yield "", Cell(f"it is meant to be: {environment.data}", Tone.MUTED), None
        yield "", Cell(judged.next_step, Tone.MUTED), None


def data_findings(facts: Facts, now: datetime) -> Iterator[Finding]:
    """Yield what the doctor says of each environment's data: critical where it is production's, never good where nobody knows."""
    for environment in facts.environments:
        found, share = wanted_of(facts.by_hand, environment, now), share_in(facts, environment)
        if found is not None:
            yield vouched(found, share, now)
        if not environment.production and (found is not None or share is not None):
            yield _share_finding(facts, environment, now)


def _share_finding(facts: Facts, environment: Environment, now: datetime) -> Finding:
    share = share_in(facts, environment)
    if share is not None:
        level = share_level(facts, share, now)
        step = APART if share.shared else "" if level is Level.OK else _TELL
        return Finding("own database", environment.name, level, share_words(share), step)
    fresh = freshness(facts.databases, "databases", now)
    cause = fresh.cause or "it was not compared with production's"
    return Finding("own database", environment.name, Level.UNKNOWN, cause, fresh.step or "strideiq doctor")
