"""The ``Link`` header: where the next page is."""

from __future__ import annotations

import re

_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:\"[^\"]*\"|[^\s\",;]*))*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]*))", re.IGNORECASE)


def next_link(header: str | None) -> str | None:
    """Return the address that a ``Link`` header names as the next page, unchecked; None when there is none."""
    for address, parameters in _LINK.findall(header or ""):
        rel = _REL.search(parameters)
        if rel and "next" in (rel[1] or rel[2] or "").lower().split():
            return str(address)
    return None
