"""Issues, where incidents are recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.issue import Issue
from strideiq_console.domain.untrusted import clean, clean_line
from strideiq_console.providers.github import mapping, wire
from strideiq_console.providers.github import wire_repository as shapes
from strideiq_console.providers.github.repository import SOURCE, Repository
from strideiq_console.providers.wire import decode

_TITLE, _BODY, _LABEL = 500, 65_536, 100


class GitHubIssues:
    """Implements ``issue.Issues``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def recent(self, *, labels: Sequence[str] = (), state: str = "open", limit: int = 50) -> tuple[Issue, ...]:
        """Return the newest issues that bear all the labels; ``state`` is open, closed or all.

        GitHub counts pull requests as issues: they are left out after the limit, so that fewer may come.
        """
        if state not in ("open", "closed", "all"):
            raise UsageError("the state of issues is open, closed or all")
        params = {"state": state, **({"labels": ",".join(labels)} if labels else {})}
        found = await self._repository.all("issues", shapes.Issue, self._path(), params, limit=limit)
        return tuple(_issue(shape) for shape in found if shape.pull_request is None)

    async def create(self, *, title: str, body: str, labels: Sequence[str] = (), assignees: Sequence[str] = ()) -> Issue:
        """Open an issue."""
        wanted = {"title": title, "body": body, "labels": list(labels), "assignees": list(assignees)}
        answer = await self._repository.write("POST", self._path(), wanted)
        return _issue(decode(SOURCE, "the new issue", answer.json(), shapes.Issue))

    async def update(
        self,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        closed: bool | None = None,
        labels: Sequence[str] | None = None,
    ) -> Issue:
        """Change what is given; ``labels`` replaces them all."""
        wanted: dict[str, Any] = {name: value for name, value in (("title", title), ("body", body)) if value is not None}
        if closed is not None:
            wanted |= {"state": "closed", "state_reason": "completed"} if closed else {"state": "open"}
        if labels is not None:
            wanted["labels"] = list(labels)
        if not wanted:
            raise UsageError(f"nothing is to be changed in issue #{number}")
        answer = await self._repository.write("PATCH", self._path(number), wanted)
        return _issue(decode(SOURCE, f"issue #{number}", answer.json(), shapes.Issue))

    async def comment(self, number: int, body: str) -> str:
        """Add a comment; return its address."""
        answer = await self._repository.write("POST", self._path(number, "comments"), {"body": body})
        return mapping.web_url(decode(SOURCE, "the new comment", answer.json(), shapes.Comment).html_url)

    async def labels(self) -> tuple[str, ...]:
        """Return the names of the repository's labels."""
        found = await self._repository.all("the labels", wire.Label, self._repository.path("labels"))
        return tuple(clean_line(shape.name, limit=_LABEL) for shape in found)

    def _path(self, *rest: str | int) -> str:
        return self._repository.path("issues", *rest)


def _issue(shape: shapes.Issue) -> Issue:
    labels = (label if isinstance(label, str) else label.name for label in shape.labels[:100])
    return Issue(
        number=shape.number,
        title=clean_line(shape.title, limit=_TITLE),
        open=shape.state == "open",
        author=mapping.login(shape.user),
        body=clean(shape.body or "", limit=_BODY),
        labels=tuple(clean_line(label, limit=_LABEL) for label in labels),
        assignees=tuple(mapping.login(user) for user in (shape.assignees or [])[:100]),
        url=mapping.web_url(shape.html_url),
        created_at=mapping.utc(shape.created_at),
        updated_at=mapping.utc(shape.updated_at),
        closed_at=mapping.utc(shape.closed_at),
    )
