"""What a person reads before consenting: a plan in full, and the confirmation of one step."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from strideiq_console.domain.runbook.execution import StepRecord, StepState
from strideiq_console.domain.runbook.model import Effect, Plan, Step, Verb
from strideiq_console.domain.runbook.standing import Standing
from strideiq_console.presentation.cell import Cell, Line, Tone, text
from strideiq_console.presentation.execution_steps import step_glyph
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.shell import Shell, for_shell

# How each kind of deed is taken back, for the confirmation; RELIABILITY section 5.
UNDO = {
    Verb.FETCH: "nothing to undo",
    Verb.CREATE_BRANCH: "the branch is deleted while it still stands where it was made",
    Verb.CHECK_OUT: "the branch that was checked out before is checked out again",
    Verb.COMMIT: "a commit is never taken back by the console: git revert makes one that undoes it",
    Verb.TRY_LOCALLY: "nothing to undo",
    Verb.PUSH: "the branch is deleted at origin while nobody has moved it",
    Verb.OPEN_PULL_REQUEST: "the pull request is closed; its page stays",
    Verb.LINK_PULL_REQUESTS: "the texts are put back",
    Verb.MERGE: "a merge is never taken back from history: revert it by a pull request, or roll back at the provider",
    Verb.VERIFY_STAGING: "the verification is withdrawn",
    Verb.UPDATE_BRANCH: "the merge commit stays on the branch and harms nothing",
    Verb.APPROVE: "dismiss the review on the pull request's page",
    Verb.DELETE_BRANCH: "the branch is made again at the same commit",
    Verb.DELETE_LOCAL_BRANCH: "the branch is made again at the same commit, which is pinned for 30 days",
    Verb.CREATE_TAG: "the tag is deleted in the clone while origin does not have it",
    Verb.PUSH_TAG: "a pushed tag stays: others may have it; the next version supersedes it",
    Verb.PUBLISH_RELEASE: "delete the release on its own page, or make it a draft; the tag stays",
    Verb.ROLL_BACK: "what served before is served again: promoted at Vercel, rolled back to at Railway",
    Verb.REDEPLOY: "what served before is served again: promoted at Vercel, rolled back to at Railway",
    Verb.PROMOTE_DEPLOYMENT: "what served before is served again, as long as the provider keeps it",
    Verb.HOLD_DEPLOYS: "deploying by push is switched back to what it was",
    Verb.REVERT_COMMIT: "the branch is put back to where it stood; the commit stays pinned in the clone",
    Verb.RESTORE_FILES: "the branch is put back to where it stood; the commit stays pinned in the clone",
    Verb.PROVE_BACKUP: "a backup that was made stays; nothing else is changed",
    Verb.MOVE_SCHEMA: "the schema is moved back by a downgrade or an upgrade of its own, where that loses nothing; else a backup",
    Verb.RERUN: "a run that goes on can be cancelled; its earlier attempt stays to be read",
    Verb.CANCEL_RUN: "what was cancelled can be run again",
    Verb.DISPATCH: "the run that was started can be cancelled",
    Verb.CLOSE_PULL_REQUEST: "the pull request is opened again",
    Verb.REOPEN_PULL_REQUEST: "a pull request that is open again needs nothing taken back",
    Verb.PROTECT_BRANCH: "the rules that stood there before are put back, or the ruleset that was made is deleted",
}
_LEVELS = {
    0: "looks only",
    1: "local, undo offered",
    2: "asks first",
    3: "asks for a typed word",
    4: "asks for two typed words, 10 s after it is shown",
}
LOSS = ("lost:", "dies:")
"""How a sentence begins that names what no undo brings back; a confirmation shows these first."""


def plan_lines(plan: Plan, shell: Shell = "posix") -> tuple[Line, ...]:
    """Return a plan as a person reads it: every step with its level, its sentences and its exact commands."""
    lines: list[Line] = [text(Cell(plan.title, Tone.ACCENT), Cell(f"  plan {plan.fingerprint}", Tone.MUTED))]
    lines.extend(text(Cell(f"  {name:<16}", Tone.MUTED), value) for name, value in (*plan.inputs, *plan.facts))
    for number, step in enumerate(plan.steps, start=1):
        tone = Tone.WARNING if step.level >= 3 else Tone.PLAIN
        lines.append(text(Cell(f"{number:>2} {step.title}", tone), Cell(_level(step), Tone.MUTED)))
        lines.extend(_deed(step, step.effects, shell))
    return tuple(lines)


def note_lines(plan: Plan, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return what a plan warns of, for the top of it; nothing where it warns of nothing."""
    lines = [(Cell(f"{glyphs.warn} {note}", Tone.WARNING),) for note in plan.notes]
    return (*lines, ()) if lines else ()


