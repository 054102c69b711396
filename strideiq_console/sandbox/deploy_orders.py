"""What a person may order at Vercel and Railway: roll back, promote, redeploy, restart, cancel, approve, stop, remove."""

from __future__ import annotations

from strideiq_console.sandbox.deploys import (
    BRANCHES,
    MOVING,
    ROLLBACK_SECONDS,
    Record,
    approve,
    can_roll_back,
    cancel,
    find,
    is_live,
    live,
    records,
    start,
    take_down,
    time_of,
    vercel,
)


class RefusedOrderError(Exception):
    """The provider says no; ``status`` and ``code`` are Vercel's, Railway shows the text alone."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


def rollback_candidates(state: Record) -> list[Record]:
    """Return the production deployments that Vercel can go back to, the last one that served first; on Hobby only that one."""
    now_live = live(state, "production", "web")
    if now_live is None:
        return []
    earlier = [
        entry
        for entry in records(state)
        if entry["provider"] == "vercel"
        and entry["environment"] == "production"
        and entry["live_until"] is not None
        and entry["created"] < now_live["created"]
    ]
    earlier.sort(key=lambda entry: -float(entry["live_until"]))
    return earlier[:1] if vercel(state).get("plan", "hobby") == "hobby" else earlier


def roll_back_web(state: Record, identity: str, now: float) -> None:
    """Ask Vercel to point the production domains at an earlier deployment; a few seconds later they do, and stay pinned."""
    target = _production(state, identity)
    _no_alias_request(state)
    if not any(target is one for one in rollback_candidates(state)):
        raise RefusedOrderError(402, "payment_required", "Your plan only allows a rollback to the previous production deployment.")
    _request_alias(state, "rollback", target, now)


def promote_web(state: Record, identity: str, now: float, *, queued: bool = False) -> None:
    """Ask Vercel to point the production domains at a production deployment; this also ends the pinning of a rollback.

    With ``queued`` a rolling release is under way, and the promotion only waits behind it.
    """
    target = _production(state, identity)
    _no_alias_request(state)
    _request_alias(state, "promote", target, now)
    if queued:
        vercel(state)["alias_request"]["timeline"] = []


def redeploy_web(state: Record, source: Record, now: float, *, production: bool) -> Record:
    """Build the commit of a Vercel deployment again, as a preview or for production, whichever branch it came from."""
    made = start(state, "vercel", source["branch"], source["sha"], source["subject"], now, reason="redeploy")
    if production:
        made["environment"] = "production"
    elif made["environment"] == "production":
        made["environment"] = "preview"
    return made


def cancel_web(entry: Record, now: float) -> None:
    """Cancel a Vercel deployment that is queued or building."""
    if entry["state"] not in ("queued", "building"):
        raise RefusedOrderError(400, "bad_request", "Only a queued or building deployment can be canceled")
    cancel(entry, now)


def pause_web(state: Record, *, paused: bool) -> None:
    """Pause Vercel's project, which blocks production and keeps new builds from its domains, or let both go on again."""
    memory, site = vercel(state), state.setdefault("site", {}).setdefault("production", {})
    memory["paused"] = memory["pinned"] = paused
    if paused:
        site["web"] = "paused"
    elif site.get("web") == "paused":
        del site["web"]


def roll_back_api(state: Record, identity: str, now: float, kept: float = ROLLBACK_SECONDS) -> Record:
    """Start a Railway deployment from the image of an earlier one, which is ``kept`` for so many seconds."""
    target = _known(state, identity)
    if not can_roll_back(target, now, kept):
        raise RefusedOrderError(400, "bad_request", "Deployment cannot be rolled back: its image is no longer available")
    return _again(state, target, now, reason="rollback", image=True)


def redeploy_api(state: Record, identity: str, now: float, *, image: bool) -> Record:
    """Start a Railway deployment from the same commit, with ``image`` without a new build."""
    target = _known(state, identity)
    if image and time_of(target, "ready") is None and time_of(target, "crashed") is None:
        raise RefusedOrderError(400, "bad_request", "Deployment has no image to reuse")
    return _again(state, target, now, reason="redeploy", image=image)


