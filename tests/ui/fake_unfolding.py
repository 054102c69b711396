"""Reads on demand, as a test sets them: what they give, what they raise, and whether they wait."""

from __future__ import annotations

import asyncio
from typing import Any

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.service import ServiceBoard, ServiceState
from strideiq_console.domain.unfolded import Climb, HeldNames, Ladder, LogKind

from .made_facts import MAIN, ago


class FakeLog:
    """One log that has ended."""

    url = step = note = ""
    ended = True
    outcome = "ready"
    period = 5.0

    def __init__(self, title: str) -> None:
        self.title = title

    async def lines(self) -> tuple[str, ...]:
        return ("02:09:01 Listening on 8000", "02:09:02 ERROR redis is gone")


class FakeUnfolding:
    """Gives one answer to each read. ``asked`` are the reads in order; while ``hang`` is set they wait for it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.error: ConsoleError | None = None
        self.hang: asyncio.Event | None = None
        commits = (Commit("e" * 40, "Coach: new plan", "founder", ago(hours=3)),)
        self.found: dict[str, Any] = {
            "ladder": Ladder((Climb("local", "staging", (), 0), Climb("staging", "main", commits, 1)), ago(minutes=4)),
            "parts": ServiceBoard(
                "production",
                "railway",
                (ServiceState("api", "api", "production", "railway", DeploymentState.READY, True, sha=MAIN),),
            ),
            "names": HeldNames("production"),
        }

    async def _answer(self, name: str, asked: str) -> Any:
        self.asked.append(asked)
        if self.hang is not None:
            await self.hang.wait()
        if self.error is not None:
            raise self.error
        return self.found[name]

    async def ladder(self) -> Any:
        return await self._answer("ladder", "ladder")

    async def board(self, environment: str) -> Any:
        return await self._answer("parts", f"board {environment}")

    async def names(self, environment: str) -> Any:
        return await self._answer("names", f"names {environment}")

    def log(self, deployment: Deployment, kind: LogKind) -> FakeLog:
        self.asked.append(f"log {deployment.id} {kind}")
        return FakeLog(f"{deployment.component} {kind}")
