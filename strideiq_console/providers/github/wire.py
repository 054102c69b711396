"""The shapes of GitHub's answers, as far as the console reads them. Unknown fields are ignored, missing ones are a fault."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

Sha = Annotated[str, Meta(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?\Z")]


class User(Struct):
    """An account. A deleted one is null in the answers, and "ghost" on the site."""

    login: str


class Label(Struct):
    """A label by name."""

    name: str


class HeadRepository(Struct):
    """The repository that a branch of a pull request lives in."""

    full_name: str


class Team(Struct):
    """A team, for a review or an approval."""

    slug: str


class PullRef(Struct):
    """One side of a pull request. ``repo`` is null when a fork was deleted."""

    ref: str
    sha: Sha
    label: str = ""
    repo: HeadRepository | UnsetType | None = UNSET


class Pull(Struct):
    """A pull request; ``merged`` and ``mergeable`` come only when a single one is asked for."""

    number: int
    title: str
    state: str
    head: PullRef
    base: PullRef
    user: User | None
    html_url: str = ""
    draft: bool | None = False
    body: str | None = None
    labels: list[Label] = []
    created_at: datetime | None = None
    updated_at: datetime | None = None
    merged_at: datetime | None = None
    merge_commit_sha: str | None = None
    merged: bool | None = None
    mergeable: bool | None = None
    mergeable_state: str = "unknown"
    requested_reviewers: list[User] = []
    requested_teams: list[Team] = []


class PullFile(Struct):
    """A file of a pull request."""

    filename: str
    status: str
    additions: int
    deletions: int
    previous_filename: str = ""


class Review(Struct):
    """A review; ``commit_id`` may be null."""

    state: str
    user: User | None
    body: str | None = None
    commit_id: str | None = None
    submitted_at: datetime | None = None


class Merged(Struct):
    """What a merge answers."""

    sha: Sha
    merged: bool
    message: str = ""


class App(Struct):
    """The app that reported a check."""

    id: int | None = None


class CheckRun(Struct):
    """One check run."""

    name: str
    head_sha: Sha
    status: str
    conclusion: str | None = None
    html_url: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    id: int | None = None
    app: App | None = None


class Status(Struct):
    """One commit status, the newest of its context."""

    context: str
    state: str
    target_url: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


class CombinedStatus(Struct):
    """What the commit statuses of a commit add up to."""

    state: str
    total_count: int


class PullNumber(Struct):
    """A pull request named by a run."""

    number: int


class Run(Struct):
    """A workflow run. ``head_branch`` is null for runs of tags and of deleted forks."""

    id: int
    run_number: int
    head_sha: Sha
    event: str
    status: str | None
    conclusion: str | None
    head_branch: str | None
    name: str | None = None
    display_title: str = ""
    run_attempt: int = 1
    actor: User | None = None
    html_url: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    run_started_at: datetime | None = None
    pull_requests: list[PullNumber] | None = None


class Step(Struct):
    """A step of a job."""

    name: str
    number: int
    status: str | None
    conclusion: str | None = None


class Job(Struct):
    """A job of a run."""

    id: int
    name: str
    status: str
    conclusion: str | None
    head_sha: Sha
    started_at: datetime | None = None
    completed_at: datetime | None = None
    html_url: str | None = None
    steps: list[Step] | None = None
    run_id: int | None = None
    run_attempt: int = 1


class Person(Struct):
    """Who wrote or committed, as the commit itself says."""

    name: str
    date: datetime


class Message(Struct):
    """The commit within a commit of the API."""

    message: str
    author: Person | None
    committer: Person | None


class Parent(Struct):
    """A parent commit."""

    sha: Sha


class Commit(Struct):
    """A commit."""

    sha: Sha
    commit: Message
    parents: list[Parent]


class GitObject(Struct):
    """What a ref points at."""

    sha: Sha


class GitRef(Struct):
    """A ref."""

    ref: str
    object: GitObject


class Comparison(Struct):
    """How far two commits are apart."""

    ahead_by: int
    behind_by: int
