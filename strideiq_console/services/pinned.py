"""Pins of old tips go 30 days after they were made, when a runbook ends (RELIABILITY rule 9)."""

from __future__ import annotations

from datetime import timedelta

from strideiq_console.domain.fault import CloneError
from strideiq_console.services.action import Ports

KEPT = timedelta(days=30)


async def drop_old_pins(ports: Ports) -> tuple[str, ...]:
    """Drop the pins that are older; return their names, for the journal.

    Only refs of the console's own (``refs/console/``) go, and none of the founder's. What cannot be dropped now goes when the next
    runbook ends: no CloneError leaves this. A read-only console ends no runbook, so it drops none.
    """
    try:
        return await ports.clone.expire_pins(ports.clock.now() - KEPT)
    except CloneError:
        return ()
