"""Make the rules of main and staging at GitHub what section 2 of the architecture document says (R21-R29, T1, T2)."""

from __future__ import annotations

from strideiq_console.domain.runbook.model import Input, Runbook, Verb, step

PROTECT = Runbook(
    name="protect",
    title="Protect main and staging",
    inputs=(Input("approvals", "Approvals that main wants", hint="auto 1 0", default="auto"),),
    steps=(
        step(
            "protect-main",
            Verb.PROTECT_BRANCH,
            "rules of {main-branch}",
            "Production is what main holds: it changes through a reviewed, tested, up-to-date pull request and no other way.",
            level=3,
            environment="production",
            branch="{main-branch}",
            role="main",
            approvals="{approvals-main}",
            bot="{bot}",
            planned="{main-rules}",
        ),
        step(
            "protect-staging",
            Verb.PROTECT_BRANCH,
            "rules of {staging-branch}",
            "Staging is what will be production: it changes through pull requests whose checks pass, and is never rewritten.",
            level=3,
            environment="production",
            branch="{staging-branch}",
            role="staging",
            approvals="0",
            bot="{bot}",
            planned="{staging-rules}",
        ),
        step(
            "look",
            Verb.CHECK_PROTECTION,
            "what GitHub enforces now",
            "Done means that GitHub says of both branches what the document says, not that requests were sent.",
            environment="production",
            main="{main-branch}",
            staging="{staging-branch}",
            approvals="{approvals-main}",
        ),
    ),
    reversible=True,
)
