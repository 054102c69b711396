"""Merging: a pull request with its exact head, and bringing a branch up to date with main."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from strideiq_console.domain.commit import is_sha, short_sha
from strideiq_console.domain.deployment import live_of
from strideiq_console.domain.fault import DivergedError, OutsideError
from strideiq_console.domain.policy.promotion import Gate, GateStanding
from strideiq_console.domain.pull_request import PullRequest, PullState, blockers
from strideiq_console.domain.runbook.form import Form
from strideiq_console.domain.runbook.model import Effect, Step, Verb, unknown
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, lost, not_yet
from strideiq_console.services.actions.checks import standing_gates, summary_of
from strideiq_console.services.actions.overriding import overridden, override_fault, override_field

MERGEABLE_LIMIT = 60.0
BUSY_WAITS = (2.0, 4.0, 8.0)


class Merge(Action):
    """Merge ``pull`` to ``base`` if its head still is ``head``. Gives ``sha`` (the merge commit) and ``before`` (what was live).

    ``override`` is the reason for which gates are passed by, ``waived`` their names. ``aside`` ``allowed``: a person may leave this
    merge out with a reason and go to main first (R47); the reason is ``override``.
    """

    verb = Verb.MERGE
    precondition = "the head is the one that passed; nothing blocks the merge; to main, every gate passes"
    end_state = "the pull request is merged"
    natural_key = "pull request number and head SHA (409 when the head has moved)"
    recovery = "a merge cannot be taken back: roll the provider back to what was live before, or merge a revert pull request"
    least_level = 2

    def level(self, step: Step) -> int:
        """Return 3 for whatever lands in production or may land on main, whatever the runbook says: on all but staging."""
        production = step.environment == "production" or step.values.get("base") not in ("staging", "{staging-branch}")
        return max(super().level(step), 3 if production else 2)

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Collect all blockers at once; the way to main is locked until staging is verified (R47)."""
        if ask.unneeded("pull"):
            return Findings(already={"sha": "", "before": {}, "head": "", "override": ""})
        left_out = overridden(ask)
        if left_out:
            wrong = override_fault(ask)
            result = {"sha": "", "before": {}, "head": "", "override": left_out}
            return Findings(reasons=(wrong,)) if wrong else Findings(already=result)
        number, head, base = ask.number("pull"), ask.need("head"), ask.need("base")
        pull = await self._computed(ports, number)
        if pull.state is PullState.MERGED:
            return Findings(already={"sha": pull.merge_sha, "before": {}, "override": ""})
        if pull.head_sha != head:
            raise DivergedError(
                f"#{number}: the branch moved: {short_sha(head)} was looked at, {short_sha(pull.head_sha)} is what it holds now",
                consequence="nothing is merged",
                next_step=_anew(ask),
            )
        summary, protection = await summary_of(ports, head, base)
        reviews = await ports.host.pulls.reviews(number)
        reasons = list(blockers(pull, summary, reviews, protection))
        notes = [f"required checks {summary.passed}/{len(summary.required)}"]
        if base == ports.settings.main:
            rows, _ = await standing_gates(ports, ask, head)
            override = _override(ask)
            for gate in rows:
                words = f"gate {gate.name}: {gate.detail}"
                if gate.blocks and _waived(ask, gate):
                    notes.append(f"{words}: overridden, because {override}")
                elif gate.blocks:
                    reasons.append(words)
            notes += [f"{g.name}: {g.detail}" for g in rows if g.standing is not GateStanding.ENFORCED and not g.blocks]
        observed = {"number": number, "head": head, "before": await self._live(ports, base)}
        return Findings(observed=observed, reasons=tuple(dict.fromkeys(reasons)), notes=tuple(notes))

    async def form(self, ports: Ports, ask: Ask) -> Form | None:
        """Offer to go to main without staging, where the runbook lets it."""
        fields = override_field(ask)
        return Form("Leave staging out", tuple(fields), go="Go to main first") if fields and not ask.unneeded("pull") else None

    @staticmethod
    async def _computed(ports: Ports, number: int) -> PullRequest:
        waited = 0.0
        while True:
            pull = await ports.host.pulls.get(number)
            if pull.state is not PullState.OPEN or pull.mergeable is not None or waited >= MERGEABLE_LIMIT:
                return pull
            await ports.clock.sleep(2.0)
            waited += 2.0

    @staticmethod
    async def _live(ports: Ports, base: str) -> dict[str, str]:
        environment = ports.settings.environment_of_branch(base)
        before: dict[str, str] = {}
        for host in ports.deployments.values():
            live = live_of(await host.recent(), environment.name, host.component) if environment else None
            if live is not None and live.sha is not None:
                before[host.component] = live.sha
        return before

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is merged, what that starts, and how to get back."""
        pull, head, base = ask.get("pull"), ask.get("head"), ask.get("base")
        what = short_sha(head) if is_sha(head) else head
        request = f"PUT /repos/{ports.repository}/pulls/{pull}/merge sha={head} merge_method=merge"
        environment = ports.settings.environment_of_branch(base)
        effects = [Effect(f"merge #{pull} ({what}) into {base}", request)]
        if _override(ask):
            comment = f"POST /repos/{ports.repository}/pulls/{pull}/reviews event=COMMENT commit_id={head}"
            effects.insert(0, Effect(f"say on #{pull} why an unmet gate is passed by: {_override(ask)}", comment))
        if environment is not None:
            hosts = " and ".join(host.provider.capitalize() for host in ports.deployments.values()) or "the providers"
            effects.append(Effect(f"start a {environment.name} deploy on {hosts}"))
            if environment.production:
                effects.append(Effect("serve real users as soon as it is ready"))
                before = ", ".join(f"{part} {short_sha(str(sha))}" for part, sha in dict(observed.get("before", {})).items())
                effects.append(Effect(f"undo: roll the providers back to {before or 'what is live now'}, or merge a revert"))
        return tuple(effects)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Merge with the head that was confirmed; GitHub's passing "base was modified" is tried again with the same head."""
        number, head = ask.number("pull"), ask.need("head")
        if _override(ask):
            await self._tell_override(ports, ask, number)
        for wait in (*BUSY_WAITS, None):
            try:
                await ports.host.pulls.merge(number, sha=head, title=f"Merge pull request #{number}")
            except OutsideError as error:
                if error.status == 409:
                    raise _moved(error, ask, number) from error
                busy = error.status == 405 and "modified" in error.cause.lower()
                if not busy or wait is None:
                    raise
                await ports.clock.sleep(wait)
            else:
                return

    @staticmethod
    async def _tell_override(ports: Ports, ask: Ask, number: int) -> None:
        """Say on the pull request, once, why a gate was passed by (R71); without that nothing is merged."""
        if not any(ask.marker in review.body for review in await ports.host.pulls.reviews(number)):
            words = f"An unmet gate was passed by with this reason: {clean_line(_override(ask))}\n\n{ask.marker}"
            await ports.host.pulls.remark(number, sha=ask.need("head"), body=words)

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Read the pull request: merged is merged, whatever the answer said."""
        pull = await ports.host.pulls.get(ask.number("pull"))
        if pull.state is PullState.MERGED:
            return happened(sha=pull.merge_sha, before=dict(observed.get("before", {})), head=pull.head_sha, override="")
        if pull.state is PullState.CLOSED:
            return lost(f"#{pull.number} was closed without a merge")
        return not_yet(f"#{pull.number} is open")


def _override(ask: Ask) -> str:
    """Return the reason for passing a gate by, ``""`` where none was passed by."""
    return "" if unknown(ask.get("override")) else ask.get("override")


def _waived(ask: Ask, gate: Gate) -> bool:
    """Say whether the reason was given for this gate; what turned red since, or what GitHub enforces, it does not pass by."""
    if not _override(ask) or gate.standing is GateStanding.ENFORCED:
        return False
    named = ask.get("waived")
    # A plan of an older version names no gates: there the reason stands for all that it could.
    return gate.name in named.split("; ") if "waived" in ask.arguments and not unknown(named) else True


def _anew(ask: Ask) -> str:
    """Say what helps when the head has moved: the step holds on to the head that passed, so trying again meets the same."""
    return f"look at the new commits, then plan again with strideiq replan {ask.execution}: a retry would meet the same"


def _moved(error: OutsideError, ask: Ask, number: int) -> OutsideError:
    """Say in the console's own words what GitHub's 409 means; it stays known that nothing was merged."""
    cause = f"#{number}: the branch moved since it was looked at"
    fault = replace(error.fault, cause=cause, consequence="nothing is merged", next_step=_anew(ask))
    return OutsideError(fault, status=409, known_not_done=True, said=error.said)


class UpdateBranch(Action):
    """Bring ``pull`` up to date with ``base`` when it is behind (R25, R48). Gives ``head``."""

    verb = Verb.UPDATE_BRANCH
    precondition = "the pull request is open and has no conflict with its base"
    end_state = "the head is not behind the base"
    natural_key = "pull request number and expected head SHA (422 when it has moved)"
    recovery = "nothing to take back: the merge of main into the hotfix branch stays on that branch"
    least_level = 2

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Adopt a branch that is up to date, which is the usual case."""
        if ask.unneeded("pull"):
            return Findings(already={"head": ""})
        pull = await ports.host.pulls.get(ask.number("pull"))
        if pull.state is PullState.MERGED:
            return Findings(already={"head": pull.head_sha})
        divergence = await ports.host.rules.compare(ask.need("base"), pull.head_sha)
        if divergence.behind == 0:
            return Findings(already={"head": pull.head_sha})
        if pull.mergeable is False:
            return Findings(reasons=(f"#{pull.number} conflicts with {pull.base}: resolve it on {pull.head} and push",))
        return Findings(observed={"head": pull.head_sha, "behind": divergence.behind, "branch": pull.head})

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is merged into the branch."""
        pull, base = ask.get("pull"), ask.get("base")
        request = f"PUT /repos/{ports.repository}/pulls/{pull}/update-branch expected_head_sha={observed.get('head', '‹head›')}"
        count = f"{observed['behind']} commits of " if observed.get("behind") else ""
        return (
            Effect(f"merge {count}{base} into the branch of #{pull}, only if it is behind", request),
            Effect("the checks run again on the new head"),
        )

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Ask GitHub to update the branch, which it does a little later."""
        await ports.host.pulls.update_branch(ask.number("pull"), expected_head=str(observed["head"]))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Compare the head with the base."""
        pull = await ports.host.pulls.get(ask.number("pull"))
        divergence = await ports.host.rules.compare(ask.need("base"), pull.head_sha)
        if divergence.behind == 0:
            return happened(head=pull.head_sha)
        return not_yet(f"#{pull.number} is {divergence.behind} behind {pull.base}")
