"""The names of one environment: what they resolve to, how long certificates and registration last (R76)."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from strideiq_console.domain.dns import Domain, Resolution
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.health import Probe, worst_level
from strideiq_console.domain.names import judge_registration, judge_resolution
from strideiq_console.domain.reading import Level, Look, Reading
from strideiq_console.domain.unfolded import HeldNames
from strideiq_console.presentation.cell import LEVEL_TONES, Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.environment_problems import TLS_DAYS
from strideiq_console.presentation.freshness import freshness
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.provenance import provenance_cell
from strideiq_console.presentation.unfolded import notice_of

_COLUMNS = (Column("", 2), Column("name", 26), Column("certificate", 15), Column("what it is"))
REGISTRATION = "registration"


def names_table(facts: Facts, environment: Environment, held: Reading[HeldNames], now: datetime, glyphs: Glyphs) -> Table:
    """Return each name of the environment; the registration of the domain stands with production's."""
    fresh = freshness(facts.names, "names", now)
    rows = [_row(facts, environment, one, held.value, now, glyphs) for one in own_names(facts, environment)]
    ends = _registration(held.value, now) if environment.production else None
    if ends is not None:
        mark = Cell(glyphs.level(ends.level or Level.UNKNOWN), LEVEL_TONES[ends.level or Level.UNKNOWN])
        rows.append(Row(REGISTRATION, (mark, Cell(ends.subject or "the domain"), Cell("–", Tone.MUTED), Cell(ends.cause))))
    notices = [fresh.notice, notice_of(held, "certificates and registration", now) if not environment.local else ""]
    if held.value is not None:
        notices += [fault.sentence() for fault in held.value.faults]
    if environment.local:
        notices = ["The own machine has no names."]
    words = " ".join(part for part in dict.fromkeys(notices) if part)
    if not rows and not words:
        words = f"No name of {environment.name} is known: set url and api in [environments.{environment.name}] of config.toml."
    look = Look.FAILED if held.fault is not None or (held.value is not None and held.value.faults) else fresh.look
    return Table(_COLUMNS, tuple(rows), look, words, f"{len(rows)} names", fresh.age)


def own_names(facts: Facts, environment: Environment) -> tuple[Resolution, ...]:
    """Return what was resolved of an environment: its own hosts, and for production those that are nobody else's."""
    if environment.local:
        return ()
    mine = _hosts(environment)
    others = {host for e in facts.environments if e.name != environment.name and not e.local for host in _hosts(e)}
    found = facts.names.value or ()
    return tuple(one for one in found if one.name in mine or (environment.production and one.name not in others))


def _hosts(environment: Environment) -> frozenset[str]:
    return frozenset(urlsplit(url).hostname or "" for url in (environment.url, environment.api)) - {""}


def _row(facts: Facts, environment: Environment, one: Resolution, held: HeldNames | None, now: datetime, glyphs: Glyphs) -> Row:
    finding = _resolution(one, held)
    level, words, tone = certificate(facts, environment, one.name, held, now)
    levels = [finding.level or Level.UNKNOWN, *([level] if level is not None else [])]
    worst = worst_level(levels) if freshness(facts.names, "names", now).trusted else Level.UNKNOWN
    return Row(
        one.name,
        (Cell(glyphs.level(worst), LEVEL_TONES[worst]), Cell(one.name), Cell(words, tone), Cell(finding.cause)),
        f"https://{one.name}",
    )


def _resolution(one: Resolution, held: HeldNames | None) -> Finding:
    public = next((other for other in held.public if other.name == one.name), None) if held is not None else None
    return judge_resolution(one, public)


