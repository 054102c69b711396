"""An action is the code behind a verb: check, preview, apply, verify, compensate (DESIGN section 4, RELIABILITY section 2).

``check`` and ``verify`` only read. ``apply`` is called once per intention and never retried by the engine; whether it worked is
decided by ``verify``, which asks the outside and not our notes. ``compensate`` reads before it acts, so it may be called again
after a crash.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from strideiq_console.domain.code_host import CodeHost
from strideiq_console.domain.fault import BlockedError, CloneError, DivergedError, NotAuthorisedError, OutsideError
from strideiq_console.domain.outside import Outside
from strideiq_console.domain.ports import Clock, Clone, Deployments, Prober
from strideiq_console.domain.runbook.execution import Execution, StepRecord
from strideiq_console.domain.runbook.form import Form
from strideiq_console.domain.runbook.model import Effect, Step, Verb, fill, unknown
from strideiq_console.settings.model import Settings
from strideiq_console.store.verifications import Verifications

UNREADABLE = (OutsideError, CloneError, NotAuthorisedError)
"""What a look may meet: nothing was done, and it may be looked at again."""

EXPECTED = (*UNREADABLE, BlockedError, DivergedError)
"""What a deed may meet that is no fault of the console's own."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The outside, as an action may use it. ``outside`` is all of it that is configured, for what few actions need."""

    settings: Settings
    clock: Clock
    clone: Clone
    host: CodeHost
    deployments: Mapping[str, Deployments]
    prober: Prober
    verifications: Verifications
    place: str = "live"
    outside: Outside = field(default_factory=Outside)

    @property
    def repository(self) -> str:
        """Return ``owner/name``."""
        return self.host.repository


@dataclass(frozen=True, slots=True)
class Ask:
    """What one step asks of its action: the step with its arguments filled in from earlier results.

    ``entry`` is what a person filled in of the action's form; empty until then.
    """

    execution: str
    step: Step
    arguments: Mapping[str, str]
    entry: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return an argument, possibly still a placeholder such as ``‹head of fix›`` while planning."""
        return self.arguments.get(name, "")

    def need(self, name: str) -> str:
        """Return an argument that must be known by now; BlockedError names the step that should have given it."""
        value = self.get(name)
        if not value or unknown(value):
            raise BlockedError(
                f"{self.step.title}: {value or name} is not known",
                consequence="the step cannot begin",
                next_step="an earlier step was skipped: undo or abandon, and start again",
            )
        return value

    def number(self, name: str) -> int:
        """Return an argument that is a number; BlockedError for one that is none, such as a result that was given by hand."""
        return self.numbers(name)[0]

    def numbers(self, name: str) -> tuple[int, ...]:
        """Return the numbers of an argument that holds one or more, with blanks between; BlockedError as for :meth:`number`."""
        words = self.need(name).split()
        if not words or not all(word.isascii() and word.isdecimal() for word in words):
            raise BlockedError(
                f"{self.step.title}: {name} is {' '.join(words) or 'blank'!r}, which is no number",
                consequence="the step cannot begin",
                next_step="an earlier step was marked as done with a result that is none: undo or abandon, and start again",
            )
        return tuple(int(word) for word in words)

    def unneeded(self, name: str) -> bool:
        """Say whether an earlier step found that there is nothing to do: a number ``0``, or a text that stayed empty.

        An optional step follows one that a person may leave out: what that one would have given is not needed either.
        """
        if name not in self.arguments:
            return False
        value = self.arguments[name]
        return value in ("", "0") or (self.step.optional and unknown(value))

    @property
    def marker(self) -> str:
        """Return the words that mark an effect with its execution and step, where the outside has room for them."""
        return f"<!-- strideiq {self.execution} {self.step.id} -->"


def ask_for(execution: Execution, step: Step, entry: Mapping[str, str] | None = None) -> Ask:
    """Fill in a step's arguments from the plan's inputs and facts and from the results so far.

    ``entry`` stands for what the person fills in now; without one it is what the journal holds.
    """
    known = {**dict(execution.plan.facts), **dict(execution.plan.inputs)}
    results = execution.results
    given = execution.record(step.id).entry if entry is None else entry
    return Ask(execution.id, step, {name: fill(text, known, results) for name, text in step.arguments}, given)


@dataclass(frozen=True, slots=True)
class Findings:
    """What ``check`` found.

    ``observed`` is recorded with the intention. ``already`` is the result when the end state is true before the deed: the step is
    done without one. ``reasons`` are all that forbids the start; ``notes`` are what was looked at, and
    warnings that forbid nothing: they stand beside the confirmation. ``unneeded``, with ``already``: nobody is asked about it.
    """

    observed: Mapping[str, Any] = field(default_factory=dict)
    already: Mapping[str, Any] | None = None
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unneeded: bool = False


class Outcome(StrEnum):
    """What ``verify`` found. ``UNDER_WAY``: the outside has taken it on and is at it; it is neither done nor to be sent again."""

    HAPPENED = "happened"
    UNDER_WAY = "under way"
    NOT_YET = "not yet"
    LOST = "lost"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the outside says: whether the deed happened, with its result, or what is missing, as a clean line.

    ``again``: it happened, and the person wants to do the step once more (a second commit).
    """

    outcome: Outcome
    result: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""
    again: bool = False


