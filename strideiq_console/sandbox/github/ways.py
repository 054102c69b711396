"""Every operation of the world's GitHub: method, path, who answers, and the permission that it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from strideiq_console.sandbox.github import (
    account,
    actions,
    alerts,
    approvals,
    billing,
    branches,
    checks,
    contents,
    deployments,
    environments,
    issues,
    labels,
    merging,
    protection,
    protection_parts,
    pulls,
    releases,
    repository,
    rulesets,
    workflows,
)
from strideiq_console.sandbox.github.call import Call, Reply

Endpoint = Callable[[Call], Reply]
_REPO = "/repos/{owner}/{repo}"
_BRANCH = _REPO + "/branches/{branch:path}"
_GUARD = _BRANCH + "/protection"
_COMMIT = _REPO + "/commits/{ref:path}"
_PULL = _REPO + "/pulls/{number}"
_RUN = _REPO + "/actions/runs/{id}"
_WORKFLOW = _REPO + "/actions/workflows/{workflow}"
_PLACE = _REPO + "/environments/{environment:path}"
_USER_BILL = "/users/{account}/settings/billing/usage"
_ORG_BILL = "/organizations/{account}/settings/billing/usage"


@dataclass(frozen=True, slots=True)
class Way:
    """One operation. ``permission`` is what a token needs, as ``X-Accepted-GitHub-Permissions`` names it (``""``: nothing)."""

    method: str
    path: str
    endpoint: Endpoint
    permission: str = "metadata=read"


# Longer paths stand before those that would swallow them: a branch's name may hold slashes.
WAYS = (
    Way("GET", "/user", account.get_user, ""),
    Way("GET", "/rate_limit", account.get_rate_limit, ""),
    Way("GET", _USER_BILL + "/summary", billing.user_summary, "plan=read"),
    Way("GET", _USER_BILL, billing.user_usage, "plan=read"),
    Way("GET", _ORG_BILL + "/summary", billing.organization_summary, "organization_administration=read"),
    Way("GET", _ORG_BILL, billing.organization_usage, "organization_administration=read"),
    Way("GET", _REPO, repository.get_repository),
    Way("GET", _REPO + "/rules/branches/{branch:path}", rulesets.list_branch_rules),
    Way("GET", _REPO + "/rulesets", rulesets.list_rulesets),
    Way("POST", _REPO + "/rulesets", rulesets.create_ruleset, "administration=write"),
    Way("GET", _REPO + "/rulesets/{id}", rulesets.get_ruleset),
    Way("PUT", _REPO + "/rulesets/{id}", rulesets.update_ruleset, "administration=write"),
    Way("DELETE", _REPO + "/rulesets/{id}", rulesets.delete_ruleset, "administration=write"),
    Way("GET", _REPO + "/branches", branches.list_branches, "contents=read"),
    Way("GET", _GUARD + "/enforce_admins", protection_parts.get_admins, "administration=read"),
    Way("POST", _GUARD + "/enforce_admins", protection_parts.set_admins, "administration=write"),
    Way("DELETE", _GUARD + "/enforce_admins", protection_parts.delete_admins, "administration=write"),
    Way("GET", _GUARD + "/required_pull_request_reviews", protection_parts.get_reviews, "administration=read"),
    Way("PATCH", _GUARD + "/required_pull_request_reviews", protection_parts.update_reviews, "administration=write"),
    Way("DELETE", _GUARD + "/required_pull_request_reviews", protection_parts.delete_reviews, "administration=write"),
    Way("GET", _GUARD + "/required_status_checks", protection_parts.get_checks, "administration=read"),
    Way("PATCH", _GUARD + "/required_status_checks", protection_parts.update_checks, "administration=write"),
    Way("DELETE", _GUARD + "/required_status_checks", protection_parts.delete_checks, "administration=write"),
    Way("GET", _GUARD, protection.get_protection, "administration=read"),
    Way("PUT", _GUARD, protection.put_protection, "administration=write"),
    Way("DELETE", _GUARD, protection.delete_protection, "administration=write"),
    Way("GET", _BRANCH, branches.get_branch, "contents=read"),
    Way("GET", _REPO + "/compare/{basehead:path}", repository.compare, "contents=read"),
    Way("POST", _REPO + "/merges", merging.merge_branches, "contents=write"),
    Way("GET", _REPO + "/contents/{path:path}", contents.get_contents, "contents=read"),
    Way("POST", _REPO + "/git/commits", contents.create_git_commit, "contents=write"),
    Way("GET", _REPO + "/git/commits/{sha}", contents.get_git_commit, "contents=read"),
    Way("GET", _REPO + "/git/ref/{ref:path}", branches.get_ref, "contents=read"),
    Way("POST", _REPO + "/git/refs", branches.create_ref, "contents=write"),
    Way("PATCH", _REPO + "/git/refs/{ref:path}", branches.update_ref, "contents=write"),
    Way("DELETE", _REPO + "/git/refs/{ref:path}", branches.delete_ref, "contents=write"),
    Way("GET", _REPO + "/commits", repository.list_commits, "contents=read"),
    Way("GET", _COMMIT + "/check-runs", checks.list_check_runs, "checks=read"),
    Way("GET", _COMMIT + "/status", checks.combined_status, "statuses=read"),
    Way("GET", _COMMIT + "/pulls", pulls.list_of_commit, "pull_requests=read"),
    Way("GET", _COMMIT, repository.get_commit, "contents=read"),
    Way("GET", _REPO + "/check-runs/{id}/annotations", checks.list_annotations, "checks=read"),
    Way("POST", _REPO + "/statuses/{sha}", checks.create_status, "statuses=write"),
    Way("GET", _REPO + "/pulls", pulls.list_pulls, "pull_requests=read"),
    Way("POST", _REPO + "/pulls", pulls.create_pull, "pull_requests=write"),
    Way("GET", _PULL, pulls.get_pull, "pull_requests=read"),
    Way("PATCH", _PULL, pulls.update_pull, "pull_requests=write"),
    Way("GET", _PULL + "/files", pulls.list_files, "pull_requests=read"),
    Way("GET", _PULL + "/commits", pulls.list_commits, "pull_requests=read"),
    Way("GET", _PULL + "/reviews", pulls.list_reviews, "pull_requests=read"),
    Way("POST", _PULL + "/reviews", pulls.create_review, "pull_requests=write"),
    Way("POST", _PULL + "/requested_reviewers", pulls.request_reviewers, "pull_requests=write"),
    Way("PUT", _PULL + "/update-branch", merging.update_branch, "pull_requests=write"),
    Way("GET", _PULL + "/merge", merging.is_merged, "pull_requests=read"),
    Way("PUT", _PULL + "/merge", merging.merge, "contents=write"),
    Way("GET", _REPO + "/labels", labels.list_labels, "issues=read"),
    Way("POST", _REPO + "/labels", labels.create_label, "issues=write"),
    Way("GET", _REPO + "/issues", issues.list_issues, "issues=read"),
    Way("POST", _REPO + "/issues", issues.create_issue, "issues=write"),
    Way("PATCH", _REPO + "/issues/{number}", issues.update_issue, "issues=write"),
    Way("POST", _REPO + "/issues/{number}/comments", issues.create_comment, "issues=write"),
    Way("GET", _REPO + "/actions/runs", actions.list_runs, "actions=read"),
    Way("GET", _RUN, actions.get_run, "actions=read"),
    Way("GET", _RUN + "/jobs", actions.list_jobs, "actions=read"),
    Way("GET", _RUN + "/logs", actions.get_run_logs, "actions=read"),
    Way("GET", _RUN + "/timing", workflows.run_usage, "actions=read"),
    Way("GET", _RUN + "/artifacts", workflows.list_artifacts, "actions=read"),
    Way("GET", _RUN + "/approvals", approvals.list_approvals, "actions=read"),
    Way("GET", _RUN + "/pending_deployments", approvals.list_pending, "actions=read"),
    Way("POST", _RUN + "/pending_deployments", approvals.review_pending, "deployments=write"),
    Way("POST", _RUN + "/rerun", actions.rerun, "actions=write"),
    Way("POST", _RUN + "/rerun-failed-jobs", actions.rerun_failed, "actions=write"),
    Way("POST", _RUN + "/cancel", actions.cancel, "actions=write"),
    Way("POST", _RUN + "/force-cancel", actions.force_cancel, "actions=write"),
    Way("GET", _REPO + "/actions/jobs/{id}", actions.get_job, "actions=read"),
    Way("GET", _REPO + "/actions/jobs/{id}/logs", actions.get_job_logs, "actions=read"),
    Way("POST", _REPO + "/actions/jobs/{id}/rerun", actions.rerun_job, "actions=write"),
    Way("GET", _REPO + "/actions/workflows", workflows.list_workflows, "actions=read"),
    Way("GET", _WORKFLOW + "/runs", workflows.list_workflow_runs, "actions=read"),
    Way("POST", _WORKFLOW + "/dispatches", workflows.dispatch, "actions=write"),
    Way("GET", _REPO + "/actions/cache/usage", workflows.cache_usage, "actions=read"),
    Way("GET", _REPO + "/actions/secrets", environments.list_secrets, "secrets=read"),
    Way("GET", _REPO + "/actions/variables", environments.list_variables, "actions_variables=read"),
    Way("GET", _REPO + "/environments", environments.list_environments, "actions=read"),
    Way("GET", _PLACE + "/secrets", environments.list_environment_secrets, "environments=read"),
    Way("GET", _PLACE + "/variables", environments.list_environment_variables, "environments=read"),
    Way("GET", _PLACE, environments.get_environment, "actions=read"),
    Way("GET", _REPO + "/deployments", deployments.list_deployments, "deployments=read"),
    Way("POST", _REPO + "/deployments", deployments.create_deployment, "deployments=write"),
    Way("GET", _REPO + "/deployments/{id}", deployments.get_deployment, "deployments=read"),
    Way("GET", _REPO + "/deployments/{id}/statuses", deployments.list_statuses, "deployments=read"),
    Way("POST", _REPO + "/deployments/{id}/statuses", deployments.create_status, "deployments=write"),
    Way("GET", _REPO + "/tags", releases.list_tags),
    Way("GET", _REPO + "/releases", releases.list_releases, "contents=read"),
    Way("POST", _REPO + "/releases", releases.create_release, "contents=write"),
    Way("GET", _REPO + "/releases/latest", releases.latest_release, "contents=read"),
    Way("POST", _REPO + "/releases/generate-notes", releases.generate_notes, "contents=write"),
    Way("GET", _REPO + "/dependabot/alerts", alerts.list_dependabot, "vulnerability_alerts=read"),
    Way("GET", _REPO + "/code-scanning/alerts", alerts.list_code_scanning, "security_events=read"),
    Way("GET", _REPO + "/secret-scanning/alerts", alerts.list_secret_scanning, "secret_scanning_alerts=read"),
    Way("GET", _REPO + "/vulnerability-alerts", alerts.check_vulnerability_alerts, "administration=read"),
)
