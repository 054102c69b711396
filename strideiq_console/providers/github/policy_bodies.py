"""What is sent to make GitHub enforce a policy: bodies of rulesets and of classic protection, from a policy and what is there.

Pure. A write replaces everything, so whatever the policy says nothing of is carried over from what was read (gotcha 3).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.ruleset import BranchPolicy
from strideiq_console.providers.github import wire_protection as wire
from strideiq_console.providers.github.repository import SOURCE
from strideiq_console.providers.wire import decode

_EVERY = "~ALL"
_ANY_APP = -1


def ruleset(policy: BranchPolicy, name: str) -> dict[str, Any]:
    """Return the body that makes a new ruleset for one branch; nobody is listed as able to pass it by (gotcha 4)."""
    return {
        "name": name,
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": [f"refs/heads/{policy.branch}"], "exclude": []}},
        "bypass_actors": [],
        "rules": _rules(policy),
    }


def _rules(policy: BranchPolicy) -> list[dict[str, Any]]:
    reviews = {
        "required_approving_review_count": policy.approvals,
        "dismiss_stale_reviews_on_push": policy.dismiss_stale,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_review_thread_resolution": False,
    }
    app = {} if policy.app_id is None else {"integration_id": policy.app_id}
    checks = {
        "strict_required_status_checks_policy": policy.up_to_date,
        "required_status_checks": [{"context": name, **app} for name in policy.checks],
    }
    rules: list[dict[str, Any]] = [{"type": "deletion"}, {"type": "non_fast_forward"}]
    rules.append({"type": "pull_request", "parameters": reviews})
    if policy.checks:
        rules.append({"type": "required_status_checks", "parameters": checks})
    return rules


_DECIDED = {"pull_request": ("required_approving_review_count", "dismiss_stale_reviews_on_push"), "required_status_checks": ()}


def changed_ruleset(body: dict[str, Any], policy: BranchPolicy) -> dict[str, Any]:
    """Return what a ruleset becomes under the policy; foreign rules and parameters stay."""
    wanted = {rule["type"]: rule for rule in _rules(policy)}
    kept = [rule for rule in body["rules"] if rule["type"] not in ("required_status_checks", *wanted)]
    there = {rule["type"]: rule.get("parameters") or {} for rule in body["rules"]}
    strict = policy.keep_stricter
    if strict and "required_status_checks" in there and "required_status_checks" not in wanted:
        kept.append(next(rule for rule in body["rules"] if rule["type"] == "required_status_checks"))
    for kind, rule in wanted.items():
        if kind not in _DECIDED or kind not in there:
            kept.append(rule)
            continue
        decided = _DECIDED[kind] or tuple(rule["parameters"])
        made_of = {name: rule["parameters"][name] for name in decided}
        kept.append({"type": kind, "parameters": {**there[kind], **(_at_least(there[kind], made_of) if strict else made_of)}})
    conditions = {**(body.get("conditions") or {})}
    names = decode(SOURCE, "the branches of the ruleset", conditions.get("ref_name") or {}, wire.RefNames)
    ref = f"refs/heads/{policy.branch}"
    there_already = ref in names.include or _EVERY in names.include
    conditions["ref_name"] = {
        "include": names.include if there_already else [*names.include, ref],
        "exclude": [name for name in names.exclude if name != ref],
    }
    made = {**body, "enforcement": "active", "conditions": conditions, "rules": kept}
    return made if policy.bypass else {**made, "bypass_actors": []}


def _at_least(there: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the wanted parameters, with switches that are on left on, and the checks that are there kept as they are."""
    made: dict[str, Any] = {}
    for name, value in wanted.items():
        if isinstance(value, bool):
            made[name] = value or there.get(name) is True
        elif isinstance(value, list):
            made[name] = _with_missing(there.get(name), value)
        else:
            made[name] = value
    return made


def _with_missing(there: Any, wanted: list[dict[str, Any]]) -> list[Any]:
    """Return the checks that are there, each with its app, and those that are missing by name."""
    kept = there if isinstance(there, list) else []
    named = {item.get("context") for item in kept if isinstance(item, dict)}
    return [*kept, *(item for item in wanted if item["context"] not in named)]


def ruleset_body(shape: wire.Ruleset) -> dict[str, Any]:
    """Return the body that brings a ruleset back as it was read."""
    body: dict[str, Any] = {"name": shape.name, "target": shape.target, "enforcement": shape.enforcement}
    if shape.bypass_actors is not None:
        body["bypass_actors"] = shape.bypass_actors
    if shape.conditions is not None:
        body["conditions"] = shape.conditions
    body["rules"] = [
        {"type": rule.type, **({} if rule.parameters is None else {"parameters": rule.parameters})} for rule in shape.rules or []
    ]
    return body


