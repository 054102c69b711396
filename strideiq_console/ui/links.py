"""Which addresses the console hands to a browser: https, and only hosts that it knows (RELIABILITY threat T7)."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Mapping
from urllib.parse import urlsplit

from strideiq_console.settings.model import Settings

KNOWN_HOSTS = ("github.com", "vercel.com", "railway.com")


def known_hosts(settings: Settings) -> frozenset[str]:
    """Return the hosts that may be opened: the providers' pages and the configured environments."""
    hosts = set(KNOWN_HOSTS)
    for environment in settings.environments:
        hosts.update(h for h in (_host(environment.url), _host(environment.api)) if h)
    api = _host(settings.github.api_url)
    if api and api != "api.github.com":
        hosts.add(api)  # a GitHub server of one's own serves pages and API from one host
    return frozenset(hosts)


def refusal(url: str, settings: Settings) -> str:
    """Say why an address is not opened, or ``""`` when it may be."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "the address cannot be read"
    if parts.scheme != "https":
        return "only https addresses are opened"
    if parts.username is not None or parts.password is not None:
        return "the address carries a user name"
    if port not in (None, 443):
        return "the address names a port of its own"
    if not any(host == known or (known in KNOWN_HOSTS and host.endswith("." + known)) for known in known_hosts(settings)):
        return f"{host} is not a host that the console knows"
    return ""


def has_browser(environ: Mapping[str, str] = os.environ) -> bool:
    """Say whether a browser with a window of its own can be expected; one inside the terminal would break the screen."""
    if sys.platform in ("darwin", "win32"):
        return "SSH_CONNECTION" not in environ
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def open_page(url: str) -> bool:
    """Hand the address to the system's browser; call it in a thread. Says whether one took it."""
    return webbrowser.open(url)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
