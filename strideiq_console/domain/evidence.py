"""Everything that is on record about one execution, as it is exported (R3, R72)."""

from __future__ import annotations

from dataclasses import dataclass

from strideiq_console.domain.audit import AuditRow, Chain
from strideiq_console.domain.policy.promotion import Verification
from strideiq_console.domain.runbook.execution import Entry, Execution


@dataclass(frozen=True, slots=True)
class Evidence:
    """An execution with its journal and its audit rows, both oldest first, and the state of the whole audit log.

    ``verifications`` are the records that stand for commits this execution names; a withdrawn one is not among them.
    """

    execution: Execution
    entries: tuple[Entry, ...]
    rows: tuple[AuditRow, ...]
    chain: Chain
    verifications: tuple[Verification, ...] = ()
