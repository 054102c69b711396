"""What a value may be: each check returns why it may not, or None. No answer repeats the value."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from strideiq_console.domain.secret import without_userinfo

THEME = re.compile(r"[a-z0-9-]{1,40}\Z")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
ACTION = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}\Z")
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}\Z")
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}\Z")
_HEALTH = re.compile(r"/(?!/)[A-Za-z0-9._~/-]{0,200}\Z")
_FOLDER = re.compile(r"[A-Za-z0-9._@+-][A-Za-z0-9._@+/-]{0,199}\Z")
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\Z")
_PROVIDERS = ("api.github.com", "api.vercel.com", "backboard.railway.com", "api.cloudflare.com")
_PRIVATE_NAMES = (".local", ".internal", ".lan", ".home.arpa")

_TOKENS = (
    re.compile(r"github_pat_\w{20}|\bgh[pousr]_[A-Za-z0-9]{16}|\bglpat-[\w-]{16}"),
    re.compile(r"\bvc[a-z]_[A-Za-z0-9]{16}|\bsk[-_][A-Za-z0-9_-]{20}|\bxox[a-z]-[\w-]{10}|\bAKIA[A-Z0-9]{16}\b"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY"),
    re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{32,}(?![0-9A-Za-z])"),
)
# An unprefixed token is a long run of mixed characters; ids of Vercel's projects and teams look so too, behind their prefix.
_RUN = re.compile(r"(?<![A-Za-z0-9])(?<!prj_)(?<!team_)[A-Za-z0-9]{24,}")
TOKEN_KEY = re.compile(r"token(?!_kind)|secret|passw|api_?key|credential|private_?key", re.IGNORECASE)


def token_like(value: str) -> bool:
    """Say whether a value looks like a token (R81)."""
    text = without_userinfo(value)
    return any(pattern.search(text) for pattern in _TOKENS) or any(_mixed(run) for run in _RUN.findall(text))


def _mixed(run: str) -> bool:
    return any(c.islower() for c in run) and any(c.isupper() for c in run) and sum(c.isdigit() for c in run) >= 2


def url_fault(value: str) -> str | None:
    """Judge a base URL: https, or http on loopback; nothing but scheme, host, port and path (RELIABILITY T11)."""
    if not value:
        return None
    if not value.isascii() or not value.isprintable() or any(c in value for c in " \\\"'<>`{}|^"):
        return "not a URL: it holds characters that a URL cannot hold (write international names in their xn-- form)"
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "not a URL that can be understood"
    return _parts_fault(parts, host) or look_alike_fault(host) or _host_fault(parts.scheme, host)


def _parts_fault(parts: SplitResult, host: str) -> str | None:
    if parts.scheme not in ("https", "http") or not host:
        return "must be an address like https://host/path"
    if "@" in parts.netloc:
        return "must not hold a user name or password"
    if parts.query or parts.fragment:
        return "must not hold a query or a fragment"
    if any(part in (".", "..") for part in parts.path.split("/")) or "%" in parts.path:
        return "must be a plain path, without '..' and without percent signs"
    return None


def _host_fault(scheme: str, host: str) -> str | None:
    if host == "localhost":
        return None
    numeric = ":" in host or re.fullmatch(r"[0-9.]+|0x[0-9a-f.x]+", host, re.IGNORECASE) is not None
    if numeric:
        import ipaddress  # 10 ms that a glance without numeric hosts does not pay

        try:
            address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(host)
        except ValueError:
            return "holds a number that is no plain IP address"
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if address.is_loopback:
            return None
        if not address.is_global:
            return "names a private or link-local address; only loopback is allowed beside public ones"
    elif not _HOST.match(host):
        return "names a host that cannot be"
    elif host.endswith(_PRIVATE_NAMES):
        return "names a host of a private network; only loopback is allowed beside public ones"
    return None if scheme == "https" else "must be https; plain http is for loopback only"


def look_alike_fault(host: str) -> str | None:
    """Say which provider a host (in lower case) pretends to be, or None; a host below the provider's own is the provider's.

    Another host that has one of their names inside its own was mistyped, or made to be mistaken (RELIABILITY T7).
    """
    meant = next((name for name in _PROVIDERS if name in host and host != name and not host.endswith(f".{name}")), None)
    return f"looks like {meant}, and is another host" if meant else None


def repository_fault(value: str) -> str | None:
    """Judge ``owner/name``."""
    good = not value or (_REPOSITORY.match(value) and value.rpartition("/")[2] not in (".", ".."))
    return None if good else 'must be "owner/name"'


def identifier_fault(value: str) -> str | None:
    """Judge a provider's id or name of something."""
    return None if not value or _IDENTIFIER.match(value) else "must be an id or a name: letters, digits, '.', '_' and '-'"


def health_fault(value: str) -> str | None:
    """Judge the path of a health page."""
    good = not value or (_HEALTH.match(value) and ".." not in value.split("/"))
    return None if good else 'must be a path like "/health"'


def host_fault(value: str) -> str | None:
    """Judge a host name."""
    good = not value or (_HOST.match(value) and "." in value and len(value) < 254)
    return None if good else "must be a host name such as strideiq.run"


def folder_fault(value: str) -> str | None:
    """Judge a folder inside the clone."""
    good = not value or (_FOLDER.match(value) and not any(part in ("", ".", "..") for part in value.split("/")))
    return None if good else 'must be a folder inside the clone, such as "apps/api"'


def theme_fault(value: str) -> str | None:
    """Judge the name of a theme, which becomes a file name."""
    return None if THEME.match(value) else "must be the name of a theme: 1 to 40 of a-z, 0-9 and '-'"
