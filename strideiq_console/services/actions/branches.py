"""Branches: create one in the clone, delete a served one at GitHub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.branch import classify
from strideiq_console.domain.commit import ref_fault, short_sha
from strideiq_console.domain.fault import DivergedError
from strideiq_console.domain.pull_request import PullState
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, lost, not_yet
from strideiq_console.services.leftovers import forbidden, proof_of


class CreateBranch(Action):
    """Create ``branch`` in the clone at ``start``. Gives ``sha``.

    ``trunk`` is the branch that the start is a commit of (main where it is not named). ``behind`` ``allowed``: one of that name
    that was begun from an older commit of the trunk is taken over too.
    """

    verb = Verb.CREATE_BRANCH
    precondition = "no branch of that name here or at origin, in any spelling of its case"
    end_state = "the branch exists in the clone and descends from the start"
    natural_key = "full ref and SHA, created with an empty old value"
    recovery = "delete the branch while it still has no commits of yours"
    least_level = 1

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Refuse bad and taken names (R20); take over a branch of that name that was begun by hand from main (R31)."""
        name, start = ask.need("branch"), ask.need("start")
        fault = ref_fault(name)
        if fault:
            return Findings(reasons=(fault,))
        here = await ports.clone.tip(f"refs/heads/{name}")
        older = ask.get("behind") == "allowed"
        if here is not None and (older or await ports.clone.is_ancestor(start, here)):
            # Begun by hand, or on another machine: the next steps look at its commits and at what is already pushed and opened.
            return Findings(already={"sha": start})
        if here is not None:
            trunk = _trunk(ports, ask)
            mend = f"merge {trunk} into it to take it over, or choose another slug"
            return Findings(reasons=(f"{name} exists at {short_sha(here)} and lacks commits of {trunk}: {mend}",))
        there = await ports.clone.remote_tip(name)
        if there is not None:
            mend = f"git switch {name} to take it over, then go on, or choose another slug"
            return Findings(reasons=(f"{name} exists at origin at {short_sha(there)} and not in the clone: {mend}",))
        twins = [b.name for b in await ports.clone.branches() if b.name.lower() == name.lower() and b.name != name]
        if twins:
            return Findings(reasons=(f"{name} differs from {twins[0]} in case only, which Windows and macOS cannot tell apart",))
        return Findings(observed={"sha": start})

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is created where."""
        name, start = ask.get("branch"), ask.get("start")
        return (
            Effect(
                f"create {name} in the clone at {_short(start)} (origin/{_trunk(ports, ask)})",
                f"git update-ref refs/heads/{name} {start} {'0' * 40}",
            ),
        )

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Create the ref."""
        await ports.clone.create_branch(ask.need("branch"), ask.need("start"))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look for the ref; commits made on it since are fine."""
        name, start = ask.need("branch"), ask.need("start")
        here = await ports.clone.tip(f"refs/heads/{name}")
        if here is None:
            return not_yet(f"{name} does not exist")
        if here == start or await ports.clone.is_ancestor(start, here):
            return happened(sha=start)
        return lost(f"{name} stands at {short_sha(here)}, which does not descend from {short_sha(start)}")

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Delete it, as long as it stands where it was created."""
        name, sha = ask.need("branch"), str(record.result["sha"])
        return (
            Effect(f"delete {name} in the clone if it has no commits of its own", f"git update-ref -d refs/heads/{name} {sha}"),
        )

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Delete the branch unless it holds work."""
        name, sha = ask.need("branch"), str(record.result["sha"])
        here = await ports.clone.tip(f"refs/heads/{name}")
        if here is None:
            return f"{name} was gone already"
        if here != sha:
            return f"{name} is kept: it holds commits of yours ({short_sha(here)})"
        status = await ports.clone.status()
        if status.branch == name:
            return f"{name} is kept: it is checked out; switch away and delete it with git branch -d {name}"
        await ports.clone.delete_branch(name, sha)
        return f"deleted {name} in the clone"


def _trunk(ports: Ports, ask: Ask) -> str:
    return ask.get("trunk") or ports.settings.main


class DeleteBranch(Action):
    """Delete ``branch`` at GitHub after its pull requests are merged (R49). Gives ``sha``, the tip that was pinned.

    ``base`` is the branch that its tip must be merged to; main where it is not named. With ``sha`` (a clean-up) the tip must be
    that one, and any proof counts that its work is in staging or main.
    """

    verb = Verb.DELETE_BRANCH
    precondition = "no open pull request from the branch, and every commit of it merged; never main or staging"
    end_state = "the branch does not exist at GitHub; its tip stays pinned in the clone"
    natural_key = "branch name and the tip read before"
    recovery = "create the branch again at the pinned tip"
    least_level = 2

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Refuse permanent branches and branches with an open pull request."""
        name = ask.need("branch")
        if classify(name, main=ports.settings.main, staging=ports.settings.staging).permanent:
            return Findings(reasons=(f"{name} is permanent and never deleted",))
        tip = await ports.host.rules.tip(name)
        if tip is None:
            return Findings(already={"sha": None})
        still = [f"#{p.number} to {p.base}" for p in await ports.host.pulls.open() if p.head == name]
        if still:
            return Findings(reasons=(f"deleting {name} would close {', '.join(still)}",))
        if ask.get("sha"):
            return await _cleared(ports, name, tip, ask.get("sha"))
        base = ask.get("base") or ports.settings.main
        pulls = await ports.host.pulls.find(name, base)
        if not any(p.state is PullState.MERGED and p.head_sha == tip for p in pulls):
            return Findings(reasons=(f"the tip {short_sha(tip)} of {name} is not merged to {base}",))
        return Findings(observed={"sha": tip})

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is deleted and what is kept."""
        name = ask.get("branch")
        request = f"DELETE /repos/{ports.repository}/git/refs/heads/{name}"
        if ask.get("sha"):
            proof = observed.get("proof", "once its work is proved to have arrived")
            return (Effect(f"delete {name} at GitHub ({proof}); its tip {_short(ask.get('sha'))} can be put back", request),)
        return (
            Effect(
                f"pin the tip of {name} in the clone",
                f"git update-ref refs/console/{ask.execution}/{name} {_short(str(observed.get('sha', '‹tip›')))}",
            ),
            Effect(f"delete {name} at GitHub; your local branch stays", request),
        )

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Pin the tip, read it once more, delete."""
        name, sha = ask.need("branch"), str(observed["sha"])
        if sha in [await ports.clone.tip(f"{folder}{name}") for folder in ("refs/heads/", "refs/remotes/origin/")]:
            await ports.clone.pin(f"{ask.execution}/{name}", sha)
        tip = await ports.host.rules.tip(name)
        if tip is not None and tip != sha:
            raise DivergedError(f"{name} moved from {short_sha(sha)} to {short_sha(tip)}")
        if tip is not None:
            await ports.host.rules.delete(name)

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Ask GitHub whether the branch is gone."""
        tip = await ports.host.rules.tip(ask.need("branch"))
        return happened(sha=observed.get("sha")) if tip is None else not_yet(f"{ask.need('branch')} still exists at GitHub")

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Create it again at its old tip."""
        sha = record.result.get("sha")
        if not sha:
            return "the branch was gone before this step: nothing to bring back"
        name = ask.need("branch")
        return (Effect(f"create {name} at GitHub at {short_sha(str(sha))}", f"POST /repos/{ports.repository}/git/refs sha={sha}"),)

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Create the branch again unless it exists."""
        name, sha = ask.need("branch"), str(record.result["sha"])
        if await ports.host.rules.tip(name) is None:
            await ports.host.rules.create(name, sha)
            return f"created {name} at GitHub again"
        return f"{name} exists at GitHub"


async def _cleared(ports: Ports, name: str, tip: str, planned: str) -> Findings:
    """Judge a branch that is cleaned up: it stands where it was planned, and its work has arrived."""
    if tip != planned:
        return Findings(reasons=(f"{name} moved from {short_sha(planned)} to {short_sha(tip)} since it was planned: plan again",))
    why = forbidden(ports, name, await ports.host.pulls.open())
    proof = "" if why else await proof_of(ports, name, tip)
    if not proof:
        unproved = f"it is not proved any more that the work of {name} ({short_sha(tip)}) has arrived"
        return Findings(reasons=(why or unproved,))
    return Findings(observed={"sha": tip, "proof": proof})


def _short(value: str) -> str:
    return value if value.startswith("‹") else short_sha(value)
