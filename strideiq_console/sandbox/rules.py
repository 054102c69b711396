"""What protects a branch: classic protection and rulesets together, as GitHub joins them (the stricter wins)."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from strideiq_console.sandbox.state import State

REQUIRED = ("backend-lint", "backend-test", "frontend-lint", "frontend-build")


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for one branch. ``approvals`` None: no pull request is asked for."""

    contexts: tuple[str, ...] = ()
    strict: bool = False
    approvals: int | None = None
    dismiss_stale: bool = False


def document_protection(*, approvals: int, strict: bool, admins: bool, dismiss_stale: bool) -> dict[str, Any]:
    """Return classic protection as the architecture document asks for it, in the state's own shape."""
    return {
        "strict": strict,
        "contexts": list(REQUIRED),
        "approvals": approvals,
        "dismiss_stale": dismiss_stale,
        "admins": admins,
        "force": False,
        "deletions": False,
    }


def active_rules(state: State, branch: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return every rule of every active ruleset that covers a branch, each with its ruleset."""
    ref = f"refs/heads/{branch}"
    return [
        (ruleset, rule)
        for ruleset in state["rulesets"]
        if ruleset["enforcement"] == "active"
        and any(_covers(pattern, ref, branch) for pattern in ruleset["include"])
        and not any(_covers(pattern, ref, branch) for pattern in ruleset.get("exclude", []))
        for rule in ruleset["rules"]
    ]


def _covers(pattern: str, ref: str, branch: str) -> bool:
    return pattern == "~ALL" or (pattern == "~DEFAULT_BRANCH" and branch == "main") or fnmatchcase(ref, pattern)


def effective(state: State, branch: str) -> Rules:
    """Join classic protection and rulesets of a branch."""
    contexts: list[str] = []
    strict, approvals, stale = False, None, False
    classic = state["protection"].get(branch)
    if classic is not None:
        contexts, strict = list(classic["contexts"] or []), bool(classic["strict"])
        approvals, stale = classic["approvals"], bool(classic["dismiss_stale"])
    for _, rule in active_rules(state, branch):
        given = rule.get("parameters", {})
        if rule["type"] == "pull_request":
            approvals = max(approvals or 0, int(given["required_approving_review_count"]))
            stale = stale or bool(given["dismiss_stale_reviews_on_push"])
        elif rule["type"] == "required_status_checks":
            strict = strict or bool(given["strict_required_status_checks_policy"])
            contexts += [check["context"] for check in given["required_status_checks"]]
    return Rules(tuple(dict.fromkeys(contexts)), strict, approvals, stale)


def moving_refusal(state: State, branch: str, *, old: str | None, new: str | None, forced: bool) -> str:
    """Return what guards a branch against being created (``old`` None), deleted (``new`` None), moved or forced; ``""``: nothing.

    A rule that asks for a pull request or for checks refuses every direct move, as GitHub does.
    """
    classic = state["protection"].get(branch)
    kinds = {rule["type"] for _, rule in active_rules(state, branch)}
    if new is None:
        refused = "deletion" in kinds or (classic is not None and not classic["deletions"])
        return "Cannot delete a protected branch" if refused else ""
    if old is None:
        return "Cannot create ref due to creations being restricted." if "creation" in kinds else ""
    if forced and ("non_fast_forward" in kinds or (classic is not None and not classic["force"])):
        return "Cannot force-push to this branch"
    found = effective(state, branch)
    if "update" in kinds or found.approvals is not None:
        return "Changes must be made through a pull request."
    return f"{len(found.contexts)} of {len(found.contexts)} required status checks are expected." if found.contexts else ""


def protected(state: State, branch: str) -> bool:
    """Say whether anything guards a branch."""
    return branch in state["protection"] or bool(active_rules(state, branch))
