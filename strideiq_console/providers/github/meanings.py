"""What a refusal of GitHub means, as a sentence with the missing permission named.

The operation and the status decide first, GitHub's text second, because texts change; what GitHub said is always shown.
"""

from __future__ import annotations

from dataclasses import replace

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.github.permissions import Need, need_of, worded
from strideiq_console.providers.github.refusals import TABLE, Meaning, Sense

_KINDS = {Sense.DENIED: FaultKind.FORBIDDEN, Sense.PLAN: FaultKind.FORBIDDEN, Sense.REFUSED: FaultKind.REFUSED}


def meaning(method: str, path: str, status: int, said: str) -> Meaning | None:
    """Return the row that fits a refusal; None for a status of which the table says nothing, and for what needs no permission."""
    need = need_of(path)
    words = said.lower()
    verb = "GET" if method == "GET" else "write"
    if not need.read:
        return None
    return next(
        (
            row
            for row in TABLE
            if row.status == status and row.family in ("", need.family) and row.text in words and row.method in ("", verb)
        ),
        None,
    )


def told(method: str, path: str, error: OutsideError) -> OutsideError:
    """Return the error in words that say what is missing and what to do; the same error where the table says nothing."""
    if error.status is None or error.fault.kind is FaultKind.RATE_LIMITED:
        return error
    row = meaning(method, path, error.status, error.said)
    if row is None:
        return error
    need = missing(need_of(path), method, error.permissions)
    said = f": {error.said}" if error.said else ""
    request = f" (request {error.fault.request_id})" if error.fault.request_id else ""
    fault = replace(
        error.fault,
        kind=_KINDS.get(row.sense, FaultKind.MISSING),
        cause=f"GitHub: {row.cause.format(need=need)} ({error.status}){said}{request}",
        # A refused write was not carried out, whatever else it means.
        consequence="Nothing was changed" if error.known_not_done else row.consequence or error.fault.consequence,
        next_step=row.next_step.format(need=need) or error.fault.next_step,
    )
    status, undone = error.status, error.known_not_done
    return OutsideError(fault, status=status, known_not_done=undone, said=error.said, permissions=error.permissions)


def missing(need: Need, method: str, header: str) -> str:
    """Return the permission to ask for: what GitHub itself named, else what the contract says of the operation."""
    return clean_line(worded(header), limit=200) or need.of(method)


def sense_of(method: str, path: str, error: OutsideError) -> Sense | None:
    """Return what a refusal comes down to; None for a rate limit and for everything that the table does not know."""
    if error.status is None or error.fault.kind is FaultKind.RATE_LIMITED:
        return None
    row = meaning(method, path, error.status, error.said)
    return row.sense if row else None
