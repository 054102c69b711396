"""What a plan to clean up stands on: each branch with its tips here and at GitHub, and the proof that its work has arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from strideiq_console.domain.branch import Branch
from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.pull_request import PullRequest
from strideiq_console.domain.runbook import tidy
from strideiq_console.domain.runbook.model import Step
from strideiq_console.services.action import Ports
from strideiq_console.services.leftovers import forbidden, proof_of
from strideiq_console.services.study import Study

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class _Verdict:
    """One branch as it was found: its tips, the proof of each, or ``why_not`` it stays."""

    branch: Branch
    why_not: str = ""
    here: str | None = None
    there: str | None = None
    proofs: tuple[str, str] = ("", "")


async def study_tidy(ports: Ports, values: Mapping[str, str]) -> Study:
    """Look at the branches that were named, or at all that seem to have served.

    Raises UsageError for names that no branch bears and for too many of them; BlockedError with every reason where a named branch
    must stay, and where nothing is left over.
    """
    known = {branch.name: branch for branch in await ports.clone.branches()}
    text = values["branches"].strip()
    opened = await ports.host.pulls.open()
    wanted, notes = _candidates(text, known)
    verdicts = [await _judge(ports, branch, opened) for branch in wanted]
    staying = [verdict.why_not for verdict in verdicts if verdict.why_not]
    if staying and text != tidy.AUTO:
        raise BlockedError("; ".join(staying), consequence="nothing is deleted", next_step="leave these out, and plan again")
    going = [verdict for verdict in verdicts if not verdict.why_not]
    if not going:
        raise BlockedError(
            "; ".join(staying[:_SHOWN]) or "no branch is merged or squashed and left over",
            consequence="there is nothing to clean up",
            next_step="name a branch to learn why it stays",
        )
    notes += [f"stays: {why}" for why in staying[:_SHOWN]]
    steps, observed = _steps(going)
    title = f"tidy {going[0].branch.name}" if len(going) == 1 else f"tidy {len(going)} branches"
    facts = {
        "repository": ports.repository,
        "place": ports.place,
        "main-branch": ports.settings.main,
        "staging-branch": ports.settings.staging,
    }
    return Study(facts, tuple(notes), observed, steps, title)


def _candidates(text: str, known: Mapping[str, Branch]) -> tuple[list[Branch], list[str]]:
    if text == tidy.AUTO:
        served = [branch for branch in known.values() if _seems_served(branch)]
        more = len(served) - tidy.MOST
        notes = [f"{more} more look merged: clean up again for them"] if more > 0 else []
        return served[: tidy.MOST], notes
    names = tidy.named(text, known)
    strange = [name for name in names if name not in known]
    if strange or not names:
        raise UsageError(
            f"there is no branch {', '.join(strange) or 'named'}",
            next_step="strideiq show branches names them; several with commas",
        )
    if len(names) > tidy.MOST:
        raise UsageError(f"{len(names)} branches are more than {tidy.MOST} at once", next_step="clean up in several goes")
    return [known[name] for name in names], []


def _seems_served(branch: Branch) -> bool:
    """Say whether a branch is worth a closer look: one that has nothing of its own, but was not just created."""
    if branch.kind.permanent or branch.hostile or branch.checked_out:
        return False
    if branch.absorbed_by:
        return True
    return any(side is not None and side.ahead == 0 and side.behind > 0 for side in (branch.against_main, branch.against_staging))


async def _judge(ports: Ports, branch: Branch, opened: Sequence[PullRequest]) -> _Verdict:
    name = branch.name
    if branch.hostile:
        return _Verdict(branch, f"{name}: its true name is not fit to act on")
    why = forbidden(ports, name, opened)
    if not why and branch.checked_out:
        why = f"{name} is checked out: switch away from it first"
    if why:
        return _Verdict(branch, why)
    here, there = await ports.clone.tip(f"refs/heads/{name}"), await ports.host.rules.tip(name)
    if here is None and there is None:
        return _Verdict(branch, f"{name} is gone already: fetch to see it")
    proofs = ["", ""]
    for place, tip in enumerate((here, there)):
        if tip is not None:
            # Both ends often stand at the same commit, and then one proof serves.
            proofs[place] = proofs[0] if place and tip == here else await proof_of(ports, name, tip)
            if not proofs[place]:
                where = "at GitHub" if place else "in the clone"
                bases = f"neither {ports.settings.staging} nor {ports.settings.main}"
                return _Verdict(branch, f"{name} has work {where} ({short_sha(tip)}) that {bases} is known to hold")
    return _Verdict(branch, "", here, there, (proofs[0], proofs[1]))


def _steps(going: Sequence[_Verdict]) -> tuple[tuple[Step, ...], dict[str, Mapping[str, str]]]:
    steps = [tidy.first()]
    observed: dict[str, Mapping[str, str]] = {}
    for number, one in enumerate(going, 1):
        if one.there is not None:
            made = tidy.at_github(number, one.branch.name, one.there)
            steps.append(made)
            observed[made.id] = {"sha": one.there, "proof": one.proofs[1]}
        if one.here is not None:
            made = tidy.in_clone(number, one.branch.name, one.here)
            steps.append(made)
            observed[made.id] = {"sha": one.here, "proof": one.proofs[0]}
    gone = next((one.branch.name for one in going if one.there is not None), "")
    return (*steps, *([tidy.last(gone)] if gone else [])), observed
