"""What a person reads before consenting: a plan in full, and the confirmation of one step."""

from __future__ import annotations

from collections.abc import Iterable

from strideiq_console.domain.runbook.model import Plan, Verb
from strideiq_console.domain.runbook.standing import Standing
from strideiq_console.presentation.cell import Cell, Line, Tone, text

# How each kind of deed is taken back, for the confirmation; RELIABILITY section 5.
UNDO = {
    Verb.FETCH: "nothing to undo",
    Verb.CREATE_BRANCH: "the branch is deleted while it still stands where it was made",
    Verb.CHECK_OUT: "the branch that was checked out before is checked out again",
    Verb.PUSH: "the branch is deleted at origin while nobody has moved it",
    Verb.OPEN_PULL_REQUEST: "the pull request is closed; its page stays",
    Verb.LINK_PULL_REQUESTS: "the texts are put back",
    Verb.MERGE: "a merge is never taken back from history: revert it by a pull request, or roll back at the provider",
    Verb.VERIFY_STAGING: "the verification is withdrawn",
    Verb.UPDATE_BRANCH: "the merge commit stays on the branch and harms nothing",
    Verb.APPROVE: "dismiss the review on the pull request's page",
    Verb.DELETE_BRANCH: "the branch is made again at the same commit",
    Verb.PROTECT_BRANCH: "the rules that stood there before are put back, or the ruleset that was made is deleted",
}
_LEVELS = {0: "looks only", 1: "local, undo offered", 2: "asks first", 3: "asks for a typed word"}


def plan_lines(plan: Plan) -> tuple[Line, ...]:
    """Return a plan as a person reads it: every step with its level, its sentences and its exact commands."""
    lines: list[Line] = [text(Cell(plan.title, Tone.ACCENT), Cell(f"  plan {plan.fingerprint}", Tone.MUTED))]
    lines.extend(text(Cell(f"  {name:<16}", Tone.MUTED), value) for name, value in (*plan.inputs, *plan.facts))
    for number, step in enumerate(plan.steps, start=1):
        where = f" in {step.environment}" if step.environment else ""
        tone = Tone.WARNING if step.level >= 3 else Tone.PLAIN
        level = f"  level {step.level}: {_LEVELS.get(step.level, 'asks twice')}{where}"
        lines.append(text(Cell(f"{number:>2} {step.title}", tone), Cell(level, Tone.MUTED)))
        if step.question:
            lines.append(text(f"     asks: {step.question}"))
        for effect in step.effects:
            lines.append(text(f"     {effect.sentence}"))
            if effect.command:
                lines.append((Cell(f"       {effect.command}", Tone.ACCENT),))
    return tuple(lines)


def confirm_title(standing: Standing) -> str:
    """Return the title of a confirmation: the deed, and where it lands."""
    record = standing.record
    if record is None:
        return ""
    where = f" → {record.step.environment.upper()}" if record.step.environment and record.step.level >= 3 else ""
    return f"{record.step.title[:1].upper()}{record.step.title[1:]}{where}"


def confirm_lines(standing: Standing) -> tuple[Line, ...]:
    """Return what a confirmation shows: This will, Checked just now, Undo, Command."""
    record = standing.record
    if record is None:
        return ()
    lines: list[Line] = [(Cell("This will", Tone.MUTED),)]
    lines.extend(text(f"  {effect.sentence}") for effect in standing.effects)
    lines.append(())
    checked = standing.reasons or standing.checked or ("the step's conditions hold, and the plan is the one you approved",)
    lines.extend(_labelled("Checked just now", checked))
    lines.extend(_labelled("Undo", (standing.recovery or UNDO.get(record.step.verb, "nothing to undo"),)))
    commands = [effect.command for effect in standing.effects if effect.command]
    lines.extend(_labelled("Command", commands, Tone.ACCENT))
    if standing.level >= 3:
        lines.extend(((), text("Type ", Cell(standing.word, Tone.WARNING), " to go on.")))
    return tuple(lines)


def _labelled(label: str, values: Iterable[str], tone: Tone = Tone.PLAIN) -> list[Line]:
    return [text(Cell(f"{label if n == 0 else '':<17}", Tone.MUTED), Cell(f" {value}", tone)) for n, value in enumerate(values)]
