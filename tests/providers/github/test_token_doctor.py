"""The token doctor: who, which kind, until when, and each permission held, lacking or unknown; it only ever reads."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.token_report import TokenReport
from tests.providers.github.contract import ROOT, FakeGitHub
from tests.providers.github.shapes import facts

DENIED = {"message": "Resource not accessible by personal access token"}
FINE = {"github-authentication-token-expiration": "2026-04-01 12:30:00 +0200"}
ENVIRONMENTS = {"environments": [{"id": 1, "name": "production"}]}
PATHS = {
    "Contents: read": "/commits",
    "Pull requests: read": "/pulls",
    "Actions: read": "/actions/runs",
    "Checks: read": "/commits/main/check-runs",
    "Commit statuses: read": "/commits/main/status",
    "Deployments: read": "/deployments",
    "Environments: read": "/environments/production/secrets",
    "Secrets: read": "/actions/secrets",
    "Variables: read": "/actions/variables",
    "Administration: read": "/branches/main/protection",
    "Dependabot alerts: read": "/dependabot/alerts",
    "Secret scanning alerts: read": "/secret-scanning/alerts",
    "Code scanning alerts: read": "/code-scanning/alerts",
    "Issues: read": "/issues",
}
BILLING = "/users/acme/settings/billing/usage/summary"


def github(headers: dict[str, str], *, repository: Any = None, **answers: Any) -> FakeGitHub:
    """Return a GitHub where every read succeeds but those named by a permission's first word."""
    routes: dict[tuple[str, str], Any] = {("GET", "/user"): httpx.Response(200, json={"login": "founder"}, headers=headers)}
    routes["GET", ROOT] = repository if repository is not None else facts()
    routes["GET", BILLING] = answers.pop("billing", [])
    routes["GET", f"{ROOT}/environments"] = answers.pop("environments", ENVIRONMENTS)
    for name, path in PATHS.items():
        routes["GET", ROOT + path] = answers.pop(name.partition(":")[0].replace(" ", "_").lower(), [])
    assert not answers
    return FakeGitHub(routes, checked=False)


def held(report: TokenReport) -> dict[str, bool | None]:
    return {permission.name: permission.held for permission in report.permissions}


async def test_a_classic_token_that_may_everything() -> None:
    fake = github({"x-oauth-scopes": "repo, workflow, user"})
    report = await fake.host.tokens.inspect()
    assert (report.provider, report.who, report.kind, report.scope) == ("github", "founder", "classic", "repo, workflow, user")
    assert (report.expires_at, report.expiry_known) == (None, True)
    assert set(held(report).values()) == {True}
    assert len(held(report)) == 24
    assert report.lacks == ()
    assert report.notes == ()
    assert {method for method, _, _ in fake.sent()} == {"GET"}


async def test_a_fine_grained_token_does_not_tell_what_it_may_write() -> None:
    report = await github(FINE).host.tokens.inspect()
    assert (report.kind, report.scope) == ("fine-grained", "acme/strideiq")
    assert (report.expires_at, report.expiry_known) == (datetime(2026, 4, 1, 10, 30, tzinfo=UTC), True)
    for name, is_held in held(report).items():
        assert is_held is (None if name.endswith("write") else True), name


async def test_refusals_name_what_github_names() -> None:
    denied = httpx.Response(403, json=DENIED, headers={"x-accepted-github-permissions": "deployments=read"})
    report = await github(FINE, deployments=denied, checks=httpx.Response(403, json=DENIED)).host.tokens.inspect()
    lacks = {permission.name: permission.note for permission in report.lacks}
    assert lacks == {"Deployments: read": "GitHub names Deployments: read", "Checks: read": DENIED["message"].rstrip(".")}


@pytest.mark.parametrize(
    ("permission", "status", "said", "expected"),
    [
        ("Administration: read", 404, "Branch not protected", True),
        ("Administration: read", 404, "Not Found", False),
        ("Administration: read", 403, "Upgrade to GitHub Pro", None),
        ("Dependabot alerts: read", 403, "Dependabot alerts are disabled", None),
        ("Code scanning alerts: read", 404, "no analysis found", True),
        ("Secret scanning alerts: read", 404, "Secret scanning is disabled", None),
        ("Secret scanning alerts: read", 404, "Not Found", None),
        ("Contents: read", 409, "Git Repository is empty.", True),
        ("Issues: read", 410, "Issues are disabled", None),
        ("Actions: read", 500, "", None),
    ],
)
async def test_what_an_answer_says_of_a_permission(permission: str, status: int, said: str, expected: bool | None) -> None:
    word = permission.partition(":")[0].replace(" ", "_").lower()
    fake = github(FINE, **{word: httpx.Response(status, json={"message": said})})
    report = await fake.host.tokens.inspect()
    found = next(p for p in report.permissions if p.name == permission)
    assert found.held is expected
    assert expected is True or found.note


