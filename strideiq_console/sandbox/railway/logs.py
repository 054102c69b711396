"""What builds, the API, Postgres and Redis write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from strideiq_console.sandbox import deploys
from strideiq_console.sandbox.railway import edge
from strideiq_console.sandbox.railway.call import Call, Resolve, environment_id, service_id, text
from strideiq_console.sandbox.railway.deployments import databases, instance_of, one
from strideiq_console.sandbox.railway.graphql import Arguments, Node
from strideiq_console.sandbox.railway.ids import ENVIRONMENTS, IMAGES, PROJECT, nano
from strideiq_console.sandbox.railway.log_pages import KEPT_DAYS, MOST, LogPage, accepts, term

Record = dict[str, Any]
DAY = 86_400.0
_GOOD = (
    "Using Railpack 0.9",
    "Detected Python 3.11",
    "pip install -r apps/api/requirements.txt",
    "Successfully installed fastapi uvicorn sqlalchemy alembic celery redis httpx",
    "copy apps/api",
    "exporting image",
    "Build time: 41.27 seconds",
)
_BAD = (*_GOOD[:3], "ERROR: No matching distribution found for fastapi-limits==9.9")
_STARTED = (
    (0.1, "info", "INFO  [alembic.runtime.migration] Context impl PostgresqlImpl."),
    (0.4, "info", "Starting Container"),
    (0.7, "info", "Application startup complete."),
    (0.9, "info", "Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)"),
)
_ROUTINE = {
    "Postgres": (300.0, "LOG:  checkpoint complete: wrote 42 buffers (0.3%)"),
    "Redis": (900.0, "* Background saving terminated with success"),
}


def build_logs(call: Call, arguments: Arguments) -> list[Node]:
    """Answer the lines of a build, as far as it has come."""
    entry = call.deployment(text(arguments, "deploymentId"))
    began = deploys.time_of(entry, "building")
    found: list[Node] = []
    if began is not None:
        ends = [at for step, at in [*entry["history"], *entry["timeline"]] if at > began and step not in ("queued", "building")]
        failed = "[break deploy]" in entry["subject"]
        texts = _BAD if failed else _GOOD
        step = (min(ends, default=began + 50.0) - began) / (len(texts) + 1)
        rows = [(began + step * n, words) for n, words in enumerate(texts, 1)]
        for at, words in rows:
            found.append(
                _line(entry["environment"], "api", entry["id"], at, "error" if words.startswith("ERROR") else "info", words)
            )
    return _page(call, arguments, iter(found[::-1]))


def deployment_logs(call: Call, arguments: Arguments) -> list[Node]:
    """Answer what a deployment wrote while it ran; a database's deployment has its routine lines."""
    identifier = text(arguments, "deploymentId")
    entry = deploys.find(call.state, "railway", identifier)
    if entry is not None:
        call.reach(entry["environment"])
        return _page(call, arguments, _own_lines(call, entry["environment"], identifier, arguments.get("filter")))
    found = one(call, {"id": identifier})
    name, service = ENVIRONMENTS[str(found["environmentId"])], str(found["service"]["name"])
    return _page(call, arguments, _routine(call, name, service))


def environment_logs(call: Call, arguments: Arguments) -> list[Node]:
    """Answer the lines of all services of an environment."""
    name = call.environment(arguments)
    wanted, page = arguments.get("filter"), LogPage.read(arguments, call.now)
    sources = [
        _own_lines(call, name, "", wanted) if service == "api" else _routine(call, name, service)
        for service in ("api", *IMAGES)
        if term(wanted, "service") in ("", service_id(service))
    ]
    merged = [line for source in sources for line in _page(call, arguments, source)]
    merged.sort(key=lambda line: str(line["timestamp"]))
    if not page.after:
        return merged[-page.before :] if page.before else []
    anchor = nano(page.anchor)
    before = [line for line in merged if str(line["timestamp"]) <= anchor]
    behind = [line for line in merged if str(line["timestamp"]) > anchor]
    return (before[-page.before :] if page.before else []) + behind[: page.after]


