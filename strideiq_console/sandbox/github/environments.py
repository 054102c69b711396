"""Environments with what protects them, and secrets and variables: of secrets there are names alone."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.call import ApiError, Call, Reply
from strideiq_console.sandbox.github.shapes import node, user

Place = dict[str, Any]


def list_environments(call: Call) -> Reply:
    """``GET /environments``."""
    return call.paged(sorted(call.state["environments"]), lambda name: environment(call, name), wrap="environments")


def get_environment(call: Call) -> Reply:
    """``GET /environments/{environment}``."""
    return Reply(200, environment(call, _named(call)))


def _named(call: Call) -> str:
    """Return the environment that the path names; their names know no case. Raises ApiError 404."""
    wanted = call.at["environment"].lower()
    found = next((name for name in call.state["environments"] if name.lower() == wanted), None)
    if found is None:
        raise ApiError(404, "Not Found")
    return str(found)


def environment_for(call: Call, name: str) -> Place:
    """Return an environment; a deployment to one that is not there makes it."""
    places = call.state["environments"]
    known = next((entry for entry in places if entry.lower() == name.lower()), None)
    if known is None:
        number = 161_171_787 + len(places)
        places[name] = {"id": number, "created_at": call.now, "updated_at": call.now, "reviewers": [], "wait_minutes": 0}
        places[name] |= {"prevent_self_review": False, "protected_branches": False, "secrets": [], "variables": []}
    found: Place = places[known or name]
    return found


def short_environment(call: Call, name: str) -> dict[str, Any]:
    """Return an environment as approvals name it."""
    place = call.state["environments"][name]
    return {
        "id": place["id"],
        "node_id": node("EN", place["id"]),
        "name": name,
        "url": f"{call.repo}/environments/{name}",
        "html_url": f"{call.page}/deployments/activity_log?environments_filter={name}",
        "created_at": iso(place["created_at"]),
        "updated_at": iso(place["updated_at"]),
    }


def environment(call: Call, name: str) -> dict[str, Any]:
    """Return an environment; a private repository on a free plan has no protection rules."""
    place = call.state["environments"][name]
    free = call.state["repository"].get("plan", "team") == "free"
    policy = {"protected_branches": True, "custom_branch_policies": False} if place["protected_branches"] else None
    return {
        **short_environment(call, name),
        "can_admins_bypass": True,
        "protection_rules": [] if free else _protection(call, place),
        "deployment_branch_policy": None if free else policy,
    }


def _protection(call: Call, place: Place) -> list[dict[str, Any]]:
    first = place["id"] * 10
    rules: list[dict[str, Any]] = []
    if place["wait_minutes"]:
        rules.append({"id": first, "node_id": node("GA", first), "type": "wait_timer", "wait_timer": place["wait_minutes"]})
    if place["reviewers"]:
        people = [{"type": "User", "reviewer": user(call, login)} for login in place["reviewers"]]
        rule = {"id": first + 1, "node_id": node("GA", first + 1), "type": "required_reviewers", "reviewers": people}
        rules.append(rule | {"prevent_self_review": place["prevent_self_review"]})
    if place["protected_branches"]:
        rules.append({"id": first + 2, "node_id": node("GA", first + 2), "type": "branch_policy"})
    return rules


def list_secrets(call: Call) -> Reply:
    """``GET /actions/secrets``."""
    return call.paged(call.state["secrets"], _dated, wrap="secrets")


def list_variables(call: Call) -> Reply:
    """``GET /actions/variables``, with their values."""
    return call.paged(call.state["variables"], _valued, wrap="variables")


def list_environment_secrets(call: Call) -> Reply:
    """``GET /environments/{environment}/secrets``."""
    return call.paged(call.state["environments"][_named(call)]["secrets"], _dated, wrap="secrets")


def list_environment_variables(call: Call) -> Reply:
    """``GET /environments/{environment}/variables``, with their values."""
    return call.paged(call.state["environments"][_named(call)]["variables"], _valued, wrap="variables")


def _dated(entry: dict[str, Any]) -> dict[str, Any]:
    return {"name": entry["name"], "created_at": iso(entry["created_at"]), "updated_at": iso(entry["updated_at"])}


def _valued(entry: dict[str, Any]) -> dict[str, Any]:
    return _dated(entry) | {"value": entry["value"]}
