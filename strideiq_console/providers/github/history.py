"""Merges and commits made at GitHub, without a clone. Nothing here forces (RELIABILITY rule on force pushes, R29)."""

from __future__ import annotations

from collections.abc import Container, Sequence

from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.policy.promotion import PERMANENT_BRANCHES
from strideiq_console.domain.repository import CommitTree
from strideiq_console.providers.github import mapping
from strideiq_console.providers.github import wire_repository as wire
from strideiq_console.providers.github.repository import SOURCE, Repository, wanted_ref, wanted_sha
from strideiq_console.providers.wire import decode, subject_of


class GitHubHistory:
    """Implements ``repository.HistoryWrites``. ``permanent`` names branches that move by pull requests alone, beside the known."""

    def __init__(self, repository: Repository, permanent: Container[str] = ()) -> None:
        self._repository = repository
        self._permanent = permanent

    async def merge(self, *, base: str, head: str, message: str) -> str | None:
        """Merge ``head`` into ``base`` at GitHub; return the merge commit, None when there was nothing to do. 409: conflict."""
        self._movable(base)
        body = {"base": wanted_ref(base), "head": wanted_ref(head), "commit_message": message}
        answer = await self._repository.write("POST", self._repository.path("merges"), body)
        if answer.status == 204:
            return None
        return decode(SOURCE, f"the merge of {head} into {base}", answer.json(), wire.MergeCommit).sha

    async def tree_of(self, sha: str) -> CommitTree:
        """Return a commit with its tree."""
        path = self._repository.path("git", "commits", wanted_sha(sha))
        shape = await self._repository.one(f"commit {sha[:7]}", wire.GitCommit, path)
        at = mapping.utc(shape.committer.date) if shape.committer else None
        parents = tuple(parent.sha for parent in shape.parents)
        return CommitTree(shape.sha, shape.tree.sha, parents, subject_of(shape.message), at)

    async def commit_tree(self, *, tree: str, parents: Sequence[str], message: str) -> str:
        """Make a commit of an existing tree; no branch moves. Returns its SHA."""
        if not parents:
            raise UsageError("a commit without a parent would start a second history")
        body = {"message": message, "tree": wanted_sha(tree), "parents": [wanted_sha(parent) for parent in parents]}
        answer = await self._repository.write("POST", self._repository.path("git", "commits"), body)
        return decode(SOURCE, "the new commit", answer.json(), wire.GitCommit).sha

    async def advance(self, branch: str, sha: str) -> None:
        """Move a branch forward to a commit that descends from its tip; 422 otherwise. Refused for permanent branches."""
        self._movable(branch)
        path = self._repository.ref_path("refs", wanted_ref(branch))
        await self._repository.write("PATCH", path, {"sha": wanted_sha(sha), "force": False})

    def _movable(self, branch: str) -> None:
        if branch.lower() in PERMANENT_BRANCHES or branch in self._permanent:
            step = "Open a pull request instead"
            raise BlockedError(f"{branch} moves by pull requests alone", consequence="Nothing was changed", next_step=step)
