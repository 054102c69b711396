"""Rulesets and classic protection are written from a policy without losing what the policy says nothing of."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from strideiq_console.domain.fault import BlockedError, OutsideError, UsageError
from strideiq_console.domain.ruleset import BranchPolicy
from strideiq_console.domain.untrusted import is_clean
from tests.providers.github.contract import ROOT, FakeGitHub

RULES, CLASSIC = f"{ROOT}/rulesets/21", f"{ROOT}/branches/main/protection"
POLICY = BranchPolicy("main", approvals=1, checks=("backend-test",), up_to_date=True)
NOT_PROTECTED = {"message": "Branch not protected"}
REVIEWS = {"required_approving_review_count": 3, "allowed_merge_methods": ["merge"], "require_code_owner_review": True}
RULESET: dict[str, Any] = {
    "id": 21,
    "name": "all",
    "target": "branch",
    "enforcement": "evaluate",
    "source_type": "Repository",
    "bypass_actors": [{"actor_id": 5, "actor_type": "Team", "bypass_mode": "always"}],
    "conditions": {"ref_name": {"include": ["refs/heads/staging"], "exclude": ["refs/heads/main", "refs/heads/x"]}},
    "rules": [
        {"type": "required_signatures", "ruleset_id": 21},
        {"type": "pull_request", "parameters": REVIEWS},
        {"type": "required_status_checks", "parameters": {"do_not_enforce_on_create": True, "required_status_checks": []}},
    ],
    "_links": {"html": {"href": "https://github.com/acme/strideiq/rules/21"}},
}


async def updated(found: dict[str, Any], policy: BranchPolicy = POLICY) -> dict[str, Any]:
    fake = FakeGitHub({("GET", RULES): found, ("PUT", RULES): found}, checked=False)
    await fake.host.rulesets.update(21, policy)
    return dict(fake.sent()[-1][2])


async def test_foreign_rules_and_parameters_stay() -> None:
    body = await updated(RULESET)
    rules = {rule["type"]: rule.get("parameters") for rule in body["rules"]}
    assert list(rules) == ["required_signatures", "deletion", "non_fast_forward", "pull_request", "required_status_checks"]
    assert rules["pull_request"] == {**REVIEWS, "required_approving_review_count": 1, "dismiss_stale_reviews_on_push": True}
    assert rules["required_status_checks"] == {
        "do_not_enforce_on_create": True,
        "strict_required_status_checks_policy": True,
        "required_status_checks": [{"context": "backend-test", "integration_id": 15368}],
    }
    assert body["conditions"]["ref_name"] == {
        "include": ["refs/heads/staging", "refs/heads/main"],
        "exclude": ["refs/heads/x"],
    }
    assert (body["enforcement"], body["bypass_actors"]) == ("active", [])


async def test_a_policy_without_checks_takes_the_rule_away_and_one_with_bypass_keeps_who_may() -> None:
    policy = BranchPolicy("main", approvals=0, checks=(), up_to_date=False, bypass=True)
    body = await updated({**RULESET, "conditions": {"ref_name": {"include": ["~ALL"], "exclude": []}}}, policy)
    assert "required_status_checks" not in [rule["type"] for rule in body["rules"]]
    assert body["bypass_actors"] == RULESET["bypass_actors"]
    assert body["conditions"]["ref_name"]["include"] == ["~ALL"]


async def test_the_snapshot_brings_a_ruleset_back_as_it_was() -> None:
    fake = FakeGitHub({("GET", RULES): RULESET, ("PUT", RULES): RULESET}, checked=False)
    found = await fake.host.rulesets.get(21)
    assert is_clean(found.snapshot)
    assert (found.own, found.kinds, found.url) == (
        True,
        ("required_signatures", "pull_request", "required_status_checks"),
        "https://github.com/acme/strideiq/rules/21",
    )
    await fake.host.rulesets.restore(21, found.snapshot)
    sent = fake.sent()[-1][2]
    kept = ("name", "target", "enforcement", "bypass_actors", "conditions")
    assert {key: sent[key] for key in kept} == {key: RULESET[key] for key in kept}
    assert sent["rules"][1:] == RULESET["rules"][1:]
    assert sent["rules"][0] == {"type": "required_signatures"}


@pytest.mark.parametrize("other", [{"source_type": "Organization"}, {"target": "tag"}], ids=["organization", "tags"])
async def test_a_ruleset_of_the_organization_or_of_tags_is_not_touched(other: dict[str, str]) -> None:
    fake = FakeGitHub({("GET", RULES): {**RULESET, **other}}, checked=False)
    with pytest.raises(BlockedError):
        await fake.host.rulesets.update(21, POLICY)
    assert [method for method, _, _ in fake.sent()] == ["GET"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": "x"}', "nonsense"])
async def test_only_a_whole_snapshot_is_sent(text: str) -> None:
    fake = FakeGitHub({}, checked=False)
    for call in (fake.host.rulesets.restore(21, text), fake.host.classic.restore("main", text)):
        with pytest.raises(UsageError):
            await call
    assert fake.wire.requests == []


GET_SHAPE: dict[str, Any] = {
    "url": "https://api.github.com/x",
    "required_status_checks": {"contexts": ["a", "b"], "checks": [{"context": "a", "app_id": None}], "strict": True},
    "enforce_admins": {"url": "x", "enabled": False},
    "required_pull_request_reviews": {
        "dismiss_stale_reviews": False,
        "require_code_owner_reviews": True,
        "required_approving_review_count": 4,
        "require_last_push_approval": True,
        "dismissal_restrictions": {"users": [{"login": "founder"}], "teams": [{"slug": "ops"}], "apps": [{"slug": "bot"}]},
        "bypass_pull_request_allowances": {"users": [{"login": "deploy-bot"}], "teams": []},
    },
    "restrictions": {"users": [], "teams": [{"slug": "ops"}], "apps": []},
    "required_signatures": {"url": "x", "enabled": True},
    "required_linear_history": {"enabled": True},
    "allow_force_pushes": {"enabled": True},
    "lock_branch": {"enabled": True},
}
PUT_SHAPE: dict[str, Any] = {
    "required_status_checks": {
        "strict": True,
        "contexts": ["a", "b"],
        "checks": [{"context": "a", "app_id": -1}, {"context": "b", "app_id": -1}],
    },
    "enforce_admins": False,
    "required_pull_request_reviews": {
        "dismiss_stale_reviews": False,
        "require_code_owner_reviews": True,
        "required_approving_review_count": 4,
        "require_last_push_approval": True,
        "dismissal_restrictions": {"users": ["founder"], "teams": ["ops"], "apps": ["bot"]},
        "bypass_pull_request_allowances": {"users": ["deploy-bot"], "teams": [], "apps": []},
    },
    "restrictions": {"users": [], "teams": ["ops"], "apps": []},
    "required_linear_history": True,
    "allow_force_pushes": True,
    "allow_deletions": False,
    "block_creations": False,
    "required_conversation_resolution": False,
    "lock_branch": True,
    "allow_fork_syncing": False,
}


async def test_the_get_shape_becomes_the_put_shape() -> None:
    fake = FakeGitHub({("GET", CLASSIC): GET_SHAPE, ("PUT", CLASSIC): GET_SHAPE}, checked=False)
    found = await fake.host.classic.get("main")
    assert found is not None
    assert json.loads(found.snapshot) == PUT_SHAPE
    assert (found.approvals, found.checks, found.enforce_admins, found.signatures) == (4, ("a", "b"), False, True)
    await fake.host.classic.restore("main", found.snapshot)
    assert fake.sent()[-1] == ("PUT", "/branches/main/protection", PUT_SHAPE)


async def test_a_policy_changes_only_what_it_decides() -> None:
    fake = FakeGitHub({("GET", CLASSIC): GET_SHAPE, ("PUT", CLASSIC): GET_SHAPE}, checked=False)
    await fake.host.classic.write(POLICY)
    body = fake.sent()[-1][2]
    assert body["required_status_checks"] == {
        "strict": True,
        "contexts": ["backend-test"],
        "checks": [{"context": "backend-test", "app_id": 15368}],
    }
    reviews = dict(PUT_SHAPE["required_pull_request_reviews"], required_approving_review_count=1, dismiss_stale_reviews=True)
    del reviews["bypass_pull_request_allowances"]
    assert body["required_pull_request_reviews"] == reviews
    assert (body["enforce_admins"], body["allow_force_pushes"]) == (True, False)
    for key in ("restrictions", "required_linear_history", "lock_branch"):
        assert body[key] == PUT_SHAPE[key]


async def test_nothing_is_written_when_what_is_there_cannot_be_read() -> None:
    for reply in (httpx.Response(403, json={"message": "x"}), httpx.Response(404, json={"message": "Not Found"})):
        fake = FakeGitHub({("GET", CLASSIC): reply}, checked=False)
        with pytest.raises(OutsideError):
            await fake.host.classic.write(POLICY)
        assert [method for method, _, _ in fake.sent()] == ["GET"]


async def test_no_protection_is_a_value() -> None:
    fake = FakeGitHub({("GET", CLASSIC): httpx.Response(404, json=NOT_PROTECTED)}, checked=False)
    assert await fake.host.classic.get("main") is None


async def test_half_a_surrogate_pair_is_written_back_as_it_came() -> None:
    found = httpx.Response(200, content=json.dumps({**RULESET, "name": "x\ud800"}), headers={"content-type": "application/json"})
    fake = FakeGitHub({("GET", RULES): found, ("PUT", RULES): RULESET}, checked=False)
    await fake.host.rulesets.update(21, POLICY)
    assert fake.sent()[-1][2]["name"] == "x\ud800"