def _page(call: Call, arguments: Arguments, backwards: Iterator[Node]) -> list[Node]:
    """Return the asked page out of lines that come newest first."""
    page = LogPage.read(arguments, call.now)
    kept: list[Node] = []
    oldest = nano(max(page.oldest, call.now - KEPT_DAYS * DAY, 0.0))
    before = 0
    anchor, newest = nano(page.anchor), nano(min(page.newest, call.now))
    for line in backwards:
        at = str(line["timestamp"])
        if at < oldest or before >= page.before:
            break
        if at <= newest and accepts(arguments.get("filter"), str(line["message"]), _fields(line)):
            kept.append(line)
            before += at <= anchor
    kept.reverse()
    behind = [line for line in kept if str(line["timestamp"]) > anchor][: min(page.after, MOST)]
    return [line for line in kept if str(line["timestamp"]) <= anchor] + behind


def _own_lines(call: Call, name: str, deployment: str, wanted: object) -> Iterator[Node]:
    """Yield the API's lines from now back: its requests, their errors, its starts and ends."""
    marks = sorted(_marks(call, name, deployment), key=lambda mark: mark[0], reverse=True)
    start = call.now - KEPT_DAYS * DAY
    errors = term(wanted, "level") == "error"

    def status(seen: int) -> bool:
        return seen != edge.DOWN and (seen >= 500 or not errors)

    for request in edge.backwards(call.state, name, start, call.now, deployment, status):
        while marks and marks[0][0] > request.at:
            at, key, level, words = marks.pop(0)
            yield _line(name, "api", key, at, level, words)
        wrong = request.status >= 500
        if wrong:
            words = f'Exception in ASGI application: KeyError at "{request.method} {request.path}"'
            yield _line(name, "api", request.deployment, request.at + 0.0001, "error", words)
        words = f"{request.method} {request.path} {request.status} {request.took}ms"
        yield _line(name, "api", request.deployment, request.at, "error" if wrong else "info", words)
    for at, key, level, words in marks:
        if at >= start:
            yield _line(name, "api", key, at, level, words)


def _marks(call: Call, name: str, deployment: str) -> Iterator[tuple[float, str, str, str]]:
    for entry in deploys.records(call.state):
        if entry["provider"] != "railway" or entry["environment"] != name or deployment not in ("", entry["id"]):
            continue
        for at, level, words in entry.get("said", ()):
            yield at, entry["id"], level, words
        for number, (step, at) in enumerate(entry["history"]):
            if step == "deploying":
                after = entry["history"][number + 1 :]
                end = after[0][1] if after else entry["timeline"][0][1] if entry["timeline"] else at
                for share, level, words in _STARTED:
                    if at + (end - at) * share <= call.now:
                        yield at + (end - at) * share, entry["id"], level, words
            elif step == "crashed" and not _said_why(entry, at):
                yield at, entry["id"], "error", "Worker failed to boot: RuntimeError: session store is gone"
            elif step in ("removed", "stopped") and entry["live_from"] is not None:
                yield at, entry["id"], "info", "Stopping Container"


def _said_why(entry: Record, at: float) -> bool:
    """Say whether Alembic's own words of a start that failed are among the lines."""
    return any(level == "error" and abs(at - said) < 1.0 for said, level, _ in entry.get("said", ()))


def _routine(call: Call, name: str, service: str) -> Iterator[Node]:
    every, words = _ROUTINE[service]
    made = databases(call, name, service)[0]
    tick = int(call.now // every)
    while tick * every > call.now - KEPT_DAYS * DAY:
        yield _line(name, service, str(made["id"]), tick * every, "info", words)
        tick -= 1


def _line(name: str, service: str, deployment: str, at: float, level: str, words: str) -> Node:
    tags = {
        "projectId": PROJECT,
        "environmentId": environment_id(name),
        "serviceId": service_id(service),
        "deploymentId": deployment,
        "deploymentInstanceId": instance_of(deployment),
        "snapshotId": None,
    }
    attributes = [Node("LogAttribute", {"key": "level", "value": level})]
    fields = {"timestamp": nano(at), "severity": level, "message": words, "attributes": attributes, "tags": Node("LogTags", tags)}
    return Node("Log", fields)


def _fields(line: Node) -> dict[str, str]:
    tags = line["tags"]
    return {"level": str(line["severity"]), "service": str(tags["serviceId"]), "deployment": str(tags["deploymentId"])}


QUERIES: dict[str, Resolve] = {
    "buildLogs": build_logs,
    "deploymentLogs": deployment_logs,
    "environmentLogs": environment_logs,
}
