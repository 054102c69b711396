"""The commit of the founder's work, file by file (R33, R34): picked by the person, scanned for secrets, written as git would."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from strideiq_console.domain import conventional
from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.policy.secret_scan import Leak, blocking, blocking_lines, scan
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.form import Field, FieldKind, Form, Option, picked
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.domain.worktree import ChangeKind, FileChange
from strideiq_console.services.action import Action, Ask, Findings, Outcome, Ports, Seen, not_yet
from strideiq_console.services.actions.commits import Work, uncommitted, work_of

_TYPES = {"feature": "feat", "hotfix": "fix", "release": "chore"}
_KINDS = {"B": 1, "kB": 1024, "MB": 1024 * 1024}


class Commit(Action):
    """Commit the picked files of ``place`` on ``branch``, or adopt commits that the person made beyond ``base``.

    Gives ``head``, ``subject`` (of the first commit), ``commits``, ``files`` and ``closes``. ``trunk`` and ``behind`` as in
    :func:`~strideiq_console.services.actions.commits.work_of`.
    """

    verb = Verb.COMMIT
    precondition = "the branch is checked out in the folder; the picked files are unsaved there and hold no secret"
    end_state = "the branch has a commit of exactly the picked files with this message, or commits of yours and no unsaved change"
    natural_key = "the parent and the message, or the parent and the files where a hook of yours changed the message"
    recovery = "the console never takes a commit back: your commits are yours, and git revert makes one that undoes it"
    least_level = 1

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """With an entry, judge what would be committed; without one, look at the commits that are there."""
        if ask.entry.get("files") or ask.entry.get("message"):
            return await self._wanted(ports, ask)
        found = await work_of(ports, ask)
        if isinstance(found, Findings):
            return found
        unsaved = await ports.clone.unsaved(ask.need("place"))
        tracked = [one.path for one in unsaved if one.kind is not ChangeKind.UNTRACKED]
        if tracked:
            return Findings(reasons=(f"{uncommitted(tracked)}; pick the files and write a message, or commit with your own git",))
        return found.findings

    async def _wanted(self, ports: Ports, ask: Ask) -> Findings:
        branch, place = ask.need("branch"), ask.need("place")
        files, message = picked(ask.entry.get("files", "")), ask.entry.get("message", "")
        before = await ports.clone.tip(f"refs/heads/{branch}")
        if before is None:
            return Findings(reasons=(f"{branch} does not exist in the clone any more",))
        unsaved = {one.path: one for one in await ports.clone.unsaved(place)}
        gone = [path for path in files if path not in unsaved]
        reasons = [f"{path} is not unsaved any more: pick the files anew" for path in gone]
        leaks = scan(unsaved[path] for path in files if path in unsaved)
        reasons += [f"{leak.sentence()}: it must not be committed" for leak in blocking(leaks)]
        reasons += [f"the message, line {line}: {rule}: it must not be committed" for line, rule in blocking_lines(message)]
        judged = conventional.lint(message)
        reasons += [f"line {one.line} of the message: {one.words}" for one in judged if one.level == "error"]
        if not files:
            reasons.append("no file is picked")
        notes = [leak.sentence() for leak in leaks if not leak.blocks]
        notes += [f"line {one.line} of the message: {one.words}" for one in judged if one.level == "hint"]
        observed = {"before": before, "files": list(files), "message": message, "place": place}
        return Findings(observed=observed, reasons=tuple(reasons), notes=tuple(notes))

    async def form(self, ports: Ports, ask: Ask) -> Form | None:
        """Offer every unsaved file with what speaks against it; None when nothing is unsaved."""
        place, branch = ask.need("place"), ask.need("branch")
        unsaved = await ports.clone.unsaved(place)
        if not unsaved:
            return None
        leaks = scan(unsaved)
        stopped = blocking(leaks)
        tracked = any(one.kind is not ChangeKind.UNTRACKED for one in unsaved)
        # With commits there and nothing but new files beside them, the form may stay empty: that says "yes, it is committed".
        needed = tracked or isinstance(await work_of(ports, ask), Findings)
        options, begun = tuple(_option(one, leaks) for one in unsaved), _begun(branch) if needed else ""
        files = Field("files", "Files", FieldKind.FILES, options=options, required=needed)
        message = Field("message", "Message", FieldKind.TEXT, hint=conventional.EXAMPLE, default=begun, required=needed)
        more = Field(
            "more",
            "Another commit",
            FieldKind.CHOICE,
            hint="yes: this step stays for one more commit",
            options=(Option("yes", "another commit after this one"),),
            required=False,
        )
        notes = tuple(leak.sentence() for leak in stopped)
        return Form(f"Commit on {branch}", (files, message, more), notes, go="Commit")

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say which files are committed; before they are picked, that nothing but what is picked will be."""
        branch, place, files = ask.get("branch"), ask.get("place"), observed.get("files", ())
        if not files:
            sentence = f"you edit in {place} and commit on {branch} with your own git, or pick files here; nothing else is touched"
            return (Effect(sentence, "git commit --only --file=‹message› -- ‹files›"),)
        listed = shlex.join(str(one) for one in files)
        count = "1 file" if len(files) == 1 else f"{len(files)} files"
        subject = str(observed.get("message", "")).split("\n", 1)[0]
        command = f"git -C {shlex.quote(place)} commit --only --file=‹message› -- {listed}"
        return (
            Effect(f"commit {count} on {branch}: {subject}", command),
            Effect("your own commit hooks run; what else is staged stays staged"),
        )

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Commit exactly these files."""
        files = [str(one) for one in observed["files"]]
        await ports.clone.commit_files(str(observed["place"]), ask.need("branch"), files, str(observed["message"]))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look for the commit by its parent and its message; commits made on top of it since are fine."""
        branch, before = ask.need("branch"), str(observed["before"])
        head = await ports.clone.tip(f"refs/heads/{branch}")
        if head is None or head == before:
            return not_yet(f"{branch} still stands at {short_sha(before)}")
        for commit in await ports.clone.commits(before, head):
            if commit.parents[:1] == (before,) and await _ours(ports, before, commit.sha, observed):
                work = await work_of(ports, ask)
                if isinstance(work, Work):
                    return Seen(Outcome.HAPPENED, work.result, again=ask.entry.get("more") == "yes")
                return not_yet("; ".join(work.reasons))
        return not_yet(f"{branch} moved to {short_sha(head)} without this commit")

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """A commit that the console made stays, and it says so; one that it found is not its own to speak of."""
        return self.recovery if record.observed.get("before") else ()

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Say that there is nothing to take back."""
        return "nothing to take back: the commits are yours"


async def _ours(ports: Ports, before: str, sha: str, observed: Mapping[str, Any]) -> bool:
    if _bare(await ports.clone.message(sha)) == _bare(str(observed["message"])):
        return True
    # A commit-msg hook may have added to the message; the same files on the same parent are the same commit.
    return set(await ports.clone.changed_files(before, sha)) == {str(one) for one in observed["files"]}


def _bare(message: str) -> list[str]:
    """Return the lines that git keeps: without blanks at their ends, and without empty lines at both ends."""
    return "\n".join(line.rstrip() for line in message.replace("\r\n", "\n").split("\n")).strip().split("\n")


def _option(change: FileChange, leaks: Sequence[Leak]) -> Option:
    mine = [leak for leak in leaks if leak.path == change.path]
    refused = "; ".join(_rule(leak) for leak in mine if leak.blocks)
    note = "; ".join(leak.rule for leak in mine if not leak.blocks)
    size = "" if change.kind is ChangeKind.DELETED else f", {_size(change.size)}"
    moved = f" from {change.before}" if change.before else ""
    return Option(change.path, f"{change.path}  {change.kind}{moved}{size}", note, refused)


def _rule(leak: Leak) -> str:
    return leak.rule if leak.line is None else f"{leak.rule} (line {leak.line})"


def _size(size: int) -> str:
    unit, per = next((pair for pair in reversed(_KINDS.items()) if size >= pair[1]), ("B", 1))
    return f"{size // per} {unit}"


def _begun(branch: str) -> str:
    """Return how the message of a first commit on a branch of this kind begins."""
    return f"{_TYPES.get(branch.split('/', 1)[0], 'chore')}: "
