"""Secrets that do not show themselves, and the redactor that takes them out of any text (RELIABILITY rules 15-18)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import NoReturn
from urllib.parse import quote

MASK = "•••"


class Secret:
    """A token. Every way of turning it into text gives a mask; :meth:`reveal` is the only way to its value."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value, for the one place that puts it into a request header or a helper's pipe."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(("Secret", self._value))

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is never pickled")


# Shapes of tokens by their issuers' documented prefixes, and credentials inside URLs.
_PATTERNS = (
    re.compile(r"\bgithub_pat_[A-Za-z0-9_]{20,}"),
    re.compile(r"\bgh[pousr]_[A-Za-z0-9]{20,}"),
    re.compile(r"\bvcp_[A-Za-z0-9]{16,}|\bvercel_[A-Za-z0-9_]{16,}"),
    re.compile(r"\bsk-[A-Za-z0-9_-]{20,}"),
    re.compile(r"(?i)\b(?:bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{12,}"),
    re.compile(r"(?i)(?:project-access-token|authorization|x-api-key)\s*[:=]\s*\S+"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
)
_USERINFO = re.compile(r"([a-z][a-z0-9+.-]*://)[^/\s@]+@", re.IGNORECASE)


class Redactor:
    """Takes known secrets (also base64 and URL-encoded) and whatever looks like one out of a text."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._values: set[str] = set()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: Secret) -> None:
        """Remember one more exact value; values under six characters would redact ordinary words and are left out."""
        value = secret.reveal()
        if len(value) < 6:
            return
        self._values.add(value)
        self._values.add(quote(value, safe=""))
        # A value inside a longer base64 text starts at one of three phases; the stable middle of each phase is known.
        raw = value.encode()
        for phase in range(3):
            encoded = base64.b64encode(b"\0" * phase + raw).decode().rstrip("=")
            core = encoded[(0, 2, 3)[phase] : -2]
            if len(core) >= 8:
                self._values.add(core)

    def __call__(self, text: str) -> str:
        """Return ``text`` with secrets masked."""
        for value in sorted(self._values, key=len, reverse=True):
            if value in text:
                text = text.replace(value, MASK)
        text = _USERINFO.sub(rf"\1{MASK}@", text)
        for pattern in _PATTERNS:
            text = pattern.sub(MASK, text)
        return text


def without_userinfo(url: str) -> str:
    """Return ``url`` without a user name or password, as remotes of clones sometimes carry one."""
    return _USERINFO.sub(r"\1", url)
