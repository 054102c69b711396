"""One thing that was looked at, how good it is, and how to mend it: what probes, the doctor and the security checklist give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from strideiq_console.domain.fault import Fault, FaultKind
from strideiq_console.domain.health import worst_level
from strideiq_console.domain.reading import Level


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check. All texts are clean single lines.

    ``check`` is what was looked for (``headers``, ``CORS``, ``token``), ``subject`` where (an address, a branch, a name). ``level``
    None means that the check does not apply here. ``next_step`` is empty where nothing is to be done; ``note`` is worth knowing
    and judged by nobody.
    """

    check: str
    subject: str
    level: Level | None
    cause: str
    next_step: str = ""
    note: str = ""


def level_of(findings: Iterable[Finding]) -> Level:
    """Return the worst level; findings that do not apply count for nothing, and none at all is unknown."""
    return worst_level(finding.level for finding in findings if finding.level is not None)


def of_fault(check: str, subject: str, fault: Fault) -> Finding:
    """Return the finding that a fault is: not reached is unknown, refused is a warning; neither is ever good news."""
    refused = fault.kind in (FaultKind.UNAUTHORISED, FaultKind.FORBIDDEN, FaultKind.MISSING, FaultKind.TLS, FaultKind.REFUSED)
    return Finding(check, subject, Level.WARNING if refused else Level.UNKNOWN, fault.cause, fault.next_step)
