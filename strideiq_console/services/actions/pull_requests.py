"""Pull requests: open one or adopt the one that is there; link and label a pair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.pull_request import PullRequest, PullState
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, not_yet
from strideiq_console.services.actions.pull_request_body import body_of


class OpenPullRequest(Action):
    """Open a pull request from ``head`` to ``base``. Gives ``number``, ``url``, ``author``; number 0 when none is needed.

    ``template`` ``yes``: the body is the repository's own template, filled in with the commits of ``template_head`` beyond
    ``template_base``. ``closes`` are the issues to close, space-separated. ``sole`` ``yes``: one that is open to another base is a
    reason to stop (R36). ``lists``: the body lists ``riders``, or the ``changelog``, of ``since`` to ``until``.
    """

    verb = Verb.OPEN_PULL_REQUEST
    precondition = "both branches exist at GitHub and the head has commits that the base lacks"
    end_state = "one open (or already merged) pull request from head to base"
    natural_key = "head and base; the body carries the execution"
    recovery = "close the pull request while it is open"
    least_level = 2

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Adopt what is there (R36); say what is missing."""
        head, base = ask.need("head"), ask.need("base")
        tip = await ports.host.rules.tip(head)
        if tip is None:
            return Findings(reasons=(f"{head} does not exist at GitHub",))
        if ask.step.optional and (await ports.host.rules.compare(base, head)).ahead == 0:
            # Also where an earlier pull request brought it: the steps that follow have nothing to wait for.
            return Findings(already={"number": 0, "url": "", "author": ""})
        found = await self._find(ports, head, base, tip)
        if found is not None:
            return Findings(already=_result(found))
        astray = await self._astray(ports, ask, head, base)
        if astray:
            return Findings(reasons=(astray,))
        if await ports.host.rules.tip(base) is None:
            return Findings(reasons=(f"{base} does not exist at GitHub",))
        divergence = await ports.host.rules.compare(base, head)
        if divergence.ahead == 0:
            return Findings(reasons=(f"{head} has no commit that {base} lacks",))
        observed: dict[str, Any] = {"head": head, "base": base, "tip": tip}
        if ask.step.optional and await _equal(ports, base, head):
            observed["equal"] = True
        return Findings(observed=observed)

    @staticmethod
    async def _astray(ports: Ports, ask: Ask, head: str, base: str) -> str:
        if ask.get("sole") != "yes":
            return ""
        strays = [pull for pull in await ports.host.pulls.open() if pull.head == head and pull.base != base]
        mend = f"change its base to {base} at GitHub, or close it"
        return "; ".join(f"#{pull.number} goes from {head} to {pull.base}: {mend}" for pull in strays)

    @staticmethod
    async def _find(ports: Ports, head: str, base: str, tip: str) -> PullRequest | None:
        found = await ports.host.pulls.find(head, base)
        opened = next((p for p in found if p.state is PullState.OPEN), None)
        return opened or next((p for p in found if p.state is PullState.MERGED and p.head_sha == tip), None)

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say which pull request is opened."""
        head, base = ask.get("head"), ask.get("base")
        opened = Effect(
            f"open a pull request {head} → {base}: {ask.get('subject')}",
            f"POST /repos/{ports.repository}/pulls head={head} base={base}",
        )
        if not observed.get("equal"):
            return (opened,)
        told = f"{head} and {base} have diverged but hold equal trees: merging joins their histories and changes no file"
        return (opened, Effect(told))

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Open it, with the bot's identity where there is one."""
        await ports.host.pulls.create(
            head=ask.need("head"), base=ask.need("base"), title=ask.need("subject"), body=await body_of(ports, ask)
        )

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look for it by its natural key."""
        head, base = ask.need("head"), ask.need("base")
        found = await self._find(ports, head, base, str(observed.get("tip", "")))
        return happened(**_result(found)) if found else not_yet(f"no pull request {head} → {base}")

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Close it, unless it was merged or never opened."""
        number = int(record.result.get("number", 0))
        if not number:
            return "no pull request was needed: nothing to close"
        return (Effect(f"close #{number} unless it is merged", f"PATCH /repos/{ports.repository}/pulls/{number} state=closed"),)

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Close it if it is open."""
        number = int(record.result["number"])
        pull = await ports.host.pulls.get(number)
        if pull.state is not PullState.OPEN:
            return f"#{number} is {pull.state} already"
        await ports.host.pulls.update(number, closed=True)
        return f"closed #{number}"


async def _equal(ports: Ports, base: str, head: str) -> bool:
    """Say whether both branches are known to hold the same files, whatever their histories (R50)."""
    try:
        tips = [await ports.host.rules.tip(branch) for branch in (base, head)]
        return all(tips) and await ports.clone.same_tree(str(tips[0]), str(tips[1]))
    except CloneError:
        # The clone has not fetched one of the two: it cannot tell, and says nothing.
        return False


def _result(pull: PullRequest) -> dict[str, Any]:
    return {"number": pull.number, "url": pull.url, "author": pull.author}


class LinkPullRequests(Action):
    """Name each of two pull requests in the other's body, and label both with the severity (R46)."""

    verb = Verb.LINK_PULL_REQUESTS
    precondition = "both pull requests exist"
    end_state = "each body names the other, and both carry the label"
    natural_key = "the companion line in each body, and the label's name"
    recovery = "nothing to take back: a link and a label do no harm"
    least_level = 2

    async def _missing(self, ports: Ports, ask: Ask) -> list[tuple[PullRequest, int, bool, bool]]:
        first = await ports.host.pulls.get(ask.number("first"))
        second = await ports.host.pulls.get(ask.number("second"))
        label = ask.need("label")
        rows = []
        for pull, other in ((first, second), (second, first)):
            unlinked, unlabelled = _companion(other.number) not in pull.body, label not in pull.labels
            if unlinked or unlabelled:
                rows.append((pull, other.number, unlinked, unlabelled))
        return rows

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Look what is missing on either."""
        missing = await self._missing(ports, ask)
        if not missing:
            return Findings(already={"linked": True})
        return Findings(observed={"pulls": [pull.number for pull, *_ in missing]})

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say which bodies and labels change."""
        first, second, label = ask.get("first"), ask.get("second"), ask.get("label")
        effects = []
        for one, other in ((first, second), (second, first)):
            effects.append(Effect(f"name #{other} in the body of #{one}", f"PATCH /repos/{ports.repository}/pulls/{one} body"))
            effects.append(Effect(f"label #{one} {label}", f"PATCH /repos/{ports.repository}/issues/{one} labels+={label}"))
        return tuple(effects)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Write what is missing, no more."""
        for pull, other, unlinked, unlabelled in await self._missing(ports, ask):
            if unlinked:
                await ports.host.pulls.update(pull.number, body=f"{_companion(other)}\n\n{pull.body}")
            if unlabelled:
                await ports.host.labels.put(pull.number, (ask.need("label"),))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Read both again."""
        missing = await self._missing(ports, ask)
        return not_yet(", ".join(f"#{pull.number}" for pull, *_ in missing)) if missing else happened(linked=True)

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Return no effects."""
        return ()

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Say that it stays."""
        return self.recovery


def _companion(number: int) -> str:
    return f"Companion: #{number}."
