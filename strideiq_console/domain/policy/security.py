"""Section 8 of the architecture document: the five headers, and what the rest of the checklist shows from outside (R112, R113).

The document names neither HSTS nor a content policy, and one header that browsers no longer read: such differences are noted, they
fail nothing (T28).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from strideiq_console.domain.finding import Finding
from strideiq_console.domain.reading import Level
from strideiq_console.domain.site import HEADERS, RATE_LIMIT, Headers
from strideiq_console.domain.untrusted import clean_line

RATE_LIMIT_HEADERS = ("x-ratelimit-limit", "ratelimit-limit", "ratelimit", "ratelimit-policy", "x-rate-limit-limit")
EXTRA_HEADERS = (
    "strict-transport-security",
    "content-security-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "cross-origin-embedder-policy",
)
# Headers that show who stands between the site and its visitor, and may have added headers of its own.
_BETWEEN = (("cf-ray", "Cloudflare"), ("x-vercel-id", "Vercel"), ("x-railway-edge", "Railway"), ("x-amz-cf-id", "CloudFront"))
_TOKEN = re.compile(r"[^,]+")


@dataclass(frozen=True, slots=True)
class SecurityHeader:
    """One header of the document. ``stricter`` are other values that protect at least as well: noted, not failed."""

    name: str
    expected: str
    stricter: tuple[str, ...] = ()
    remark: str = ""


SECURITY_HEADERS = (
    SecurityHeader("X-Content-Type-Options", "nosniff"),
    SecurityHeader("X-Frame-Options", "DENY"),
    SecurityHeader("X-XSS-Protection", "1; mode=block", ("0",), "browsers no longer read it"),
    SecurityHeader("Referrer-Policy", "strict-origin-when-cross-origin", ("no-referrer", "same-origin", "strict-origin")),
    SecurityHeader("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)


def judge_headers(headers: Headers, url: str) -> tuple[Finding, ...]:
    """Compare the headers of one page with the document's five, each a finding; extra good ones are one more, a note."""
    shown = clean_line(url, limit=200)
    found = [_judge_header(wanted, values(headers, wanted.name), shown) for wanted in SECURITY_HEADERS]
    return (*found, _extras(headers, shown))


def values(headers: Headers, name: str) -> tuple[str, ...]:
    """Return every value of one header, in the order of the wire."""
    return tuple(value for key, value in headers if key == name.lower())


def answered_by(headers: Headers) -> str:
    """Return who stands in front of the site by the headers that it leaves, ``""`` when none shows."""
    named = {name for key, name in _BETWEEN for given, _ in headers if given == key}
    return " and ".join(name for _, name in _BETWEEN if name in named)


def judge_rate_limit(headers: Headers, status: int, url: str) -> Finding:
    """Judge one answer of an address that is not exempt: its header shows the limit. Nobody is flooded to prove it (R112)."""
    shown = clean_line(url, limit=200)
    name = next((name for name in RATE_LIMIT_HEADERS if values(headers, name)), "")
    if name:
        value = clean_line(values(headers, name)[0], limit=60)
        return Finding(RATE_LIMIT, shown, Level.OK, f"limited: {name} is {value}")
    if status == 429:
        return Finding(RATE_LIMIT, shown, Level.OK, "limited: it answers 429", note="it names no limit in a header")
    if status in (404, 405, 410) or status >= 500:
        step = "Set an address of the API that exists and is not exempt"
        return Finding(RATE_LIMIT, shown, Level.UNKNOWN, f"answers {status} without a limit's header", step)
    cause = f"answers {status} without X-RateLimit-Limit: no rate limit shows"
    return Finding(RATE_LIMIT, shown, Level.WARNING, cause, "Switch rate limiting on, or set another address if this one is exempt")


