"""Which of the contract's operations the console uses and which it leaves, and that every request and example of the used fits."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.contracts import pack, validator
from tests.providers.github import test_contract as slice_
from tests.providers.github.calls import BILLING, CALLS
from tests.providers.github.contract import ROOT, FakeGitHub, example, routed

pytestmark = pytest.mark.contract
REPO = "/repos/{owner}/{repo}"
PROTECTION = f"{REPO}/branches/{{branch}}/protection"
# Operation: why the console never calls it.
LEFT = {
    ("GET", f"{REPO}/actions/runs/{{run_id}}/logs"): "a zip of all jobs; the log of one job is a text",
    ("GET", f"{REPO}/actions/runs/{{run_id}}/timing"): "closing down (gotcha 10); minutes come from billing",
    ("GET", f"{PROTECTION}/enforce_admins"): "part of the whole protection",
    ("POST", f"{PROTECTION}/enforce_admins"): "the protection is written whole",
    ("DELETE", f"{PROTECTION}/enforce_admins"): "the protection is written whole",
    ("GET", f"{PROTECTION}/required_pull_request_reviews"): "part of the whole protection",
    ("PATCH", f"{PROTECTION}/required_pull_request_reviews"): "the protection is written whole",
    ("DELETE", f"{PROTECTION}/required_pull_request_reviews"): "the protection is written whole",
    ("GET", f"{PROTECTION}/required_status_checks"): "part of the whole protection",
    ("PATCH", f"{PROTECTION}/required_status_checks"): "the protection is written whole",
    ("DELETE", f"{PROTECTION}/required_status_checks"): "the protection is written whole",
}
# Answers that a call can get and does not want: a deployment that merged instead of being recorded.
UNWANTED = {"repos.create-deployment.202"}


async def run_all() -> list[FakeGitHub]:
    """Make every call of the provider once."""
    fakes = []
    for name in slice_.CALLS:
        fake, call, _ = slice_.build(name)
        await call
        fakes.append(fake)
    for call, answers in CALLS.values():
        fake = routed(answers)
        await call(fake.host)
        fakes.append(fake)
    return fakes


def operations() -> set[tuple[str, str]]:
    methods = ("get", "put", "post", "delete", "patch")
    paths: dict[str, Any] = validator().openapi("github").doc["paths"]
    return {(method.upper(), path) for path, item in paths.items() for method in item if method in methods}


async def used() -> set[tuple[str, str]]:
    api = validator().openapi("github")
    found = set()
    for fake in await run_all():
        for request in fake.wire.requests:
            path = request.url.raw_path.decode().partition("?")[0]
            if request.url.host == "api.github.com":
                found.add((request.method, api.find(request.method, path)[0]))
    return found


async def test_every_operation_is_used_or_left_for_a_reason() -> None:
    everything, called = operations(), await used()
    assert len(everything) == 101
    assert called & LEFT.keys() == set()
    assert everything - called - LEFT.keys() == set()
    assert called <= everything
    assert len(called) == 90


@pytest.mark.parametrize("name", CALLS)
async def test_requests_and_answers_fit_the_contract(name: str) -> None:
    call, answers = CALLS[name]
    fake = routed(answers)
    fake.checked = name not in BILLING
    await call(fake.host)
    assert fake.problems == []
    assert set(fake.tokens()) == {"founder"}
    for request in fake.wire.requests:
        query = dict(parse_qsl(request.url.query.decode()))
        body = json.loads(request.content) if request.content else None
        path = request.url.raw_path.decode().partition("?")[0]
        assert validator().openapi("github").check_request(request.method, path, query, body) == []


def index() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((pack() / "examples" / "index.json").read_text(encoding="utf-8"))
    return [entry for entry in found if entry["api"] == "github"]


def name_of(entry: dict[str, Any]) -> str:
    return str(entry["file"]).removeprefix("github/").removesuffix(".json")


async def test_every_example_of_a_used_operation_is_read_by_a_call() -> None:
    tables = [answers for _, answers in CALLS.values()] + [answers for _, answers, _ in slice_.CALLS.values()]
    values = [answer for answers in tables for answer in answers.values()]
    answered = {value[1] if isinstance(value, tuple) else value for value in values if isinstance(value, (str, tuple))}
    api = validator().openapi("github")
    wanted = {
        name_of(entry)
        for entry in index()
        if "request" not in entry and (entry["method"], api.find(entry["method"], entry["path"])[0]) not in LEFT
    }
    assert len(wanted) > 80
    assert wanted - answered - UNWANTED == set()


SENT = {
    "protect-main": "rules: protect main",
    "protect-staging": "rules: protect staging",
    "ruleset-main": "rules: create ruleset",
    "dispatch-ci": "dispatch",
    "approve-deployment": "approve deployment",
    "create-deployment": "create deployment",
    "deployment-status": "report deployment",
    "create-release": "repository: create release",
    "incident-issue": "repository: create issue",
    "revert-tree-commit": "repository: commit a tree",
}


def test_no_request_of_the_pack_is_forgotten() -> None:
    known = {*SENT, "create-branch", "pr-feature-to-staging", "pr-staging-to-main", "merge-pr", "commit-status"}
    assert {name_of(entry).removeprefix("requests/") for entry in index() if "request" in entry} == known


@pytest.mark.parametrize("request_example", SENT)
async def test_bodies_say_what_the_packs_requests_say(request_example: str) -> None:
    call, answers = CALLS[SENT[request_example]]
    fake = routed(answers)
    await call(fake.host)
    (body,) = [body for method, _, body in fake.sent() if method != "GET"]
    wanted = example(f"requests/{request_example}")
    assert _within(wanted, body)


def _within(wanted: Any, sent: Any) -> bool:
    """Say whether all that the pack's request says is said; what is more must be an explicit off."""
    if isinstance(wanted, dict):
        extra = [sent[key] for key in sent.keys() - wanted.keys()]
        return all(_within(wanted[key], sent.get(key)) for key in wanted) and not any(extra)
    return bool(wanted == sent)


async def test_a_deployment_that_merged_instead_is_told() -> None:
    call, _ = CALLS["create deployment"]
    fake = routed({("POST", "/deployments"): (202, "repos.create-deployment.202")})
    with pytest.raises(Exception, match="merged a branch"):
        await call(fake.host)
    assert [path for _, path, _ in fake.sent()] == ["/deployments"]
    assert fake.wire.requests[0].url.path == f"{ROOT}/deployments"
