"""Every request of the slice fits the contract, and every example that the slice reads becomes a domain object."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from strideiq_console.domain.ci import CheckState, summarise
from strideiq_console.domain.commit import Divergence
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.pull_request import PullState, ReviewState
from strideiq_console.providers.github import GitHub
from tests.providers.github.contract import SHA, FakeGitHub, example, routed

pytestmark = pytest.mark.contract
RED: dict[str, list[str]] = {"checks": ["backend-test"], "checks by jobs": []}
LOG = "https://logs.example/1"

# Name of a call: the call, the answers (an example's name, or a made one), and the identities that sent the requests.
CALLS: dict[str, tuple[Callable[[GitHub], Awaitable[Any]], dict[tuple[str, str], Any], list[str]]] = {
    "open": (lambda g: g.pulls.open(), {("GET", "/pulls"): "pulls.list"}, ["founder"]),
    "get": (lambda g: g.pulls.get(1347), {("GET", "/pulls/1347"): "pulls.get"}, ["founder"]),
    "find": (lambda g: g.pulls.find("new-topic", "master"), {("GET", "/pulls"): "pulls.list"}, ["founder"]),
    "reviews": (lambda g: g.pulls.reviews(1347), {("GET", "/pulls/1347/reviews"): "pulls.list-reviews"}, ["founder"]),
    "create": (
        lambda g: g.pulls.create(head="hotfix/x", base="staging", title="Fix", body="run 1"),
        {("POST", "/pulls"): (201, "pulls.create")},
        ["bot"],
    ),
    "update": (
        lambda g: g.pulls.update(1347, body="b", closed=True),
        {("PATCH", "/pulls/1347"): "pulls.update"},
        ["founder"],
    ),
    "update_branch": (
        lambda g: g.pulls.update_branch(1347, expected_head=SHA),
        {("PUT", "/pulls/1347/update-branch"): (202, "pulls.update-branch.202")},
        ["founder"],
    ),
    "merge": (
        lambda g: g.pulls.merge(1347, sha=SHA, title="Release v1.2.0"),
        {("PUT", "/pulls/1347/merge"): "pulls.merge"},
        ["founder"],
    ),
    "approve": (
        lambda g: g.pulls.approve(1347, sha=SHA, body="ok"),
        {("POST", "/pulls/1347/reviews"): "pulls.create-review"},
        ["founder"],
    ),
    "labels": (
        lambda g: g.labels.put(1347, ["hotfix", "P1"]),
        {
            ("GET", "/pulls/1347"): "pulls.get",
            ("GET", "/labels"): "issues.list-labels-for-repo",
            ("POST", "/labels"): (201, "issues.create-label"),
            ("PATCH", "/issues/1347"): "issues.update",
        },
        ["founder"] * 5,
    ),
    "checks": (
        lambda g: g.checks.of(SHA),
        {
            ("GET", f"/commits/{SHA}/check-runs"): "scenario.check-runs-ci",
            ("GET", f"/commits/{SHA}/status"): "repos.get-combined-status-for-ref",
        },
        ["founder"] * 2,
    ),
    "checks by jobs": (
        lambda g: g.checks.of(SHA),
        {
            ("GET", f"/commits/{SHA}/check-runs"): httpx.Response(403, json={"message": "Resource not accessible"}),
            ("GET", "/actions/runs"): "actions.list-workflow-runs-for-repo",
            ("GET", "/actions/runs/30433642/jobs"): "scenario.jobs-ci",
            ("GET", f"/commits/{SHA}/status"): "repos.get-combined-status-for-ref",
        },
        ["founder"] * 4,
    ),
    "publish": (
        lambda g: g.checks.publish(
            SHA, context="staging/verified", state="success", description="x" * 300, url="https://s.example"
        ),
        {("POST", f"/statuses/{SHA}"): (201, "repos.create-commit-status")},
        ["founder"],
    ),
    "recent": (lambda g: g.workflow_runs.recent(), {("GET", "/actions/runs"): "actions.list-workflow-runs-for-repo"}, ["founder"]),
    "jobs": (
        lambda g: g.workflow_runs.jobs(7),
        {("GET", "/actions/runs/7/jobs"): "actions.list-jobs-for-workflow-run"},
        ["founder"],
    ),
    "log_tail": (
        lambda g: g.workflow_runs.log_tail(9),
        {("GET", "/actions/jobs/9/logs"): httpx.Response(302, headers={"location": LOG}), ("GET", "//1"): httpx.Response(200)},
        ["founder", "nobody"],
    ),
    "protection": (
        lambda g: g.rules.protection("main"),
        {
            ("GET", "/rules/branches/main"): "scenario.rules-main",
            ("GET", "/rulesets/21"): "repos.get-repo-ruleset",
            ("GET", "/branches/main/protection"): "scenario.protection-main",
        },
        ["founder"] * 3,
    ),
    "protection of a branch with a slash": (
        lambda g: g.rules.protection("feature/x"),
        {
            ("GET", "/rules/branches/feature%2Fx"): "repos.get-branch-rules",
            ("GET", "/branches/feature%2Fx/protection"): httpx.Response(404, json={"message": "Branch not protected"}),
            ("GET", "/branches/feature%2Fx"): "repos.get-branch",
        },
        ["founder"] * 3,
    ),
    "classic protection": (
        lambda g: g.rules.protection("main"),
        {("GET", "/rules/branches/main"): [], ("GET", "/branches/main/protection"): "repos.get-branch-protection"},
        ["founder"] * 2,
    ),
    "tip": (lambda g: g.rules.tip("feature/a"), {("GET", "/git/ref/heads/feature/a"): "git.get-ref"}, ["founder"]),
    "no tip": (lambda g: g.rules.tip("gone"), {("GET", ""): "repos.get"}, ["founder"] * 2),
    "compare": (
        lambda g: g.rules.compare("staging", "feature/x"),
        {("GET", "/compare/staging...feature%2Fx"): "repos.compare-commits-with-basehead"},
        ["founder"],
    ),
    "create branch": (lambda g: g.rules.create("hotfix/x", SHA), {("POST", "/git/refs"): (201, "git.create-ref")}, ["founder"]),
    "delete branch": (
        lambda g: g.rules.delete("hotfix/x"),
        {("DELETE", "/git/refs/heads/hotfix/x"): httpx.Response(204)},
        ["founder"],
    ),
    "login": (lambda g: g.viewer.login(), {("GET", "/user"): "users.get-authenticated"}, ["founder"]),
    "bot_login": (lambda g: g.viewer.bot_login(), {("GET", "/user"): "users.get-authenticated"}, ["bot"]),
}


def build(name: str) -> tuple[FakeGitHub, Awaitable[Any], list[str]]:
    call, answers, identities = CALLS[name]
    fake = routed(answers)
    return fake, call(fake.host), identities


@pytest.mark.parametrize("name", CALLS)
async def test_requests_and_answers_fit_the_contract(name: str) -> None:
    fake, call, identities = build(name)
    await call
    assert fake.problems == []
    assert fake.tokens() == identities
    for request in fake.wire.requests:
        if request.url.host == "api.github.com":
            assert request.headers["accept"] == "application/vnd.github+json"
            assert request.headers["x-github-api-version"] == "2022-11-28"
            assert request.headers["user-agent"].startswith("strideiq-console/")


async def value(name: str) -> Any:
    _, call, _ = build(name)
    return await call


async def test_pull_requests() -> None:
    (listed,) = await value("open")
    assert (listed.number, listed.head, listed.base, listed.author) == (1347, "new-topic", "master", "octocat")
    assert listed.head_sha == SHA
    assert listed.mergeable is None
    assert listed.labels == ("bug",)
    assert listed.url == "https://github.com/acme/strideiq/pull/1347"
    one = await value("get")
    assert (one.state, one.mergeable, one.mergeable_state) == (PullState.OPEN, True, "clean")
    assert one.created_at == datetime(2011, 1, 26, 19, 1, 12, tzinfo=UTC)
    assert [p.number for p in await value("find")] == [1347]
    (review,) = await value("reviews")
    assert (review.author, review.state) == ("octocat", ReviewState.APPROVED)
    assert await value("merge") == SHA


async def test_checks_and_their_stand_in_say_the_same() -> None:
    for name in ("checks", "checks by jobs"):
        summary = summarise(SHA, await value(name), REQUIRED_CHECKS)
        assert [name for name, _ in summary.required] == list(REQUIRED_CHECKS)
        assert [name for name, state in summary.required if state is not CheckState.SUCCESS] == RED[name]
        assert any(c.name == "continuous-integration/jenkins" and c.source == "status" for c in summary.others)


async def test_runs_and_jobs() -> None:
    (run,) = await value("recent")
    assert (run.id, run.number, run.branch, run.state) == (30433642, 562, "master", CheckState.QUEUED)
    assert run.title == "Update README.md"
    (job,) = await value("jobs")
    assert job.state is CheckState.SUCCESS
    assert len(job.steps) == 10


async def test_protection() -> None:
    found = await value("protection")
    assert (found.source, found.pull_request, found.approvals, found.up_to_date) == ("both", True, 1, True)
    assert found.required_checks == REQUIRED_CHECKS
    assert (found.force_push, found.deletion) == (False, False)
    assert found.bypass is False, "classic protection holds for admins, whatever the ruleset lets pass"
    classic = await value("classic protection")
    assert (classic.source, classic.approvals, classic.required_checks) == ("classic", 2, ("continuous-integration/travis-ci",))


async def test_branches() -> None:
    assert await value("tip") == "aa218f56b14c9653891f9e74264a383fa43fefbd"
    assert await value("no tip") is None
    found = example("repos.compare-commits-with-basehead")
    assert await value("compare") == Divergence(found["ahead_by"], found["behind_by"])
    assert await value("login") == "octocat"


@pytest.mark.parametrize(
    ("name", "request_example"),
    [("merge", "merge-pr"), ("create branch", "create-branch"), ("publish", "commit-status"), ("create", "pr-feature-to-staging")],
)
async def test_bodies_have_the_fields_of_the_packs_requests(name: str, request_example: str) -> None:
    fake, call, _ = build(name)
    await call
    assert set(example(f"requests/{request_example}")) <= set(fake.sent()[-1][2])
