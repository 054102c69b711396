"""The one lock that the console takes: an advisory one, so that two consoles never move one schema at once (RELIABILITY rule 26).

It writes nothing and waits for nobody's tables. A session of its own holds it on a thread of its own; when the console is killed,
the server sees the connection end and frees it.
"""

from __future__ import annotations

import asyncio
import hashlib
import queue
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from strideiq_console.domain.database import Session as Seen
from strideiq_console.domain.fault import BlockedError, FaultKind, OutsideError
from strideiq_console.providers.postgres import faults, reads, statements
from strideiq_console.providers.postgres.dsn import Target
from strideiq_console.providers.postgres.session import Limits, Session, connect

TRIES = 3
PAUSE_SECONDS = 5.0
BEAT_SECONDS = 5.0
_WHAT = "the advisory lock"
_STOP = object()


def lock_key(repository: str, environment: str) -> int:
    """Return the 64-bit key of a repository's environment, the same on every machine.

    It is the head of the SHA-256 of ``strideiq-console schema OWNER/NAME ENVIRONMENT`` in lower case, signed as PostgreSQL has it.
    """
    words = f"strideiq-console schema {repository} {environment}".lower()
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big", signed=True)


class Held:
    """The lock while it is held; a lost connection is seen at the next beat, or when somebody asks."""

    def __init__(self, keeper: _Keeper) -> None:
        self._keeper = keeper

    async def still(self) -> None:
        """Ask the server whether it is held; OutsideError once it was lost, or when the server does not answer."""
        await self._keeper.ask()


@asynccontextmanager
async def advisory_lock(
    target: Target,
    limits: Limits,
    key: int,
    *,
    tries: int = TRIES,
    pause: float = PAUSE_SECONDS,
    beat: float = BEAT_SECONDS,
) -> AsyncIterator[Held]:
    """Hold the lock around a block. Not got in ``tries`` tries, ``pause`` seconds apart: BlockedError that names who holds it.

    OutsideError when the server cannot be asked. A lock that is lost meanwhile ends nothing: :meth:`Held.still` tells.
    """
    keeper = _Keeper(target, limits, key, tries, pause, beat)
    keeper.start()
    try:
        try:
            async with asyncio.timeout(tries * (pause + limits.total)):
                await keeper.got
        except TimeoutError:
            raise faults.too_slow(tries * (pause + limits.total)) from None
        yield Held(keeper)
    finally:
        keeper.stop()
        await keeper.ended(limits.total)


