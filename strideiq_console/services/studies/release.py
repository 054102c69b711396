"""What a release's plan stands on: a free version, a verified commit, and the range since the last version (R53-R55)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.fault import BlockedError, CloneError, UsageError
from strideiq_console.domain.version import Tags, Version, parse, proposals, read_tags, release_branch, tag
from strideiq_console.services.action import Ports
from strideiq_console.services.actions.notes import notes_of
from strideiq_console.services.actions.tags import version_faults
from strideiq_console.services.ride import ride
from strideiq_console.services.studies.ground import deadlock_notes, ground, hosting_notes
from strideiq_console.services.studies.promote import known_tips, ride_notes
from strideiq_console.services.study import Study

_MOST = 2000


async def study_release(ports: Ports, values: Mapping[str, str]) -> Study:
    """Settle version, commit and range; no effect yet. BlockedError where a person must say more, or the version is taken."""
    facts = await ground(ports, values, "a release starts at one and goes to the other")
    facts.pop("worktree")
    main, staging, stale = await known_tips(ports, facts["main"], facts["staging"])
    if staging != facts["staging"]:
        raise BlockedError(stale[-1], consequence="a release must start at a commit that is known", next_step="git fetch origin")
    local = await ports.clone.tags()
    remote = await ports.clone.remote_tags()
    commit = await _commit(ports, values["sha"], staging)
    tags = read_tags([*(t.name for t in local), *(t.name for t in remote)])
    since, after = await _since(ports, tags, {t.name: t.sha for t in (*remote, *local)}, main, commit)
    version = await _version(ports, values["version"], tags, since, commit)
    name = tag(version)
    faults = await version_faults(ports, name)
    if faults:
        raise BlockedError("; ".join(faults), consequence="nothing was done", next_step="name a free version with --version")
    facts |= {"release": name, "branch": release_branch(version), "commit": commit, "since": since, "after": after}
    found = await ride(ports, main, commit)
    if not found["count"] and found["count"] is not None:
        raise BlockedError(f"{short_sha(commit)} holds nothing that main lacks", next_step="name a newer commit with --sha")
    observed: dict[str, dict[str, Any]] = {"riders": found, "verify": {"sha": commit}, "branch": {"sha": commit}}
    observed["notes"] = await notes_of(ports, name, since, commit, after)
    notes = [*stale, *tags.conflicts, *await ride_notes(ports, found, commit), *await deadlock_notes(ports)]
    return Study(facts, (*notes, *hosting_notes(ports)), observed, title=f"release {name}")


async def _commit(ports: Ports, wanted: str, staging: str) -> str:
    """Return the full SHA to release: the named one, which must be verified and on staging, else the head of staging."""
    if not wanted:
        return staging
    name = wanted.lower()
    found = [c.sha for c in await ports.clone.history(staging, limit=_MOST) if c.sha.startswith(name)] if len(name) >= 7 else []
    if len(found) != 1:
        raise UsageError(f"{wanted} names no single commit of staging", next_step="give seven digits or more of one of its commits")
    if found[0] != staging and ports.verifications.of(found[0]) is None:
        latest = ports.verifications.latest()
        step = f"verified last is {short_sha(latest.sha)}" if latest else "verify the head of staging: leave --sha out"
        raise BlockedError(
            f"nobody has verified {short_sha(found[0])}", consequence="users would get what nobody tried", next_step=step
        )
    return found[0]


async def _since(ports: Ports, tags: Tags, commits: Mapping[str, str], main: str, commit: str) -> tuple[str, str]:
    """Return where the range of the changelog begins, and its name: the newest version, else what main has now."""
    for tagged in tags.found:
        sha = commits[tagged.name]
        try:
            if await ports.clone.is_ancestor(sha, main) or await ports.clone.is_ancestor(sha, commit):
                return sha, tagged.name
        except CloneError:
            # A tag that only origin has, of a commit that was never fetched: an older one begins the range.
            continue
    return main, f"{ports.settings.main} at {short_sha(main)}"


async def _version(ports: Ports, wanted: str, tags: Tags, since: str, commit: str) -> Version:
    """Return the version that was named; BlockedError with what could come next where none was: a person says it (S8)."""
    if wanted:
        version = parse(wanted)
        if version is None:
            raise UsageError(f"{wanted} is no version", next_step="for instance v0.10.0")
        return version
    changes = await ports.clone.changes(since, commit) or ()
    found = proposals(tags, [change.message or change.commit.subject for change in changes])
    if not found:
        raise BlockedError(
            "no tag names a version yet",
            consequence="which version this is only you can say",
            next_step="name the first with --version, for instance --version v0.1.0",
        )
    listed = "; ".join(f"{tag(p.version)} ({p.why})" for p in found)
    raise BlockedError(
        f"which version is it? {listed}", consequence="nothing was done", next_step=f"name it: --version {tag(found[0].version)}"
    )
