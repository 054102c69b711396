"""Deployments as GitHub knows them: those that Vercel and Railway report, and those that were made here."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import deploys
from strideiq_console.sandbox.events import PERMANENT, move_branch
from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.call import ApiError, Call, Reply, invalid
from strideiq_console.sandbox.github.checks import context_states
from strideiq_console.sandbox.github.environments import environment_for
from strideiq_console.sandbox.github.merging import write
from strideiq_console.sandbox.github.shapes import node, user
from strideiq_console.sandbox.state import take_number

Record = dict[str, Any]
STATES = ("error", "failure", "inactive", "in_progress", "queued", "pending", "success")
_REPORTED = {
    "waiting": "pending",
    "queued": "queued",
    "building": "in_progress",
    "deploying": "in_progress",
    "ready": "success",
    "failed": "failure",
    "crashed": "error",
    "cancelled": "inactive",
    "removed": "inactive",
    "stopped": "inactive",
}
_REPORTERS = {"vercel": "vercel[bot]", "railway": "railway-app[bot]"}
_FIRST_REPORTED, _FIRST_MADE = 2_100_000_000, 2_300_000_000
LONGEST_DESCRIPTION = 140


def _all(call: Call) -> list[Record]:
    """Return every deployment, newest first."""
    found = [_reported(number, entry) for number, entry in enumerate(deploys.records(call.state))]
    return sorted([*found, *call.state["hub_deployments"]], key=lambda entry: (entry["at"], entry["id"]), reverse=True)


def _reported(number: int, entry: Record) -> Record:
    """Show a hosting provider's deployment as its app reports it to GitHub."""
    who = _REPORTERS[entry["provider"]]
    steps = [(_REPORTED[step], at) for step, at in entry["history"]]
    if entry["live_until"] is not None:
        steps.append(("inactive", entry["live_until"]))
    kept = [step for place, step in enumerate(steps) if place == 0 or steps[place - 1][0] != step[0]]
    identity = _FIRST_REPORTED + number
    return {
        "id": identity,
        "sha": entry["sha"],
        "ref": entry["sha"] if entry["provider"] == "vercel" else entry["branch"],
        "task": "deploy",
        "environment": entry["environment"],
        "description": None,
        "payload": {},
        "production": entry["environment"] == "production",
        "creator": who,
        "at": entry["created"],
        "statuses": [_status_record(identity * 10 + place, state, who, at) for place, (state, at) in enumerate(kept)],
    }


def _status_record(number: int, state: str, login: str, at: float, **more: str) -> Record:
    texts = {"description": "", "target_url": "", "environment_url": ""} | more
    return {"id": number, "state": state, **texts, "creator": login, "at": at}


def _find(call: Call) -> Record:
    found = next((entry for entry in _all(call) if str(entry["id"]) == call.at["id"]), None)
    if found is None:
        raise ApiError(404, "Not Found")
    return found


def list_deployments(call: Call) -> Reply:
    """``GET /deployments``: newest first, by ``sha``, ``ref``, ``task`` and ``environment``."""
    wanted = {key: call.query[key] for key in ("sha", "ref", "task", "environment") if call.query.get(key)}
    rows = [entry for entry in _all(call) if all(entry[key] == value for key, value in wanted.items())]
    return call.paged(rows, lambda entry: shape(call, entry))


def get_deployment(call: Call) -> Reply:
    """``GET /deployments/{id}``."""
    return Reply(200, shape(call, _find(call)))


def record(call: Call, sha: str, ref: str, environment: str, *, creator: str, **more: Any) -> Record:
    """Make a deployment that GitHub itself keeps."""
    environment_for(call, environment)
    plain: Record = {"task": "deploy", "description": None, "payload": {}, "production": environment == "production"}
    entry = {"id": _FIRST_MADE + take_number(call.state, "hub_deployment"), "sha": sha, "ref": ref, "environment": environment}
    entry |= {**plain, **more, "creator": creator, "at": call.now, "statuses": []}
    call.state["hub_deployments"].append(entry)
    return entry


