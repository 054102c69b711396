"""What a hosting provider runs beside the API: services, volumes and triggers of one environment (R66, R73, R75, R121)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from strideiq_console.domain.deployment import DeploymentState
from strideiq_console.domain.dns import Domain


@dataclass(frozen=True, slots=True)
class ServiceState:
    """One service of one environment. ``component`` is the console's word (``api``, ``database``, ``redis``, else its name).

    ``state`` is that of its newest deployment, UNKNOWN when it has none; ``running`` says whether the provider counts a deployment
    as active, ``sleeping`` whether it has gone to sleep, ``may_sleep`` whether it is allowed to. None: the provider does not say.
    ``source`` is the repository or the image that it runs.
    """

    name: str
    component: str
    environment: str
    provider: str
    state: DeploymentState
    running: bool | None = None
    sleeping: bool = False
    may_sleep: bool | None = None
    replicas: int | None = None
    region: str = ""
    source: str = ""
    sha: str | None = None
    deployed_at: datetime | None = None
    health_path: str = ""
    health_timeout: int | None = None
    start_command: str = ""
    pre_deploy_command: str = ""


@dataclass(frozen=True, slots=True)
class VolumeState:
    """A volume, ``used`` and ``size`` in bytes. ``state`` in the provider's word (``ready``), ``""``: not said."""

    id: str
    name: str
    environment: str
    provider: str
    component: str
    used: int
    size: int
    mount: str = ""
    region: str = ""
    state: str = ""

    @property
    def share(self) -> float | None:
        """Return how full it is, 0 to 1; None for a volume without a size."""
        return self.used / self.size if self.size > 0 else None


@dataclass(frozen=True, slots=True)
class Trigger:
    """What deploys by itself. ``waits_for_ci`` false means that a push deploys although its checks are red (R66)."""

    environment: str
    provider: str
    component: str
    branch: str
    repository: str
    waits_for_ci: bool


@dataclass(frozen=True, slots=True)
class ServiceBoard:
    """All that runs in one environment. ``unmerged`` counts staged changes that nobody applied, None when it is not said.

    ``complete`` is false when the provider left something out.
    """

    environment: str
    provider: str
    services: tuple[ServiceState, ...] = ()
    volumes: tuple[VolumeState, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    domains: tuple[Domain, ...] = ()
    unmerged: int | None = None
    complete: bool = True

    def service(self, component: str) -> ServiceState | None:
        """Return the service of a component, None when there is none."""
        return next((s for s in self.services if s.component == component), None)


@dataclass(frozen=True, slots=True)
class AutoDeploy:
    """Whether a push deploys the component. ``can_enable`` false with ``reason`` says why it cannot be switched on."""

    environment: str
    component: str
    enabled: bool
    can_enable: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """One entry of the provider's own journal: who deployed, who changed a variable. Words are the provider's, clean."""

    at: datetime
    action: str
    object: str
    severity: str = ""
    environment: str | None = None
    detail: str = ""
