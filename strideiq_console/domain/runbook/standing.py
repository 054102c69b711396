"""Where an execution stands after the engine has gone as far as it may, and what a person may allow it next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from strideiq_console.domain.runbook.execution import Execution, StepRecord
from strideiq_console.domain.runbook.form import Form
from strideiq_console.domain.runbook.model import Effect


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person allows in one call of the engine; everything in it is used once.

    ``plan`` is the fingerprint of the approved plan: without a terminal it stands for every step up to level 2. ``step`` and
    ``effects`` confirm one step whose effects were shown (their fingerprint). ``word`` is the typed word of a level 3 step.
    ``answer`` is ``yes`` or ``no`` to the question that is being asked. ``database`` is the second typed word, of a level 4 step.
    ``entry`` is what was filled in of the step's form.
    """

    plan: str = ""
    step: str = ""
    effects: str = ""
    word: str = ""
    answer: str = ""
    database: str = ""
    entry: Mapping[str, str] = field(default_factory=dict)


class Awaits(StrEnum):
    """What holds an execution back."""

    NOTHING = "nothing"
    CONFIRMATION = "confirmation"
    ANSWER = "answer"
    OUTSIDE = "outside"
    GATE = "gate"
    CHOICE = "choice"
    COMPARISON = "comparison"
    LEASE = "lease"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an execution stands.

    ``record`` is the step that it stands at (None once ended). For a confirmation, ``effects`` are what to show, ``fingerprint``
    what the confirmation must name, ``level`` how much it takes and ``word`` what must be typed at level 3. ``question`` is set for
    an answer. ``sentence`` says in one line what is awaited; ``reasons`` are all blockers at once (GATE), or planned, expected and
    actual (COMPARISON). ``undoable`` says whether an undo would have anything to take back.
    ``form`` is what may be filled in for the step; ``database`` what must be typed at level 4 as well, no sooner than ``arms_in``
    seconds from now. Beside a confirmation, ``checked`` is what was looked at just now and ``recovery`` how the step can be taken
    back, if at all.
    """

    execution: Execution
    awaits: Awaits
    record: StepRecord | None = None
    sentence: str = ""
    effects: tuple[Effect, ...] = ()
    fingerprint: str = ""
    level: int = 0
    word: str = ""
    question: str = ""
    reasons: tuple[str, ...] = ()
    undoable: bool = False
    checked: tuple[str, ...] = ()
    recovery: str = ""
    form: Form | None = None
    database: str = ""
    arms_in: float = 0.0
