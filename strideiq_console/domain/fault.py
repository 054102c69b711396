"""What can go wrong, drawn as a family: each fault has a cause, a consequence and a next step.

:class:`Fault` is a value that travels with a reading. :class:`ConsoleError` and its children are raised; each knows the exit
code of the command line (DESIGN section 8).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar


class FaultKind(StrEnum):
    """Why a newer value is missing. The word is shown, so each is one a founder would use."""

    NOT_CONFIGURED = "not configured"
    UNAUTHORISED = "not authorised"
    FORBIDDEN = "not allowed"
    MISSING = "missing or no access"
    RATE_LIMITED = "rate limited"
    TIMEOUT = "timed out"
    UNREACHABLE = "unreachable"
    TLS = "TLS failed"
    SERVER = "server error"
    MALFORMED = "malformed answer"
    TOO_LARGE = "answer too large"
    INCOMPLETE = "incomplete"
    CONFLICT = "changed meanwhile"
    REFUSED = "refused"
    LOCAL = "local fault"
    INTERNAL = "fault of the console"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a newer reading is missing. All texts are clean single lines.

    ``consequence`` says what the console does without the value; ``next_step`` names a key, a command or a page.
    """

    kind: FaultKind
    source: str
    cause: str
    consequence: str = ""
    next_step: str = ""
    at: datetime | None = None
    retry_at: datetime | None = None
    request_id: str | None = None

    def sentence(self) -> str:
        """Return cause, consequence and next step as one line."""
        return " ".join(part.rstrip(".") + "." for part in (self.cause, self.consequence, self.next_step) if part)


class ConsoleError(Exception):
    """Base of everything the console raises on purpose. ``str()`` gives the cause alone."""

    exit_code: ClassVar[int] = 1

    def __init__(self, cause: str, *, consequence: str = "", next_step: str = "") -> None:
        super().__init__(cause)
        self.cause = cause
        self.consequence = consequence
        self.next_step = next_step

    def sentence(self) -> str:
        """Return cause, consequence and next step as one line."""
        return " ".join(p.rstrip(".") + "." for p in (self.cause, self.consequence, self.next_step) if p)


class UsageError(ConsoleError):
    """The words of a command are wrong: a bad slug, a missing plan hash."""

    exit_code = 64


class ConfigurationError(ConsoleError):
    """The settings cannot be used as they stand."""

    exit_code = 78


class NotAuthorisedError(ConsoleError):
    """A token is missing, dead, or lacks a permission."""

    exit_code = 77


class BlockedError(ConsoleError):
    """A rule forbids the deed: an unmet gate, a protection, a held lease, a read-only journal."""

    exit_code = 4


class DivergedError(ConsoleError):
    """The outside has moved away from what the plan was made for."""

    exit_code = 5


class UnfinishedError(ConsoleError):
    """Something is awaited; the execution can be resumed."""

    exit_code = 75


class StoreError(ConsoleError):
    """The store cannot be opened, read or written. Without it no effect is made (RELIABILITY rule 2)."""

    exit_code = 4


class OutsideError(ConsoleError):
    """An outside system did not answer as wanted.

    ``known_not_done`` is true when the answer itself says that a write was not carried out (401, 403, 404, 405, 409, 422);
    false when the outcome of a write is unknown and must be read back (RELIABILITY rule 5). ``said`` are the provider's own
    words, clean; ``permissions`` is what it says that the token needs, in its own notation; both ``""`` when it told nothing.
    """

    def __init__(
        self, fault: Fault, *, status: int | None = None, known_not_done: bool = False, said: str = "", permissions: str = ""
    ) -> None:
        super().__init__(fault.cause, consequence=fault.consequence, next_step=fault.next_step)
        self.fault = fault
        self.status = status
        self.known_not_done = known_not_done
        self.said = said
        self.permissions = permissions


class CloneError(ConsoleError):
    """The clone cannot serve: no repository, bare, an operation in progress, a refused ref, git's own words."""
