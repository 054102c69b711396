"""One request to the world's Vercel as its endpoints see it, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from strideiq_console.sandbox import deploys
from strideiq_console.sandbox.state import record_effect

Record = dict[str, Any]


class VercelError(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True, slots=True)
class Lines:
    """A body of JSON lines; the real one may never end, the world's does."""

    kind: str
    lines: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Call:
    """One authorised request; ``body`` is the decoded object, empty when none came."""

    state: Record
    now: float
    method: str
    path: str
    at: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def memory(self) -> Record:
        """Return what the project remembers; see deploys.py and the modules here."""
        return deploys.vercel(self.state)

    def number(self, name: str, default: int) -> int:
        """Return a query parameter that is a number; VercelError for one that is none."""
        return number(self.query.get(name, str(default)), name)

    def deployment(self, identity: str) -> Record:
        """Return a deployment's record by id; VercelError when there is none."""
        found = deploys.find(self.state, "vercel", identity)
        if found is None:
            raise VercelError(404, "not_found", "The deployment could not be found")
        return found

    def effect(self, what: str) -> None:
        """Note a change that was made."""
        record_effect(self.state, at=self.now, provider="vercel", method=self.method, path=self.path, what=what, login="founder")


Answer = Callable[[Call], tuple[int, Any]]


def number(text: str, name: str) -> int:
    """Return a number as it came; VercelError for what is none."""
    if not text.isascii() or not text.isdigit():
        raise VercelError(400, "bad_request", f"Invalid request: `{name}` should be a number")
    return int(text)


def page_of(count: int, *, following: int | None = None, previous: int | None = None) -> Record:
    """Return the ``pagination`` of a list."""
    return {"count": count, "next": following, "prev": previous}
