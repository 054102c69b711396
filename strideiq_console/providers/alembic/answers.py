"""What alembic prints, read: its database's address and the revisions in effect (``current --verbose``), the heads."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

from strideiq_console.domain.migration_outcome import DEFAULT_PORT, Address, Current
from strideiq_console.domain.untrusted import clean_line

_DATABASE = re.compile(r"^Current revision\(s\) for (\S.*):\s*$", re.MULTILINE)
_REVISION = re.compile(r"^Rev: (\S+)", re.MULTILINE)
_HEAD = re.compile(r"^([A-Za-z0-9_.]+)(?: \([^)\n]*\))*\s*$", re.MULTILINE)


def read_current(text: str) -> Current:
    """Read the output of ``current --verbose``."""
    urls = _DATABASE.findall(text)
    revisions = tuple(dict.fromkeys(clean_line(word, limit=128) for word in _REVISION.findall(text)))
    return Current(revisions, read_address(urls[0]) if len(urls) == 1 else None)


def read_heads(text: str) -> tuple[str, ...]:
    """Read the output of ``heads``."""
    return tuple(dict.fromkeys(_HEAD.findall(text)))


def read_address(url: str) -> Address | None:
    """Read host, port and database of an SQLAlchemy URL; None when it is not PostgreSQL's or cannot be read."""
    try:
        parts = urlsplit(url.strip())
        query = parse_qs(parts.query)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    host = host or query.get("host", [""])[0]
    if ":" in host and not parts.hostname and host.rpartition(":")[2].isdigit():  # ?host=/folder:5433
        host, _, number = host.rpartition(":")
        port = int(number)
    if port is None:
        port = int(query["port"][0]) if query.get("port", [""])[0].isdigit() else DEFAULT_PORT
    if not parts.scheme.startswith("postgres"):
        return None
    return Address(
        clean_line(unquote(host), limit=255),
        port,
        clean_line(unquote(parts.path.lstrip("/")), limit=128),
        parts.scheme.split("+")[0],
    )
