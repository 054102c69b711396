"""The dialogs in which a person decides about one execution: each returns what was decided, and carries nothing out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.app import App

from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.runbook.execution import Execution, StepState
from strideiq_console.domain.runbook.model import REFERENCE, fill, unknown
from strideiq_console.domain.runbook.model import Input as Wanted
from strideiq_console.domain.runbook.standing import Consent, Standing
from strideiq_console.presentation.cell import Cell, Line, Tone
from strideiq_console.presentation.execution import UNDO
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.ui.screens.ask import AskDialog, InputDialog
from strideiq_console.ui.screens.confirm import ConfirmDialog
from strideiq_console.ui.screens.form import FormDialog, Preview
from strideiq_console.ui.screens.planned import plan_dialog
from strideiq_console.ui.screens.reading import ReadDialog

if TYPE_CHECKING:
    from strideiq_console.services.console import Console
    from strideiq_console.services.engine import Engine

LEAST_REASON = 3
_GIVEN = "given-"


class Deciding:
    """Asks a person, over any screen. Every method answers None, or ``""``, when the dialog was left."""

    def __init__(self, app: App[Any], services: Console, glyphs: Glyphs) -> None:
        self._app = app
        self._services = services
        self._glyphs = glyphs

    async def confirm(self, standing: Standing) -> Consent | None:
        """Confirm what is shown: bound to its fingerprint, with the words that were typed."""
        typed = await self._app.push_screen_wait(ConfirmDialog(standing, self._glyphs, self._services.clock))
        if typed is None or standing.record is None:
            return None
        return Consent(step=standing.record.step.id, effects=standing.fingerprint, word=typed.word, database=typed.database)

    async def answer(self, standing: Standing) -> Consent | None:
        """Answer the question with yes or no."""
        title = standing.record.step.title if standing.record else "Question"
        dialog = AskDialog(standing.question, self._services.clock, title=self._glyphs.plain(title), block=self._asked(standing))
        answer = await self._app.push_screen_wait(dialog)
        return None if answer is None else Consent(answer="yes" if answer else "no")

    async def fill_in(self, standing: Standing) -> Consent | None:
        """Fill in the form of the step; to send it is the yes to the step's question."""
        if standing.form is None:
            return None
        question = [(Cell(standing.question, Tone.ACCENT),)] if standing.question else []
        place = place_of(standing)
        dialog = FormDialog(
            standing.form, self._glyphs, self._services.clock, block=question, preview=self._added(place) if place else None
        )
        entry = await self._app.push_screen_wait(dialog)
        if entry is None:
            return None
        # An answer that is left over would answer a later question: it is given only where nothing was filled in.
        return Consent(entry=entry) if entry else Consent(answer="yes" if standing.question else "")

    def _added(self, place: str) -> Preview:
        async def added(path: str) -> Sequence[str]:
            found = next((change for change in await self._services.unsaved(place) if change.path == path), None)
            return (found.added or ()) if found else ()

        return added

    def _asked(self, standing: Standing) -> list[Line]:
        block: list[Line] = [(Cell(effect.sentence),) for effect in standing.effects]
        block += [(Cell(effect.command, Tone.ACCENT),) for effect in standing.effects if effect.command]
        block += [(Cell(f"{self._glyphs.warn} {reason}", Tone.WARNING),) for reason in standing.reasons]
        return block

    async def reason(self, title: str, go: str, block: Sequence[Line] = ()) -> str:
        """Give a reason that is kept in the journal."""
        fields = (Wanted("reason", "Reason", hint="kept in the journal"),)
        dialog = InputDialog(fields, self._services.clock, title=title, judge=reason_fault, go=go, block=block)
        values = await self._app.push_screen_wait(dialog)
        return values["reason"] if values else ""

    async def mark(self, standing: Standing) -> tuple[str, dict[str, str]] | None:
        """Say why the step counts as done, and what later steps need of it; what is left empty the outside is asked for."""
        if standing.record is None:
            return None
        wanted = wanted_of(standing.execution, standing.record.step.id)
        fields = [Wanted("reason", "What you did", hint="kept in the journal")]
        fields += [
            Wanted(f"{_GIVEN}{key}", key.replace("_", " "), hint="empty: looked up outside", optional=True) for key in wanted
        ]
        title = self._glyphs.plain(f"Done by hand: {standing.record.step.title}")
        dialog = InputDialog(fields, self._services.clock, title=title, judge=reason_fault, go="Mark as done")
        values = await self._app.push_screen_wait(dialog)
        if values is None:
            return None
        given = {key: values[f"{_GIVEN}{key}"] for key in wanted if values[f"{_GIVEN}{key}"]}
        return values["reason"], given

    async def undo(self, standing: Standing) -> bool:
        """Agree to take back what was done."""
        block: list[Line] = [(Cell(f"  {line}"),) for line in taken_back(standing.execution)]
        question = "Take back what was done, last step first?"
        dialog = AskDialog(question, self._services.clock, title="Undo", block=block)
        return await self._app.push_screen_wait(dialog) is True

    async def plan_again(self, standing: Standing, engine: Engine) -> Execution | None:
        """Plan the same runbook as of now, and start it in the place of this execution."""
        old = standing.execution
        self._app.notify(f"Planning {old.plan.runbook} again…", timeout=2)
        try:
            plan = await engine.plan(old.plan.runbook, dict(old.plan.inputs))
            title = "Planned again: what was done is found and kept"
            dialog = plan_dialog(plan, self._glyphs, self._services.clock, title=title, go="Start instead")
            if not await self._app.push_screen_wait(dialog):
                return None
            return await engine.start(plan, instead=old.id)
        except ConsoleError as error:
            self._app.notify(error.sentence(), title="Not planned again", severity="error", timeout=15, markup=False)
            return None

    async def tell_left(self, standing: Standing) -> None:
        """Show what an abandoned execution leaves behind, for as long as it is read."""
        block = [(Cell(self._glyphs.plain(f"{self._glyphs.warn} {line}")),) for line in standing.reasons]
        copies = tuple(standing.reasons)
        title = "Abandoned: this is still there"
        await self._app.push_screen_wait(ReadDialog(block, self._services.clock, title=title, copies=copies))


