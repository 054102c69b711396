"""Asks public addresses how they are, as a visitor would: no credential, no cookie (R13, R14).

How a missing answer is judged: an address that gives no answer at all (no name, no route, a timeout) may be down, and our own
network may be; the console cannot tell, so it is unknown: never green, and no false alarm. A server that answers with an error, an
ended certificate or redirects that lead nowhere has said so itself: that is critical. A page where health was asked for is the word
of a proxy or a portal, so it is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.health import Probe, judge_body, worst_level
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.reading import Level
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import Answer, PlainAnswer, Transport, plain_get

CAP = 256 * 1024
TLS_WARNING_DAYS = 21
"""R76: amber below this."""
_VERSION_KEYS = ("git_sha", "sha", "commit", "version", "revision")
_VERSION = re.compile(r"[0-9a-f]{7,64}\Z")
_TITLE = re.compile(rb"<title[^>]{0,200}>([^<]{1,300})", re.IGNORECASE)
_ERROR_TITLE = re.compile(r"\s*(?:[45]\d\d\b|.*\b(?:error|not found|unavailable|suspended|maintenance)\b)", re.IGNORECASE)
_LEVEL_WORDS = {Level.CRITICAL: "down", Level.WARNING: "degraded", Level.UNKNOWN: "unknown", Level.OK: "ok"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer means: a level, the words for a cell, each dependency, and the commit that the body names."""

    level: Level
    words: str
    parts: tuple[tuple[str, Level], ...] = ()
    version: str | None = None


class HttpProber:
    """Probes addresses within ``timeout`` seconds each, redirects included."""

    def __init__(self, *, clock: Clock, transport: Transport | None = None, timeout: float = 5.0) -> None:
        self._clock = clock
        self._transport = transport
        self._timeout = timeout

    async def probe(self, url: str, *, health: bool) -> Probe:
        """Ask one URL; with ``health`` its body is judged too. ConfigurationError only for an address that may not be asked."""
        shown = clean_line(url, limit=300)
        try:
            answer = await plain_get(url, transport=self._transport, timeout=self._timeout, cap=CAP, clock=self._clock)
        except OutsideError as error:
            return self._silent(shown, error.fault)
        judgement = judge_health(answer) if health else judge_page(answer)
        foreign = foreign_host(url, (*answer.redirects, answer.url))
        if foreign:
            judgement = Judgement(Level.UNKNOWN, f"redirected to {foreign} (a sign-in page or a portal?)")
        judgement = _with_certificate(judgement, answer.tls_days)
        return Probe(
            url=shown,
            level=judgement.level,
            words=judgement.words,
            status=answer.status,
            latency_ms=answer.elapsed_ms,
            parts=judgement.parts,
            tls_days=answer.tls_days,
            version=judgement.version,
            redirects=tuple(clean_line(address, limit=300) for address in answer.redirects),
            at=self._clock.now(),
        )

    def _silent(self, shown: str, fault: Fault) -> Probe:
        """Return the probe of an address that gave no usable answer."""
        cause = clean_line(fault.cause.removeprefix("the probe: "), limit=300)
        refused = fault.kind is FaultKind.UNREACHABLE and "refused" in cause.lower()
        ended = fault.kind is FaultKind.TLS and "expired" in cause.lower()
        critical = ended or fault.kind is FaultKind.REFUSED
        words = "not running" if refused else "the certificate has expired" if ended else cause
        level = Level.CRITICAL if critical else Level.UNKNOWN
        return Probe(url=shown, level=level, words=words, running=not refused, error=cause, at=self._clock.now())


def judge_page(answer: PlainAnswer) -> Judgement:
    """Judge a web page: its status, and a title that speaks of an error although the status says 200 (R13)."""
    status = answer.status
    bad = _judge_status(status)
    if bad is not None:
        return bad
    if status in (404, 410):
        return Judgement(Level.CRITICAL, f"{status}: no page here")
    if not 200 <= status < 300:
        return Judgement(Level.WARNING, f"answers {status}")
    hit = _TITLE.search(answer.body)
    title = clean_line(hit[1].decode("utf-8", "replace").strip(), limit=80) if hit else ""
    if _ERROR_TITLE.match(title):
        return Judgement(Level.WARNING, f"answers {status}, but its title says {title}")
    return Judgement(Level.OK, f"answers {status}")


