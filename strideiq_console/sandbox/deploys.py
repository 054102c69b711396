"""Deployments of the world: a push makes them, the world's clock carries them from state to state.

Keys of the state document that live here::

    deployments  [{"id", "provider": "vercel"|"railway", "component": "web"|"api", "environment": "production"|"staging"|"preview",
                 "branch", "sha", "subject", "author", "reason": "deploy"|"redeploy"|"rollback", "state", "created", "changed",
                 "timeline": [[state, at]] still to come, "history": [[state, at]] that happened,
                 "live_from", "live_until"}] newest last; the states are queued, building, deploying, ready, failed, crashed,
                 cancelled and removed, at Railway also waiting (for an approval) and stopped
    live         {environment: {component: deployment id}} what serves; a preview's environment is "preview:BRANCH"
    vercel       {"pinned": bool, "alias_request": None | {"type", "from", "to", "requested", "state", "timeline"}}:
                 while pinned (after a rollback), pushes to main become ready and serve nobody; more of it: sandbox/vercel/
    railway      what Railway remembers: sandbox/railway/memory.py

A subject with ``[break deploy]`` fails in the build; one with ``[crash]`` becomes ready, and its API crashes 40 s later. An API
whose files do not define a revision of its database crashes at its start, see schema/starting.py; its words then are in "said".
"""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from strideiq_console.sandbox.schema import starting

Record = dict[str, Any]
BRANCHES = {"main": "production", "staging": "staging"}
COMPONENTS = {"vercel": "web", "railway": "api"}
MOVING = ("queued", "building", "deploying")
ROLLBACK_SECONDS = 72 * 3600.0
CRASH_AFTER = 40.0
_MOMENT = 0.002  # what crashes at its start has served for no time that a probe could see
_NAMESPACE = uuid.UUID("3f0d8f56-7d0c-5c0b-9a64-1f2f6f0c7a11")


def on_push(state: Record, branch: str, sha: str, subject: str, now: float) -> None:
    """Start what the hosting providers do after a push: Vercel for every branch, Railway for main and staging.

    What is still queued or building for the branch is cancelled. Durations follow from the SHA, so a world repeats itself.
    Railway does nothing where deploying by push is switched off.
    """
    settle(state, now)
    railway = branch in BRANCHES and state.get("railway", {}).get("auto_deploy", {}).get(BRANCHES[branch], True)
    for entry in records(state):
        untouched = entry["provider"] == "railway" and not railway
        if entry["branch"] == branch and entry["state"] in ("waiting", "queued", "building") and not untouched:
            cancel(entry, now)
    start(state, "vercel", branch, sha, subject, now)
    if railway:
        start(state, "railway", branch, sha, subject, now)


def settle(state: Record, now: float) -> None:
    """Let everything happen that was due by ``now``, in its order."""
    while True:
        moving = [entry for entry in [*records(state), *_alias_requests(state)] if entry["timeline"]]
        due = min((entry for entry in moving if entry["timeline"][0][1] <= now), key=lambda e: e["timeline"][0][1], default=None)
        if due is None:
            return
        step, at = due["timeline"].pop(0)
        if "type" in due:
            _alias_moved(state, due, step, at)
        else:
            _moved(state, due, step, at)


def seed(state: Record, branch: str, sha: str, subject: str, at: float) -> None:
    """Make the finished deployments of a push in the past; call it in the order of the pushes."""
    on_push(state, branch, sha, subject, at)
    settle(state, max(entry["timeline"][-1][1] for entry in records(state) if entry["timeline"]))


def start(
    state: Record, provider: str, branch: str, sha: str, subject: str, now: float, *, reason: str = "deploy", image: bool = False
) -> Record:
    """Create one deployment and plan its way; with ``image`` the build is skipped. Return its record.

    What is new at Railway first waits for an approval, where the environment wants one.
    """
    entries = records(state)
    latest = max((entry["created"] for entry in entries if entry["provider"] == provider), default=0.0)
    created = max(now, latest + 0.001)  # pages of both providers end at a time: no two may share one
    entry: Record = {
        "id": _identity(provider, f"{branch} {sha} {len(entries)}"),
        "provider": provider,
        "component": COMPONENTS[provider],
        "environment": BRANCHES.get(branch, "preview"),
        "branch": branch,
        "sha": sha,
        "subject": subject,
        "author": "founder",
        "reason": reason,
        "state": "queued",
        "created": created,
        "changed": created,
        "timeline": _plan(provider, sha, subject, created, image=image),
        "history": [["queued", created]],
        "live_from": None,
        "live_until": None,
    }
    wanted = state.get("railway", {}).get("approval", {}).get(entry["environment"], False)
    if provider == "railway" and reason == "deploy" and wanted:
        entry |= {"state": "waiting", "timeline": [], "history": [["waiting", created]]}
    entries.append(entry)
    return entry


def approve(entry: Record, now: float) -> None:
    """Let a deployment go on that waits for an approval."""
    entry["timeline"] = _plan(entry["provider"], entry["sha"], entry["subject"], now, image=False)
    _enter(entry, "queued", now)


def take_down(state: Record, entry: Record, step: str, now: float) -> None:
    """End a deployment; what it served has nothing that answers any more."""
    if is_live(entry):
        entry["live_until"] = now
        state.get("live", {}).get(place(entry), {}).pop(entry["component"], None)
    entry["timeline"] = []
    _enter(entry, step, now)


