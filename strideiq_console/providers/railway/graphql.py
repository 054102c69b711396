"""Sends Railway's GraphQL documents and reads ``errors`` before ``data``: a failure comes with status 200 (RELIABILITY T13)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.railway.wire import SOURCE, WireEnvelope, WireError
from strideiq_console.providers.wire import decode

T = TypeVar("T")
KEPT = "The last known values stay, with their age"
UNDONE = "Nothing was changed"
UNSURE = "Whether it was carried out is not known; it is read back before anything else is sent"

_TOKENS = "Check the token and [railway] token_kind, then run: strideiq doctor"
_REACH = (
    "Check the token, [railway] project and token_kind; a project token reaches one environment only: leave the others out of "
    "[railway.environments], or use a workspace token"
)
# Railway's texts can change, so they are matched by their stable words, in lower case, most telling first.
_KNOWN = (
    ("project token not found", FaultKind.UNAUTHORISED, "the project token is wrong or deleted", _TOKENS),
    (
        "two factor",
        FaultKind.FORBIDDEN,
        "the workspace demands two-factor authentication",
        "Switch two-factor authentication on at Railway, then make a new token",
    ),
    ("rate limit", FaultKind.RATE_LIMITED, "the request limit is used up", "Wait; it goes on by itself"),
    ("too many requests", FaultKind.RATE_LIMITED, "the request limit is used up", "Wait; it goes on by itself"),
    ("not authorized", FaultKind.UNAUTHORISED, "the token is dead, or it does not reach what was asked for", _REACH),
    ("unauthorized", FaultKind.UNAUTHORISED, "the token is dead, or it does not reach what was asked for", _REACH),
    ("not found", FaultKind.MISSING, "it is missing, or the token has no access", _REACH),
)
# Codes and words of a document or a variable that was refused before anything ran.
_REFUSED_CODES = frozenset({"GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT"})
_REFUSED_WORDS = ("cannot query field", "syntax error", 'variable "$', "unknown argument")


@cache
def document(name: str) -> str:
    """Return the text of a document that ships with the package."""
    return (files(__package__) / "documents" / f"{name}.graphql").read_text(encoding="utf-8")


async def ask(client: HttpClient, name: str, operation: str, variables: Mapping[str, Any], what: str, kind: type[T]) -> T:
    """Send a query document and return its data as ``kind``. Raises OutsideError; partial data is INCOMPLETE, never used.

    ``variables`` must hold set values only: Railway reads null as "unset this".
    """
    answer = await client.query("", _body(name, operation, variables))
    envelope = decode(SOURCE, what, answer.json(), WireEnvelope)
    if envelope.errors:
        raise _failure(client, envelope, what, write=False)
    return decode(SOURCE, what, envelope.data, kind)


async def order(client: HttpClient, name: str, operation: str, variables: Mapping[str, Any], what: str, kind: type[T]) -> T:
    """Send a mutation once and return its data as ``kind``. Raises OutsideError.

    ``known_not_done`` is true for an error that Railway raises before it does anything (a refused token, nothing of that id, a
    refused document, a rate limit) and false for every other one: then what happened must be read back.
    """
    answer = await client.write("POST", "", _body(name, operation, variables))
    try:
        envelope = decode(SOURCE, what, answer.json(), WireEnvelope)
        if not envelope.errors:
            return decode(SOURCE, what, envelope.data, kind)
    except OutsideError as error:
        raise OutsideError(replace(error.fault, consequence=UNSURE), status=answer.status) from error
    raise _failure(client, envelope, what, write=True)


@contextmanager
def unsent() -> Iterator[None]:
    """Hold the reads that prepare a change: an error in here comes before anything was sent, so nothing was done."""
    try:
        yield
    except OutsideError as error:
        found = replace(error.fault, consequence=UNDONE)
        raise OutsideError(found, status=error.status, known_not_done=True) from error


def confirmed(answer: bool, what: str) -> None:
    """Raise for a mutation that answers ``false``: it names no reason, so what happened must be read back."""
    if not answer:
        step = "Look with r what happened, then decide"
        raise OutsideError(Fault(FaultKind.REFUSED, SOURCE, f"Railway: {what} was answered with no", UNSURE, step), status=200)


def fault(kind: FaultKind, cause: str, consequence: str, step: str) -> OutsideError:
    """Return an error of this provider whose cause is a clean sentence."""
    return OutsideError(Fault(kind, SOURCE, f"Railway: {cause}", consequence, step))


def _body(name: str, operation: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    return {"query": document(name), "variables": dict(variables), "operationName": operation}


def _failure(client: HttpClient, envelope: WireEnvelope, what: str, *, write: bool) -> OutsideError:
    errors = envelope.errors or []
    partial = any(value is not None for value in (envelope.data or {}).values())
    error = _error(errors, what, partial=partial)
    found = error.fault
    if found.kind is FaultKind.RATE_LIMITED:
        # The status said 200, so the client could not know that it should be silent now.
        found = replace(found, retry_at=client.governor.limited(None))
    if not write:
        return OutsideError(found, status=200)
    early = found.kind in _EARLY or any(_refused(one) for one in errors)
    not_done = early and not partial
    if found.kind is FaultKind.INCOMPLETE:
        found = replace(found, kind=FaultKind.SERVER)
    return OutsideError(replace(found, consequence=UNDONE if not_done else UNSURE), status=200, known_not_done=not_done)


_EARLY = (FaultKind.UNAUTHORISED, FaultKind.FORBIDDEN, FaultKind.RATE_LIMITED, FaultKind.MISSING)


def _refused(error: WireError) -> bool:
    code = error.extensions.get("code") if isinstance(error.extensions, Mapping) else None
    words = error.message.lower()
    return (isinstance(code, str) and code in _REFUSED_CODES) or any(word in words for word in _REFUSED_WORDS)


def _error(errors: list[WireError], what: str, *, partial: bool) -> OutsideError:
    """Return the error for ``errors``: the first text that is known decides, then whether some data came along."""
    texts = [clean_line(error.message, limit=200).strip() for error in errors[:5]]
    said = "; ".join(dict.fromkeys(text for text in texts if text)) or "an error without words"
    for words, kind, cause, step in _KNOWN:
        hit = next((error for error in errors if words in error.message.lower()), None)
        if hit is not None:
            return fault(kind, f"{cause}{_workspace(hit)} (asked for {what}, Railway says: {said})", KEPT, step)
    if partial:
        return fault(FaultKind.INCOMPLETE, f"only a part of {what} came (Railway says: {said})", KEPT, "Try again with r")
    return fault(FaultKind.SERVER, f"{what} failed (Railway says: {said})", KEPT, "Try again with r; look at Railway's status page")


def _workspace(error: WireError) -> str:
    name = error.extensions.get("workspaceName") if isinstance(error.extensions, Mapping) else None
    return f" in workspace {clean_line(name, limit=60)}" if isinstance(name, str) and name else ""
