"""A console process that drives one hotfix and kills itself with SIGKILL at a named point of a named step.

Run as ``python -m tests.crash.child WORLD EXECUTION POINT STEP``. ``POINT`` is a point of the step protocol, or ``answer lost``:
the outside has done the deed and the process dies before it hears of it. Ends 0 when the execution ended before the point came.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from strideiq_console import wiring
from strideiq_console.cli.context import Options
from strideiq_console.domain.runbook.standing import Awaits, Consent
from strideiq_console.providers.git import GitClone
from strideiq_console.sandbox.transport import WorldTransport
from strideiq_console.services.engine import Engine
from strideiq_console.services.record import Point

LOST = "answer lost"
GIT_WRITES = ("fetch", "create_branch", "delete_branch", "switch", "push", "pin")


def die() -> None:
    """End as a power cut does: no handler, no finally, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


class Watcher:
    """Knows which step is being carried out, and kills where it was told to."""

    def __init__(self, point: str, step: str) -> None:
        self.point, self.step, self.now = point, step, ""

    def passed(self, point: Point, step: str) -> None:
        self.now = step if point in (Point.BEFORE_INTENT, Point.AFTER_INTENT) else ""
        if (str(point), step) == (self.point, self.step):
            die()

    def deed_done(self) -> None:
        if self.point == LOST and self.now == self.step:
            die()


def arm(watcher: Watcher) -> None:
    """Wrap every way to the outside: after the deed and before its answer, the watcher is asked."""
    answer = WorldTransport.handle_async_request

    async def handle(self: WorldTransport, request: Any) -> Any:
        response = await answer(self, request)
        if request.method not in ("GET", "HEAD") and "graphql" not in request.url.path:
            watcher.deed_done()
        return response

    WorldTransport.handle_async_request = handle
    for name in GIT_WRITES:
        deed = getattr(GitClone, name)

        def wrapped(deed: Any) -> Any:
            async def call(self: GitClone, *values: Any) -> Any:
                result = await deed(self, *values)
                watcher.deed_done()
                return result

            return call

        setattr(GitClone, name, wrapped(deed))
    begin = Engine.__init__

    def init(self: Engine, *values: Any, **more: Any) -> None:
        begin(self, *values, **{**more, "trace": watcher.passed})

    Engine.__init__ = init


async def drive(world: Path, execution_id: str) -> int:
    """Go on as a patient founder; every confirmation is given as shown."""
    options = Options(world=world)
    practice = wiring.Wiring().practice(options)
    async with wiring.Wiring().live(options) as console:
        engine = console.engine
        assert engine is not None, console.read_only
        consent = Consent()
        for _ in range(60):
            standing = await engine.advance(execution_id, consent, wait=60)
            if standing.record is None:
                return 0
            step = standing.record.step
            if standing.awaits is Awaits.ANSWER:
                if step.id == "fix":
                    status = await engine._ports.clone.tip("refs/heads/hotfix/fix-auth-crash")
                    if status == standing.execution.results["fetch"]["main"]:
                        practice.write_fix("hotfix/fix-auth-crash")
                consent = Consent(answer="yes")
            elif standing.awaits is Awaits.CONFIRMATION:
                consent = Consent(step=step.id, effects=standing.fingerprint, word=standing.word)
            else:
                print(standing.awaits, step.id, standing.sentence, standing.reasons)
                return 1
    return 1


def main() -> int:
    """Arm, then drive."""
    world, execution_id, point, step = sys.argv[1:5]
    arm(Watcher(point, step))
    return asyncio.run(drive(Path(world), execution_id))


if __name__ == "__main__":
    sys.exit(main())
