"""What holds whatever happens (RELIABILITY R4): no commit lost, nothing forced, unsaved work untouched, each effect once."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strideiq_console import wiring
from strideiq_console.cli.context import Options
from strideiq_console.domain.runbook.execution import EntryKind, ExecutionState
from strideiq_console.sandbox.world import World
from tests.crash.happenings import git

_SHA = re.compile(r"\b[0-9a-f]{7,40}\b")
_WORDS = (
    "update-branch", "merge", "reviews", "statuses", "labels", "comments", "issues", "releases", "refs", "pulls", "rulesets",
    "protection", "rollback", "promote", "redeploy",
)  # fmt: skip


@dataclass(frozen=True)
class Before:
    """What was there before a runbook began."""

    commits: frozenset[str]
    effects: int
    unsaved: str
    stash: str


def before(world: World) -> Before:
    """Remember what must not be lost."""
    reachable = {*_commits(world.clone), *_commits(world.origin)}
    return Before(frozenset(reachable), len(world.read()["effects"]), unsaved(world.clone), git(world.clone, "stash", "list"))


def _commits(folder: Path) -> list[str]:
    return git(folder, "rev-list", "--all").split()


def unsaved(clone: Path) -> str:
    """Return a digest of what is changed, staged and untracked: names, modes and bytes; of a clean clone that of nothing."""
    digest = hashlib.sha256()
    digest.update(git(clone, "diff", "--cached", "--raw", "--abbrev=40", "--no-renames").encode())
    names = [
        *git(clone, "diff", "--name-only").splitlines(),
        *git(clone, "ls-files", "--others", "--exclude-standard").splitlines(),
    ]
    for name in sorted(names):
        file = clone / name
        digest.update(name.encode() + b"\0" + (file.read_bytes() if file.exists() else b"gone") + b"\0")
    return digest.hexdigest()


def effects(world: World, since: int = 0) -> Counter[tuple[str, str, str]]:
    """Count what the outside saw, by provider, method and kind."""
    return Counter(_kind(effect) for effect in world.read()["effects"][since:])


def _kind(effect: Mapping[str, Any]) -> tuple[str, str, str]:
    # Branches that are named by a commit have another name in another world.
    path = _SHA.sub("‹sha›", str(effect["path"]))
    word = next((word for word in _WORDS if effect["provider"] != "git" and word in path), path)
    return str(effect["provider"]), str(effect["method"]), word


def broken(world: World, was: Before, *, named: Iterable[str] = ()) -> list[str]:
    """Return every invariant that does not hold any more; ``named`` are commits that the plan said would go."""
    found = []
    now = {*_commits(world.clone), *_commits(world.origin)}
    lost = was.commits - now - set(named)
    if lost:
        found.append(f"commits lost: {sorted(lost)[:3]}")
    state = world.read()
    if any(effect.get("forced") for effect in state["effects"]):
        found.append("a forced update reached the server")
    if state["violations"]:
        found.append(f"the world complains: {state['violations'][:3]}")
    if unsaved(world.clone) != was.unsaved:
        found.append("unsaved work is not what it was")
    if git(world.clone, "stash", "list") != was.stash:
        found.append("the stash is not what it was")
    if list((world.clone / ".git").rglob("*.lock")):
        found.append("a lock was left behind")
    return [*found, *_journal(world)]


def _journal(world: World) -> list[str]:
    """Compare journal and audit: every effect was intended, no result without its intention, the chain whole, no lease held."""
    found = []
    with wiring.Wiring({}).stored(Options(world=world.folder)) as console:
        store = console._store
        assert store is not None
        broken_row = store.audit.verify()
        if broken_row:
            found.append(f"audit: {broken_row}")
        for execution in console.executions():
            intended: Counter[str] = Counter()
            for entry in store.journal.entries(execution.id):
                intended[entry.step] += entry.kind is EntryKind.INTENDED
                if entry.kind is EntryKind.CONFIRMED and entry.data["level"] >= 3 and not entry.data["word"]:
                    found.append(f"{entry.step} was confirmed without its word")
            levels = {record.step.id: record for record in execution.records}
            found += [f"{step} ran without being intended" for step, r in levels.items() if r.commands and not intended[step]]
        with store._database.reading() as connection:
            held = connection.execute("SELECT scope, execution FROM leases").fetchall()
        if held and all(e.state is ExecutionState.DONE for e in console.executions()):
            found.append(f"a lease is held although all is done: {held}")
    return found
