"""Commits of the founder: ask whether the fix is there, and look; push exactly what was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import is_sha, short_sha
from strideiq_console.domain.fault import CloneError, DivergedError
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, Watch, happened, not_yet

MANY_FILES = 10


class AskForCommits(Watch):
    """Ask whether ``branch`` holds the work, and look at it. Gives ``head``, ``subject``, ``commits``, ``files``."""

    verb = Verb.ASK
    precondition = "the branch has commits beyond its base, and nothing tracked is left uncommitted on it"
    end_state = "the head that the person stands by is recorded"
    recovery = "nothing to take back: your commits are yours"

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Look at the branch (R45): commits, unsaved changes, the size of the difference."""
        branch, base = ask.need("branch"), ask.need("base")
        head = await ports.clone.tip(f"refs/heads/{branch}")
        if head is None:
            return Findings(reasons=(f"{branch} does not exist in the clone any more",))
        if not await ports.clone.is_ancestor(base, head):
            return Findings(reasons=(f"{branch} does not descend from {ports.settings.main} {short_sha(base)}",))
        commits = await ports.clone.commits(base, head)
        if not commits:
            return Findings(reasons=(f"{branch} has no commit beyond {ports.settings.main} yet",))
        status = await ports.clone.status()
        if status.branch == branch and status.changed:
            return Findings(reasons=("not committed yet: " + ", ".join(status.changed[:5]),))
        files = await ports.clone.changed_files(base, head)
        result = {"head": head, "subject": commits[-1].subject, "commits": len(commits), "files": len(files)}
        notes = (f"{len(files)} files change: large for a hotfix",) if len(files) > MANY_FILES else ()
        return Findings(already=result, notes=notes)

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is looked at."""
        return (Effect(f"you edit and commit on {ask.get('branch')} in {ask.get('place')}; the console looks and changes nothing"),)

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look again."""
        findings = await self.check(ports, ask)
        return happened(**findings.already) if findings.already else not_yet("; ".join(findings.reasons))


class Push(Action):
    """Push ``head`` to ``branch`` of origin as a fast-forward. Gives ``sha``."""

    verb = Verb.PUSH
    precondition = "origin's branch is missing or an ancestor of the head; never main or staging"
    end_state = "origin's branch is the head"
    natural_key = "full ref and SHA, as a fast-forward refspec"
    recovery = "delete the branch at GitHub while it still is what was pushed"
    least_level = 2

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Adopt a push that arrived; stop when somebody else moved the branch."""
        branch, head = ask.need("branch"), ask.need("head")
        there = await ports.clone.remote_tip(branch)
        if there == head:
            return Findings(already={"sha": head})
        if there is not None and not await self._fast_forward(ports, there, head):
            raise DivergedError(
                f"{branch} at origin is {short_sha(there)}, which {short_sha(head)} does not contain",
                consequence="nothing is pushed; both tips stay",
                next_step="look at both, bring them together with your own tools, then retry",
            )
        return Findings(observed={"sha": head, "before": there})

    @staticmethod
    async def _fast_forward(ports: Ports, there: str, head: str) -> bool:
        try:
            return await ports.clone.is_ancestor(there, head)
        except CloneError:
            # The clone has never seen that commit: somebody else pushed it.
            return False

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what goes where."""
        branch, head = ask.get("branch"), ask.get("head")
        what = short_sha(head) if is_sha(head) else head
        return (
            Effect(f"push {what} to origin as {branch}", f"git push origin {head}:refs/heads/{branch}"),
            Effect("your own pre-push hook runs, if the clone has one"),
        )

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Push."""
        await ports.clone.push(ask.need("branch"), ask.need("head"))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Ask origin for the tip: exit codes lie (RELIABILITY section 0 fact 5)."""
        branch, head = ask.need("branch"), ask.need("head")
        there = await ports.clone.remote_tip(branch)
        if there == head:
            return happened(sha=head)
        return not_yet(f"{branch} at origin is {short_sha(there)}, not {short_sha(head)}")

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Delete the remote branch."""
        branch = ask.need("branch")
        command = f"DELETE /repos/{ports.repository}/git/refs/heads/{branch}"
        return (Effect(f"delete {branch} at GitHub; your local branch stays", command),)

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Delete it, unless it has moved or carries an open or merged pull request's only copy."""
        branch, sha = ask.need("branch"), str(record.result["sha"])
        there = await ports.clone.remote_tip(branch)
        if there is None:
            return f"{branch} at GitHub was gone already"
        if there != sha:
            return f"{branch} at GitHub is kept: it moved to {short_sha(there)} since"
        if any(p.head == branch for p in await ports.host.pulls.open()):
            return f"{branch} at GitHub is kept: an open pull request needs it"
        await ports.clone.pin(f"{ask.execution}/{branch}", sha)
        await ports.host.rules.delete(branch)
        return f"deleted {branch} at GitHub; pinned {short_sha(sha)} in the clone"
