"""The console that is killed: carries one move out and kills itself, alembic or both at the point that it is told."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from strideiq_console.domain.database import DatabaseRevisions, Identity
from strideiq_console.domain.migration_path import path_up
from strideiq_console.providers.alembic import locate, read_folder
from strideiq_console.providers.postgres import Postgres
from tests.providers.alembic.consoles import KEY, console, end, postgres, sleeping

STAGES = ("env", "start", "sleeping", "end", "half", "committed")


class Driver:
    """Knows the point, and what is reached when."""

    def __init__(self, spec: dict[str, str]) -> None:
        self.dsn, self.folder = spec["dsn"], Path(spec["folder"])
        self.who, self.point = spec["who"], spec["point"]
        self.looks = 0

    def reached(self, point: str) -> None:
        if self.who == "console" and self.point == point:
            end(os.getpid())

    @asynccontextmanager
    async def guard(self) -> AsyncIterator[Any]:
        self.reached("before-guard")
        async with postgres(self.dsn).lock(KEY) as hold:
            self.reached("guard-held")
            yield Hold(self, hold)
            self.reached("before-release")
        self.reached("after-release")

    async def watch(self) -> None:
        """Wait for the stage that alembic reaches, and kill."""
        while not (self.folder / "stages" / "env").exists():
            await asyncio.sleep(0.005)
        reached = self.folder / "stages" / self.point
        while not (await asyncio.to_thread(sleeping, self.dsn) if self.point == "sleeping" else reached.exists()):
            await asyncio.sleep(0.005)
        if self.who != "console":
            end(int((self.folder / "stages" / "env").read_text()))
        if self.who != "alembic":
            end(os.getpid())

    async def go(self) -> str:
        watch = asyncio.create_task(self.watch()) if self.point in STAGES else None
        graph = read_folder(self.folder, locate(self.folder))
        (move,) = path_up(graph, ("a",), "b")
        command = await console(self.dsn, self.folder, database=Watched(self), guard=self.guard)
        outcome = await command.carry_out(move, graph)
        if watch is not None:
            await watch
        return f"{outcome.ending.name} {outcome.failure.name if outcome.failure else ''}".strip()


class Hold:
    def __init__(self, driver: Driver, real: Any) -> None:
        self.driver, self.real = driver, real

    async def still(self) -> None:
        self.driver.reached("looked")
        await self.real.still()
        self.driver.reached("before-spawn")


class Watched(Postgres):
    """The console's database, which tells how far the move is."""

    def __init__(self, driver: Driver) -> None:
        real = postgres(driver.dsn)
        self.__dict__.update(real.__dict__)
        self.driver = driver

    async def identity(self) -> Identity:
        self.driver.looks += 1
        self.driver.reached("file-held" if self.driver.looks == 1 else "before-read-back")
        return await super().identity()

    async def revisions(self) -> DatabaseRevisions:
        found = await super().revisions()
        if self.driver.looks > 1:
            self.driver.reached("read-back")
        return found


def main() -> None:
    driver = Driver(json.loads(Path(sys.argv[1]).read_text()))
    start = asyncio.create_subprocess_exec

    async def started(*words: Any, **more: Any) -> Any:
        child = await start(*words, **more)
        if "upgrade" in words:
            driver.reached("spawned")
        return child

    asyncio.create_subprocess_exec = started  # type: ignore[assignment]
    print(asyncio.run(driver.go()))


if __name__ == "__main__":
    main()