def restart_api(state: Record, identity: str, now: float) -> None:
    """Restart the running instances; one that was stopped runs again, and one that had crashed until it crashes again."""
    target = _known(state, identity)
    stopped = target["state"] == "stopped" and live(state, target["environment"], "api") is None
    if not stopped and (not is_live(target) or target["state"] not in ("ready", "crashed")):
        raise RefusedOrderError(400, "bad_request", "Only a running deployment can be restarted")
    again: list[list[object]] = [["ready", now + 8.0]]
    if "[crash]" in target["subject"]:
        again.append(["crashed", now + 48.0])
    target["timeline"] = again


def cancel_api(state: Record, identity: str, now: float) -> None:
    """Cancel a deployment that is waiting, queued or building."""
    target = _known(state, identity)
    if target["state"] not in ("waiting", "queued", "building"):
        raise RefusedOrderError(400, "bad_request", "Only a queued or building deployment can be cancelled")
    cancel(target, now)


def approve_api(state: Record, identity: str, now: float) -> None:
    """Let a deployment go on that waits for an approval."""
    target = _known(state, identity)
    if target["state"] != "waiting":
        raise RefusedOrderError(400, "bad_request", "Deployment does not need an approval")
    approve(target, now)


def stop_api(state: Record, identity: str, now: float) -> None:
    """Stop the instances of the live deployment; nothing answers then."""
    target = _known(state, identity)
    if not is_live(target):
        raise RefusedOrderError(400, "bad_request", "Only a running deployment can be stopped")
    take_down(state, target, "stopped", now)


def remove_api(state: Record, identity: str, now: float) -> None:
    """Remove a deployment; where it is the live one, nothing answers then."""
    target = _known(state, identity)
    if target["state"] in (*MOVING, "removed", "cancelled"):
        raise RefusedOrderError(400, "bad_request", "Deployment cannot be removed")
    take_down(state, target, "removed", now)


def deploy_api(state: Record, environment: str, sha: str, subject: str, now: float) -> Record:
    """Build and deploy a commit of the environment's branch, whether or not a push would."""
    branch = next(branch for branch, name in BRANCHES.items() if name == environment)
    _cancel_unbuilt(state, "railway", environment, now)
    return start(state, "railway", branch, sha, subject, now)


def _known(state: Record, identity: str) -> Record:
    found = find(state, "railway", identity)
    if found is None:
        raise RefusedOrderError(404, "not_found", "Deployment not found")
    return found


def _production(state: Record, identity: str) -> Record:
    target = find(state, "vercel", identity)
    if target is None:
        raise RefusedOrderError(400, "bad_request", f"Deployment {identity} does not exist")
    if target["environment"] != "production" or target["state"] != "ready":
        raise RefusedOrderError(422, "unprocessable_entity", "Only a ready production deployment can take the production domains")
    return target


def _no_alias_request(state: Record) -> None:
    request = vercel(state)["alias_request"]
    if request and request["timeline"]:
        raise RefusedOrderError(409, "conflict", "Another rollback or promotion is in progress")


def _request_alias(state: Record, kind: str, target: Record, now: float) -> None:
    before = live(state, "production", "web")
    vercel(state)["alias_request"] = {
        "type": kind,
        "from": before["id"] if before else None,
        "to": target["id"],
        "requested": now,
        "state": "pending",
        "timeline": [["in-progress", now + 1.5], ["failed" if vercel(state).pop("alias_fails", False) else "succeeded", now + 5.0]],
    }


def _again(state: Record, target: Record, now: float, *, reason: str, image: bool) -> Record:
    _cancel_unbuilt(state, target["provider"], target["environment"], now)
    return start(state, "railway", target["branch"], target["sha"], target["subject"], now, reason=reason, image=image)


def _cancel_unbuilt(state: Record, provider: str, environment: str, now: float) -> None:
    for entry in records(state):
        same = entry["provider"] == provider and entry["environment"] == environment
        if same and entry["state"] in ("waiting", *MOVING) and entry["state"] != "deploying":
            cancel(entry, now)
