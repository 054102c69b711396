"""Approval of a pull request to main, which GitHub never lets its author give (T2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.pull_request import PullState, approvals_of
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, not_yet

WAYS_OUT = (
    "GitHub lets nobody approve their own pull request, and this one is yours",
    "way out 1: configure a bot token (STRIDEIQ_GITHUB_BOT_TOKEN), close the pull request, and let the bot open it again",
    "way out 2: let a second account review it in the browser, then go on",
    "way out 3: set the required approvals of main to 0 at GitHub, then go on",
)


class Approve(Action):
    """Approve ``pull`` as the founder, if ``base`` wants approvals. Gives ``head`` and ``by``."""

    verb = Verb.APPROVE
    precondition = "the pull request is open, and somebody else than the founder opened it"
    end_state = "the head has as many approvals as the base wants"
    natural_key = "reviewer and head SHA"
    recovery = "an approval is dismissed in the browser, on the pull request's page"
    least_level = 2

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Adopt approvals that are there; name the deadlock and its ways out."""
        if ask.unneeded("pull"):
            return Findings(already={"head": "", "by": []})
        pull = await ports.host.pulls.get(ask.number("pull"))
        if pull.state is PullState.MERGED:
            return Findings(already={"head": pull.head_sha, "by": []})
        protection = await ports.host.rules.protection(ask.need("base"))
        reviews = await ports.host.pulls.reviews(pull.number)
        given = approvals_of(reviews, author=pull.author, head_sha=pull.head_sha)
        if protection.approvals == 0 or (protection.approvals and len(given) >= protection.approvals):
            return Findings(already={"head": pull.head_sha, "by": list(given)})
        viewer = await ports.host.viewer.login()
        if viewer == pull.author:
            return Findings(reasons=WAYS_OUT)
        if viewer in given:
            if protection.approvals is None:
                return Findings(already={"head": pull.head_sha, "by": list(given)})
            return Findings(reasons=(f"{protection.approvals} approvals are wanted and {len(given)} given: ask somebody else",))
        return Findings(observed={"head": pull.head_sha, "viewer": viewer, "author": pull.author, "url": pull.url})

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is approved as whom."""
        pull, head = ask.get("pull"), observed.get("head")
        what = short_sha(str(head)) if head else "its head"
        who = observed.get("viewer", "the founder")
        return (
            Effect(
                f"approve #{pull} at {what} as {who}",
                f"POST /repos/{ports.repository}/pulls/{pull}/reviews event=APPROVE commit_id={head or '‹head›'}",
            ),
            Effect(f"read the difference first: {observed.get('url', 'the pull request')}/files"),
        )

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Approve the head that was looked at."""
        await ports.host.pulls.approve(ask.number("pull"), sha=str(observed["head"]), body=ask.marker)

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Read the reviews."""
        pull = await ports.host.pulls.get(ask.number("pull"))
        reviews = await ports.host.pulls.reviews(pull.number)
        given = approvals_of(reviews, author=pull.author, head_sha=str(observed.get("head", pull.head_sha)))
        if observed.get("viewer") in given:
            return happened(head=pull.head_sha, by=list(given))
        return not_yet(f"#{pull.number} has no approval of {observed.get('viewer', 'yours')}")
