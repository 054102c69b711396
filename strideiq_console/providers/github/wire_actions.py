"""The shapes of what GitHub tells of Actions beyond runs and jobs, of environments and of deployments."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from strideiq_console.providers.github.wire import Sha, User


class Workflow(Struct):
    """A workflow file."""

    id: int
    name: str
    path: str
    state: str
    html_url: str = ""


class Artifact(Struct):
    """What a run uploaded."""

    id: int
    name: str
    size_in_bytes: int
    expired: bool
    created_at: datetime | None = None
    expires_at: datetime | None = None


class Annotation(Struct):
    """What a check run says of a line."""

    path: str
    start_line: int | None
    annotation_level: str | None
    message: str | None
    title: str | None = None


class CacheUsage(Struct):
    """What the caches take."""

    active_caches_size_in_bytes: int
    active_caches_count: int


class Dispatched(Struct):
    """What starting a workflow answers when asked for details."""

    workflow_run_id: int


class Account(Struct):
    """A reviewer: a person has a ``login``, a team a ``slug``."""

    login: str | None = None
    slug: str | None = None


class Reviewer(Struct):
    """A person or a team that may approve."""

    type: str = ""
    reviewer: Account | None = None


class EnvironmentName(Struct):
    """An environment as runs name it."""

    id: int
    name: str


class Pending(Struct):
    """A deployment that waits at a gate."""

    environment: EnvironmentName
    current_user_can_approve: bool
    reviewers: list[Reviewer] = []
    wait_timer: int = 0
    wait_timer_started_at: datetime | None = None


class Approval(Struct):
    """An answer at a gate."""

    state: str
    comment: str | None
    environments: list[EnvironmentName]
    user: User | None


class ProtectionRule(Struct):
    """A rule that guards an environment; which fields there are depends on ``type``."""

    type: str
    wait_timer: int = 0
    reviewers: list[Reviewer] = []
    prevent_self_review: bool = False


class BranchPolicy(Struct):
    """What may deploy to an environment; null means every branch."""

    protected_branches: bool = False
    custom_branch_policies: bool = False


class Environment(Struct):
    """An environment."""

    id: int
    name: str
    html_url: str = ""
    protection_rules: list[ProtectionRule] = []
    deployment_branch_policy: BranchPolicy | None = None


class Deployment(Struct):
    """A deployment."""

    id: int
    sha: Sha
    ref: str
    environment: str
    task: str = ""
    description: str | None = None
    creator: User | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    production_environment: bool | None = None


class DeploymentStatus(Struct):
    """A status of a deployment."""

    id: int
    state: str
    environment: str = ""
    description: str | None = None
    creator: User | None = None
    created_at: datetime | None = None
    environment_url: str | None = None
    log_url: str | None = None
