"""What guards branches: rules from rulesets, and classic protection."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import rules
from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.call import ApiError, Call, Reply, invalid
from strideiq_console.sandbox.github.shapes import ACTIONS_APP_ID, node

_NEEDED = ("required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions")


def list_branch_rules(call: Call) -> Reply:
    """``GET /rules/branches/{branch}``: ``[]`` without an active ruleset, also for a branch that does not exist."""
    source = {"ruleset_source_type": "Repository", "ruleset_source": call.full_name}
    rows = [{**rule, **source, "ruleset_id": ruleset["id"]} for ruleset, rule in rules.active_rules(call.state, call.at["branch"])]
    return call.paged(rows, lambda row: row)


def list_rulesets(call: Call) -> Reply:
    """``GET /rulesets``."""
    return call.paged(call.state["rulesets"], lambda ruleset: _ruleset(call, ruleset))


def get_ruleset(call: Call) -> Reply:
    """``GET /rulesets/{id}``, with rules and who may pass by."""
    found = next((entry for entry in call.state["rulesets"] if str(entry["id"]) == call.at["id"]), None)
    if found is None:
        raise ApiError(404, "Not Found")
    conditions = {"ref_name": {"include": found["include"], "exclude": []}}
    return Reply(
        200, {**_ruleset(call, found), "conditions": conditions, "rules": found["rules"], "bypass_actors": found["bypass_actors"]}
    )


def _ruleset(call: Call, ruleset: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": ruleset["id"],
        "name": ruleset["name"],
        "target": "branch",
        "source_type": "Repository",
        "source": call.full_name,
        "enforcement": ruleset["enforcement"],
        "node_id": node("RRS", ruleset["id"]),
        "created_at": iso(call.state["repository"]["created_at"]),
        "updated_at": iso(call.state["repository"]["created_at"]),
    }


def get_protection(call: Call) -> Reply:
    """``GET /branches/{branch}/protection``: 404 "Branch not protected" without classic protection."""
    branch = call.at["branch"]
    if branch not in call.state["refs"]:
        raise ApiError(404, "Branch not found")
    found = call.state["protection"].get(branch)
    if found is None:
        raise ApiError(404, "Branch not protected")
    return Reply(200, _shape(call, branch, found))


def _shape(call: Call, branch: str, found: dict[str, Any]) -> dict[str, Any]:
    url = f"{call.repo}/branches/{branch}/protection"
    answer: dict[str, Any] = {
        "url": url,
        "enforce_admins": {"url": f"{url}/enforce_admins", "enabled": found["admins"]},
        "required_linear_history": {"enabled": False},
        "allow_force_pushes": {"enabled": found["force"]},
        "allow_deletions": {"enabled": found["deletions"]},
        "block_creations": {"enabled": False},
        "required_conversation_resolution": {"enabled": False},
        "lock_branch": {"enabled": False},
        "allow_fork_syncing": {"enabled": False},
        "required_signatures": {"url": f"{url}/required_signatures", "enabled": False},
    }
    if found["contexts"] is not None:
        answer["required_status_checks"] = {
            "url": f"{url}/required_status_checks",
            "strict": found["strict"],
            "contexts": found["contexts"],
            "contexts_url": f"{url}/required_status_checks/contexts",
            "checks": [{"context": context, "app_id": ACTIONS_APP_ID} for context in found["contexts"]],
        }
    if found["approvals"] is not None:
        answer["required_pull_request_reviews"] = {
            "url": f"{url}/required_pull_request_reviews",
            "dismiss_stale_reviews": found["dismiss_stale"],
            "require_code_owner_reviews": False,
            "require_last_push_approval": False,
            "required_approving_review_count": found["approvals"],
        }
    return answer


def put_protection(call: Call) -> Reply:
    """``PUT /branches/{branch}/protection``: replaces everything; the four needed keys must be there, if null."""
    branch = call.at["branch"]
    call.branch(branch)
    missing = [key for key in _NEEDED if key not in call.body]
    if missing:
        raise invalid("Invalid request.", *(f'"{key}" wasn\'t supplied.' for key in missing))
    checks, reviews = call.body["required_status_checks"], call.body["required_pull_request_reviews"]
    contexts = None
    if checks is not None:
        named = [entry["context"] for entry in checks.get("checks", [])]
        contexts = list(dict.fromkeys([*checks.get("contexts", []), *named]))
    found = {
        "strict": bool(checks and checks.get("strict")),
        "contexts": contexts,
        "approvals": None if reviews is None else int(reviews.get("required_approving_review_count", 1)),
        "dismiss_stale": bool(reviews and reviews.get("dismiss_stale_reviews")),
        "admins": call.body["enforce_admins"] is True,
        "force": call.body.get("allow_force_pushes") is True,
        "deletions": call.body.get("allow_deletions") is True,
    }
    call.state["protection"][branch] = found
    call.effect(f"protected {branch}")
    return Reply(200, _put_shape(call, branch, found))


def _put_shape(call: Call, branch: str, found: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a PUT, whose schema differs from the GET's in its reviews and needed keys."""
    return {key: value for key, value in _shape(call, branch, found).items() if key != "allow_fork_syncing"}


def delete_protection(call: Call) -> Reply:
    """``DELETE /branches/{branch}/protection``."""
    if call.state["protection"].pop(call.at["branch"], None) is None:
        raise ApiError(404, "Branch not protected")
    call.effect(f"unprotected {call.at['branch']}")
    return Reply(204)
