"""The engine: carries plans out by obeying ``next_move``, with a lease held and every intention written before its deed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext, suppress
from types import MappingProxyType

from strideiq_console.domain.fault import BlockedError, ConsoleError, UsageError
from strideiq_console.domain.runbook.execution import EntryKind, Execution, ExecutionState, MoveKind, StepState, next_move
from strideiq_console.domain.runbook.model import Plan
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.services.action import Ports
from strideiq_console.services.by_hand import found_by_hand, still_there
from strideiq_console.services.consents import Consents
from strideiq_console.services.forward import Forward
from strideiq_console.services.lock import Lock
from strideiq_console.services.planning import make_plan, runbooks_of
from strideiq_console.services.record import Point, Record, as_is
from strideiq_console.services.undoing import Undoing, anything_to_undo, refuse_wrong_order
from strideiq_console.store.leases import Holder, Lease
from strideiq_console.store.store import Store

HEARTBEAT = 5.0
EFFECT_LIMIT = 960.0
"""Seconds that an effect in flight keeps its lease after its call was cancelled: a schema move may take 15 minutes."""
POLL_FIRST, POLL_LATER = 5.0, 10.0
NO_CONSENT = Consent()
NOTHING: Mapping[str, str] = MappingProxyType({})


class Engine:
    """Carries plans out. One call of :meth:`advance` holds the lease of its execution from start to end.

    ``trace`` is told each point of the step protocol as it is passed, with the step's id. ``urgent`` opens the reserve of the rate
    limits: what an execution reads is served before the panels. ``redact`` takes secrets out of the texts that are kept. ``lock``
    holds back what takes a typed word, for as long as a person wants it so.
    """

    def __init__(
        self,
        ports: Ports,
        store: Store,
        *,
        trace: Callable[[Point, str], None] | None = None,
        urgent: Callable[[], AbstractContextManager[None]] = nullcontext,
        redact: Callable[[str], str] = as_is,
    ) -> None:
        self._redact = redact
        self._ports = ports
        self._store = store
        self._listeners: list[Callable[[str], None]] = []
        self._trace = trace
        self._urgent = urgent
        self._effects: set[asyncio.Task[None]] = set()
        self.lock = Lock()

    @property
    def ports(self) -> Ports:
        """Return the outside as actions use it, for what only looks."""
        return self._ports

    async def plan(self, runbook: str, inputs: Mapping[str, str]) -> Plan:
        """Plan a runbook as of now. Raises UsageError, BlockedError, OutsideError or CloneError."""
        return await make_plan(self._ports, runbook, inputs)

    def twin(self, plan: Plan) -> Execution | None:
        """Return the unfinished execution of the same runbook with the same inputs, None when there is none."""
        same = (e for e in self.executions() if (e.plan.runbook, e.plan.inputs) == (plan.runbook, plan.inputs))
        return next((e for e in same if not e.state.ended), None)

    async def start(self, plan: Plan, *, instead: str = "") -> Execution:
        """Enter an approved plan into the journal; nothing is done yet.

        ``instead`` is the id of an unfinished execution that this plan takes the place of: it is abandoned first. What it did is
        found by the new one's steps, which adopt it. Raises BlockedError where the same is under way.
        """
        twin = self.twin(plan)
        if twin is not None and twin.id != instead:
            raise BlockedError(
                f"{twin.plan.title} is already under way as {twin.id}",
                next_step=f"strideiq resume {twin.id}, or strideiq abandon {twin.id} --reason TEXT",
            )
        if instead:
            await self.abandon(instead, f"planned again as {plan.fingerprint}")
        now = self._ports.clock.now()
        execution_id = f"{now:%m%d}-{secrets.token_hex(3)}"
        self._store.journal.create(execution_id, plan, now)
        record = self._record(execution_id, None)
        record.append(EntryKind.APPROVED, data={"fingerprint": plan.fingerprint})
        return self.execution(execution_id)

    async def advance(self, execution_id: str, consent: Consent = NO_CONSENT, *, wait: float | None = 0.0) -> Standing:
        """Go on until it is done or a person is needed; ``wait`` real seconds on top for what the outside owes (None: for ever).

        Cancelling is safe at any moment: an effect in flight is finished and recorded. Raises BlockedError when another console
        holds the lease.
        """
        execution = self.execution(execution_id)
        consents = Consents(consent, execution)
        if execution.state.ended:
            return self._at_rest(execution)
        clock = self._ports.clock
        deadline = None if wait is None else clock.monotonic() + wait
        pause = POLL_FIRST
        async with self._hold(execution) as lease:
            record = self._record(execution.id, lease)
            forward, undoing = Forward(self._ports, record, consents), Undoing(self._ports, record)
            while True:
                execution = self.execution(execution.id)
                with self._urgent():
                    standing = await self._move(execution, forward, undoing)
                if standing is None:
                    pause = POLL_FIRST
                    continue
                patient = standing.awaits is Awaits.OUTSIDE or (standing.awaits is Awaits.GATE and deadline is not None)
                if not patient or (deadline is not None and clock.monotonic() >= deadline):
                    return standing
                await clock.sleep(pause)
                pause = POLL_LATER

    async def look(self, execution_id: str) -> Standing:
        """Say where an execution stands, asking the outside but changing nothing, not even the journal."""
        execution = self.execution(execution_id)
        if execution.state.ended:
            return self._at_rest(execution)
        forward = Forward(self._ports, self._record(execution.id, None), Consents(NO_CONSENT, execution))
        return await forward.look(execution, next_move(execution))

    async def retry(self, execution_id: str) -> Standing:
        """Put the failed, waiting, doubtful or diverged step back to pending."""
        execution, stopped = self._stopped(execution_id)
        async with self._hold(execution) as lease:
            self._record(execution.id, lease).append(EntryKind.RETRIED, step=stopped)
        return self._at_rest(self.execution(execution.id))

    async def skip(self, execution_id: str, reason: str) -> Standing:
        """Leave the current step out, with a reason that is kept."""
        if len(reason.strip()) < 3:
            raise UsageError("a skipped step needs a reason", next_step="say it with --reason TEXT")
        execution, stopped = self._stopped(execution_id, pending=True)
        async with self._hold(execution) as lease:
            self._record(execution.id, lease).append(EntryKind.SKIPPED, step=stopped, data={"reason": reason.strip()})
        return self._at_rest(self.execution(execution.id))

    async def mark(self, execution_id: str, reason: str, given: Mapping[str, str] = NOTHING) -> Standing:
        """Count the current step as done by hand, with a reason that is kept.

        What the outside says of it becomes its result; ``given`` adds what later steps need and nobody else can tell.
        """
        if len(reason.strip()) < 3:
            raise UsageError("a step marked as done needs a reason", next_step="say it with --reason TEXT")
        execution, stopped = self._stopped(execution_id, pending=True)
        async with self._hold(execution) as lease:
            result = {**await found_by_hand(self._ports, execution, stopped), **given}
            data = {"reason": reason.strip(), "result": result}
            self._record(execution.id, lease).append(EntryKind.MARKED, step=stopped, data=data)
        return self._at_rest(self.execution(execution.id))

    async def undo(self, execution_id: str) -> Standing:
        """Turn round: the next :meth:`advance` takes steps back, last one first."""
        execution = self.execution(execution_id)
        if execution.state.ended and execution.state is not ExecutionState.DONE:
            raise BlockedError(f"{execution.id} is {execution.state}: nothing is left to undo")
        runbook = runbooks_of(self._ports.settings).get(execution.plan.runbook)
        reversible = runbook is not None and runbook.reversible
        if execution.state is ExecutionState.DONE and not reversible:
            raise BlockedError(
                f"{execution.id} is done: what it did is live",
                next_step="go back with strideiq rollback; a schema goes back with strideiq migrate start ENVIRONMENT --downgrade",
            )
        if not execution.undoing:
            refuse_wrong_order(execution)
            async with self._hold(execution) as lease:
                self._record(execution.id, lease).append(EntryKind.UNDO_REQUESTED)
        return self._at_rest(self.execution(execution.id))

    async def abandon(self, execution_id: str, reason: str) -> Standing:
        """End an execution as it stands; what it did stays, and is listed in the standing's reasons."""
        execution = self.execution(execution_id)
        if execution.state.ended:
            raise BlockedError(f"{execution.id} is {execution.state} already")
        async with self._hold(execution) as lease:
            self._record(execution.id, lease).append(EntryKind.ABANDONED, data={"reason": reason.strip()})
        return self._at_rest(self.execution(execution.id))

    def executions(self) -> tuple[Execution, ...]:
        """Return every execution in the journal, newest first."""
        journal = self._store.journal
        return tuple(journal.load(execution_id) for execution_id in journal.ids())

    def execution(self, id_or_prefix: str) -> Execution:
        """Return one execution; UsageError when there is none, or the prefix fits several."""
        journal = self._store.journal
        return journal.load(journal.find(id_or_prefix))

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Call ``listener`` with the execution's id after each journal entry; return what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @property
    def in_flight(self) -> bool:
        """Say whether an effect has been sent and its outcome is not recorded yet."""
        return any(not task.done() for task in self._effects)

    async def settle(self, *, within: float) -> None:
        """Wait for effects in flight, for at most ``within`` real seconds; used when the console closes."""
        running = [task for task in self._effects if not task.done()]
        if running:
            await asyncio.wait(running, timeout=within)

    async def _move(self, execution: Execution, forward: Forward, undoing: Undoing) -> Standing | None:
        move = next_move(execution)
        if move.kind is MoveKind.REST:
            return self._at_rest(execution)
        held = self.lock.held(execution, move, undoable=anything_to_undo(execution))
        if held is not None:
            return held
        if move.kind in (MoveKind.COMPENSATE, MoveKind.RESOLVE_UNDO, MoveKind.FINISH_UNDO) or execution.undoing:
            await self._shielded(undoing.make(execution, move))
            return None
        ready = await forward.make(execution, move)
        if isinstance(ready, Standing) or ready is None:
            return ready
        held = self.lock.held(execution, move, undoable=anything_to_undo(execution))  # it may have been locked meanwhile
        if held is not None:
            return held
        await self._shielded(ready())
        return None

    async def _shielded(self, effect: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(effect)
        self._effects.add(task)
        task.add_done_callback(self._effects.discard)
        await asyncio.shield(task)

    def _stopped(self, execution_id: str, *, pending: bool = False) -> tuple[Execution, str]:
        execution = self.execution(execution_id)
        current = execution.current
        if current is None or execution.undoing:
            raise BlockedError(f"{execution.id} is {execution.state}: there is no step to go on with")
        if current.state is StepState.PENDING and not pending:
            raise BlockedError(
                f"step '{current.step.title}' has not failed", next_step=f"go on with strideiq resume {execution.id}"
            )
        return execution, current.step.id

    def _at_rest(self, execution: Execution) -> Standing:
        undo = anything_to_undo(execution)
        if not execution.state.ended:
            return Standing(
                execution, Awaits.NOTHING, execution.current, f"{execution.plan.title}: {execution.state}", undoable=undo
            )
        left = tuple(f"{r.step.title}: {r.reason}" for r in execution.records if r.state is StepState.KEPT)
        if execution.state is ExecutionState.ABANDONED:
            left = still_there(self._ports, execution)
        return Standing(execution, Awaits.NOTHING, None, f"{execution.plan.title}: {execution.state}", reasons=left)

    def _record(self, execution_id: str, lease: Lease | None) -> Record:
        return Record(self._store.journal, execution_id, lease, self._ports.clock, self._tell, self._trace, self._redact)

    def _tell(self, execution_id: str) -> None:
        for listener in tuple(self._listeners):
            listener(execution_id)

    @asynccontextmanager
    async def _hold(self, execution: Execution) -> AsyncIterator[Lease]:
        """Hold the lease of everything that the plan touches; a heartbeat keeps it while we wait."""
        leases, clock = self._store.leases, self._ports.clock
        lease = leases.acquire(execution.plan.scopes, execution=execution.id, holder=Holder.current(), now=clock.wall())
        beat = asyncio.create_task(self._heartbeat(lease))
        try:
            yield lease
        finally:
            # A cancelled call may leave its effect in flight, shielded: it is recorded under this lease before the lease is let go.
            await self.settle(within=EFFECT_LIMIT)
            beat.cancel()
            with suppress(asyncio.CancelledError):
                await beat
            # A lease that somebody took over is not ours to release; the store compares the fence.
            leases.release(lease)

    async def _heartbeat(self, lease: Lease) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            with suppress(ConsoleError):
                # Losing the lease is noticed by the next journal entry, which is refused; the heartbeat itself need not raise.
                self._store.leases.heartbeat(lease, self._ports.clock.wall())