def _judge_header(wanted: SecurityHeader, given: tuple[str, ...], url: str) -> Finding:
    subject = f"{wanted.name} of {url}"
    fix = f"Set {wanted.name}: {wanted.expected} in vercel.json"
    if not given:
        cause = "missing" + (f" ({wanted.remark})" if wanted.remark else "")
        return Finding(HEADERS, subject, Level.WARNING, cause, fix)
    distinct = tuple(dict.fromkeys(_normal(value) for value in given))
    twice = f"it is sent {len(given)} times; " if len(given) > 1 else ""
    if len(distinct) > 1 and wanted.name != "Referrer-Policy":
        seen = clean_line(" and ".join(given), limit=200)
        return Finding(HEADERS, subject, Level.WARNING, f"sent with different values: {seen}", "Leave one place that sets it")
    value = clean_line(given[-1].strip(), limit=200)
    judge = _JUDGES.get(wanted.name, _plain)
    level, cause, note = judge(wanted, given[-1])
    note = (twice + note).rstrip("; ")
    return Finding(HEADERS, subject, level, cause or f"is {value}", fix if level is not Level.OK else "", note)


def _plain(wanted: SecurityHeader, given: str) -> tuple[Level, str, str]:
    """Judge a header of one word, which a proxy may have joined with itself (``nosniff, nosniff``)."""
    words = {_normal(word) for word in _TOKEN.findall(given)} or {""}
    if len(words) == 1:
        word = next(iter(words))
        if word == _normal(wanted.expected):
            return Level.OK, "", ""
        if word in wanted.stricter:
            why = f" ({wanted.remark})" if wanted.remark else ", which is as strict"
            return Level.OK, "", f"the document says {wanted.expected}{why}"
    return Level.WARNING, f"is {clean_line(given.strip(), limit=120) or 'empty'}, not {wanted.expected}", ""


def _referrer(wanted: SecurityHeader, given: str) -> tuple[Level, str, str]:
    """Judge a list of policies: a browser takes the last that it knows."""
    return _plain(wanted, (_TOKEN.findall(given) or [""])[-1])


def _permissions(wanted: SecurityHeader, given: str) -> tuple[Level, str, str]:
    """Compare directive by directive: order and further ones do not matter, ``(self)`` is noted, anything wider is a warning."""
    have, want = _directives(given), _directives(wanted.expected)
    own = [name for name in want if have.get(name) in ("(self)", "self")]
    wide = [name for name in want if name not in own and have.get(name) != "()"]
    if wide:
        said = ", ".join(f"{name} is {have[name]}" if name in have else f"{name} is not named" for name in wide)
        return Level.WARNING, clean_line(said, limit=200), ""
    notes = [f"{name}=(self) where the document says {name}=()" for name in own]
    extra = [name for name in have if name not in want]
    notes += [f"it also names {', '.join(extra[:6])}"] if extra else []
    return Level.OK, "", clean_line("; ".join(notes), limit=200)


def _directives(policy: str) -> dict[str, str]:
    """Return each feature with its allow list, white space inside the brackets closed up."""
    found: dict[str, str] = {}
    for part in policy.lower().split(","):
        name, _, allow = part.partition("=")
        if name.strip():
            found[name.strip()] = re.sub(r"\s+", " ", allow.partition(";")[0].strip()).replace("( ", "(").replace(" )", ")")
    return found


def _normal(value: str) -> str:
    return re.sub(r"\s*;\s*", "; ", " ".join(value.lower().split()))


def _extras(headers: Headers, url: str) -> Finding:
    """Say which good headers are there that the document does not name, and which are not; never a fault."""
    there = [name for name in EXTRA_HEADERS if values(headers, name)]
    hsts = values(headers, "strict-transport-security")
    notes = [] if hsts else ["no Strict-Transport-Security (the document names none)"]
    if hsts and re.search(r"max-age\s*=\s*\"?0+\"?\s*(?:;|$)", hsts[0].lower()):
        notes.append("Strict-Transport-Security has max-age=0, which switches it off")
    notes += [] if "content-security-policy" in there else ["no Content-Security-Policy (the document names none)"]
    between = answered_by(headers)
    notes += [f"answered through {between}, which may add headers of its own"] if between else []
    cause = f"beyond the document: {', '.join(there)}" if there else "nothing beyond the document's five"
    return Finding(HEADERS, f"further headers of {url}", Level.OK, cause, note="; ".join(notes))


_JUDGES: dict[str, Callable[[SecurityHeader, str], tuple[Level, str, str]]] = {
    "Referrer-Policy": _referrer,
    "Permissions-Policy": _permissions,
}
