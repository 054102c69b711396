"""Whether an environment is held on one deployment although newer ones arrive, and the job that moved it last (T14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class JobState(StrEnum):
    """Where a job that moves what is served stands. ``UNKNOWN``: the provider's word is new, or there is none."""

    PENDING = "pending"
    RUNNING = "in progress"
    DONE = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ServingJob:
    """The last job that moved what an environment serves: a rollback or a promotion. Ids are of deployments."""

    kind: str
    state: JobState
    to_id: str
    from_id: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """Whether an environment keeps serving one deployment although newer ones arrive (T14).

    ``pinned`` None means it cannot be told. ``job`` is what moved it last, None when there never was one or it is not said.
    """

    environment: str
    component: str
    pinned: bool | None
    deployment_id: str = ""
    job: ServingJob | None = None
    note: str = ""
