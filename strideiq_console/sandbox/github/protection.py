"""Classic branch protection: read, replaced whole, taken away, and its parts one by one."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox.github.call import ApiError, Call, Reply, invalid
from strideiq_console.sandbox.github.shapes import ACTIONS_APP_ID

UPGRADE = "Upgrade to GitHub Pro or make this repository public to enable this feature."
_NEEDED = ("required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions")
_SWITCHES = {
    "required_linear_history": "linear",
    "allow_force_pushes": "force",
    "allow_deletions": "deletions",
    "block_creations": "block_creations",
    "required_conversation_resolution": "conversation",
    "lock_branch": "lock",
}
_REVIEWS = {
    "dismiss_stale_reviews": "dismiss_stale",
    "require_code_owner_reviews": "code_owners",
    "require_last_push_approval": "last_push",
}
MOST_APPROVALS = 6
Found = dict[str, Any]


def check_plan(call: Call) -> None:
    """Refuse where a private repository cannot be protected. Raises ApiError 403."""
    if call.state["repository"].get("plan", "team") == "free":
        raise ApiError(403, UPGRADE)


def protection_of(call: Call) -> tuple[str, Found]:
    """Return the branch of the path and its protection. Raises ApiError 404 "Branch not protected", 403 on a free plan."""
    check_plan(call)
    branch = call.at["branch"]
    call.branch(branch)
    found: Found | None = call.state["protection"].get(branch)
    if found is None:
        raise ApiError(404, "Branch not protected")
    return branch, found


def get_protection(call: Call) -> Reply:
    """``GET /branches/{branch}/protection``."""
    return Reply(200, shape(call, *protection_of(call)))


def shape(call: Call, branch: str, found: Found) -> dict[str, Any]:
    """Return a branch's protection as a GET shows it."""
    url = address(call, branch)
    answer: dict[str, Any] = {
        "url": url,
        "enforce_admins": {"url": f"{url}/enforce_admins", "enabled": found["admins"]},
        **{name: {"enabled": found.get(key, False)} for name, key in _SWITCHES.items()},
        "allow_fork_syncing": {"enabled": False},
        "required_signatures": {"url": f"{url}/required_signatures", "enabled": False},
    }
    if found["contexts"] is not None:
        answer["required_status_checks"] = checks_shape(call, branch, found)
    if found["approvals"] is not None:
        answer["required_pull_request_reviews"] = reviews_shape(call, branch, found)
    return answer


def address(call: Call, branch: str) -> str:
    """Return the API address of a branch's protection."""
    return f"{call.repo}/branches/{branch}/protection"


def checks_shape(call: Call, branch: str, found: Found) -> dict[str, Any]:
    """Return the required status checks."""
    url = f"{address(call, branch)}/required_status_checks"
    apps = found.get("app_ids", {})
    return {
        "url": url,
        "strict": found["strict"],
        "contexts": found["contexts"],
        "contexts_url": f"{url}/contexts",
        "checks": [{"context": context, "app_id": apps.get(context, ACTIONS_APP_ID)} for context in found["contexts"]],
    }


def reviews_shape(call: Call, branch: str, found: Found) -> dict[str, Any]:
    """Return the required reviews."""
    return {
        "url": f"{address(call, branch)}/required_pull_request_reviews",
        **{name: bool(found.get(key, False)) for name, key in _REVIEWS.items()},
        "required_approving_review_count": found["approvals"],
    }


def read_checks(body: Any) -> Found:
    """Read required status checks of a request into the state's keys. Raises ApiError 422."""
    if not isinstance(body, dict):
        raise invalid("Invalid request.", '"required_status_checks" must be an object or null.')
    apps: dict[str, Any] = {}
    contexts = body.get("contexts") or []
    checks = body.get("checks") or []
    if not all(isinstance(context, str) for context in contexts):
        raise invalid("Invalid request.", '"contexts" must be texts.')
    for check in checks:
        if not isinstance(check, dict) or not isinstance(check.get("context"), str):
            raise invalid("Invalid request.", 'a check needs a "context".')
        if "app_id" in check:
            apps[check["context"]] = None if check["app_id"] == -1 else check["app_id"]
    names = list(dict.fromkeys([*contexts, *(check["context"] for check in checks)]))
    return {"contexts": names, "strict": body.get("strict") is True, "app_ids": apps}


def read_reviews(body: Any, before: Found | None = None) -> Found:
    """Read required reviews of a request into the state's keys; what it leaves out stays as ``before``. Raises ApiError 422."""
    if not isinstance(body, dict):
        raise invalid("Invalid request.", '"required_pull_request_reviews" must be an object or null.')
    old = before or {}
    kept = old.get("approvals")
    count = body.get("required_approving_review_count", 1 if kept is None else kept)
    if not isinstance(count, int) or not 0 <= count <= MOST_APPROVALS:
        raise invalid("Invalid request.", f"required_approving_review_count is a number from 0 to {MOST_APPROVALS}.")
    return {"approvals": count, **{key: body.get(name, old.get(key, False)) is True for name, key in _REVIEWS.items()}}


def put_protection(call: Call) -> Reply:
    """``PUT /branches/{branch}/protection``: replaces everything; the four needed keys must be there, if null."""
    check_plan(call)
    branch = call.at["branch"]
    call.branch(branch)
    missing = [key for key in _NEEDED if key not in call.body]
    if missing:
        raise invalid("Invalid request.", *(f'"{key}" wasn\'t supplied.' for key in missing))
    checks, reviews = call.body["required_status_checks"], call.body["required_pull_request_reviews"]
    found: Found = {"contexts": None, "strict": False} if checks is None else read_checks(checks)
    found |= {"approvals": None, "dismiss_stale": False} if reviews is None else read_reviews(reviews)
    found |= {key: call.body.get(name) is True for name, key in _SWITCHES.items()}
    found["admins"] = call.body["enforce_admins"] is True
    call.state["protection"][branch] = found
    call.effect(f"protected {branch}")
    # The answer to a PUT has another schema than the GET's: it knows nothing of fork syncing.
    return Reply(200, {key: value for key, value in shape(call, branch, found).items() if key != "allow_fork_syncing"})


def delete_protection(call: Call) -> Reply:
    """``DELETE /branches/{branch}/protection``."""
    branch, _ = protection_of(call)
    del call.state["protection"][branch]
    call.effect(f"unprotected {branch}")
    return Reply(204)
