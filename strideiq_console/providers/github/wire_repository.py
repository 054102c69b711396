"""The shapes of what GitHub tells of the repository: facts, branches, files, releases, tags, issues, variables, billing."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from strideiq_console.providers.github.wire import Label, Parent, Person, Sha, User


class Owner(Struct):
    """Who owns the repository: a ``User`` or an ``Organization``."""

    login: str
    type: str = ""


class Facts(Struct):
    """The repository. The settings of merging come only to those who may push."""

    full_name: str
    default_branch: str
    private: bool
    owner: Owner
    archived: bool = False
    html_url: str = ""
    allow_merge_commit: bool | None = None
    allow_squash_merge: bool | None = None
    allow_rebase_merge: bool | None = None
    allow_auto_merge: bool | None = None
    delete_branch_on_merge: bool | None = None
    permissions: dict[str, bool] | None = None


class BranchTip(Struct):
    """The tip of a branch or tag."""

    sha: Sha


class Branch(Struct):
    """A branch in the list of branches."""

    name: str
    commit: BranchTip
    protected: bool


class Tag(Struct):
    """A tag."""

    name: str
    commit: BranchTip


class Content(Struct):
    """One file; ``content`` is base64 in lines, empty with ``encoding`` ``none`` above 1 MB."""

    type: str
    path: str
    sha: str
    size: int
    encoding: str = ""
    content: str = ""


class Tree(Struct):
    """A tree by name."""

    sha: Sha


class GitCommit(Struct):
    """A commit as git keeps it."""

    sha: Sha
    message: str
    tree: Tree
    parents: list[Parent]
    committer: Person | None = None


class MergeCommit(Struct):
    """What merging two branches answers."""

    sha: Sha


class PullOfCommit(Struct):
    """A pull request that holds a commit."""

    number: int


class Release(Struct):
    """A release."""

    id: int
    tag_name: str
    target_commitish: str
    name: str | None
    draft: bool
    prerelease: bool
    author: User | None = None
    body: str | None = None
    html_url: str = ""
    created_at: datetime | None = None
    published_at: datetime | None = None


class ReleaseNotes(Struct):
    """The notes that GitHub would write."""

    name: str
    body: str


class PullMark(Struct):
    """What tells a pull request from an issue."""

    url: str | None = None


class Issue(Struct):
    """An issue, or a pull request seen as one."""

    number: int
    title: str
    state: str
    user: User | None
    body: str | None = None
    labels: list[Label | str] = []
    assignees: list[User] | None = None
    html_url: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    closed_at: datetime | None = None
    pull_request: PullMark | None = None


class Comment(Struct):
    """A comment, by its address."""

    html_url: str


class Named(Struct):
    """A secret or a variable. There is no field for the value, so none is ever held."""

    name: str
    updated_at: datetime | None = None


class Bucket(Struct):
    """What is left of one rate limit."""

    limit: int
    remaining: int


class Buckets(Struct):
    """The rate limits, of which the console uses one."""

    core: Bucket


class Rates(Struct):
    """The answer of the rate limit."""

    resources: Buckets
