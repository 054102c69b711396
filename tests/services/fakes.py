"""An outside in memory that implements the ports: every effect is counted, and any effect can lose its answer."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from strideiq_console.domain.branch import Branch, CloneStatus, Promotion
from strideiq_console.domain.ci import CheckRun, CheckState, Job, WorkflowRun
from strideiq_console.domain.commit import Commit, Divergence
from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.fault import CloneError, Fault, FaultKind, OutsideError
from strideiq_console.domain.health import Probe
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.pull_request import Protection, PullRequest, PullState, Review, ReviewState
from strideiq_console.domain.reading import Level
from strideiq_console.settings.model import Settings
from tests.services.fake_rules import FakeClassic, FakeContents, FakeRules, FakeRulesets

BEGIN = datetime(2026, 1, 9, 2, 10, tzinfo=UTC)
ENVIRONMENTS = (
    Environment("production", "https://strideiq.run", "https://api.strideiq.run", "/health", "main", production=True),
    Environment("staging", "https://staging.strideiq.run", "https://api-staging.strideiq.run", "/health", "staging"),
)
SETTINGS = Settings(environments=ENVIRONMENTS, clone=Path("/clone"), founder="founder")


class Crash(BaseException):
    """The process died here."""


class FakeClock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.on_sleep: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    def wall(self) -> float:
        return 1_000_000 + self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.on_sleep()


@dataclass
class FakeOutside:
    """The state that all fakes share. ``effects`` are the deeds the outside saw, in order."""

    clock: FakeClock = field(default_factory=FakeClock)
    parents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    local: dict[str, str] = field(default_factory=dict)
    tracking: dict[str, str] = field(default_factory=dict)
    head: str = "staging"
    changed: tuple[str, ...] = ()
    pulls: dict[int, PullRequest] = field(default_factory=dict)
    reviews: dict[int, list[Review]] = field(default_factory=dict)
    statuses: list[CheckRun] = field(default_factory=list)
    check_states: dict[str, CheckState] = field(default_factory=dict)
    deployments: list[Deployment] = field(default_factory=list)
    health: dict[str, Level] = field(default_factory=dict)
    effects: list[str] = field(default_factory=list)
    pins: dict[str, str] = field(default_factory=dict)
    bot: bool = True
    approvals: int = 1
    lose: Callable[[str], BaseException | None] = lambda effect: None
    instant: bool = True
    laws: FakeRules | None = None
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        base = self.commit("feat: base")
        self.origin = {"main": base, "staging": self.commit("feat: calendar", base)}
        self.local = {"staging": self.origin["staging"]}

    def commit(self, subject: str, *parents: str) -> str:
        sha = f"{next(self._ids):040x}"
        self.parents[sha] = parents
        self.subjects[sha] = subject
        return sha

    def ancestors(self, sha: str) -> set[str]:
        seen, todo = set(), [sha]
        while todo:
            at = todo.pop()
            if at not in seen:
                seen.add(at)
                todo.extend(self.parents[at])
        return seen

    def did(self, effect: str) -> None:
        """Count an effect; afterwards its answer may be lost, or the process may die."""
        self.effects.append(effect)
        failure = self.lose(effect)
        if failure is not None:
            raise failure

    def push(self, branch: str, sha: str) -> None:
        """A branch of origin moved: deploy it if it is a permanent one."""
        self.origin[branch] = sha
        for number, pull in self.pulls.items():
            if pull.head == branch and pull.state is PullState.OPEN:
                self.pulls[number] = replace(pull, head_sha=sha)
        environment = {"main": "production", "staging": "staging"}.get(branch)
        if environment:
            self.deployments = [replace(d, live=False) if d.environment == environment else d for d in self.deployments]
            for provider, component in (("vercel", "web"), ("railway", "api")):
                self.deployments.append(
                    Deployment(
                        f"{provider}-{sha[-4:]}",
                        provider,
                        component,
                        environment,
                        DeploymentState.READY,
                        branch,
                        sha,
                        created_at=self.clock.now(),
                        ready_at=self.clock.now(),
                        live=True,
                    )
                )

    def fix(self, branch: str, subject: str = "fix(auth): refresh the token") -> str:
        """The founder commits on a local branch."""
        self.local[branch] = self.commit(subject, self.local[branch])
        return self.local[branch]


def lost_answer(effect: str) -> OutsideError:
    return OutsideError(Fault(FaultKind.UNREACHABLE, "github", f"connection cut after {effect}"), known_not_done=False)


class FakeClone:
    def __init__(self, outside: FakeOutside) -> None:
        self.o = outside

    async def status(self) -> CloneStatus:
        head = self.o.local.get(self.o.head)
        return CloneStatus("/clone", self.o.head, head, self.o.changed, remote="file:///origin.git")

    async def branches(self) -> tuple[Branch, ...]:
        return ()

    async def promotion(self) -> Promotion:
        return Promotion(0, 1, 0)

    def _sha(self, ref: str) -> str:
        for prefix, table in (("refs/heads/", self.o.local), ("refs/remotes/origin/", self.o.tracking)):
            if ref.startswith(prefix) and ref.removeprefix(prefix) in table:
                return table[ref.removeprefix(prefix)]
        if ref not in self.o.parents:
            raise CloneError(f"{ref} is not in the clone")
        return ref

    async def tip(self, ref: str) -> str | None:
        try:
            return self._sha(ref)
        except CloneError:
            return None

    async def remote_tip(self, branch: str) -> str | None:
        return self.o.origin.get(branch)

    async def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        return self._sha(ancestor) in self.o.ancestors(self._sha(descendant))

    async def divergence(self, left: str, right: str) -> Divergence:
        one, two = self.o.ancestors(self._sha(left)), self.o.ancestors(self._sha(right))
        return Divergence(len(one - two), len(two - one))

    async def commits(self, base: str, head: str, *, limit: int = 100) -> tuple[Commit, ...]:
        new = self.o.ancestors(self._sha(head)) - self.o.ancestors(self._sha(base))
        return tuple(Commit(s, self.o.subjects[s], "founder", BEGIN, self.o.parents[s]) for s in sorted(new, reverse=True))

    async def history(self, head: str, *, limit: int = 50) -> tuple[Commit, ...]:
        shas = sorted(self.o.ancestors(self._sha(head)), reverse=True)
        return tuple(Commit(s, self.o.subjects[s], "founder", BEGIN, self.o.parents[s]) for s in shas)

    async def changed_files(self, base: str, head: str) -> tuple[str, ...]:
        return ("apps/api/auth.py",)

    async def same_tree(self, left: str, right: str) -> bool:
        return left == right

    async def fetch(self) -> None:
        self.o.tracking = dict(self.o.origin)
        self.o.did("git fetch")

    async def create_branch(self, name: str, sha: str) -> None:
        if name in self.o.local:
            raise CloneError(f"{name} exists")
        self.o.local[name] = sha
        self.o.did(f"git create {name}")

    async def delete_branch(self, name: str, sha: str) -> None:
        if self.o.local.get(name) != sha:
            raise CloneError(f"{name} moved")
        del self.o.local[name]
        self.o.did(f"git delete {name}")

    async def switch(self, name: str) -> None:
        if self.o.changed:
            raise CloneError("dirty")
        self.o.head = name
        self.o.did(f"git switch {name}")

    async def add_worktree(self, path: str, branch: str) -> None:
        self.o.did(f"git worktree add {path}")

    async def remove_worktree(self, path: str) -> None:
        self.o.did(f"git worktree remove {path}")

    async def push(self, branch: str, sha: str) -> None:
        before = self.o.origin.get(branch)
        if before is not None and before not in self.o.ancestors(sha):
            raise CloneError("non-fast-forward")
        self.o.push(branch, sha)
        self.o.did(f"git push {branch}")

    async def pin(self, name: str, sha: str) -> None:
        self.o.pins[name] = sha


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
        self.o.did(f"PATCH pulls/{number} {'closed' if closed else 'body'}")
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

    async def approve(self, number: int, *, sha: str, body: str) -> None:
        self.o.reviews.setdefault(number, []).append(Review("founder", ReviewState.APPROVED, sha, BEGIN))
        self.o.did(f"POST pulls/{number}/reviews")


class FakeHost:
    """All capabilities of GitHub; small ones are their own methods."""

    repository = "acme/strideiq"

    def __init__(self, outside: FakeOutside) -> None:
        self.o = outside
        self.pulls = FakePulls(outside)
        self.labels = self.checks = self.workflow_runs = self.rules = self.viewer = self

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

    async def recent(self, *, limit: int = 50) -> tuple[WorkflowRun, ...]:
        return ()

    async def jobs(self, run_id: int) -> tuple[Job, ...]:
        return ()

    async def log_tail(self, job_id: int, *, lines: int = 50) -> tuple[str, ...]:
        return ()

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
