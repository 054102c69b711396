"""Addresses that the console is willing to ask, and which of them a token may see (RELIABILITY threats T7, T11, T16)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import quote

import httpx

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.settings.checks import look_alike_fault

_PORTS = {"https": 443, "http": 80}
# A path as callers must pass it: already percent-encoded, without query, fragment, dot segments or empty segments.
_PATH = re.compile(r"(?:/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*\Z")


def quote_segment(text: str) -> str:
    """Return ``text`` as one percent-encoded path segment. ValueError for one that would change the path's meaning."""
    if text in ("", ".", ".."):
        raise ValueError("an empty or dotted name cannot be a path segment")
    return quote(text, safe="")


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine: ``localhost``, 127.0.0.0/8 or ::1, and nothing that merely resolves there."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def url_fault(url: httpx.URL, *, loopback: bool = True) -> str | None:
    """Say why the console does not ask an address, or None. With ``loopback`` false plain http is refused everywhere."""
    host = url.raw_host.decode("ascii", "replace").lower()
    if url.userinfo:
        return "it carries a user name or password"
    if not host:
        return "it names no host"
    if not 0 < (url.port or 1) < 65536:
        return "its port does not exist"
    if url.scheme == "https":
        return None
    if url.scheme == "http" and loopback and is_loopback(host):
        return None
    return "only https is asked, and plain http on loopback alone" if url.scheme == "http" else f"its scheme is {url.scheme!r}"


def parse(url: str) -> httpx.URL:
    """Return the parsed address; ConfigurationError when it cannot be used."""
    try:
        parsed = httpx.URL(url)
        host = parsed.raw_host.decode("ascii", "replace").lower()
        fault = url_fault(parsed) or look_alike_fault(host)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise ConfigurationError(
            f"the address {clean_line(url, limit=200)!r} cannot be read", next_step="Correct it in config.toml"
        ) from error
    if fault:
        shown = clean_line(str(parsed.copy_with(username=None, password=None)), limit=200)
        raise ConfigurationError(f"the address {shown} is not used: {fault}", next_step="Correct it in config.toml")
    return parsed


def origin(url: httpx.URL) -> str:
    """Return scheme, host (as it goes over the wire) and port, which together decide where a token may go."""
    host = url.raw_host.decode("ascii", "replace").lower()
    return f"{url.scheme}://{host}:{url.port or _PORTS.get(url.scheme, 0)}"


def origin_of(url: str) -> str:
    """Return the origin of an address, such as ``https://api.github.com:443``; ConfigurationError when it may not be asked."""
    return origin(parse(url))


def target(base: httpx.URL, path: str, params: Mapping[str, str | int] | None) -> httpx.URL:
    """Return the address of a path below ``base``. ValueError when the caller has not encoded the path."""
    if not _PATH.match(path) or re.search(r"%2e", path, re.IGNORECASE):
        raise ValueError(f"not an encoded path: {path!r}")
    joined = str(base.copy_with(query=None, fragment=None)).rstrip("/") + path
    url = httpx.URL(joined)
    return url.copy_with(params={name: str(value) for name, value in params.items()}) if params else url


def below(base: httpx.URL, link: str) -> httpx.URL | None:
    """Return where a link leads if that lies below the base address on the same origin, else None."""
    try:
        url = base.join(link)
    except (httpx.InvalidURL, ValueError):
        return None
    inside = url.path.startswith(base.path.rstrip("/") + "/")
    return url if origin(url) == origin(base) and not url.userinfo and inside else None
