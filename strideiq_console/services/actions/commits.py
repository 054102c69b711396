"""Commits of the founder: ask whether the fix is there, and look; push exactly what was looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from strideiq_console.domain import conventional
from strideiq_console.domain.commit import is_sha, short_sha
from strideiq_console.domain.fault import CloneError, DivergedError
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, Watch, happened, not_yet

MANY_FILES = 10
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Work:
    """The commits of a branch beyond its base: ``head`` is the tip, ``subject`` the first commit's, ``closes`` issue numbers."""

    head: str
    subject: str
    commits: int
    files: int
    closes: str = ""

    @property
    def result(self) -> dict[str, Any]:
        """Return what later steps fill their arguments from."""
        return {
            "head": self.head,
            "subject": self.subject,
            "commits": self.commits,
            "files": self.files,
            "closes": self.closes,
        }

    @property
    def findings(self) -> Findings:
        """Return the work as the end state of a step, with a warning where it is large (R45)."""
        notes = (f"{self.files} files change: large for a hotfix",) if self.files > MANY_FILES else ()
        return Findings(already=self.result, notes=notes)


async def work_of(ports: Ports, ask: Ask) -> Work | Findings:
    """Look at what ``branch`` holds beyond ``base``; the findings say why it cannot go on.

    ``trunk`` is the branch that the base is a commit of (main where it is not named); ``behind`` ``allowed`` lets a branch go on
    that was begun from an older commit of it.
    """
    branch, base, trunk = ask.need("branch"), ask.need("base"), ask.get("trunk") or ports.settings.main
    head = await ports.clone.tip(f"refs/heads/{branch}")
    if head is None:
        return Findings(reasons=(f"{branch} does not exist in the clone any more",))
    if ask.get("behind") != "allowed" and not await ports.clone.is_ancestor(base, head):
        return Findings(reasons=(f"{branch} does not descend from {trunk} {short_sha(base)}",))
    commits = await ports.clone.commits(base, head)
    if not commits:
        return Findings(reasons=(f"{branch} has no commit beyond {trunk} yet",))
    files = await ports.clone.changed_files(base, head)
    return Work(head, commits[-1].subject, len(commits), len(files), await _closes(ports, base, head))


async def _closes(ports: Ports, base: str, head: str) -> str:
    """Return the numbers of the issues that the commits close (R34), with blanks between; too many commits close none."""
    changes = await ports.clone.changes(base, head) or ()
    read = [conventional.parse(change.message) for change in reversed(changes)]
    return " ".join(dict.fromkeys(str(number) for message in read if message for number in message.closes))


def uncommitted(paths: Sequence[str]) -> str:
    """Say which files hold the step up."""
    more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
    return "not committed yet: " + ", ".join(paths[:SHOWN]) + more


class AskForCommits(Watch):
    """Ask whether ``branch`` holds the work, and look at it. Gives ``head``, ``subject``, ``commits``, ``files``."""

    verb = Verb.ASK
    precondition = "the branch has commits beyond its base, and nothing tracked is left uncommitted on it"
    end_state = "the head that the person stands by is recorded"
    recovery = "nothing to take back: your commits are yours"

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Look at the branch (R45): commits, unsaved changes, the size of the difference."""
        found = await work_of(ports, ask)
        if isinstance(found, Findings):
            return found
        status = await ports.clone.status()
        if status.branch == ask.need("branch") and status.changed:
            return Findings(reasons=(uncommitted(status.changed),))
        return found.findings

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is looked at."""
        return (Effect(f"you edit and commit on {ask.get('branch')} in {ask.get('place')}; the console looks and changes nothing"),)

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look again."""
        findings = await self.check(ports, ask)
        return happened(**findings.already) if findings.already else not_yet("; ".join(findings.reasons))


class Push(Action):
    """Push ``head`` to ``branch`` of origin as a fast-forward. Gives ``sha``.

    ``ahead`` ``allowed``: a branch that has grown beyond the head, by an earlier run, is taken over as it is.
    """

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
        if there is not None and ask.get("ahead") == "allowed" and await self._fast_forward(ports, head, there):
            return Findings(already={"sha": there})
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
            Effect(
                "the clone's settings stay as they are; to let git pull and git push know this branch, say so yourself:"
                f" git branch --set-upstream-to=origin/{branch} {branch}"
            ),
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