def progress_lines(standing: Standing, glyphs: Glyphs, shell: Shell = "posix") -> tuple[Line, ...]:
    """Return the plan of an execution with what is done and what is left; the step it stands at with its effects of this moment."""
    execution = standing.execution
    plan, here = execution.plan, standing.record.step.id if standing.record else ""
    settled = sum(record.state.settled for record in execution.records)
    count = f"  plan {plan.fingerprint}, {settled} of {len(execution.records)} steps done"
    lines: list[Line] = [text(Cell(plan.title, Tone.ACCENT), Cell(count, Tone.MUTED))]
    for number, record in enumerate(execution.records, start=1):
        step, now = record.step, record.step.id == here
        mark = step_glyph(record, glyphs, current=now)
        tone = Tone.ACCENT if now else Tone.WARNING if step.level >= 3 else Tone.PLAIN
        state = "" if record.state is StepState.PENDING else f"  {record.state}"
        lines.append((mark, Cell(f" {number:>2} {step.title}", tone), Cell(f"{state}{_level(step)}", Tone.MUTED)))
        if record.state.settled:
            lines.extend((Cell(f"       {for_shell(command, shell)}", Tone.MUTED),) for command in record.commands)
        else:
            lines.extend(_deed(step, (standing.effects if now else ()) or step.effects, shell))
    return tuple(lines)


def current_commands(standing: Standing, shell: Shell = "posix") -> tuple[str, ...]:
    """Return the exact commands of the step that an execution stands at, or of what it ran once it has ended."""
    if standing.record is None:
        return tuple(for_shell(command, shell) for record in standing.execution.records for command in record.commands)
    effects = standing.effects or standing.record.step.effects
    return tuple(for_shell(effect.command, shell) for effect in effects if effect.command)


def _level(step: Step) -> str:
    where = f" in {step.environment}" if step.environment else ""
    return f"  level {step.level}: {_LEVELS.get(step.level, _LEVELS[4])}{where}"


def _deed(step: Step, effects: Iterable[Effect], shell: Shell) -> Iterable[Line]:
    if step.question:
        yield text(f"     asks: {step.question}")
    for effect in effects:
        yield text(f"     {effect.sentence}")
        if effect.command:
            yield (Cell(f"       {for_shell(effect.command, shell)}", Tone.ACCENT),)


def confirm_title(standing: Standing) -> str:
    """Return the title of a confirmation: the deed, how many more are confirmed with it, and where it lands."""
    record = standing.record
    if record is None:
        return ""
    where = f" → {record.step.environment.upper()}" if record.step.environment and standing.level >= 3 else ""
    more = len(confirmed_together(standing)) - 1
    also = f" and {more} more" if more > 0 else ""
    return f"{record.step.title[:1].upper()}{record.step.title[1:]}{also}{where}"


def confirmed_together(standing: Standing) -> tuple[StepRecord, ...]:
    """Return the steps that one confirmation covers: this one, and those of its group that follow it and have not begun."""
    record = standing.record
    if record is None:
        return ()
    records = standing.execution.records
    place = next((n for n, one in enumerate(records) if one.step.id == record.step.id), len(records))
    followers = takewhile(lambda one: one.step.group == record.step.group, records[place + 1 :]) if record.step.group else ()
    return (record, *(one for one in followers if one.state is StepState.PENDING))


def confirm_lines(standing: Standing) -> tuple[Line, ...]:
    """Return what a confirmation shows: what is lost for good, This will, Checked just now, Undo, Command."""
    record = standing.record
    if record is None:
        return ()
    said = [*(effect.sentence for effect in standing.effects), *standing.checked]
    lost = tuple(dict.fromkeys(sentence for sentence in said if sentence.startswith(LOSS)))
    lines: list[Line] = []
    if lost:
        lines.append((Cell("Lost for good", Tone.CRITICAL),))
        lines.extend((Cell(f"  {sentence.partition(':')[2].strip()}", Tone.CRITICAL),) for sentence in lost)
        lines.append(())
    lines.append((Cell("This will", Tone.MUTED),))
    lines.extend(text(f"  {effect.sentence}") for effect in standing.effects if effect.sentence not in lost)
    lines.append(())
    checked = standing.reasons or tuple(note for note in standing.checked if note not in lost)
    held = ("the step's conditions hold, and the plan is the one you approved",)
    lines.extend(_labelled("Checked just now", checked or held))
    lines.extend(_labelled("Undo", _ways_back(standing)))
    commands = [effect.command for effect in standing.effects if effect.command]
    lines.extend(_labelled("Command", commands, Tone.ACCENT))
    if standing.level >= 3:
        also = (" and ", Cell(standing.database, Tone.WARNING)) if standing.database else ()
        lines.extend(((), text("Type ", Cell(standing.word, Tone.WARNING), *also, " to go on.")))
    return tuple(lines)


def _ways_back(standing: Standing) -> tuple[str, ...]:
    """Return how each deed that is confirmed is taken back, none said twice."""
    if standing.recovery:
        return (standing.recovery,)
    ways = (UNDO.get(record.step.verb, "nothing to undo") for record in confirmed_together(standing))
    return tuple(dict.fromkeys(ways))


def _labelled(label: str, values: Iterable[str], tone: Tone = Tone.PLAIN) -> list[Line]:
    return [text(Cell(f"{label if n == 0 else '':<17}", Tone.MUTED), Cell(f" {value}", tone)) for n, value in enumerate(values)]
