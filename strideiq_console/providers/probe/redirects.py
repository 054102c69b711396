"""What a redirect means: from http to https, and from www to the apex; pure."""

from __future__ import annotations

from strideiq_console.domain.finding import Finding
from strideiq_console.domain.reading import Level
from strideiq_console.domain.site import HTTPS, WWW
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import PlainAnswer
from strideiq_console.providers.probe.health import foreign_host, host_of

_FOR_GOOD = (301, 308)
_ENFORCE = "Switch on the redirect from http to https for this host at its provider"
_PORTAL = "Sign in to the network if it asks for it, then look again"


def judge_plain(url: str, answer: PlainAnswer, *, passed: int, own: bool) -> Finding:
    """Judge what plain http answers in the end, after ``passed`` hops that were plain http too.

    ``own`` says that https answers by itself now: without that, a page over http may be a portal's and proves nothing.
    """
    shown = clean_line(f"http://{host_of(url)}/", limit=200)
    status, onward = answer.status, answer.location
    foreign = foreign_host(url, (onward,)) if onward else ""
    if foreign or status == 511:
        what = f"leads to {foreign}" if foreign else "the network asks for a sign-in (511)"
        return Finding(HTTPS, shown, Level.UNKNOWN, f"{what} (a portal?)", _PORTAL)
    if onward.startswith("https://"):
        if passed:
            cause = f"reaches https only after {passed} more hop{'s' if passed > 1 else ''} over plain http"
            return Finding(HTTPS, shown, Level.WARNING, cause, "Let the first redirect lead to https")
        note = "" if status in _FOR_GOOD else f"the redirect is for now ({status}); 308 or 301 would be kept by browsers"
        return Finding(HTTPS, shown, Level.OK, f"leads to {clean_line(onward, limit=200)} ({status})", note=note)
    if onward:
        return Finding(HTTPS, shown, Level.CRITICAL, "redirects over plain http and never reaches https", _ENFORCE)
    if 200 <= status < 300:
        if own:
            return Finding(HTTPS, shown, Level.CRITICAL, f"answers {status} over plain http instead of leading to https", _ENFORCE)
        return Finding(HTTPS, shown, Level.UNKNOWN, "a page over plain http while https does not answer (a portal?)", _PORTAL)
    if status >= 500 or status == 429:
        return Finding(HTTPS, shown, Level.UNKNOWN, f"plain http answers {status}", "Try again later")
    return Finding(HTTPS, shown, Level.WARNING, f"plain http answers {status} instead of leading to https", _ENFORCE)


def judge_www(url: str, apex: str, answer: PlainAnswer) -> Finding:
    """Judge one unfollowed answer of the www address, which should lead to the apex for good (R13)."""
    shown, status, onward = clean_line(url, limit=200), answer.status, answer.location
    wanted = host_of(apex)
    fix = f"Let {clean_line(host_of(url), limit=100)} redirect to {clean_line(apex, limit=100)} with 301 or 308"
    if not onward:
        if 200 <= status < 300:
            return Finding(WWW, shown, Level.WARNING, f"answers {status} itself: two addresses for one site", fix)
        return Finding(WWW, shown, Level.UNKNOWN if status >= 500 else Level.WARNING, f"answers {status}", fix)
    if foreign_host(apex, (onward,)):
        cause = f"leads to {clean_line(onward, limit=200)} (a portal?)"
        return Finding(WWW, shown, Level.UNKNOWN, cause, _PORTAL)
    if host_of(onward) != wanted or not onward.startswith("https://"):
        return Finding(WWW, shown, Level.WARNING, f"leads to {clean_line(onward, limit=200)}", fix)
    note = "" if status in _FOR_GOOD else f"the redirect is for now ({status}); 301 or 308 would be kept by browsers"
    return Finding(WWW, shown, Level.OK, f"leads to {clean_line(onward, limit=200)} ({status})", note=note)
