"""Who the tokens belong to."""

from __future__ import annotations

from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.github import wire, wire_repository
from strideiq_console.providers.github.repository import SOURCE
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.wire import decode


class GitHubViewer:
    """Implements ``ports.Viewer``. A token's owner does not change, so each is asked for once."""

    def __init__(self, client: HttpClient, bot: HttpClient | None) -> None:
        self._founder = client
        self._clients = {"founder": client, "bot": bot}
        self._known: dict[str, str] = {}

    async def login(self) -> str:
        """Return the login of the founder's token."""
        return await self._ask("founder") or ""

    async def bot_login(self) -> str | None:
        """Return the login of the bot's token; None when there is no bot."""
        return await self._ask("bot")

    async def _ask(self, who: str) -> str | None:
        client = self._clients[who]
        if client is None:
            return None
        if who not in self._known:
            answer = await client.get("/user")
            user = decode(SOURCE, "the token's owner", answer.json(), wire.User)
            self._known[who] = clean_line(user.login, limit=100)
        return self._known[who]

    async def rate(self) -> RateBudget:
        """Ask GitHub what is left of the founder's rate limit; costs nothing of it."""
        answer = await self._founder.get("/rate_limit", keep=False)
        core = decode(SOURCE, "the rate limit", answer.json(), wire_repository.Rates).resources.core
        return RateBudget(SOURCE, core.remaining, core.limit)