def judge_health(answer: PlainAnswer) -> Judgement:
    """Judge a health address by its body (R14): 200 is not good enough, and an error status is never better than critical."""
    body = _json_of(answer)
    bad = _judge_status(answer.status)
    if not isinstance(body, Mapping):
        if bad is not None:
            return bad
        if answer.status in (404, 410):
            return Judgement(Level.UNKNOWN, f"{answer.status}: no health address here")
        page = "html" in answer.headers.get("content-type", "").lower() or answer.body.lstrip()[:1] == b"<"
        what = "a web page instead of health (a sign-in page or a portal?)" if page else "no health that can be read"
        return Judgement(Level.UNKNOWN, f"answers {answer.status} with {what}")
    level, raw = judge_body(body)
    parts = tuple((clean_line(name, limit=40), part) for name, part in raw[:20])
    words = _words(level, parts)
    if bad is not None:
        named = f": {words}" if any(part is not Level.OK for _, part in parts) else ""
        return Judgement(worst_level((bad.level, level)), bad.words + named, parts, _version(body))
    if not 200 <= answer.status < 300:
        return Judgement(worst_level((Level.UNKNOWN, level)), f"answers {answer.status}", parts, _version(body))
    return Judgement(level, words, parts, _version(body))


def _judge_status(status: int) -> Judgement | None:
    """Return what an error status means whatever was asked for, None when the body may decide."""
    if status >= 500:
        return Judgement(Level.CRITICAL, f"server error {status}")
    if status in (401, 403):
        return Judgement(Level.WARNING, f"asks for a sign-in ({status})")
    if status == 429:
        return Judgement(Level.UNKNOWN, "answers 429: asked too often")
    return None


def _json_of(answer: PlainAnswer) -> Any:
    """Return the decoded body, None for one that is cut, no JSON, or JSON that no server should send."""
    if answer.truncated:
        return None
    try:
        return Answer(answer.status, answer.headers, answer.body, source="probe").json()
    except OutsideError:
        # No fault of the reading: that the body is no JSON is the finding, and the judgement says so in words.
        return None


def _words(level: Level, parts: tuple[tuple[str, Level], ...]) -> str:
    """Return what is wrong by name, the worst first; without names the level's own word."""
    order = (Level.CRITICAL, Level.UNKNOWN, Level.WARNING)
    named = [f"{name} {_LEVEL_WORDS[bad]}" for bad in order for name, part in parts if part is bad]
    if named:
        return ", ".join(named[:4])
    return {Level.OK: "healthy", Level.UNKNOWN: "the body names no known state"}.get(level, _LEVEL_WORDS[level])


def _version(body: Mapping[str, Any]) -> str | None:
    """Return the commit that a body names; a release number is none, and could not be compared with a deployment."""
    values = (body.get(key) for key in _VERSION_KEYS)
    texts = (value.strip().lower() for value in values if isinstance(value, str))
    return next((text for text in texts if _VERSION.match(text)), None)


def _with_certificate(judgement: Judgement, days: int | None) -> Judgement:
    """Add a certificate that ends soon, which is a warning by itself."""
    if days is None or days >= TLS_WARNING_DAYS:
        return judgement
    level = worst_level((judgement.level, Level.WARNING))
    words = f"{judgement.words}; the certificate ends in {days} d"
    return Judgement(level, words, judgement.parts, judgement.version)


def foreign_host(url: str, passed: tuple[str, ...]) -> str:
    """Return the first other host among the addresses that answered, ``""`` for none; ``www.`` in front makes no other host."""
    own = host_of(url).removeprefix("www.")
    return next((clean_line(host, limit=100) for host in map(host_of, passed) if host and host.removeprefix("www.") != own), "")


def host_of(url: str) -> str:
    """Return the host of an address in lower case, ``""`` for an address that cannot be read."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
