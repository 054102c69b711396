"""Protection as the contracts' table of 403 and 404 has it; unknown is never off. Branches: tips and the permanent ones."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from strideiq_console.domain.fault import BlockedError, FaultKind, OutsideError, UsageError
from strideiq_console.domain.pull_request import Protection
from tests.providers.github.contract import ROOT, FakeGitHub
from tests.providers.github.shapes import HEAD, rule

RULES, CLASSIC, BRANCH = f"{ROOT}/rules/branches/main", f"{ROOT}/branches/main/protection", f"{ROOT}/branches/main"
NOT_PROTECTED = httpx.Response(404, json={"message": "Branch not protected"})
NOT_FOUND = httpx.Response(404, json={"message": "Not Found"})
NO_PERMISSION = httpx.Response(403, json={"message": "Resource not accessible by personal access token"})
UPGRADE = httpx.Response(403, json={"message": "Upgrade to GitHub Pro or make this repository public to enable this feature."})
FULL = [
    rule("deletion"),
    rule("non_fast_forward"),
    rule("pull_request", required_approving_review_count=1),
    rule("required_status_checks", strict_required_status_checks_policy=True, required_status_checks=[{"context": "backend-test"}]),
]
THERE = {"name": "main", "protected": True}


def fresh(reply: Any) -> Any:
    return httpx.Response(reply.status_code, content=reply.content) if isinstance(reply, httpx.Response) else reply


async def protection(rules: Any, classic: Any, branch: Any = THERE, ruleset: Any = None) -> Protection:
    routes = {("GET", RULES): fresh(rules), ("GET", CLASSIC): fresh(classic), ("GET", BRANCH): fresh(branch)}
    if ruleset is not None:
        routes["GET", f"{ROOT}/rulesets/21"] = fresh(ruleset)
    return await FakeGitHub(routes, checked=False).host.rules.protection("main")


async def test_rulesets_alone() -> None:
    found = await protection(FULL, NOT_PROTECTED, ruleset={"bypass_actors": []})
    assert found == Protection("main", "ruleset", True, 1, ("backend-test",), True, False, False, False, "")


async def test_who_may_bypass_a_ruleset() -> None:
    assert (await protection(FULL, NOT_PROTECTED, ruleset={"bypass_actors": [{"actor_id": 1}]})).bypass is True
    assert (await protection(FULL, NOT_PROTECTED, ruleset={"id": 21})).bypass is None
    assert (await protection(FULL, NOT_PROTECTED)).bypass is None


async def test_nothing_at_all_is_off_and_not_unknown() -> None:
    found = await protection([], NOT_PROTECTED)
    assert found == Protection("main", "none", False, 0, (), False, True, True, True, "")


async def test_classic_alone_and_both() -> None:
    classic = {
        "required_pull_request_reviews": {"required_approving_review_count": 2},
        "required_status_checks": {"strict": False, "contexts": ["a"], "checks": [{"context": "a"}, {"context": "b"}]},
        "enforce_admins": {"enabled": False},
        "allow_force_pushes": {"enabled": True},
    }
    found = await protection([], classic)
    assert found == Protection("main", "classic", True, 2, ("a", "b"), False, True, True, False, "")
    both = await protection(FULL, classic, ruleset={"bypass_actors": []})
    assert both == Protection("main", "both", True, 2, ("backend-test", "a", "b"), True, False, False, False, "")


async def test_a_missing_permission_is_unknown_and_said() -> None:
    found = await protection([], NO_PERMISSION)
    assert found.source == "none"
    assert (found.pull_request, found.approvals, found.required_checks, found.up_to_date) == (None, None, None, None)
    assert (found.bypass, found.force_push, found.deletion) == (None, None, None)
    assert "Administration: read" in found.note


async def test_what_rulesets_enforce_is_known_even_where_classic_is_not() -> None:
    found = await protection(FULL, NO_PERMISSION, ruleset={"bypass_actors": []})
    assert (found.pull_request, found.approvals, found.required_checks, found.force_push) == (True, 1, ("backend-test",), False)


async def test_a_branch_that_says_it_is_not_protected_is_believed() -> None:
    found = await protection([], NO_PERMISSION, branch={"name": "main", "protected": False})
    assert (found.pull_request, found.approvals) == (False, 0)


async def test_a_missing_branch_is_unknown() -> None:
    found = await protection([], NOT_FOUND, branch=NOT_FOUND)
    assert found.pull_request is None
    assert "missing" in found.note


async def test_a_free_plan_enforces_nothing_and_says_so() -> None:
    found = await protection(UPGRADE, UPGRADE)
    assert (found.source, found.pull_request, found.approvals) == ("none", False, 0)
    assert "free plan" in found.note


@pytest.mark.parametrize("reply", [NO_PERMISSION, NOT_FOUND])
async def test_unreadable_rulesets_are_unknown(reply: httpx.Response) -> None:
    found = await protection(reply, NOT_PROTECTED)
    assert found.pull_request is None
    assert "rulesets are unreadable" in found.note


async def test_other_answers_are_faults() -> None:
    with pytest.raises(OutsideError) as caught:
        await protection(httpx.Response(401), NOT_PROTECTED)
    assert caught.value.fault.kind is FaultKind.UNAUTHORISED
    with pytest.raises(OutsideError):
        await protection([], httpx.Response(500))


async def test_tips() -> None:
    routes = {
        ("GET", f"{ROOT}/git/ref/heads/main"): {"ref": "refs/heads/main", "object": {"sha": HEAD}},
        ("GET", f"{ROOT}/git/ref/heads/empty"): httpx.Response(409, json={"message": "Git Repository is empty."}),
        ("GET", ROOT): {"name": "strideiq"},
    }
    rules = FakeGitHub(routes, checked=False).host.rules
    assert await rules.tip("main") == HEAD
    assert await rules.tip("gone") is None
    assert await rules.tip("empty") is None


async def test_a_hidden_repository_is_not_a_missing_branch() -> None:
    with pytest.raises(OutsideError) as caught:
        await FakeGitHub({}, checked=False).host.rules.tip("main")
    assert caught.value.fault.kind is FaultKind.MISSING


@pytest.mark.parametrize("branch", ["main", "staging", "Main", "STAGING"])
async def test_permanent_branches_are_never_deleted(branch: str) -> None:
    fake = FakeGitHub({}, checked=False)
    with pytest.raises(BlockedError):
        await fake.host.rules.delete(branch)
    assert fake.wire.requests == []


@pytest.mark.parametrize("branch", ["", "+main", "-x", "@", "a..b", "refs\u200b/x", "x y", "a//b", "heads/../main"])
async def test_names_that_are_not_acted_on(branch: str) -> None:
    fake = FakeGitHub({}, checked=False)
    for call in (
        fake.host.rules.delete(branch),
        fake.host.rules.create(branch, HEAD),
        fake.host.pulls.create(head=branch, base="staging", title="", body=""),
    ):
        with pytest.raises(UsageError):
            await call
    assert fake.wire.requests == []
