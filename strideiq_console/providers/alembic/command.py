"""The founder's own alembic as a child process: looked through before a move, run once, and judged by the version table."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from strideiq_console.domain.database import Database, Hold, Identity, Session, Witness
from strideiq_console.domain.fault import BlockedError, Fault, FaultKind, OutsideError
from strideiq_console.domain.migration import Move
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_outcome import Current, Ending, Failure, Outcome, next_step
from strideiq_console.domain.migration_path import applied
from strideiq_console.domain.untrusted import clean
from strideiq_console.providers.alembic.alone import alone, running
from strideiq_console.providers.alembic.answers import read_address, read_current, read_heads
from strideiq_console.providers.alembic.failures import classify, last_words
from strideiq_console.providers.alembic.leftovers import remains
from strideiq_console.providers.alembic.process import at_work, environment, killed, named, printed_by
from strideiq_console.providers.alembic.proof import Proof, certain_move
from strideiq_console.providers.alembic.targets import span
from strideiq_console.providers.child import Finished, allowed, run

SOURCE = "alembic"
APPLICATION = "strideiq-alembic"
"""The name that a move's session carries at the server (``PGAPPNAME``, which libpq reads and asyncpg does not)."""

LOOKING = "strideiq-alembic-look"
_CAP = 4_000_000
_SQL_CAP = 200_000
_KINDS = {
    Failure.UNREACHABLE: FaultKind.UNREACHABLE,
    Failure.CONNECTION_LOST: FaultKind.UNREACHABLE,
    Failure.LOGIN: FaultKind.UNAUTHORISED,
    Failure.PERMISSION: FaultKind.FORBIDDEN,
    Failure.NO_DATABASE: FaultKind.MISSING,
    Failure.NO_CONFIG: FaultKind.NOT_CONFIGURED,
    Failure.MISSING_MODULE: FaultKind.NOT_CONFIGURED,
    Failure.STATEMENT_TIMEOUT: FaultKind.TIMEOUT,
}


