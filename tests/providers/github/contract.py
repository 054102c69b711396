"""A GitHub made of the contract pack's examples: every request and answer that passes is checked against the contract."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import httpx

from strideiq_console.domain.secret import Secret
from strideiq_console.providers.github import GitHub, connect
from strideiq_console.providers.http import Governor
from tests.contracts import pack, validator
from tests.providers.http.fakes import BASE, DictEtags, FakeClock, Wire

REPOSITORY = "acme/strideiq"
ROOT = f"/repos/{REPOSITORY}"
FOUNDER = "founder-token-0123456789"
BOT = "bot-token-0123456789"
SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"


def example(name: str) -> Any:
    """Return one example of the pack."""
    return json.loads((pack() / "examples" / "github" / f"{name}.json").read_text(encoding="utf-8"))


ELSEWHERE = ("/user", "/users/", "/organizations/", "/rate_limit")


def routed(answers: dict[tuple[str, str], Any], *, bot: bool = True) -> FakeGitHub:
    """Return a checked GitHub; an answer is an example's name, a status with a name, or made. Paths count below the repository."""
    routes = {}
    for (method, path), answer in answers.items():
        full = path[1:] if path.startswith("//") else path if path.startswith(ELSEWHERE) else ROOT + path
        routes[method, full] = _reply(answer)
    return FakeGitHub(routes, bot=bot)


def _reply(answer: Any) -> Any:
    if isinstance(answer, str):
        return example(answer)
    return httpx.Response(answer[0], json=example(answer[1])) if isinstance(answer, tuple) else answer


class FakeGitHub:
    """Answers by method and path (query left out); what is not scripted is 404. ``checked`` switches the contract on."""

    def __init__(self, routes: dict[tuple[str, str], Any], *, checked: bool = True, bot: bool = True) -> None:
        self.routes = routes
        self.checked = checked
        self.problems: list[str] = []
        self.wire = Wire(self._answer)
        self.clock = FakeClock()
        governor = Governor("github", self.clock)
        self.etags = DictEtags()

        def make(token: str) -> Any:
            return connect(
                api_url=BASE, token=Secret(token), clock=self.clock, governor=governor, transport=self.wire, etags=self.etags
            )

        self.host = GitHub(client=make(FOUNDER), bot=make(BOT) if bot else None, repository=REPOSITORY)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode().partition("?")[0]
        body = json.loads(request.content) if request.content else None
        reply = self.routes.get((request.method, path), httpx.Response(404, json={"message": "Not Found"}))
        if callable(reply):
            reply = reply(request)
        response = reply if isinstance(reply, httpx.Response) else httpx.Response(200, json=reply)
        if self.checked and request.url.host == "api.github.com":
            self._check(request, path, body, response)
        return response

    def _check(self, request: httpx.Request, path: str, body: Any, response: httpx.Response) -> None:
        api = validator().openapi("github")
        found = api.check_request(request.method, path, dict(parse_qsl(request.url.query.decode())), body)
        if response.status_code not in (302, 403, 404):
            content = json.loads(response.content) if response.content else None
            found += api.check_response(request.method, path, response.status_code, content)
        self.problems += [f"{request.method} {path}: {problem}" for problem in found]

    def sent(self) -> list[tuple[str, str, Any]]:
        """Return method, path with query, and decoded body of every request so far."""
        pairs = zip(self.wire.requests, self.wire.bodies, strict=True)
        return [(r.method, r.url.raw_path.decode().removeprefix(ROOT), json.loads(b) if b else None) for r, b in pairs]

    def tokens(self) -> list[str]:
        """Return which identity sent each request."""
        names = {f"Bearer {FOUNDER}": "founder", f"Bearer {BOT}": "bot", None: "nobody"}
        return [names[r.headers.get("authorization")] for r in self.wire.requests]
