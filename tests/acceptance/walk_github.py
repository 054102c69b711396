"""Asks the world's GitHub for everything that the console can ask it for, in an order in which each can be answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from strideiq_console.domain.ruleset import policies
from strideiq_console.providers.github import GitHub
from strideiq_console.sandbox.world import World

CHECKS = ("backend-lint", "backend-test", "frontend-lint", "frontend-build")


async def reads(host: GitHub, world: World) -> None:
    """Read what a new world holds, with every read that takes no number."""
    sha = world.read()["refs"]["staging"]
    for read in (
        host.pulls.open,
        host.workflow_runs.recent,
        host.workflows.all,
        host.workflows.cache_usage,
        host.environments.all,
        host.deployments.recent,
        host.releases.recent,
        host.releases.latest,
        host.releases.tags,
        host.issues.recent,
        host.issues.labels,
        host.alerts.all,
        host.alerts.dependencies_watched,
        host.contents.facts,
        host.contents.branches,
        host.rulesets.all,
        host.variables.repository,
        host.viewer.login,
        host.viewer.bot_login,
        host.viewer.rate,
        host.tokens.inspect,
        host.tokens.inspect_bot,
    ):
        await read()
    await host.checks.of(sha)
    await host.checks.combined(sha)
    await host.contents.file("README.md", ref="main")
    await host.contents.commits("main", limit=120)
    await host.contents.commit(sha)
    await host.contents.pulls_of(sha)
    await host.history.tree_of(sha)
    for branch in ("main", "staging", "feature/calendar"):
        await host.rules.protection(branch)
        await host.rules.tip(branch)
        await host.classic.get(branch)
    await host.rules.tip("gone")
    await host.rules.compare("staging", "feature/calendar")
    await host.environments.get("production")
    await host.variables.environment("production")
    await host.workflows.runs("ci.yml", branch="main")


async def numbered(host: GitHub, world: World) -> None:
    """Read what has a number, and what it costs."""
    state, now = world.read(), world.clock.now()
    run = state["runs"][-1]
    job = run["jobs"][0]["id"]
    await host.pulls.get(40)
    await host.pulls.find("feature/calendar", "staging")
    await host.pulls.reviews(40)
    await host.pulls.files(41)
    await host.pulls.commits(41)
    assert await host.pulls.is_merged(39)
    assert not await host.pulls.is_merged(40)
    await host.workflow_runs.jobs(run["id"])
    assert await host.workflow_runs.log_tail(job)
    await host.run_details.run(run["id"])
    await host.run_details.runs_of(sha=run["sha"], branch=run["branch"])
    await host.run_details.job(job)
    await host.run_details.jobs_of_every_attempt(run["id"])
    await host.run_details.artifacts(run["id"])
    await host.run_details.annotations(job)
    await host.gates.pending(run["id"])
    await host.gates.approvals(run["id"])
    deployment = (await host.deployments.recent(environment="production"))[0].id
    await host.deployments.get(deployment)
    await host.deployments.statuses(deployment)
    for everything in (False, True):
        await host.costs.charges(now - timedelta(days=20), now, everything=everything)
    await host.costs.month(now.year, now.month)


async def costs_of_a_person(host: GitHub, world: World) -> None:
    """Ask for the costs where the repository belongs to a person: another address."""
    now = world.clock.now()
    await host.costs.charges(now - timedelta(days=20), now)
    await host.costs.month(now.year, now.month)


async def work(host: GitHub, world: World) -> None:
    """Carry a feature through its pull request, with an incident beside it."""
    refs = world.read()["refs"]
    branch, tip = "feature/walk", refs["feature/calendar"]
    await host.rules.create(branch, tip)
    await host.history.merge(base=branch, head="main", message="Bring main in")
    tree = await host.history.tree_of(tip)
    made = await host.history.commit_tree(tree=tree.tree, parents=[await tip_of(host, branch)], message="Put the tree back")
    await host.history.advance(branch, made)
    pull = await host.pulls.create(head=branch, base="main", title="feat: walk", body="Text")
    await host.pulls.update(pull.number, body="More text")
    await host.pulls.update(pull.number, closed=True)
    await host.pulls.update(pull.number, closed=False)
    await host.pulls.request_reviewers(pull.number, ["founder"])
    await host.pulls.approve(pull.number, sha=made, body="Seen")
    await host.labels.put(pull.number, ["P1", "walk"])
    await host.checks.publish(refs["staging"], context="staging/verified", state="success", description="Verified by founder")
    issue = await host.issues.create(title="[P1] API unreachable", body="## Timeline", labels=["P1"], assignees=["founder"])
    await host.issues.comment(issue.number, "Rolled back")
    await host.issues.update(issue.number, closed=True, labels=["P1"])
    world.advance(600)
    await host.pulls.merge(pull.number, sha=made, title="Merge it")
    await host.rules.delete(branch)
    behind = await host.pulls.get(40)
    await host.pulls.update_branch(40, expected_head=behind.head_sha)


async def tip_of(host: GitHub, branch: str) -> str:
    tip = await host.rules.tip(branch)
    assert tip is not None
    return tip


async def protect(host: GitHub, world: World) -> None:
    """Write classic protection and rulesets whole, put them back, and take them away."""
    main, _ = policies(CHECKS)
    before = await host.classic.get("main")
    assert before is not None
    await host.classic.write(main)
    await host.classic.restore("main", before.snapshot)
    ruleset = await host.rulesets.create(main, name="main")
    await host.rulesets.all()
    whole = await host.rulesets.get(ruleset.id)
    await host.rules.protection("main")
    await host.rulesets.update(ruleset.id, main)
    await host.rulesets.restore(ruleset.id, whole.snapshot)
    await host.rulesets.delete(ruleset.id)
    await host.classic.delete("staging")


async def deploy_and_release(host: GitHub, world: World) -> None:
    """Start a run by hand, approve one that waits, record a deployment, release."""
    assert await host.run_control.dispatch("ci.yml", "staging", {}) is not None
    with world.change() as state:
        state["environments"]["production"]["reviewers"] = ["founder"]
    world.advance(900)
    pull = await host.pulls.get(40)
    await host.pulls.approve(40, sha=pull.head_sha, body="Seen")
    merged = await host.pulls.merge(40, sha=pull.head_sha, title="Release v1.2.0")
    world.advance(900)
    run = next(run["id"] for run in world.read()["runs"] if run["sha"] == merged)
    (waiting,) = await host.gates.pending(run)
    await host.gates.review(run, [waiting.environment_id], approve=True, comment="Staging verified")
    assert await host.gates.approvals(run)
    made = await host.deployments.create(sha=merged, environment="production", description="Promoted", production=True)
    await host.deployments.report(made.id, state="success", environment_url="https://strideiq.run")
    assert await host.deployments.statuses(made.id)
    await host.releases.notes(tag="v1.2.0", target="main", previous="v1.1.0")
    await host.releases.create(tag="v1.2.0", target="main", name="v1.2.0")
    with world.change() as state:
        finding = {"number": 1, "state": "open", "rule": "py/sql-injection", "severity": "high", "summary": "SQL from a request"}
        state["alerts"]["code_scanning"] = [finding | {"path": "apps/api/app/main.py", "line": 3, "created_at": 1.7e9}]
    assert (await host.alerts.code()).alerts


async def run_again(host: GitHub, world: World) -> None:
    """Run what failed again, in a world whose newest run on main failed."""
    red: Any = next(run for run in reversed(world.read()["runs"]) if run["conclusion"] == "failure" and run["branch"] == "main")
    failed = next(job["id"] for job in red["jobs"] if job["conclusion"] == "failure")
    assert await host.run_details.annotations(failed)
    await host.run_control.rerun_failed(red["id"])
    await host.run_control.cancel(red["id"])
    world.advance(300)
    await host.run_control.rerun(red["id"])
    await host.run_control.force_cancel(red["id"])
    world.advance(300)
    job = (await host.workflow_runs.jobs(red["id"]))[0]
    await host.run_control.rerun_job(job.id)