class AlembicCommand:
    """Moves the schema of one environment, one revision a process.

    ``argv`` is the command from the user's own settings (``["alembic"]``, ``["railway", "run", "alembic"]``), ``folder`` where
    ``alembic.ini`` stands. Of ``environ`` the child sees the usual names and those in ``variables``, never the console's own.
    ``database`` is the console's read-only connection and ``enrolled`` the identity that it must have; without both nothing is run.
    ``address`` (a URL without password) is set where alembic names the same database differently, as ``railway run`` may.
    ``lock_timeout`` and ``statement_timeout`` in seconds reach the session through ``PGOPTIONS``, which libpq reads (psycopg) and
    asyncpg does not; 0 leaves the server's own. ``guard`` is held around a move, for an advisory lock. Without ``execute`` it only
    prints.

    An alembic may outlive the console that started it, and its session at the server may outlive alembic. ``running`` is a
    file that tells of the one, ``witness`` sees the other; ``patience`` is how long a session is waited for after alembic's end.
    """

    def __init__(
        self,
        *,
        argv: Sequence[str],
        folder: Path | Callable[[], Path],
        environ: Mapping[str, str],
        variables: Sequence[str] = (),
        database: Database | None,
        enrolled: Identity | Callable[[], Awaitable[Identity]] | None,
        redact: Callable[[str], str],
        execute: bool = True,
        address: str = "",
        lock_timeout: float = 5.0,
        statement_timeout: float = 300.0,
        read_seconds: float = 60.0,
        move_seconds: float = 900.0,
        guard: Callable[[], AbstractAsyncContextManager[Hold | None]] = nullcontext,
        running: Path | None = None,
        witness: Witness | None = None,
        patience: float = 10.0,
    ) -> None:
        self._argv = tuple(argv)
        self._folder = folder
        self._environment = environment(allowed(environ, variables), lock_timeout, statement_timeout)
        self._database = database
        self._redact = redact
        self._execute = execute
        self._proof = Proof(database, enrolled, read_address(address) if address else None)
        self._read_seconds = read_seconds
        self._move_seconds = move_seconds
        self._guard = guard
        self._running = running
        self._witness = witness
        self._patience = patience

    def words(self, move: Move) -> tuple[str, ...]:
        """Return the exact command of a move."""
        return (*self._argv, move.direction.value, move.target)

    def shown(self, move: Move) -> str:
        """Return the command as it can be pasted into a shell in the folder."""
        return shlex.join(self.words(move))

    async def current(self) -> Current:
        """Return what alembic says is in effect, and in which database. Raises OutsideError."""
        return read_current((await self._ask("current", "--verbose")).stdout.decode("utf-8", "replace"))

    async def heads(self) -> tuple[str, ...]:
        """Return the heads as alembic itself sees them, which imports the files. Raises OutsideError."""
        return read_heads((await self._ask("heads")).stdout.decode("utf-8", "replace"))

    async def sql(self, move: Move, graph: RevisionGraph) -> str:
        """Return the SQL of a move as alembic renders it offline, nothing run. BlockedError where it cannot be rendered alone."""
        where = span(move, graph)
        rendered = await self._ask(move.direction.value, where, "--sql")
        return clean(self._redact(rendered.stdout.decode("utf-8", "replace")), limit=_SQL_CAP)

    async def look(self, move: Move, graph: RevisionGraph) -> Outcome:
        """Say where a move stands, running nothing of alembic: UNKNOWN while an earlier one may still be at it.

        HALF_APPLIED when an earlier one was broken off between two transactions and left something behind.

        Raises BlockedError for another database, OutsideError.
        """
        earlier = running(self._running)
        found = self._judged(move, graph, await self._proof.rows())
        if found.ending is not Ending.NOT_DONE:
            return found
        if not earlier and (sessions := await self._sessions()):
            earlier = named(sessions)
        if not earlier:
            return await self._half(found, graph, only_begun=True) or found
        return replace(found, ending=Ending.UNKNOWN, ran=True, said=f"an alembic that was started earlier still runs: {earlier}")

    async def carry_out(self, move: Move, graph: RevisionGraph) -> Outcome:
        """Do a move at most once, and read back what happened; a move that is in effect already is adopted, not repeated.

        What an earlier try left half applied is not run over: the outcome is HALF_APPLIED, with ``ran`` false.

        Raises BlockedError (another database, another console or an earlier alembic at work, unsound files, a target that would
        move more than one revision) and OutsideError (the database or alembic cannot be asked); then nothing was run. With
        ``execute`` false the outcome is PRINTED.
        """
        if not self._execute:
            return Outcome(move, Ending.PRINTED, self.words(move))
        async with self._guard() as hold, alone(self._running, self.shown(move)) as kept:
            rows = await self._proof.rows()
            found = self._judged(move, graph, rows)
            if found.ending is not Ending.NOT_DONE:
                return found
            certain_move(move, graph, rows)
            if sessions := await self._sessions():
                raise at_work(sessions)
            if half := await self._half(found, graph, only_begun=True):
                return half
            self._proof.same_place(await self.current(), graph, rows)
            if hold is not None:
                await hold.still()
            return await self._deed(move, graph, kept)

    async def _deed(self, move: Move, graph: RevisionGraph, kept: Sequence[int]) -> Outcome:
        """Run the command once. Whatever it says, the version table says what happened."""
        failure: Failure | None = None
        seconds = 0.0
        try:
            done = await self._run(self.words(move)[len(self._argv) :], self._move_seconds, APPLICATION, kept)
        except OutsideError as error:
            failure = Failure.TIMED_OUT if error.fault.kind is FaultKind.TIMEOUT else Failure.NOT_STARTED
            said = error.fault.cause
            seconds = self._move_seconds if failure is Failure.TIMED_OUT else 0.0
        else:
            printed = printed_by(done)
            failure = (killed(done.code) or classify(printed)) if done.code else None
            said, seconds = last_words(printed, self._redact), done.seconds
        return await self._read_back(move, graph, failure, said, seconds)

    async def _read_back(self, move: Move, graph: RevisionGraph, failure: Failure | None, said: str, seconds: float) -> Outcome:
        started = failure is not Failure.NOT_STARTED
        base = Outcome(move, Ending.UNKNOWN, self.words(move), started, failure, said, None, seconds=seconds)
        try:
            rows = await self._proof.rows()
            ending = self._judged(move, graph, rows).ending
            sessions = await self._outlived() if ending is Ending.NOT_DONE and started else ()
            if ending is Ending.NOT_DONE and started:  # a session that has just ended may have committed at its end
                rows = await self._proof.rows()
                ending = self._judged(move, graph, rows).ending
        except (OutsideError, BlockedError) as error:
            return replace(base, said=f"{said}; then: {error.cause}")
        if ending in {Ending.ADOPTED, Ending.DONE}:
            return replace(base, ending=Ending.DONE, failure=None, rows=rows)
        found = replace(base, ending=ending, rows=rows)
        if ending is not Ending.NOT_DONE or not started:
            return found
        if sessions:
            return replace(found, ending=Ending.UNKNOWN, said=f"{said}; still at work at the server: {named(sessions)}")
        found = replace(found, failure=failure or Failure.WITHOUT_EFFECT)
        return await self._half(found, graph) or found

    async def _half(self, found: Outcome, graph: RevisionGraph, *, only_begun: bool = False) -> Outcome | None:
        """Return the outcome of a revision that may be half applied, with what is left of it; None for one transaction."""
        move = found.move
        revision = graph.by_id.get(move.revision)
        if revision is None or not revision.splits(move.direction):
            return None
        seen = await remains(revision, move, self._database, self._witness)
        if only_begun and not seen.begun:
            return None
        return replace(found, ending=Ending.HALF_APPLIED, leftovers=seen.left, absent=seen.absent, repairs=seen.repairs)

    def _judged(self, move: Move, graph: RevisionGraph, rows: tuple[str, ...]) -> Outcome:
        state = applied(graph, rows)
        ending = Ending.DIVERGED
        if not state.unknown and not state.overlapping:
            ending = {move.after: Ending.ADOPTED, move.before: Ending.NOT_DONE}.get(state.tips, Ending.DIVERGED)
        return Outcome(move, ending, self.words(move), rows=rows)

    async def _sessions(self) -> tuple[Session, ...]:
        return await self._witness.sessions(APPLICATION) if self._witness is not None else ()

    async def _outlived(self) -> tuple[Session, ...]:
        """Wait for the sessions of an alembic that has ended; return those that go on all the same. Raises OutsideError."""
        waited, step = 0.0, 0.1
        while (sessions := await self._sessions()) and waited < self._patience:
            await asyncio.sleep(step)
            waited, step = waited + step, min(step * 2, 1.0)
        return sessions

    async def _ask(self, *words: str) -> Finished:
        """Run a command that only looks; one that fails is a fault."""
        done = await self._run(words, self._read_seconds)
        if done.code:
            printed = printed_by(done)
            failure = classify(printed)
            cause = f"alembic {words[0]} failed: {failure} ({last_words(printed, self._redact, lines=2)})"
            kind = _KINDS.get(failure, FaultKind.LOCAL)
            raise OutsideError(Fault(kind, SOURCE, cause, "What it would tell is unknown", next_step(failure)))
        if done.truncated:
            cause = f"alembic {words[0]} printed more than {_CAP:,} bytes"
            raise OutsideError(Fault(FaultKind.TOO_LARGE, SOURCE, cause, "What it tells is not whole", "Run it by hand"))
        return done

    async def _run(self, words: Sequence[str], seconds: float, application: str = LOOKING, keep: Sequence[int] = ()) -> Finished:
        return await run(
            (*self._argv, *words),
            cwd=await asyncio.to_thread(self._folder) if callable(self._folder) else self._folder,
            env={"PGAPPNAME": application, **self._environment},
            timeout=seconds,
            cap=_CAP,
            source=SOURCE,
            redact=self._redact,
            keep=keep,
        )
