"""Move a schema by one revision with the founder's own alembic, or wait until a person has done so (R93-R95, T6-T8)."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.fault import BlockedError, DivergedError, Fault, FaultKind, OutsideError
from strideiq_console.domain.migration import Direction, Move, Revision
from strideiq_console.domain.migration_graph import RevisionGraph
from strideiq_console.domain.migration_outcome import Ending, Failure, next_step
from strideiq_console.domain.migration_outcome import Outcome as Moved
from strideiq_console.domain.policy.schema_order import LADDER, least_level, level_of
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Step, Verb
from strideiq_console.services.action import Action, Ask, Findings, Outcome, Ports, Seen, happened, lost, not_yet
from strideiq_console.services.actions.backups import still_proven
from strideiq_console.services.actions.schema_grounds import (
    database_of,
    graph_of,
    move_of,
    order_of,
    rows_of,
    same_files,
    schema_of,
    told,
)
from strideiq_console.services.actions.schema_words import blocking_words, notes_of, observed_of
from strideiq_console.services.blast import read_blast

PRINT = "print"


class MoveSchema(Action):
    """``direction`` (upgrade, downgrade) exactly ``revision`` of the step's environment; ``target`` is the word alembic gets.

    ``files`` is the commit whose migration files are meant (``""``: the work tree), ``database`` what level 4 wants typed,
    ``before`` and ``after`` the version rows around it (left out: they follow from what is in effect), ``digest`` that of the
    file as it was planned. ``execute`` print: a person runs it, and this waits. Gives ``revision``, ``rows`` and ``target``.
    """

    verb = Verb.MOVE_SCHEMA
    precondition = "the database is the enrolled one and stands where the plan says; the files are those of the plan"
    end_state = "the version table holds the rows after the move"
    natural_key = "the version table of the environment's database"
    recovery = "no move of a schema is taken back unasked: move it back with strideiq migrate, or restore the backup"

    def level(self, step: Step) -> int:
        """Return what the plan judged, never less than the direction wants where it lands."""
        return max(step.level, least_level(step.values.get("direction", ""), step.environment))

    def waiting(self, ports: Ports, ask: Ask) -> bool:
        """Say whether a person runs alembic, by the plan or by the settings."""
        return _execute(ports, ask) == PRINT

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Ask the version table, compare the files, read what would be lost and who holds locks. Raises DivergedError."""
        environment = ask.step.environment
        graph, rows, move = await _ground(ports, ask)
        schema = schema_of(ports, environment)
        seen = await schema.look(move, graph)
        if seen.done:
            return Findings(already=_result(move))
        if seen.ending is Ending.DIVERGED:
            raise _elsewhere(ask, move, seen)
        if seen.ending is not Ending.NOT_DONE:
            return Findings(reasons=(told(seen),))
        _as_planned(ask, graph.by_id[move.revision])
        if not self.waiting(ports, ask):
            await same_files(ports, ask, graph, rows)
        reasons: tuple[str, ...] = ()
        if move.direction is Direction.UP:
            reasons = (await order_of(ports, environment, (move.revision,), graph)).reasons
        if self.level(ask.step) >= 4 and environment != LADDER[0]:
            reasons = (*reasons, *await still_proven(ports, environment))
        blast = await read_blast(move, graph, database_of(ports, environment), schema)
        return Findings(observed=observed_of(move, graph, blast), reasons=reasons, notes=notes_of(blast))

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what dies, the exact command, its SQL and its limits. Nothing here changes with the rows: what counts is a note."""
        environment, mine = ask.step.environment, ports.settings.outside.alembic.of(ask.step.environment)
        deed = f"{ask.get('direction')} the schema of {environment} ({ask.get('database')}) by one revision: {ask.get('revision')}"
        words = f", {observed['message']}" if observed.get("message") else ""
        command = _command(ports, environment, ask.get("direction"), ask.get("target"))
        by_hand = "by hand: " if self.waiting(ports, ask) else ""
        found = [Effect(f"lost: {one}") for one in observed.get("lost", ())]
        found.append(Effect(f"{by_hand}{deed}{words}", command))
        found += [Effect(f"risk: {one}") for one in observed.get("risks", ())]
        found += [Effect(f"sql: {line}") for line in observed.get("sql", ())]
        if observed.get("no_sql"):
            found.append(Effect(f"its SQL cannot be shown: {observed['no_sql']}"))
        limits = (("a lock", mine.lock_timeout), ("a statement", mine.statement_timeout))
        said = [f"{what} {seconds} s" for what, seconds in limits if seconds]
        found.append(
            Effect(f"limits: {', '.join(said)}; the whole command {mine.timeout} s" if said else "limits: the server's own")
        )
        return tuple(found)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Run alembic once, behind the advisory lock. Raises what stopped it."""
        graph = await graph_of(ports, ask.get("files"))
        move = _observed_move(ask, observed)
        done = await schema_of(ports, ask.step.environment).carry_out(move, graph)
        if done.done or done.ending is Ending.UNKNOWN:
            return
        if done.ending is Ending.DIVERGED:
            raise _elsewhere(ask, move, done)
        raise await _stopped(ports, ask, done)

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Ask the version table, never alembic's exit code."""
        try:
            if observed.get("after") is not None:
                graph, move = await graph_of(ports, ask.get("files")), _observed_move(ask, observed)
            else:
                graph, _, move = await _ground(ports, ask)
            seen = await schema_of(ports, ask.step.environment).look(move, graph)
        except BlockedError as error:
            return Seen(Outcome.UNCLEAR, detail=error.sentence())
        if seen.done:
            return happened(**_result(move))
        if seen.ending is Ending.UNKNOWN:
            return Seen(Outcome.UNCLEAR, detail=told(seen))
        if seen.ending is Ending.NOT_DONE:
            return not_yet(_by_hand(ports, ask) if self.waiting(ports, ask) else told(seen))
        return lost(told(seen))

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Return the move back where it costs nothing, else the sentence what it would cost."""
        back, costs = str(record.observed.get("back", "")), str(record.observed.get("costs", ""))
        environment = ask.step.environment
        if not record.observed or not back or costs:
            why = f": {costs}" if costs else ""
            return f"{ask.get('revision')} stays{why}; {self.recovery}"
        word = _opposite(ask)
        command = _command(ports, environment, word, back)
        empty = ", but what it took away comes back empty" if record.observed.get("lost") else ""
        return (Effect(f"{word} the schema of {environment} by {ask.get('revision')}: that loses nothing{empty}", command),)

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Move it back once, reading first."""
        observed = record.observed
        before, after = frozenset(observed.get("before", ())), frozenset(observed.get("after", ()))
        back = Move(Direction(_opposite(ask)), ask.need("revision"), str(observed["back"]), after, before)
        graph, schema = await graph_of(ports, ask.get("files")), schema_of(ports, ask.step.environment)
        await same_files(ports, ask, graph, tuple(after))
        if (await schema.look(back, graph)).done:
            return f"{ask.step.environment} is back at {' '.join(sorted(before)) or 'nothing'} already"
        done = await schema.carry_out(back, graph)
        if not done.done:
            raise BlockedError(told(done), consequence="the schema was not moved back", next_step="look at it, then undo again")
        return f"{ask.step.environment} is back at {' '.join(sorted(before)) or 'nothing'}"


