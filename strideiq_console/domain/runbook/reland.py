"""Land reverted work again by reverting its revert (T4): without it, the next promotion leaves the work out in silence."""

from __future__ import annotations

from strideiq_console.domain.runbook.model import Input, Runbook, Verb, step
from strideiq_console.domain.runbook.rollback_steps import proposed

RELAND = Runbook(
    name="reland",
    title="Land reverted work again",
    inputs=(Input("sha", "The revert, or what it took back", hint="the newest revert", optional=True),),
    steps=(
        step(
            "branch",
            Verb.CREATE_BRANCH,
            "branch {branch-name}",
            "It starts at main, which holds the revert: only there can the revert be taken back.",
            level=1,
            branch="{branch-name}",
            start="{main}",
        ),
        step(
            "revert",
            Verb.REVERT_COMMIT,
            "take the revert back",
            "Git takes reverted work for merged already, so merging it again changes nothing: the revert itself must be undone.",
            level=1,
            branch="{branch-name}",
            expected="{branch.sha}",
            commit="{revert-commit}",
            parent="{revert-parent}",
            keep="",
        ),
        *proposed("{branch-name}", "{revert.sha}", "reland: {subject}", "staging"),
        step(
            "checks",
            Verb.AWAIT_CHECKS,
            "checks",
            "The work was taken back for a reason: the checks must pass on it as it is now.",
            pulls="{pr-staging.number}",
        ),
        step(
            "merge-staging",
            Verb.MERGE,
            "merge to staging",
            "It is tried where no user is, and goes to main with the next promotion.",
            level=2,
            environment="staging",
            pull="{pr-staging.number}",
            head="{checks.head}",
            base="{staging-branch}",
        ),
        step(
            "staging-live",
            Verb.AWAIT_DEPLOYMENT,
            "staging live, healthy",
            "A merge proves nothing: staging must serve it and be healthy three times.",
            environment="staging",
            sha="{merge-staging.sha}",
        ),
        step(
            "pr-main",
            Verb.OPEN_PULL_REQUEST,
            "pull request to main",
            "Only when it cannot wait for the next promotion, which brings it to main anyway.",
            level=2,
            question="Open a pull request of it to main as well?",
            optional=True,
            head="{branch-name}",
            base="{main-branch}",
            subject="reland: {subject}",
            severity="",
        ),
        step("fetch-merged", Verb.FETCH, "fetch what was merged", "The clone learns the merge: what it says is true again."),
    ),
)