def place_of(standing: Standing) -> str:
    """Return the folder that a step works in, ``""`` where it names none."""
    if standing.record is None:
        return ""
    execution = standing.execution
    known = {**dict(execution.plan.facts), **dict(execution.plan.inputs)}
    place = fill(standing.record.step.values.get("place", ""), known, execution.results)
    return "" if unknown(place) else place


def wanted_of(execution: Execution, step_id: str) -> tuple[str, ...]:
    """Return which results of a step the others refer to."""
    texts = [value for step in execution.plan.steps for _, value in step.arguments]
    found = (match[2] for value in texts for match in REFERENCE.finditer(value) if match[1] == step_id and match[2])
    return tuple(dict.fromkeys(found))


def taken_back(execution: Execution) -> list[str]:
    """Return what an undo would take back, last step first, each with how."""
    done = (r for r in reversed(execution.records) if r.state in (StepState.DONE, StepState.INTENDED))
    return [f"{r.step.title}: {UNDO.get(r.step.verb, 'nothing to undo')}" for r in done]


def reason_fault(name: str, value: str) -> str:
    """Say why a reason is none; other fields may hold anything."""
    if name != "reason" or len(value.strip()) >= LEAST_REASON:
        return ""
    return "A reason of at least three letters is kept in the journal."


def branch_of(execution: Execution) -> str:
    """Return the branch that an execution works on, as its plan names it; ``""`` when none does."""
    inputs = dict(execution.plan.inputs)
    named = (step.values.get("branch", "") for step in execution.plan.steps)
    return next((fill(name, inputs, {}) for name in named if name), "")
