"""The one repository's door: paths below it, decoded answers, whole lists."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import Any, TypeVar

from strideiq_console.domain.commit import is_sha, ref_fault
from strideiq_console.domain.fault import ConfigurationError, Fault, FaultKind, OutsideError, UsageError
from strideiq_console.providers.github.meanings import told
from strideiq_console.providers.http import Answer, HttpClient, Tail, quote_segment
from strideiq_console.providers.wire import decode

T = TypeVar("T")
Params = Mapping[str, str | int] | None
SOURCE = "github"
PER_PAGE = 100
_NAME = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,100}\Z")


class Repository:
    """``owner/name`` at GitHub through one client. ConfigurationError when the name cannot be one."""

    def __init__(self, client: HttpClient, name: str) -> None:
        owner, slash, repo = name.partition("/")
        if not slash or not _NAME.match(owner) or not _NAME.match(repo):
            raise ConfigurationError(
                f"the repository {name[:100]!r} is not of the form owner/name",
                next_step="Set [github] repository in config.toml",
            )
        self.client = client
        self.name = name
        self.owner = owner
        self._root = f"/repos/{owner}/{repo}"

    def path(self, *segments: str | int) -> str:
        """Return the path of a thing in the repository; each segment is encoded, ``/`` included."""
        return "/".join([self._root, *(quote_segment(str(segment)) for segment in segments)])

    def ref_path(self, kind: str, branch: str) -> str:
        """Return the path of a branch's ref; ``kind`` is ``ref`` to read one and ``refs`` to write."""
        return self.path("git", kind, "heads", *branch.split("/"))

    async def get(self, path: str, params: Params = None, *, allow: Container[int] = (), keep: bool = True) -> Answer:
        """Read; a refusal is told in the words of what was asked for."""
        try:
            return await self.client.get(path, params, allow=allow, keep=keep)
        except OutsideError as error:
            raise told("GET", path, error) from error

    async def one(self, what: str, kind: type[T], path: str, params: Params = None) -> T:
        """Read one thing."""
        answer = await self.get(path, params)
        return decode(SOURCE, what, answer.json(), kind)

    async def redirected(self, path: str, *, end: Tail | None = None) -> bytes:
        """Read what a redirect points at, without the token; with ``end`` only the end of it is kept, however long it is."""
        try:
            return await (self.client.redirected(path, by=end.exchange) if end is not None else self.client.redirected(path))
        except OutsideError as error:
            raise told("GET", path, error) from error

    async def write(
        self, method: str, path: str, body: Any = None, *, allow: Container[int] = (), author: HttpClient | None = None
    ) -> Answer:
        """Change something, once; ``author`` is the client that does it, the founder's unless another is named."""
        try:
            return await (author or self.client).write(method, path, body, allow=allow)
        except OutsideError as error:
            raise told(method, path, error) from error

    async def all(
        self,
        what: str,
        kind: type[T],
        path: str,
        params: Params = None,
        *,
        key: str | None = None,
        limit: int | None = None,
        size: int = PER_PAGE,
        keep: bool = True,
    ) -> list[T]:
        """Read a whole list, or its first ``limit`` items. ``key`` names the list in each page's object.

        OutsideError (incomplete) when a page is missing: nothing is decided from a part.
        """
        found, complete = await self.part(what, kind, path, params, key=key, limit=limit, size=size, keep=keep)
        if not complete and (limit is None or len(found) < limit):
            raise incomplete(what)
        return found

    async def part(
        self,
        what: str,
        kind: type[T],
        path: str,
        params: Params = None,
        *,
        key: str | None = None,
        limit: int | None = None,
        size: int = PER_PAGE,
        keep: bool = True,
    ) -> tuple[list[T], bool]:
        """Read a list as far as it comes, and say whether that is all of it; for lists that are shown with that mark."""

        def items(page: Any) -> list[Any]:
            found = page.get(key) if key is not None and isinstance(page, dict) else page
            if not isinstance(found, list):
                raise ValueError(f"{key or 'a list'} is missing")
            return found

        asked = {**(params or {}), "per_page": size if limit is None else min(limit, size)}
        try:
            found, complete = await self.client.pages(path, asked, items=items, limit=limit, keep=keep)
        except OutsideError as error:
            raise told("GET", path, error) from error
        return decode(SOURCE, what, found, list[kind]), complete  # type: ignore[valid-type]


def incomplete(what: str) -> OutsideError:
    """Return the error for a list of which a part is known to be missing."""
    cause = f"GitHub answered only a part of {what}"
    return OutsideError(Fault(FaultKind.INCOMPLETE, SOURCE, cause, "Nothing is decided from a part", "Try again with r"))


def wanted_ref(branch: str) -> str:
    """Return a branch name that is fit to act on; UsageError otherwise."""
    fault = ref_fault(branch)
    if fault:
        raise UsageError(f"the branch is not acted on: {fault}", next_step="Rename it with git, then try again")
    return branch


def wanted_sha(sha: str) -> str:
    """Return a full commit SHA; UsageError otherwise."""
    if not is_sha(sha):
        raise UsageError("a full commit SHA is needed", next_step="Look again with r, then plan again")
    return sha
