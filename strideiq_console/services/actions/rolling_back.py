"""Deeds at the hosting providers that bring production back: roll back, and redeploy an older commit (R98, T13, T14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.hosting import Promoter
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Ask, Findings, Ports, Seen
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


class RollBack(Serving):
    """Serve ``deployment`` of ``component`` again in place of ``live``; ``schema`` is a revision that must have been moved before.

    Gives ``deployment`` (what serves now), ``sha``, and ``before`` and ``before_sha`` (what served).
    """

    verb = Verb.ROLL_BACK
    precondition = "the provider still offers the deployment, and what serves is what the plan says"
    end_state = "the provider serves the deployment (Vercel), or runs its image again (Railway)"
    natural_key = "the deployment and the job or new deployment since the intention: listed before anything is sent again"

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Look at what serves, what is under way, and whether the provider still offers the deployment."""
        host, environment, wanted = hosting_of(ports, ask), ask.step.environment, ask.need("deployment")
        _after_schema(ask)
        (live, mine), pin = await served(host, environment), await host.pin(environment)
        if live is not None and (live.id == wanted or (not isinstance(host, Promoter) and live.sha == ask.need("sha"))):
            return Findings(already={"deployment": live.id, "before": "", "before_sha": "", "sha": ask.need("sha")})
        if live is None or live.id != ask.need("live"):
            raise diverged(ask, live)
        if pin.job is not None and pin.job.state in UNDER_WAY:
            under_way = f"{host.provider}: a {pin.job.kind} to {pin.job.to_id} is {pin.job.state}: wait until it has ended"
            return Findings(reasons=(under_way,))
        targets = await host.rollback_targets(environment)
        found = next((d for d in targets if d.id == wanted), None)
        if found is None:
            gone = f"{host.provider} does not offer {wanted} any more: redeploy the commit, or take the change back by pull request"
            return Findings(reasons=(gone,))
        notes = (f"{host.component} serves {short_sha(live.sha)} now; {short_sha(found.sha)} is still kept{_until(found)}",)
        return Findings(observed=observed_of(live, mine, pin), notes=notes)

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what serves afterwards and what comes back with it."""
        provider, component, wanted = ask.get("provider"), ask.get("component"), ask.get("deployment")
        effects = [
            Effect(
                f"serve {short(ask.get('sha'))} as {component} in {ask.step.environment}: {provider} {wanted}",
                _rollback_request(provider, wanted),
            )
        ]
        if provider == "vercel":
            effects.append(Effect("production is pinned to it afterwards: new pushes do not go live until one is promoted"))
        else:
            effects.append(Effect("its variables of then come back too; the database is not touched"))
        return tuple(effects)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Order it, once."""
        await hosting_of(ports, ask).rollback(ask.need("deployment"))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Ask the provider what it serves, or whether it runs the image again."""
        host = hosting_of(ports, ask)
        if isinstance(host, Promoter):
            return await moved_to(ports, host, ask, ask.need("deployment"), observed)
        return await made_anew(host, ask, observed)


class Redeploy(Serving):
    """Build ``sha`` of ``component`` anew, from ``deployment`` where one is named. Gives what :class:`RollBack` gives."""

    verb = Verb.REDEPLOY
    precondition = "what serves is what the plan says, and the provider can build the commit"
    end_state = "a new deployment of the commit is on its way or serves"
    natural_key = "a deployment of the commit that was not there at the intention"

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Look at what serves."""
        host = hosting_of(ports, ask)
        _after_schema(ask)
        (live, mine), pin = await served(host, ask.step.environment), await host.pin(ask.step.environment)
        if live is not None and live.sha == ask.need("sha"):
            return Findings(already={"deployment": live.id, "before": "", "before_sha": "", "sha": live.sha})
        if ask.get("live") and (live is None or live.id != ask.get("live")):
            raise diverged(ask, live)
        if not ask.get("deployment") and project_of(ports, host) is None:
            return Findings(reasons=(f"{host.provider} has no deployment of {short_sha(ask.get('sha'))} to build again",))
        pinned = (f"{host.component} is pinned: what is built goes live only when it is promoted",) if pin.pinned else ()
        return Findings(observed=observed_of(live, mine, pin), notes=pinned)

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is built."""
        name = ask.get("deployment")
        how = f"redeploy {name}" if name else f"deploy {ask.get('sha')}"
        words = f"build {short(ask.get('sha'))} of {ask.get('component')} anew for {ask.step.environment}, with today's variables"
        return (Effect(words, f"{ask.get('provider')}: {how}"),)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Order it, once."""
        host, name = hosting_of(ports, ask), ask.get("deployment")
        project = project_of(ports, host)
        if name:
            await host.redeploy(name)
        elif project is not None:
            await project.deploy(ask.step.environment, ask.need("sha"))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look for the new deployment."""
        return await made_anew(hosting_of(ports, ask), ask, observed)


def _after_schema(ask: Ask) -> None:
    """Hold the code back where the move of the schema that comes before it was left out; BlockedError says so."""
    if "schema" in ask.arguments:
        ask.need("schema")


def _until(found: Deployment) -> str:
    return f" until {found.rollback_until:%Y-%m-%d %H:%M} UTC" if found.rollback_until is not None else ""


def _rollback_request(provider: str, deployment: str) -> str:
    if provider == "vercel":
        return f"POST /v1/projects/‹project›/rollback/{deployment}"
    return f"mutation deploymentRollback(id: {deployment})"
