"""Pull requests: reading, opening, keeping up to date, approving and merging them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.pull_request import ChangedFile, PullRequest, Review
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.github import mapping, wire
from strideiq_console.providers.github.repository import SOURCE, Repository, incomplete, wanted_ref, wanted_sha
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.wire import decode

_MOST_FILES, _MOST_COMMITS = 3000, 250
_MERGE_STEPS = {
    405: "Look at all that holds it back with r, clear it, then retry",
    409: "Look at the new commits with r, then plan again",
    422: "Look at all that holds it back with r, clear it, then retry",
}


class GitHubPulls:
    """Implements ``ports.PullRequests``. ``author`` opens pull requests: the bot's client, or the founder's without one."""

    def __init__(self, repository: Repository, author: HttpClient) -> None:
        self._repository = repository
        self._author = author

    async def open(self) -> tuple[PullRequest, ...]:
        """Return all open pull requests."""
        found = await self._repository.all("open pull requests", wire.Pull, self._repository.path("pulls"), {"state": "open"})
        return tuple(mapping.pull(shape) for shape in found)

    async def get(self, number: int) -> PullRequest:
        """Return one pull request with ``mergeable``."""
        return mapping.pull(await self._repository.one(f"pull request #{number}", wire.Pull, self._path(number)))

    async def find(self, head: str, base: str) -> tuple[PullRequest, ...]:
        """Return every pull request from ``head`` to ``base``, any state, newest first."""
        params = {"state": "all", "head": f"{self._repository.owner}:{head}", "base": base}
        found = await self._repository.all(f"pull requests of {head}", wire.Pull, self._repository.path("pulls"), params)
        pulls = (mapping.pull(shape) for shape in found)
        # A server that ignores an unheard-of filter would answer every pull request.
        return tuple(sorted((p for p in pulls if p.head == head and p.base == base), key=lambda p: p.number, reverse=True))

    async def reviews(self, number: int) -> tuple[Review, ...]:
        """Return the reviews, oldest first."""
        found = await self._repository.all(f"reviews of #{number}", wire.Review, self._path(number, "reviews"))
        return tuple(mapping.review(shape) for shape in found)

    async def create(self, *, head: str, base: str, title: str, body: str) -> PullRequest:
        """Open a pull request, with the bot's identity where one is configured (T2)."""
        wanted = {"title": title, "head": wanted_ref(head), "base": wanted_ref(base), "body": body, "draft": False}
        answer = await self._repository.write("POST", self._repository.path("pulls"), wanted, author=self._author)
        return mapping.pull(decode(SOURCE, "the new pull request", answer.json(), wire.Pull))

    async def update(self, number: int, *, body: str | None = None, closed: bool | None = None) -> PullRequest:
        """Change the body, or close or reopen it."""
        wanted: dict[str, Any] = {}
        if body is not None:
            wanted["body"] = body
        if closed is not None:
            wanted["state"] = "closed" if closed else "open"
        if not wanted:
            return await self.get(number)
        answer = await self._repository.write("PATCH", self._path(number), wanted)
        return mapping.pull(decode(SOURCE, f"pull request #{number}", answer.json(), wire.Pull))

    async def update_branch(self, number: int, *, expected_head: str) -> None:
        """Ask GitHub to merge the base into the head branch; 422 when the head has moved. It happens some time after."""
        await self._repository.write("PUT", self._path(number, "update-branch"), {"expected_head_sha": wanted_sha(expected_head)})

    async def merge(self, number: int, *, sha: str, title: str) -> str:
        """Merge with a merge commit if the head still is ``sha``; return the merge commit. 409: head moved."""
        wanted = {"sha": wanted_sha(sha), "merge_method": "merge", "commit_title": title}
        try:
            answer = await self._repository.write("PUT", self._path(number, "merge"), wanted)
        except OutsideError as error:
            if error.status not in _MERGE_STEPS:
                raise
            why = f"#{number} is not merged at {sha[:7]}: {error.fault.cause}"
            fault = replace(error.fault, cause=why, next_step=_MERGE_STEPS[error.status])
            raise OutsideError(fault, status=error.status, known_not_done=True) from error
        merged = decode(SOURCE, f"the merge of #{number}", answer.json(), wire.Merged)
        if not merged.merged:
            why = f"#{number} is not merged: {clean_line(merged.message, limit=300)}"
            fault = Fault(FaultKind.REFUSED, SOURCE, why, "Nothing was changed", _MERGE_STEPS[405])
            raise OutsideError(fault, status=answer.status, known_not_done=True)
        return merged.sha

    async def remark(self, number: int, *, sha: str, body: str) -> None:
        """Comment on ``sha`` with the founder's identity."""
        wanted = {"commit_id": wanted_sha(sha), "event": "COMMENT", "body": body}
        await self._repository.write("POST", self._path(number, "reviews"), wanted)

    async def approve(self, number: int, *, sha: str, body: str) -> None:
        """Approve ``sha`` with the founder's identity."""
        wanted = {"commit_id": wanted_sha(sha), "event": "APPROVE", "body": body}
        try:
            await self._repository.write("POST", self._path(number, "reviews"), wanted)
        except OutsideError as error:
            if error.status != 422:
                raise
            step = "GitHub lets no author approve: open it with the bot's token (STRIDEIQ_GITHUB_BOT_TOKEN), or ask a second person"
            fault = replace(error.fault, cause=f"#{number} is not approved: {error.fault.cause}", next_step=step)
            raise OutsideError(fault, status=422, known_not_done=True) from error

    async def files(self, number: int) -> tuple[ChangedFile, ...]:
        """Return what it changes; raises (incomplete) where GitHub stops listing, at 3,000 files."""
        found = await self._repository.all(f"files of #{number}", wire.PullFile, self._path(number, "files"))
        if len(found) >= _MOST_FILES:
            raise incomplete(f"files of #{number}")
        return tuple(mapping.changed_file(shape) for shape in found)

    async def commits(self, number: int) -> tuple[Commit, ...]:
        """Return its commits, oldest first; raises (incomplete) where GitHub stops listing, at 250."""
        found = await self._repository.all(f"commits of #{number}", wire.Commit, self._path(number, "commits"))
        if len(found) >= _MOST_COMMITS:
            raise incomplete(f"commits of #{number}")
        return tuple(mapping.commit(shape) for shape in found)

    async def request_reviewers(self, number: int, logins: Sequence[str]) -> PullRequest:
        """Ask people for a review; its author cannot be asked (422)."""
        answer = await self._repository.write("POST", self._path(number, "requested_reviewers"), {"reviewers": list(logins)})
        return mapping.pull(decode(SOURCE, f"pull request #{number}", answer.json(), wire.Pull))

    async def is_merged(self, number: int) -> bool:
        """Say whether it is merged: the cheapest way to read a merge back.

        GitHub answers 404 for one that is not merged and for a repository that the token may not see, so that is told apart.
        """
        answer = await self._repository.get(self._path(number, "merge"), allow=(404,))
        if answer.status == 404:
            await self._repository.get(self._repository.path())
        return answer.status == 204

    def _path(self, number: int, *rest: str) -> str:
        return self._repository.path("pulls", number, *rest)
