"""Which commit a person means: by seven digits, or by saying nothing at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from strideiq_console.domain.commit import Commit, is_sha, short_sha
from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.policy.rollback.candidates import Candidate, previous
from strideiq_console.services.action import Ports
from strideiq_console.services.rollback.reading import told

SHORTEST = 7
DEPTH = 500
"""Commits of main that are looked through for one that is named."""


def target_of(word: str, found: Sequence[Candidate]) -> str:
    """Return the full name of the commit to go back to; ``""`` stands for the one before what serves now.

    Raises UsageError for a word that names none of the candidates, or several, and BlockedError where there is no default.
    """
    if is_sha(word):
        return word
    if word:
        return _one(word, (one.sha for one in found), "the last deployments of production")
    default = previous(found)
    if default is None:
        raise BlockedError(
            "no older deployment of production is in sight",
            consequence="there is nothing to go back to unasked",
            next_step="name a commit with strideiq rollback start SHA, or take one back with --blame SHA",
        )
    return default.sha


async def blamed_of(ports: Ports, word: str) -> Commit:
    """Return the commit of main that is to be taken back alone. Raises UsageError, and BlockedError for one without a parent."""
    if len(word) < SHORTEST:
        raise UsageError(f"{word!r} is too short for a commit", next_step=f"give {SHORTEST} digits or more")
    history = await _history(ports)
    sha = _one(word, (commit.sha for commit in history), f"the last {DEPTH} commits of {ports.settings.main}")
    found = next(commit for commit in history if commit.sha == sha)
    if not found.parents:
        raise BlockedError(f"{found.short} has no parent", next_step="choose a later commit")
    return found


async def _history(ports: Ports) -> tuple[Commit, ...]:
    tip = await ports.clone.remote_tip(ports.settings.main)
    if tip is None:
        raise BlockedError(f"origin has no branch {ports.settings.main}", next_step="set [branches] in config.toml")
    if await told(ports.clone.is_ancestor(tip, tip)) is None:
        await ports.clone.fetch()
    return await ports.clone.history(tip, limit=DEPTH)


def _one(word: str, shas: Iterable[str], where: str) -> str:
    if len(word) < SHORTEST or any(letter not in "0123456789abcdef" for letter in word):
        raise UsageError(f"{word!r} is no commit", next_step=f"give {SHORTEST} or more of its digits: strideiq rollback list")
    fits = list(dict.fromkeys(sha for sha in shas if sha.startswith(word)))
    if not fits:
        raise UsageError(f"{word} is not among {where}", next_step="strideiq rollback list shows them, or give all 40 digits")
    if len(fits) > 1:
        raise UsageError(
            f"{word} begins {len(fits)} commits: {', '.join(short_sha(sha) for sha in fits)}", next_step="give more digits"
        )
    return fits[0]
