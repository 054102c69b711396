"""The founder's own alembic as a child process: looked through before a move, run once, and judged by the version table."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path

from strideiq_console.domain.database import Database, Identity
from strideiq_console.domain.fault import BlockedError, Fault, FaultKind, OutsideError
from strideiq_console.domain.migration import Direction, Move
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_outcome import Current, Ending, Failure, Outcome, next_step
from strideiq_console.domain.migration_path import BASE, applied, undone_by
from strideiq_console.domain.untrusted import clean
from strideiq_console.providers.alembic.answers import read_address, read_current, read_heads
from strideiq_console.providers.alembic.failures import classify, last_words
from strideiq_console.providers.alembic.proof import Proof, certain_move
from strideiq_console.providers.child import Finished, allowed, run

SOURCE = "alembic"
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
    """

    def __init__(
        self,
        *,
        argv: Sequence[str],
        folder: Path,
        environ: Mapping[str, str],
        variables: Sequence[str] = (),
        database: Database | None,
        enrolled: Identity | None,
        redact: Callable[[str], str],
        execute: bool = True,
        address: str = "",
        lock_timeout: float = 5.0,
        statement_timeout: float = 300.0,
        read_seconds: float = 60.0,
        move_seconds: float = 900.0,
        guard: Callable[[], AbstractAsyncContextManager[object]] = nullcontext,
    ) -> None:
        self._argv = tuple(argv)
        self._folder = folder
        self._environment = _environment(allowed(environ, variables), lock_timeout, statement_timeout)
        self._database = database
        self._redact = redact
        self._execute = execute
        self._proof = Proof(database, enrolled, read_address(address) if address else None)
        self._read_seconds = read_seconds
        self._move_seconds = move_seconds
        self._guard = guard

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
        span = _span(move, graph)
        rendered = await self._ask(move.direction.value, span, "--sql")
        return clean(self._redact(rendered.stdout.decode("utf-8", "replace")), limit=_SQL_CAP)

    async def look(self, move: Move, graph: RevisionGraph) -> Outcome:
        """Say where a move stands, running nothing of alembic. Raises BlockedError for another database, OutsideError."""
        return self._judged(move, graph, await self._proof.rows())

    async def carry_out(self, move: Move, graph: RevisionGraph) -> Outcome:
        """Do a move at most once, and read back what happened; a move that is in effect already is adopted, not repeated.

        Raises BlockedError (another database, unsound files, a target that would move more than one revision) and OutsideError (the
        database or alembic cannot be asked); then nothing was run. With ``execute`` false the outcome is PRINTED.
        """
        if not self._execute:
            return Outcome(move, Ending.PRINTED, self.words(move))
        async with self._guard():
            rows = await self._proof.rows()
            found = self._judged(move, graph, rows)
            if found.ending is not Ending.NOT_DONE:
                return found
            certain_move(move, graph, rows)
            self._proof.same_place(await self.current(), graph, rows)
            return await self._deed(move, graph)

    async def _deed(self, move: Move, graph: RevisionGraph) -> Outcome:
        """Run the command once. Whatever it says, the version table says what happened."""
        failure: Failure | None = None
        seconds = 0.0
        try:
            done = await self._run(self.words(move)[len(self._argv) :], self._move_seconds)
        except OutsideError as error:
            failure = Failure.TIMED_OUT if error.fault.kind is FaultKind.TIMEOUT else Failure.NOT_STARTED
            said = error.fault.cause
            seconds = self._move_seconds if failure is Failure.TIMED_OUT else 0.0
        else:
            printed = _printed(done)
            failure = classify(printed) if done.code else None
            said, seconds = last_words(printed, self._redact), done.seconds
        return await self._read_back(move, graph, failure, said, seconds)

    async def _read_back(self, move: Move, graph: RevisionGraph, failure: Failure | None, said: str, seconds: float) -> Outcome:
        started = failure is not Failure.NOT_STARTED
        try:
            rows = await self._proof.rows()
        except (OutsideError, BlockedError) as error:
            return Outcome(
                move, Ending.UNKNOWN, self.words(move), started, failure, f"{said}; then: {error.cause}", None, seconds=seconds
            )
        ending = self._judged(move, graph, rows).ending
        if ending is Ending.ADOPTED:
            ending = Ending.DONE
        leftovers: tuple[str, ...] = ()
        if ending is Ending.NOT_DONE and started:
            failure = failure or Failure.WITHOUT_EFFECT
            if graph.by_id[move.revision].splits(move.direction):
                ending, leftovers = Ending.HALF_APPLIED, await self._leftovers()
        return Outcome(
            move, ending, self.words(move), started, None if ending is Ending.DONE else failure, said, rows, leftovers, seconds
        )

    def _judged(self, move: Move, graph: RevisionGraph, rows: tuple[str, ...]) -> Outcome:
        state = applied(graph, rows)
        ending = Ending.DIVERGED
        if not state.unknown and not state.overlapping:
            ending = {move.after: Ending.ADOPTED, move.before: Ending.NOT_DONE}.get(state.tips, Ending.DIVERGED)
        return Outcome(move, ending, self.words(move), rows=rows)

    async def _leftovers(self) -> tuple[str, ...]:
        """Return indexes that a broken CONCURRENTLY left behind; what else was committed half-way is not guessed at."""
        if self._database is None:
            return ()
        try:
            return tuple(f"invalid index {i.schema}.{i.name} on {i.table}" for i in await self._database.invalid_indexes())
        except OutsideError:
            return ()

    async def _ask(self, *words: str) -> Finished:
        """Run a command that only looks; one that fails is a fault."""
        done = await self._run(words, self._read_seconds)
        if done.code:
            printed = _printed(done)
            failure = classify(printed)
            cause = f"alembic {words[0]} failed: {failure} ({last_words(printed, self._redact, lines=2)})"
            kind = _KINDS.get(failure, FaultKind.LOCAL)
            raise OutsideError(Fault(kind, SOURCE, cause, "What it would tell is unknown", next_step(failure)))
        if done.truncated:
            cause = f"alembic {words[0]} printed more than {_CAP:,} bytes"
            raise OutsideError(Fault(FaultKind.TOO_LARGE, SOURCE, cause, "What it tells is not whole", "Run it by hand"))
        return done

    async def _run(self, words: Sequence[str], seconds: float) -> Finished:
        return await run(
            (*self._argv, *words),
            cwd=self._folder,
            env=self._environment,
            timeout=seconds,
            cap=_CAP,
            source=SOURCE,
            redact=self._redact,
        )


