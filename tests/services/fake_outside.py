"""The state that all fakes share: an outside in memory, where every effect is counted and any effect can lose its answer."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from strideiq_console.domain.ci import CheckRun, CheckState
from strideiq_console.domain.deployment import Deployment, DeploymentState
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.pull_request import PullRequest, PullState, Review
from strideiq_console.domain.reading import Level
from strideiq_console.domain.release import Release
from strideiq_console.domain.security_alert import AlertList
from strideiq_console.domain.worktree import FileChange, LoggedTag
from strideiq_console.settings.model import Settings
from tests.services.fake_rules import FakeRules

if TYPE_CHECKING:
    from tests.services.fake_ci import FakeCi

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
    pinned_at: dict[str, datetime] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    trees: dict[str, dict[str, bytes]] = field(default_factory=dict)
    unsaved: dict[str, list[FileChange]] = field(default_factory=dict)
    tags: dict[str, LoggedTag] = field(default_factory=dict)
    origin_tags: dict[str, LoggedTag] = field(default_factory=dict)
    clashes: tuple[str, ...] = ()
    bot: bool = True
    approvals: int = 1
    lose: Callable[[str], BaseException | None] = lambda effect: None
    instant: bool = True
    laws: FakeRules | None = None
    releases: list[Release] = field(default_factory=list)
    alerts: AlertList | None = None
    ci: FakeCi | None = None
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
