"""Carries an execution on: asks a person at a terminal step by step, or goes as far as the given consents reach."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from strideiq_console.cli import errors
from strideiq_console.cli.consent import next_command, wants_entry
from strideiq_console.cli.filling import fill_in
from strideiq_console.cli.progress import Progress
from strideiq_console.cli.session import Session
from strideiq_console.domain.runbook.execution import Execution, ExecutionState, StepState
from strideiq_console.domain.runbook.form import Form
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.presentation import execution as screen
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.draw import table_lines
from strideiq_console.presentation.execution_json import EXECUTION_SCHEMA, awaits_json, execution_json

if TYPE_CHECKING:
    from strideiq_console.services.console import Console
    from strideiq_console.services.engine import Engine


async def carry_on(
    session: Session, console: Console, engine: Engine, execution: Execution, consent: Consent, wait: float | None, *, as_json: bool
) -> int:
    """Go on with an execution as far as it may, say where it stands, and return the exit code.

    ``wait`` is in seconds; None means: not at all without a terminal, and at a terminal until the person interrupts.
    """
    asks = session.output.terminal and not as_json
    patience = wait if wait is not None or asks else 0.0
    progress = Progress(session.output.talk, session.output.glyphs, execution)
    stop = engine.subscribe(lambda id_: progress.heard(engine.execution(id_)) if id_ == execution.id else None)
    try:
        standing = await engine.advance(execution.id, consent, wait=patience)
        while asks:
            answer = ask_for(session, console, standing)
            if answer is None:
                break
            standing = await engine.advance(execution.id, answer, wait=patience)
    finally:
        stop()
    return report(session, console, standing, as_json=as_json)


def ask_for(session: Session, console: Console, standing: Standing) -> Consent | None:
    """Ask the person at the terminal for what is awaited; None when nothing is to be asked, or the answer was no."""
    output, record = session.output, standing.record
    if record is None:
        return None
    if standing.awaits is Awaits.ANSWER:
        output.lines(screen.current(standing, console.clock.now(), output.glyphs))
        if wants_entry(standing) and standing.form is not None:
            output.lines((Cell(f"{output.glyphs.warn} {reason}", Tone.WARNING),) for reason in standing.reasons)
            return _filled(session, standing.form)
        more = f", e to fill in {' and '.join(field.title for field in standing.form.fields)}" if standing.form else ""
        typed = output.ask(f"{standing.question} [y/N{more}]")
        if typed == "e" and standing.form is not None:
            return _filled(session, standing.form)
        if typed is not None and typed.lower() in ("y", "yes"):
            return Consent(answer="yes")
        # Only a step that may be left out hears the no; any other simply stays where it is.
        return Consent(answer="no") if typed is not None and record.step.optional else None
    if standing.awaits is Awaits.GATE and standing.form is not None:
        output.lines((Cell(f"{output.glyphs.warn} {reason}", Tone.WARNING),) for reason in standing.reasons)
        typed = output.ask(f"{standing.form.title}: fill it in? [y/N]")
        return _filled(session, standing.form) if typed is not None and typed.lower() in ("y", "yes") else None
    if standing.awaits is not Awaits.CONFIRMATION:
        return None
    output.lines([(Cell(screen.confirm_title(standing), Tone.ACCENT),), *screen.confirm_lines(standing)])
    if standing.level >= 3:
        typed = output.ask(f"Type {standing.word} to go on, or nothing to stop:")
        if typed != standing.word:
            output.talk("Not confirmed: nothing was done.")
            return None
        database = ""
        if standing.database:
            database = output.ask(f"Type {standing.database} as well, no sooner than in {math.ceil(standing.arms_in)} s:") or ""
            if database != standing.database:
                output.talk("Not confirmed: nothing was done.")
                return None
        return Consent(step=record.step.id, effects=standing.fingerprint, word=typed, database=database)
    typed = output.ask("Go on? [y/N]")
    if typed is None or typed.lower() not in ("y", "yes"):
        return None
    return Consent(step=record.step.id, effects=standing.fingerprint)


def _filled(session: Session, form: Form) -> Consent | None:
    entry = fill_in(session.output, form)
    return Consent(entry=entry) if entry else None


def report(session: Session, console: Console, standing: Standing, *, as_json: bool) -> int:
    """Say where an execution stands and with which command it goes on; return the exit code of that standing."""
    going_on = next_command(standing, session)
    if as_json:
        session.output.json(standing_json(standing, going_on))
        return standing_code(standing)
    output, now = session.output, console.clock.now()
    lines: list[Line] = [(Cell(screen.headline(standing.execution, now), Tone.ACCENT),)]
    lines.extend(table_lines(screen.steps(standing.execution, now, output.glyphs), min(output.width, 90), titles=False))
    lines.extend(((), (Cell(screen.awaited(standing)),)))
    lines.extend((Cell(f"{output.glyphs.warn} {reason}", Tone.WARNING),) for reason in standing.reasons)
    if standing.awaits is Awaits.CONFIRMATION:
        lines.extend(screen.confirm_lines(standing))
    if going_on is not None:
        lines.append((Cell("next: ", Tone.MUTED), Cell(going_on, Tone.ACCENT)))
    output.lines(lines)
    return standing_code(standing)


def standing_json(standing: Standing, going_on: str | None) -> dict[str, Any]:
    """Return an execution with what it awaits and the command that goes on."""
    awaits = None if standing.execution.state.ended else awaits_json(standing)
    return {"schema": EXECUTION_SCHEMA, **execution_json(standing.execution), "awaits": awaits, "next": going_on}


def standing_code(standing: Standing) -> int:
    """Return the exit code of a standing: 0 done, 1 failed, 4 blocked, 5 diverged, 75 unfinished."""
    state = standing.execution.state
    if state in (ExecutionState.DONE, ExecutionState.UNDONE, ExecutionState.ABANDONED):
        return errors.DONE
    if standing.awaits in (Awaits.GATE, Awaits.LEASE):
        return errors.BLOCKED
    if standing.awaits is Awaits.COMPARISON or state is ExecutionState.DIVERGED:
        return errors.DIVERGED
    if standing.record is not None and standing.record.state is StepState.FAILED:
        return errors.FAILED
    return errors.UNFINISHED
