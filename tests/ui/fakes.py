"""A console, an engine and a clock of our own, with hand-made facts: no network, no store, frozen time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from strideiq_console.domain.audit import Chain
from strideiq_console.domain.changes import Changes
from strideiq_console.domain.ci import Job
from strideiq_console.domain.cost import CostEntry
from strideiq_console.domain.evidence import Evidence
from strideiq_console.domain.facts import Facts, RateBudget
from strideiq_console.domain.fault import ConsoleError, UsageError
from strideiq_console.domain.metric import Quantity, Series
from strideiq_console.domain.money import amount_of
from strideiq_console.domain.policy.new_migration import NewMigration
from strideiq_console.domain.policy.rollback import Candidate, Offer
from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.domain.runbook.model import Plan, Runbook
from strideiq_console.domain.runbook.standing import Consent, Standing
from strideiq_console.domain.secret import Redactor
from strideiq_console.domain.worktree import FileChange
from strideiq_console.services.changes import known_changes
from strideiq_console.services.lock import Lock
from strideiq_console.settings.model import Settings, UiSettings

from .fake_branches import FakeBranchReads
from .fake_ci import FakeCiReads
from .fake_unfolding import FakeUnfolding
from .made_facts import ENVIRONMENTS, NOW
from .made_standings import make_plan

NOTHING: Mapping[str, str] = MappingProxyType({})


class FrozenClock:
    """Stands still until a test turns it."""

    def __init__(self) -> None:
        self.at, self.seconds = NOW, 1000.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    def wall(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class FakeEngine:
    """Gives the standings it was told, in order; the last one stays. Records every call."""

    def __init__(self, standings: Iterable[Standing] = (), *, error: ConsoleError | None = None) -> None:
        self.standings = list(standings)
        self.error = error
        self.calls: list[tuple[Any, ...]] = []
        self.in_flight = False
        self.lock = Lock()
        self.hang: asyncio.Event | None = None
        self.abandoned: Standing | None = None
        self.planned: Plan | None = None

    def _next(self) -> Standing:
        if self.error is not None:
            raise self.error
        return self.standings.pop(0) if len(self.standings) > 1 else self.standings[0]

    async def plan(self, runbook: str, inputs: Mapping[str, str]) -> Plan:
        self.calls.append(("plan", runbook, dict(inputs)))
        if self.error is not None:
            raise self.error
        return self.planned or make_plan(inputs.get("slug", "fix-auth-crash"))

    async def start(self, plan: Plan, *, instead: str = "") -> Execution:
        self.calls.append(("start", plan.fingerprint, instead) if instead else ("start", plan.fingerprint))
        return self.standings[0].execution

    async def advance(self, execution_id: str, consent: Consent = Consent(), *, wait: float | None = 0.0) -> Standing:  # noqa: B008
        self.calls.append(("advance", consent))
        if self.hang is not None:
            await self.hang.wait()
        return self._next()

    async def look(self, execution_id: str) -> Standing:
        self.calls.append(("look",))
        return self.standings[0]

    async def retry(self, execution_id: str) -> Standing:
        self.calls.append(("retry",))
        return self.standings[0]

    async def skip(self, execution_id: str, reason: str) -> Standing:
        self.calls.append(("skip", reason))
        return self.standings[0]

    async def mark(self, execution_id: str, reason: str, given: Mapping[str, str] = NOTHING) -> Standing:
        self.calls.append(("mark", reason, dict(given)))
        return self.standings[0]

    async def undo(self, execution_id: str) -> Standing:
        self.calls.append(("undo",))
        return self.standings[0]

    async def abandon(self, execution_id: str, reason: str) -> Standing:
        self.calls.append(("abandon", reason))
        return self.abandoned or self.standings[0]

    def execution(self, id_or_prefix: str) -> Execution:
        return self.standings[0].execution

    def executions(self) -> tuple[Execution, ...]:
        return tuple(s.execution for s in self.standings)

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        return lambda: None

    def consents(self) -> list[Consent]:
        return [call[1] for call in self.calls if call[0] == "advance"]


class FakeConsole:
    """What a front end may touch, over facts that a test sets."""

    def __init__(
        self, state: Path, *, facts: Facts, engine: FakeEngine | None = None, ui: UiSettings | None = None, read_only: str = ""
    ) -> None:
        ui = ui or UiSettings(glyphs="unicode")
        self.settings = Settings(environments=ENVIRONMENTS, state=state, ui=ui, founder="founder")
        self.clock = FrozenClock()
        self.engine = engine
        self.read_only = read_only
        self.opening = False
        self.redact = Redactor()
        self.world = "demo" if facts.sandbox else ""
        self.sandbox = facts.sandbox
        self.current = facts
        self.listeners: list[Callable[[str], None]] = []
        self.refreshed: list[tuple[str, ...]] = []
        self.attended: list[bool] = []
        self.waited = 0.0
        self.started = self.stopped = 0
        self.job_list: tuple[Job, ...] = ()
        self.log: tuple[str, ...] = ()
        self.ci = FakeCiReads(self)
        self.own: dict[str, Runbook] = {}
        self.unsaved_files: tuple[FileChange, ...] = ()
        self.came: Changes | None = None
        self.past: tuple[Series, ...] = ()
        self.branches = FakeBranchReads()
        self.candidates: tuple[Candidate, ...] = ()
        self.offer = Offer((), ())
        self.proposed: NewMigration | ConsoleError = NewMigration("add_notes", ("alembic", "revision"), "apps/api")
        self.offered: list[tuple[str, tuple[str, ...]]] = []
        self.unfolding = FakeUnfolding()
        self.rates = (RateBudget("github", 4812, 5000), RateBudget("railway", 61, 1000))

    def known_changes(self, environment: str) -> Changes:
        return known_changes(self.settings, self.current, environment, self.clock.now())

    async def changes(self, environment: str) -> Changes:
        return self.came or replace(self.known_changes(environment), commits=(), variables=())

    async def history(self, environment: str, quantity: Quantity, span: timedelta) -> tuple[Series, ...]:
        return tuple(one for one in self.past if (one.environment, one.quantity) == (environment, quantity))

    def enter_cost(self, service: str, environment: str, month: str, amount: str, note: str = "") -> CostEntry:
        try:
            entry = CostEntry(service, environment, month or f"{NOW:%Y-%m}", amount_of(amount), NOW, "founder", note)
        except ValueError as error:
            raise UsageError(str(error), consequence="nothing was entered") from error
        self.current = replace(self.current, entries=(*self.current.entries, entry))
        return entry

    def take_cost_back(self, service: str, environment: str, month: str, note: str = "") -> CostEntry:
        found = [e for e in self.current.entries if (e.service, e.environment) == (service, environment)]
        if not found:
            raise UsageError(f"nothing was entered for {service}")
        self.current = replace(self.current, entries=tuple(e for e in self.current.entries if e is not found[0]))
        return found[0]

    def runbooks(self) -> dict[str, Runbook]:
        return {**RUNBOOKS, **self.own}

    async def unsaved(self, place: str) -> tuple[FileChange, ...]:
        return self.unsaved_files

    async def new_migration(self, text: str) -> NewMigration:
        if isinstance(self.proposed, ConsoleError):
            raise self.proposed
        return replace(self.proposed, slug=text)

    async def rollback_candidates(self) -> tuple[Candidate, ...]:
        return self.candidates

    async def rollback_offer(self, target: str, components: tuple[str, ...] = (), blamed: str | None = None) -> tuple[None, Offer]:
        self.offered.append((target, tuple(components)))
        return None, self.offer

    def evidence(self, named: str) -> Evidence:
        execution = next(one for one in self.current.executions if one.id == named)
        return Evidence(execution, (), (), Chain(0, None, None, ""))

    def facts(self) -> Facts:
        return self.current

    def budgets(self) -> tuple[RateBudget, ...]:
        return self.rates

    async def start(self) -> None:
        self.started += 1

    async def stop(self) -> None:
        self.stopped += 1

    def refresh(self, *names: str) -> None:
        self.refreshed.append(names)

    def reading(self, *names: str) -> float:
        return self.waited

    def attend(self, focused: bool) -> None:
        self.attended.append(focused)

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def tell(self, feed: str, facts: Facts | None = None) -> None:
        self.current = facts or self.current
        for listener in tuple(self.listeners):
            listener(feed)

    async def jobs(self, run_id: int) -> tuple[Job, ...]:
        return self.job_list

    async def log_tail(self, job_id: int) -> tuple[str, ...]:
        return self.log
