"""Vercel's events, runtime lines and check runs in the domain's words; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from strideiq_console.domain.ci import CheckRun, CheckState
from strideiq_console.domain.log import LogLine
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.vercel.access import SOURCE
from strideiq_console.providers.vercel.wire import WireDeployment
from strideiq_console.providers.vercel.wire_logs import WireCheckRun, WireEvent, WirePayload, WireRuntimeLine
from strideiq_console.providers.wire import https_url, line_or_none, moment

MAX_TEXT = 4000
_EMPTY = WirePayload()
_STATUS = {"queued": CheckState.QUEUED, "running": CheckState.RUNNING}
_CONCLUSION = {
    "succeeded": CheckState.SUCCESS,
    "failed": CheckState.FAILURE,
    "canceled": CheckState.CANCELLED,
    "skipped": CheckState.SKIPPED,
    "neutral": CheckState.NEUTRAL,
    "timeout": CheckState.TIMED_OUT,
    "stale": CheckState.STALE,
}


def in_order(events: Iterable[WireEvent]) -> list[WireEvent]:
    """Return events oldest first; those of one moment by their serial number."""

    def key(event: WireEvent) -> tuple[float, int, str]:
        serial = event.serial or (event.payload or _EMPTY).serial or ""
        return (_time(event) or 0.0, len(serial), serial)

    return sorted(events, key=key)


def lines_of(event: WireEvent) -> Iterator[LogLine]:
    """Yield the lines of one event; a text of several lines becomes as many. Its kind (``stdout``, ``exit``) is a field."""
    inside = event.payload or _EMPTY
    text = event.text if event.text is not None else inside.text
    at = moment(SOURCE, "created", _time(event))
    level = (line_or_none(event.level, limit=20) or ("fatal" if event.type == "fatal" else "")).lower()
    fields = _fields(event)
    for line in _told(event, text).split("\n"):
        if line.strip():
            yield LogLine(at, clean_line(line.rstrip(), limit=MAX_TEXT), level, "build", fields)


def runtime_line(wire: WireRuntimeLine) -> LogLine:
    """Return one line that a running deployment wrote, with its request as fields."""
    known = {
        "method": wire.request_method,
        "path": wire.request_path,
        "status": _number(wire.response_status_code),
        "domain": wire.domain,
        "truncated": "yes" if wire.message_truncated else None,
    }
    return LogLine(
        at=moment(SOURCE, "timestampInMs", wire.timestamp_in_ms),
        text=clean_line(wire.message, limit=MAX_TEXT),
        level=clean_line(wire.level, limit=20).lower(),
        source=clean_line(wire.source, limit=40),
        fields={name: clean_line(value, limit=500) for name, value in known.items() if value},
    )


def check_of(wire: WireCheckRun, sha: str) -> CheckRun:
    """Return a check of a deployment; an unheard-of word is unknown, never green."""
    known = _CONCLUSION if wire.status == "completed" else _STATUS
    word = wire.conclusion if wire.status == "completed" else wire.status
    return CheckRun(
        name=clean_line(wire.name, limit=200),
        state=known.get(word or "", CheckState.UNKNOWN),
        sha=sha,
        url=_address(wire.external_url),
        started_at=moment(SOURCE, "createdAt", wire.created_at),
        completed_at=moment(SOURCE, "completedAt", wire.completed_at),
        source=SOURCE,
    )


def phases_of(wire: WireDeployment) -> list[LogLine]:
    """Return what a deployment went through, as its own times tell."""
    created = wire.created if wire.created_at is None else wire.created_at
    assigned = wire.alias_assigned_at
    told: list[tuple[float | None, str, str]] = [
        (created, "queued", ""),
        (wire.building_at if wire.ready_state != "QUEUED" else None, "building", ""),
        (wire.ready if wire.ready_state == "READY" else None, "ready", ""),
        (wire.canceled_at, "cancelled", "warning"),
    ]
    if isinstance(assigned, float):
        names = ", ".join(wire.alias or ())
        told.append((assigned, f"domains assigned: {names}" if names else "domains assigned", ""))
    lines = [
        LogLine(moment(SOURCE, "a phase", at), clean_line(text), level, "deployment") for at, text, level in told if at is not None
    ]
    if wire.ready_state == "ERROR" or wire.error_message:
        why = wire.error_message or wire.ready_state_reason or wire.error_code or "Vercel gives no reason"
        lines.append(LogLine(None, clean_line(f"failed: {why}", limit=MAX_TEXT), "error", "deployment"))
    return lines


def check_line(run: CheckRun) -> LogLine:
    """Return a check as a line of the timeline."""
    level = "error" if run.state.red else ""
    return LogLine(run.completed_at or run.started_at, f"check {run.name}: {run.state.value}", level, "check")


def _time(event: WireEvent) -> float | None:
    inside = event.payload.date if event.payload is not None else None
    return next((t for t in (event.created, event.date, inside) if t is not None), None)


def _told(event: WireEvent, text: str | None) -> str:
    """Return an event's text; one without any is told by its kind."""
    if text is not None:
        return text
    if event.alias is not None:
        return f"domains assigned: {', '.join(event.alias)}"
    info = event.info or (event.payload or _EMPTY).info or {}
    state = line_or_none(info.get("readyState"), limit=40)
    return f"state: {state.lower()}" if state else ""


def _fields(event: WireEvent) -> dict[str, str]:
    inside = event.payload or _EMPTY
    info = event.info or inside.info or {}
    known: dict[str, object] = {"kind": event.type, "step": info.get("step"), "entrypoint": info.get("entrypoint")}
    if inside.proxy is not None:
        known |= {"method": inside.proxy.method, "path": inside.proxy.path, "domain": inside.proxy.host}
    status = inside.status_code if inside.status_code is not None or inside.proxy is None else inside.proxy.status_code
    known["status"] = _number(status)
    return {name: line for name, value in known.items() if (line := line_or_none(value, limit=500))}


def _number(value: float | None) -> str | None:
    return f"{value:.0f}" if value is not None and abs(value) < 1e6 else None


def _address(value: str | None) -> str:
    """Return an https address with its path as one clean line, ``""`` for any other."""
    text = clean_line((value or "").strip(), limit=500)
    host = text.removeprefix("https://").split("/", 1)[0]
    return text if text.startswith("https://") and https_url(host) else ""
