"""What Python does beside the loop, held so that no key waits for it: the search for garbage, and how long a thread has its turn.

A search of all memory for garbage in cycles takes a fifth of a second where much is known, and nothing else runs meanwhile: it is
moved to moments in which nobody waits for a key. The searches among young objects are short.
"""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from strideiq_console.domain.ports import Clock

YOUNG, MIDDLE = 5_000, 10
"""New objects after which the young ones are searched, and after how many such searches those that stayed."""
NEVER = 2**31 - 1
TURN = 0.0005
"""Seconds that a thread which makes a table keeps the interpreter while a key waits; Python's own would be ten times that."""
QUIET = 2.0
"""Seconds without a key after which nobody is taken to wait for one."""
PAUSE, LONGEST = 60.0, 900.0
"""Seconds between two whole searches: at least, and at most where keys are pressed all the time."""


class Sweeper:
    """Decides when all of memory is searched; :meth:`look` is called about once a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._before = gc.get_threshold()
        self._turn = sys.getswitchinterval()
        self._key_at = self._swept_at = clock.monotonic()
        self._frozen = False

    def open(self) -> None:
        """Search all of memory only when :meth:`look` says so, and let threads take shorter turns."""
        sys.setswitchinterval(TURN)
        gc.set_threshold(YOUNG, MIDDLE, NEVER)

    def close(self) -> None:
        """Leave the process as it was."""
        sys.setswitchinterval(self._turn)
        gc.set_threshold(*self._before)
        if self._frozen:
            gc.unfreeze()

    def key(self) -> None:
        """Somebody is at the keys."""
        self._key_at = self._clock.monotonic()

    def look(self) -> bool:
        """Search now if the moment is good, or if it has been put off for too long; say whether it was done.

        The first time everything that is there (modules, classes, style sheet) is set aside for good: it stays to the end anyway.
        """
        now = self._clock.monotonic()
        rest = now - self._swept_at
        due = not self._frozen or rest >= PAUSE
        if not (due and now - self._key_at >= QUIET) and rest < LONGEST:
            return False
        gc.collect()
        if not self._frozen:
            gc.freeze()
            self._frozen = True
        self._swept_at = self._clock.monotonic()
        return True
