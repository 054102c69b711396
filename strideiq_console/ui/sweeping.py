"""What Python does beside the loop, held so that no key waits for it: the search for garbage, and what is made on threads.

A search of all memory for garbage in cycles takes a fifth of a second where much is known, and nothing else runs meanwhile: it is
moved to moments in which nobody waits for a key. The searches among young objects are short. A thread that makes a table shares
the interpreter with the loop: it gives way while a key waits (:meth:`Sweeper.give_way`).
"""

from __future__ import annotations

import gc
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from strideiq_console.domain.ports import Clock

YOUNG, MIDDLE = 5_000, 500
"""New objects after which the young ones are searched, and after how many such searches those that stayed, at the latest."""
NEVER = 2**31 - 1
PATIENCE = 0.1
"""Seconds for which a thread gives way at a time, so that it ends also where keys never stop."""
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
        self._nobody_waits = threading.Event()
        self._nobody_waits.set()
        self._keys = 0
        self.next_turn = 0.0  # by the loop's clock: before it, news that were put off for a key stay so

    def open(self) -> None:
        """Search all of memory only when :meth:`look` says so, and let threads take shorter turns."""
        sys.setswitchinterval(TURN)
        gc.set_threshold(YOUNG, MIDDLE, NEVER)

    def close(self) -> None:
        """Leave the process as it was."""
        self._nobody_waits.set()
        self.rest()
        sys.setswitchinterval(self._turn)
        gc.set_threshold(*self._before)
        if self._frozen:
            gc.unfreeze()

    def key(self) -> int:
        """Somebody is at the keys, and waits for what this one does. Return its number, for :meth:`answered`."""
        self._key_at = self._clock.monotonic()
        self._nobody_waits.clear()
        gc.disable()
        self._keys += 1
        return self._keys

    def answered(self, key: int) -> None:
        """What a key did has been painted; nobody waits any more, unless another one was pressed since."""
        if key == self._keys:
            self._nobody_waits.set()

    def rest(self) -> None:
        """A key was answered a moment ago: young objects may be searched again, unless another one waits by now."""
        if not self.somebody_waits:
            gc.enable()

    @property
    def somebody_waits(self) -> bool:
        """Say whether a key was pressed whose answer is not painted yet."""
        return not self._nobody_waits.is_set()

    def give_way(self) -> None:
        """Return when no key waits, or after a while. Called on a thread."""
        self._nobody_waits.wait(PATIENCE)

    def look(self) -> bool:
        """Search now if the moment is good, or if it has been put off for too long; say whether it was done.

        The first time everything that is there (modules, classes, style sheet) is set aside for good: it stays to the end anyway.
        """
        now = self._clock.monotonic()
        if now - self._key_at >= QUIET:
            self._nobody_waits.set()  # whatever has become of that key
        self.rest()
        if self._nobody_waits.is_set():
            gc.collect(1)
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
