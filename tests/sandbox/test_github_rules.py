"""What guards branches holds: rulesets, classic protection, and the plan that both need."""

from __future__ import annotations

import pytest

from tests.sandbox.tour import PROTECTION, RULESET

FEATURE = "feature/calendar"


def _ruleset(*rules, branch="staging", **more):
    conditions = {"ref_name": {"include": [f"refs/heads/{branch}"], "exclude": []}}
    return {**RULESET, "name": "one", "conditions": conditions, "rules": list(rules), **more}


def _checks(*contexts):
    rule = {"strict_required_status_checks_policy": False, "required_status_checks": [{"context": c} for c in contexts]}
    return {"type": "required_status_checks", "parameters": rule}


async def test_a_ruleset_blocks_a_merge_until_it_is_disabled(hub):
    pull = await hub.ready(41)
    assert pull["mergeable_state"] in ("clean", "unstable")
    made = await hub.send("POST", "/rulesets", _ruleset(_checks("security-scan")), status=201)
    assert (await hub.ready(41))["mergeable_state"] == "blocked"
    refused = await hub.send("PUT", "/pulls/41/merge", {"sha": pull["head"]["sha"]}, status=405)
    assert refused["message"] == 'Required status check "security-scan" is expected.'
    said = {"state": "success", "context": "security-scan"}
    await hub.send("POST", f"/statuses/{pull['head']['sha']}", {**said, "state": "failure"}, status=201)
    refused = await hub.send("PUT", "/pulls/41/merge", {}, status=405)
    assert "is failing" in refused["message"]
    await hub.send("PUT", f"/rulesets/{made['id']}", {"enforcement": "disabled"}, status=200)
    await hub.send("PUT", "/pulls/41/merge", {}, status=200)


async def test_a_ruleset_asks_for_approvals_that_the_author_cannot_give(hub):
    rule = {"type": "pull_request", "parameters": {"required_approving_review_count": 1}}
    await hub.send("POST", "/rulesets", _ruleset(rule), status=201)
    refused = await hub.send("PUT", "/pulls/41/merge", {}, status=405)
    assert refused["message"].startswith("At least 1 approving review is required")
    await hub.send("POST", "/pulls/41/reviews", {"event": "APPROVE"}, status=422)
    await hub.send("POST", "/pulls/41/reviews", {"event": "APPROVE"}, status=200, by="github_bot")
    await hub.send("PUT", "/pulls/41/merge", {}, status=200)


@pytest.mark.parametrize(
    ("rule", "deed", "words"),
    [
        ("deletion", "delete", "Cannot delete"),
        ("non_fast_forward", "force", "Cannot force-push"),
        ("pull_request", "move", "through a pull request"),
        ("required_status_checks", "move", "required status checks"),
    ],
)
async def test_rules_guard_a_branch_against_direct_moves(hub, world, rule, deed, words):
    refs = world.read()["refs"]
    kinds = {"pull_request": {"type": rule}, "required_status_checks": _checks("backend-test")}
    await hub.send("POST", "/rulesets", _ruleset(kinds.get(rule, {"type": rule}), branch=FEATURE), status=201)
    here = "/git/refs/heads/feature%2Fcalendar"
    deeds = {
        "delete": ("DELETE", here, None),
        "force": ("PATCH", here, {"sha": refs["main"], "force": True}),
        "move": ("PATCH", here, {"sha": await _next(hub, refs[FEATURE])}),
    }
    refused = await hub.send(*deeds[deed], status=422)
    assert words in refused["message"]
    assert world.read()["refs"] == refs
    free = "/git/refs/heads/release%2Fv1.2.0"
    await hub.send("DELETE", free, status=204)


async def _next(hub, parent):
    tree = (await hub.get(f"/git/commits/{parent}"))["tree"]["sha"]
    made = await hub.send("POST", "/git/commits", {"message": "chore: next", "tree": tree, "parents": [parent]}, status=201)
    return made["sha"]


async def test_an_update_that_is_no_fast_forward_is_refused(hub, world):
    refs = world.read()["refs"]
    here = "/git/refs/heads/feature%2Fcalendar"
    refused = await hub.send("PATCH", here, {"sha": refs["main"]}, status=422)
    assert refused["message"] == "Update is not a fast forward"
    newer = await _next(hub, refs[FEATURE])
    assert (await hub.send("PATCH", here, {"sha": newer}, status=200))["object"]["sha"] == newer
    await hub.send("PATCH", here, {"sha": refs[FEATURE], "force": True}, status=200)
    assert world.read()["effects"][-1]["forced"] is True


