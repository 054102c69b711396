"""Close a pull request, and open it again: that starts CI for one whose base was changed (R60)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.pull_request import PullRequest, PullState
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, lost, not_yet


class ClosePullRequest(Action):
    """Close ``pull`` while its head is ``head``. Gives ``pull``."""

    verb = Verb.CLOSE_PULL_REQUEST
    precondition = "the pull request is open, and its head is the planned one"
    end_state = "the pull request is closed and not merged"
    natural_key = "the pull request's number and its state"
    recovery = "open it again"
    least_level = 2
    closed = True

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Look at its state and its head."""
        pull = await ports.host.pulls.get(ask.number("pull"))
        if pull.state is PullState.MERGED:
            return Findings(reasons=(f"#{pull.number} is merged: there is nothing to run for",))
        if pull.state is self._wanted:
            return Findings(already={"pull": pull.number})
        if pull.head_sha != ask.need("head"):
            moved = f"#{pull.number} has a new head {short_sha(pull.head_sha)}: pushing it started CI; plan again if not"
            # A pull request that was closed is opened again all the same: it must not stay closed because somebody pushed.
            return Findings(reasons=(moved,)) if self.closed else Findings(notes=(moved,))
        return Findings()

    @property
    def _wanted(self) -> PullState:
        return PullState.CLOSED if self.closed else PullState.OPEN

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what happens to it."""
        words = "close it for a moment; its branch stays" if self.closed else "open it again: GitHub starts CI for it"
        state = "closed" if self.closed else "open"
        return (Effect(words, f"PATCH /repos/{ports.repository}/pulls/{ask.get('pull')} state={state}"),)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Ask for it, once."""
        await ports.host.pulls.update(ask.number("pull"), closed=self.closed)

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look at its state."""
        pull = await ports.host.pulls.get(ask.number("pull"))
        if pull.state is PullState.MERGED:
            return lost(f"#{pull.number} was merged meanwhile")
        return happened(pull=pull.number) if pull.state is self._wanted else not_yet(_is(pull))

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Open it again."""
        number = ask.get("pull")
        return (Effect(f"open #{number} again", f"PATCH /repos/{ports.repository}/pulls/{number} state=open"),)

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Open it again unless it is open."""
        pull = await ports.host.pulls.get(ask.number("pull"))
        if pull.state is not PullState.CLOSED:
            return _is(pull)
        await ports.host.pulls.update(pull.number, closed=False)
        return f"opened #{pull.number} again"


class ReopenPullRequest(ClosePullRequest):
    """Open ``pull`` again. Gives ``pull``."""

    verb = Verb.REOPEN_PULL_REQUEST
    precondition = "the pull request is closed and not merged"
    end_state = "the pull request is open"
    recovery = "nothing to take back: it is open as it was"
    least_level = 1
    closed = False

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Return no effects: it is open, as it was before the runbook."""
        return ()

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Say that there is nothing to take back."""
        return self.recovery


def _is(pull: PullRequest) -> str:
    return f"#{pull.number} is {pull.state}"
