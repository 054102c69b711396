"""Asks the outside what became of a deed: truth is what it says then, not what the deed answered (RELIABILITY rule 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.fault import ConsoleError, OutsideError
from strideiq_console.services.action import UNREADABLE, Action, Ask, Outcome, Ports, Seen

WAITS = (0.5, 1.0, 2.0, 4.0)
"""Seconds between looks: a deed that reported success may take a moment to be seen."""


async def read_back(ports: Ports, action: Action, ask: Ask, observed: Mapping[str, Any], failure: ConsoleError | None) -> Seen:
    """Return what the outside says; UNCLEAR where it cannot be asked. A deed that is known not to have been done is asked once."""
    known_not_done = isinstance(failure, OutsideError) and failure.known_not_done
    for wait in (*(() if known_not_done else WAITS), None):
        try:
            seen = await action.verify(ports, ask, observed)
        except UNREADABLE as error:
            seen = Seen(Outcome.UNCLEAR, detail=error.sentence())
        if seen.outcome in (Outcome.HAPPENED, Outcome.LOST) or wait is None:
            return seen
        await ports.clock.sleep(wait)
    return seen
