"""Words what goes wrong with a child, with its last lines, clean and without secrets."""

from __future__ import annotations

from collections.abc import Callable

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import clean_line

TAIL = 4096
"""How many last bytes of a child's output are kept for a fault."""

_NONE_SAID = "none"


def last_words(printed: bytes | bytearray, redact: Callable[[str], str], *, lines: int = 3) -> str:
    """Return the last lines of a child's output as one clean line without secrets."""
    if len(printed) >= TAIL:  # its first word may be the rest of a secret, which no redactor knows
        printed = printed.partition(b"\n")[2]
    kept = [line.strip() for line in redact(printed.decode("utf-8", "replace")).splitlines() if line.strip()]
    return clean_line(" / ".join(kept[-lines:]), limit=400)


class Teller:
    """Words the faults of one child: whose it is and what its program is called."""

    def __init__(self, source: str, name: str, redact: Callable[[str], str]) -> None:
        self._source = source
        self._name = name
        self._redact = redact

    def error(self, kind: FaultKind, cause: str, next_step: str) -> OutsideError:
        """Return an error of this child; ``cause`` is clean."""
        return OutsideError(Fault(kind, self._source, cause, "What it would tell is unknown", next_step))

    def missing(self, word: str, why: str) -> OutsideError:
        """Return the error for a program that is not there or not run."""
        shown = clean_line(word, limit=200)
        return self.error(FaultKind.NOT_CONFIGURED, f"{shown!r} {why}", "Install it, or set its absolute path in config.toml")

    def not_started(self, error: Exception) -> OutsideError:
        """Return the error for a program that the system would not start."""
        words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        cause = clean_line(self._redact(f"{self._name} cannot be started: {words}"), limit=300)
        return self.error(FaultKind.LOCAL, cause, "Run the command by hand to see why, then try again with r")

    def too_slow(self, seconds: float, tail: bytearray) -> OutsideError:
        """Return the error for a child that was ended, with its last words."""
        words = last_words(tail, self._redact) or _NONE_SAID
        cause = f"{self._name} did not end within {seconds:g} s and was ended; its last words: {words}"
        return self.error(FaultKind.TIMEOUT, cause, "Run the command by hand to see what it waits for")
