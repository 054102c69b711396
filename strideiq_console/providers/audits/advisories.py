"""Names, links and doubles of advisories, the same for both tools."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from strideiq_console.domain.untrusted import clean_line
from strideiq_console.domain.vulnerability import Vulnerability, VulnerabilitySeverity

_GHSA = re.compile(r"GHSA(?:-[0-9a-z]{4}){3}", re.IGNORECASE)
_CVE = re.compile(r"CVE-\d{4}-\d{4,10}", re.IGNORECASE)
_PYSEC = re.compile(r"PYSEC-\d{4}-\d{1,10}", re.IGNORECASE)
_PAGES = (
    (_GHSA, "https://github.com/advisories/"),
    (_CVE, "https://nvd.nist.gov/vuln/detail/"),
    (_PYSEC, "https://osv.dev/vulnerability/"),
)
_SEVERITIES = {severity.value: severity for severity in VulnerabilitySeverity} | {"medium": VulnerabilitySeverity.MODERATE}


def severity_of(word: object) -> VulnerabilitySeverity:
    """Return the severity that a word means; unknown for any other."""
    return (
        _SEVERITIES.get(word.strip().lower(), VulnerabilitySeverity.UNKNOWN)
        if isinstance(word, str)
        else VulnerabilitySeverity.UNKNOWN
    )


def number_in(text: str) -> str:
    """Return the GHSA or CVE number inside a text, ``""`` when there is none."""
    found = _GHSA.search(text)
    if found:
        return "GHSA" + found[0][4:].lower()
    found = _CVE.search(text)
    return found[0].upper() if found else ""


def https_only(url: object) -> str:
    """Return an address from outside if it is a plain https one, else ``""``."""
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or len(url) > 500 or set(url) & set(" \\\"'<>`{}|^"):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    return url if parts.scheme == "https" and host and "@" not in parts.netloc else ""


def page_of(names: Iterable[str]) -> str:
    """Return the public page of the first id that has one, ``""`` when none has."""
    known = tuple(names)
    return next((page + name for shape, page in _PAGES for name in known if shape.fullmatch(name)), "")


def merged(found: Iterable[Vulnerability]) -> tuple[Vulnerability, ...]:
    """Return each advisory of a package once, worst first: those that share an id or an alias are one."""
    kept: list[Vulnerability] = []
    for one in found:
        joined = one
        for other in [o for o in kept if o.package == one.package and o.names & one.names]:
            kept.remove(other)
            joined = _join(other, joined)
        kept.append(joined)
    return tuple(sorted(kept, key=lambda v: (v.severity.rank, v.package, v.id)))


def _join(first: Vulnerability, second: Vulnerability) -> Vulnerability:
    """Return two reports of one advisory as one: the worse severity, all names, what either knows of the rest."""
    severity = min(first.severity, second.severity, key=lambda s: s.rank)
    if VulnerabilitySeverity.UNKNOWN in (first.severity, second.severity):
        severity = next((s for s in (first.severity, second.severity) if s is not VulnerabilitySeverity.UNKNOWN), severity)
    names = dict.fromkeys((*first.aliases, second.id, *second.aliases))
    return Vulnerability(
        first.package,
        severity,
        first.id,
        first.title or second.title,
        tuple(name for name in names if name and name != first.id),
        first.url or second.url,
        _both(first.installed, second.installed),
        _both(first.affected, second.affected),
        first.fixed_in or second.fixed_in,
        first.fix or second.fix,
        first.direct if second.direct is None else (second.direct or bool(first.direct)),
        tuple(dict.fromkeys((*first.through, *second.through))),
    )


def _both(first: str, second: str) -> str:
    if not first or not second or first == second:
        return first or second
    return clean_line(f"{first} || {second}", limit=200)
