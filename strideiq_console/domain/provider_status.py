"""What a provider's own status page says: a red provider is theirs, not ours (R73)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from strideiq_console.domain.health import worst_level
from strideiq_console.domain.reading import Level

RELEVANT: dict[str, tuple[str, ...]] = {
    "github": ("Actions", "Pull Requests", "API Requests", "Git Operations", "Webhooks"),
    "vercel": ("API", "Builds", "Deployments", "CDN", "Edge Network", "Domains", "DNS", "SSL Certificates", "Vercel Functions"),
    "cloudflare": (
        "API",
        "Authoritative DNS",
        "CDN/Cache",
        "Dashboard",
        "DNS Updates",
        "Registrar",
        "SSL Certificate Provisioning",
    ),
}
"""The parts of each provider that StrideIQ stands on, as its page names them; a page that names none is judged as a whole."""

# Words of both kinds of page, without case, blanks, dashes and underscores.
_LEVELS = {
    **dict.fromkeys(("none", "operational", "up", "completed", "resolved", "postmortem"), Level.OK),
    **dict.fromkeys(("minor", "degradedperformance", "partialoutage", "minoroutage", "hasissues"), Level.WARNING),
    **dict.fromkeys(("maintenance", "undermaintenance"), Level.WARNING),
    **dict.fromkeys(("major", "critical", "majoroutage"), Level.CRITICAL),
}


@dataclass(frozen=True, slots=True)
class ProviderIncident:
    """An unresolved incident of a provider, in the provider's words, clean."""

    name: str
    status: str
    impact: str = ""
    started_at: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    """One status page. ``level`` is unknown when the page itself does not answer: never "down".

    ``components`` are those that are not operational, each with the page's word.
    """

    provider: str
    level: Level
    words: str
    components: tuple[tuple[str, str], ...] = ()
    incidents: tuple[ProviderIncident, ...] = ()
    url: str = ""


class StatusSource(Protocol):
    """Reads public status pages. Never raises for the network: a page that fails is unknown."""

    async def of(self, provider: str) -> ProviderStatus:
        """Return what the page of one provider says now."""
        ...


def page_level(word: str) -> Level:
    """Return what a word of a status page means: an indicator, an impact, a component's state. A new word is unknown."""
    return _LEVELS.get(word.strip().lower().replace("_", "").replace("-", "").replace(" ", ""), Level.UNKNOWN)


def relevant(provider: str, names: Iterable[str]) -> frozenset[str]:
    """Return those of the page's components that StrideIQ stands on; empty when the page names none of the known ones."""
    wanted = {name.lower() for name in RELEVANT.get(provider, ())}
    return frozenset(name for name in names if name.strip().lower() in wanted)


def judge_page(whole: Level, parts: Iterable[Level], incidents: Iterable[Level], *, listed: bool) -> Level:
    """Return a page's level for StrideIQ, from the relevant parts and incidents.

    Without ``listed`` (the page names none of our parts) its word on the whole counts too. A provider's trouble elsewhere is none
    of ours; a word that nobody knows is unknown.
    """
    levels = [*parts, *incidents]
    return worst_level(levels) if listed else worst_level((whole, *levels))
