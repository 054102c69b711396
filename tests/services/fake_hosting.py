"""Vercel and Railway in memory: a rollback is a job that takes its time, as theirs is, and every order is counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.hosting import JobState, Pin, ServingJob
from strideiq_console.domain.service import AutoDeploy, ServiceBoard
from strideiq_console.domain.variable import Variable
from tests.services.fakes import FakeDeployments, FakeOutside

TAKES = 3.0
"""Seconds that a job takes."""


class FakeHosting(FakeDeployments):
    """What both share: what is there, and what can be gone back to (``gone`` are ids whose image was thrown away)."""

    def __init__(self, outside: FakeOutside, provider: str, component: str) -> None:
        super().__init__(outside, provider, component)
        self.gone: set[str] = set()
        self.silent = False

    def settle(self) -> None:
        """Let happen what was due."""

    async def recent(self, *, limit: int = 20) -> tuple[Deployment, ...]:
        if self.silent:
            raise OutsideError(Fault(FaultKind.TIMEOUT, self.provider, "no answer"))
        self.settle()
        return await super().recent(limit=limit)

    async def rollback_targets(self, environment: str) -> tuple[Deployment, ...]:
        found = [d for d in await self.recent() if d.environment == environment and not d.live and d.id not in self.gone]
        return tuple(replace(d, can_rollback=True) for d in reversed(found) if not d.state.moving)

    async def variables(self, environment: str) -> tuple[Variable, ...]:
        return (Variable("API_URL", environment, self.provider, self.component),)

    def live(self) -> Deployment:
        return next(d for d in self.o.deployments if d.provider == self.provider and d.environment == "production" and d.live)

    def serve(self, wanted: str) -> None:
        """Serve one deployment of production and no other."""
        mine = [d for d in self.o.deployments if d.provider == self.provider and d.environment == "production"]
        turned = {d.id: replace(d, live=d.id == wanted) for d in mine}
        self.o.deployments = [turned.get(d.id, d) for d in self.o.deployments]


class FakeVercel(FakeHosting):
    """Moves an address: no new deployment, but a job, and a pin after a rollback. ``fails``: how many jobs go wrong."""

    def __init__(self, outside: FakeOutside) -> None:
        super().__init__(outside, "vercel", "web")
        self.pinned = False
        self.job: ServingJob | None = None
        self.fails = 0

    async def pin(self, environment: str) -> Pin:
        self.settle()
        return Pin(environment, "web", self.pinned, self.live().id, self.job)

    async def rollback(self, deployment_id: str) -> None:
        self._order("rollback", deployment_id)

    async def promote(self, deployment_id: str) -> ServingJob:
        self._order("promote", deployment_id)
        assert self.job is not None
        return self.job

    def _order(self, kind: str, deployment_id: str) -> None:
        if self.job is not None and self.job.state is JobState.RUNNING:
            raise OutsideError(Fault(FaultKind.CONFLICT, "vercel", "another one is under way"), status=409, known_not_done=True)
        self.job = ServingJob(kind, JobState.RUNNING, deployment_id, self.live().id, self.o.clock.now())
        self.o.did(f"vercel {kind} {deployment_id}")

    def settle(self) -> None:
        job, now = self.job, self.o.clock.now()
        if job is None or job.state is not JobState.RUNNING or job.at is None or now - job.at < timedelta(seconds=TAKES):
            return
        if self.fails:
            self.fails -= 1
            self.job = replace(job, state=JobState.FAILED)
            return
        self.job = replace(job, state=JobState.DONE)
        self.pinned = job.kind == "rollback"
        self.serve(job.to_id)

    async def redeploy(self, deployment_id: str) -> Deployment:
        found = next(d for d in self.o.deployments if d.id == deployment_id)
        made = replace(found, id=f"{found.id}-anew", created_at=self.o.clock.now(), live=False)
        self.o.deployments.append(made)
        if not self.pinned:
            self.serve(made.id)
        self.o.did(f"vercel redeploy {deployment_id}")
        return made


class FakeRailway(FakeHosting):
    """Runs an image again as a new deployment, which serves once it has started."""

    def __init__(self, outside: FakeOutside) -> None:
        super().__init__(outside, "railway", "api")
        self.enabled = True

    async def pin(self, environment: str) -> Pin:
        self.settle()
        return Pin(environment, "api", not self.enabled, self.live().id)

    async def rollback(self, deployment_id: str) -> None:
        self._again(deployment_id)
        self.o.did(f"railway rollback {deployment_id}")

    async def redeploy(self, deployment_id: str) -> Deployment:
        made = self._again(deployment_id)
        self.o.did(f"railway redeploy {deployment_id}")
        return made

    def _again(self, deployment_id: str) -> Deployment:
        found = next(d for d in self.o.deployments if d.id == deployment_id)
        name = f"{deployment_id}-{len(self.o.deployments)}"
        now = self.o.clock.now()
        made = replace(found, id=name, state=DeploymentState.DEPLOYING, created_at=now, ready_at=None, live=False)
        self.o.deployments.append(made)
        return made

    def settle(self) -> None:
        now = self.o.clock.now()
        for place, one in enumerate(self.o.deployments):
            due = one.created_at is not None and now - one.created_at >= timedelta(seconds=TAKES)
            if one.provider == "railway" and one.state is DeploymentState.DEPLOYING and due:
                self.o.deployments[place] = replace(one, state=DeploymentState.READY, ready_at=now)
                self.serve(one.id)


class FakeProject:
    """What surrounds the API: the switch of deploying by push."""

    def __init__(self, railway: FakeRailway) -> None:
        self.railway = railway

    async def auto_deploy(self, environment: str) -> AutoDeploy:
        return AutoDeploy(environment, "api", self.railway.enabled, True)

    async def set_auto_deploy(self, environment: str, enabled: bool) -> AutoDeploy:
        self.railway.enabled = enabled
        self.railway.o.did(f"railway auto-deploy {'on' if enabled else 'off'}")
        return AutoDeploy(environment, "api", enabled, True)

    async def board(self, environment: str) -> ServiceBoard:
        return ServiceBoard(environment, "railway")

    async def deploy(self, environment: str, sha: str | None = None) -> str:
        found = next(d for d in self.railway.o.deployments if d.provider == "railway" and d.sha == sha)
        made = self.railway._again(found.id)
        self.railway.o.did(f"railway deploy {sha}")
        return made.id
