"""Deeds at the hosting providers that let builds go live, or keep them from it: promote, hold deploys (T6, T14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.hosting import Hosting, Project, Promoter
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, not_yet
from strideiq_console.services.actions.serving import (
    UNDER_WAY,
    Serving,
    diverged,
    hosting_of,
    made_anew,
    moved_to,
    observed_of,
    project_of,
    served,
    short,
)

BUILD_LIMIT = 240.0
"""Seconds of the clock that a build which is on its way is waited for."""


class PromoteDeployment(Serving):
    """Let production serve ``deployment``, or the newest build of ``sha``: ends a pin. Gives what :class:`RollBack` gives."""

    verb = Verb.PROMOTE_DEPLOYMENT
    precondition = "a ready production build of the commit exists"
    end_state = "production serves it, and new builds go live again"
    natural_key = "the deployment and the provider's job since the intention"

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Find the build, waiting for it as long as it is on its way."""
        host, environment = hosting_of(ports, ask), ask.step.environment
        found = await self._built(ports, host, ask)
        (live, mine), pin = await served(host, environment), await host.pin(environment)
        if live is not None and found is not None and live.id == found.id and pin.pinned is not True:
            return Findings(already={"deployment": live.id, "before": "", "before_sha": "", "sha": live.sha or ""})
        if found is None or found.state is not DeploymentState.READY:
            stands = "is not in sight" if found is None else f"is {found.state}"
            where = f"the production build of {short(ask.get('sha'))} {stands} at {host.provider}"
            if found is not None or isinstance(host, Promoter):
                return Findings(reasons=(f"{where}: push or redeploy it, then go on",))
        if ask.get("live") and (live is None or live.id != ask.get("live")):
            raise diverged(ask, live)
        if pin.job is not None and pin.job.state in UNDER_WAY:
            return Findings(reasons=(f"{host.provider}: a {pin.job.kind} to {pin.job.to_id} is {pin.job.state}: wait",))
        return Findings(observed={**observed_of(live, mine, pin), "build": found.id if found is not None else ""})

    async def _built(self, ports: Ports, host: Hosting, ask: Ask) -> Deployment | None:
        waited = 0.0
        while True:
            name, sha = ask.get("deployment"), ask.get("sha")
            _, mine = await served(host, ask.step.environment)
            found = next((d for d in mine if (d.id == name if name else d.sha == sha)), None)
            if found is None or not found.state.moving or waited >= BUILD_LIMIT:
                return found
            await ports.clock.sleep(5.0)
            waited += 5.0

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is promoted."""
        build = observed.get("build") or ask.get("deployment") or "‹its build›"
        words = f"let {ask.step.environment} serve {short(ask.get('sha'))} as {ask.get('component')}; new builds go live again"
        return (Effect(words, f"POST /v10/projects/‹project›/promote/{build}"),)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Order it, once; a provider that pins nothing deploys the commit."""
        host = hosting_of(ports, ask)
        project = project_of(ports, host)
        if isinstance(host, Promoter):
            await host.promote(str(observed["build"]))
        elif project is not None:
            await project.deploy(ask.step.environment, ask.need("sha"))
        else:
            raise BlockedError(f"{host.provider} cannot promote", next_step=f"deploy it in {host.provider}'s own console")

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Ask the provider what it serves."""
        host = hosting_of(ports, ask)
        if isinstance(host, Promoter):
            return await moved_to(ports, host, ask, str(observed.get("build", "")), observed)
        return await made_anew(host, ask, observed)


class HoldDeploys(Action):
    """Keep pushes from deploying ``component``, or with ``held`` ``no`` let them again. Gives ``held`` and ``was`` (before)."""

    verb = Verb.HOLD_DEPLOYS
    precondition = "the provider lets deploying by push be switched"
    end_state = "no push deploys the component, or every push does again"
    natural_key = "the switch itself"
    recovery = "deploying by push is switched back to what it was"
    least_level = 3

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Look at the switch."""
        found, hold = await self._project(ports, ask).auto_deploy(ask.step.environment), _hold(ask)
        if found.enabled is not hold:
            return Findings(already={"held": hold, "was": hold})
        if not hold and found.can_enable is False:
            return Findings(reasons=(f"deploying by push cannot be switched on: {found.reason}",))
        return Findings(observed={"was": not hold})

    @staticmethod
    def _project(ports: Ports, ask: Ask) -> Project:
        if ports.outside.project is None:
            raise BlockedError(
                f"nobody can hold the deploys of {ask.get('component')}",
                consequence="a push could start today's code again",
                next_step="configure [railway], or switch it off in Railway's own console and mark the step as done",
            )
        return ports.outside.project

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is switched."""
        return (_switch(ask, hold=_hold(ask)),)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Switch it."""
        await self._project(ports, ask).set_auto_deploy(ask.step.environment, not _hold(ask))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Read the switch."""
        found, hold = await self._project(ports, ask).auto_deploy(ask.step.environment), _hold(ask)
        if found.enabled is hold:
            return not_yet("a push still deploys" if hold else "a push does not deploy")
        return happened(held=hold, was=bool(observed.get("was", not hold)))

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Switch it back, if this step switched it."""
        if record.result.get("was") == record.result.get("held"):
            return "it was so before: left as it is"
        return (_switch(ask, hold=not _hold(ask)),)

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Switch it back unless it is."""
        project, environment, hold = self._project(ports, ask), ask.step.environment, not _hold(ask)
        if (await project.auto_deploy(environment)).enabled is hold:
            await project.set_auto_deploy(environment, not hold)
        return f"{'no' if hold else 'a'} push deploys {ask.get('component')} again"


def _hold(ask: Ask) -> bool:
    return ask.get("held") != "no"


def _switch(ask: Ask, *, hold: bool) -> Effect:
    where = f"deploys {ask.get('component')} to {ask.step.environment}"
    words = f"no push {where} until it is switched on again" if hold else f"every push {where} again"
    return Effect(words, f"mutation serviceInstanceAutoDeployUpdate(enabled: {'false' if hold else 'true'})")
