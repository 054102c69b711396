"""Changes to deployments: each is sent once, and a caller reads back what happened (RELIABILITY rule 5)."""

from __future__ import annotations

from collections.abc import Mapping

from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.hosting import JobState, Pin, ServingJob
from strideiq_console.domain.service import AutoDeploy
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.railway.deployments import Reader
from strideiq_console.providers.railway.graphql import UNSURE, ask, confirmed, fault, order, unsent
from strideiq_console.providers.railway.mapping import state_of, utc
from strideiq_console.providers.railway.topology import API, Place
from strideiq_console.providers.railway.wire import SOURCE, WireRedeploy
from strideiq_console.providers.railway.wire_project import WireAutoDeploySet, WireAutoDeployStatus
from strideiq_console.providers.wire import line_or_none, malformed

_MOVES = {"rollback": "rollback", "redeploy": "redeploy"}


async def agree(client: HttpClient, name: str, operation: str, field: str, variables: Mapping[str, object], what: str) -> None:
    """Send a mutation that answers one Boolean ``field``; OutsideError for ``false``, as for every failure."""
    answer = await order(client, name, operation, variables, what, dict[str, bool])
    if field not in answer:
        raise malformed(SOURCE, what, f"Object missing required field `{field}`")
    confirmed(answer[field], what)


class Orders:
    """What can be done with deployments and with deploying itself."""

    def __init__(self, place: Place, reader: Reader) -> None:
        self._place, self._reader = place, reader

    async def rollback(self, deployment_id: str) -> None:
        """Run the image and the variables of an older deployment again, as a new deployment (contracts, Railway gotcha 3)."""
        await self._do("rollback", "DeploymentRollback", deployment_id)

    async def restart(self, deployment_id: str) -> None:
        """Restart the instances of the running deployment."""
        await self._do("restart", "DeploymentRestart", deployment_id)

    async def cancel(self, deployment_id: str) -> None:
        """Stop a deployment that is queued, waiting or building."""
        await self._do("cancel", "DeploymentCancel", deployment_id)

    async def approve(self, deployment_id: str) -> None:
        """Let a deployment go on that needs an approval."""
        await self._do("approve", "DeploymentApprove", deployment_id)

    async def redeploy(self, deployment_id: str, *, reuse_image: bool = False) -> Deployment:
        """Deploy the same commit again with today's variables, built anew unless ``reuse_image``; return the new deployment.

        Railway answers neither commit nor branch: ``sha`` is None until the deployment is read.
        """
        with unsent():
            client = await self._reader.client_of(deployment_id)
        variables: dict[str, object] = {"id": deployment_id, **({"usePreviousImageTag": True} if reuse_image else {})}
        what = "the order to redeploy"
        made = (await order(client, "deployment_redeploy", "DeploymentRedeploy", variables, what, WireRedeploy)).deployment_redeploy
        identity = line_or_none(made.id)
        if identity is None:
            raise malformed(SOURCE, what, "id is empty")
        try:
            name = await self._place.environment_of(made.environment_id) or "unknown"
        except OutsideError:
            # It was ordered: not to know the name is no reason to call that a failure.
            name = "unknown"
        state, created = state_of(made.status), utc(made.created_at)
        return Deployment(identity, SOURCE, API, clean_line(name, limit=250), state, created_at=created, live=None)

    async def deploy(self, environment: str, sha: str | None = None) -> str:
        """Deploy a commit, or the newest one of the branch; return the new deployment's id."""
        with unsent():
            environment_id, service_id = await self._place.ids(environment)
        variables = {"environmentId": environment_id, "serviceId": service_id, **({"commitSha": sha} if sha else {})}
        client, what = self._place.client(environment), f"the order to deploy to {environment}"
        answer = await order(client, "service_instance_deploy", "ServiceInstanceDeploy", variables, what, dict[str, str])
        identity = line_or_none(answer.get("serviceInstanceDeployV2"))
        if identity is None:
            raise malformed(SOURCE, what, "serviceInstanceDeployV2 is empty")
        return identity

    async def auto_deploy(self, environment: str) -> AutoDeploy:
        """Return whether a push deploys the API."""
        client, what = self._place.client(environment), f"auto-deploy of {environment}"
        asked = await self._target(environment)
        answer = await ask(client, "service_auto_deploy_status", "ServiceAutoDeployStatus", asked, what, WireAutoDeployStatus)
        found = answer.service_instance_auto_deploy_status
        return AutoDeploy(environment, API, found.enabled, found.can_enable, line_or_none(found.reason, limit=300) or "")

    async def set_auto_deploy(self, environment: str, enabled: bool) -> AutoDeploy:
        """Switch deploying by push on or off; an answer that says the opposite is a failure."""
        client, what = self._place.client(environment), f"auto-deploy of {environment}"
        with unsent():
            wanted = {"input": {"enabled": enabled, **await self._target(environment)}}
        answer = await order(client, "service_auto_deploy_set", "ServiceAutoDeploySet", wanted, what, WireAutoDeploySet)
        now = answer.service_instance_auto_deploy_update.enabled
        if now is not enabled:
            said = f"{what} is {'on' if now else 'off'} after it was switched {'on' if enabled else 'off'}"
            raise fault(FaultKind.REFUSED, said, UNSURE, "Look at the service's settings at Railway")
        return AutoDeploy(environment, API, now)

    async def pin(self, environment: str) -> Pin:
        """Say whether pushes are kept away. Railway pins nothing by itself: after a rollback the next push deploys again (T14)."""
        status = await self.auto_deploy(environment)
        live = await self._reader.live_of(environment)
        if status.enabled:
            note = "a push to the branch deploys: a rollback holds only until then"
        else:
            note = "auto-deploy is off: no push deploys"
        return Pin(environment, API, not status.enabled, live.id if live else "", self._job(environment), note)

    def _job(self, environment: str) -> ServingJob | None:
        reason, newest = self._reader.moved.get(environment, ("", None))
        if newest is None or reason not in _MOVES:
            return None
        return ServingJob(_MOVES[reason], _job_state(newest.state), newest.id, at=newest.created_at)

    async def _target(self, environment: str) -> dict[str, object]:
        environment_id, service_id = await self._place.ids(environment)
        return {"projectId": self._place.project, "environmentId": environment_id, "serviceId": service_id}

    async def _do(self, deed: str, operation: str, deployment_id: str) -> None:
        with unsent():
            client = await self._reader.client_of(deployment_id)
        field = f"deployment{deed.capitalize()}"
        await agree(client, f"deployment_{deed}", operation, field, {"id": deployment_id}, f"the order to {deed} a deployment")


def _job_state(state: DeploymentState) -> JobState:
    if state is DeploymentState.QUEUED:
        return JobState.PENDING
    if state.moving:
        return JobState.RUNNING
    if state.lost:
        return JobState.FAILED
    return JobState.UNKNOWN if state is DeploymentState.UNKNOWN else JobState.DONE