def _environment(environment: dict[str, str], lock_timeout: float, statement_timeout: float) -> dict[str, str]:
    limits = {"lock_timeout": lock_timeout, "statement_timeout": statement_timeout}
    options = [f"-c {name}={int(seconds * 1000)}" for name, seconds in limits.items() if seconds > 0]
    given = environment.get("PGOPTIONS", "")
    # No bytecode: the clone's folders stay as they are, and no stale one stands in for a file.
    extra = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    words = " ".join([given, *options]).strip()
    return {**environment, **extra, **({"PGOPTIONS": words} if words else {})}


def _printed(done: Finished) -> str:
    """Return what matters of both streams: errors first, then what was printed last."""
    return (done.stdout[-20_000:] + b"\n" + done.stderr[-200_000:] + b"\n" + done.tail).decode("utf-8", "replace")


def _span(move: Move, graph: RevisionGraph) -> str:
    """Return ``FROM:TO`` for ``--sql`` such that alembic renders this one revision."""
    revision = graph.by_id[move.revision]
    if move.direction is Direction.UP and not revision.merge:
        return f"{revision.parents[0]}:{revision.id}" if revision.parents else revision.id
    if move.direction is Direction.DOWN:
        for place in revision.parents or (BASE,):
            if undone_by(graph, graph.ancestors((revision.id,)), place) == {revision.id}:
                return f"{revision.id}:{place}"
    raise BlockedError(
        f"alembic cannot render {revision.id} alone: it joins {len(revision.parents)} branches",
        consequence="its SQL is not shown",
        next_step="read the file",
    )
