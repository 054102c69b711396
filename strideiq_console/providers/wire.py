"""Decodes answers into wire structs, so that a wrong shape becomes a fault which names the provider and the field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from strideiq_console.domain.commit import is_sha
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line

T = TypeVar("T")


def decode(source: str, what: str, value: Any, kind: type[T]) -> T:
    """Return ``value`` as ``kind``; unknown fields are ignored, as providers add some at any time.

    Raises OutsideError (MALFORMED) that names ``source``, ``what`` was asked for, and the path of the field that does not fit.
    """
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise malformed(source, what, str(error)) from error
    except UnicodeEncodeError as error:  # half of a pair of surrogates, where one of a few words is expected
        raise malformed(source, what, "a word that is no text") from error


def malformed(source: str, what: str, problem: str) -> OutsideError:
    """Return the error for an answer whose shape is wrong; ``problem`` names the field."""
    return OutsideError(
        Fault(
            FaultKind.MALFORMED,
            source,
            clean_line(f"{source} answered {what} in a shape the console does not know: {problem}", limit=400),
            consequence="Nothing is concluded from it",
            next_step="Try again; if it stays, the provider has changed its API and the console needs an update",
        )
    )


def moment(source: str, field: str, milliseconds: float | None) -> datetime | None:
    """Return epoch milliseconds as an aware time; OutsideError (MALFORMED) names the field when no such time exists."""
    if milliseconds is None:
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise malformed(source, "a time", f"{field} is no epoch milliseconds") from error


def utc(source: str, time: datetime | None) -> datetime | None:
    """Return a time in UTC; one without a zone is taken as UTC. OutsideError (MALFORMED) when no such time exists in UTC."""
    if time is None:
        return None
    try:
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except OverflowError as error:
        raise malformed(source, "a time", "no such day in UTC") from error


def sha_or_none(value: object) -> str | None:
    """Return a full commit SHA in lower case; None for whatever is not one, so that a doubtful revision is unknown (R15)."""
    text = value.strip().lower() if isinstance(value, str) else ""
    return text if is_sha(text) else None


def line_or_none(value: object, *, limit: int = 250) -> str | None:
    """Return untyped text from outside as one clean line, None when it is no text or empty."""
    return clean_line(value.strip(), limit=limit) or None if isinstance(value, str) else None


def subject_of(message: object) -> str:
    """Return the clean first line of a commit message, ``""`` when there is none."""
    if not isinstance(message, str):
        return ""
    return clean_line(message.strip().split("\n", 1)[0].rstrip(), limit=500)


_HOST = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_")


def https_url(host: object) -> str:
    """Return an https address of a bare host name or https address from outside, ``""`` when it is neither."""
    if not isinstance(host, str):
        return ""
    name = host.strip().lower().removeprefix("https://").rstrip("/")
    return f"https://{name}" if name and set(name) <= _HOST and name[0] not in ".-_" and len(name) < 254 else ""
