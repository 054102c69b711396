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
from strideiq_console.domain.runbook.form import Field, FieldKind, Form, Option
from strideiq_console.domain.runbook.model import Effect, Verb, unknown
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, not_yet
from strideiq_console.services.actions.local import probed
from strideiq_console.services.actions.overriding import overridden, override_fault, override_field

_NOT_PERMITTED = (403, 404)


class VerifyStaging(Action):
    """Record that staging was tried by hand at the commit it serves (R39).

    Gives ``sha``, ``by``, ``published``, ``note`` and ``probes`` (what staging answered then); or, where a person went to main
    without it, ``override`` with the reason, where the argument ``aside`` allows that (R47). ``known`` ``counts``: a commit that
    was verified before is not asked about again.
    """

    verb = Verb.VERIFY_STAGING
    precondition = "every component of staging serves the head of the staging branch"
    end_state = "a verification of exactly that commit is recorded, and published as a commit status where the token may"
    natural_key = "commit SHA and the context staging/verified"
    recovery = "withdraw the record, and publish that it was withdrawn"
    least_level = 2

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Bind the record to the head of staging, and refuse while it serves something else or moved while it was tried."""
        passed = overridden(ask)
        if ask.unneeded("sha") or (passed and not override_fault(ask)):
            before = "" if unknown(ask.get("override")) else ask.get("override")
            return Findings(already={"sha": "", "override": passed or before}, unneeded=ask.unneeded("sha"))
        if passed:
            return Findings(reasons=(override_fault(ask),))
        head = await ports.host.rules.tip(ports.settings.staging)
        if head is None:
            return Findings(reasons=(f"{ports.settings.staging} does not exist at GitHub",))
        earlier = _known_before(ports, ask, head)
        if earlier is not None:
            return Findings(already=earlier, unneeded=True)
        environment = ports.settings.environment_of_branch(ports.settings.staging)
        reasons = []
        for host in ports.deployments.values():
            live = live_of(await host.recent(), environment.name, host.component) if environment else None
            if live is None or live.sha != head:
                serves = short_sha(live.sha) if live else "nothing known"
                moved = f"the head of staging is {short_sha(head)}, {host.provider.capitalize()} serves {serves}"
                reasons.append(f"{moved}: wait for the deployment, then look again")
        reasons += _invalid(ask, head)
        by = ports.settings.founder or await ports.host.viewer.login()
        observed = {
            "sha": head,
            "by": by,
            "note": ask.entry.get("note", "").strip(),
            "probes": list(await probed(ports, environment)),
        }
        return Findings(observed=observed, reasons=tuple(reasons))

    async def form(self, ports: Ports, ask: Ask) -> Form | None:
        """Show what staging answers now as the checklist; take a note, and where staging has moved, which commit was tried."""
        environment = ports.settings.environment_of_branch(ports.settings.staging)
        head = await ports.host.rules.tip(ports.settings.staging)
        fields = [Field("note", "Note", hint="what was tried; kept with the commit", required=False)]
        if head is not None and _moved(ask, head):
            was = short_sha(ask.get("sha"))
            option = Option(head, f"{short_sha(head)}, which staging serves now", f"staging was {was} when this step began")
            fields.append(Field("tested", "Tried at", FieldKind.CHOICE, options=(option,), required=False))
        fields += override_field(ask)
        return Form("Tried on staging", tuple(fields), await probed(ports, environment), go="It works")

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
        ports.verifications.record(Verification(sha, by, ports.clock.now(), str(observed.get("note", ""))))

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
        return happened(
            sha=sha,
            by=observed.get("by", ""),
            published=await self._published(ports, sha),
            note=observed.get("note", ""),
            probes=observed.get("probes", []),
            override="",
        )

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Withdraw."""
        sha = str(record.result["sha"])
        if not sha:
            return "nothing was verified: nothing to withdraw"
        request = f"POST /repos/{ports.repository}/statuses/{sha} state=error context={STAGING_VERIFIED}"
        return (Effect(f"withdraw the verification of {short_sha(sha)}", request),)

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Lock main again first, then tell GitHub."""
        sha = str(record.result["sha"])
        ports.verifications.withdraw(sha)
        if record.result.get("published"):
            await ports.host.checks.publish(sha, context=STAGING_VERIFIED, state="error", description="Withdrawn")
        return f"withdrew the verification of {short_sha(sha)}"


def _known_before(ports: Ports, ask: Ask, head: str) -> dict[str, Any] | None:
    """Return the result of an earlier verification of the same commit, where that counts."""
    sha = ask.get("sha") or head
    found = ports.verifications.of(sha) if ask.get("known") == "counts" and not unknown(sha) else None
    if found is None:
        return None
    return {"sha": sha, "by": found.by, "published": False, "note": found.note, "probes": [], "override": ""}


def _moved(ask: Ask, head: str) -> bool:
    """Say whether staging was merged to since this step began to be tried (R39)."""
    began = ask.get("sha")
    return bool(began) and not unknown(began) and began != head


def _invalid(ask: Ask, head: str) -> list[str]:
    """A second merge during the test invalidates it, until the person says that the newer commit was tried as well."""
    if not _moved(ask, head) or ask.entry.get("tested") == head:
        return []
    began = short_sha(ask.get("sha"))
    return [f"staging moved from {began} to {short_sha(head)} while it was tried: try it again, and say which commit"]
