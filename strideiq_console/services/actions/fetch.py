"""Fetch: the clone learns what origin has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, not_yet


class Fetch(Action):
    """Fetch origin's branches. Gives ``main`` and ``staging``: their tips, full SHAs (staging may be missing).

    ``also`` names another branch that the next steps read.
    """

    verb = Verb.FETCH
    precondition = "a clone with a remote named origin and no git operation in progress"
    end_state = "refs/remotes/origin/* equal origin's branches"
    natural_key = "origin's tips of main and staging"
    recovery = "nothing to take back: remote-tracking refs follow origin"

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Refuse while a merge or rebase is in progress, or without an origin."""
        status = await ports.clone.status()
        reasons = []
        if status.operation is not None:
            reasons.append(f"a {status.operation} is in progress in {status.path}: finish or abort it first")
        if status.remote is None:
            reasons.append("the clone has no remote named origin")
        return Findings(reasons=tuple(reasons))

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is fetched."""
        return (
            Effect(
                "fetch origin's branches into the clone; your files and branches stay as they are",
                "git fetch --prune origin +refs/heads/*:refs/remotes/origin/*",
            ),
        )

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Fetch."""
        await ports.clone.fetch()

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Compare what the clone knows of both permanent branches, and of the named one, with origin itself."""
        main, staging, also = ports.settings.main, ports.settings.staging, ask.get("also")
        tips = {}
        for name in (main, staging, *([also] if also else [])):
            tips[name] = await ports.clone.tip(f"refs/remotes/origin/{name}")
            if tips[name] != await ports.clone.remote_tip(name):
                return not_yet(f"origin/{name} in the clone is not what origin has")
        if tips[main] is None:
            return not_yet(f"origin has no branch {main}")
        return happened(main=tips[main], staging=tips[staging])

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Return no effects."""
        return ()

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Say that there is nothing to take back."""
        return self.recovery
