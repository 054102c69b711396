"""Delete a branch of the clone whose work has arrived elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, not_yet
from strideiq_console.services.leftovers import forbidden, proof_of


class DeleteLocalBranch(Action):
    """Delete ``branch`` of the clone while it stands at ``sha``. Gives ``sha``, the tip that was pinned."""

    verb = Verb.DELETE_LOCAL_BRANCH
    precondition = "no open pull request of it, checked out nowhere, and all its work in staging or main; never main or staging"
    end_state = "the branch does not exist in the clone; its tip stays pinned there"
    natural_key = "full ref and SHA, deleted with its old value"
    recovery = "create the branch again at the pinned tip"
    least_level = 2

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Look for the proof anew: what was planned may have got commits since."""
        name, sha = ask.need("branch"), ask.need("sha")
        here = await ports.clone.tip(f"refs/heads/{name}")
        if here is None:
            return Findings(already={"sha": None})
        if here != sha:
            why = f"{name} moved from {short_sha(sha)} to {short_sha(here)} since it was planned: plan again"
            return Findings(reasons=(why,))
        why = forbidden(ports, name, await ports.host.pulls.open())
        if not why and (await ports.clone.status()).branch == name:
            why = f"{name} is checked out: switch away from it first"
        if why:
            return Findings(reasons=(why,))
        proof = await proof_of(ports, name, here)
        if not proof:
            return Findings(reasons=(f"it is not proved any more that the work of {name} ({short_sha(here)}) has arrived",))
        return Findings(observed={"sha": here, "proof": proof})

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is deleted, why it may be, and what is kept."""
        name, sha = ask.get("branch"), ask.get("sha")
        proof = observed.get("proof", "once its work is proved to have arrived")
        return (
            Effect(
                f"delete {name} in the clone ({proof}); its tip {short_sha(sha)} stays pinned for 30 days",
                f"git update-ref -d refs/heads/{name} {sha}",
            ),
        )

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Pin the tip and delete the branch, if it still stands there."""
        await ports.clone.delete_branch(ask.need("branch"), str(observed["sha"]))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look for the branch."""
        name = ask.need("branch")
        here = await ports.clone.tip(f"refs/heads/{name}")
        return happened(sha=observed.get("sha")) if here is None else not_yet(f"{name} still exists in the clone")

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Create it again at its old tip."""
        sha = record.result.get("sha")
        if not sha:
            return "the branch was gone before this step: nothing to bring back"
        name = ask.need("branch")
        command = f"git update-ref refs/heads/{name} {sha} {'0' * 40}"
        return (Effect(f"create {name} in the clone at {short_sha(str(sha))} again", command),)

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Create the branch again unless there is one."""
        name, sha = ask.need("branch"), str(record.result["sha"])
        here = await ports.clone.tip(f"refs/heads/{name}")
        if here is not None:
            return f"{name} exists in the clone at {short_sha(here)}"
        await ports.clone.create_branch(name, sha)
        return f"created {name} in the clone at {short_sha(sha)} again"
