"""What a front end may touch: the facts of the moment, refreshing, and the engine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import TYPE_CHECKING

from strideiq_console.domain.audit import AuditRow, Chain
from strideiq_console.domain.cost import CostEntry
from strideiq_console.domain.evidence import Evidence
from strideiq_console.domain.facts import Facts, RateBudget
from strideiq_console.domain.fault import StoreError
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.runbook.execution import Execution, ExecutionState
from strideiq_console.domain.secret import Redactor
from strideiq_console.services.asking import Asking
from strideiq_console.services.board import Board
from strideiq_console.services.cost_entries import CostBook, Wanted
from strideiq_console.services.evidence import gather
from strideiq_console.settings.model import Settings
from strideiq_console.store.store import Store

if TYPE_CHECKING:  # a glance has none of it, and must not pay for asyncio
    import asyncio

    from strideiq_console.domain.policy.month import Month
    from strideiq_console.domain.runbook.model import Runbook
    from strideiq_console.services.engine import Engine
    from strideiq_console.services.refresh import Refresh


class Console(Asking):
    """The console behind its front ends.

    ``read_only`` is ``""``, or the sentence why nothing can be carried out; then ``engine`` is None. ``world`` is the
    sandbox's folder name. A console made for a glance has no refresher: it shows what the store holds.

    ``finish`` makes a console that is ``opening``: it has only what the store knows, until :meth:`opened` has had the rest made and
    given to :meth:`furnish`. A front end shows the former at once and waits for the latter before it does anything.
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
        finish: Callable[[Console], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__(settings, clock, board, store, engine, read_only, outside)
        self.redact = redact
        self.world = world
        self.sandbox = bool(world)
        self._refresh = refresh
        self._costs = CostBook(store, settings, clock, self._store_failed)
        self._executions: tuple[Execution, ...] | None = None
        self._seen_version = 0
        self._ended: dict[str, ExecutionState] = {}
        self._finish = finish
        self._finishing: asyncio.Future[None] | None = None
        if engine is not None:
            engine.subscribe(self._execution_moved)

    @property
    def opening(self) -> bool:
        """Say whether there is nothing yet but what the store knows."""
        return self._finish is not None

    async def opened(self) -> None:
        """Return when all parts are there. Raises what making them raises: ConfigurationError, StoreError."""
        import asyncio

        if self._finish is not None:
            if self._finishing is None:
                self._finishing = asyncio.ensure_future(self._finish(self))
            await asyncio.shield(self._finishing)

    def furnish(self, *, engine: Engine | None, read_only: str, refresh: Refresh, outside: Outside) -> None:
        """Take the parts of a console that was opening."""
        self.engine, self.read_only, self._refresh, self._outside = engine, read_only, refresh, outside
        if engine is not None:
            engine.subscribe(self._execution_moved)
        self._finish = None
        self.board.tell("console")

    def facts(self) -> Facts:
        """Return what is known at this moment; no network and no git, executions from memory after the first call."""
        entries = self._costs.entries()
        return self.board.facts(self.executions(), self._verification(), sandbox=self.sandbox, entries=entries)

    def enter_cost(self, service: str, environment: str, month: str, amount: str, note: str = "") -> CostEntry:
        """Write an actual cost down and return it (R119). ``month`` is ``2026-11``, ``""`` for the running one.

        ``environment`` is ``""`` for a service as a whole. UsageError for bad words, StoreError as below; nothing is lost.
        """
        entry = self._costs.enter(Wanted(service, environment, month, amount, note), self._month())
        self.board.tell("costs/entered")
        return entry

    def take_cost_back(self, service: str, environment: str, month: str, note: str = "") -> CostEntry:
        """Let an entry count no more and return it; it stays on record. UsageError when there is none."""
        entry = self._costs.take_back(Wanted(service, environment, month, "", note), self._month())
        self.board.tell("costs/entered")
        return entry

    def _month(self) -> Month:
        from strideiq_console.domain.policy.month import month_of

        return month_of(self.facts(), self.clock.now())

    def _store_failed(self, error: StoreError) -> None:
        self.board.store_fault = error

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
        if self._refresh is not None and self._ends(execution_id):
            self._refresh.moved()  # a pin, or what serves now, must not wait for the next rare look

    def _ends(self, execution_id: str) -> bool:
        """Say whether an execution has just come to an end; an undo that follows ends once more."""
        if self._store is None:
            return False
        try:
            state = self._store.journal.load(execution_id).state
        except StoreError as error:
            self.board.store_fault = error
            return False
        ends = state.ended and self._ended.get(execution_id) is not state
        self._ended[execution_id] = state
        return ends

    def runbooks(self) -> dict[str, Runbook]:
        """Return every runbook by name: the shipped ones, then those that config.toml declares."""
        from strideiq_console.services.planning import runbooks_of

        return runbooks_of(self.settings)

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
        """Begin refreshing all feeds, as soon as the console is open. Raises as :meth:`opened`."""
        await self.opened()
        if self._refresh is not None:
            self._refresh.start()

    async def stop(self) -> None:
        """Stop refreshing, and let an effect in flight end (at most 5 s)."""
        if self._finishing is not None and not self._finishing.done():
            import asyncio

            await asyncio.wait((self._finishing,))  # what is half made could not be taken down
        if self._refresh is not None:
            await self._refresh.stop()
        if self.engine is not None:
            await self.engine.settle(within=5.0)

    def refresh(self, *names: str) -> None:
        """Renew feeds now (all when none is named); returns at once. A name that ends in ``/`` stands for all that start so."""
        self._executions = None
        wanted = self._feeds_of(names)
        if self._refresh is not None and (wanted or not names):
            self._refresh.now(*wanted)

    def reading(self, *names: str) -> float:
        """Return for how many seconds one of these feeds (named as above) is being read, 0.0 while that is not worth saying."""
        wanted = self._feeds_of(names)
        return self._refresh.reading(wanted) if self._refresh is not None and (wanted or not names) else 0.0

    def _feeds_of(self, names: Collection[str]) -> tuple[str, ...]:
        families = tuple(name for name in names if name.endswith("/"))
        return tuple(feed for feed in self.board.feeds if feed in names or feed.startswith(families))

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
