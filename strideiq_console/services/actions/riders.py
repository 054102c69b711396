"""Who rides along: every commit that a merge to main takes with it, and all that stands before it (R40, T4, T9, T10, T15, R54)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import is_sha, short_sha
from strideiq_console.domain.policy.promoting import Hold, Obstacle, promotion_refusals
from strideiq_console.domain.policy.rollback.facts import Change
from strideiq_console.domain.policy.storm import is_fix
from strideiq_console.domain.runbook.form import Field, FieldKind, Form, Option
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Ask, Findings, Ports, Seen, Watch, happened, not_yet
from strideiq_console.services.ride import changes_between, ride_effects, ride_of, tip_of, variables_apart
from strideiq_console.services.rollback.reading import told

_ALWAYS = frozenset({Hold.UNKNOWN, Hold.NOTHING, Hold.REVERTED, Hold.NO_MERGE_COMMITS})
_STAGES = {
    "before": _ALWAYS,
    "verified": _ALWAYS | {Hold.UNVERIFIED},
    "now": frozenset(Hold),
}
_LEAVE = "leave out"


class ListRiders(Watch):
    """List what goes from ``head`` (a branch, or a full SHA) to ``base``, and say all that forbids it.

    ``stage`` says what counts already: ``before`` a back-merge and the verification, ``verified`` without the back-merge, or
    ``now``. ``freeze`` is a release's: ``since`` is the commit that it was cut at, and what came later must be fixes. Gives
    ``base`` and ``head`` (SHAs), ``count``, ``commits``, ``migrations`` (None: not known), ``variables`` that differ, by name, and
    ``later``: commits that were never on staging, space-separated.
    """

    verb = Verb.LIST_RIDERS
    end_state = "every commit that rides along is listed, and nothing forbids one of them"

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Return every obstacle as a reason, with the commits that it is about."""
        base, head = await asyncio.gather(tip_of(ports, ask.need("base")), tip_of(ports, ask.need("head")))
        ahead, variables = await asyncio.gather(changes_between(ports, base, head), variables_apart(ports))
        found = ride_of(ports, base, head, ahead, variables)
        later: tuple[Change, ...] = ()
        if ask.get("stage") == "freeze":
            added = await ports.clone.changes(ask.need("since"), head)
            if ahead is None or added is None:
                return Findings(reasons=(_uncounted(ask.need("since"), head),))
            later = self._later(ahead, added)
            reasons = tuple(_no_fix(change, ask.need("since")) for change in later if not is_fix(change.commit))
        else:
            reasons = tuple(o.sentence() for o in await self._obstacles(ports, ask, base, head, ahead) if not _left_out(o, ask))
        result = {**found, "later": " ".join(change.commit.sha for change in later), "left": ask.entry.get("reverted", "")}
        return Findings(reasons=reasons) if reasons else Findings(already=result)

    @staticmethod
    async def _obstacles(ports: Ports, ask: Ask, base: str, head: str, ahead: tuple[Change, ...] | None) -> tuple[Obstacle, ...]:
        behind = await ports.clone.changes(head, base)
        facts = await told(ports.host.contents.facts())
        found = promotion_refusals(
            ahead,
            behind,
            ports.verifications.of(head) or ports.verifications.latest(),
            merge_commits=facts.merge_commit if facts is not None else None,
            staging=_name(ask.get("head")),
            main=_name(ask.get("base")),
        )
        counts = _STAGES.get(ask.get("stage"), _STAGES["now"])
        return tuple(obstacle for obstacle in found if obstacle.hold in counts)

    @staticmethod
    def _later(ahead: tuple[Change, ...], added: tuple[Change, ...]) -> tuple[Change, ...]:
        """Return what was added to a release after it was cut: not main's own commits, and no merges, whose commits count."""
        new = {change.commit.sha for change in ahead}
        return tuple(c for c in added if c.commit.sha in new and len(c.commit.parents) < 2)

    async def form(self, ports: Ports, ask: Ask) -> Form | None:
        """Ask about work that main took back: it may stay away, when a person says so (T4)."""
        if ask.get("stage") == "freeze":
            return None
        base, head = await asyncio.gather(tip_of(ports, ask.need("base")), tip_of(ports, ask.need("head")))
        obstacles = await self._obstacles(ports, ask, base, head, await ports.clone.changes(base, head))
        notes = tuple(obstacle.sentence() for obstacle in obstacles if obstacle.hold is Hold.REVERTED)
        if not notes:
            return None
        option = Option(_LEAVE, "it stays away", f"merging {_name(ask.get('base'))} back takes it off {_name(ask.get('head'))} too")
        return Form(
            "Work that was taken back", (Field("reverted", "What becomes of it", FieldKind.CHOICE, options=(option,)),), notes
        )

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say who rides along, as far as it is known."""
        head, base = _name(ask.get("head")), _name(ask.get("base"))
        looks = Effect(f"list every commit that goes from {head} to {base}; nothing is changed", f"git log {base}..{head}")
        return (looks, *(ride_effects(observed) if observed else ()))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """List again."""
        found = await self.check(ports, ask)
        return happened(**found.already) if found.already else not_yet("; ".join(found.reasons))


def _left_out(obstacle: Obstacle, ask: Ask) -> bool:
    return obstacle.hold is Hold.REVERTED and ask.entry.get("reverted") == _LEAVE


def _uncounted(since: str, head: str) -> str:
    return (
        f"too many commits lie between main, {short_sha(since)} and {short_sha(head)} to look at each: "
        "whether only fixes came to the release cannot be told. Release in smaller steps"
    )


def _no_fix(change: Change, since: str) -> str:
    one = change.commit
    return (
        f"{one.short} {one.subject} came after {short_sha(since)} and is no fix: a release is frozen. "
        "Take it back on the release branch with a revert, or name it a fix if it is one, then retry"
    )


def _name(word: str) -> str:
    return short_sha(word) if is_sha(word) else word
