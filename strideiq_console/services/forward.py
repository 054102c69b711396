"""Moves forward: begin a step, resolve a doubtful one, look at a waiting one (DESIGN section 4, the table)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

from strideiq_console.domain.fault import (
    BlockedError,
    CloneError,
    ConsoleError,
    DivergedError,
    FaultKind,
    NotAuthorisedError,
    OutsideError,
    UsageError,
)
from strideiq_console.domain.runbook.execution import EntryKind, Execution, Move, MoveKind, StepRecord, StepState
from strideiq_console.domain.runbook.form import Form
from strideiq_console.domain.runbook.model import Effect
from strideiq_console.domain.runbook.standing import Awaits, Standing
from strideiq_console.services.action import EXPECTED, UNREADABLE, Action, Ask, Findings, Outcome, Ports, ask_for
from strideiq_console.services.actions import ACTIONS
from strideiq_console.services.confirming import Offer, arms_in, confirm, confirmed_with_group, offer_of
from strideiq_console.services.consents import Consents
from strideiq_console.services.pinned import drop_old_pins
from strideiq_console.services.read_back import read_back
from strideiq_console.services.record import Point, Record
from strideiq_console.services.undoing import anything_to_undo

_LASTING = (FaultKind.UNAUTHORISED, FaultKind.FORBIDDEN, FaultKind.MISSING, FaultKind.NOT_CONFIGURED, FaultKind.LOCAL)
_OPEN = (Outcome.UNCLEAR, Outcome.UNDER_WAY)

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
            gone = await drop_old_pins(self._ports)
            self._record.append(EntryKind.FINISHED, data={"unpinned": list(gone)} if gone else {})
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
        except UNREADABLE as error:
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
        except UNREADABLE as error:
            return self._unreadable(execution, record, error)
        if findings.reasons and not record.step.question:
            return await self._gate(execution, record, findings)
        effects = action.preview(self._ports, ask, findings.observed)
        if record.step.question:
            return await self._question(execution, record, effects, findings.reasons)
        if action.level(record.step) >= 2 and findings.already is None and not action.waiting(self._ports, ask):
            offer = await offer_of(self._ports, execution, record, findings, effects)
            return self._confirmation(execution, record, offer)
        return self._standing(execution, Awaits.NOTHING, record, f"{record.step.title}: ready")

    async def _begin(self, execution: Execution, record: StepRecord, action: Action, ask: Ask) -> Standing | Deed | None:
        step = record.step
        entry = self._consents.entry(step.id)
        if entry:
            ask = ask_for(execution, step, entry)
            self._fits(step.title, await action.form(self._ports, ask), entry)
        answered = ""
        if step.question:
            answered = self._consents.answer(step.id) or ("yes" if entry else "")
            if answered == "no" and step.optional:
                self._record.append(EntryKind.SKIPPED, step=step.id, data={"reason": "answered no"})
                return None
            if answered != "yes":
                return await self._ask_person(execution, record, action, ask, answered)
        self._record.passed(Point.BEFORE_INTENT, step.id)
        findings = await action.check(self._ports, ask)
        if findings.reasons:
            return await self._gate(execution, record, findings)
        if answered or entry:
            data = {"answer": answered, "question": step.question, **({"entry": entry} if entry else {})}
            self._record.append(EntryKind.ANSWERED, step=step.id, data=data)
        if findings.already is not None:
            self._done(step.id, findings.already, adopted=not action.waiting(self._ports, ask))
            return None
        if action.waiting(self._ports, ask):
            return await self._look(execution, record, action, ask)
        effects = action.preview(self._ports, ask, findings.observed)
        refused = None if answered else await self._unconfirmed(execution, record, action, findings, effects)
        if refused is not None:
            return refused
        observed = findings.observed
        return lambda: self._carry_out(step.id, action, ask, observed, effects)

    @staticmethod
    def _fits(title: str, form: Form | None, entry: Mapping[str, str]) -> None:
        wrong = "there is nothing to fill in" if form is None else form.fault(entry)
        if wrong:
            raise UsageError(f"{title}: {wrong}", next_step="look at what is asked, then fill it in again")

    async def _unconfirmed(
        self, execution: Execution, record: StepRecord, action: Action, findings: Findings, effects: tuple[Effect, ...]
    ) -> Standing | None:
        """Return what a person must still confirm, None when it is confirmed or needs no confirmation."""
        if action.level(record.step) < 2 or confirmed_with_group(record, effects, self._ports.clock.wall()):
            return None
        offer = await offer_of(self._ports, execution, record, findings, effects)
        if offer.reasons:
            return await self._gate(execution, record, replace(findings, reasons=offer.reasons))
        if confirm(self._ports, self._record, self._consents, record, offer):
            return None
        return self._confirmation(execution, record, offer)

    async def _ask_person(
        self, execution: Execution, record: StepRecord, action: Action, ask: Ask, answered: str
    ) -> Standing | None:
        findings = Findings()
        if not action.waiting(self._ports, ask) or answered == "no":
            findings = await action.check(self._ports, ask)
        if findings.already is not None and (record.step.optional or findings.unneeded):
            # Nothing to ask about: the end state is there, or the step is not wanted any more.
            self._done(record.step.id, findings.already, adopted=True)
            return None
        effects = action.preview(self._ports, ask, findings.observed)
        return await self._question(execution, record, effects, findings.reasons)

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
        except EXPECTED as error:
            failure = error
        self._record.passed(Point.AFTER_EFFECT, step_id)
        seen = await read_back(self._ports, action, ask, observed, failure)
        if seen.outcome is Outcome.HAPPENED:
            self._done(step_id, seen.result, adopted=failure is not None)
            if seen.again:
                self._record.append(EntryKind.RETRIED, step=step_id, data={"reason": "there is more of it to do"})
        elif seen.outcome in _OPEN and not (isinstance(failure, OutsideError) and failure.known_not_done):
            return  # the intention stands without an outcome: the next look resolves it
        elif isinstance(failure, DivergedError) or (isinstance(failure, OutsideError) and failure.status == 409):
            self._record.append(EntryKind.DIVERGED, step=step_id, data={"reason": failure.sentence()})
        else:
            reason = failure.sentence() if failure else f"it was done without an error, and yet: {seen.detail}"
            self._record.append(EntryKind.FAILED, step=step_id, data={"reason": reason})

    async def _resolve(self, execution: Execution, record: StepRecord, action: Action, ask: Ask) -> Standing | None:
        """Intended without an outcome: ask the outside whether it happened; never do it again unasked."""
        seen = await action.verify(self._ports, ask, record.observed)
        if seen.outcome is Outcome.HAPPENED:
            self._done(record.step.id, seen.result, adopted=True)
            if seen.again:
                self._record.append(EntryKind.RETRIED, step=record.step.id, data={"reason": "there is more of it to do"})
            return None
        if seen.outcome is Outcome.NOT_YET:
            self._record.append(EntryKind.RETRIED, step=record.step.id, data={"reason": seen.detail})
            return None
        if seen.outcome is Outcome.LOST:
            self._record.append(EntryKind.FAILED, step=record.step.id, data={"reason": seen.detail})
            return None
        if seen.outcome is Outcome.UNDER_WAY:
            return self._standing(execution, Awaits.OUTSIDE, record, seen.detail)
        return self._standing(execution, Awaits.CHOICE, record, f"in doubt: {seen.detail}", reasons=(seen.detail,))

    async def _look(self, execution: Execution, record: StepRecord, action: Action, ask: Ask) -> Standing | None:
        """Look at what a step waits for; the journal hears of it only when something changed."""
        findings = await action.check(self._ports, ask)
        if findings.reasons:
            return await self._gate(execution, record, findings)
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

    async def _form(self, execution: Execution, record: StepRecord) -> Form | None:
        try:
            return await ACTIONS[record.step.verb].form(self._ports, ask_for(execution, record.step))
        except (BlockedError, *UNREADABLE):
            # What cannot be filled in now is not offered; the reasons of the step say why.
            return None

    async def _question(
        self, execution: Execution, record: StepRecord, effects: tuple[Effect, ...], reasons: tuple[str, ...]
    ) -> Standing:
        step, form = record.step, await self._form(execution, record)
        return self._standing(
            execution,
            Awaits.ANSWER,
            record,
            step.question,
            effects=effects,
            question=step.question,
            reasons=reasons,
            level=step.level,
            form=form,
        )

    def _confirmation(self, execution: Execution, record: StepRecord, offer: Offer) -> Standing:
        word, title = offer.word, record.step.title
        asked = f"type {word}" if word else "confirm"
        if offer.database:
            asked += f" and {offer.database}"
        sentence = f"{title}: {asked} to go on"
        if word and self._consents.tried_word:
            sentence = f"{title}: not confirmed: the word is {word}, and what is shown must not have changed since"
        return self._standing(
            execution,
            Awaits.CONFIRMATION,
            record,
            sentence,
            effects=offer.effects,
            fingerprint=offer.fingerprint,
            level=offer.level,
            word=word,
            database=offer.database,
            arms_in=arms_in(record, offer, self._ports.clock.wall()),
            checked=offer.notes,
            recovery=ACTIONS[record.step.verb].recovery,
        )

    async def _gate(self, execution: Execution, record: StepRecord, findings: Findings) -> Standing:
        question, form = record.step.question, await self._form(execution, record)
        reasons = findings.reasons
        return self._standing(execution, Awaits.GATE, record, reasons[0], reasons=reasons, question=question, form=form)

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