def create_deployment(call: Call) -> Reply:
    """``POST /deployments``: 202 when ``auto_merge`` (default) merged main instead, 409 when it or a check is in the way."""
    ref = call.text("ref")
    sha = call.resolve(ref).sha
    environment = call.text("environment", "production")
    if call.body.get("auto_merge", True) is not False:
        merged = _auto_merge(call, ref, sha)
        if merged is not None:
            return merged
    contexts = None if call.body.get("required_contexts") is None else call.texts("required_contexts")
    seen = context_states(call.state, sha, call.now)
    failing = [name for name in (seen if contexts is None else contexts) if seen.get(name) != "success"]
    if failing:
        errors = [{"contexts": [{"context": name, "state": seen.get(name, "pending")} for name in failing]}]
        raise ApiError(409, f"Conflict: Commit status checks failed for {ref}.", errors)
    more = {
        "task": call.text("task", "deploy"),
        "description": call.body.get("description"),
        "payload": call.body.get("payload") or {},
        "production": call.body.get("production_environment", environment == "production") is True,
    }
    entry = record(call, sha, ref, environment, creator=call.login, **more)
    call.effect(f"recorded a deployment of {sha[:7]} to {environment}")
    return Reply(201, shape(call, entry))


def _auto_merge(call: Call, ref: str, sha: str) -> Reply | None:
    main = call.state["refs"]["main"]
    if ref not in call.state["refs"] or call.origin.contains(sha, main):
        return None
    tree = call.origin.merged_tree(sha, main)
    if tree is None or ref in PERMANENT:
        raise ApiError(409, f"Conflict merging main into {ref}.")
    merged = write(call, tree, (sha, main), f"Merge branch 'main' into {ref}\n")
    call.effect(f"merged main into {ref} for a deployment")
    move_branch(call.state, call.origin, ref, merged, call.now)
    return Reply(202, {"message": f"Auto-merged main into {ref} on deployment."})


def shape(call: Call, entry: Record) -> dict[str, Any]:
    """Return a deployment."""
    url = f"{call.repo}/deployments/{entry['id']}"
    changed = max([entry["at"], *(status["at"] for status in _statuses(call, entry))])
    return {
        "url": url,
        "id": entry["id"],
        "node_id": node("DE", entry["id"]),
        "sha": entry["sha"],
        "ref": entry["ref"],
        "task": entry["task"],
        "payload": entry["payload"],
        "original_environment": entry["environment"],
        "environment": entry["environment"],
        "description": entry["description"],
        "creator": user(call, entry["creator"]),
        "created_at": iso(entry["at"]),
        "updated_at": iso(changed),
        "statuses_url": f"{url}/statuses",
        "repository_url": call.repo,
        "transient_environment": entry["environment"] == "preview",
        "production_environment": entry["production"],
    }


def _statuses(call: Call, entry: Record) -> list[Record]:
    added: list[Record] = call.state.get("hub_statuses", {}).get(str(entry["id"]), [])
    return sorted([*entry["statuses"], *added], key=lambda status: status["at"])


def list_statuses(call: Call) -> Reply:
    """``GET /deployments/{id}/statuses``: newest first."""
    entry = _find(call)
    return call.paged(_statuses(call, entry)[::-1], lambda status: _status(call, entry, status))


def create_status(call: Call) -> Reply:
    """``POST /deployments/{id}/statuses``: a success makes what was deployed there before inactive, unless told otherwise."""
    entry = _find(call)
    state, words = call.text("state"), call.text("description", "")
    if state not in STATES or len(words) > LONGEST_DESCRIPTION:
        raise invalid("Validation Failed", {"resource": "DeploymentStatus", "field": "state", "code": "invalid"})
    target = call.body.get("log_url") or call.body.get("target_url") or ""
    texts = {"description": words, "target_url": str(target), "environment_url": call.text("environment_url", "")}
    status = _status_record(take_number(call.state, "status"), state, call.login, call.now, **texts)
    if state == "success" and call.body.get("auto_inactive", True) is not False:
        for other in call.state["hub_deployments"]:
            if other["id"] != entry["id"] and other["environment"] == entry["environment"]:
                _add(call, other, _status_record(take_number(call.state, "status"), "inactive", call.login, call.now))
    _add(call, entry, status)
    call.effect(f"said {state} of deployment {entry['id']}")
    return Reply(201, _status(call, entry, status))


def _add(call: Call, entry: Record, status: Record) -> None:
    call.state.setdefault("hub_statuses", {}).setdefault(str(entry["id"]), []).append(status)


def _status(call: Call, entry: Record, status: Record) -> dict[str, Any]:
    url = f"{call.repo}/deployments/{entry['id']}"
    return {
        "url": f"{url}/statuses/{status['id']}",
        "id": status["id"],
        "node_id": node("DES", status["id"]),
        "state": status["state"],
        "creator": user(call, status["creator"]),
        "description": status["description"],
        "environment": entry["environment"],
        "target_url": status["target_url"],
        "log_url": status["target_url"],
        "environment_url": status["environment_url"],
        "created_at": iso(status["at"]),
        "updated_at": iso(status["at"]),
        "deployment_url": url,
        "repository_url": call.repo,
    }
