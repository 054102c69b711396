"""What builds and running deployments write, and how a deployment came about (R100)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from strideiq_console.domain.ci import CheckRun
from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.log import Log, LogLine
from strideiq_console.providers.http.answer import strict_json
from strideiq_console.providers.vercel.access import SOURCE, Access, segment
from strideiq_console.providers.vercel.deployments import VercelDeployments
from strideiq_console.providers.vercel.log_lines import check_line, check_of, in_order, lines_of, phases_of, runtime_line
from strideiq_console.providers.vercel.mapping import deployment_of
from strideiq_console.providers.vercel.wire_logs import WireCheckRuns, WireEvent, WireRuntimeLine
from strideiq_console.providers.wire import decode

MAX_LINES = 2000
_FROM_NOW = "Vercel streams runtime logs from the moment they are asked for: older lines are only on its own page"
T = TypeVar("T")


class VercelLogs:
    """Reads logs. ``seconds`` is how long the endless stream of runtime lines is listened to."""

    def __init__(self, access: Access, deployments: VercelDeployments, *, seconds: float) -> None:
        self._access = access
        self._deployments = deployments
        self._seconds = seconds

    async def events(self, deployment_id: str) -> Log:
        """Return the phases of a deployment and its checks; incomplete where the checks cannot be read."""
        wire = await self._deployments.one(deployment_id)
        lines = phases_of(wire)
        try:
            runs = await self._checks(deployment_id, deployment_of(wire, "").sha or "")
        except OutsideError as error:
            return Log(tuple(lines), complete=False, note=f"Without its checks: {error.fault.sentence()}")
        moving = [*lines, *map(check_line, runs)]
        return Log(tuple(sorted(moving, key=lambda line: line.at.timestamp() if line.at else float("inf"))))

    async def checks(self, deployment_id: str) -> tuple[CheckRun, ...]:
        """Return the checks that Vercel or its integrations ran on a deployment."""
        found = await self._deployments.get(deployment_id)
        return await self._checks(deployment_id, found.sha or "")

    async def build_log(self, deployment_id: str, *, lines: int) -> Log:
        """Return the newest events of the build, oldest first; incomplete when there may be older ones."""
        limit = min(max(lines, 1), MAX_LINES)
        path = f"/v3/deployments/{segment(deployment_id)}/events"
        answer = await self._access.get(path, {"builds": 1, "limit": limit, "direction": "backward"})
        if "stream" in answer.headers.get("content-type", "") and not answer.body.lstrip().startswith(b"["):
            raw = [line for line in answer.body.split(b"\n") if line.strip()]
            found, lost = _decoded(raw, WireEvent, in_order)
        else:
            listed = decode(SOURCE, "events", answer.json(), list[WireEvent | None])
            found, lost = in_order(event for event in listed if event is not None), 0
        shown = [line for event in found for line in lines_of(event)]
        whole = len(found) + lost < limit and len(shown) <= limit
        notes = [_lost(lost)] + ([f"Only the newest {min(len(shown), limit)} lines"] if not whole else [])
        return Log(tuple(shown[-limit:]), complete=whole and not lost, note=". ".join(n for n in notes if n))

    async def runtime_log(self, deployment_id: str, *, lines: int) -> Log:
        """Return what a deployment writes while it is listened to; never complete, since older lines cannot be had."""
        limit = min(max(lines, 1), MAX_LINES)
        path = f"/v1/projects/{await self._access.project_id()}/deployments/{segment(deployment_id)}/runtime-logs"
        raw, _ = await self._access.lines(path, limit=limit, seconds=self._seconds)
        found, lost = _decoded(raw, WireRuntimeLine, list)
        shown: list[LogLine] = sorted(map(runtime_line, found), key=lambda line: line.at.timestamp() if line.at else 0.0)
        return Log(tuple(shown), complete=False, note=". ".join(n for n in (_FROM_NOW, _lost(lost)) if n))

    async def _checks(self, deployment_id: str, sha: str) -> tuple[CheckRun, ...]:
        found = await self._access.read(f"/v2/deployments/{segment(deployment_id)}/check-runs", "check runs", WireCheckRuns)
        return tuple(check_of(run, sha) for run in found.runs)


def _decoded(raw: list[bytes], kind: type[T], ordered: Callable[[list[T]], list[T]]) -> tuple[list[T], int]:
    """Decode lines of JSON; return them and how many could not be read, such as a last one that was cut.

    OutsideError (MALFORMED) of the first one when none can be read.
    """
    found: list[T] = []
    first: OutsideError | None = None
    for line in raw:
        try:
            found.append(decode(SOURCE, "a line of its log", _parsed(line), kind))
        except OutsideError as error:
            first = first or error
    if first is not None and not found:
        raise first
    return ordered(found), len(raw) - len(found)


def _parsed(line: bytes) -> Any:
    try:
        return strict_json(line)
    except ValueError:
        return None  # no shape fits nothing, so it is told like any other line that cannot be read


def _lost(count: int) -> str:
    return f"{count} line{'' if count == 1 else 's'} could not be read" if count else ""
