"""What guards a branch at GitHub now, and which of it a change would be written to: rulesets first, then classic protection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.policy.protection import canonical, document
from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.ruleset import BranchPolicy, ClassicProtection, Ruleset
from strideiq_console.domain.runbook.model import fingerprint
from strideiq_console.services.action import Ports

GATING = frozenset({"pull_request", "required_status_checks", "merge_queue"})
DEFAULT_BRANCH = "~DEFAULT_BRANCH"
LACKING = "the token lacks Administration: write"


class Kind(StrEnum):
    """What a change is written to."""

    RULESET = "ruleset"
    CLASSIC = "classic"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Guard:
    """What is enforced on a branch, and what a change would be written to.

    ``id`` and ``name`` are the ruleset's (0 and the name to create where there is none). ``snapshot`` brings the target back as it
    is; ``""`` where nothing is there. ``others`` are the other things that stand before a merge, by name. ``blockers`` are all
    that forbids a change.
    """

    branch: str
    kind: Kind
    protection: Protection
    id: int = 0
    name: str = ""
    snapshot: str = ""
    others: tuple[str, ...] = ()
    blockers: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Return digits that change whenever the rules of the branch or the target of a change do."""
        p = self.protection
        checks = None if p.required_checks is None else sorted(p.required_checks)
        enforced = [p.pull_request, p.approvals, checks, p.up_to_date, p.bypass, p.force_push, p.deletion]
        return fingerprint([self.branch, self.kind, self.id, canonical(self.snapshot), enforced])


def ruleset_name(branch: str) -> str:
    """Return the name of the ruleset that the console makes for a branch: its natural key at GitHub."""
    return f"StrideIQ {branch}"


def policy_of(ports: Ports, role: str, branch: str) -> BranchPolicy:
    """Return what the document says of ``main`` or ``staging``, with the checks that the settings require."""
    return document(role, branch, ports.settings.github.required_checks or REQUIRED_CHECKS)


async def guard_of(ports: Ports, branch: str) -> Guard:
    """Read what guards a branch. Raises OutsideError where it cannot be read; nothing is concluded from that."""
    host = ports.host
    listed = await host.rulesets.all()
    classic = await host.classic.get(branch)
    protection = await host.rules.protection(branch)
    facts = await host.contents.facts()
    blockers: list[str] = []
    if facts.archived:
        blockers.append("the repository is archived: GitHub changes nothing in it")
    if facts.permissions is not None and "admin" not in facts.permissions:
        blockers.append(f"{LACKING}: its owner is no admin of {ports.repository}")
    default = facts.default_branch == branch
    whole = [await host.rulesets.get(r.id) for r in listed if r.own and r.target == "branch"]
    foreign = [r.name for r in listed if not r.own and r.target == "branch" and r.enforcement == "active"]
    gating = [r for r in whole if r.enforcement == "active" and _covers(r, branch, default=default) and GATING & set(r.kinds)]
    target = next((r for r in whole if r.name == ruleset_name(branch)), None)
    if target is not None and not _alone(target, branch, default=default):
        also = ", ".join(name for name in (*target.include, *(f"not {n}" for n in target.exclude)) if name != _ref(branch))
        blockers.append(f"the ruleset {target.name} is for more than {branch} ({also}): narrow or rename it at GitHub")
    target = target or next((r for r in gating if _alone(r, branch, default=default)), None)
    others = [*foreign, *(r.name for r in gating if target is None or r.id != target.id)]
    if target is not None:
        if target.bypass is None:
            blockers.append(f"{LACKING}: GitHub does not show it who may pass the ruleset {target.name} by")
        if classic is not None and _gates(classic):
            others.append("classic protection")
        said = (tuple(others), tuple(blockers))
        return Guard(branch, Kind.RULESET, protection, target.id, target.name, target.snapshot, *said)
    if classic is not None:
        return Guard(branch, Kind.CLASSIC, protection, 0, "", classic.snapshot, tuple(others), tuple(blockers))
    return Guard(branch, Kind.NEW, protection, 0, ruleset_name(branch), "", tuple(others), tuple(blockers))


async def snapshot_now(ports: Ports, target: Mapping[str, Any]) -> tuple[int, str]:
    """Return the id and snapshot of a target (``branch``, ``kind``, ``id``, ``name``) as it stands now; ``(0, "")``: it is gone."""
    host = ports.host
    if target["kind"] == Kind.CLASSIC:
        found = await host.classic.get(str(target["branch"]))
        return (0, found.snapshot) if found else (0, "")
    wanted, name = int(target.get("id", 0)), str(target["name"])
    for listed in await host.rulesets.all():
        if listed.own and (listed.id == wanted if wanted else listed.name == name):
            return listed.id, (await host.rulesets.get(listed.id)).snapshot
    return 0, ""


async def write(ports: Ports, guard: Guard, policy: BranchPolicy) -> None:
    """Send the one request that makes the target enforce the policy. Raises BlockedError where something forbids it."""
    if guard.blockers:
        raise BlockedError(guard.blockers[0], consequence="nothing was changed")
    if guard.kind is Kind.CLASSIC:
        await ports.host.classic.write(policy)
    elif guard.kind is Kind.RULESET:
        await ports.host.rulesets.update(guard.id, policy)
    else:
        await ports.host.rulesets.create(policy, name=guard.name)


def _ref(branch: str) -> str:
    return f"refs/heads/{branch}"


def _covers(ruleset: Ruleset, branch: str, *, default: bool) -> bool:
    """Say whether a ruleset is for a branch, perhaps among others; a pattern counts as being for it (the stricter guess)."""
    if _ref(branch) in ruleset.exclude:
        return False
    named = {_ref(branch), "~ALL", *((DEFAULT_BRANCH,) if default else ())}
    return any(name in named or "*" in name or "?" in name for name in ruleset.include)


def _alone(ruleset: Ruleset, branch: str, *, default: bool) -> bool:
    """Say whether a ruleset is for this branch and no other, so that changing it changes nothing else."""
    named = {_ref(branch), *((DEFAULT_BRANCH,) if default else ())}
    return bool(ruleset.include) and set(ruleset.include) <= named and not ruleset.exclude


def _gates(classic: ClassicProtection) -> bool:
    return classic.approvals is not None or bool(classic.checks)
