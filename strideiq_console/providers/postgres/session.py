"""One read-only session for each read, on a thread of its own that a deadline can cut off.

The client's synchronous side is used, as its asynchronous one cannot share an event loop with child processes on Windows. Every
statement is a transaction of its own, opened ``READ ONLY`` with its timeouts set for it alone: that holds behind a connection
pooler too, nothing leaks into an application's session, and no lock outlives its statement.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from strideiq_console.domain.fault import FaultKind
from strideiq_console.providers.postgres import faults
from strideiq_console.providers.postgres.dsn import Target, missing_extra

if TYPE_CHECKING:
    import psycopg

T = TypeVar("T")
Row = tuple[Any, ...]

MOST_AT_ONCE = 4
_SETTINGS = (
    "SELECT set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true), "
    "set_config('idle_in_transaction_session_timeout', %s, true), set_config('default_transaction_read_only', 'on', true)"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: for connecting, for one statement, for waiting on a lock, and for a whole read."""

    connect: float
    statement: float
    lock: float
    total: float


class Session:
    """A standing connection that only reads. Used on one thread; :meth:`cut` alone may be called from another."""

    def __init__(self, connection: psycopg.Connection[Row], target: Target, limits: Limits) -> None:
        self._connection = connection
        self._target = target
        self._limits = limits
        self._lock = threading.Lock()
        self._cut = False
        connection.read_only = True

    @property
    def redact(self) -> Callable[[str], str]:
        """Return what takes the connection's secrets out of a text."""
        return self._target.redact

    @property
    def target(self) -> Target:
        """Return where it is connected to."""
        return self._target

    @property
    def backend(self) -> int:
        """Return the process that the server named when it let us in; a pooler names another than the one that answers."""
        return self._connection.info.backend_pid

    def rows(self, what: str, statement: Any, parameters: Sequence[Any] = (), *, seconds: float | None = None) -> list[Row]:
        """Return what a statement selects; ``what`` is being read, for the fault. ``seconds`` shortens its time."""
        import psycopg

        statement_seconds = min(self._limits.statement, seconds or self._limits.statement)
        lock_seconds = min(self._limits.lock, statement_seconds)
        idle_seconds = self._limits.total
        limits = [f"{max(1, round(s * 1000))}ms" for s in (statement_seconds, lock_seconds, idle_seconds)]
        try:
            self._connection.execute(_SETTINGS, limits)
            return self._connection.execute(statement, parameters or None).fetchall()
        except psycopg.Error as error:
            raise faults.of_statement(error, self.redact, what) from None
        except UnicodeError:
            raise faults.error(FaultKind.MALFORMED, f"{what}: text that is not UTF-8", "Look at the database's encoding") from None
        finally:
            with suppress(psycopg.Error):
                self._connection.rollback()

    def cut(self) -> None:
        """Break the wire, so that the thread that waits on it goes on and ends."""
        with self._lock:
            self._cut = True
            if self._connection.closed:
                return
            with suppress(OSError):
                wire = socket.socket(fileno=self._connection.fileno())
                with suppress(OSError):
                    wire.shutdown(socket.SHUT_RDWR)
                wire.detach()

    def close(self) -> None:
        """End the session."""
        with self._lock:
            self._connection.close()


class Sessions:
    """Opens sessions to one server. Safe to share between event loops."""

    def __init__(self, target: Target, limits: Limits) -> None:
        self._target = target
        self._limits = limits
        self._threads: set[threading.Thread] = set()

    async def read(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` with a session on a thread; OutsideError for whatever goes wrong outside, within the total time."""
        self._threads = {thread for thread in self._threads if thread.is_alive()}
        if len(self._threads) >= MOST_AT_ONCE:
            raise faults.error(
                FaultKind.TIMEOUT,
                f"{MOST_AT_ONCE} earlier reads still wait for an answer",
                "Check the network connection and the server",
            )
        errand = _Errand(self._target, self._limits, work)
        thread = threading.Thread(target=errand.run, name="strideiq-postgres", daemon=True)
        self._threads.add(thread)
        thread.start()
        try:
            async with asyncio.timeout(self._limits.total):
                value: T = await errand.result
        except TimeoutError:
            errand.abandon()
            raise faults.too_slow(self._limits.total) from None
        except asyncio.CancelledError:
            errand.abandon()
            raise
        return value


class _Errand:
    """One read on its thread, and the way back to the loop that waits for it."""

    def __init__(self, target: Target, limits: Limits, work: Callable[[Session], Any]) -> None:
        self._target = target
        self._limits = limits
        self._work = work
        self._loop = asyncio.get_running_loop()
        self.result: asyncio.Future[Any] = self._loop.create_future()
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._abandoned = False

    def run(self) -> None:
        """Do the read and deliver its value or its error; an error that is no fault of the outside is delivered as well."""
        try:
            session = self._open()
            try:
                value = self._work(session)
            finally:
                session.close()
        except BaseException as error:  # noqa: BLE001 - it is raised again where the read is awaited
            self._deliver(lambda error=error: self.result.set_exception(error))  # type: ignore[misc]
        else:
            self._deliver(lambda: self.result.set_result(value))

    def abandon(self) -> None:
        """Nobody waits any more: break the wire if it stands, and do not begin if it does not stand yet."""
        with self._lock:
            self._abandoned = True
            session = self._session
        if session is not None:
            session.cut()

    def _open(self) -> Session:
        connection = connect(self._target)
        session = Session(connection, self._target, self._limits)
        with self._lock:
            self._session = session
            given_up = self._abandoned
        if given_up:
            session.close()
            raise faults.too_slow(self._limits.total)
        return session

    def _deliver(self, finish: Callable[[], None]) -> None:
        def unless_done() -> None:
            if not self.result.done():
                finish()

        with suppress(RuntimeError):  # the loop has been closed: nobody waits
            self._loop.call_soon_threadsafe(unless_done)


def connect(target: Target) -> psycopg.Connection[Row]:
    """Open a connection; OutsideError when the client is missing or the server does not let us in."""
    try:
        import psycopg
        from psycopg.conninfo import make_conninfo
    except ImportError as error:
        raise missing_extra() from error
    try:
        return psycopg.connect(make_conninfo(**target.parameters), prepare_threshold=None)
    except psycopg.Error as error:
        raise faults.not_connected(error, target.redact) from None
    except (ValueError, OSError) as error:
        raise faults.error(
            FaultKind.UNREACHABLE, f"no connection ({type(error).__name__})", "Check the configured address"
        ) from None
