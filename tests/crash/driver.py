"""Carries a practice out in a world, killing itself with SIGKILL again and again; a fork is what one life of the console is.

``python -m tests.crash.driver WORLD PRACTICE POINT`` kills at one point of the step protocol in every step, one after another;
``storm:SEED:KILLS`` kills after a random number of points, so that recoveries are killed as well. ``none`` kills never.
Prints one JSON line a life, and ``{"end": …}``.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import random
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from strideiq_console import wiring
from strideiq_console.cli.context import Options
from strideiq_console.domain.fault import BlockedError
from strideiq_console.providers.alembic import AlembicCommand
from strideiq_console.providers.git import GitClone
from strideiq_console.sandbox.transport import WorldTransport
from strideiq_console.sandbox.world import World
from strideiq_console.services.engine import Engine
from strideiq_console.services.record import Point
from tests.crash.happenings import git
from tests.crash.practice import PRACTICES, Practice, begin, to_the_end

LOST = "answer lost"
POINTS = (*(str(point) for point in Point), LOST)
PASSED_BY = 42
BLOCKED = 44
GIT_WRITES = (
    "fetch", "create_branch", "delete_branch", "switch", "add_worktree", "remove_worktree", "push", "pin",
    "commit_files", "revert", "restore", "create_tag", "delete_tag", "push_tag",
)  # fmt: skip


def die() -> None:
    """End as a power cut does: no handler, no finally, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)


class At:
    """Kills at one point of one step; ends with PASSED_BY when the step went by without it (it had no deed)."""

    def __init__(self, point: str, step: str) -> None:
        self.point, self.step, self.now = point, step, ""

    def passed(self, point: Point, step: str) -> None:
        self.now = step if point in (Point.BEFORE_INTENT, Point.AFTER_INTENT) else ""
        if (str(point), step) == (self.point, self.step):
            die()
        if point is Point.AFTER_DONE and step == self.step:
            os._exit(PASSED_BY)

    def deed_done(self) -> None:
        if self.point == LOST and self.now == self.step:
            die()


class After:
    """Kills after so many points, whichever they are; a lost answer counts as a point."""

    def __init__(self, count: int) -> None:
        self.left = count

    def passed(self, point: Point, step: str) -> None:
        self.left -= 1
        if self.left <= 0:
            die()

    def deed_done(self) -> None:
        self.passed(Point.AFTER_EFFECT, "")


def writes(request: Any) -> bool:
    """Say whether a request changes something: of GraphQL only a mutation does."""
    if "graphql" in request.url.path:
        return b"mutation" in request.content[:4000]
    return request.method not in ("GET", "HEAD")


def arm(watcher: At | After) -> None:
    """Wrap every way to the outside: after the deed and before its answer, the watcher is asked."""
    answer = WorldTransport.handle_async_request

    async def handle(self: WorldTransport, request: Any) -> Any:
        response = await answer(self, request)
        if writes(request):
            watcher.deed_done()
        return response

    WorldTransport.handle_async_request = handle  # type: ignore[method-assign]
    for name in (name for name in GIT_WRITES if hasattr(GitClone, name)):
        deed = getattr(GitClone, name)

        def wrapped(deed: Any) -> Any:
            async def call(self: GitClone, *values: Any, **more: Any) -> Any:
                result = await deed(self, *values, **more)
                watcher.deed_done()
                return result

            return call

        setattr(GitClone, name, wrapped(deed))
    move = AlembicCommand.carry_out

    async def carry_out(self: AlembicCommand, *values: Any, **more: Any) -> Any:
        outcome = await move(self, *values, **more)
        if outcome.ran:
            watcher.deed_done()
        return outcome

    AlembicCommand.carry_out = carry_out  # type: ignore[method-assign]
    make = Engine.__init__

    def init(self: Engine, *values: Any, **more: Any) -> None:
        make(self, *values, **{**more, "trace": watcher.passed})

    Engine.__init__ = init  # type: ignore[method-assign]


