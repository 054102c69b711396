"""What a provider's own status page says: a red provider is theirs, not ours (R73)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from strideiq_console.domain.reading import Level


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
