"""What a front end may touch: the facts of the moment, refreshing, and the engine."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from strideiq_console.domain.audit import AuditRow, Chain
from strideiq_console.domain.ci import Job
from strideiq_console.domain.code_host import CodeHost
from strideiq_console.domain.evidence import Evidence
from strideiq_console.domain.facts import Facts, RateBudget
from strideiq_console.domain.fault import BlockedError, OutsideError, StoreError
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.outside import Inspect, Outside
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.domain.secret import Redactor
from strideiq_console.domain.token_report import TokenFinding
from strideiq_console.services.board import Board
from strideiq_console.services.evidence import gather
from strideiq_console.settings.model import Settings
from strideiq_console.store.store import Store

if TYPE_CHECKING:  # a glance has neither, and must not pay for asyncio
    from strideiq_console.domain.policy.rollback import Candidate, Offer
    from strideiq_console.domain.policy.rollback import Facts as RollbackFacts
    from strideiq_console.domain.runbook.model import Runbook
    from strideiq_console.domain.worktree import FileChange
    from strideiq_console.services.engine import Engine
    from strideiq_console.services.refresh import Refresh


class Console:
    """The console behind its front ends.

    ``read_only`` is ``""``, or the sentence why nothing can be carried out; then ``engine`` is None. ``world`` is the
    sandbox's folder name. A console made for a glance has no refresher: it shows what the store holds.
    """

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        board: Board,
        store: Store | None,
        redact: Redactor,
        world: str = "",
        engine: Engine | None = None,
        read_only: str = "",
        refresh: Refresh | None = None,
        outside: Outside | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.board = board
        self.redact = redact
        self.world = world
        self.sandbox = bool(world)
        self.engine = engine
        self.read_only = read_only
        self._store = store
        self._refresh = refresh
        self._outside = outside or Outside()
        self._executions: tuple[Execution, ...] | None = None
        self._seen_version = 0
        if engine is not None:
            engine.subscribe(self._execution_moved)

    def facts(self) -> Facts:
        """Return what is known at this moment; no network and no git, executions from memory after the first call."""
        return self.board.facts(self.executions(), self._verification(), sandbox=self.sandbox)

    def _verification(self) -> Verification | None:
        if self._store is None:
            return None
        try:
            return self._store.verifications.latest()
        except StoreError as error:
            self.board.store_fault = error
            return None

    def executions(self) -> tuple[Execution, ...]:
        """Return every execution, newest first; one that this version cannot read is left out.

        They are read again when something moved, here or in another console on the same store.
        """
        version = self._store_version()
        if self._executions is None or version != self._seen_version:
            self._seen_version = version
            self._executions = tuple(self._load_executions())
        return self._executions

    def _store_version(self) -> int:
        if self._store is None:
            return 0
        try:
            return self._store.version()
        except StoreError as error:
            self.board.store_fault = error
            return self._seen_version

    def _load_executions(self) -> list[Execution]:
        if self._store is None:
            return []
        found = []
        for execution_id in self._store.journal.ids():
            try:
                found.append(self._store.journal.load(execution_id))
            except StoreError as error:
                self.board.store_fault = error
        return found

    def _execution_moved(self, execution_id: str) -> None:
        self._executions = None
        self.board.tell("executions")

    def runbooks(self) -> dict[str, Runbook]:
        """Return every runbook by name: the shipped ones, then those that config.toml declares."""
        from strideiq_console.services.planning import runbooks_of

        return runbooks_of(self.settings)

    async def unsaved(self, place: str) -> tuple[FileChange, ...]:
        """Return what is unsaved in a work tree. Raises CloneError, or BlockedError without a clone."""
        if self._outside.clone is None:
            raise BlockedError("there is no clone here", next_step="strideiq setup")
        return await self._outside.clone.unsaved(place)

    def evidence(self, named: str) -> Evidence:
        """Return all that is on record about the execution whose id is, or begins with, ``named``; UsageError for none or several.

        From the store alone. StoreError when it cannot be read.
        """
        return gather(self._opened(), named)

    def audit_rows(self, limit: int) -> tuple[AuditRow, ...]:
        """Return the newest audit rows, newest first. StoreError when they cannot be read."""
        return self._opened().audit.rows(limit)

    def audit_chain(self, noted: str = "") -> Chain:
        """Walk along the audit log; ``noted`` is a hash, or its beginning, that was written down before. StoreError as above."""
        return self._opened().audit.walk(noted)

    def _opened(self) -> Store:
        if self._store is None:
            state = self.settings.state
            raise StoreError(f"the store in {state} cannot be opened", next_step="strideiq doctor says why")
        return self._store

    def budgets(self) -> tuple[RateBudget, ...]:
        """Return what is left of each provider's rate limit."""
        host = self._outside.host
        return (*([host.budget()] if host is not None else []), *(port.budget() for port in self._outside.deployments.values()))

    async def start(self) -> None:
        """Begin refreshing all feeds; returns at once."""
        if self._refresh is not None:
            self._refresh.start()

    async def stop(self) -> None:
        """Stop refreshing, and let an effect in flight end (at most 5 s)."""
        if self._refresh is not None:
            await self._refresh.stop()
        if self.engine is not None:
            await self.engine.settle(within=5.0)

    def refresh(self, *names: str) -> None:
        """Renew feeds now (all when none is named); returns at once."""
        self._executions = None
        if self._refresh is not None:
            self._refresh.now(*names)

    async def refresh_once(self, *, deadline: float) -> None:
        """Read every feed once, for at most ``deadline`` real seconds."""
        if self._refresh is not None:
            await self._refresh.once(deadline=deadline)

    def attend(self, focused: bool) -> None:
        """Tell whether the terminal has the focus; polling adapts."""
        if self._refresh is not None:
            self._refresh.attend(focused)

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Call ``listener`` with the name of what changed: a feed, or ``executions``; return what ends that."""
        return self.board.subscribe(listener)

    async def examine(self, *, deadline: float) -> tuple[Finding, ...]:
        """Walk through every provider that is configured, each examination for at most ``deadline`` seconds."""
        from strideiq_console.services.checkup import walk
        from strideiq_console.services.checkup.examination import Patient

        patient = Patient(self._outside, self.settings, self.clock.now)
        return await walk.examine(walk.examinations(patient), deadline=deadline)

    async def inspect_tokens(self, name: str = "") -> tuple[TokenFinding, ...]:
        """Ask each provider about its token, all at once; a refused token is a finding, never raised."""
        import asyncio

        async def one(key: str, inspect: Inspect) -> TokenFinding:
            try:
                return TokenFinding(key, await inspect(), None)
            except OutsideError as error:
                return TokenFinding(key, None, error.fault)

        wanted = [(key, inspect) for key, inspect in self._outside.inspectors.items() if not name or key == name]
        return tuple(await asyncio.gather(*(one(key, inspect) for key, inspect in wanted)))

    async def rollback_candidates(self) -> tuple[Candidate, ...]:
        """Return the last ten commits that production was deployed with, newest first; BlockedError where nobody can tell."""
        from strideiq_console.services.rollback.candidates import candidates

        return await candidates(self._acting().ports)

    async def rollback_offer(
        self, target: str, components: Collection[str] = (), blamed: str | None = None
    ) -> tuple[RollbackFacts, Offer]:
        """Return what is known of going back to ``target`` (a full commit name), every way and every closed one (R96).

        ``components`` empty: all of them; ``blamed``: one commit to take back instead of all since the target, which may be ``""``
        then. Raises UsageError for a blamed commit that main does not hold, BlockedError for one without a parent.
        """
        from strideiq_console.services.rollback.facts import offer
        from strideiq_console.services.rollback.naming import blamed_of

        ports = self._acting().ports
        if blamed is not None and not target:
            target = (await blamed_of(ports, blamed)).parents[0]
        return await offer(ports, target, components, blamed)

    def _acting(self) -> Engine:
        if self.engine is None:
            raise BlockedError(self.read_only or "nothing can be carried out here", next_step="strideiq doctor says more")
        return self.engine

    async def jobs(self, run_id: int) -> tuple[Job, ...]:
        """Return the jobs of a run. Raises OutsideError, or BlockedError without a code host."""
        return await self._code_host().workflow_runs.jobs(run_id)

    async def log_tail(self, job_id: int) -> tuple[str, ...]:
        """Return the last clean lines of a job's log."""
        return await self._code_host().workflow_runs.log_tail(job_id)

    def _code_host(self) -> CodeHost:
        if self._outside.host is None:
            raise BlockedError("GitHub is not configured", next_step="strideiq secrets set github, then start again")
        return self._outside.host
