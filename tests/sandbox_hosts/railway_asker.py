"""Asks the world's Railway with the documents that the console ships, and notes which were answered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

import strideiq_console.providers.railway as package
from strideiq_console.sandbox.railway.ids import ENVIRONMENTS, SERVICES, identity, made
from strideiq_console.sandbox.world import World
from tests.sandbox_hosts.conftest import RAILWAY

API = "https://backboard.railway.com/graphql/v2"
DOCUMENTS = Path(package.__file__).parent / "documents"
PRODUCTION, STAGING = (identity(ENVIRONMENTS, name) for name in ("production", "staging"))
SERVICE, POSTGRES, REDIS = (identity(SERVICES, name) for name in ("api", "Postgres", "Redis"))
VOLUME = made("volume instance Postgres production")
STAGING_VOLUME = made("volume instance Postgres staging")


def token(environment: str) -> dict[str, str]:
    """Return the header of an environment's project token."""
    return {"Project-Access-Token": f"sandbox-railway-token-{environment}"}


class Asker:
    """``folder`` holds documents; a name without one there is looked for in ``more``."""

    def __init__(self, client: httpx.AsyncClient, world: World, more: Path | None = None, contract: Any = None) -> None:
        self._client, self.world, self._more, self._contract = client, world, more, contract
        self.answered: set[str] = set()
        self._checked: set[tuple[str, ...]] = set()

    async def raw(self, document: str, /, headers: dict[str, str] | None = None, **variables: Any) -> httpx.Response:
        """Send a document as it ships."""
        own = DOCUMENTS / f"{document}.graphql"
        text = (own if own.is_file() or self._more is None else self._more / own.name).read_text(encoding="utf-8")
        # To check a document takes longer than to answer it, so each is checked once for every set of variables.
        if self._contract is not None and (document, *sorted(variables)) not in self._checked:
            assert self._contract.check_document(text, variables) == [], document
            self._checked.add((document, *sorted(variables)))
        response = await self._client.post(API, json={"query": text, "variables": variables}, headers=headers or RAILWAY)
        answer = response.json()
        if self._contract is not None and response.status_code == 200 and "errors" not in answer:
            assert self._contract.check_response(text, answer["data"]) == [], document
        return response

    async def ask(self, document: str, /, headers: dict[str, str] | None = None, **variables: Any) -> Any:
        """Return the one root field of an answer that must be good; of several the whole ``data``."""
        response = await self.raw(document, headers, **variables)
        assert response.status_code == 200
        answer = response.json()
        assert "errors" not in answer, (document, answer["errors"])
        self.answered.add(f"{document}.graphql")
        data = answer["data"]
        return next(iter(data.values())) if len(data) == 1 else data

    async def refusal(self, document: str, /, headers: dict[str, str] | None = None, **variables: Any) -> str:
        """Return the words of an error that comes with status 200 and no data."""
        response = await self.raw(document, headers, **variables)
        assert response.status_code == 200
        answer = response.json()
        assert answer["data"] is None, answer
        return str(answer["errors"][0]["message"])

    def period(self, hours: float) -> dict[str, str]:
        """Return the last hours as the documents' dates."""
        now = self.world.clock.seconds()
        return {"startDate": stamp(now - hours * 3600), "endDate": stamp(now)}


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def nodes(page: Any) -> list[Any]:
    return [edge["node"] for edge in page["edges"]]