async def test_billing_that_is_refused_is_unknown() -> None:
    report = await github(FINE, billing=httpx.Response(404, json={"message": "Not Found"})).host.tokens.inspect()
    assert held(report)["Plan: read"] is None
    organization = facts(owner={"login": "acme", "type": "Organization"})
    names = held(await github(FINE, repository=organization).host.tokens.inspect())
    assert names["Administration (organization): read"] is None
    assert "Plan: read" not in names


async def test_no_value_crosses_the_wire() -> None:
    fake = github(FINE)
    await fake.host.tokens.inspect()
    asked = {path.partition("?")[0]: path.partition("?")[2] for _, path, _ in fake.sent()}
    assert asked["/actions/variables"] == "per_page=1&page=10000"
    assert "hide_secret=true" in asked["/secret-scanning/alerts"]
    assert fake.etags.rows == {}


async def test_roles_and_scopes_decide_about_writes() -> None:
    reader = facts(permissions={"pull": True, "push": False, "admin": False})
    report = await github({"x-oauth-scopes": "repo"}, repository=reader).host.tokens.inspect()
    assert {is_held for name, is_held in held(report).items() if name.endswith("write")} == {False}
    narrow = held(await github({"x-oauth-scopes": "repo:status"}).host.tokens.inspect())
    assert (narrow["Commit statuses: write"], narrow["Contents: write"], narrow["Workflows: write"]) == (True, False, False)
    public = facts(private=False)
    report = await github({"x-oauth-scopes": "public_repo"}, repository=public).host.tokens.inspect()
    assert held(report)["Contents: write"] is True
    assert any("public" in note for note in report.notes)
    silent = {key: value for key, value in facts().items() if key != "permissions"}
    assert held(await github({"x-oauth-scopes": ""}, repository=silent).host.tokens.inspect())["Contents: write"] is None


async def test_a_hidden_repository_ends_the_questions() -> None:
    fake = github(FINE, repository=httpx.Response(404, json={"message": "Not Found"}))
    report = await fake.host.tokens.inspect()
    assert held(report)["Metadata: read"] is False
    assert {is_held for name, is_held in held(report).items() if name != "Metadata: read"} == {None}
    assert len(fake.sent()) == 2


async def test_a_limit_ends_the_questions_and_leaves_the_rest_unknown() -> None:
    limited = httpx.Response(429, json={"message": "rate limit"}, headers={"retry-after": "60"})
    fake = github(FINE, actions=limited)
    found = held(await fake.host.tokens.inspect())
    assert (found["Contents: read"], found["Actions: read"], found["Issues: read"], found["Plan: read"]) == (True, None, None, None)
    assert "/issues" not in str(fake.sent())


async def test_without_an_environment_its_permission_is_unknown() -> None:
    for answer in ({"environments": []}, httpx.Response(404, json={"message": "Not Found"})):
        assert held(await github(FINE, environments=answer).host.tokens.inspect())["Environments: read"] is None


@pytest.mark.parametrize(
    ("headers", "kind", "known"),
    [
        ({}, "", False),
        ({"github-authentication-token-expiration": "soon"}, "fine-grained", False),
        ({"github-authentication-token-expiration": "2026-04-01 12:30:00 UTC"}, "fine-grained", True),
        ({"x-oauth-scopes": "", "github-authentication-token-expiration": "2026-04-01 12:30:00 UTC"}, "classic", True),
    ],
)
async def test_kinds_and_ends(headers: dict[str, str], kind: str, known: bool) -> None:
    report = await github(headers).host.tokens.inspect()
    assert (report.kind, report.expiry_known) == (kind, known)
    assert bool(report.notes) is not bool(kind)


async def test_a_refused_token_raises() -> None:
    fake = FakeGitHub({("GET", "/user"): httpx.Response(401, json={"message": "Bad credentials"})}, checked=False)
    with pytest.raises(OutsideError) as caught:
        await fake.host.tokens.inspect()
    assert caught.value.fault.kind is FaultKind.UNAUTHORISED


async def test_the_bot_is_asked_for_what_it_does() -> None:
    fake = github(FINE)
    report = await fake.host.tokens.inspect_bot()
    assert report is not None
    assert held(report) == {
        "Metadata: read": True,
        "Contents: read": True,
        "Pull requests: read": True,
        "Pull requests: write": None,
    }
    assert set(fake.tokens()) == {"bot"}
    assert await FakeGitHub({}, checked=False, bot=False).host.tokens.inspect_bot() is None


@pytest.mark.contract
async def test_every_question_fits_the_contract() -> None:
    fake = github(FINE)
    fake.checked = True
    await fake.host.tokens.inspect()
    problems = [problem for problem in fake.problems if ": body" not in problem and "status" not in problem.partition(": ")[2]]
    assert problems == []
    assert len(fake.wire.requests) == 18
