"""What follows when a branch moves, however it was moved: CI, deployments, pull requests that close or lose their approvals."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import ci, deploys, objects
from strideiq_console.sandbox.origin import Origin
from strideiq_console.sandbox.rules import effective
from strideiq_console.sandbox.state import State, record_effect

PERMANENT = ("main", "staging")


def notice_pushes(state: State, origin: Origin, now: float) -> None:
    """Compare the bare repository with what was last seen; every difference is a push that somebody made with git."""
    seen, found = state["refs"], origin.branches()
    for branch in sorted(seen.keys() | found.keys()):
        old, new = seen.get(branch), found.get(branch)
        if old == new:
            continue
        forced = old is not None and new is not None and not origin.contains(new, old)
        deed = "deleted" if new is None else f"pushed {new[:7]}"
        record_effect(
            state,
            at=now,
            provider="git",
            method="PUSH",
            path=f"refs/heads/{branch}",
            what=f"{deed} {branch}",
            login="founder",
            forced=forced,
        )
        branch_moved(state, origin, branch, old, new, now)


def notice_tags(state: State, origin: Origin, now: float) -> None:
    """Compare the tags of the bare repository with those that were last seen; every difference is a push with git."""
    found = objects.tag_objects(origin.path)
    seen = state.setdefault("tags", dict(found))
    for name in sorted(seen.keys() | found.keys()):
        old, new = seen.get(name), found.get(name)
        if old == new:
            continue
        what = f"deleted tag {name}" if new is None else f"pushed tag {name}"
        moved = old is not None and new is not None
        path = f"refs/tags/{name}"
        record_effect(state, at=now, provider="git", method="PUSH", path=path, what=what, login="founder", forced=moved)
    state["tags"] = found


def tag_made(state: State, origin: Origin) -> None:
    """Take note of tags that the API itself has just made or removed, so that nobody takes them for pushes."""
    state["tags"] = objects.tag_objects(origin.path)


def move_branch(state: State, origin: Origin, branch: str, new: str | None, now: float) -> None:
    """Move, create or delete a branch from inside the world; git follows when the document is saved."""
    old = state["refs"].get(branch)
    if old == new:
        return
    state["ref_updates"].append({"branch": branch, "old": old, "new": new})
    branch_moved(state, origin, branch, old, new, now)


def branch_moved(state: State, origin: Origin, branch: str, old: str | None, new: str | None, now: float) -> None:
    """Take note of a branch's new tip and let everything happen that GitHub and the hosting providers do then."""
    if new is None:
        state["refs"].pop(branch, None)
    else:
        state["refs"][branch] = new
    if new is not None:
        subject = origin.commit(new).subject
        if branch in PERMANENT:
            ci.on_push(state, branch, new, subject, now, broken=ci.breaks(origin, new))
        deploys.on_push(state, branch, new, subject, now)
    for pull in list(state["pulls"].values()):
        if pull["state"] != "open":
            continue
        if pull["head"] == branch:
            _head_moved(state, origin, pull, old, new, now)
        elif pull["base"] == branch and new is not None:
            _base_moved(state, origin, pull, new, now)


def _head_moved(state: State, origin: Origin, pull: dict[str, Any], old: str | None, new: str | None, now: float) -> None:
    pull["updated_at"] = now
    if new is None:
        pull["state"], pull["closed_at"] = "closed", now
        return
    pull["head_sha"] = new
    dismissed = effective(state, pull["base"]).dismiss_stale
    if old is not None and dismissed:
        for review in pull["reviews"]:
            if review["state"] == "APPROVED":
                review["state"] = "DISMISSED"
    ci.on_pull_request(state, pull, now, broken=ci.breaks(origin, new))


def _base_moved(state: State, origin: Origin, pull: dict[str, Any], new: str, now: float) -> None:
    """GitHub marks a pull request as merged when its head has arrived in the base by another way."""
    if origin.contains(new, pull["head_sha"]):
        pull |= {"state": "closed", "merged_at": now, "closed_at": now, "updated_at": now, "merged_by": None, "merge_sha": new}
