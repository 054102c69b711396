"""Facts about the repository, its files, branches and commits."""

from __future__ import annotations

import base64
import binascii

from strideiq_console.domain.commit import Commit
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.repository import FileContent, RemoteBranch, RepositoryFacts
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.github import mapping, wire
from strideiq_console.providers.github import wire_repository as shapes
from strideiq_console.providers.github.repository import SOURCE, Repository, wanted_sha
from strideiq_console.providers.wire import decode, malformed

LARGEST = 1024 * 1024
_NAME = 255
_KNOWN = ("admin", "maintain", "push", "triage", "pull")


class GitHubContents:
    """Implements ``repository.RepositoryReads``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def facts(self) -> RepositoryFacts:
        """Return how the repository is set up."""
        shape = await self._repository.one("the repository", shapes.Facts, self._repository.path())
        held = shape.permissions
        return RepositoryFacts(
            name=clean_line(shape.full_name, limit=_NAME),
            default_branch=clean_line(shape.default_branch, limit=_NAME),
            private=shape.private,
            owner=clean_line(shape.owner.login, limit=100),
            owner_is_organization=shape.owner.type == "Organization",
            archived=shape.archived,
            merge_commit=shape.allow_merge_commit,
            squash_merge=shape.allow_squash_merge,
            rebase_merge=shape.allow_rebase_merge,
            auto_merge=shape.allow_auto_merge,
            delete_branch_on_merge=shape.delete_branch_on_merge,
            permissions=None if held is None else frozenset(name for name in _KNOWN if held.get(name)),
            url=mapping.web_url(shape.html_url),
        )

    async def file(self, path: str, *, ref: str) -> FileContent | None:
        """Return one file of at most 1 MB at a branch, tag or commit; None when it is not there.

        GitHub answers 404 for a missing file and for a hidden repository, so that is told apart.
        """
        repository = self._repository
        address = repository.path("contents", *path.strip("/").split("/"))
        answer = await repository.get(address, {"ref": ref}, allow=(404,))
        if answer.status == 404:
            await repository.get(repository.path())
            return None
        what = f"the file {path}"
        found = answer.json()
        if isinstance(found, list):
            raise _no_file(f"{path} is a folder")
        shape = decode(SOURCE, what, found, shapes.Content)
        if shape.type != "file":
            raise _no_file(f"{path} is a {shape.type}")
        if shape.encoding != "base64" or shape.size > LARGEST:
            raise _no_file(f"{path} is larger than 1 MB", FaultKind.TOO_LARGE)
        try:
            # Lines of base64; the contract's own example breaks them with a backslash and an n.
            data = base64.b64decode("".join(shape.content.replace("\\n", "").split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise malformed(SOURCE, what, "content is no base64") from error
        return FileContent(clean_line(shape.path), clean_line(shape.sha, limit=64), data)

    async def branches(self) -> tuple[RemoteBranch, ...]:
        """Return all branches at GitHub."""
        found = await self._repository.all("branches", shapes.Branch, self._repository.path("branches"))
        return tuple(RemoteBranch(clean_line(b.name, limit=_NAME), b.commit.sha, b.protected) for b in found)

    async def commits(self, ref: str, *, limit: int = 50) -> tuple[Commit, ...]:
        """Return the newest commits reachable from a ref."""
        path = self._repository.path("commits")
        found = await self._repository.all(f"commits of {ref}", wire.Commit, path, {"sha": ref}, limit=limit)
        return tuple(mapping.commit(shape) for shape in found)

    async def commit(self, ref: str) -> Commit:
        """Return the commit that a branch, tag or SHA names."""
        path = self._repository.path("commits", ref)
        return mapping.commit(await self._repository.one(f"the commit {ref}", wire.Commit, path, {"per_page": 1}))

    async def pulls_of(self, sha: str) -> tuple[int, ...]:
        """Return the numbers of the pull requests that brought a commit, or hold it."""
        path = self._repository.path("commits", wanted_sha(sha), "pulls")
        found = await self._repository.all(f"pull requests of {sha[:7]}", shapes.PullOfCommit, path)
        return tuple(shape.number for shape in found)


def _no_file(why: str, kind: FaultKind = FaultKind.REFUSED) -> OutsideError:
    return OutsideError(Fault(kind, SOURCE, f"GitHub: {clean_line(why, limit=300)}", "It is not read", "Look at it in the browser"))
