"""Hostile and malformed answers beyond the first slice: text passes the first wall, wrong shapes name provider and field."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.untrusted import is_raw
from tests.providers.github.calls import MAIN
from tests.providers.github.contract import ROOT, FakeGitHub
from tests.providers.github.shapes import HEAD, MONTH, commit, dependency, facts, finding, leak, usage
from tests.providers.github.test_untrusted import NASTY, Call, texts

PERSON = {"login": NASTY}
PLACE = {"id": 1, "name": NASTY}
RELEASE = {
    "id": 1,
    "tag_name": NASTY,
    "target_commitish": NASTY,
    "name": NASTY,
    "body": NASTY,
    "draft": False,
    "prerelease": False,
    "author": PERSON,
    "html_url": NASTY,
}
ISSUE = {"number": 1, "title": NASTY, "state": NASTY, "user": PERSON, "body": NASTY, "labels": [NASTY], "assignees": [PERSON]}
DEPLOYMENT = {"id": 1, "sha": HEAD, "ref": NASTY, "environment": NASTY, "task": NASTY, "description": NASTY, "creator": PERSON}
STATUS = {"id": 1, "state": NASTY, "environment": NASTY, "description": NASTY, "creator": PERSON, "log_url": NASTY}
PENDING = {
    "environment": PLACE,
    "current_user_can_approve": True,
    "reviewers": [{"reviewer": PERSON}, {"reviewer": {"slug": NASTY}}],
}
RULESET = {
    "id": 1,
    "name": NASTY,
    "enforcement": NASTY,
    "target": NASTY,
    "conditions": {"ref_name": {"include": [NASTY, 7], "exclude": NASTY}},
    "rules": [{"type": NASTY, "parameters": {NASTY: NASTY}}],
    "bypass_actors": [{"actor_type": NASTY, "bypass_mode": NASTY}, {"actor_type": 7}],
}
PACKAGE = {"ecosystem": NASTY, "name": NASTY}
ADVISORY = {"ghsa_id": NASTY, "summary": NASTY, "severity": NASTY}
VULNERABLE = {
    "package": PACKAGE,
    "severity": NASTY,
    "vulnerable_version_range": NASTY,
    "first_patched_version": {"identifier": NASTY},
}
# Call, address below the repository, answer.
HOSTILE: dict[str, tuple[Call, str, Any]] = {
    "facts": (lambda g: g.contents.facts(), "", facts(full_name=NASTY, default_branch=NASTY, owner=PERSON, html_url=NASTY)),
    "branches": (
        lambda g: g.contents.branches(),
        "/branches",
        [{"name": NASTY, "commit": {"sha": HEAD}, "protected": False}],
    ),
    "commit": (lambda g: g.contents.commit("x"), "/commits/x", commit(message=NASTY)),
    "files": (
        lambda g: g.pulls.files(1),
        "/pulls/1/files",
        [{"filename": NASTY, "status": NASTY, "additions": 0, "deletions": 0, "previous_filename": NASTY}],
    ),
    "releases": (lambda g: g.releases.recent(), "/releases", [RELEASE]),
    "tags": (lambda g: g.releases.tags(), "/tags", [{"name": NASTY, "commit": {"sha": HEAD}}]),
    "issues": (lambda g: g.issues.recent(), "/issues", [ISSUE]),
    "labels": (lambda g: g.issues.labels(), "/labels", [{"name": NASTY}]),
    "deployments": (lambda g: g.deployments.recent(), "/deployments", [DEPLOYMENT]),
    "statuses": (lambda g: g.deployments.statuses(1), "/deployments/1/statuses", [STATUS]),
    "pending": (lambda g: g.gates.pending(1), "/actions/runs/1/pending_deployments", [PENDING]),
    "approvals": (
        lambda g: g.gates.approvals(1),
        "/actions/runs/1/approvals",
        [{"state": NASTY, "comment": NASTY, "environments": [PLACE], "user": PERSON}],
    ),
    "environments": (lambda g: g.environments.all(), "/environments", {"environments": [{**PLACE, "html_url": NASTY}]}),
    "workflows": (
        lambda g: g.workflows.all(),
        "/actions/workflows",
        {"workflows": [{"id": 1, "name": NASTY, "path": NASTY, "state": NASTY}]},
    ),
    "artifacts": (
        lambda g: g.run_details.artifacts(1),
        "/actions/runs/1/artifacts",
        {"artifacts": [{"id": 1, "name": NASTY, "size_in_bytes": 1, "expired": False}]},
    ),
    "annotations": (
        lambda g: g.run_details.annotations(1),
        "/check-runs/1/annotations",
        [{"path": NASTY, "start_line": 1, "annotation_level": NASTY, "message": NASTY, "title": NASTY}],
    ),
    "dependencies": (
        lambda g: g.alerts.dependencies(),
        "/dependabot/alerts",
        [
            dependency(
                state=NASTY,
                html_url=NASTY,
                dependency={"manifest_path": NASTY},
                security_advisory=ADVISORY,
                security_vulnerability=VULNERABLE,
            )
        ],
    ),
    "code": (
        lambda g: g.alerts.code(),
        "/code-scanning/alerts",
        [finding(rule={"id": NASTY, "description": NASTY}, most_recent_instance={"location": {"path": NASTY}})],
    ),
    "secrets": (
        lambda g: g.alerts.secrets(),
        "/secret-scanning/alerts",
        [leak(secret_type=NASTY, secret_type_display_name=NASTY, resolution=NASTY, html_url=NASTY)],
    ),
    "ruleset": (lambda g: g.rulesets.get(1), "/rulesets/1", RULESET),
    "classic": (
        lambda g: g.classic.get("main"),
        "/branches/main/protection",
        {"required_status_checks": {"contexts": [NASTY], "checks": []}},
    ),
}


def github(path: str, answer: Any) -> FakeGitHub:
    headers = {"content-type": "application/json"}
    made = httpx.Response(200, content=json.dumps(answer), headers=headers)
    return FakeGitHub({("GET", ROOT + path): made}, checked=False)


@pytest.mark.parametrize("name", HOSTILE)
async def test_no_raw_character_enters_a_domain_object(name: str) -> None:
    call, path, answer = HOSTILE[name]
    found = texts(await call(github(path, answer).host))
    assert any("end" in text for text in found)
    for text in found:
        assert not [c for c in text if is_raw(c) and c not in "\n\t"], text


async def test_hostile_names_of_variables_and_products() -> None:
    routes = {
        ("GET", ROOT): facts(),
        ("GET", f"{ROOT}/actions/secrets"): {"secrets": [{"name": "a\x1b[2Jend"}]},
        ("GET", f"{ROOT}/actions/variables"): {"variables": []},
        ("GET", "/users/acme/settings/billing/usage"): {
            "usageItems": [usage("2026-01-01", "b\x1b[2Jend", product="\x07", unitType="\x9b")]
        },
    }
    fake = FakeGitHub(routes, checked=False)
    found = texts(await fake.host.variables.repository()) + texts(await fake.host.costs.charges(*MONTH))
    assert sum("end" in text for text in found) == 2
    assert not [c for text in found for c in text if is_raw(c)]


MALFORMED: list[tuple[Call, str, Any, str]] = [
    (lambda g: g.contents.facts(), "", {k: v for k, v in facts().items() if k != "private"}, "private"),
    (lambda g: g.contents.branches(), "/branches", [{"name": "x", "commit": {"sha": "x"}, "protected": True}], "commit.sha"),
    (lambda g: g.run_details.run(1), "/actions/runs/1", {"id": 1}, "run_number"),
    (lambda g: g.run_details.artifacts(1), "/actions/runs/1/artifacts", {"total_count": 0}, "artifacts"),
    (lambda g: g.gates.pending(1), "/actions/runs/1/pending_deployments", {"rows": []}, "array"),
    (lambda g: g.deployments.get(1), "/deployments/1", {"id": 1, "sha": HEAD, "ref": "x"}, "environment"),
    (lambda g: g.releases.recent(), "/releases", [{"id": "1"}], "id"),
    (lambda g: g.issues.recent(), "/issues", [{"number": 1, "title": "x", "state": None}], "state"),
    (lambda g: g.alerts.dependencies(), "/dependabot/alerts", [dependency(created_at="soon")], "created_at"),
    (lambda g: g.alerts.secrets(), "/secret-scanning/alerts", {"message": "ok"}, "list"),
    (lambda g: g.rulesets.get(1), "/rulesets/1", {"id": 1, "name": "x", "enforcement": "active", "rules": [{}]}, "type"),
    (lambda g: g.classic.get("main"), "/branches/main/protection", {"enforce_admins": True}, "enforce_admins"),
    (lambda g: g.variables.repository(), "/actions/secrets", {"secrets": [{"value": "x"}]}, "name"),
    (
        lambda g: g.rulesets.update(1, MAIN),
        "/rulesets/1",
        {"id": 1, "name": "x", "enforcement": "active", "conditions": {"ref_name": {"include": 7}}},
        "include",
    ),
]


@pytest.mark.parametrize(("call", "path", "answer", "field"), MALFORMED)
async def test_a_malformed_answer_names_provider_and_field(call: Call, path: str, answer: Any, field: str) -> None:
    fake = github(path, answer)
    with pytest.raises(OutsideError) as caught:
        await call(fake.host)
    assert caught.value.fault.kind is FaultKind.MALFORMED
    assert "github" in str(caught.value)
    assert field in str(caught.value)
    assert {request.method for request in fake.wire.requests} == {"GET"}
