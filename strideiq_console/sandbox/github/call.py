"""One request to the world's GitHub as its endpoints see it, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from strideiq_console.sandbox import objects
from strideiq_console.sandbox.origin import Commit, Origin
from strideiq_console.sandbox.state import State, record_effect

HTML = "https://github.com"
T = TypeVar("T")


class ApiError(Exception):
    """An answer that is an error: GitHub's status and message, the ``errors`` list of a 422, more headers."""

    def __init__(self, status: int, message: str, errors: Sequence[Any] = (), *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.errors, self.headers = status, message, tuple(errors), dict(headers or {})


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: ``body`` is JSON, None for none."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One authorised request. ``api`` is the address that this API is reached at, ``logs`` that of the log host.

    ``memo`` holds what one answer shows many times over, such as the repository.
    """

    state: State
    origin: Origin
    now: float
    wall: float
    login: str
    method: str
    path: str
    at: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    api: str
    logs: str
    memo: dict[str, Any] = field(default_factory=dict)

    @property
    def repo(self) -> str:
        """Return the API address of the repository."""
        return f"{self.api}/repos/{self.full_name}"

    @property
    def full_name(self) -> str:
        """Return ``owner/name``."""
        return f"{self.state['repository']['owner']}/{self.state['repository']['name']}"

    @property
    def page(self) -> str:
        """Return the address of the repository's web page."""
        return f"{HTML}/{self.full_name}"

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text of the body. Raises ApiError 422 when it is missing or no text."""
        value = self.body.get(key, default)
        if not isinstance(value, str):
            raise invalid("Validation Failed", {"resource": "Request", "field": key, "code": "missing_field"})
        return value

    def texts(self, key: str) -> list[str]:
        """Return a list of texts of the body, each once; empty when it is missing. Raises ApiError 422 for anything else."""
        value = self.body.get(key)
        given = [] if value is None else value
        if not isinstance(given, list) or not all(isinstance(entry, str) for entry in given):
            raise invalid("Validation Failed", {"resource": "Request", "field": key, "code": "invalid"})
        return list(dict.fromkeys(given))

    def branch(self, name: str) -> str:
        """Return the tip of a branch. Raises ApiError 404."""
        if name not in self.state["refs"]:
            raise ApiError(404, "Branch not found")
        return str(self.state["refs"][name])

    def resolve(self, ref: str) -> Commit:
        """Return the commit of a branch name, ``heads/x``, a tag or a SHA. Raises ApiError 404 or 422."""
        name = ref.removeprefix("refs/").removeprefix("heads/").removeprefix(f"{self.state['repository']['owner']}:")
        if name in self.state["refs"]:
            return self.origin.commit(self.state["refs"][name])
        found = self.origin.find(name) or self._tagged(name.removeprefix("tags/"))
        if found is None:
            raise ApiError(422 if len(name) == 40 else 404, f"No commit found for SHA: {ref}")
        return found

    def _tagged(self, name: str) -> Commit | None:
        sha = objects.tags(self.origin.path).get(name)
        return None if sha is None else self.origin.commit(sha)

    def pull(self) -> dict[str, Any]:
        """Return the pull request that the path names. Raises ApiError 404."""
        found: dict[str, Any] | None = self.state["pulls"].get(self.at["number"])
        if found is None:
            raise ApiError(404, "Not Found")
        return found

    def effect(self, what: str) -> None:
        """Record that this request changed something."""
        record_effect(self.state, at=self.now, provider="github", method=self.method, path=self.path, what=what, login=self.login)

    def paged(self, items: Sequence[T], shape: Callable[[T], Any], *, wrap: str = "", most: int = 100) -> Reply:
        """Return one page of ``items`` with its ``Link`` header; with ``wrap`` inside ``{"total_count", wrap}``."""
        size = min(_number(self.query.get("per_page"), 30), most)
        number = _number(self.query.get("page"), 1)
        last = max(1, -(-len(items) // size))
        rows = [shape(item) for item in items[(number - 1) * size : number * size]]
        links = []
        for relation, target in (("prev", number - 1), ("next", number + 1), ("last", last), ("first", 1)):
            wanted = number < last if relation in ("next", "last") else number > 1
            if wanted and last > 1:
                query = urlencode({**self.query, "per_page": size, "page": target})
                links.append(f'<{self.api}{self.path}?{query}>; rel="{relation}"')
        headers = {"link": ", ".join(links)} if links else {}
        return Reply(200, {"total_count": len(items), wrap: rows} if wrap else rows, headers)


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdecimal() and int(text) > 0 else default


def invalid(message: str, *errors: Any) -> ApiError:
    """Return the error of a request that GitHub understands and refuses."""
    return ApiError(422, message, errors)