async def _ground(ports: Ports, ask: Ask) -> tuple[RevisionGraph, tuple[str, ...], Move]:
    graph = await graph_of(ports, ask.get("files"))
    rows = await rows_of(database_of(ports, ask.step.environment))
    return graph, rows, move_of(ask, graph, rows)


def _observed_move(ask: Ask, observed: Mapping[str, Any]) -> Move:
    before, after = frozenset(observed.get("before", ())), frozenset(observed.get("after", ()))
    return Move(Direction(ask.need("direction")), ask.need("revision"), ask.need("target"), before, after)


def _as_planned(ask: Ask, revision: Revision) -> None:
    """Refuse a file that is not the one that was planned: it may destroy what the plan did not name."""
    direction, environment, digest = ask.need("direction"), ask.step.environment, ask.get("digest")
    level = level_of(revision, Direction(direction), environment)
    planned = max(ask.step.level, least_level(direction, environment))
    if (digest and digest != revision.digest) or level > planned:
        raise DivergedError(
            f"{revision.file} has changed since it was planned",
            consequence=f"planned: level {planned}, file {digest or 'of then'}; actual: level {level}, file {revision.digest}",
            next_step="plan again and read what it does now",
        )


def _elsewhere(ask: Ask, move: Move, seen: Moved) -> DivergedError:
    actual = ", ".join(seen.rows or ()) or "nothing"
    return DivergedError(
        f"{ask.step.environment} is at {actual}: neither before nor after {move.direction} {move.revision}",
        consequence=f"planned: {ask.step.title}; expected: {', '.join(sorted(move.before)) or 'nothing'}; actual: {actual}",
        next_step="see who moved it, then plan again",
    )


async def _stopped(ports: Ports, ask: Ask, done: Moved) -> OutsideError:
    """Return the fault of a move that did not happen; of a lock, with the sessions that hold it."""
    words = told(done)
    if done.failure in (Failure.LOCK_TIMEOUT, Failure.DEADLOCK):
        try:
            holders = blocking_words(await database_of(ports, ask.step.environment).blocking())
        except (OutsideError, BlockedError):
            holders = ()
        words = ". ".join((words, *holders))
    step = next_step(done.failure) if done.failure is not None else "read the current revision, then try again"
    consequence = "it may be half applied" if done.ending is Ending.HALF_APPLIED else "the version table did not move"
    known = done.ending is Ending.NOT_DONE
    return OutsideError(Fault(FaultKind.LOCAL, "alembic", words, consequence, step), known_not_done=known)


def _result(move: Move) -> dict[str, Any]:
    return {"revision": move.revision, "rows": " ".join(sorted(move.after)), "target": move.target}


def _execute(ports: Ports, ask: Ask) -> str:
    return ask.get("execute") or ports.settings.outside.alembic.of(ask.step.environment).execute


def _opposite(ask: Ask) -> str:
    return str(Direction.DOWN if ask.need("direction") == Direction.UP else Direction.UP)


def _command(ports: Ports, environment: str, direction: str, target: str) -> str:
    schema = ports.outside.schemas.get(environment)
    if schema is None:
        return f"alembic {direction} {target}"
    return shlex.join(schema.words(Move(Direction(direction), target, target, frozenset(), frozenset())))


def _by_hand(ports: Ports, ask: Ask) -> str:
    folder = ports.settings.outside.alembic.folder or "the folder of alembic.ini"
    command = _command(ports, ask.step.environment, ask.need("direction"), ask.need("target"))
    return f"run this by hand in {folder}: {command}; then it goes on by itself"