def happened(**result: Any) -> Seen:
    """Return: it happened, with this result."""
    return Seen(Outcome.HAPPENED, result)


def not_yet(detail: str) -> Seen:
    """Return: it did not happen (yet)."""
    return Seen(Outcome.NOT_YET, detail=detail)


def under_way(detail: str) -> Seen:
    """Return: it was taken on and is being done."""
    return Seen(Outcome.UNDER_WAY, detail=detail)


def lost(detail: str) -> Seen:
    """Return: it will not happen by itself any more."""
    return Seen(Outcome.LOST, detail=detail)


class Action(ABC):
    """The code behind a verb. A subclass says its contract in five sentences, or it does not register."""

    verb: ClassVar[Verb]
    precondition: ClassVar[str]
    end_state: ClassVar[str]
    natural_key: ClassVar[str]
    recovery: ClassVar[str]
    least_level: ClassVar[int] = 0
    waits: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "verb" in cls.__dict__:
            missing = [n for n in ("precondition", "end_state", "natural_key", "recovery") if not getattr(cls, n, "")]
            if missing:
                raise TypeError(f"{cls.__name__} does not say its {', '.join(missing)}")

    def level(self, step: Step) -> int:
        """Return the confirmation level: what the runbook says, never less than the verb needs where it lands."""
        return max(step.level, self.least_level)

    def waiting(self, ports: Ports, ask: Ask) -> bool:
        """Say whether this step only waits for the outside: always for a :class:`Watch`, else where a person does the deed."""
        return self.waits

    @abstractmethod
    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Look whether the step may start. Raises DivergedError when the outside is not what the plan expects."""

    @abstractmethod
    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what the step would do, with what is known; pure, also with placeholders and nothing observed."""

    async def form(self, ports: Ports, ask: Ask) -> Form | None:
        """Return what a person may fill in before the step begins, None for nothing; only reads."""
        return None

    @abstractmethod
    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Do the deed, once."""

    @abstractmethod
    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Ask the outside whether it happened; ``observed`` is empty for a step that only waits."""

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Return what taking it back would do, or the sentence why it cannot be taken back."""
        return self.recovery

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Take it back, reading first; return the sentence of what was done. Called only when ``undo`` gives effects."""
        raise BlockedError(self.recovery)


class Watch(Action):
    """An action that only waits for the outside: it has no effect, so nothing is intended and nothing can be undone."""

    waits = True
    precondition = "nothing: it only looks"
    natural_key = "none: it only looks"
    recovery = "nothing to take back: it only looked"

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Return no reasons: looking is always allowed."""
        return Findings()

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Do nothing."""

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Return no effects: taking a look back is done by doing nothing."""
        return ()

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Say that there is nothing to take back."""
        return self.recovery