def classic_body(shape: wire.Protection | None) -> dict[str, Any]:
    """Return the PUT shape of a protection in the GET shape (gotcha 3); of none, a body that enforces nothing."""
    found = shape or wire.Protection()
    body: dict[str, Any] = {
        "required_status_checks": _checks(found.required_status_checks),
        "enforce_admins": bool(found.enforce_admins and found.enforce_admins.enabled),
        "required_pull_request_reviews": _reviews(found.required_pull_request_reviews),
        "restrictions": _actors(found.restrictions) if found.restrictions else None,
    }
    for name in wire.SWITCHES:
        switch = getattr(found, name)
        body[name] = bool(switch and switch.enabled)
    return body


def _checks(found: wire.RequiredChecks | None) -> dict[str, Any] | None:
    if found is None:
        return None
    # A null app means that any app may report the check, which the PUT shape writes as -1; left out it would be guessed anew.
    checks = [{"context": c.context, "app_id": _ANY_APP if c.app_id is None else c.app_id} for c in found.checks]
    named = {check.context for check in found.checks}
    checks += [{"context": name, "app_id": _ANY_APP} for name in found.contexts if name not in named]
    return {"strict": found.strict, "contexts": [check["context"] for check in checks], "checks": checks}


def _reviews(found: wire.RequiredReviews | None) -> dict[str, Any] | None:
    if found is None:
        return None
    body: dict[str, Any] = {
        "dismiss_stale_reviews": found.dismiss_stale_reviews,
        "require_code_owner_reviews": found.require_code_owner_reviews,
        "required_approving_review_count": found.required_approving_review_count,
        "require_last_push_approval": found.require_last_push_approval,
    }
    if found.dismissal_restrictions is not None:
        body["dismissal_restrictions"] = _actors(found.dismissal_restrictions)
    if found.bypass_pull_request_allowances is not None:
        body["bypass_pull_request_allowances"] = _actors(found.bypass_pull_request_allowances)
    return body


def _actors(found: wire.Actors) -> dict[str, list[str]]:
    return {
        "users": [user.login for user in found.users],
        "teams": [team.slug for team in found.teams],
        "apps": [app.slug for app in found.apps],
    }


def changed_classic(body: dict[str, Any], policy: BranchPolicy) -> dict[str, Any]:
    """Return what a protection (PUT shape) becomes under the policy; ``contexts`` and ``checks`` are both sent (gotcha 15)."""
    app = _ANY_APP if policy.app_id is None else policy.app_id
    checks: dict[str, Any] = {
        "strict": policy.up_to_date,
        "contexts": list(policy.checks),
        "checks": [{"context": name, "app_id": app} for name in policy.checks],
    }
    reviews = {
        **(body["required_pull_request_reviews"] or {}),
        "required_approving_review_count": policy.approvals,
        "dismiss_stale_reviews": policy.dismiss_stale,
    }
    if not policy.bypass:
        reviews.pop("bypass_pull_request_allowances", None)
    made = {
        **body,
        "required_status_checks": checks if policy.checks else None,
        "enforce_admins": not policy.bypass,
        "required_pull_request_reviews": reviews,
        "allow_force_pushes": False,
        "allow_deletions": False,
    }
    return _no_looser(body, made, checks) if policy.keep_stricter else made


def _no_looser(body: dict[str, Any], made: dict[str, Any], checks: dict[str, Any]) -> dict[str, Any]:
    """Return ``made`` with every check that ``body`` requires, and every switch on that is on there."""
    there, before = body["required_status_checks"] or {}, body["required_pull_request_reviews"] or {}
    required = _with_missing(there.get("checks"), checks["checks"])
    names = [check["context"] for check in required]
    reviews = made["required_pull_request_reviews"]
    stale = reviews["dismiss_stale_reviews"] or before.get("dismiss_stale_reviews") is True
    return {
        **made,
        "required_status_checks": {
            "strict": checks["strict"] or there.get("strict") is True,
            "contexts": names,
            "checks": required,
        }
        if required
        else None,
        "enforce_admins": made["enforce_admins"] or body["enforce_admins"],
        "required_pull_request_reviews": {**reviews, "dismiss_stale_reviews": stale},
    }


def snapshot(body: dict[str, Any]) -> str:
    """Return a body as text to be stored: plain ASCII, the same for the same body."""
    return json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def from_snapshot(text: str, wanted: Iterable[str]) -> dict[str, Any]:
    """Return the body that :func:`snapshot` wrote; UsageError when it is no such text."""
    try:
        body = json.loads(text)
    except ValueError as error:
        raise UsageError("the kept protection cannot be read", next_step="Set it by hand at GitHub") from error
    if not isinstance(body, dict) or not set(wanted) <= body.keys():
        raise UsageError("the kept protection is not whole", next_step="Set it by hand at GitHub")
    return body
