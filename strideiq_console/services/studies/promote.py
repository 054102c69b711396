"""What a promotion's plan stands on: both branches, who would ride along, the gates as they stand, and what differs by name."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.fault import BlockedError, CloneError
from strideiq_console.domain.policy.promoting import Hold, Obstacle, promotion_refusals
from strideiq_console.domain.policy.promotion import GateStanding, gates
from strideiq_console.services.action import Ports
from strideiq_console.services.actions.checks import summary_of
from strideiq_console.services.ride import ride
from strideiq_console.services.studies.ground import deadlock_notes, ground, hosting_notes
from strideiq_console.services.study import Study


async def study_promotion(ports: Ports, values: Mapping[str, str]) -> Study:
    """Look at what waits on staging; nothing is fetched, so commits that the clone has not seen are told as such.

    Raises BlockedError where there is nothing to promote.
    """
    facts = await ground(ports, values, "a promotion goes from one to the other")
    facts.pop("worktree")
    base, head, stale = await known_tips(ports, facts["main"], facts["staging"])
    found = await ride(ports, base, head)
    notes = [*stale, *await ride_notes(ports, found, facts["staging"])]
    for obstacle in await obstacles(ports, base, head):
        if obstacle.hold is Hold.NOTHING and not stale:
            raise BlockedError(obstacle.cause, consequence=obstacle.consequence, next_step=obstacle.next_step)
        if obstacle.hold not in (Hold.UNVERIFIED, Hold.UNKNOWN):
            notes.append(obstacle.sentence())
    notes += await deadlock_notes(ports)
    observed: dict[str, dict[str, Any]] = {"look": found, "verify": {"sha": facts["staging"]}}
    return Study(facts, (*notes, *hosting_notes(ports)), observed)


async def known_tips(ports: Ports, main: str, staging: str) -> tuple[str, str, list[str]]:
    """Return both commits as far as the clone knows them, and what it has not fetched. CloneError where it knows neither branch."""
    tips, stale = [], []
    for name, there in ((ports.settings.main, main), (ports.settings.staging, staging)):
        here = await ports.clone.tip(f"refs/remotes/origin/{name}")
        if here is None:
            raise CloneError(f"the clone has no origin/{name}", next_step="git fetch origin, then plan again")
        if here != there:
            stale.append(f"{name} is at {short_sha(there)} at origin; the plan is made with {short_sha(here)}, as the clone has it")
        tips.append(here)
    return tips[0], tips[1], stale


async def obstacles(ports: Ports, base: str, head: str) -> tuple[Obstacle, ...]:
    """Return what stands before a promotion as the clone sees it."""
    ahead, behind = await asyncio.gather(ports.clone.changes(base, head), ports.clone.changes(head, base))
    verification = ports.verifications.of(head) or ports.verifications.latest()
    return promotion_refusals(ahead, behind, verification, staging=ports.settings.staging, main=ports.settings.main)


async def ride_notes(ports: Ports, found: Mapping[str, Any], staging: str) -> list[str]:
    """Say how many ride along, and how the gates stand now; what takes minutes to find out is left for the gates themselves."""
    count = found["count"]
    many = (
        "more commits than can be listed ride along" if count is None else f"{count} commit{'' if count == 1 else 's'} ride along"
    )
    summary, protection = await summary_of(ports, staging, ports.settings.main)
    verification = ports.verifications.of(staging) or ports.verifications.latest()
    rows = gates(summary, protection.required_checks, staging, verification)
    told = [f"gate {gate.name}: {gate.detail}" for gate in rows if gate.standing is not GateStanding.NONE]
    return [many, *told, "gate no known vulnerabilities: asked when the gates are judged"]
