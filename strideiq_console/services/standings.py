"""Where each open pull request stands, read again only when something about it may have changed.

The list of pull requests is one request; what stands behind each of them is four. Idle, a founder's few pull requests would cost
several hundred requests an hour for answers that never change (RELIABILITY rule 22), so a standing is kept until the pull request,
a run of its head or the tip of its base has moved, or until it is old.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from strideiq_console.domain.ci import CheckSummary, WorkflowRun, summarise
from strideiq_console.domain.code_host import CodeHost
from strideiq_console.domain.facts import PullStanding
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.pull_request import Protection, PullRequest, blockers
from strideiq_console.settings.model import Settings

WHOLE = 20
"""Pull requests that are looked at closely; the others are listed."""
SETTLED = timedelta(minutes=30)
UNSETTLED = timedelta(minutes=10)
_EACH = timedelta(minutes=4)
"""Added for each pull request, so that many of them cost no more an hour than fifteen do."""

_Mark = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    mark: _Mark
    read: datetime
    standing: PullStanding


class Standings:
    """Keeps standings between two looks at the list."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._kept: dict[int, _Kept] = {}
        self._runs: tuple[WorkflowRun, ...] = ()
        self._protections: dict[str, Protection] = {}

    def heard(self, *, runs: Iterable[WorkflowRun] | None = None, protections: Iterable[Protection] | None = None) -> None:
        """Take over what other feeds have read."""
        if runs is not None:
            self._runs = tuple(runs)
        if protections is not None:
            known = {protection.branch: protection for protection in protections}
            moved = [branch for branch, before in self._protections.items() if known.get(branch) != before]
            self._kept = {n: kept for n, kept in self._kept.items() if kept.standing.pull.base not in moved}
            self._protections = known

    def forget(self) -> None:
        """Read everything again the next time: the founder asked for it."""
        self._kept.clear()

    async def read(self, host: CodeHost) -> tuple[PullStanding, ...]:
        """Return open pull requests with checks and blockers; one after another, as GitHub asks of its clients."""
        opened = await host.pulls.open()
        self._kept = {pull.number: self._kept[pull.number] for pull in opened if pull.number in self._kept}
        viewer, bot = await host.viewer.login(), await host.viewer.bot_login()
        found = []
        for pull in opened[:WHOLE]:
            mark, now = self._mark(pull), self._clock.now()
            kept = self._kept.get(pull.number)
            if kept is None or kept.mark != mark or now - kept.read > _rest(kept.standing, len(opened)):
                kept = _Kept(mark, now, await self._standing(host, pull, viewer, bot is not None))
                self._kept[pull.number] = kept
            found.append(replace(kept.standing, pull=replace(kept.standing.pull, title=pull.title, labels=pull.labels)))
        return (*found, *(PullStanding(pull, None, ()) for pull in opened[WHOLE:]))

    def _mark(self, pull: PullRequest) -> _Mark:
        """Return what changes whenever the standing may have: the pull request itself, the runs of its head, its base's tip."""
        mine = tuple((run.id, run.attempt, run.state) for run in self._runs if run.sha == pull.head_sha)
        base = next((run.sha for run in self._runs if run.branch == pull.base and run.event == "push"), "")
        return (pull.head_sha, pull.base, pull.draft, pull.updated_at, mine, base)

    async def _standing(self, host: CodeHost, pull: PullRequest, viewer: str, bot: bool) -> PullStanding:
        whole = await host.pulls.get(pull.number)
        reviews = await host.pulls.reviews(pull.number)
        protection = self._protections.get(pull.base)
        if protection is None and pull.base in (self._settings.main, self._settings.staging):
            protection = await host.rules.protection(pull.base)
            self._protections[pull.base] = protection
        summary = summarise(whole.head_sha, await host.checks.of(whole.head_sha), self._required(protection))
        if whole.mergeable is None:
            # GitHub computes it when first asked; by now it has had the time of three requests.
            whole = await host.pulls.get(pull.number)
        return PullStanding(whole, summary, blockers(whole, summary, reviews, protection, viewer=viewer, bot=bot))

    def _required(self, protection: Protection | None) -> tuple[str, ...]:
        enforced = protection.required_checks if protection else None
        return enforced or self._settings.github.required_checks or REQUIRED_CHECKS


def _rest(standing: PullStanding, pulls: int) -> timedelta:
    settled = standing.pull.mergeable is not None and standing.checks is not None and _finished(standing.checks)
    return max(SETTLED if settled else UNSETTLED, _EACH * min(pulls, WHOLE))


def _finished(checks: CheckSummary) -> bool:
    return all(state.finished for _, state in checks.required) and all(check.state.finished for check in checks.others)
