"""A small client of the world's GitHub for tests: it says who asks, and can hold every exchange against the contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from strideiq_console.sandbox.github import app
from strideiq_console.sandbox.world import World

REPO = "/repos/acme/strideiq"


class Hub:
    """Asks as ``github`` (the founder) or ``github_bot``. ``checks`` sees (method, path, query, body, status, answer) of each."""

    def __init__(self, world: World, *, checks: Callable[..., None] | None = None) -> None:
        self.world = world
        self.checks = checks
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app(world)), base_url="https://api.github.com")

    async def ask(
        self,
        method: str,
        path: str,
        /,
        body: Any = None,
        *,
        by: str = "github",
        headers: dict[str, str] | None = None,
        **query: str | int,
    ) -> httpx.Response:
        """Send one request below the repository (a path starting with ``//`` is absolute)."""
        full = path[1:] if path.startswith("//") else REPO + path
        sent = {"authorization": f"Bearer {self.world.tokens[by]}", **(headers or {})}
        answer = await self.client.request(method, full, params=query or None, json=body, headers=sent)
        if self.checks is not None:
            decoded = answer.json() if answer.content else None
            self.checks(method, full, {k: str(v) for k, v in query.items()}, body, answer.status_code, decoded)
        return answer

    async def get(self, path: str, /, *, by: str = "github", **query: str | int) -> Any:
        """Return the decoded body of a GET that must succeed."""
        answer = await self.ask("GET", path, by=by, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def send(self, method: str, path: str, body: Any = None, *, status: int, by: str = "github") -> Any:
        """Return the decoded body of a write that must end with ``status``."""
        answer = await self.ask(method, path, body, by=by)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def ready(self, number: int) -> dict[str, Any]:
        """Return a pull request once GitHub has computed whether it merges."""
        await self.get(f"/pulls/{number}")
        found: dict[str, Any] = await self.get(f"/pulls/{number}")
        return found