async def test_a_creation_rule_and_what_it_leaves_out(hub, world):
    body = _ruleset({"type": "creation"}, branch="release/*")
    body["conditions"]["ref_name"]["exclude"] = ["refs/heads/release/v2*"]
    await hub.send("POST", "/rulesets", body, status=201)
    sha = world.read()["refs"]["main"]
    await hub.send("POST", "/git/refs", {"ref": "refs/heads/release/v1.3.0", "sha": sha}, status=422)
    await hub.send("POST", "/git/refs", {"ref": "refs/heads/release/v2.0.0", "sha": sha}, status=201)


async def test_merging_branches_directly(hub, world):
    for base in ("main", "staging"):
        refused = await hub.send("POST", "/merges", {"base": base, "head": FEATURE}, status=403)
        assert "pull request" in refused["message"]
    await hub.send("POST", "/merges", {"base": "nowhere", "head": "main"}, status=404)
    await hub.send("POST", "/merges", {"base": FEATURE, "head": "nowhere"}, status=404)
    made = await hub.send("POST", "/merges", {"base": FEATURE, "head": "staging", "commit_message": "Catch up"}, status=201)
    assert world.read()["refs"][FEATURE] == made["sha"]
    assert made["commit"]["message"] == "Catch up"
    await hub.send("POST", "/merges", {"base": FEATURE, "head": "staging"}, status=204)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"enforcement": "sometimes"},
        {"target": "tag"},
        {"rules": [{"type": "no_such_rule"}]},
        {"rules": ["deletion"]},
        {"rules": [{"type": "pull_request", "parameters": {"required_reviews": 1}}]},
        {"conditions": {"ref_name": None}},
    ],
)
async def test_rulesets_that_github_would_not_take(hub, world, wrong):
    await hub.send("POST", "/rulesets", {**RULESET, **wrong}, status=422)
    assert world.read()["rulesets"] == []


async def test_rulesets_have_names_of_their_own_and_defaults(hub):
    made = await hub.send("POST", "/rulesets", _ruleset({"type": "pull_request"}), status=201)
    assert made["rules"][0]["parameters"]["required_approving_review_count"] == 0
    assert made["bypass_actors"] == []
    await hub.send("POST", "/rulesets", _ruleset({"type": "deletion"}), status=422)
    other = await hub.send("POST", "/rulesets", _ruleset({"type": "deletion"}, name="two"), status=201)
    await hub.send("PUT", f"/rulesets/{other['id']}", {"name": "one"}, status=422)
    await hub.send("GET", "/rulesets/999", status=404)
    await hub.send("DELETE", f"/rulesets/{made['id']}", status=204)
    await hub.send("DELETE", f"/rulesets/{made['id']}", status=404)


async def test_parts_of_classic_protection_that_are_not_there(hub):
    guard = "/branches/feature%2Fcalendar/protection"
    for part in ("", "/enforce_admins", "/required_pull_request_reviews", "/required_status_checks"):
        assert (await hub.send("GET", guard + part, status=404))["message"] == "Branch not protected"
    bare = {**PROTECTION, "required_status_checks": None, "required_pull_request_reviews": None, "enforce_admins": None}
    await hub.send("PUT", guard, bare, status=200)
    for part in ("required_pull_request_reviews", "required_status_checks"):
        await hub.send("GET", f"{guard}/{part}", status=404)
        await hub.send("DELETE", f"{guard}/{part}", status=404)
    assert (await hub.get(f"{guard}/enforce_admins"))["enabled"] is False
    await hub.send("DELETE", "/git/refs/heads/feature%2Fcalendar", status=422)
    for wrong in ({"required_approving_review_count": 7}, {"required_approving_review_count": "1"}):
        await hub.send("PATCH", f"{guard}/required_pull_request_reviews", wrong, status=422)
    await hub.send("PUT", guard, {"enforce_admins": True}, status=422)


async def test_a_free_plan_protects_no_private_repository(hub, world):
    with world.change() as state:
        state["repository"]["plan"] = "free"
    for method, path, body in (
        ("GET", "/branches/main/protection", None),
        ("PUT", "/branches/main/protection", PROTECTION),
        ("GET", "/rulesets", None),
        ("POST", "/rulesets", RULESET),
        ("GET", "/rules/branches/main", None),
    ):
        refused = await hub.send(method, path, body, status=403)
        assert refused["message"].startswith("Upgrade to GitHub Pro or make this repository public")
    assert (await hub.get("/environments/production"))["protection_rules"] == []
