"""Railway as the ports ``Containers``, ``Project`` and ``Volumes`` want it, over one token or one for each environment."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from strideiq_console.domain.backup import Backups
from strideiq_console.domain.cost import Charges
from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.dns import Domain
from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.hosting import Pin
from strideiq_console.domain.log import Log
from strideiq_console.domain.metric import Metrics
from strideiq_console.domain.token_report import TokenReport
from strideiq_console.domain.variable import ValueDigest, Variable
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.railway.billing import Billing
from strideiq_console.providers.railway.deployments import ROLLBACK_DEPTH, Reader
from strideiq_console.providers.railway.logs import Logs
from strideiq_console.providers.railway.measures import Measures
from strideiq_console.providers.railway.orders import Orders
from strideiq_console.providers.railway.project import RailwayProject
from strideiq_console.providers.railway.tokens import Tokens
from strideiq_console.providers.railway.topology import API, Place
from strideiq_console.providers.railway.variables import Variables
from strideiq_console.providers.railway.volumes import RailwayVolumes
from strideiq_console.providers.railway.wire import SOURCE


class Railway:
    """One service of one project. ``environments`` maps the console's environment names to Railway's.

    A client's base address is the GraphQL endpoint itself; it carries the token's header, which differs by kind of token.
    ``client`` reaches every environment that has no client of its own in ``clients``; one of the two must be given
    (ConfigurationError). ``database`` is the name of the database's service, ``""`` to find it; ``plan`` the plan where Railway
    names none; ``health`` the path on the API that is no real request.
    """

    def __init__(
        self,
        *,
        project: str,
        service: str,
        environments: Mapping[str, str],
        client: HttpClient | None = None,
        clients: Mapping[str, HttpClient] | None = None,
        database: str = "",
        plan: str = "",
        health: str = "/health",
    ) -> None:
        own = dict(clients or {})
        widest = client or next(iter(own.values()), None)
        if widest is None:
            raise ConfigurationError("no way to Railway was given", next_step="Set STRIDEIQ_RAILWAY_TOKEN")
        reached = {name: theirs for name, theirs in environments.items() if client is not None or name in own}
        place = Place(client=widest, clients=own, project=project, service=service, environments=reached, plan=plan)
        self._client = widest
        self._reader = Reader(place)
        self._orders = Orders(place, self._reader)
        self._logs = Logs(place, self._reader)
        self._measures = Measures(place, self._reader, self._logs, health)
        self._variables, self._billing = Variables(place), Billing(place)
        self._tokens = Tokens(place, self._billing)
        self._project = RailwayProject(place, self._orders, self._billing)
        self._volumes = RailwayVolumes(place, database)

    @property
    def provider(self) -> str:
        """Return ``railway``."""
        return SOURCE

    @property
    def source(self) -> str:
        """Return the word that its measurements carry."""
        return SOURCE

    @property
    def component(self) -> str:
        """Return ``api``."""
        return API

    @property
    def project(self) -> RailwayProject:
        """Return what surrounds the API: services, deploying by push, the journal, the account."""
        return self._project

    @property
    def volumes(self) -> RailwayVolumes:
        """Return the backups of the database, and what can be done with them."""
        return self._volumes

    @property
    def logs(self) -> Logs:
        """Return the logs, with that of a whole environment."""
        return self._logs

    @property
    def measures(self) -> Measures:
        """Return the measurements, with those of other services than the API."""
        return self._measures

    async def recent(self, *, limit: int = 20) -> tuple[Deployment, ...]:
        """Return up to ``limit`` newest deployments of each environment, newest first, and what serves it if that is older.

        One request for two environments: Railway's Hobby plan allows 1,000 an hour.
        """
        return await self._reader.recent(limit)

    async def of_commit(self, environment: str, sha: str) -> Deployment | None:
        """Return the newest deployment of this commit among the environment's newest 100: Railway cannot filter by commit."""
        return await self._reader.of_commit(environment, sha)

    async def get(self, deployment_id: str) -> Deployment:
        """Return one deployment by id; ``live`` is None for one that may serve: :meth:`recent` tells."""
        return await self._reader.get(deployment_id)

    async def rollback_targets(self, environment: str) -> tuple[Deployment, ...]:
        """Return the deployments whose image Railway still has, newest first, without what serves."""
        found = await self._reader.judged(environment, ROLLBACK_DEPTH)
        return tuple(d for d in found if d.can_rollback and d.live is False)

    async def rollback(self, deployment_id: str) -> None:
        """Run an older deployment's image and variables again; the database is not touched. Watch ``recent`` for the new one."""
        await self._orders.rollback(deployment_id)

    async def redeploy(self, deployment_id: str) -> Deployment:
        """Build the same commit again with today's variables; return the new deployment, its ``sha`` not yet known."""
        return await self._orders.redeploy(deployment_id)

    async def cancel(self, deployment_id: str) -> None:
        """Stop a deployment that is queued, waiting or building."""
        await self._orders.cancel(deployment_id)

    async def restart(self, deployment_id: str) -> None:
        """Restart the running deployment with the same image and variables."""
        await self._orders.restart(deployment_id)

    async def pin(self, environment: str) -> Pin:
        """Return whether pushes are kept from deploying: Railway holds no deployment by itself."""
        return await self._orders.pin(environment)

    async def events(self, deployment_id: str) -> Log:
        """Return the steps of a deployment, oldest first."""
        return await self._logs.events(deployment_id)

    async def build_log(self, deployment_id: str, *, lines: int = 200) -> Log:
        """Return the newest lines of the build."""
        return await self._logs.build(deployment_id, lines)

    async def runtime_log(self, deployment_id: str, *, lines: int = 200) -> Log:
        """Return the newest lines that the deployment wrote while it ran."""
        return await self._logs.runtime(deployment_id, lines)

    async def request_log(self, environment: str, *, lines: int = 200) -> Log:
        """Return the newest requests that the serving deployment answered."""
        return await self._logs.requests(environment, lines)

    async def variables(self, environment: str) -> tuple[Variable, ...]:
        """Return the names of the variables of every service, and the shared ones."""
        return await self._variables.names(environment)

    async def digests(self, environment: str, names: Collection[str], key: bytes) -> tuple[ValueDigest, ...]:
        """Return keyed digests of the API's values of ``names``; ``key`` has at least 16 bytes (ValueError)."""
        return await self._variables.digests(environment, names, key)

    async def domains(self, environment: str) -> tuple[Domain, ...]:
        """Return the host names of every service with their certificates and the DNS records that Railway wants."""
        return (await self._project.board(environment)).domains

    async def metrics(self, environment: str, window: timedelta) -> Metrics:
        """Return resources with limits, latency and errors at the edge; one request while no answer is a 5xx, else two."""
        return await self._measures.metrics(environment, window)

    async def backups(self, environment: str) -> Backups:
        """Return the backups and schedules of the database's volume."""
        return await self._volumes.backups(environment)

    async def charges(self, start: datetime, end: datetime) -> Charges:
        """Return the metered usage times the price table, by environment, service and measurement."""
        return await self._billing.charges(start, end)

    async def projection(self) -> Charges:
        """Return Railway's own estimate to the end of the billing period."""
        return await self._billing.projection()

    async def inspect(self) -> TokenReport:
        """Return whose the tokens are and what they reach; raises when the only token is refused."""
        return await self._tokens.inspect()

    def budget(self) -> RateBudget:
        """Return what is left of the rate limit, as last heard."""
        return self._client.governor.budget()
