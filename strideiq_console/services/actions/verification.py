"""The founder's word that staging works, bound to the exact commit (R9), and published where the token may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.deployment import live_of
from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.policy.promotion import STAGING_VERIFIED, Verification
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, not_yet

_NOT_PERMITTED = (403, 404)


class VerifyStaging(Action):
    """Record that staging was tried by hand at the commit it serves. Gives ``sha``, ``by`` and ``published``."""

    verb = Verb.VERIFY_STAGING
    precondition = "every component of staging serves the head of the staging branch"
    end_state = "a verification of exactly that commit is recorded, and published as a commit status where the token may"
    natural_key = "commit SHA and the context staging/verified"
    recovery = "withdraw the record, and publish that it was withdrawn"
    least_level = 2

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Bind the record to the head of staging, and refuse while staging serves something else."""
        head = await ports.host.rules.tip(ports.settings.staging)
        if head is None:
            return Findings(reasons=(f"{ports.settings.staging} does not exist at GitHub",))
        environment = ports.settings.environment_of_branch(ports.settings.staging)
        reasons = []
        for host in ports.deployments.values():
            live = live_of(await host.recent(), environment.name, host.component) if environment else None
            if live is None or live.sha != head:
                serves = short_sha(live.sha) if live else "nothing known"
                moved = f"the head of staging is {short_sha(head)}, {host.provider.capitalize()} serves {serves}"
                reasons.append(f"{moved}: wait for the deployment, then look again")
        by = ports.settings.founder or await ports.host.viewer.login()
        return Findings(observed={"sha": head, "by": by}, reasons=tuple(reasons))

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is recorded and published."""
        sha = str(observed.get("sha", "")) or ask.get("sha")
        what = sha if sha.startswith("‹") else short_sha(sha)
        return (
            Effect(
                f"record here that staging was verified at {what} by {observed.get('by', 'you')}; it counts for this commit alone"
            ),
            Effect(
                f"publish the commit status {STAGING_VERIFIED} where the token may",
                f"POST /repos/{ports.repository}/statuses/{sha} state=success context={STAGING_VERIFIED}",
            ),
        )

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Publish first, unless an interrupted try did, and record last: the record alone unlocks main."""
        sha, by = str(observed["sha"]), str(observed["by"])
        if not await self._published(ports, sha):
            await self._publish(ports, sha, by)
        ports.verifications.record(Verification(sha, by, ports.clock.now()))

    @staticmethod
    async def _published(ports: Ports, sha: str) -> bool:
        checks = await ports.host.checks.of(sha)
        return any(c.name == STAGING_VERIFIED and c.state is CheckState.SUCCESS for c in checks)

    @staticmethod
    async def _publish(ports: Ports, sha: str, by: str) -> None:
        environment = ports.settings.environment_of_branch(ports.settings.staging)
        try:
            await ports.host.checks.publish(
                sha,
                context=STAGING_VERIFIED,
                state="success",
                description=f"Verified by {by}"[:140],
                url=environment.url if environment else "",
            )
        except OutsideError as error:
            if error.status not in _NOT_PERMITTED:
                raise

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look for the record; whether the status is public is told, and decides nothing."""
        sha = str(observed["sha"])
        if ports.verifications.of(sha) is None:
            return not_yet(f"no verification of {short_sha(sha)} is recorded")
        return happened(sha=sha, by=observed.get("by", ""), published=await self._published(ports, sha))

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Withdraw."""
        sha = str(record.result["sha"])
        request = f"POST /repos/{ports.repository}/statuses/{sha} state=error context={STAGING_VERIFIED}"
        return (Effect(f"withdraw the verification of {short_sha(sha)}", request),)

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Lock main again first, then tell GitHub."""
        sha = str(record.result["sha"])
        ports.verifications.withdraw(sha)
        if record.result.get("published"):
            await ports.host.checks.publish(sha, context=STAGING_VERIFIED, state="error", description="Withdrawn")
        return f"withdrew the verification of {short_sha(sha)}"
