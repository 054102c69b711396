"""What a probe of a URL saw, and what the body of ``/health`` means (R13, R14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from strideiq_console.domain.reading import Level

GOOD_WORDS = frozenset({"ok", "healthy", "alive", "up", "pass", "passing", "ready", "connected", "true"})
POOR_WORDS = frozenset({"degraded", "warn", "warning", "slow", "partial"})
DATABASE_PARTS = frozenset({"db", "database", "postgres"})
BAD_WORDS = frozenset({"down", "unhealthy", "error", "fail", "failed", "failing", "critical", "disconnected", "false"})


@dataclass(frozen=True, slots=True)
class Probe:
    """One answer of one URL.

    ``status`` is None when nothing answered, with ``error`` as a clean line. ``latency_ms`` is until the whole body.
    ``parts`` names what the health body said of each dependency: ``(("db", Level.OK), …)``. ``running`` is false when
    the connection was refused, which for a local environment is "not running" and no incident (R7). ``version`` is the
    revision that the body names, if any. ``redirects`` are the addresses passed through.
    """

    url: str
    level: Level
    words: str
    status: int | None = None
    latency_ms: int | None = None
    parts: tuple[tuple[str, Level], ...] = ()
    tls_days: int | None = None
    running: bool = True
    version: str | None = None
    redirects: tuple[str, ...] = ()
    error: str = ""
    at: datetime | None = None

    @property
    def poor_beside_database(self) -> bool:
        """Say whether the answer is poor, yet names its database as good: what is poor is then no matter of the schema."""
        of_database = [level for name, level in self.parts if name in DATABASE_PARTS]
        return self.level is Level.WARNING and bool(of_database) and worst_level(of_database) is Level.OK


@dataclass(frozen=True, slots=True)
class Health:
    """The probes of one environment: its page and its API."""

    environment: str
    web: Probe | None
    api: Probe | None

    @property
    def level(self) -> Level:
        """Return the worst of both; unknown when nothing was probed."""
        return worst_level(p.level for p in (self.web, self.api) if p is not None)

    @property
    def running(self) -> bool:
        """Say whether anything answered at all."""
        probes = [p for p in (self.web, self.api) if p is not None]
        return any(p.running for p in probes)


def worst_level(levels: Iterable[Level]) -> Level:
    """Return critical before unknown before warning before ok; unknown for nothing at all."""
    seen = set(levels)
    for level in (Level.CRITICAL, Level.UNKNOWN, Level.WARNING, Level.OK):
        if level in seen:
            return level
    return Level.UNKNOWN


def word_level(word: object) -> Level:
    """Return what one word of a health body means; a word nobody knows is unknown."""
    if isinstance(word, bool):
        return Level.OK if word else Level.CRITICAL
    text = str(word).strip().lower()
    if text in GOOD_WORDS:
        return Level.OK
    if text in POOR_WORDS:
        return Level.WARNING
    return Level.CRITICAL if text in BAD_WORDS else Level.UNKNOWN


def judge_body(body: object) -> tuple[Level, tuple[tuple[str, Level], ...]]:
    """Judge a decoded health body: its overall word, then each named dependency (a word or an object with ``status``).

    A body with 200 that says degraded is a warning at least; one that names no state at all is unknown.
    """
    if not isinstance(body, Mapping):
        return Level.UNKNOWN, ()
    parts: list[tuple[str, Level]] = []
    overall: Level | None = None
    for key, value in body.items():
        name = str(key)
        if name in ("status", "state", "health"):
            if isinstance(value, (str, bool)):
                overall = word_level(value)
            continue
        if name in ("checks", "components", "dependencies", "services") and isinstance(value, Mapping):
            parts.extend((str(k), _part_level(v)) for k, v in value.items())
        elif name in ("db", "database", "postgres", "redis", "cache", "celery", "worker", "queue"):
            parts.append((name, _part_level(value)))
    levels = [level for _, level in parts]
    if overall is not None:
        levels.append(overall)
    return worst_level(levels), tuple(parts)


def _part_level(value: object) -> Level:
    if isinstance(value, Mapping):
        for key in ("status", "state", "ok", "healthy"):
            if key in value:
                return word_level(value[key])
        return Level.UNKNOWN
    return word_level(value) if isinstance(value, (str, bool)) else Level.UNKNOWN
