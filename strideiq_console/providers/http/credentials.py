"""A client's credential: whose it is, and whether it can go into a header without being quoted by an error."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.secret import Secret

Auth = tuple[str, str, Secret]
_NAME = re.compile(r"[A-Za-z0-9-]+\Z")
_VALUE = re.compile(r"[\x21-\x7e]+\Z")
_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie", "project-access-token", "x-api-key"})


def fingerprint(auth: Auth | None) -> str:
    """Return a digest that tells accounts apart and gives nothing of the token away."""
    if auth is None:
        return "anonymous"
    name, prefix, secret = auth
    return hashlib.sha256(f"strideiq\0{name.lower()}\0{prefix}\0{secret.reveal()}".encode()).hexdigest()


def check(source: str, headers: Mapping[str, str], auth: Auth | None) -> None:
    """Raise ConfigurationError for a token that cannot stand in a header, ValueError for a credential among the plain headers.

    The HTTP library would quote an unfit header value, and so the token, in its own error.
    """
    loose = _CREDENTIALS.intersection(name.lower() for name in headers)
    if loose:
        raise ValueError(f"credentials go in auth, not in headers: {', '.join(sorted(loose))}")
    if auth is None:
        return
    name, _, secret = auth
    if not _NAME.match(name) or not _VALUE.match(secret.reveal()):
        raise ConfigurationError(
            f"the token for {source} cannot be sent: it is empty, or holds spaces, line ends or letters outside ASCII",
            next_step="Set it again without spaces or line ends around it",
        )
