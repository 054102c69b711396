"""Plans, entries and faults to text and back, exactly: a plan read back has the fingerprint that was approved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from strideiq_console.domain.fault import Fault, StoreError
from strideiq_console.domain.runbook.model import Plan


def plan_text(plan: Plan) -> str:
    """Return a plan as JSON."""
    return _text(plan)


def plan_of(text: str, execution: str) -> Plan:
    """Return the plan of an execution; StoreError when another version of the console wrote what this one cannot read."""
    try:
        return _PLAN.decode(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _unreadable(execution, "plan", error) from error


def data_text(data: Mapping[str, Any]) -> str:
    """Return the data of an entry as JSON with sorted keys."""
    return _text(dict(data))


def data_of(text: str, execution: str) -> dict[str, Any]:
    """Return the data of an entry."""
    try:
        return _DATA.decode(text)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _unreadable(execution, "journal", error) from error


def fault_text(fault: Fault | None) -> str | None:
    """Return a fault as JSON, None for none."""
    return None if fault is None else _text(fault)


def fault_of(text: str | None) -> Fault | None:
    """Return a fault; one that another version wrote and this one cannot read is dropped, since the next reading brings its own."""
    if text is None:
        return None
    try:
        return _FAULT.decode(text)
    except msgspec.MsgspecError:
        return None


def strings_text(values: Mapping[str, str]) -> str:
    """Return a mapping of strings as JSON."""
    return _text(dict(values))


def strings_of(text: str) -> dict[str, str]:
    """Return a mapping of strings."""
    return _STRINGS.decode(text)


def time_text(at: datetime) -> str:
    """Return an aware time as UTC text that sorts; ValueError for a naive one, whose moment nobody knows."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def time_of(text: str) -> datetime:
    """Return a stored time."""
    return datetime.fromisoformat(text)


def canonical(row: Mapping[str, str | int]) -> bytes:
    """Return the one JSON form of a flat row: keys sorted, no spaces, UTF-8."""
    return msgspec.json.encode(dict(row), order="deterministic")


def _text(value: object) -> str:
    try:
        return _ENCODER.encode(value).decode()
    except (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
        raise StoreError(
            f"this cannot be written into the journal ({error})", consequence="Nothing was written, and nothing is carried out"
        ) from error


def _unreadable(execution: str, what: str, error: Exception) -> StoreError:
    return StoreError(
        f"the {what} of execution {execution} was written by another version of the console ({error})",
        consequence="It is neither shown nor carried out; other executions are untouched",
        next_step="Open it with the version that made it",
    )


_ENCODER = msgspec.json.Encoder(order="deterministic")
_PLAN = msgspec.json.Decoder(Plan)
_FAULT = msgspec.json.Decoder(Fault)
_DATA = msgspec.json.Decoder(dict[str, Any])
_STRINGS = msgspec.json.Decoder(dict[str, str])
