"""What the pack's examples become: nothing that the console keeps of them is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.ci_control import Annotation, Artifact, CacheUsage
from strideiq_console.domain.cost import CostKind
from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.gated_deploy import HostEnvironment, PendingDeployment, RunApproval
from strideiq_console.domain.pull_request import ChangedFile
from strideiq_console.domain.release import ReleaseNotes, Tag
from strideiq_console.domain.security_alert import AlertSeverity, AlertSource, AlertState
from strideiq_console.domain.variable import Variable
from tests.providers.github.calls import CALLS
from tests.providers.github.contract import SHA, example, routed

pytestmark = pytest.mark.contract


async def value(name: str) -> Any:
    call, answers = CALLS[name]
    return await call(routed(answers).host)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def test_starting_and_single_runs() -> None:
    assert await value("dispatch") == 1
    assert await value("dispatch without details") is None
    run = await value("run")
    assert (run.id, run.number, run.attempt, run.event, run.state) == (30433642, 562, 1, "push", CheckState.QUEUED)
    job = await value("job")
    assert (job.id, job.name, job.run_id, job.state) == (399444496, "build", 29679449, CheckState.SUCCESS)
    assert [job.attempt for job in await value("every attempt")] == [1]
    assert [r.id for r in await value("runs of")] == [30433642]
    assert [r.id for r in await value("workflow's runs")] == [30433642]


async def test_what_runs_leave() -> None:
    first, second = await value("artifacts")
    assert first == Artifact(11, "Rails", 556, False, at("2020-01-10T14:59:22"), at("2020-03-21T14:59:22"))
    assert (second.id, second.size) == (13, 453)
    assert await value("annotations") == (
        Annotation("README.md", 2, "warning", "Check your spelling for 'banaas'.", "Spell Checker"),
    )
    ci, linter = await value("workflows")
    assert (ci.id, ci.name, ci.path, ci.active) == (161335, "CI", ".github/workflows/blank.yaml", True)
    assert linter.path.endswith("linter.yaml")
    assert await value("cache usage") == CacheUsage(3, 2322142)
    assert await value("combined") is CheckState.SUCCESS
    check = (await value("checks"))[0]
    shape = example("checks.list-for-ref")["check_runs"][0]
    assert (check.id, check.app_id, check.name) == (shape["id"], shape["app"]["id"], shape["name"])


async def test_gates_and_environments() -> None:
    began = at("2020-11-23T22:00:40")
    assert await value("pending") == (PendingDeployment(161088068, "staging", True, ("octocat",), 30, began),)
    assert await value("approvals") == (RunApproval("octocat", "approved", "Ship it!", ("staging",)),)
    url = "https://github.com/acme/strideiq/deployments/activity_log?environments_filter=staging"
    wanted = HostEnvironment(161088068, "staging", ("octocat", "team:justice-league"), False, 30, "custom", url)
    assert await value("environments") == (wanted,)
    assert await value("environment") == wanted


async def test_deployments() -> None:
    (listed,) = await value("deployments")
    one = await value("deployment")
    assert one == listed == await value("create deployment")
    assert (one.id, one.environment, one.ref, one.task) == (1, "production", "topic-branch", "deploy")
    assert (one.sha, one.by, one.production) == ("a84d88e7554fc1fa21bcbc4efae3c782a70d2b9d", "octocat", True)
    assert (one.description, one.created_at) == ("Deploy request from hubot", at("2012-07-20T01:19:13"))
    (status,) = await value("deployment statuses")
    assert status == await value("report deployment")
    assert (status.id, status.state, status.environment, status.by) == (1, "success", "production", "octocat")
    assert status.environment_url == "https://test-branch.lab.acme.com"
    assert status.log_url == "https://example.com/deployment/42/output"


async def test_the_repository() -> None:
    facts = await value("repository: facts")
    assert (facts.name, facts.default_branch, facts.private, facts.owner) == ("acme/strideiq", "master", False, "octocat")
    assert (facts.merge_commit, facts.squash_merge, facts.delete_branch_on_merge) == (True, True, True)
    assert facts.permissions == {"pull"}
    (branch,) = await value("repository: branches")
    shape = example("repos.list-branches")[0]
    assert (branch.name, branch.sha, branch.protected) == (shape["name"], shape["commit"]["sha"], shape["protected"])
    (listed,) = await value("repository: commits")
    assert listed == await value("repository: commit")
    assert (listed.sha, listed.subject, listed.author) == (SHA, "Fix all the bugs", "Monalisa Octocat")
    assert (listed.committed_at, listed.parents) == (at("2011-04-14T16:00:49"), (SHA,))
    assert (await value("repository: file")).data.startswith(b"# Yoga B")
    assert await value("repository: pulls of a commit") == (1347,)


async def test_history() -> None:
    assert await value("repository: merge branches") == SHA
    assert await value("repository: merge nothing") is None
    tree = await value("repository: tree")
    shape = example("git.get-commit")
    assert (tree.sha, tree.tree, tree.subject) == (shape["sha"], shape["tree"]["sha"], shape["message"])
    assert tree.parents == tuple(parent["sha"] for parent in shape["parents"])
    assert await value("repository: commit a tree") == "7638417db6d59f3c431d3e1f261cc637155684cd"
    assert await value("repository: pull files") == (ChangedFile("file1.txt", "added", 103, 21),)
    assert [c.sha for c in await value("repository: pull commits")] == [SHA]
    assert (await value("repository: request reviewers")).reviewers == ("octocat", "hubot", "other_user")
    assert await value("repository: is merged") is True


async def test_releases_issues_and_names() -> None:
    release = await value("repository: latest release")
    assert (await value("repository: releases"))[0] == release == await value("repository: create release")
    assert (release.tag, release.target, release.name, release.author) == ("v1.0.0", "master", "v1.0.0", "octocat")
    assert (release.notes, release.published_at) == ("Description of the release", at("2013-02-27T19:35:32"))
    notes = "##Changes in Release v1.0.0 ... ##Contributors @monalisa"
    assert await value("repository: release notes") == ReleaseNotes("Release v1.0.0 is now available!", notes)
    assert await value("repository: tags") == (Tag("v0.1", "c5b97d5ae6c19d5c5df71a34c7fbeeda2479ccbc"),)
    assert await value("repository: issues") == (), "the example is a pull request, seen as an issue"
    for name in ("create", "update"):
        issue, shape = await value(f"repository: {name} issue"), example(f"issues.{name}")
        assert (issue.number, issue.title, issue.body) == (shape["number"], shape["title"], shape["body"])
        assert (issue.open, issue.labels, issue.assignees) == (True, ("bug",), ("octocat",))
    assert await value("repository: comment") == "https://github.com/acme/strideiq/issues/1347#issuecomment-1"
    assert await value("repository: labels") == tuple(label["name"] for label in example("issues.list-labels-for-repo"))
    assert await value("repository: rate") == RateBudget("github", 4999, 5000)


async def test_variables_have_names_and_no_values() -> None:
    seen = at("2020-01-10T14:59:22")
    found = await value("repository: variables")
    assert found[0] == Variable("GH_TOKEN", "", "github", sealed=True, secret=True, updated_at=seen)
    assert found[2] == Variable("USERNAME", "", "github", sealed=False, secret=False, updated_at=seen)
    assert [v.name for v in await value("repository: environment variables")] == ["GH_TOKEN", "GIST_ID", "USERNAME", "EMAIL"]
    assert "octocat" not in repr(found)


async def test_alerts() -> None:
    dependencies = await value("rules: dependencies")
    first, second = dependencies.alerts
    assert (dependencies.source, dependencies.complete, dependencies.clear) == (AlertSource.ON, True, False)
    assert (first.number, first.state, first.severity) == (2, AlertState.DISMISSED, AlertSeverity.HIGH)
    assert (first.package, first.ecosystem, first.affected) == ("django", "pip", ">= 2.0.0, < 2.0.2")
    assert (first.fixed_in, first.identifier, first.path) == ("2.0.2", "CVE-2018-6188", "path/to/requirements.txt")
    assert (first.dismissed_reason, first.development, first.created_at) == ("tolerable_risk", False, at("2022-06-15T07:43:03"))
    assert (second.state, second.severity, second.package) == (AlertState.OPEN, AlertSeverity.MEDIUM, "ansible")
    code = (await value("rules: code")).alerts[0]
    assert (code.identifier, code.severity, code.path) == ("js/zipslip", AlertSeverity.HIGH, "spec-main/api-session-spec.ts")
    assert code.what == "Arbitrary file write during zip extraction"
    secrets = await value("rules: secrets")
    assert (secrets.alerts[0].what, secrets.alerts[0].state) == ("Adafruit IO Key", AlertState.DISMISSED)
    assert secrets.alerts[0].severity is AlertSeverity.LOW
    assert "aio_" not in repr(secrets)
    for name in ("dependencies off", "secrets off"):
        off = await value(f"rules: {name}")
        assert (off.source, off.alerts, off.clear, off.complete) == (AlertSource.OFF, (), None, False)
        assert "disabled" in off.note
    assert await value("rules: watched") is True


async def test_costs() -> None:
    for owner in ("a user", "an organization"):
        charges = await value(f"charges of {owner}")
        (line,) = charges.lines
        assert (line.what, line.amount, line.quantity, line.unit) == ("Actions Linux", Decimal("0.8"), Decimal(100), "minutes")
        assert (line.kind, charges.total) == (CostKind.METERED, Decimal("0.8"))
        month = await value(f"month of {owner}")
        assert (month.lines[0].what, month.total, month.lines[0].quantity) == ("actions_linux", Decimal(8), Decimal(1000))
        assert (month.start, month.end) == (at("2025-12-01"), at("2026-01-01"))


async def test_rulesets_and_classic_protection() -> None:
    first, second = await value("rules: rulesets")
    assert (first.id, first.name, first.enforcement, second.id) == (42, "super cool ruleset", "active", 314)
    assert (first.snapshot, first.bypass) == ("", None)
    whole = await value("rules: ruleset")
    assert (whole.include, whole.exclude) == (("refs/heads/main", "refs/heads/master"), ("refs/heads/dev*",))
    assert whole.kinds == ("commit_author_email_pattern",)
    assert [(a.kind, a.id, a.mode) for a in whole.bypass] == [("Team", 234, "always")]
    assert whole.url == "https://github.com/monalisa/my-repo/rules/42"
    classic = await value("rules: classic")
    assert (classic.approvals, classic.checks, classic.enforce_admins) == (2, ("continuous-integration/travis-ci",), True)
    assert (classic.restricted, classic.dismiss_stale, classic.force_push, classic.deletion) == (True, True, True, True)
    assert await value("rules: no classic") is None
