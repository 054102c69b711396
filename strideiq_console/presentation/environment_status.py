"""What the providers' own status pages say: a red one is theirs, not ours; a page that is silent proves nothing (R73)."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.facts import Facts
from strideiq_console.domain.provider_status import ProviderStatus
from strideiq_console.domain.reading import Level, Reading
from strideiq_console.presentation.age import ago
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.freshness import freshness, together
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.provenance import provenance_cell

_COLUMNS = (Column("", 2), Column("provider", 12), Column("age", 8), Column("its own page says"))
NAMES = {"github": "GitHub", "vercel": "Vercel", "railway": "Railway", "cloudflare": "Cloudflare"}


def status_level(reading: Reading[ProviderStatus], provider: str, now: datetime) -> Level:
    """Return what a page says; unknown when it is old, failed or was never read. It never makes an environment red by itself."""
    if reading.value is None or not freshness(reading, f"status/{provider}", now).trusted:
        return Level.UNKNOWN
    return reading.value.level


def status_table(facts: Facts, now: datetime, glyphs: Glyphs) -> Table:
    """Return one row a provider."""
    whole = together([freshness(reading, f"status/{name}", now) for name, reading in facts.status.items()])
    rows = tuple(_row(name, reading, now, glyphs) for name, reading in facts.status.items())
    notice = whole.notice or ("" if rows else "No status page is configured: [status] of config.toml names them.")
    return Table(_COLUMNS, rows, whole.look, notice, f"{len(rows)} providers", whole.age)


def _row(name: str, reading: Reading[ProviderStatus], now: datetime, glyphs: Glyphs) -> Row:
    level, value = status_level(reading, name, now), reading.value
    age = ago(reading.seen, now).removesuffix(" ago")
    words = "not known" if value is None else value.words or str(value.level)
    theirs = " (theirs, not ours)" if level in (Level.WARNING, Level.CRITICAL) else ""
    cells = (Cell(glyphs.level(level), LEVEL_TONES[level]), Cell(NAMES.get(name, name)), Cell(age, Tone.MUTED))
    return Row(name, (*cells, Cell(f"{words}{theirs}", LEVEL_TONES[level] if theirs else Tone.PLAIN)), value.url if value else "")


def status_detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return what a page says of its parts, and its open incidents."""
    reading = facts.status.get(key)
    if reading is None:
        return ()
    level, value = status_level(reading, key, now), reading.value
    lines: list[Line] = [text(Cell(f"{glyphs.level(level)} {NAMES.get(key, key)}", LEVEL_TONES[level]))]
    if value is None:
        return (*lines, (Cell("Its page has not answered: that says nothing about the provider.", Tone.MUTED),))
    lines.append((Cell(value.words),))
    if level in (Level.WARNING, Level.CRITICAL):
        lines.append((Cell("Theirs, not ours: nothing here mends it. Wait, or work around it.", Tone.WARNING),))
    lines.append(())
    lines += [text(Cell(f"{part}: ", Tone.MUTED), Cell(word, Tone.WARNING)) for part, word in value.components]
    for incident in value.incidents:
        lines += [(), (Cell(incident.name, Tone.WARNING),)]
        since = f", since {ago(incident.started_at, now)}" if incident.started_at else ""
        lines.append((Cell(f"{incident.status} {incident.impact}{since}".strip(), Tone.MUTED),))
        lines += [(Cell(incident.url, Tone.MUTED),)] if incident.url else []
    if not value.components and not value.incidents and level is Level.OK:
        lines.append((Cell("No part that StrideIQ stands on is reported, and no incident is open.", Tone.MUTED),))
    lines += [text(Cell("page      ", Tone.MUTED), value.url)] if value.url else []
    lines.append((provenance_cell(reading, f"status/{key}", now),))
    return tuple(lines)
