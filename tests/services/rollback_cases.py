"""A production that serves a bad commit, and a patient person who goes back from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.services.action import Ports
from strideiq_console.services.engine import Engine
from strideiq_console.store.store import Store
from tests.services.crash_all import Practice
from tests.services.fake_hosting import FakeProject, FakeRailway, FakeVercel
from tests.services.fakes import SETTINGS, FakeClone, FakeHost, FakeOutside, FakeProber

REASON = "production is down: staging is verified afterwards"


@dataclass
class BadDeploy(FakeOutside):
    """main and production are at ``bad``, a merge of two commits; ``good`` served before it."""

    good: str = ""
    bad: str = ""
    vercel: FakeVercel = field(init=False)
    railway: FakeRailway = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.vercel, self.railway = FakeVercel(self), FakeRailway(self)
        self.good = self.origin["main"]
        self.trees[self.good] = {"app.py": b"good\n"}
        self.push("main", self.good)
        self.clock.seconds += 600
        work = self.commit("feat: faster", self.good)
        self.trees[work] = {"app.py": b"bad\n"}
        self.bad = self.commit("Merge pull request #40", self.good, work)
        self.trees[self.bad] = {"app.py": b"bad\n"}
        self.push("main", self.bad)
        self.tracking = dict(self.origin)
        self.clock.seconds += 600

    @property
    def serves(self) -> dict[str, str | None]:
        """Which commit each component of production serves."""
        for host in (self.vercel, self.railway):
            host.settle()
        return {"web": self.vercel.live().sha, "api": self.railway.live().sha}

    def ports(self, store: Store) -> Ports:
        async def graph_at(sha: str) -> RevisionGraph:
            return RevisionGraph.of(())

        hosts: Mapping[str, Any] = {"vercel": self.vercel, "railway": self.railway}
        outside = Outside(hosting=dict(hosts), project=FakeProject(self.railway), graph_at=graph_at)
        clone, host, prober = FakeClone(self), FakeHost(self), FakeProber(self)
        return Ports(SETTINGS, self.clock, clone, host, hosts, prober, store.verifications, "test", outside)


@dataclass(frozen=True)
class Back(Practice):
    """Going back; a gate that cannot be met is passed by with a reason."""

    def engine(self, outside: FakeOutside, store: Store, **more: Any) -> Engine:
        assert isinstance(outside, BadDeploy)
        return Engine(outside.ports(store), store, **more)

    async def _consent(self, engine: Engine, outside: FakeOutside, standing: Standing) -> Consent:
        if standing.awaits is Awaits.GATE and standing.form is not None:
            return Consent(entry={"override": REASON})
        if standing.awaits is Awaits.GATE and "wait" in standing.sentence:
            await outside.clock.sleep(5.0)
            return Consent()
        return await super()._consent(engine, outside, standing)


BRANCH = f"hotfix/revert-{4:040x}"[:21]
BY_PROVIDER = Back(
    "rollback",
    {},
    BadDeploy,
    ("vercel rollback vercel-0001", "railway rollback railway-0001"),
    steps=("roll-back-web", "roll-back-api", "live"),
    title="rollback-provider",
)
BY_REVERT = Back(
    "rollback",
    {"way": "revert"},
    BadDeploy,
    (
        f"git create {BRANCH}",
        f"git revert {BRANCH}",
        f"git push {BRANCH}",
        f"POST pulls {BRANCH}->main",
        "POST pulls/43/reviews",
        "PUT pulls/43/merge",
        f"POST pulls {BRANCH}->staging",
        "git fetch",
    ),
    steps=("branch", f"revert-{4:040x}"[:14], "push", "pr-main", "approve", "merge", "live", "pr-staging"),
    title="rollback-revert",
)
BY_REDEPLOY = Back(
    "rollback",
    {"way": "redeploy"},
    BadDeploy,
    ("vercel redeploy vercel-0001", "railway redeploy railway-0001"),
    steps=("redeploy-web", "redeploy-api", "live"),
    title="rollback-redeploy",
)
WAYS = (BY_PROVIDER, BY_REVERT, BY_REDEPLOY)