def certificate(
    facts: Facts, environment: Environment, name: str, held: HeldNames | None, now: datetime
) -> tuple[Level | None, str, Tone]:
    """Return how long a name's certificate lasts: as a probe saw it, else as its host says. None: nobody tells."""
    days = _probed_days(facts, environment, name)
    domain = _domain(held, name)
    if days is None and domain is not None and domain.certificate_ends is not None:
        days = (domain.certificate_ends - now).days
    if days is None:
        return None, domain.certificate if domain is not None and domain.certificate else "not known", Tone.MUTED
    if days <= 0:
        return Level.CRITICAL, "has ended", Tone.CRITICAL
    soon = days < TLS_DAYS
    return (Level.WARNING if soon else Level.OK), f"{days} d left", Tone.WARNING if soon else Tone.PLAIN


def _probed_days(facts: Facts, environment: Environment, name: str) -> int | None:
    reading = facts.health.get(environment.name)
    health = reading.value if reading is not None else None
    probes: tuple[Probe | None, ...] = (health.web, health.api) if health is not None else ()
    return next((p.tls_days for p in probes if p is not None and urlsplit(p.url).hostname == name), None)


def _domain(held: HeldNames | None, name: str) -> Domain | None:
    return next((domain for domain in held.domains if domain.name == name), None) if held is not None else None


def _registration(held: HeldNames | None, now: datetime) -> Finding | None:
    if held is None or (held.registration is None and held.expires is None):
        return None
    if held.registration is not None:
        return judge_registration(held.registration, now, by_hand=held.expires)
    days = (held.expires - now).days if held.expires is not None else 0
    level = Level.CRITICAL if days < 7 else Level.WARNING if days < 30 else Level.OK
    cause = f"registered until {held.expires:%Y-%m-%d} ({days} d), entered by hand" if held.expires else ""
    return Finding(REGISTRATION, "the domain", level, cause, "Renew it" if level is not Level.OK else "")


def names_detail(
    facts: Facts, environment: Environment, held: Reading[HeldNames], key: str, now: datetime, glyphs: Glyphs
) -> tuple[Line, ...]:
    """Return everything that is known of one name, or of the registration."""
    if key == REGISTRATION:
        ends = _registration(held.value, now)
        return () if ends is None else _finding_lines(ends, glyphs)
    one = next((found for found in own_names(facts, environment) if found.name == key), None)
    if one is None:
        return ()
    lines = list(_finding_lines(_resolution(one, held.value), glyphs))
    lines += [_fact("by way of", name) for name in one.canonical]
    lines += [_fact("address", address) for address in one.addresses]
    lines.append(text(Cell(f"{'asked':<13}", Tone.MUTED), one.resolver, "  ", provenance_cell(facts.names, "names", now)))
    lines += [_fact("publicly", f"{', '.join(p.addresses) or 'no address'} ({p.resolver})") for p in _public(held.value, key)]
    _, words, tone = certificate(facts, environment, key, held.value, now)
    lines += [(), text(Cell(f"{'certificate':<13}", Tone.MUTED), Cell(words, tone))]
    domain = _domain(held.value, key)
    if domain is not None:
        state = {True: "set up", False: "not set up as the host wants it", None: "not said"}[domain.configured]
        owner = {True: "verified", False: "not verified", None: ""}[domain.verified]
        lines.append(_fact("served by", ", ".join(part for part in (domain.provider, state, owner) if part)))
    return tuple(lines)


def _public(held: HeldNames | None, name: str) -> tuple[Resolution, ...]:
    return tuple(one for one in held.public if one.name == name and not one.error) if held is not None else ()


def _finding_lines(finding: Finding, glyphs: Glyphs) -> tuple[Line, ...]:
    level = finding.level or Level.UNKNOWN
    lines: list[Line] = [text(Cell(f"{glyphs.level(level)} {finding.subject}", LEVEL_TONES[level])), (Cell(finding.cause),)]
    lines += [(Cell(finding.next_step, Tone.ACCENT),)] if finding.next_step else []
    lines += [(Cell(finding.note, Tone.MUTED),)] if finding.note else []
    return (*lines, ())


def _fact(label: str, value: str) -> Line:
    return text(Cell(f"{label:<13}", Tone.MUTED), value)
