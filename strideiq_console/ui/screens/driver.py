"""Lets the engine carry out one execution for a screen: one call at a time, news as the journal grows, no fault left unsaid."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from textual.widget import Widget
from textual.worker import Worker, WorkerError

from strideiq_console.domain.fault import BlockedError, ConsoleError
from strideiq_console.domain.runbook.execution import StepState
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.ui import watching

if TYPE_CHECKING:
    from strideiq_console.services.engine import Engine

NO_CONSENT = Consent()
Operation = Callable[[], Awaitable[Standing]]


class Driver:
    """Owns the workers of one execution. ``show`` is told each new standing, ``complain`` each fault.

    A new call cancels the one before and waits until it has let go of the lease; cancelling is safe at any moment, for the engine
    shields an effect in flight.
    """

    def __init__(
        self,
        engine: Engine,
        execution_id: str,
        host: Widget,
        *,
        show: Callable[[Standing], None],
        complain: Callable[[ConsoleError], None],
    ) -> None:
        self._engine = engine
        self._id = execution_id
        self._host = host
        self._show = show
        self._complain = complain
        self._worker: Worker[None] | None = None

    @property
    def busy(self) -> bool:
        """Say whether the engine is at work for this screen."""
        return self._worker is not None and not self._worker.is_finished

    def go_on(self, consent: Consent = NO_CONSENT) -> None:
        """Go on until it is done or a person is needed, however long the outside takes."""
        self._carry(lambda: self._engine.advance(self._id, consent, wait=None))

    def look(self) -> None:
        """Look where it stands, without any effect."""
        self._carry(lambda: self._engine.look(self._id), look_on=False)

    def retry(self) -> None:
        """Put the stopped step back, and go on."""
        self._then_on(lambda: self._engine.retry(self._id))

    def skip(self, reason: str) -> None:
        """Leave the step out, and go on."""
        self._then_on(lambda: self._engine.skip(self._id, reason))

    def mark(self, reason: str, given: Mapping[str, str]) -> None:
        """Count the step as done by hand, and go on."""
        self._then_on(lambda: self._engine.mark(self._id, reason, given))

    def undo(self) -> None:
        """Turn round, and go on backwards."""
        self._then_on(lambda: self._engine.undo(self._id))

    def abandon(self, reason: str) -> None:
        """End it as it stands."""
        self._carry(lambda: self._engine.abandon(self._id, reason))

    def under_way(self) -> Standing:
        """Return the standing as the journal tells it while the engine is at work."""
        execution = self._engine.execution(self._id)
        record = execution.current
        waits = record is not None and record.state is StepState.WAITING
        sentence = (record.detail or f"waiting: {record.step.title}") if record and waits else ""
        return Standing(execution, Awaits.OUTSIDE if waits else Awaits.NOTHING, record, sentence)

    def _then_on(self, first: Operation) -> None:
        async def both() -> Standing:
            await first()
            return await self._engine.advance(self._id, wait=None)

        self._carry(both)

    def _carry(self, operation: Operation, *, look_on: bool = True) -> None:
        before, self._worker = self._worker, None
        work = partial(self._operate, operation, before, look_on)
        self._worker = self._host.run_worker(work, group="execution", exit_on_error=False)

    async def _operate(self, operation: Operation, before: Worker[None] | None, look_on: bool) -> None:
        if before is not None and not before.is_finished:
            before.cancel()
            with suppress(WorkerError):
                await before.wait()
        try:
            standing = await operation()
        except ConsoleError as error:
            self._complain(error)
            standing = await self._after(error, look_on)
        self._show(standing)
        if not self._host.app.app_focus and standing.awaits is not Awaits.OUTSIDE:
            # Whoever started it looks elsewhere: what it waited for is over, and it needs a person or has ended.
            watching.tell_of(self._host.app, standing)

    async def _after(self, error: ConsoleError, look_on: bool) -> Standing:
        """Return what to show after a fault: where it stands, as far as that can be seen."""
        execution = self._engine.execution(self._id)
        held = Standing(execution, Awaits.LEASE, execution.current, error.sentence(), reasons=(error.sentence(),))
        if isinstance(error, BlockedError) or not look_on:
            return held
        try:
            return await self._engine.look(self._id)
        except ConsoleError:
            return held  # the first fault was said already, and it stands on the screen
