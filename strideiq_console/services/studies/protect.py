"""What a plan to protect main and staging stands on: the rules at GitHub now, and what they will do to a founder alone (T2)."""

from __future__ import annotations

from collections.abc import Mapping

from strideiq_console.domain.fault import BlockedError, FaultKind, OutsideError, UsageError
from strideiq_console.domain.policy.protection import APPROVALS, aim, compare, decide_approvals, locks_out, unreported
from strideiq_console.domain.ruleset import BranchPolicy
from strideiq_console.services.action import Ports
from strideiq_console.services.actions.protecting import deadlock, observed_of
from strideiq_console.services.guarding import Guard, guard_of, policy_of
from strideiq_console.services.study import Study

ROLES = ("main", "staging")
_FORBIDDEN = (FaultKind.FORBIDDEN, FaultKind.MISSING, FaultKind.REFUSED)


async def study_protection(ports: Ports, values: Mapping[str, str]) -> Study:
    """Read the rules of both branches. Raises BlockedError with everything that forbids a change, before anything is confirmed."""
    choice = values["approvals"]
    if choice not in APPROVALS:
        raise UsageError(f"approvals cannot be {choice}", next_step=f"one of {', '.join(APPROVALS)}")
    branches = {"main": ports.settings.main, "staging": ports.settings.staging}
    bot = await ports.host.viewer.bot_login() is not None
    facts = {
        "repository": ports.repository,
        "place": ports.place,
        "main-branch": branches["main"],
        "staging-branch": branches["staging"],
        "bot": "yes" if bot else "no",
    }
    observed, notes, blockers = {}, [], []
    for role in ROLES:
        guard, policy = await _guard(ports, branches[role]), policy_of(ports, role, branches[role])
        approvals = decide_approvals(choice, bot=bot, now=guard.protection.approvals, asked=policy.approvals)
        rows, goal = compare(guard.protection, policy, approvals), aim(policy, guard.protection, approvals)
        if any(row.wanted for row in rows):
            blockers += [blocker for blocker in guard.blockers if blocker not in blockers]
        facts[f"{role}-rules"] = guard.digest
        if role == "main":
            facts["approvals-main"] = str(approvals)
        observed[f"protect-{role}"] = observed_of(guard, goal, rows)
        notes += await _notes(ports, guard, policy, goal, bot=bot)
    if blockers:
        raise BlockedError("; ".join(blockers), consequence="the rules cannot be changed", next_step="strideiq doctor says more")
    return Study(facts, tuple(notes), observed)


async def _guard(ports: Ports, branch: str) -> Guard:
    try:
        return await guard_of(ports, branch)
    except OutsideError as error:
        if error.fault.kind not in _FORBIDDEN:
            raise
        step = error.next_step or "give the token Administration: write"
        told = f"the rules of {branch} can neither be read nor made"
        raise BlockedError(error.cause, consequence=told, next_step=step) from error


async def _notes(ports: Ports, guard: Guard, policy: BranchPolicy, goal: BranchPolicy, *, bot: bool) -> list[str]:
    branch, notes = policy.branch, []
    if locks_out(goal.approvals, bot=bot):
        notes.append(deadlock(branch, goal.approvals))
    if goal.approvals < policy.approvals:
        why = "0 approvals were decided" if bot else "nobody but you could give it"
        notes.append(f"{branch} will want {goal.approvals} approvals where the document asks for {policy.approvals}: {why}")
    tip = await ports.host.rules.tip(branch)
    if tip is None:
        return [*notes, f"{branch} does not exist at GitHub yet"]
    reported = [check.name for check in await ports.host.checks.of(tip)]
    silent = unreported(policy.checks, reported)
    if silent:
        notes.append(f"no report of {', '.join(silent)} on the tip of {branch}: a required check that never runs holds every merge")
    if guard.others:
        notes.append(f"{branch} is guarded by {', '.join(guard.others)} as well, which stays as it is")
    return notes
