"""A policy that keeps what is stricter adds to a protection and takes nothing from it but what was decided."""

from __future__ import annotations

from typing import Any

import pytest

from strideiq_console.domain.ruleset import BranchPolicy
from strideiq_console.providers.github.policy_bodies import changed_classic, changed_ruleset, classic_body

POLICY = BranchPolicy("main", approvals=1, checks=("test",), up_to_date=False, bypass=True, dismiss_stale=False, keep_stricter=True)
SCAN = {"context": "scan", "integration_id": 999}
RULESET: dict[str, Any] = {
    "name": "r",
    "target": "branch",
    "enforcement": "active",
    "bypass_actors": [{"actor_id": 5, "actor_type": "Team", "bypass_mode": "always"}],
    "conditions": {"ref_name": {"include": ["refs/heads/main"], "exclude": []}},
    "rules": [
        {"type": "pull_request", "parameters": {"required_approving_review_count": 0, "dismiss_stale_reviews_on_push": True}},
        {
            "type": "required_status_checks",
            "parameters": {"strict_required_status_checks_policy": True, "required_status_checks": [SCAN, {"context": "test"}]},
        },
    ],
}
CLASSIC: dict[str, Any] = {
    **classic_body(None),
    "required_status_checks": {"strict": True, "contexts": ["scan"], "checks": [{"context": "scan", "app_id": 999}]},
    "enforce_admins": True,
    "required_pull_request_reviews": {"required_approving_review_count": 0, "dismiss_stale_reviews": True},
}


def rules_of(body: dict[str, Any]) -> dict[str, Any]:
    return {rule["type"]: rule.get("parameters") for rule in body["rules"]}


def test_a_ruleset_keeps_its_checks_with_their_apps_and_its_switches() -> None:
    made = changed_ruleset(RULESET, POLICY)
    assert rules_of(made) == {
        "deletion": None,
        "non_fast_forward": None,
        "pull_request": {"required_approving_review_count": 1, "dismiss_stale_reviews_on_push": True},
        "required_status_checks": {
            "strict_required_status_checks_policy": True,
            "required_status_checks": [SCAN, {"context": "test"}],
        },
    }
    assert made["bypass_actors"] == RULESET["bypass_actors"]


def test_a_missing_check_is_added_with_the_policy_s_app() -> None:
    bare = {**RULESET, "rules": [{"type": "required_status_checks", "parameters": {"required_status_checks": [SCAN]}}]}
    checks = rules_of(changed_ruleset(bare, POLICY))["required_status_checks"]
    assert checks["required_status_checks"] == [SCAN, {"context": "test", "integration_id": 15368}]
    assert checks["strict_required_status_checks_policy"] is False


def test_a_policy_without_checks_leaves_those_that_are_there() -> None:
    none = BranchPolicy("main", approvals=0, checks=(), up_to_date=False, keep_stricter=True)
    assert rules_of(changed_ruleset(RULESET, none))["required_status_checks"] == RULESET["rules"][1]["parameters"]
    assert changed_classic(CLASSIC, none)["required_status_checks"] == CLASSIC["required_status_checks"]


def test_classic_protection_keeps_its_checks_with_their_apps_and_its_switches() -> None:
    made = changed_classic(CLASSIC, POLICY)
    assert made["required_status_checks"] == {
        "strict": True,
        "contexts": ["scan", "test"],
        "checks": [{"context": "scan", "app_id": 999}, {"context": "test", "app_id": 15368}],
    }
    assert made["enforce_admins"] is True
    assert made["required_pull_request_reviews"] == {"required_approving_review_count": 1, "dismiss_stale_reviews": True}


@pytest.mark.parametrize("approvals", [0, 2])
def test_approvals_are_as_decided(approvals: int) -> None:
    policy = BranchPolicy("main", approvals=approvals, checks=("test",), up_to_date=True, keep_stricter=True)
    made = changed_classic(CLASSIC, policy)
    assert made["required_pull_request_reviews"]["required_approving_review_count"] == approvals
    assert rules_of(changed_ruleset(RULESET, policy))["pull_request"]["required_approving_review_count"] == approvals


def test_nothing_at_all_becomes_the_policy() -> None:
    made = changed_classic(classic_body(None), POLICY)
    assert made["enforce_admins"] is False
    assert made["required_status_checks"]["strict"] is False
    assert made["required_pull_request_reviews"] == {"required_approving_review_count": 1, "dismiss_stale_reviews": False}
