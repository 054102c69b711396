"""Wait until an environment really serves a commit: every provider ready with it, and healthy three times in a row (R41)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.deployment import Deployment, DeploymentState, live_of
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.policy.promotion import GOOD_PROBES_IN_A_ROW
from strideiq_console.domain.ports import Deployments
from strideiq_console.domain.reading import Level
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Ask, Findings, Outcome, Ports, Seen, Watch, happened, lost, not_yet

STUCK_AFTER = timedelta(minutes=20)
HEALTHY_WITHIN = timedelta(minutes=5)
PROBE_EVERY = 5.0


class AwaitDeployment(Watch):
    """Wait until the step's environment serves ``sha``. Gives ``sha`` (what is served) and ``deployments`` (id by component).

    ``components`` (space-separated) narrows it to those that were moved; without it every component counts. ``exact``: a newer
    commit that contains ``sha`` does not count, because ``sha`` is what was gone back to. The health is that of the API; where only
    the web was moved, that of its page, for an API which was bad before says nothing of the page that went back.
    """

    verb = Verb.AWAIT_DEPLOYMENT
    end_state = "every component serves the commit, and its health was good three times in a row"

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Refuse to wait for what nobody can see."""
        if ask.unneeded("sha"):
            return Findings(already={"sha": "", "deployments": {}})
        if not ports.deployments:
            hint = "configure [vercel] and [railway], or look yourself and skip this step with a reason"
            return Findings(
                reasons=(f"no hosting provider is configured, so nobody can tell what {ask.step.environment} serves: {hint}",)
            )
        return Findings()

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is waited for."""
        sha = ask.get("sha")
        what = sha if sha.startswith("‹") else short_sha(sha)
        environment = ports.settings.environment(ask.step.environment)
        hosts = " and ".join(h.provider.capitalize() for h in ports.deployments.values())
        named = ask.get("components").split()
        url = _address(environment, of_api=not named or "api" in named) if environment is not None else ""
        health = f"GET {url}" if url else ""
        return (Effect(f"wait until {hosts} serve {what} in {ask.step.environment} and its health is good three times", health),)

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look at every provider, then at the health."""
        environment = ports.settings.environment(ask.step.environment)
        sha = ask.need("sha")
        named = ask.get("components").split()
        hosts = tuple(host for host in ports.deployments.values() if not named or host.component in named)
        unseen = sorted(set(named) - {host.component for host in hosts})
        if unseen or not hosts:
            return not_yet(f"no configured provider tells what {' and '.join(unseen) or ask.step.environment} serves")
        exact = bool(ask.get("exact"))
        seen = await asyncio.gather(*(self._component(ports, host, ask.step.environment, sha, exact=exact) for host in hosts))
        for one in seen:
            if one.outcome is Outcome.LOST:
                return one
        if any(one.outcome is not Outcome.HAPPENED for one in seen):
            return not_yet(" · ".join(one.detail for one in seen))
        served = [one.result["deployment"] for one in seen]
        if environment is not None:
            health = await self._healthy(ports, environment, served)
            if health is not None:
                return health
        shas = sorted({deployment.sha or sha for deployment in served})
        ids = {deployment.component: deployment.id for deployment in served}
        return happened(sha=shas[0] if len(shas) == 1 else sha, deployments=ids)

    async def _component(self, ports: Ports, host: Deployments, environment: str, sha: str, *, exact: bool) -> Seen:
        title = f"{host.provider.capitalize()} ({host.component})"
        found = await host.of_commit(environment, sha)
        recent = await host.recent()
        live = live_of(recent, environment, host.component)
        if live is not None and live.sha == sha and live.state is DeploymentState.READY:
            return Seen(Outcome.HAPPENED, {"deployment": live}, f"{title} ready")
        newer = None if exact else await self._carried_on(ports, live, sha)
        if newer is not None:
            return Seen(Outcome.HAPPENED, {"deployment": newer}, f"{title} ready with newer {short_sha(newer.sha)}")
        if found is None:
            return not_yet(f"{title} has no deployment of {short_sha(sha)} yet")
        if found.state.lost and found.state is not DeploymentState.CANCELLED:
            return lost(f"{title}: the deployment of {short_sha(sha)} {found.state}; see {found.url or 'its log'}")
        if found.state is DeploymentState.CANCELLED and not any(d.state.moving and d.environment == environment for d in recent):
            return lost(f"{title}: the deployment of {short_sha(sha)} was cancelled")
        age = ports.clock.now() - found.created_at if found.created_at else timedelta(0)
        if age > STUCK_AFTER and found.state.moving:
            return lost(f"{title}: {found.state} for {int(age.total_seconds() // 60)} min")
        return not_yet(f"{title} {found.state}" + ("" if found.state.moving else ", not serving yet"))

    @staticmethod
    async def _carried_on(ports: Ports, live: Deployment | None, sha: str) -> Deployment | None:
        """Return the live deployment when it is of a newer commit that contains ours (somebody merged after us)."""
        if live is None or live.sha is None or live.state is not DeploymentState.READY:
            return None
        try:
            return live if await ports.clone.is_ancestor(sha, live.sha) else None
        except CloneError:
            # The clone has not fetched one of the two: it cannot tell, and the deployment of our own commit decides.
            return None

    async def _healthy(self, ports: Ports, environment: Environment, served: list[Deployment]) -> Seen | None:
        ready = [d.ready_at for d in served if d.ready_at is not None]
        of_api = any(d.component == "api" for d in served)
        url = _address(environment, of_api=of_api)
        if not url:
            return None
        for turn in range(GOOD_PROBES_IN_A_ROW):
            if turn:
                await ports.clock.sleep(PROBE_EVERY)
            probe = await ports.prober.probe(url, health=of_api)
            if probe.level is not Level.OK:
                since = ports.clock.now() - max(ready) if ready else timedelta(0)
                words = f"{environment.name} health: {probe.words}"
                if probe.level is Level.CRITICAL and since > HEALTHY_WITHIN:
                    return lost(f"{words} for more than {int(HEALTHY_WITHIN.total_seconds() // 60)} min after it was ready")
                return not_yet(words)
            wrong = self._wrong_version(probe.version, served)
            if wrong:
                return not_yet(f"{environment.name} {wrong}")
        return None

    @staticmethod
    def _wrong_version(version: str | None, served: list[Deployment]) -> str:
        """A version in the health body must be the API's commit; a body without one proves nothing and is let be."""
        api = next((d for d in served if d.component == "api"), None)
        if not version or api is None or api.sha is None or len(version) < 7:
            return ""
        if api.sha.startswith(version) or version.startswith(api.sha):
            return ""
        return f"answers as {version[:12]}, the provider says {short_sha(api.sha)}"


def _address(environment: Environment, *, of_api: bool) -> str:
    """Return what is probed: the API's health, or the page where no API was moved; nothing where none is configured."""
    if of_api:
        return f"{environment.api}{environment.health}" if environment.api else ""
    return environment.url
