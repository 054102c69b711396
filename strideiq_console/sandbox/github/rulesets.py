"""Rulesets of the repository, and the rules that they make for a branch."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import rules
from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.call import HTML, ApiError, Call, Reply, invalid
from strideiq_console.sandbox.github.protection import check_plan
from strideiq_console.sandbox.github.shapes import node
from strideiq_console.sandbox.state import take_number

Ruleset = dict[str, Any]
_ENFORCEMENTS = ("disabled", "active", "evaluate")
_PLAIN_RULES = ("creation", "deletion", "required_linear_history", "required_signatures", "non_fast_forward")
_DEFAULTS: dict[str, dict[str, Any]] = {
    "pull_request": {
        "dismiss_stale_reviews_on_push": False,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_approving_review_count": 0,
        "required_review_thread_resolution": False,
    },
    "required_status_checks": {"strict_required_status_checks_policy": False, "required_status_checks": []},
    "update": {"update_allows_fetch_and_merge": False},
}


def list_branch_rules(call: Call) -> Reply:
    """``GET /rules/branches/{branch}``: ``[]`` without an active ruleset, also for a branch that does not exist."""
    check_plan(call)
    source = {"ruleset_source_type": "Repository", "ruleset_source": call.full_name}
    rows = [{**rule, **source, "ruleset_id": ruleset["id"]} for ruleset, rule in rules.active_rules(call.state, call.at["branch"])]
    return call.paged(rows, lambda row: row)


def list_rulesets(call: Call) -> Reply:
    """``GET /rulesets``: without their rules."""
    check_plan(call)
    return call.paged(call.state["rulesets"], lambda ruleset: _short(call, ruleset))


def get_ruleset(call: Call) -> Reply:
    """``GET /rulesets/{id}``, with rules and who may pass by."""
    return Reply(200, _shape(call, _find(call)))


def create_ruleset(call: Call) -> Reply:
    """``POST /rulesets``. 422 for a name that is taken, or rules that GitHub does not know."""
    check_plan(call)
    given = _read(call, {"include": [], "exclude": [], "rules": [], "bypass_actors": []}, 0)
    ruleset = {"id": take_number(call.state, "ruleset"), "created": call.now, **given, "updated": call.now}
    call.state["rulesets"].append(ruleset)
    call.effect(f"created the ruleset {ruleset['name']}")
    return Reply(201, _shape(call, ruleset))


def update_ruleset(call: Call) -> Reply:
    """``PUT /rulesets/{id}``: what is left out stays."""
    found = _find(call)
    found |= {**_read(call, found, found["id"]), "updated": call.now}
    call.effect(f"changed the ruleset {found['name']}")
    return Reply(200, _shape(call, found))


def delete_ruleset(call: Call) -> Reply:
    """``DELETE /rulesets/{id}``."""
    found = _find(call)
    call.state["rulesets"].remove(found)
    call.effect(f"deleted the ruleset {found['name']}")
    return Reply(204)


def _find(call: Call) -> Ruleset:
    check_plan(call)
    found: Ruleset | None = next((entry for entry in call.state["rulesets"] if str(entry["id"]) == call.at["id"]), None)
    if found is None:
        raise ApiError(404, "Not Found")
    return found


def _read(call: Call, before: Ruleset, own: int) -> Ruleset:
    name, enforcement = call.text("name", before.get("name")), call.text("enforcement", before.get("enforcement"))
    if enforcement not in _ENFORCEMENTS or call.body.get("target", "branch") != "branch" or not name.strip():
        raise invalid("Invalid request.", "Invalid property /enforcement, /target or /name.")
    if any(entry["name"] == name and entry["id"] != own for entry in call.state["rulesets"]):
        raise invalid("Validation Failed", "Name must be unique")
    found = {"name": name, "enforcement": enforcement, "rules": before["rules"], "bypass_actors": before["bypass_actors"]}
    found |= {"include": before["include"], "exclude": before.get("exclude", [])}
    if "conditions" in call.body:
        names = _dict(_dict(call.body["conditions"], "conditions").get("ref_name"), "ref_name")
        found |= {key: [str(pattern) for pattern in names.get(key) or []] for key in ("include", "exclude")}
    if "rules" in call.body:
        found["rules"] = [_rule(entry) for entry in call.body["rules"] or []]
    if "bypass_actors" in call.body:
        found["bypass_actors"] = list(call.body["bypass_actors"] or [])
    return found


def _dict(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid("Invalid request.", f"Invalid property /{name}: not an object.")
    return value


def _rule(entry: Any) -> dict[str, Any]:
    kind = _dict(entry, "rules").get("type")
    if kind in _PLAIN_RULES:
        return {"type": kind}
    if kind not in _DEFAULTS:
        raise invalid("Invalid request.", f"Invalid rule '{kind}'")
    given = _dict(entry.get("parameters", {}), "rules/parameters")
    unknown = sorted(given.keys() - {*_DEFAULTS[kind], "allowed_merge_methods", "do_not_enforce_on_create", "required_reviewers"})
    if unknown:
        raise invalid("Invalid request.", f"Invalid parameters for rule '{kind}': {', '.join(unknown)}")
    return {"type": kind, "parameters": _DEFAULTS[kind] | given}


def _short(call: Call, ruleset: Ruleset) -> dict[str, Any]:
    began = call.state["repository"]["created_at"]
    return {
        "id": ruleset["id"],
        "name": ruleset["name"],
        "target": "branch",
        "source_type": "Repository",
        "source": call.full_name,
        "enforcement": ruleset["enforcement"],
        "node_id": node("RRS", ruleset["id"]),
        "_links": {
            "self": {"href": f"{call.repo}/rulesets/{ruleset['id']}"},
            "html": {"href": f"{HTML}/{call.full_name}/rules/{ruleset['id']}"},
        },
        "created_at": iso(ruleset.get("created", began)),
        "updated_at": iso(ruleset.get("updated", began)),
    }


def _shape(call: Call, ruleset: Ruleset) -> dict[str, Any]:
    names = {"include": ruleset["include"], "exclude": ruleset.get("exclude", [])}
    return {
        **_short(call, ruleset),
        "conditions": {"ref_name": names},
        "rules": ruleset["rules"],
        "bypass_actors": ruleset["bypass_actors"],
        "current_user_can_bypass": "never",
    }
