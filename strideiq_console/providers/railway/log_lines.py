"""Railway's log lines in the domain's words: clean, in order, bounded; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from strideiq_console.domain.log import Log, LogLine
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.railway.mapping import utc
from strideiq_console.providers.railway.wire import WireEvent
from strideiq_console.providers.railway.wire_measures import WireHttpLog, WireLog

LINE = 16_000
FIELDS = 50
_FIELD = 500
W = TypeVar("W", WireLog, WireHttpLog)


def log_of(wires: Sequence[W], lines: int, mapped: Iterable[LogLine], what: str) -> Log:
    """Return the newest ``lines`` of an answer; it may hold one more than was asked for (contracts, Railway, "Pages").

    As many as were asked for means that there may be older ones, so such a log is not called whole.
    """
    kept = tuple(mapped)[-lines:]
    full = len(wires) >= lines
    return Log(kept, complete=not full, note=f"the newest {lines} lines; there may be older ones in the {what}" if full else "")


def in_order(wires: Iterable[W]) -> list[W]:
    """Return lines oldest first, to the nanosecond; one whose time cannot be read stays behind the line before it."""
    keyed: list[tuple[tuple[float, int], W]] = []
    last = (0.0, 0)
    for wire in wires:
        last = _instant(wire.timestamp) or last
        keyed.append((last, wire))
    return [wire for _, wire in sorted(keyed, key=lambda pair: pair[0])]


def line_of(wire: WireLog) -> LogLine:
    """Return one line of a build, a deployment or an environment."""
    fields = {"instance": wire.tags.deployment_instance_id} if wire.tags and wire.tags.deployment_instance_id else {}
    fields |= {attribute.key: attribute.value for attribute in wire.attributes[:FIELDS]}
    return LogLine(
        time_of(wire.timestamp),
        clean_line(wire.message.rstrip("\r\n"), limit=LINE),
        clean_line(wire.severity or "", limit=20).strip().lower(),
        "railway",
        {clean_line(key, limit=100): clean_line(value, limit=_FIELD) for key, value in fields.items()},
    )


def request_of(wire: WireHttpLog) -> LogLine:
    """Return one request at the edge. The query of its path is left out: secrets travel in queries (R83)."""
    method, path = clean_line(wire.method, limit=20), clean_line(bare(wire.path), limit=_FIELD)
    fields = {
        "method": method,
        "path": path,
        "status": str(wire.http_status),
        "duration_ms": str(wire.total_duration),
        "upstream_ms": str(wire.upstream_rq_duration),
        "sent_bytes": str(wire.tx_bytes),
        "received_bytes": str(wire.rx_bytes),
        "host": clean_line(wire.host, limit=250),
        "region": clean_line(wire.edge_region, limit=60),
        "request": clean_line(wire.request_id, limit=100),
        "details": clean_line(wire.response_details, limit=_FIELD),
        "upstream_errors": clean_line(wire.upstream_errors, limit=_FIELD),
    }
    level = "error" if wire.http_status >= 500 else "warn" if wire.http_status >= 400 else "info"
    text = f"{method} {path} {wire.http_status} {wire.total_duration} ms"
    return LogLine(time_of(wire.timestamp), text, level, "railway", {key: value for key, value in fields.items() if value})


def step_of(wire: WireEvent) -> LogLine:
    """Return one step of a deployment with how it ended and how long it took."""
    name = clean_line(wire.step.replace("_", " ").lower(), limit=60)
    start, end = utc(wire.created_at), utc(wire.completed_at)
    error = clean_line(wire.payload.error, limit=1000).strip() if wire.payload and wire.payload.error else ""
    fields = {"step": clean_line(wire.step, limit=60)}
    if start and end:
        fields["seconds"] = f"{(end - start).total_seconds():.1f}"
    if error:
        return LogLine(start, f"{name} failed: {error}", "error", "railway", {**fields, "error": error})
    took = f" in {fields['seconds']} s" if "seconds" in fields else ""
    return LogLine(start, f"{name} {'done' + took if end else 'running'}", "info", "railway", fields)


def bare(path: str) -> str:
    """Return a path without its query and fragment."""
    return path.split("?", 1)[0].split("#", 1)[0]


def time_of(text: str) -> datetime | None:
    """Return a timestamp with up to nine digits of a second as an aware time; None for what is none."""
    try:
        found = datetime.fromisoformat(text.strip()[:40])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _instant(text: str) -> tuple[float, int] | None:
    """Return whole seconds and nanoseconds, to sort by."""
    found = time_of(text)
    if found is None:
        return None
    digits = text.partition(".")[2]
    count = next((n for n, char in enumerate(digits) if not ("0" <= char <= "9")), len(digits))
    return found.replace(microsecond=0).timestamp(), int((digits[: min(count, 9)] or "0").ljust(9, "0"))
