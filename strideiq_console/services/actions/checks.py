"""Checks: wait until the required ones pass on the commit that will be merged; judge the gates before main."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.ci import CheckState, CheckSummary, summarise
from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS, Gate, GateStanding, Scan, gates
from strideiq_console.domain.pull_request import Protection, PullRequest, PullState, blockers
from strideiq_console.domain.runbook.form import Field, Form
from strideiq_console.domain.runbook.model import Effect, Verb, unknown
from strideiq_console.services.action import Ask, Findings, Ports, Seen, Watch, happened, lost, not_yet
from strideiq_console.services.actions.scanning import kept, scan

LEAST_REASON = 10
"""How many characters the reason for passing a gate by has at least (S7)."""


def required_names(ports: Ports, protection: Protection | None) -> tuple[str, ...]:
    """Return the check names that must pass: what GitHub requires, else the settings', else the document's."""
    if protection is not None and protection.required_checks:
        return protection.required_checks
    return ports.settings.github.required_checks or REQUIRED_CHECKS


async def summary_of(ports: Ports, sha: str, base: str) -> tuple[CheckSummary, Protection]:
    """Ask GitHub for the required checks of a commit that goes to ``base``."""
    protection, checks = await asyncio.gather(ports.host.rules.protection(base), ports.host.checks.of(sha))
    return summarise(sha, checks, required_names(ports, protection)), protection


class AwaitChecks(Watch):
    """Wait for the required checks of ``pulls`` (numbers, space-separated). Gives ``head``: the commit that passed.

    ``aside`` is the number of one whose conflicts are left to the step that merges it, because the others can go on without it.
    """

    verb = Verb.AWAIT_CHECKS
    end_state = "every required check passes on the head that all the pull requests share"

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is waited for."""
        pulls = ask.get("pulls")
        numbers = "the pull requests" if unknown(pulls) else ", ".join(f"#{number}" for number in pulls.split())
        return (Effect(f"wait for the required checks of {numbers}", f"GET /repos/{ports.repository}/commits/‹head›/check-runs"),)

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look at every pull request; a push by hand moves the head, and the new head counts."""
        given = () if ask.unneeded("pulls") else ask.numbers("pulls")
        numbers = [number for number in given if number]
        if not numbers:
            return happened(head="")
        pulls = [await ports.host.pulls.get(number) for number in numbers]
        heads = {pull.head_sha for pull in pulls}
        if len(heads) > 1:
            return not_yet("the pull requests do not show the same head yet: " + ", ".join(short_sha(h) for h in sorted(heads)))
        waiting: list[str] = []
        for pull in pulls:
            seen = await self._of_pull(ports, pull, aside=str(pull.number) == ask.get("aside"))
            if isinstance(seen, Seen):
                return seen
            waiting.extend(seen)
        return not_yet("; ".join(waiting)) if waiting else happened(head=pulls[0].head_sha)

    async def _of_pull(self, ports: Ports, pull: PullRequest, *, aside: bool) -> Seen | list[str]:
        if pull.state is PullState.CLOSED:
            return lost(f"#{pull.number} was closed: open it again at GitHub, then retry")
        summary, protection = await summary_of(ports, pull.head_sha, pull.base)
        conflict = pull.state is PullState.OPEN and (pull.mergeable is False or pull.mergeable_state == "dirty")
        red = any(state.red for _, state in summary.required)
        if red or (conflict and not aside):
            ways = [f"resolve it on {pull.head} and push"] if conflict else []
            ways += [f"push a new commit to {pull.head}, or rerun at GitHub"] if red else []
            why = await why_not(ports, pull, summary, protection)
            what = f"#{pull.number} at {short_sha(pull.head_sha)} cannot be merged to {pull.base}"
            return lost(f"{what}: {why}: {'; '.join(ways)}, then retry")
        if summary.passed == len(summary.required):
            return []
        return [f"#{pull.number} to {pull.base}: {summary.passed}/{len(summary.required)} passed, {_unfinished(summary)}"]


async def why_not(ports: Ports, pull: PullRequest, summary: CheckSummary, protection: Protection) -> str:
    """Name everything at once that keeps a pull request from being merged (R37), ``""`` for nothing.

    GitHub does not tell this token about review threads: where it holds the merge back and nothing else explains it, that is said.
    """
    found = [*blockers(pull, summary, await ports.host.pulls.reviews(pull.number), protection)]
    if pull.mergeable_state == "blocked" and not found:
        found.append("GitHub holds it back: unresolved review threads, or a rule of the branch")
    return ", ".join(found)


def _unfinished(summary: CheckSummary) -> str:
    words = [
        f"{name} {'not started' if state is CheckState.EXPECTED else state}" for name, state in summary.required if not state.passes
    ]
    return ", ".join(words)


async def standing_gates(ports: Ports, ask: Ask, head: str) -> tuple[tuple[Gate, ...], Scan]:
    """Judge the five gates of section 4 for a commit that goes to main, now; return what vulnerabilities are known beside them.

    The step's ``verified`` is the commit that must have been tried on staging (else the head of staging), ``later`` are commits
    (space-separated) that go along without having been there, and ``audit`` is what an earlier step found of vulnerabilities.
    """
    main, staging = ports.settings.main, ports.settings.staging
    (summary, protection), tip, scanned = await asyncio.gather(
        summary_of(ports, head, main), ports.host.rules.tip(staging), scan(ports, ask.get("audit"))
    )
    wanted = ask.need("verified") if "verified" in ask.arguments else tip
    verification = ports.verifications.of(wanted) if wanted else None
    later = tuple(ask.get("later").split())
    rows = gates(summary, protection.required_checks, wanted, verification or ports.verifications.latest(), scanned, later)
    return rows, scanned


class CheckGates(Watch):
    """Judge the gates before main for ``head``. Gives ``gates``, the snapshot that is kept with the merge (R72), and ``audit``.

    ``waived`` in the result names the gates that were passed by, and no merge passes another by for the same reason. An unmet gate
    blocks. A person may pass it by with a reason, which is kept as ``override`` (R71); what GitHub itself enforces no reason passes
    by. The argument ``override`` is a reason given before: to go to main without staging (R47).
    """

    verb = Verb.CHECK_GATES
    end_state = "every gate that exists passes"

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Return every unmet gate as a reason."""
        rows, scanned = await standing_gates(ports, ask, ask.need("head"))
        told = "" if unknown(ask.get("override")) else ask.get("override")
        unmet = [gate for gate in rows if gate.blocks and not (told and gate.standing is GateStanding.MANUAL)]
        override = ask.entry.get("override", "").strip()
        if unmet and (not override or any(gate.standing is GateStanding.ENFORCED for gate in unmet)):
            return Findings(reasons=tuple(f"{gate.name}: {gate.detail}" for gate in unmet))
        if unmet and len(override) < LEAST_REASON:
            return Findings(reasons=(f"the reason to pass a gate by needs {LEAST_REASON} characters or more",))
        snapshot = [{"name": g.name, "passed": g.passed, "standing": g.standing, "detail": g.detail} for g in rows]
        result = {
            "gates": snapshot,
            "head": ask.need("head"),
            "override": override if unmet else told,
            "waived": "; ".join(gate.name for gate in rows if gate.blocks),
            "audit": kept(scanned),
        }
        return Findings(already=result)

    async def form(self, ports: Ports, ask: Ask) -> Form | None:
        """Offer to pass unmet gates by with a reason, where GitHub would let the merge through."""
        rows, _ = await standing_gates(ports, ask, ask.need("head"))
        told = "" if unknown(ask.get("override")) else ask.get("override")
        unmet = [gate for gate in rows if gate.blocks and not (told and gate.standing is GateStanding.MANUAL)]
        if not unmet or any(gate.standing is GateStanding.ENFORCED for gate in unmet):
            return None
        hint = f"{LEAST_REASON} characters or more; it is kept in the journal and told on the pull request"
        notes = tuple(f"{gate.name}: {gate.detail}" for gate in unmet)
        return Form("Pass unmet gates by", (Field("override", "Reason", hint=hint),), notes, go="Pass by")

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is judged."""
        return (Effect("judge the five gates before main; nothing is changed"),)

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Judge again."""
        findings = await self.check(ports, ask)
        return happened(**findings.already) if findings.already else not_yet("; ".join(findings.reasons))
