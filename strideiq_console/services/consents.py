"""What a person allows, used up piece by piece: nothing is allowed twice, nothing expired, nothing that has changed."""

from __future__ import annotations

from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.runbook.execution import Execution, StepRecord
from strideiq_console.domain.runbook.standing import Consent

EXPIRES_AFTER = 15 * 60.0


class Consents:
    """The single-use parts of one :class:`Consent`, for one call of the engine (RELIABILITY rules 6 and 30)."""

    def __init__(self, consent: Consent, execution: Execution) -> None:
        if consent.plan and consent.plan != execution.plan.fingerprint:
            raise UsageError(
                f"the plan hash {consent.plan} is not that of execution {execution.id}",
                next_step=f"its plan is {execution.plan.fingerprint}: look at it with strideiq runs --json",
            )
        if consent.answer not in ("", "yes", "no"):
            raise UsageError(f"an answer is yes or no, not {consent.answer!r}")
        self._plan = bool(consent.plan)
        self._step = (consent.step, consent.effects)
        self._word = consent.word
        self._answer = consent.answer

    def answer(self) -> str:
        """Use the answer up; ``""`` when there is none (left)."""
        answer, self._answer = self._answer, ""
        return answer

    def allows(self, record: StepRecord, level: int, effects: str, word: str, wall: float) -> bool:
        """Say whether a step may go ahead with exactly these effects, and use up what allowed it.

        ``effects`` is the fingerprint of the effects as they are now, ``word`` what level 3 wants typed, ``wall`` real seconds.
        """
        if level < 2:
            return True
        named = self._step == (record.step.id, effects)
        if not (named or self._plan):
            return False
        if level >= 3:
            changed = bool(record.offered) and record.offered != effects
            stale = bool(record.offered) and wall - record.offered_wall > EXPIRES_AFTER
            if self._word != word or changed or stale:
                return False
            self._word = ""
        if named:
            self._step = ("", "")
        return True

    @property
    def tried_word(self) -> bool:
        """Say whether a typed word is left over, so a refusal can tell that it was not the right one."""
        return bool(self._word)
