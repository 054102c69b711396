"""An outside in memory that implements the ports: every effect is counted, and any effect can lose its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from strideiq_console.domain.ci import CheckRun, CheckState
from strideiq_console.domain.commit import Divergence
from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.health import Probe
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.pull_request import Protection, PullRequest, PullState, Review, ReviewState
from strideiq_console.domain.reading import Level
from tests.services.fake_ci import FakeCi
from tests.services.fake_clone import FakeClone
from tests.services.fake_outside import BEGIN, ENVIRONMENTS, SETTINGS, Crash, FakeClock, FakeOutside, lost_answer
from tests.services.fake_release import FakeAlerts, FakeReleases
from tests.services.fake_rules import FakeClassic, FakeContents, FakeRules, FakeRulesets

__all__ = [
    "BEGIN",
    "ENVIRONMENTS",
    "SETTINGS",
    "Crash",
    "FakeClock",
    "FakeClone",
    "FakeDeployments",
    "FakeHost",
    "FakeOutside",
    "FakeProber",
    "FakePulls",
    "lost_answer",
]


class FakePulls:
    def __init__(self, outside: FakeOutside) -> None:
        self.o = outside

    async def open(self) -> tuple[PullRequest, ...]:
        return tuple(p for p in self.o.pulls.values() if p.state is PullState.OPEN)

    async def get(self, number: int) -> PullRequest:
        return self.o.pulls[number]

    async def find(self, head: str, base: str) -> tuple[PullRequest, ...]:
        return tuple(p for p in reversed(self.o.pulls.values()) if (p.head, p.base) == (head, base))

    async def reviews(self, number: int) -> tuple[Review, ...]:
        return tuple(self.o.reviews.get(number, ()))

    async def create(self, *, head: str, base: str, title: str, body: str) -> PullRequest:
        number = 43 + len(self.o.pulls)
        author = "strideiq-bot" if self.o.bot else "founder"
        self.o.pulls[number] = PullRequest(
            number,
            title,
            PullState.OPEN,
            head,
            self.o.origin[head],
            base,
            author,
            f"https://github.com/acme/strideiq/pull/{number}",
            body=body,
            mergeable=True,
            mergeable_state="clean",
        )
        self.o.did(f"POST pulls {head}->{base}")
        return self.o.pulls[number]

    async def update(self, number: int, *, body: str | None = None, closed: bool | None = None) -> PullRequest:
        pull = self.o.pulls[number]
        if body is not None:
            pull = replace(pull, body=body)
        if closed is not None:
            pull = replace(pull, state=PullState.CLOSED if closed else PullState.OPEN)
        self.o.pulls[number] = pull
        self.o.did(f"PATCH pulls/{number} {'body' if closed is None else 'closed' if closed else 'open'}")
        return pull

    async def update_branch(self, number: int, *, expected_head: str) -> None:
        pull = self.o.pulls[number]
        if pull.head_sha != expected_head:
            raise OutsideError(Fault(FaultKind.REFUSED, "github", "head moved"), status=422, known_not_done=True)
        self.o.push(pull.head, self.o.commit("Merge main", pull.head_sha, self.o.origin[pull.base]))
        self.o.did(f"PUT pulls/{number}/update-branch")

    async def merge(self, number: int, *, sha: str, title: str) -> str:
        pull = self.o.pulls[number]
        if pull.head_sha != sha:
            raise OutsideError(Fault(FaultKind.CONFLICT, "github", "head moved"), status=409, known_not_done=True)
        if pull.state is not PullState.OPEN:
            raise OutsideError(Fault(FaultKind.REFUSED, "github", "not open"), status=405, known_not_done=True)
        merged = self.o.commit(title, self.o.origin[pull.base], sha)
        self.o.pulls[number] = replace(pull, state=PullState.MERGED, merge_sha=merged)
        self.o.push(pull.base, merged)
        self.o.did(f"PUT pulls/{number}/merge")
        return merged

    async def remark(self, number: int, *, sha: str, body: str) -> None:
        self.o.reviews.setdefault(number, []).append(Review("founder", ReviewState.COMMENTED, sha, BEGIN, body))
        self.o.did(f"POST pulls/{number}/reviews comment")

    async def approve(self, number: int, *, sha: str, body: str) -> None:
        self.o.reviews.setdefault(number, []).append(Review("founder", ReviewState.APPROVED, sha, BEGIN))
        self.o.did(f"POST pulls/{number}/reviews")


class FakeHost:
    """All capabilities of GitHub; small ones are their own methods."""

    repository = "acme/strideiq"

    def __init__(self, outside: FakeOutside) -> None:
        self.o = outside
        self.pulls = FakePulls(outside)
        self.labels = self.checks = self.rules = self.viewer = self
        outside.ci = outside.ci or FakeCi(outside)
        self.workflow_runs = self.run_details = self.run_control = self.workflows = outside.ci
        self.releases, self.alerts = FakeReleases(outside), FakeAlerts(outside)

    @property
    def _laws(self) -> FakeRules:
        return self.o.laws or FakeRules(self.o.did)

    @property
    def rulesets(self) -> FakeRulesets:
        return FakeRulesets(self._laws)

    @property
    def classic(self) -> FakeClassic:
        return FakeClassic(self._laws)

    @property
    def contents(self) -> FakeContents:
        return FakeContents(self._laws)

    async def put(self, number: int, labels: Sequence[str]) -> None:
        pull = self.o.pulls[number]
        self.o.pulls[number] = replace(pull, labels=(*pull.labels, *labels))
        self.o.did(f"PATCH issues/{number} labels")

    async def of(self, sha: str) -> tuple[CheckRun, ...]:
        runs = [CheckRun(n, self.o.check_states.get(n, CheckState.SUCCESS), sha, started_at=BEGIN) for n in REQUIRED_CHECKS]
        return (*runs, *(s for s in self.o.statuses if s.sha == sha))

    async def publish(self, sha: str, *, context: str, state: str, description: str, url: str = "") -> None:
        self.o.statuses.append(
            CheckRun(context, CheckState.SUCCESS if state == "success" else CheckState.FAILURE, sha, source="status")
        )
        self.o.did(f"POST statuses {context} {state}")

    async def protection(self, branch: str) -> Protection:
        if self.o.laws is not None:
            return self.o.laws.protection(branch)
        wanted = self.o.approvals if branch == "main" else 0
        return Protection(branch, "classic", True, wanted, REQUIRED_CHECKS, branch == "main", False, False, False)

    async def tip(self, branch: str) -> str | None:
        return self.o.origin.get(branch)

    async def compare(self, base: str, head: str) -> Divergence:
        one = self.o.ancestors(self.o.origin.get(head, head))
        two = self.o.ancestors(self.o.origin.get(base, base))
        return Divergence(len(one - two), len(two - one))

    async def create(self, branch: str, sha: str) -> None:
        self.o.origin[branch] = sha
        self.o.did(f"POST refs {branch}")

    async def delete(self, branch: str) -> None:
        del self.o.origin[branch]
        self.o.did(f"DELETE refs {branch}")

    async def login(self) -> str:
        return "founder"

    async def bot_login(self) -> str | None:
        return "strideiq-bot" if self.o.bot else None

    def budget(self) -> RateBudget:
        return RateBudget("github")


class FakeDeployments:
    def __init__(self, outside: FakeOutside, provider: str, component: str) -> None:
        self.o, self.provider, self.component = outside, provider, component

    async def recent(self, *, limit: int = 20) -> tuple[Deployment, ...]:
        return tuple(d for d in self.o.deployments if d.provider == self.provider)

    async def of_commit(self, environment: str, sha: str) -> Deployment | None:
        mine = [d for d in await self.recent() if d.environment == environment and d.sha == sha]
        return mine[-1] if mine else None

    def budget(self) -> RateBudget:
        return RateBudget(self.provider)


class FakeProber:
    def __init__(self, outside: FakeOutside) -> None:
        self.o = outside

    async def probe(self, url: str, *, health: bool) -> Probe:
        level = self.o.health.get(url, Level.OK)
        return Probe(url, level, "ok" if level is Level.OK else "redis degraded", 200, 80)
