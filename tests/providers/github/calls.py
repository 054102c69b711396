"""Every call of the provider beyond the first slice, with the examples of the contract pack that answer it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from strideiq_console.domain.ruleset import BranchPolicy, policies
from strideiq_console.providers.github import GitHub
from tests.providers.github.contract import SHA

Call = tuple[Callable[[GitHub], Awaitable[Any]], dict[tuple[str, str], Any]]
CHECKS = ("backend-lint", "backend-test", "frontend-lint", "frontend-build")
MAIN, STAGING = policies(CHECKS)
TREE = "827efc6d56897b048c772eb4087f854f46256132"
START, END = datetime(2023, 8, 1, tzinfo=UTC), datetime(2023, 9, 1, tzinfo=UTC)
RUN = "/actions/runs/7"
NOT_PROTECTED = (404, "error.404-not-protected")

CI: dict[str, Call] = {
    "rerun": (lambda g: g.run_control.rerun(7), {("POST", f"{RUN}/rerun"): (201, "actions.re-run-workflow")}),
    "rerun failed": (
        lambda g: g.run_control.rerun_failed(7),
        {("POST", f"{RUN}/rerun-failed-jobs"): (201, "actions.re-run-workflow-failed-jobs")},
    ),
    "rerun job": (
        lambda g: g.run_control.rerun_job(9),
        {("POST", "/actions/jobs/9/rerun"): (201, "actions.re-run-job-for-workflow-run")},
    ),
    "cancel": (lambda g: g.run_control.cancel(7), {("POST", f"{RUN}/cancel"): (202, "actions.cancel-workflow-run.202")}),
    "force cancel": (
        lambda g: g.run_control.force_cancel(7),
        {("POST", f"{RUN}/force-cancel"): (202, "actions.force-cancel-workflow-run.202")},
    ),
    "dispatch": (
        lambda g: g.run_control.dispatch("ci.yml", "staging", {}),
        {("POST", "/actions/workflows/ci.yml/dispatches"): "actions.create-workflow-dispatch"},
    ),
    "dispatch without details": (
        lambda g: g.run_control.dispatch("ci.yml", "staging", {"dry": "true"}),
        {("POST", "/actions/workflows/ci.yml/dispatches"): httpx.Response(204)},
    ),
    "run": (lambda g: g.run_details.run(7), {("GET", RUN): "actions.get-workflow-run"}),
    "runs of": (
        lambda g: g.run_details.runs_of(sha=SHA, branch="feature/x"),
        {("GET", "/actions/runs"): "actions.list-workflow-runs-for-repo"},
    ),
    "job": (lambda g: g.run_details.job(9), {("GET", "/actions/jobs/9"): "actions.get-job-for-workflow-run"}),
    "every attempt": (
        lambda g: g.run_details.jobs_of_every_attempt(7),
        {("GET", f"{RUN}/jobs"): "actions.list-jobs-for-workflow-run"},
    ),
    "artifacts": (lambda g: g.run_details.artifacts(7), {("GET", f"{RUN}/artifacts"): "actions.list-workflow-run-artifacts"}),
    "annotations": (lambda g: g.run_details.annotations(4), {("GET", "/check-runs/4/annotations"): "checks.list-annotations"}),
    "workflows": (lambda g: g.workflows.all(), {("GET", "/actions/workflows"): "actions.list-repo-workflows"}),
    "workflow's runs": (
        lambda g: g.workflows.runs("ci.yml", branch="main"),
        {("GET", "/actions/workflows/ci.yml/runs"): "actions.list-workflow-runs"},
    ),
    "cache usage": (lambda g: g.workflows.cache_usage(), {("GET", "/actions/cache/usage"): "actions.get-actions-cache-usage"}),
    "combined": (lambda g: g.checks.combined(SHA), {("GET", f"/commits/{SHA}/status"): "repos.get-combined-status-for-ref"}),
    "checks": (
        lambda g: g.checks.of(SHA),
        {
            ("GET", f"/commits/{SHA}/check-runs"): "checks.list-for-ref",
            ("GET", f"/commits/{SHA}/status"): "repos.get-combined-status-for-ref",
        },
    ),
    "pending": (lambda g: g.gates.pending(7), {("GET", f"{RUN}/pending_deployments"): "actions.get-pending-deployments-for-run"}),
    "approvals": (lambda g: g.gates.approvals(7), {("GET", f"{RUN}/approvals"): "actions.get-reviews-for-run"}),
    "approve deployment": (
        lambda g: g.gates.review(7, [161171787], approve=True, comment="Staging verified"),
        {("POST", f"{RUN}/pending_deployments"): "actions.review-pending-deployments-for-run"},
    ),
    "environments": (lambda g: g.environments.all(), {("GET", "/environments"): "repos.get-all-environments"}),
    "environment": (
        lambda g: g.environments.get("production/eu"),
        {("GET", "/environments/production%2Feu"): "repos.get-environment"},
    ),
    "deployments": (
        lambda g: g.deployments.recent(environment="production", sha=SHA),
        {("GET", "/deployments"): "repos.list-deployments"},
    ),
    "deployment": (lambda g: g.deployments.get(1), {("GET", "/deployments/1"): "repos.get-deployment"}),
    "deployment statuses": (
        lambda g: g.deployments.statuses(1),
        {("GET", "/deployments/1/statuses"): "repos.list-deployment-statuses"},
    ),
    "create deployment": (
        lambda g: g.deployments.create(sha=SHA, environment="production", description="strideiq_console promote", production=True),
        {("POST", "/deployments"): (201, "repos.create-deployment")},
    ),
    "report deployment": (
        lambda g: g.deployments.report(1, state="success", environment_url="https://strideiq.run"),
        {("POST", "/deployments/1/statuses"): (201, "repos.create-deployment-status")},
    ),
}
REPOSITORY: dict[str, Call] = {
    "facts": (lambda g: g.contents.facts(), {("GET", ""): "repos.get"}),
    "branches": (lambda g: g.contents.branches(), {("GET", "/branches"): "repos.list-branches"}),
    "commits": (lambda g: g.contents.commits("main"), {("GET", "/commits"): "repos.list-commits"}),
    "commit": (lambda g: g.contents.commit("main"), {("GET", "/commits/main"): "repos.get-commit"}),
    "file": (
        lambda g: g.contents.file("docs/README.md", ref="main"),
        {("GET", "/contents/docs/README.md"): "repos.get-content"},
    ),
    "pulls of a commit": (
        lambda g: g.contents.pulls_of(SHA),
        {("GET", f"/commits/{SHA}/pulls"): "repos.list-pull-requests-associated-with-commit"},
    ),
    "merge branches": (
        lambda g: g.history.merge(base="hotfix/x", head="main", message="Bring main in"),
        {("POST", "/merges"): (201, "repos.merge")},
    ),
    "merge nothing": (
        lambda g: g.history.merge(base="hotfix/x", head="main", message="Bring main in"),
        {("POST", "/merges"): httpx.Response(204)},
    ),
    "tree": (lambda g: g.history.tree_of(SHA), {("GET", f"/git/commits/{SHA}"): "git.get-commit"}),
    "commit a tree": (
        lambda g: g.history.commit_tree(tree=TREE, parents=[SHA], message='Revert "feat(calendar)"'),
        {("POST", "/git/commits"): (201, "git.create-commit")},
    ),
    "advance": (
        lambda g: g.history.advance("revert/x", SHA),
        {("PATCH", "/git/refs/heads/revert/x"): "git.update-ref"},
    ),
    "pull files": (lambda g: g.pulls.files(1347), {("GET", "/pulls/1347/files"): "pulls.list-files"}),
    "pull commits": (lambda g: g.pulls.commits(1347), {("GET", "/pulls/1347/commits"): "pulls.list-commits"}),
    "request reviewers": (
        lambda g: g.pulls.request_reviewers(1347, ["octocat"]),
        {("POST", "/pulls/1347/requested_reviewers"): (201, "pulls.request-reviewers")},
    ),
    "is merged": (lambda g: g.pulls.is_merged(1347), {("GET", "/pulls/1347/merge"): httpx.Response(204)}),
    "releases": (lambda g: g.releases.recent(), {("GET", "/releases"): "repos.list-releases"}),
    "latest release": (lambda g: g.releases.latest(), {("GET", "/releases/latest"): "repos.get-latest-release"}),
    "create release": (
        lambda g: g.releases.create(tag="v1.2.0", target="main", name="v1.2.0"),
        {("POST", "/releases"): (201, "repos.create-release")},
    ),
    "release notes": (
        lambda g: g.releases.notes(tag="v1.2.0", target=SHA, previous="v1.1.0"),
        {("POST", "/releases/generate-notes"): "repos.generate-release-notes"},
    ),
    "tags": (lambda g: g.releases.tags(), {("GET", "/tags"): "repos.list-tags"}),
    "issues": (
        lambda g: g.issues.recent(labels=["incident", "P1"]),
        {("GET", "/issues"): "issues.list-for-repo"},
    ),
    "create issue": (
        lambda g: g.issues.create(
            title="[P1] API unreachable", body="## Timeline", labels=["incident", "P1"], assignees=["founder"]
        ),
        {("POST", "/issues"): (201, "issues.create")},
    ),
    "update issue": (
        lambda g: g.issues.update(1347, closed=True, labels=["incident"]),
        {("PATCH", "/issues/1347"): "issues.update"},
    ),
    "comment": (
        lambda g: g.issues.comment(1347, "Me too"),
        {("POST", "/issues/1347/comments"): (201, "issues.create-comment")},
    ),
    "labels": (lambda g: g.issues.labels(), {("GET", "/labels"): "issues.list-labels-for-repo"}),
    "variables": (
        lambda g: g.variables.repository(),
        {
            ("GET", "/actions/secrets"): "actions.list-repo-secrets",
            ("GET", "/actions/variables"): "actions.list-repo-variables",
        },
    ),
    "environment variables": (
        lambda g: g.variables.environment("production"),
        {
            ("GET", "/environments/production/secrets"): "actions.list-environment-secrets",
            ("GET", "/environments/production/variables"): "actions.list-environment-variables",
        },
    ),
    "rate": (lambda g: g.viewer.rate(), {("GET", "/rate_limit"): "rate-limit.get"}),
}
_USER, _ORG = "/users/acme/settings/billing/usage", "/organizations/acme/settings/billing/usage"


def owned_by(kind: str) -> dict[str, Any]:
    """Return the facts of a repository whose owner is a ``User`` or an ``Organization``; only what the console reads."""
    owner = {"login": "acme", "type": kind}
    return {"full_name": "acme/strideiq", "default_branch": "main", "private": True, "owner": owner}


RULES: dict[str, Call] = {
    "rulesets": (lambda g: g.rulesets.all(), {("GET", "/rulesets"): "repos.get-repo-rulesets"}),
    "ruleset": (lambda g: g.rulesets.get(21), {("GET", "/rulesets/21"): "repos.get-repo-ruleset"}),
    "create ruleset": (
        lambda g: g.rulesets.create(MAIN, name="main"),
        {("POST", "/rulesets"): (201, "repos.create-repo-ruleset")},
    ),
    "update ruleset": (
        lambda g: g.rulesets.update(21, MAIN),
        {("GET", "/rulesets/21"): "repos.get-repo-ruleset", ("PUT", "/rulesets/21"): "repos.update-repo-ruleset"},
    ),
    "restore ruleset": (
        lambda g: g.rulesets.restore(21, '{"name":"main","enforcement":"active","rules":[{"type":"deletion"}]}'),
        {("PUT", "/rulesets/21"): "repos.update-repo-ruleset"},
    ),
    "delete ruleset": (lambda g: g.rulesets.delete(21), {("DELETE", "/rulesets/21"): httpx.Response(204)}),
    "classic": (lambda g: g.classic.get("main"), {("GET", "/branches/main/protection"): "repos.get-branch-protection"}),
    "no classic": (lambda g: g.classic.get("main"), {("GET", "/branches/main/protection"): NOT_PROTECTED}),
    "protect main": (
        lambda g: g.classic.write(MAIN),
        {
            ("GET", "/branches/main/protection"): NOT_PROTECTED,
            ("PUT", "/branches/main/protection"): "repos.update-branch-protection",
        },
    ),
    "protect staging": (
        lambda g: g.classic.write(STAGING),
        {
            ("GET", "/branches/staging/protection"): NOT_PROTECTED,
            ("PUT", "/branches/staging/protection"): "repos.update-branch-protection",
        },
    ),
    "change classic": (
        lambda g: g.classic.write(BranchPolicy("main", 1, CHECKS, up_to_date=True, app_id=None)),
        {
            ("GET", "/branches/main/protection"): "repos.get-branch-protection",
            ("PUT", "/branches/main/protection"): "repos.update-branch-protection",
        },
    ),
    "delete classic": (lambda g: g.classic.delete("main"), {("DELETE", "/branches/main/protection"): httpx.Response(204)}),
    "dependencies": (lambda g: g.alerts.dependencies(), {("GET", "/dependabot/alerts"): "dependabot.list-alerts-for-repo"}),
    "dependencies off": (lambda g: g.alerts.dependencies(), {("GET", "/dependabot/alerts"): (403, "error.403-dependabot")}),
    "code": (lambda g: g.alerts.code(), {("GET", "/code-scanning/alerts"): "code-scanning.list-alerts-for-repo"}),
    "secrets": (lambda g: g.alerts.secrets(), {("GET", "/secret-scanning/alerts"): "secret-scanning.list-alerts-for-repo"}),
    "secrets off": (lambda g: g.alerts.secrets(), {("GET", "/secret-scanning/alerts"): (404, "error.404-secret-scanning")}),
    "watched": (lambda g: g.alerts.dependencies_watched(), {("GET", "/vulnerability-alerts"): httpx.Response(204)}),
}
# The facts are cut down to what is read, so these answers are not checked against the contract; the requests are.
BILLING: dict[str, Call] = {
    "charges of a user": (
        lambda g: g.costs.charges(START, END, everything=True),
        {("GET", ""): owned_by("User"), ("GET", _USER): "billing.get-github-billing-usage-report-user"},
    ),
    "charges of an organization": (
        lambda g: g.costs.charges(START, END, everything=True),
        {("GET", ""): owned_by("Organization"), ("GET", _ORG): "billing.get-github-billing-usage-report-org"},
    ),
    "month of a user": (
        lambda g: g.costs.month(2025, 12),
        {("GET", ""): owned_by("User"), ("GET", f"{_USER}/summary"): "billing.get-github-billing-usage-summary-report-user"},
    ),
    "month of an organization": (
        lambda g: g.costs.month(2025, 12),
        {("GET", ""): owned_by("Organization"), ("GET", f"{_ORG}/summary"): "billing.get-github-billing-usage-summary-report-org"},
    ),
}
CALLS = {**CI, **{f"repository: {k}": v for k, v in REPOSITORY.items()}, **{f"rules: {k}": v for k, v in RULES.items()}, **BILLING}
