"""What landing reverted work again stands on: which revert still stands on main, and what it took back (T4)."""

from __future__ import annotations

from collections.abc import Mapping

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.policy.rollback.facts import Change
from strideiq_console.domain.policy.rollback.reverts import reland_branch, revert_of, standing_reverts
from strideiq_console.services.action import Ports
from strideiq_console.services.rollback.naming import DEPTH, SHORTEST
from strideiq_console.services.rollback.reading import told
from strideiq_console.services.studies.ground import ground, hosting_notes
from strideiq_console.services.study import Study


async def study_reland(ports: Ports, values: Mapping[str, str]) -> Study:
    """Find the revert. Raises UsageError for a commit that is none, BlockedError where nothing is reverted any more."""
    facts = await ground(ports, values, "reverted work lands on staging first")
    changes = await _changes(ports, facts["main"])
    standing = standing_reverts(changes)
    if not standing:
        raise BlockedError(
            f"nothing that was reverted on {facts['main-branch']} is still missing",
            consequence="there is nothing to land again",
            next_step="name the revert with strideiq reland start SHA if it is older than the last commits",
        )
    by_sha = {change.commit.sha: change.commit for change in changes}
    revert, lost = _chosen(values["sha"], standing, changes)
    commit = by_sha.get(revert)
    if commit is None:
        raise BlockedError(f"{short_sha(revert)} is not among the last {DEPTH} commits of main", next_step="revert it by hand")
    how = revert_of(commit)
    subject = _subject(lost, by_sha[lost[0]].subject if lost[0] in by_sha else "")
    facts |= {
        "branch-name": reland_branch(lost[0]),
        "revert-commit": revert,
        "revert-parent": str(how.parent or ""),
        "subject": subject.replace("{", "(").replace("}", ")"),
    }
    notes = [f"lands again: {short_sha(sha)} {by_sha[sha].subject if sha in by_sha else ''}".rstrip() for sha in lost]
    rest = [by for by in dict.fromkeys(standing.values()) if by != revert]
    notes += [f"also reverted and not landed again: {short_sha(by)}" for by in rest]
    return Study(facts, (*notes, *hosting_notes(ports)), title=f"reland {short_sha(lost[0])}")


async def _changes(ports: Ports, tip: str) -> tuple[Change, ...]:
    if await told(ports.clone.is_ancestor(tip, tip)) is None:
        await ports.clone.fetch()
    history = await ports.clone.history(tip, limit=DEPTH)
    found = await ports.clone.changes(history[-1].sha, tip)
    if found is None:
        raise BlockedError("main's last commits are too many to look through", next_step="revert the revert by hand, on a branch")
    return found


def _chosen(word: str, standing: Mapping[str, str], changes: tuple[Change, ...]) -> tuple[str, tuple[str, ...]]:
    """Return the revert that is meant and what it took back; no word means the newest."""
    if not word:
        order = [change.commit.sha for change in changes]
        revert = min(standing.values(), key=lambda sha: order.index(sha) if sha in order else len(order))
    else:
        if len(word) < SHORTEST:
            raise UsageError(f"{word!r} is too short for a commit", next_step=f"give {SHORTEST} digits or more")
        fits = {by for old, by in standing.items() if old.startswith(word) or by.startswith(word)}
        if len(fits) != 1:
            known = ", ".join(f"{short_sha(by)} (took {short_sha(old)} back)" for old, by in standing.items())
            raise UsageError(f"{word} is no revert that still stands, nor what one took back", next_step=f"standing: {known}")
        revert = fits.pop()
    return revert, tuple(old for old, by in standing.items() if by == revert)


def _subject(lost: tuple[str, ...], subject: str) -> str:
    more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
    return f"{short_sha(lost[0])}{f' {subject}' if subject else ''}{more}"[:100]
