"""What builds and functions of the world write. The real runtime stream never ends; the world's tells its last minutes and ends."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import deploys
from strideiq_console.sandbox.vercel.call import Answer, Call, Lines, Record
from strideiq_console.sandbox.vercel.shapes import DOMAINS, STATES, ms

EVERY = 7.0
RUNTIME_LINES = 12
_PATHS = ("/", "/today", "/api/ping", "/calendar", "/coach")
_GOOD = (
    "Installing dependencies...",
    "added 412 packages in 9s",
    'Running "npm run build"',
    "▲ Next.js 15.1.0",
    "Creating an optimized production build ...",
    "✓ Compiled successfully",
    "✓ Generating static pages (14/14)",
    "Build Completed in /vercel/output",
    "Deploying outputs...",
)
_BAD = (*_GOOD[:5], "Failed to compile.", "Type error: Property 'pace' does not exist on type 'Session'.")


def events(call: Call) -> tuple[int, Any]:
    """Answer what happened until now; with ``builds=1`` the lines of the build too."""
    entry = call.deployment(call.at["id"])
    found = _states(entry)
    if call.query.get("builds") == "1":
        found += _build(entry)
    found = sorted((e for e in found if e["created"] <= ms(call.now)), key=lambda e: (e["created"], e["payload"]["serial"]))
    for name, keep in (("since", 1), ("until", -1)):
        if name in call.query:
            edge = call.number(name, 0)
            found = [e for e in found if keep * (e["created"] - edge) >= 0]
    backward = call.query.get("direction") == "backward"
    limit = call.number("limit", 100)
    page = found[::-1][:limit] if backward else found[:limit]
    return 200, Lines("application/stream+json", page) if call.query.get("follow") == "1" else page


def runtime(call: Call) -> tuple[int, Any]:
    """Answer the requests of the last minutes as a stream that ends."""
    entry = call.deployment(call.at["id"])
    since = deploys.time_of(entry, "ready")
    if since is None or entry["environment"] not in DOMAINS:
        return 200, Lines("application/stream+json", [])
    last = int(call.now // EVERY)
    ticks = [n for n in range(last - RUNTIME_LINES + 1, last + 1) if n * EVERY >= since]
    return 200, Lines("application/stream+json", [_request(entry, n) for n in ticks])


def _request(entry: Record, tick: int) -> Record:
    broken = tick % 29 == 0
    path = _PATHS[tick % len(_PATHS)]
    return {
        "domain": DOMAINS[entry["environment"]],
        "level": "error" if broken else "info",
        "message": "TypeError: fetch failed" if broken else f"GET {path}",
        "messageTruncated": False,
        "requestMethod": "GET",
        "requestPath": path,
        "responseStatusCode": 500 if broken else 200,
        "rowId": str(tick),
        "source": "serverless",
        "timestampInMs": ms(tick * EVERY),
    }


def _states(entry: Record) -> list[Record]:
    """Return each state that the deployment has entered."""
    return [
        _event(entry, "deployment-state", at, f"s{number}", state=STATES[step])
        for number, (step, at) in enumerate(entry["history"])
        if step in STATES
    ]


def _build(entry: Record) -> list[Record]:
    """Return the build's lines, spread over the time that it takes."""
    began = deploys.time_of(entry, "building")
    if began is None:
        return []
    ends = [at for step, at in [*entry["history"], *entry["timeline"]] if step in ("ready", "failed", "cancelled") and at >= began]
    end = min(ends, default=began + 50.0)
    failed = "[break deploy]" in entry["subject"]
    first = f"Cloning github.com/acme/strideiq (Branch: {entry['branch']}, Commit: {entry['sha'][:7]})"
    texts = [first, *(_BAD if failed else _GOOD)]
    step = (end - began) / (len(texts) + 1)
    found = [_event(entry, "stdout", began + step * n, f"b{n:03}", text=text) for n, text in enumerate(texts, 1)]
    if failed:
        found.append(_event(entry, "fatal", end, "b999", text='Command "npm run build" exited with 1'))
    return found


def _event(entry: Record, kind: str, at: float, serial: str, *, text: str | None = None, state: str = "") -> Record:
    info: Record = {"type": "build", "name": f"bld_{entry['id'][-9:]}", "entrypoint": "."}
    payload: Record = {"deploymentId": entry["id"], "id": serial, "date": ms(at), "serial": serial}
    payload["info"] = info | ({"readyState": state} if state else {})
    return {"type": kind, "created": ms(at), "payload": payload | ({"text": text} if text is not None else {})}


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", "/v3/deployments/{id}/events", events),
    ("GET", "/v1/projects/{project}/deployments/{id}/runtime-logs", runtime),
)
