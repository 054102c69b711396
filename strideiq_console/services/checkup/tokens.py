"""Whose each token is, what it lacks, and when it ends (R82)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from strideiq_console.domain.finding import Finding
from strideiq_console.domain.outside import Inspect
from strideiq_console.domain.reading import Level
from strideiq_console.domain.token_report import TokenReport
from strideiq_console.services.checkup.examination import Examination, Patient

CHECK = "token"


def examinations(patient: Patient) -> Iterator[Examination]:
    """Yield one examination for each token that can be asked about."""
    for name, inspect in patient.outside.inspectors.items():
        yield _one(name, inspect, patient)


def _one(name: str, inspect: Inspect, patient: Patient) -> Examination:
    async def ask() -> tuple[Finding, ...]:
        return tuple(findings(name, await inspect(), patient.now()))

    return Examination(CHECK, name, ask)


def findings(name: str, report: TokenReport, now: datetime) -> Iterator[Finding]:
    """Yield whose the token is, its end, and one finding for each permission that it certainly lacks."""
    who = ", ".join(part for part in (report.who, report.kind, report.scope) if part)
    ends = report.expires_at
    mend = f"make a new token, then: strideiq secrets set {name}"
    untold = _untold(name, report)
    if ends is None:
        notes = ("" if report.expiry_known else "its end is not told", untold)
        yield Finding(CHECK, name, Level.OK, who, note="; ".join(note for note in notes if note))
    elif report.ended(now):
        yield Finding(CHECK, name, Level.CRITICAL, f"{who}: ended on {ends:%Y-%m-%d}", mend)
    elif report.ends_soon(now):
        yield Finding(CHECK, name, Level.WARNING, f"{who}: ends on {ends:%Y-%m-%d}", mend)
    else:
        yield Finding(CHECK, name, Level.OK, f"{who}, until {ends:%Y-%m-%d}", note=untold)
    for permission in report.lacks:
        cause = f"lacks {permission.name}, needed for {permission.needed_for}"
        yield Finding(CHECK, name, Level.WARNING, cause, f"give the token {permission.name}", permission.note)


def _untold(name: str, report: TokenReport) -> str:
    """Return how many permissions cannot be told, so that nothing untried passes as held."""
    number = sum(permission.held is None for permission in report.permissions)
    return (
        f"{number} {'permission' if number == 1 else 'permissions'} cannot be told: strideiq secrets test {name}" if number else ""
    )
