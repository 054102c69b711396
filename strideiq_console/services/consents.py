"""What a person allows, used up piece by piece: nothing is allowed twice, nothing expired, nothing that has changed."""

from __future__ import annotations

from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.runbook.execution import Execution, StepRecord
from strideiq_console.domain.runbook.standing import Consent

EXPIRES_AFTER = 15 * 60.0
ARMS_AFTER = 10.0
"""Real seconds that a level 4 step must have been shown before it can be confirmed."""


def offer_stands(record: StepRecord, effects: str, wall: float) -> bool:
    """Say whether exactly these effects were shown and may still be confirmed; a clock that was set back proves no age."""
    return record.offered == effects and 0 <= wall - record.offered_wall <= EXPIRES_AFTER


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
        # An answer or an entry is to what stood there when it was given, never to a question that comes up on the way.
        self._asked = execution.current.step.id if execution.current is not None else ""
        self._step = (consent.step, consent.effects)
        self._word = consent.word
        self._answer = consent.answer
        self._database = consent.database
        self._entry = dict(consent.entry)

    def answer(self, step: str) -> str:
        """Use the answer to a step's question up; ``""`` when there is none (left) to this one."""
        if step != self._asked:
            return ""
        answer, self._answer = self._answer, ""
        return answer

    def entry(self, step: str) -> dict[str, str]:
        """Use what was filled in of a step's form up; empty when there is nothing (left) for this one."""
        if step != self._asked:
            return {}
        entry, self._entry = self._entry, {}
        return entry

    def allows(
        self,
        record: StepRecord,
        level: int,
        effects: str,
        word: str,
        wall: float,
        database: str = "",
        *,
        planned: bool = False,
    ) -> bool:
        """Say whether a step may go ahead with exactly these effects, and use up what allowed it.

        ``effects`` is the fingerprint of the effects as they are now, ``word`` what level 3 wants typed, ``database`` what level 4
        wants typed too, ``wall`` real seconds. ``planned``: the plan showed just these effects, so that its hash stands for them.
        """
        if level < 2:
            return True
        named = self._step == (record.step.id, effects)
        if not (named or self._plan):
            return False
        if level >= 3:
            shown = offer_stands(record, effects, wall) if record.offered else named or planned
            if not word or self._word != word or not shown:
                return False
            if level >= 4 and not self._armed(record, effects, database, wall):
                return False
            self._word = self._database = ""
        if named:
            self._step = ("", "")
        return True

    def _armed(self, record: StepRecord, effects: str, database: str, wall: float) -> bool:
        """A level 4 step is confirmed only after it has been read: shown before, for so long, and with both words."""
        shown = record.offered == effects and wall - record.offered_wall >= ARMS_AFTER
        return shown and bool(database) and self._database == database

    @property
    def tried_word(self) -> bool:
        """Say whether a typed word is left over, so a refusal can tell that it was not the right one."""
        return bool(self._word)
