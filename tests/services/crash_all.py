"""Runbooks to die in, at every point of every step: each is one :class:`Practice` in ``PRACTICES``, and one line adds one more.

``tests/services/test_crash_points.py`` kills them in memory, where it is fast and complete; real kills are in ``tests/crash``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.domain.worktree import ChangeKind, FileChange
from strideiq_console.services.action import Ports
from strideiq_console.services.engine import Engine
from strideiq_console.store.store import Store
from tests.services.ci_cases import long_run, red_run, retargeted, startable
from tests.services.fakes import SETTINGS, FakeClone, FakeDeployments, FakeHost, FakeOutside, FakeProber
from tests.services.promote_cases import fallen_behind, tagged_behind
from tests.services.tidy_cases import GONE, MERGED, SQUASHED, left_over, tidy_effects

Edit = Callable[[FakeOutside, str], Mapping[str, str]]
"""What the person does when a step asks: changes the outside by hand, and returns what is filled in (empty: says yes)."""


def nothing(outside: FakeOutside, step: str) -> Mapping[str, str]:
    """Say yes to whatever is asked."""
    return {}


@dataclass(frozen=True)
class Practice:
    """A runbook with its inputs, the outside it begins in, the effects that it must have once each, and the person beside it.

    ``steps`` are the step ids to die in; the runbook's own where none are named. ``engine`` makes the engine over the outside.
    """

    name: str
    inputs: Mapping[str, str]
    make: Callable[[], FakeOutside]
    effects: tuple[str, ...]
    edit: Edit = nothing
    steps: tuple[str, ...] = ()
    ports: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""

    @property
    def id(self) -> str:
        return self.title or self.name

    @property
    def ids(self) -> tuple[str, ...]:
        return self.steps or tuple(step.id for step in RUNBOOKS[self.name].steps)

    def engine(self, outside: FakeOutside, store: Store, **more: Any) -> Engine:
        hosts = {"vercel": FakeDeployments(outside, "vercel", "web"), "railway": FakeDeployments(outside, "railway", "api")}
        clone, host, prober = FakeClone(outside), FakeHost(outside), FakeProber(outside)
        ports = Ports(SETTINGS, outside.clock, clone, host, hosts, prober, store.verifications, "test", **self.ports)
        return Engine(ports, store, **more)

    async def begin(self, engine: Engine) -> str:
        plan = await engine.plan(self.name, self.inputs)
        return (await engine.start(plan)).id

    async def to_the_end(self, engine: Engine, outside: FakeOutside, execution: str, *, most: int = 90) -> Counter[str]:
        """Go on as a patient person until nothing is awaited; return how often each thing was asked."""
        asked: Counter[str] = Counter()
        consent = Consent()
        for _ in range(most):
            standing = await engine.advance(execution, consent, wait=600)
            if standing.awaits is Awaits.NOTHING and standing.record is None:
                assert standing.execution.state == "done", standing
                return asked
            assert standing.record is not None
            asked[f"{standing.awaits} {standing.record.step.id}"] += 1
            consent = await self._consent(engine, outside, standing)
        raise AssertionError(f"no end after {most} turns: {asked}")

    async def _consent(self, engine: Engine, outside: FakeOutside, standing: Standing) -> Consent:
        assert standing.record is not None
        step = standing.record.step.id
        if standing.awaits is Awaits.CHOICE:
            await engine.retry(standing.execution.id)
            return Consent()
        if standing.awaits is Awaits.CONFIRMATION:
            await outside.clock.sleep(standing.arms_in)
            return Consent(step=step, effects=standing.fingerprint, word=standing.word, database=standing.database)
        assert standing.awaits is Awaits.ANSWER, (standing.sentence, standing.reasons)
        entry = self.edit(outside, step)
        return Consent(entry=entry) if entry else Consent(answer="yes")


FEATURE = "feature/training-calendar"
HOTFIX = "hotfix/fix-auth-crash"
RELEASE = "release/v0.10.0"


def unsaved(path: str = "apps/api/auth.py", *added: str) -> FileChange:
    """A file that the founder has edited and not committed."""
    lines = added or ("token = refresh(old)",)
    return FileChange(path, ChangeKind.MODIFIED, 120, False, lines)


def edit_and_pick(branch: str, base: str, message: str) -> Edit:
    """Edit one file when the commit is asked for, and pick it; once it is committed, say so."""

    def edit(outside: FakeOutside, step: str) -> Mapping[str, str]:
        if step not in ("commit", "fix") or outside.local[branch] != outside.tracking[base]:
            return {}
        outside.unsaved["/clone"] = [unsaved()]
        return {"files": "apps/api/auth.py", "message": message}

    return edit


PRACTICES = (
    Practice(
        "feature",
        {"slug": "training-calendar"},
        FakeOutside,
        (
            "git fetch",
            f"git create {FEATURE}",
            f"git switch {FEATURE}",
            f"git commit {FEATURE}",
            f"git push {FEATURE}",
            f"POST pulls {FEATURE}->staging",
            "PUT pulls/43/merge",
            "POST statuses staging/verified success",
            f"DELETE refs {FEATURE}",
            "git fetch",
        ),
        edit_and_pick(FEATURE, "staging", "feat(web): show the calendar\n\nCloses #12\n"),
    ),
    Practice(
        "hotfix",
        {"slug": "fix-auth-crash"},
        FakeOutside,
        (
            "git fetch",
            f"git create {HOTFIX}",
            f"git switch {HOTFIX}",
            f"git commit {HOTFIX}",
            f"git push {HOTFIX}",
            f"POST pulls {HOTFIX}->staging",
            f"POST pulls {HOTFIX}->main",
            "PATCH pulls/43 body",
            "PATCH issues/43 labels",
            "PATCH pulls/44 body",
            "PATCH issues/44 labels",
            "PUT pulls/43/merge",
            "POST statuses staging/verified success",
            "POST pulls/44/reviews",
            "PUT pulls/44/merge",
            "git fetch",
            "POST pulls main->staging",
            "PUT pulls/45/merge",
            f"DELETE refs {HOTFIX}",
            "git fetch",
        ),
        edit_and_pick(HOTFIX, "main", "fix(auth): refresh the token\n"),
    ),
    Practice(
        "promote",
        {},
        fallen_behind,
        (
            "git fetch",
            "POST pulls main->staging",
            "PUT pulls/43/merge",
            "POST statuses staging/verified success",
            "git fetch",
            "POST pulls staging->main",
            "POST pulls/44/reviews",
            "PUT pulls/44/merge",
            "git fetch",
        ),
    ),
    Practice(
        "release",
        {"version": "v0.10.0"},
        tagged_behind,
        (
            "git fetch",
            "POST statuses staging/verified success",
            f"git create {RELEASE}",
            f"git push {RELEASE}",
            f"POST pulls {RELEASE}->main",
            "PUT pulls/43/update-branch",
            "git fetch",
            "POST pulls/43/reviews",
            "PUT pulls/43/merge",
            "git fetch",
            "git tag v0.10.0",
            "git push tag v0.10.0",
            "POST releases v0.10.0",
            "POST pulls main->staging",
            "PUT pulls/44/merge",
            f"DELETE refs {RELEASE}",
            "git fetch",
        ),
    ),
    Practice(
        "tidy",
        {"branches": ", ".join((MERGED, SQUASHED, GONE))},
        left_over,
        tidy_effects(),
        steps=("fetch", "remote-1", "local-1", "remote-2", "local-2", "local-3", "fetch-after"),
    ),
    Practice("rerun", {"run": "500", "jobs": "failed"}, red_run, ("POST runs/500/rerun-failed-jobs",)),
    Practice("cancel-run", {"run": "500"}, long_run, ("POST runs/500/cancel",)),
    Practice("dispatch", {"ref": "staging", "values": "suite=smoke"}, startable, ("POST dispatches ci.yml staging",)),
    Practice("reopen", {"pull": "43"}, retargeted, ("PATCH pulls/43 closed", "PATCH pulls/43 open")),
)
