"""Moves forward: begin a step, resolve a doubtful one, look at a waiting one (DESIGN section 4, the table)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from strideiq_console.domain.fault import (
    BlockedError,
    CloneError,
    ConsoleError,
    DivergedError,
    FaultKind,
    NotAuthorisedError,
    OutsideError,
)
from strideiq_console.domain.runbook.execution import EntryKind, Execution, Move, MoveKind, StepRecord, StepState
from strideiq_console.domain.runbook.model import Effect, effects_fingerprint
from strideiq_console.domain.runbook.standing import Awaits, Standing
from strideiq_console.services.action import Action, Ask, Findings, Outcome, Ports, Seen, ask_for
from strideiq_console.services.actions import ACTIONS
from strideiq_console.services.consents import Consents
from strideiq_console.services.record import Point, Record
from strideiq_console.services.undoing import anything_to_undo

READ_BACK_WAITS = (0.5, 1.0, 2.0, 4.0)
_LASTING = (FaultKind.UNAUTHORISED, FaultKind.FORBIDDEN, FaultKind.MISSING, FaultKind.NOT_CONFIGURED, FaultKind.LOCAL)

Deed = Callable[[], Coroutine[object, object, None]]


class Forward:
    """Makes one forward move at a time: returns a Standing (a person or the outside is needed), None, or the deed to shield."""

    def __init__(self, ports: Ports, record: Record, consents: Consents) -> None:
        self._ports = ports
        self._record = record
        self._consents = consents

    async def make(self, execution: Execution, move: Move) -> Standing | Deed | None:
        """Make the move."""
        if move.kind is MoveKind.FINISH:
            self._record.append(EntryKind.FINISHED)
            return None
        record = execution.record(move.step)
        if move.kind in (MoveKind.CHOOSE, MoveKind.COMPARE):
            return self._stopped(execution, record)
        action, ask = ACTIONS[record.step.verb], ask_for(execution, record.step)
        try:
            if move.kind is MoveKind.RESOLVE:
                return await self._resolve(execution, record, action, ask)
            if move.kind is MoveKind.LOOK:
                return await self._look(execution, record, action, ask)
            return await self._begin(execution, record, action, ask)
        except DivergedError as error:
            self._record.append(EntryKind.DIVERGED, step=record.step.id, data={"reason": error.sentence()})
            return None
        except BlockedError as error:
            return self._standing(execution, Awaits.GATE, record, error.cause, reasons=(error.sentence(),))
        except (OutsideError, CloneError, NotAuthorisedError) as error:
            return self._unreadable(execution, record, error)

    async def look(self, execution: Execution, move: Move) -> Standing:
        """Say what the move would need, writing nothing."""
        if not move.step:
            return self._standing(execution, Awaits.NOTHING, None, f"{execution.plan.title}: ready to end")
        record = execution.record(move.step)
        if move.kind in (MoveKind.CHOOSE, MoveKind.COMPARE):
            return self._stopped(execution, record)
        if move.kind is not MoveKind.BEGIN:
            sentence = record.detail or f"{record.step.title}: {record.state}"
            return self._standing(execution, Awaits.OUTSIDE, record, sentence)
        action, ask = ACTIONS[record.step.verb], ask_for(execution, record.step)
        try:
            findings = await action.check(self._ports, ask)
        except DivergedError as error:
            return self._standing(execution, Awaits.COMPARISON, record, error.cause, reasons=(error.sentence(),))
        except BlockedError as error:
            return self._standing(execution, Awaits.GATE, record, error.cause, reasons=(error.sentence(),))
        except (OutsideError, CloneError, NotAuthorisedError) as error:
            return self._unreadable(execution, record, error)
        if findings.reasons and not record.step.question:
            return self._gate(execution, record, findings)
        effects = action.preview(self._ports, ask, findings.observed)
        if record.step.question:
            return self._question(execution, record, effects, findings.reasons)
        if action.level(record.step) >= 2 and findings.already is None:
            return self._confirmation(execution, record, effects, findings.notes)
        return self._standing(execution, Awaits.NOTHING, record, f"{record.step.title}: ready")

    async def _begin(self, execution: Execution, record: StepRecord, action: Action, ask: Ask) -> Standing | Deed | None:
        step = record.step
        answered = ""
        if step.question:
            answered = self._consents.answer()
            if answered == "no" and step.optional:
                self._record.append(EntryKind.SKIPPED, step=step.id, data={"reason": "answered no"})
                return None
            if answered != "yes":
                return await self._ask_person(execution, record, action, ask, answered)
        self._record.passed(Point.BEFORE_INTENT, step.id)
        findings = await action.check(self._ports, ask)
        if findings.reasons:
            return self._gate(execution, record, findings)
        if answered:
            self._record.append(EntryKind.ANSWERED, step=step.id, data={"answer": answered, "question": step.question})
        if findings.already is not None:
            self._done(step.id, findings.already, adopted=not action.waits)
            return None
        if action.waits:
            return await self._look(execution, record, action, ask)
        effects = action.preview(self._ports, ask, findings.observed)
        if not answered and not self._confirmed(execution, record, action, effects):
            return self._confirmation(execution, record, effects, findings.notes)
        observed = findings.observed
        return lambda: self._carry_out(step.id, action, ask, observed, effects)

    async def _ask_person(
        self, execution: Execution, record: StepRecord, action: Action, ask: Ask, answered: str
    ) -> Standing | None:
        findings = Findings()
        if not action.waits or answered == "no":
            findings = await action.check(self._ports, ask)
        if findings.already is not None and record.step.optional:
            # Nothing to ask about: the end state is there.
            self._done(record.step.id, findings.already, adopted=True)
            return None
        effects = action.preview(self._ports, ask, findings.observed)
        return self._question(execution, record, effects, findings.reasons)

    def _confirmed(self, execution: Execution, record: StepRecord, action: Action, effects: tuple[Effect, ...]) -> bool:
        step, digits = record.step, effects_fingerprint(effects)
        level, wall = action.level(step), self._ports.clock.wall()
        if not self._consents.allows(record, level, digits, self._word(record), wall):
            fresh = record.offered == digits and wall - record.offered_wall < 60
            if not fresh:
                self._record.append(EntryKind.OFFERED, step=step.id, data={"fingerprint": digits, "wall": wall})
            return False
        if level >= 2:
            shown = [[effect.sentence, effect.command] for effect in effects]
            data = {"fingerprint": digits, "level": level, "effects": shown, "word": self._word(record) if level >= 3 else ""}
            self._record.append(EntryKind.CONFIRMED, step=step.id, data=data)
        return True

    async def _carry_out(
        self, step_id: str, action: Action, ask: Ask, observed: Mapping[str, Any], effects: tuple[Effect, ...]
    ) -> None:
        """The step protocol: intention on disk, the deed, read back, outcome on disk."""
        commands = [effect.command for effect in effects if effect.command]
        self._record.append(EntryKind.INTENDED, step=step_id, data={"observed": dict(observed), "commands": commands})
        self._record.passed(Point.AFTER_INTENT, step_id)
        failure: ConsoleError | None = None
        try:
            await action.apply(self._ports, ask, observed)
        except (OutsideError, CloneError, BlockedError, DivergedError) as error:
            failure = error
        self._record.passed(Point.AFTER_EFFECT, step_id)
        seen = await self._read_back(action, ask, observed, failure)
        if seen.outcome is Outcome.HAPPENED:
            self._done(step_id, seen.result, adopted=failure is not None)
        elif seen.outcome is Outcome.UNCLEAR:
            return  # the intention stands without an outcome: the next look resolves it
        elif isinstance(failure, DivergedError) or (isinstance(failure, OutsideError) and failure.status == 409):
            self._record.append(EntryKind.DIVERGED, step=step_id, data={"reason": failure.sentence()})
        else:
            reason = failure.sentence() if failure else f"it was done without an error, and yet: {seen.detail}"
            self._record.append(EntryKind.FAILED, step=step_id, data={"reason": reason})

    async def _read_back(self, action: Action, ask: Ask, observed: Mapping[str, Any], failure: ConsoleError | None) -> Seen:
        """Ask the outside; a deed that reported success may take a moment to be seen."""
        known_not_done = isinstance(failure, OutsideError) and failure.known_not_done
        waits = () if known_not_done else READ_BACK_WAITS
        for wait in (*waits, None):
            try:
                seen = await action.verify(self._ports, ask, observed)
            except (OutsideError, CloneError, NotAuthorisedError) as error:
                seen = Seen(Outcome.UNCLEAR, detail=error.sentence())
            if seen.outcome in (Outcome.HAPPENED, Outcome.LOST) or wait is None:
                return seen
            await self._ports.clock.sleep(wait)
        return seen

    async def _resolve(self, execution: Execution, record: StepRecord, action: Action, ask: Ask) -> Standing | None:
        """Intended without an outcome: ask the outside whether it happened; never do it again unasked."""
        seen = await action.verify(self._ports, ask, record.observed)
        if seen.outcome is Outcome.HAPPENED:
            self._done(record.step.id, seen.result, adopted=True)
            return None
        if seen.outcome is Outcome.NOT_YET:
            self._record.append(EntryKind.RETRIED, step=record.step.id, data={"reason": seen.detail})
            return None
        if seen.outcome is Outcome.LOST:
            self._record.append(EntryKind.FAILED, step=record.step.id, data={"reason": seen.detail})
            return None
        return self._standing(execution, Awaits.CHOICE, record, f"in doubt: {seen.detail}", reasons=(seen.detail,))

    async def _look(self, execution: Execution, record: StepRecord, action: Action, ask: Ask) -> Standing | None:
        """Look at what a step waits for; the journal hears of it only when something changed."""
        findings = await action.check(self._ports, ask)
        if findings.reasons:
            return self._gate(execution, record, findings)
        seen = await action.verify(self._ports, ask, record.observed)
        if seen.outcome is Outcome.HAPPENED:
            self._done(record.step.id, seen.result, adopted=False)
            return None
        if seen.outcome is Outcome.LOST:
            self._record.append(EntryKind.FAILED, step=record.step.id, data={"reason": seen.detail})
            return None
        if record.state is not StepState.WAITING or record.detail != seen.detail:
            self._record.append(EntryKind.WAITING, step=record.step.id, data={"detail": seen.detail})
        return self._standing(execution, Awaits.OUTSIDE, record, seen.detail)

    def _done(self, step_id: str, result: Mapping[str, Any], *, adopted: bool) -> None:
        self._record.append(EntryKind.DONE, step=step_id, data={"result": dict(result), "adopted": adopted})
        self._record.passed(Point.AFTER_DONE, step_id)

    def _word(self, record: StepRecord) -> str:
        environment = self._ports.settings.environment(record.step.environment)
        return environment.word if environment else record.step.environment

    def _question(
        self, execution: Execution, record: StepRecord, effects: tuple[Effect, ...], reasons: tuple[str, ...]
    ) -> Standing:
        step = record.step
        return self._standing(
            execution,
            Awaits.ANSWER,
            record,
            step.question,
            effects=effects,
            question=step.question,
            reasons=reasons,
            level=step.level,
        )

    def _confirmation(
        self, execution: Execution, record: StepRecord, effects: tuple[Effect, ...], checked: tuple[str, ...]
    ) -> Standing:
        level = ACTIONS[record.step.verb].level(record.step)
        word = self._word(record) if level >= 3 else ""
        sentence = f"{record.step.title}: " + (f"type {word} to go on" if word else "confirm to go on")
        if word and self._consents.tried_word:
            sentence = f"{record.step.title}: not confirmed: the word is {word}, and what is shown must not have changed since"
        return self._standing(
            execution,
            Awaits.CONFIRMATION,
            record,
            sentence,
            effects=effects,
            fingerprint=effects_fingerprint(effects),
            level=level,
            word=word,
            checked=checked,
            recovery=ACTIONS[record.step.verb].recovery,
        )

    def _gate(self, execution: Execution, record: StepRecord, findings: Findings) -> Standing:
        question = record.step.question
        return self._standing(execution, Awaits.GATE, record, findings.reasons[0], reasons=findings.reasons, question=question)

    def _stopped(self, execution: Execution, record: StepRecord) -> Standing:
        awaits = Awaits.CHOICE if record.state is StepState.FAILED else Awaits.COMPARISON
        return self._standing(execution, awaits, record, record.reason, reasons=(record.reason,))

    def _unreadable(self, execution: Execution, record: StepRecord, error: ConsoleError) -> Standing:
        """A read failed: nothing was done. What lasts (a permission) needs a person, what passes (a timeout) is waited out."""
        lasting = isinstance(error, (NotAuthorisedError, CloneError)) or (
            isinstance(error, OutsideError) and error.fault.kind in _LASTING
        )
        awaits = Awaits.GATE if lasting else Awaits.OUTSIDE
        return self._standing(execution, awaits, record, error.cause, reasons=(error.sentence(),))

    @staticmethod
    def _standing(execution: Execution, awaits: Awaits, record: StepRecord | None, sentence: str, **more: Any) -> Standing:
        return Standing(execution, awaits, record, sentence, undoable=anything_to_undo(execution), **more)
