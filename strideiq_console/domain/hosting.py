"""The ports of a hosting provider beyond its deployments, for Vercel and Railway alike.

What ``domain.ports`` says of reads and writes holds here too. A write is sent once; whoever calls it reads back what happened.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from strideiq_console.domain.backup import Backups, StagedChanges
from strideiq_console.domain.cost import Account, Charges
from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.dns import Domain
from strideiq_console.domain.log import Log
from strideiq_console.domain.metric import Metrics
from strideiq_console.domain.pin import JobState as JobState
from strideiq_console.domain.pin import Pin as Pin
from strideiq_console.domain.pin import ServingJob as ServingJob
from strideiq_console.domain.ports import Deployments
from strideiq_console.domain.provider_status import ProviderStatus
from strideiq_console.domain.service import Activity, AutoDeploy, ServiceBoard
from strideiq_console.domain.token_report import TokenReport
from strideiq_console.domain.variable import ValueDigest, Variable


@dataclass(frozen=True, slots=True)
class Workflow:
    """A provider's background job, such as a backup. ``UNKNOWN``: the provider has no such job, or a word that is new."""

    id: str
    state: JobState
    error: str = ""


class Hosting(Deployments, Protocol):
    """All that Vercel and Railway both offer."""

    async def get(self, deployment_id: str) -> Deployment:
        """Return one deployment."""
        ...

    async def rollback_targets(self, environment: str) -> tuple[Deployment, ...]:
        """Return what the environment can be rolled back to now, newest first, without what serves it; empty: nothing."""
        ...

    async def rollback(self, deployment_id: str) -> None:
        """Serve an older deployment again. The answer says only that it was taken on: watch :meth:`pin` and ``recent``."""
        ...

    async def redeploy(self, deployment_id: str) -> Deployment:
        """Build or run the same commit again with today's variables; return the new deployment."""
        ...

    async def cancel(self, deployment_id: str) -> None:
        """Stop a deployment that is not live yet."""
        ...

    async def pin(self, environment: str) -> Pin:
        """Return whether the environment is held on an older deployment, and the last job that moved it."""
        ...

    async def events(self, deployment_id: str) -> Log:
        """Return the timeline of a deployment: its phases and their outcomes."""
        ...

    async def build_log(self, deployment_id: str, *, lines: int = 200) -> Log:
        """Return the newest lines of the build."""
        ...

    async def runtime_log(self, deployment_id: str, *, lines: int = 200) -> Log:
        """Return the newest lines that the deployment wrote while it ran."""
        ...

    async def variables(self, environment: str) -> tuple[Variable, ...]:
        """Return the names of the variables; no value crosses the wire where the provider allows that."""
        ...

    async def domains(self, environment: str) -> tuple[Domain, ...]:
        """Return the host names that are served."""
        ...

    async def charges(self, start: datetime, end: datetime) -> Charges:
        """Return what was billed or used from ``start`` (inclusive) to ``end`` (exclusive)."""
        ...

    async def inspect(self) -> TokenReport:
        """Return whose the token is and what it may do; raises like every read when the token is refused."""
        ...


@runtime_checkable
class Promoter(Protocol):
    """What Vercel offers beyond Railway: to let production serve one of its builds, which ends the pinning of a rollback."""

    async def promote(self, deployment_id: str) -> ServingJob:
        """Serve a production build; the answer says only that it was taken on: watch :meth:`Hosting.pin`."""
        ...


class Containers(Hosting, Protocol):
    """What Railway offers beyond Vercel: services with resources, volumes and backups."""

    async def restart(self, deployment_id: str) -> None:
        """Restart the running deployment with the same image and variables."""
        ...

    async def metrics(self, environment: str, window: timedelta) -> Metrics:
        """Return CPU, memory, disk and network of the API's service with their limits, and its latency and errors at the edge."""
        ...

    async def request_log(self, environment: str, *, lines: int = 200) -> Log:
        """Return the newest requests at the edge: method, path, status and duration as fields."""
        ...

    async def backups(self, environment: str) -> Backups:
        """Return the backups and schedules of the database's volume."""
        ...

    async def digests(self, environment: str, names: Collection[str], key: bytes) -> tuple[ValueDigest, ...]:
        """Return keyed digests of the values of exactly ``names`` (R78); the values are dropped before this returns."""
        ...

    async def projection(self) -> Charges:
        """Return the provider's own estimate to the end of the current billing period."""
        ...


class Project(Protocol):
    """What surrounds the API: its neighbours, how it is deployed, and what the provider says of itself and of the account."""

    async def board(self, environment: str) -> ServiceBoard:
        """Return all services, volumes, triggers and domains of an environment."""
        ...

    async def auto_deploy(self, environment: str) -> AutoDeploy:
        """Return whether a push deploys the API."""
        ...

    async def set_auto_deploy(self, environment: str, enabled: bool) -> AutoDeploy:
        """Switch deploying by push on or off: the freeze of an incident; return what the provider answers."""
        ...

    async def deploy(self, environment: str, sha: str | None = None) -> str:
        """Deploy a commit, or the newest one of the branch; return the new deployment's id."""
        ...

    async def approve(self, deployment_id: str) -> None:
        """Let a deployment go on that waits for an approval."""
        ...

    async def activity(self, environment: str | None = None, *, limit: int = 50) -> tuple[Activity, ...]:
        """Return the newest entries of the provider's journal, newest first."""
        ...

    async def status(self) -> ProviderStatus:
        """Return what the provider says of its own platform (R73)."""
        ...

    async def account(self) -> Account:
        """Return plan, period and limits of the paying account; OutsideError when the token may not see them."""
        ...


class Volumes(Protocol):
    """Backups of the database's volume. A backup and a restore are jobs: poll :meth:`workflow` until they are done."""

    async def backups(self, environment: str) -> Backups:
        """Return the backups and schedules."""
        ...

    async def create(self, environment: str, name: str = "") -> str:
        """Start a backup; return the job's id."""
        ...

    async def lock(self, environment: str, backup_id: str) -> None:
        """Keep a backup from expiring."""
        ...

    async def restore(self, environment: str, backup_id: str) -> str:
        """Stage a restore and return the job's id. Nothing is served from it before :meth:`commit`; newer backups are lost then."""
        ...

    async def staged(self, environment: str) -> StagedChanges:
        """Return the environment's staged changes."""
        ...

    async def commit(self, environment: str, message: str = "") -> str:
        """Apply the staged changes, which redeploys what they touch; return the job's id."""
        ...

    async def workflow(self, workflow_id: str, environment: str = "") -> Workflow:
        """Return where a job stands. ``environment`` picks the token where each environment has its own."""
        ...
