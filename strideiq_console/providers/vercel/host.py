"""Vercel as the port ``Hosting`` wants it: deployments, serving, logs, names, costs and the token, each in its own part."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from strideiq_console.domain.ci import CheckRun
from strideiq_console.domain.cost import Charges
from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.dns import Domain
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.hosting import Pin, ServingJob
from strideiq_console.domain.log import Log
from strideiq_console.domain.token_report import TokenReport
from strideiq_console.domain.variable import Variable
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.vercel.access import SOURCE, Access
from strideiq_console.providers.vercel.account import VercelAccount
from strideiq_console.providers.vercel.billing import VercelBilling
from strideiq_console.providers.vercel.deployments import VercelDeployments
from strideiq_console.providers.vercel.logs import VercelLogs
from strideiq_console.providers.vercel.names import VercelNames
from strideiq_console.providers.vercel.serving import VercelServing


class Vercel:
    """Implements ``hosting.Hosting``. ``project`` is an id or a name; ``team`` is an id, ``""`` for a personal account.

    Local environments are left out. ``plan`` (``hobby``, ``pro``, ``enterprise``) spares a question; ``""`` asks Vercel.
    ``stream_seconds`` is how long runtime logs are listened to. Every call carries ``teamId`` when a team is set; without it Vercel
    answers 403 or 404 for a team's project, and the fault then names the setting.
    """

    def __init__(
        self,
        *,
        client: HttpClient,
        project: str,
        team: str,
        environments: Sequence[Environment],
        plan: str = "",
        stream_seconds: float = 5.0,
    ) -> None:
        access = Access(client, project, team)
        known = [e for e in environments if not e.local and (e.production or e.branch)]
        self._client = client
        self._deployments = VercelDeployments(access, known)
        self._account = VercelAccount(access, plan)
        self._serving = VercelServing(access, self._deployments, self._account)
        self._logs = VercelLogs(access, self._deployments, seconds=stream_seconds)
        self._names = VercelNames(access)
        self._billing = VercelBilling(access)

    @property
    def provider(self) -> str:
        """Return ``vercel``."""
        return SOURCE

    @property
    def component(self) -> str:
        """Return ``web``."""
        return "web"

    def budget(self) -> RateBudget:
        """Return what is left of the rate limit, as last heard."""
        return self._client.governor.budget()

    async def recent(self, *, limit: int = 20) -> tuple[Deployment, ...]:
        """Return up to ``limit`` newest deployments of each environment, newest first, and what serves it if that is older."""
        return await self._deployments.recent(limit=limit)

    async def of_commit(self, environment: str, sha: str) -> Deployment | None:
        """Return the newest deployment of exactly this commit; ``live`` is None for a ready one: :meth:`recent` tells."""
        return await self._deployments.of_commit(environment, sha)

    async def get(self, deployment_id: str) -> Deployment:
        """Return one deployment by id; its environment is ``preview`` when it belongs to none that is configured."""
        return await self._deployments.get(deployment_id)

    async def rollback_targets(self, environment: str) -> tuple[Deployment, ...]:
        """Return what production can go back to, newest first; on Hobby one at most. Preview branches have none."""
        return await self._serving.rollback_targets(environment)

    async def rollback(self, deployment_id: str, description: str = "") -> None:
        """Ask for production to serve an older deployment; new builds of main then no longer take the domains."""
        await self._serving.rollback(deployment_id, description)

    async def promote(self, deployment_id: str) -> ServingJob:
        """Ask for production to serve one of its builds, which ends the pinning; a preview is refused: redeploy it."""
        return await self._serving.promote(deployment_id)

    async def redeploy(self, deployment_id: str, *, production: bool = False) -> Deployment:
        """Build the same commit again with today's variables; with ``production`` a preview is built for production."""
        return await self._serving.redeploy(deployment_id, production=production)

    async def cancel(self, deployment_id: str) -> None:
        """Stop a deployment that is queued or building."""
        await self._serving.cancel(deployment_id)

    async def set_paused(self, paused: bool) -> None:
        """Pause the project, so that production answers nobody, or unpause it; :meth:`pin` notes that it is paused."""
        await self._serving.set_paused(paused)

    async def pin(self, environment: str) -> Pin:
        """Return whether production is held on a deployment, and the last rollback or promotion with its state."""
        return await self._serving.pin(environment)

    async def rolling_release(self) -> ServingJob | None:
        """Return the rolling release of the project, None when it uses none."""
        return await self._serving.rolling_release()

    async def events(self, deployment_id: str) -> Log:
        """Return the phases of a deployment and its checks."""
        return await self._logs.events(deployment_id)

    async def checks(self, deployment_id: str) -> tuple[CheckRun, ...]:
        """Return the checks that Vercel or its integrations ran on a deployment."""
        return await self._logs.checks(deployment_id)

    async def build_log(self, deployment_id: str, *, lines: int = 200) -> Log:
        """Return the newest lines of the build, oldest first."""
        return await self._logs.build_log(deployment_id, lines=lines)

    async def runtime_log(self, deployment_id: str, *, lines: int = 200) -> Log:
        """Return what the deployment writes while it is listened to: Vercel has no history of it."""
        return await self._logs.runtime_log(deployment_id, lines=lines)

    async def variables(self, environment: str) -> tuple[Variable, ...]:
        """Return the names of the variables; values are never asked for, and dropped where Vercel sends them."""
        return await self._names.variables(self._deployments.environment(environment))

    async def domains(self, environment: str) -> tuple[Domain, ...]:
        """Return the domains that show an environment, and the records that they want."""
        return await self._names.domains(self._deployments.environment(environment))

    async def charges(self, start: datetime, end: datetime) -> Charges:
        """Return what was billed in the UTC days from ``start`` to ``end``; $0 assumed where the plan or role sees no costs."""
        return await self._billing.charges(start, end)

    async def inspect(self) -> TokenReport:
        """Return whose the token is, its scope, and what can be found out about its access."""
        return await self._account.inspect()

    async def whoami(self) -> str:
        """Return the name that the token belongs to, as one clean line."""
        return await self._account.whoami()