def cancel(entry: Record, now: float) -> None:
    """Stop a deployment that has not finished."""
    entry["timeline"] = []
    _enter(entry, "cancelled", now)


def records(state: Record) -> list[Record]:
    """Return the list of all deployments, oldest first; appending to it adds one."""
    entries: list[Record] = state.setdefault("deployments", [])
    return entries


def find(state: Record, provider: str, identity: str) -> Record | None:
    """Return a deployment of a provider by id."""
    return next((e for e in records(state) if e["provider"] == provider and e["id"] == identity), None)


def live(state: Record, environment: str, component: str) -> Record | None:
    """Return what serves a component; it may have crashed."""
    identity = state.get("live", {}).get(environment, {}).get(component)
    return next((e for e in records(state) if e["id"] == identity), None) if identity else None


def is_live(entry: Record) -> bool:
    """Say whether a deployment serves its environment."""
    return entry["live_from"] is not None and entry["live_until"] is None


def time_of(entry: Record, step: str) -> float | None:
    """Return when a deployment last entered a state, None when it never did."""
    return next((at for name, at in reversed(entry["history"]) if name == step), None)


def can_roll_back(entry: Record, now: float, kept: float = ROLLBACK_SECONDS) -> bool:
    """Say whether Railway still has the image: it was replaced less than 72 h ago (Hobby), or ``kept`` seconds."""
    ended = entry["live_until"]
    return entry["state"] == "removed" and ended is not None and now - ended <= kept


def vercel(state: Record) -> Record:
    """Return what Vercel's project remembers of rollbacks and promotions."""
    memory: Record = state.setdefault("vercel", {"pinned": False, "alias_request": None})
    return memory


def take_over(state: Record, entry: Record, at: float) -> None:
    """Let a deployment serve its environment from now on; what served before is superseded, and on Railway removed."""
    before = live(state, place(entry), entry["component"])
    if before is entry:
        return
    if before is not None:
        before["live_until"] = at
        if entry["provider"] == "railway":
            before["timeline"] = []
            _enter(before, "removed", at)
    entry["live_from"], entry["live_until"] = at, None
    state.setdefault("live", {}).setdefault(place(entry), {})[entry["component"]] = entry["id"]


def place(entry: Record) -> str:
    """Return the key of ``live`` that a deployment can serve."""
    return f"preview:{entry['branch']}" if entry["environment"] == "preview" else str(entry["environment"])


def _moved(state: Record, entry: Record, step: str, at: float) -> None:
    if step == "ready" and entry["provider"] == "railway" and not starting.meet(state, entry, at):
        _crash_at_start(state, entry, at)
        return
    _enter(entry, step, at)
    if step != "ready" or is_live(entry):
        return
    before = live(state, place(entry), entry["component"])
    late = before is not None and before["created"] > entry["created"]
    pinned = entry["provider"] == "vercel" and entry["environment"] == "production" and vercel(state)["pinned"]
    if late and entry["provider"] == "railway":
        entry["timeline"] = []
        _enter(entry, "removed", at)
    elif not late and not pinned:
        take_over(state, entry, at)


def _crash_at_start(state: Record, entry: Record, at: float) -> None:
    """Let an API take over that cannot start: what served before is gone, and nothing answers (T5)."""
    before = live(state, place(entry), entry["component"])
    if before is not None and before is not entry and before["created"] > entry["created"]:
        entry["timeline"] = []
        _enter(entry, "removed", at)
        return
    take_over(state, entry, at)
    entry["timeline"] = []
    _enter(entry, "crashed", at + _MOMENT)


def _alias_requests(state: Record) -> list[Record]:
    request = state.get("vercel", {}).get("alias_request")
    return [request] if request else []


def _alias_moved(state: Record, request: Record, step: str, at: float) -> None:
    request["state"] = step
    target = find(state, "vercel", request["to"])
    if step == "succeeded" and target is not None:
        vercel(state)["pinned"] = request["type"] == "rollback"
        take_over(state, target, at)


def _enter(entry: Record, step: str, at: float) -> None:
    entry["state"], entry["changed"] = step, at
    entry["history"].append([step, at])


def _identity(provider: str, seed_text: str) -> str:
    if provider == "railway":
        return str(uuid.uuid5(_NAMESPACE, seed_text))
    return f"dpl_{hashlib.sha256(seed_text.encode()).hexdigest()[:24]}"


def _plan(provider: str, sha: str, subject: str, created: float, *, image: bool) -> list[list[Any]]:
    """Return the states to come. Vercel needs 45-70 s in all, Railway 60-110 s, 20-40 s with the image at hand."""
    lot = hashlib.sha256(f"{provider} {sha}".encode()).digest()

    def spread(low: float, high: float, byte: int) -> float:
        return low + (high - low) * lot[byte] / 255

    at = created + spread(3, 5, 0)
    if provider == "vercel":
        way: list[list[Any]] = [["building", at]]
        at += spread(42, 65, 1)
    else:
        way = [] if image else [["building", at]]
        at += 0.0 if image else spread(42, 75, 1)
    if "[break deploy]" in subject and not image:
        return [*way, ["failed", created + (at - created) * 0.6]]
    if provider == "railway":
        way.append(["deploying", at])
        at += spread(15, 30, 2)
    way.append(["ready", at])
    if provider == "railway" and "[crash]" in subject:
        way.append(["crashed", at + CRASH_AFTER])
    return way
