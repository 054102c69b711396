"""Section 8 of the architecture document, other sites: who may read the API (CORS), and whose requests carry the session (R112)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from strideiq_console.domain.finding import Finding
from strideiq_console.domain.policy.security import values
from strideiq_console.domain.reading import Level
from strideiq_console.domain.site import COOKIES, CORS, Headers
from strideiq_console.domain.untrusted import clean_line

STRANGER = "https://stranger.invalid"
"""An origin that no site can have: an API that allows it allows everybody."""

# Cookies of those who stand in front of a site: not StrideIQ's to set, so noted and not judged.
INFRASTRUCTURE_COOKIES = ("__cf_bm", "cf_clearance", "__cflb", "_cfuvid", "__cfruid", "_vercel_jwt", "_vercel_sso_nonce")
_LIST_FIX = "Name the allowed origins in the API's CORS settings (CORS_ORIGINS), without *"


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie that a page sets: its name and its flags, never its value. ``same_site`` in lower case, ``""`` when absent."""

    name: str
    secure: bool
    http_only: bool
    same_site: str


def judge_preflight(headers: Headers, status: int, origin: str, url: str) -> Finding:
    """Judge the answer to a preflight from an origin that has no business here: it must get no allow header."""
    subject = f"{clean_line(url, limit=200)} asked from {clean_line(origin, limit=100)}"
    allowed = [value.strip() for value in values(headers, "access-control-allow-origin")]
    shown = clean_line(", ".join(allowed), limit=120)
    with_session = any(v.strip().lower() == "true" for v in values(headers, "access-control-allow-credentials"))
    session = ", and with the visitor's cookies" if with_session else ""
    # A joined header is no valid answer, but its parts show what the server is willing to say.
    words = {word.strip().lower().rstrip("/") for value in allowed for word in value.split(",")}
    if "*" in words:
        return Finding(CORS, subject, Level.CRITICAL, f"every site is allowed (*){session}", _LIST_FIX)
    if origin.lower().rstrip("/") in words:
        return Finding(CORS, subject, Level.CRITICAL, f"any origin that asks is allowed: it is reflected{session}", _LIST_FIX)
    if "null" in words:
        return Finding(CORS, subject, Level.CRITICAL, f"the origin null is allowed, which any page can take on{session}", _LIST_FIX)
    if status >= 500 or status == 429 or 300 <= status < 400:
        step = "Set the final address of the API for the preflight" if status < 400 else "Try again later"
        return Finding(CORS, subject, Level.UNKNOWN, f"the preflight is answered {status}", step)
    if len(words) > 1:
        return Finding(CORS, subject, Level.WARNING, f"several origins in one answer, which no browser takes: {shown}", _LIST_FIX)
    note = f"it names {shown} whoever asks, so browsers refuse the stranger" if shown else ""
    return Finding(CORS, subject, Level.OK, f"refused: no allow header ({status})" if not shown else "refused", note=note)


def read_cookies(headers: Headers) -> tuple[Cookie, ...]:
    """Return the cookies that an answer sets; one without a name is left out, as browsers that are strict do."""
    found = []
    for line in values(headers, "set-cookie")[:50]:
        first, *rest = line.split(";")
        name = first.partition("=")[0].strip() if "=" in first else ""
        flags = {key.strip().lower(): value.strip().lower() for key, _, value in (part.partition("=") for part in rest)}
        if name:
            shown = clean_line(name, limit=60)
            found.append(Cookie(shown, "secure" in flags, "httponly" in flags, clean_line(flags.get("samesite", ""), limit=20)))
    return tuple(found)


def judge_cookies(headers: Headers, url: str) -> tuple[Finding, ...]:
    """Judge the flags of every cookie that a page sets; a page that sets none has nothing to protect that way."""
    shown = clean_line(url, limit=200)
    cookies = read_cookies(headers)
    ours = [c for c in cookies if c.name.lower() not in INFRASTRUCTURE_COOKIES]
    theirs = ", ".join(c.name for c in cookies if c not in ours)
    note = f"set by who stands in front: {theirs}" if theirs else ""
    if not ours:
        cause = "sets no cookie: does not apply (bearer tokens need no SameSite)"
        return (Finding(COOKIES, shown, None, cause, note=note),)
    return tuple(_judge_cookie(cookie, shown, note) for cookie in ours)


def _judge_cookie(cookie: Cookie, url: str, note: str) -> Finding:
    faults: list[tuple[Level, str]] = []
    if cookie.same_site == "none":
        faults.append((Level.CRITICAL, "SameSite=None: every foreign page's request carries it"))
    elif cookie.same_site not in ("lax", "strict"):
        said = f"SameSite={cookie.same_site} is no value" if cookie.same_site else "no SameSite"
        faults.append((Level.WARNING, f"{said}: browsers differ in what they take instead"))
    if not cookie.secure and urlsplit(url).scheme == "https":
        faults.append((Level.WARNING, "no Secure: plain http would carry it"))
    if not cookie.http_only:
        faults.append((Level.WARNING, "no HttpOnly: scripts can read it"))
    subject = f"cookie {cookie.name} of {url}"
    if not faults:
        return Finding(COOKIES, subject, Level.OK, f"Secure, HttpOnly, SameSite={cookie.same_site.capitalize()}", note=note)
    level = Level.CRITICAL if any(bad is Level.CRITICAL for bad, _ in faults) else Level.WARNING
    step = "Set the cookie with Secure; HttpOnly; SameSite=Lax (or Strict)"
    return Finding(COOKIES, subject, level, "; ".join(words for _, words in faults), step, note)
