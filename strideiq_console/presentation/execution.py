"""The runbook screen: the step it stands at, what is awaited and which key goes on. The screen's other texts are found here too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from strideiq_console.domain.commit import is_sha
from strideiq_console.domain.runbook.execution import Execution, ExecutionState, StepRecord, StepState
from strideiq_console.domain.runbook.model import Step
from strideiq_console.domain.runbook.standing import Awaits, Standing
from strideiq_console.presentation.cell import Cell, Line, Tone, text
from strideiq_console.presentation.consent_lines import (
    UNDO,
    confirm_lines,
    confirm_title,
    current_commands,
    note_lines,
    plan_lines,
    progress_lines,
)
from strideiq_console.presentation.execution_steps import headline, note, result_word, step_glyph, steps
from strideiq_console.presentation.glyphs import Glyphs

__all__ = [
    "UNDO",
    "awaited",
    "bottom",
    "commands_of",
    "confirm_lines",
    "confirm_title",
    "current",
    "current_commands",
    "current_title",
    "headline",
    "keys",
    "note",
    "note_lines",
    "plan_lines",
    "progress_lines",
    "result_word",
    "step_glyph",
    "steps",
]


def current_title(standing: Standing) -> str:
    """Return the number and title of the step that the execution stands at, for the right panel's border."""
    record = standing.record
    if record is None:
        return str(standing.execution.state)
    return f"{_number(standing.execution, record.step)} {record.step.title}"


def _number(execution: Execution, step: Step) -> int:
    return next((n for n, r in enumerate(execution.records, start=1) if r.step.id == step.id), 0)


OWED = "afterwards: "
"""How a plan's note begins that names what is left to a person once all its steps are done."""


