"""Where the gate "no known vulnerabilities" gets its answer: the audits of the clone's packages, else GitHub's alerts (R70)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.policy.promotion import Scan
from strideiq_console.domain.runbook.model import unknown
from strideiq_console.domain.security_alert import AlertList, AlertSource, AlertState
from strideiq_console.domain.vulnerability import MAX_AGE, Audit, Auditor
from strideiq_console.services.action import Ports

_NO_SOURCE = "no source: neither an audit of the packages nor Dependabot's alerts answer here"
_CLOSED_TO_US = (FaultKind.FORBIDDEN, FaultKind.MISSING)


async def scan(ports: Ports, earlier: str = "") -> Scan:
    """Ask what is known, or take ``earlier`` (a :func:`kept` text) while it is no older than an audit may be.

    An audit costs seconds to minutes, so one that this execution found just now counts for its next steps; one that failed, or
    found something, is asked again. Raises OutsideError where GitHub's alerts cannot be reached.
    """
    before = _read(earlier)
    if before is not None and before.clear and before.source and timedelta(0) <= ports.clock.now() - before.at <= MAX_AGE:
        return before
    auditors = ports.outside.auditors
    if auditors:
        return await _audited(ports, auditors)
    return await _alerted(ports)


def kept(found: Scan) -> str:
    """Return a scan as text, for the journal and for later steps."""
    row = {"clear": found.clear, "source": found.source, "detail": found.detail, "at": found.at.isoformat()}
    return json.dumps(row, sort_keys=True)


def _read(text: str) -> Scan | None:
    if not text or unknown(text):
        return None
    try:
        row = json.loads(text)
        found = Scan(row["clear"] is True, str(row["source"]), str(row["detail"]), datetime.fromisoformat(row["at"]))
    except (ValueError, KeyError, TypeError):
        # A step that was marked as done by hand may have given anything: then it is asked anew.
        return None
    return found if found.at.tzinfo is not None else None


async def _audited(ports: Ports, auditors: Mapping[str, Auditor]) -> Scan:
    answers = await asyncio.gather(*(auditor.audit() for auditor in auditors.values()), return_exceptions=True)
    now = ports.clock.now()
    states: list[bool | None] = []
    words: list[str] = []
    for name, answer in zip(auditors, answers, strict=True):
        if isinstance(answer, OutsideError):
            states.append(None)
            words.append(f"{name}: unknown, {answer.cause}")
        elif isinstance(answer, BaseException):
            raise answer
        else:
            states.append(answer.clear(now))
            words.append(f"{name}: {_words(answer, now)}")
    clear = False if False in states else None if None in states else True
    return Scan(clear, "audit", "; ".join(words), now)


def _words(audit: Audit, now: datetime) -> str:
    counts = ", ".join(f"{count} {severity}" for severity, count in audit.counts(now).items())
    waived = audit.waived(now)
    said = [counts or ("nothing open" if audit.clear(now) else "unknown")]
    said += [f"{len(waived)} waived"] if waived else []
    return ", ".join((*said, *audit.remarks(now)))


async def _alerted(ports: Ports) -> Scan:
    now = ports.clock.now()
    try:
        found = await ports.host.alerts.dependencies()
    except OutsideError as error:
        if error.fault.kind not in _CLOSED_TO_US:
            raise
        return Scan(None, "", _NO_SOURCE, now)
    if found.source is not AlertSource.ON:
        return Scan(None, "", f"{_NO_SOURCE}{f' ({found.note})' if found.note else ''}", now)
    return _judged(found, now)


def _judged(found: AlertList, now: datetime) -> Scan:
    """Only what users get counts: an open alert about a package of the development alone is told, and is no reason."""
    open_ = [alert for alert in found.alerts if alert.state in (AlertState.OPEN, AlertState.UNKNOWN)]
    shipped = [alert for alert in open_ if alert.development is not True]
    names = ", ".join(f"{alert.package or alert.what} ({alert.severity})" for alert in shipped)
    words = [f"open: {names}"] if shipped else ["nothing open that users get"] if found.complete else ["not all could be read"]
    if len(open_) > len(shipped):
        words.append(f"{len(open_) - len(shipped)} in development only")
    clear = False if shipped else True if found.complete else None
    return Scan(clear, "Dependabot", ", ".join(words), now)
