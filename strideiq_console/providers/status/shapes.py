"""The two shapes of status pages, Statuspage's and Instatus's, in the domain's words; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from strideiq_console.domain.provider_status import ProviderIncident, ProviderStatus, judge_page, page_level, relevant
from strideiq_console.domain.reading import Level
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.wire import decode, utc

SOURCE = "status"
MAX_INCIDENTS = 30
MAINTENANCE = "maintenance"
_STARTED = ("in_progress", "inprogress", "verifying")
_WORDS = {
    Level.OK: "operational",
    Level.WARNING: "has issues",
    Level.CRITICAL: "has an outage",
    Level.UNKNOWN: "in an unknown state",
}


class WirePart(msgspec.Struct, frozen=True):
    """A component of a Statuspage; a ``group`` only holds others."""

    name: str
    status: str
    group: bool = False


class WireNamed(msgspec.Struct, frozen=True):
    """A component as an incident names it."""

    name: str = ""


class WireIncident(msgspec.Struct, frozen=True):
    """An unresolved incident or a planned maintenance of a Statuspage."""

    name: str
    status: str
    impact: str | None = None
    shortlink: str | None = None
    started_at: datetime | None = None
    created_at: datetime | None = None
    scheduled_for: datetime | None = None
    components: list[WireNamed] | None = None


class WireWhole(msgspec.Struct, frozen=True):
    """The page's own word on everything."""

    indicator: str
    description: str = ""


class WireStatuspage(msgspec.Struct, frozen=True):
    """``/api/v2/summary.json``."""

    status: WireWhole
    components: list[WirePart] | None = None
    incidents: list[WireIncident] | None = None
    scheduled_maintenances: list[WireIncident] | None = None


class WirePage(msgspec.Struct, frozen=True):
    """The head of an Instatus summary. ``status``: UP, HASISSUES, UNDERMAINTENANCE."""

    status: str


class WireEvent(msgspec.Struct, frozen=True):
    """An active incident (``started``) or maintenance (``start``) of an Instatus page."""

    name: str
    status: str
    impact: str | None = None
    url: str | None = None
    started: datetime | None = None
    start: datetime | None = None


class WireInstatus(msgspec.Struct, rename="camel", frozen=True):
    """``/summary.json``; the two lists are absent when empty."""

    page: WirePage
    active_incidents: list[WireEvent] | None = None
    active_maintenances: list[WireEvent] | None = None


def read_statuspage(provider: str, decoded: Any) -> ProviderStatus:
    """Map a Statuspage summary. Raises OutsideError (MALFORMED)."""
    wire = decode(SOURCE, "the summary", decoded, WireStatuspage)
    parts = [part for part in wire.components or () if not part.group]
    ours = relevant(provider, (part.name for part in parts))
    poor = [part for part in parts if (part.name in ours or not ours) and page_level(part.status) is not Level.OK]
    incidents = [i for i in wire.incidents or () if _concerns(i, ours)]
    planned = [i for i in wire.scheduled_maintenances or () if _concerns(i, ours)]
    whole = page_level(wire.status.indicator)
    trouble = [page_level(i.impact or "minor") for i in incidents]
    trouble += [Level.WARNING for i in planned if _has_started(i.status)]
    level = judge_page(whole, (page_level(p.status) for p in parts if p.name in ours), trouble, listed=bool(ours))
    said = clean_line(wire.status.description.strip(), limit=120) or _WORDS[whole]
    # The page's sentence is about everything; where our parts stand better or worse, that is said first.
    words = said if level is whole else f"{_WORDS[level]} where StrideIQ uses it; the page says: {said}"
    mapped = [_incident(i, i.impact or "", i.started_at or i.created_at) for i in incidents]
    mapped += [_incident(i, MAINTENANCE, i.scheduled_for or i.started_at) for i in planned]
    return ProviderStatus(provider, level, words, _components(poor), tuple(mapped[:MAX_INCIDENTS]))


def read_instatus(provider: str, decoded: Any) -> ProviderStatus:
    """Map an Instatus summary, which names no components. Raises OutsideError (MALFORMED)."""
    wire = decode(SOURCE, "the summary", decoded, WireInstatus)
    incidents, planned = wire.active_incidents or [], wire.active_maintenances or []
    trouble = [page_level(i.impact or "minor") for i in incidents]
    trouble += [Level.WARNING for i in planned if _has_started(i.status)]
    level = judge_page(page_level(wire.page.status), (), trouble, listed=False)
    mapped = [_event(i, i.impact or "", i.started) for i in incidents] + [_event(i, MAINTENANCE, i.start) for i in planned]
    words = _WORDS[level] + (f": {mapped[0].name}" if incidents else "")
    return ProviderStatus(provider, level, words, (), tuple(mapped[:MAX_INCIDENTS]))


def _concerns(incident: WireIncident, ours: frozenset[str]) -> bool:
    """Say whether an incident touches a part that we use; one that names no part may."""
    return not incident.components or not ours or any(part.name in ours for part in incident.components)


def _has_started(status: str) -> bool:
    return status.strip().lower() in _STARTED


def _components(parts: Iterable[WirePart]) -> tuple[tuple[str, str], ...]:
    return tuple((clean_line(p.name, limit=80), clean_line(p.status, limit=40)) for p in parts)[:50]


def _incident(wire: WireIncident, impact: str, at: datetime | None) -> ProviderIncident:
    return _made(wire.name, wire.status, impact, at, wire.shortlink)


def _event(wire: WireEvent, impact: str, at: datetime | None) -> ProviderIncident:
    return _made(wire.name, wire.status, impact, at, wire.url)


def _made(name: str, status: str, impact: str, at: datetime | None, url: str | None) -> ProviderIncident:
    link = clean_line(url, limit=300) if url and url.startswith("https://") else ""
    aware = utc(SOURCE, at)
    return ProviderIncident(
        clean_line(name.strip(), limit=200), clean_line(status, limit=40), clean_line(impact, limit=40), aware, link
    )