class _Keeper:
    """The thread that holds the lock, and the ways to it."""

    def __init__(self, target: Target, limits: Limits, key: int, tries: int, pause: float, beat: float) -> None:
        self._target, self._limits = target, limits
        self._key, self._tries, self._pause, self._beat = key, tries, pause, beat
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="strideiq-postgres-lock", daemon=True)
        self._requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._session: Session | None = None
        self._lost: OutsideError | None = None
        self.got: asyncio.Future[None] = self._loop.create_future()
        self._end: asyncio.Future[None] = self._loop.create_future()

    def start(self) -> None:
        """Begin to try."""
        self._thread.start()

    def stop(self) -> None:
        """Let go of the lock; the thread does so also when nobody waits for it any more."""
        self._requests.put(_STOP)

    async def ask(self) -> None:
        """Wait for the thread to ask the server."""
        answer: asyncio.Future[None] = self._loop.create_future()
        self._requests.put(answer)
        try:
            async with asyncio.timeout(self._limits.total):
                done, _ = await asyncio.wait({answer, self._end}, return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            raise faults.too_slow(self._limits.total) from None
        finally:
            answer.cancel()  # an answer that comes later is for nobody; one that is there stays
        if answer in done:
            answer.result()
            return
        raise self._lost or faults.error(FaultKind.UNREACHABLE, f"{_WHAT} was let go", "Plan again")

    async def ended(self, seconds: float) -> None:
        """Wait until the lock is free again; a thread that hangs is cut off, which ends its session at the server."""
        try:
            async with asyncio.timeout(seconds):
                await asyncio.shield(self._end)
        except (TimeoutError, asyncio.CancelledError) as error:
            if self._session is not None and (isinstance(error, TimeoutError) or not self.got.done()):
                self._session.cut()
            if isinstance(error, asyncio.CancelledError):
                raise
        finally:
            if self.got.done() and not self.got.cancelled():
                self.got.exception()

    def _run(self) -> None:
        try:
            session = Session(connect(self._target), self._target, self._limits)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the lock is awaited
            self._tell(self.got, error)
            self._tell(self._end, None)
            return
        self._session = session
        try:
            if self._take(session):
                self._tell(self.got, None)
                self._keep(session)
        except BaseException as error:  # noqa: BLE001 - as above; after it was got it is kept for who asks
            self._lost = error if isinstance(error, OutsideError) else None
            self._tell(self.got, error)
        finally:
            with suppress(OutsideError):
                if self._lost is None:
                    session.rows(_WHAT, statements.FREE_LOCKS)
            session.close()
            self._tell(self._end, None)

    def _take(self, session: Session) -> bool:
        """Try; False when nobody wants it any more. Raises BlockedError, OutsideError."""
        if session.rows(_WHAT, statements.BACKEND)[0][0] != session.backend:
            raise BlockedError(
                "the connection to the database goes through a pooler, which does not keep a session's lock",
                consequence="nothing was run",
                next_step="give the console the direct address of the database",
            )
        for left in reversed(range(self._tries)):
            if session.rows(_WHAT, statements.TRY_LOCK, (self._key,))[0][0]:
                return True
            if left and self._stopped(self._pause):
                return False
        high, low = _halves(self._key)
        raise _held_by([reads.session_of(session, row) for row in session.rows(_WHAT, statements.LOCK_HOLDERS, (high, low))])

    def _stopped(self, seconds: float) -> bool:
        with suppress(queue.Empty):
            return self._requests.get(timeout=seconds) is _STOP
        return False

    def _keep(self, session: Session) -> None:
        """Hold it until told to stop; ask the server at each beat and whenever somebody wants to know."""
        high, low = _halves(self._key)
        while True:
            answer = None
            with suppress(queue.Empty):
                answer = self._requests.get(timeout=self._beat)
            if answer is _STOP:
                return
            try:
                if not session.rows(_WHAT, statements.LOCK_HELD, (high, low))[0][0]:
                    raise faults.error(FaultKind.CONFLICT, f"{_WHAT} is no longer held", "Look at what runs, then plan again")
            except OutsideError as error:
                self._lost = error
                if answer is not None:
                    self._tell(answer, error)
                return
            if answer is not None:
                self._tell(answer, None)

    def _tell(self, future: asyncio.Future[None], error: BaseException | None) -> None:
        deliver: Callable[[], None] = (lambda: future.set_result(None)) if error is None else (lambda: future.set_exception(error))

        def unless_done() -> None:
            if not future.done():
                deliver()

        with suppress(RuntimeError):  # the loop has been closed: nobody waits
            self._loop.call_soon_threadsafe(unless_done)


def _halves(key: int) -> tuple[int, int]:
    """Return a key as pg_locks shows it: the high and the low 32 bits, unsigned."""
    whole = key & 0xFFFF_FFFF_FFFF_FFFF
    return whole >> 32, whole & 0xFFFF_FFFF


def _held_by(holders: list[Seen]) -> BlockedError:
    named = "; ".join(
        f"pid {one.pid} ({', '.join(w for w in (one.application, one.user) if w) or 'unknown'})"
        + (f", last statement {one.query!r}" if one.query else "")
        for one in holders
    )
    return BlockedError(
        f"another console moves this schema: {named or 'it has just let go'}",
        consequence="nothing was run",
        next_step="wait until it has ended, then try again",
    )