def current(standing: Standing, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return the right panel: why, what it will do, the exact commands, live detail, and every reason that holds it back."""
    record = standing.record
    if record is None:
        return _ended(standing, glyphs)
    lines: list[Line] = [text(Cell("Why: ", Tone.MUTED), record.step.why)]
    effects = standing.effects or record.step.effects
    if standing.awaits is Awaits.COMPARISON:
        return (*lines, *_compared(standing, record, glyphs), *_history(standing.execution))
    lines.extend(_state_lines(standing, record, glyphs))
    if effects:
        lines.extend(((), (Cell("What it does", Tone.MUTED),)))
        lines.extend(text(f"  {effect.sentence}") for effect in effects)
        commands = [effect.command for effect in effects if effect.command]
        if commands:
            lines.extend(((), (Cell("Command", Tone.MUTED),)))
            lines.extend((Cell(f"  {command}", Tone.ACCENT),) for command in commands)
    return (*lines, *_history(standing.execution))


def _compared(standing: Standing, record: StepRecord, glyphs: Glyphs) -> Iterable[Line]:
    """Return planned, expected and actual, for a step whose ground has moved (RELIABILITY section 2)."""
    effects = standing.effects or record.step.effects
    planned = [effect.sentence for effect in effects] or [record.step.title]
    expected = [f"{name.replace('_', ' ')}: {value}" for name, value in _plain_values(record.observed)]
    actual = list(standing.reasons) or [record.reason or standing.sentence]
    yield (Cell("Planned", Tone.MUTED),)
    yield from (text(f"  {sentence}") for sentence in planned)
    yield from ((Cell(f"  {effect.command}", Tone.ACCENT),) for effect in effects if effect.command)
    yield (Cell("Expected", Tone.MUTED),)
    yield text(f"  {'; '.join(expected) or 'what the step before had left, unchanged'}")
    yield (Cell("Actual", Tone.MUTED),)
    yield from ((Cell(f"  {glyphs.warn} {reason}", Tone.WARNING),) for reason in actual)


def _plain_values(observed: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for name, value in observed.items():
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and value != "":
            yield name, str(value)[:7] if is_sha(str(value)) else str(value)


def _history(execution: Execution) -> Iterable[Line]:
    run = list(_was_run(execution))
    if run:
        yield ()
        yield (Cell("What was run", Tone.MUTED),)
        yield from ((Cell(f"  {command}", Tone.MUTED),) for command in run)


def _state_lines(standing: Standing, record: StepRecord, glyphs: Glyphs) -> list[Line]:
    lines: list[Line] = []
    if standing.question:
        lines.extend(((), (Cell(standing.question, Tone.ACCENT),)))
    if record.detail:
        lines.append(())
        lines.extend((Cell(f"{glyphs.partial} {part}", Tone.ACTIVE),) for part in record.detail.split("; "))
    if record.reason:
        tone = Tone.CRITICAL if record.state is StepState.FAILED else Tone.WARNING
        mark = glyphs.bad if record.state is StepState.FAILED else glyphs.warn
        lines.extend(((), (Cell(f"{mark} {record.reason}", tone),)))
    reasons = [reason for reason in standing.reasons if reason != record.reason]
    if reasons:
        lines.append(())
        lines.extend((Cell(f"{glyphs.warn} {reason}", Tone.WARNING),) for reason in reasons)
    return lines


def _ended(standing: Standing, glyphs: Glyphs) -> tuple[Line, ...]:
    execution = standing.execution
    state = execution.state
    good = state is ExecutionState.DONE
    lines: list[Line] = [(Cell(f"{glyphs.ok if good else glyphs.none} {state}", Tone.OK if good else Tone.MUTED),)]
    if execution.reason:
        lines.append(text(execution.reason))
    kept = [record for record in execution.records if record.state is StepState.KEPT]
    left = standing.reasons or tuple(f"{record.step.title}: {record.reason}" for record in kept)
    lines.extend((Cell(f"{glyphs.warn} {sentence}", Tone.WARNING),) for sentence in left)
    owed = [note.removeprefix(OWED) for note in execution.plan.notes if note.startswith(OWED)] if good else []
    if owed:
        lines.extend(((), (Cell("Still to do", Tone.MUTED),)))
        lines.extend((Cell(f"{glyphs.warn} {sentence}", Tone.WARNING),) for sentence in owed)
    return (*lines, *_history(execution))


def _was_run(execution: Execution) -> Iterable[str]:
    """Return every command that an intention was recorded with, oldest step first."""
    for record in execution.records:
        yield from commands_of(record)


def commands_of(record: StepRecord) -> tuple[str, ...]:
    """Return what a step ran, word for word, as its intention recorded it."""
    return record.commands


_AWAITED = {
    Awaits.NOTHING: "going on by itself",
    Awaits.CONFIRMATION: "waits for your confirmation",
    Awaits.ANSWER: "waits for your answer",
    Awaits.OUTSIDE: "waiting; q leaves, u resumes",
    Awaits.GATE: "held back; what must be met stands on the right",
    Awaits.CHOICE: "stopped: try again, plan again, mark it done, skip it or undo",
    Awaits.COMPARISON: "the outside has moved: compare planned, expected and actual",
    Awaits.LEASE: "another console is carrying this out; this one only looks",
}
_KEYS: dict[Awaits, tuple[tuple[str, str], ...]] = {
    Awaits.NOTHING: (),
    Awaits.CONFIRMATION: (("enter", "see and confirm"), ("D", "plan")),
    Awaits.ANSWER: (("enter", "answer"), ("D", "plan")),
    Awaits.OUTSIDE: (("l", "logs"), ("D", "plan")),
    Awaits.GATE: (("r", "look again"), ("D", "plan")),
    Awaits.CHOICE: (("t", "retry"), ("p", "plan again"), ("m", "done by hand"), ("s", "skip")),
    Awaits.COMPARISON: (("t", "look again"), ("p", "plan again"), ("m", "done by hand"), ("s", "skip")),
    Awaits.LEASE: (("r", "look again"),),
}


def keys(standing: Standing) -> tuple[tuple[str, str], ...]:
    """Return the keys that help now, each with what it does."""
    if standing.execution.ended is not None:
        return (("esc", "back"),)
    undo = (("z", "undo"),) if standing.undoable else ()
    abandon = (("x", "abandon"),) if standing.awaits in (Awaits.CHOICE, Awaits.COMPARISON) else ()
    helping, form = _KEYS[standing.awaits], standing.form
    if form is not None and standing.awaits is Awaits.GATE:
        helping = (("o", form.go.lower()), *helping)
    elif form is not None and standing.awaits is Awaits.ANSWER:
        helping = (("enter", form.go.lower()), ("y", "answer"), ("D", "plan"))
    return (*helping, *abandon, *undo, ("esc", "back"))


def awaited(standing: Standing) -> str:
    """Return what is awaited, in one line."""
    if standing.execution.ended is not None:
        return f"{standing.execution.state}: nothing is left to do"
    words = _AWAITED[standing.awaits]
    if standing.awaits is Awaits.OUTSIDE and standing.sentence:
        return f"{standing.sentence.rstrip('.')}; q leaves, u resumes"
    return standing.sentence or words


def bottom(standing: Standing) -> str:
    """Return the last line of the runbook screen: what is awaited, and which key does what."""
    return awaited(standing) + "      " + "  ".join(f"{key} {does}" for key, does in keys(standing))
