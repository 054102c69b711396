"""Sends Railway's GraphQL documents and reads ``errors`` before ``data``: a failure comes with status 200 (RELIABILITY T13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.railway.mapping import SOURCE
from strideiq_console.providers.railway.wire import WireEnvelope, WireError
from strideiq_console.providers.wire import decode

T = TypeVar("T")

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


@cache
def document(name: str) -> str:
    """Return the text of a document that ships with the package."""
    return (files(__package__) / "documents" / f"{name}.graphql").read_text(encoding="utf-8")


async def ask(client: HttpClient, name: str, operation: str, variables: Mapping[str, Any], what: str, kind: type[T]) -> T:
    """Send a query document and return its data as ``kind``. Raises OutsideError; partial data is INCOMPLETE, never used.

    ``variables`` must hold set values only: Railway reads null as "unset this".
    """
    body = {"query": document(name), "variables": dict(variables), "operationName": operation}
    answer = await client.query("", body)
    envelope = decode(SOURCE, what, answer.json(), WireEnvelope)
    if envelope.errors:
        error = _error(envelope.errors, what, partial=any(value is not None for value in (envelope.data or {}).values()))
        if error.fault.kind is FaultKind.RATE_LIMITED:
            # The status said 200, so the client could not know that it should be silent now.
            until = client.governor.limited(None)
            error = OutsideError(replace(error.fault, retry_at=until), status=answer.status)
        raise error
    return decode(SOURCE, what, envelope.data, kind)


def _error(errors: list[WireError], what: str, *, partial: bool) -> OutsideError:
    """Return the error for ``errors``: the first text that is known decides, then whether some data came along."""
    texts = [clean_line(error.message, limit=200).strip() for error in errors[:5]]
    said = "; ".join(dict.fromkeys(text for text in texts if text)) or "an error without words"
    for words, kind, cause, step in _KNOWN:
        hit = next((error for error in errors if words in error.message.lower()), None)
        if hit is not None:
            return _fault(kind, f"{cause}{_workspace(hit)} (asked for {what}, Railway says: {said})", step)
    if partial:
        return _fault(FaultKind.INCOMPLETE, f"only a part of {what} came (Railway says: {said})", "Try again with r")
    return _fault(FaultKind.SERVER, f"{what} failed (Railway says: {said})", "Try again with r; look at Railway's status page")


def _workspace(error: WireError) -> str:
    name = error.extensions.get("workspaceName") if isinstance(error.extensions, Mapping) else None
    return f" in workspace {clean_line(name, limit=60)}" if isinstance(name, str) and name else ""


def _fault(kind: FaultKind, cause: str, step: str) -> OutsideError:
    fault = Fault(kind, SOURCE, f"Railway: {cause}", "The last known values stay, with their age", step)
    return OutsideError(fault, status=200)