def life(deed: Callable[[], object]) -> int:
    """Run a deed in a process of its own; return its exit code, or minus the signal that ended it."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            said = deed()
            code = 0 if not said else 3
            if said:
                print(json.dumps({"stuck": said}), flush=True)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def race(folder: Path, practice: Practice, execution_id: str, seed: int, rounds: int) -> None:
    """Let two to four consoles drive one execution at once, again and again, each time in a fresh copy of the world."""
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    for number in range(rounds):
        place = folder.with_name(f"race-{number}")
        shutil.copytree(folder, place, symlinks=True)
        git(place / "clone", "remote", "set-url", "origin", str(place / "origin.git"))
        gate, opener = os.pipe()
        racers = [_racer(place, practice, execution_id, gate, opener) for _ in range(chance.choice((2, 3, 4)))]
        os.close(gate)
        os.close(opener)
        codes = sorted(os.waitstatus_to_exitcode(os.waitpid(racer, 0)[1]) for racer in racers)
        last = life(lambda place=place: drive(place, practice, execution_id, None))  # type: ignore[misc]
        print(json.dumps({"place": str(place), "codes": codes, "last": last}), flush=True)


def _racer(place: Path, practice: Practice, execution_id: str, gate: int, opener: int) -> int:
    """Start a console that begins when all have been started; it ends with BLOCKED when another one holds the lease."""
    child = os.fork()
    if child == 0:
        os.close(opener)
        os.read(gate, 1)
        code = 1
        try:
            code = 0 if drive(place, practice, execution_id, None) == "" else 3
        except BlockedError:
            code = BLOCKED
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def steps_of(folder: Path) -> list[str]:
    """Return the ids of the execution's steps, from the store alone."""
    with wiring.Wiring({}).stored(Options(world=folder)) as console:
        (execution,) = console.executions()
        return [record.step.id for record in execution.records]


def drive(folder: Path, practice: Practice, execution_id: str, watcher: At | After | None) -> str:
    if watcher is not None:
        arm(watcher)
    return asyncio.run(to_the_end(folder, practice, execution_id))


def at_every_step(folder: Path, practice: Practice, execution_id: str, steps: list[str], point: str) -> None:
    for step in steps:
        happens = practice.before.get(step)
        if happens is not None:
            world = World.open(folder)
            happens(world)
            world.close()
        code = life(lambda step=step: drive(folder, practice, execution_id, At(point, step)))  # type: ignore[misc]
        print(json.dumps({"step": step, "point": point, "code": code}), flush=True)
        if code not in (-signal.SIGKILL, PASSED_BY):
            return


def storm(folder: Path, practice: Practice, execution_id: str, seed: int, kills: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a test's dice
    for _ in range(kills):
        count = chance.choice((1, 1, 1, 2, 2, 3, 4))
        code = life(lambda count=count: drive(folder, practice, execution_id, After(count)))  # type: ignore[misc]
        print(json.dumps({"count": count, "code": code}), flush=True)
        if code != -signal.SIGKILL:
            return


def main() -> int:
    """Begin in one life, be killed in many, end in the last."""
    folder, name, how = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    practice = PRACTICES[name]
    execution_id, steps, modules = told_by_a_life(lambda: [begin(folder, practice), steps_of(folder), sorted(sys.modules)])
    learn(modules)
    if how.startswith("storm:"):
        _, seed, kills = how.split(":")
        storm(folder, practice, execution_id, int(seed), int(kills))
    elif how.startswith("race:"):
        _, seed, rounds = how.split(":")
        race(folder, practice, execution_id, int(seed), int(rounds))
    elif how != "none":
        at_every_step(folder, practice, execution_id, steps, how)
    code = life(lambda: drive(folder, practice, execution_id, None))
    print(json.dumps({"end": code}), flush=True)
    return 0


def told_by_a_life(deed: Callable[[], list[Any]]) -> list[Any]:
    """Run a deed in a life of its own and return what it tells: the parent opens nothing, so that every fork begins clean."""
    reader, writer = os.pipe()
    code = life(lambda: os.write(writer, json.dumps(deed()).encode()) and "")
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read()
    assert code == 0, code
    return list(json.loads(told))


def learn(modules: list[str]) -> None:
    """Import once what every life would import: the lives are many."""
    for name in modules:
        if name.startswith(("strideiq_console.", "git.", "starlette.", "httpx", "msgspec")) and name not in sys.modules:
            importlib.import_module(name)


if __name__ == "__main__":
    sys.exit(main())
