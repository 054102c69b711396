"""How GitHub is set up against the document: branch deletion, merge methods, checks that match no job, alerts (R17, R24, T12)."""

from __future__ import annotations

from collections.abc import Iterator

from strideiq_console.domain.code_host import CodeHost
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.policy.promotion import REQUIRED_CHECKS
from strideiq_console.domain.reading import Level
from strideiq_console.domain.repository import RepositoryFacts
from strideiq_console.domain.security_alert import AlertList, AlertSource, AlertState
from strideiq_console.services.checkup.examination import Examination, Patient
from strideiq_console.settings.discovery import discover

ALERTS_FIX = "see the repository's settings under Advanced Security, and strideiq secrets test github"
WHERE = "repository settings, General, Pull Requests"


def examinations(patient: Patient) -> Iterator[Examination]:
    """Yield the examinations of the code host."""
    host = patient.outside.host
    if host is None:
        return

    async def facts() -> tuple[Finding, ...]:
        return tuple(judge_facts(await host.contents.facts(), patient.settings.main, patient.settings.staging))

    async def checks() -> tuple[Finding, ...]:
        return tuple(await _checks(host, patient))

    async def alerts() -> tuple[Finding, ...]:
        return tuple(judge_alerts(listed) for listed in await host.alerts.all())

    yield Examination("repository", host.repository, facts)
    yield Examination("required checks", patient.settings.main, checks)
    yield Examination("security alerts", host.repository, alerts)


def judge_facts(facts: RepositoryFacts, main: str, staging: str) -> Iterator[Finding]:
    """Yield what the repository's own settings mean for the document's branches."""
    good = True
    if facts.archived:
        good = False
        yield Finding("repository", facts.name, Level.CRITICAL, "it is archived: nothing can be changed", "unarchive it at GitHub")
    if facts.delete_branch_on_merge:
        good = False
        cause = f"head branches are deleted after a merge: {staging} too, once it is merged into {main}, unless a rule forbids it"
        yield Finding("repository", facts.name, Level.WARNING, cause, f"switch 'Automatically delete head branches' off: {WHERE}")
    if facts.merge_commit is False:
        good = False
        cause = f"merge commits are switched off: {staging} and {main} would drift apart with every release"
        yield Finding("repository", facts.name, Level.WARNING, cause, f"allow merge commits: {WHERE}")
    if facts.default_branch != main:
        good = False
        cause = f"its default branch is {facts.default_branch}, production runs {main}"
        yield Finding("repository", facts.name, Level.WARNING, cause, "name it in [branches] main, or change it at GitHub")
    if good:
        kind = "private" if facts.private else "public"
        yield Finding("repository", facts.name, Level.OK, f"{kind}, default branch {facts.default_branch}")


async def _checks(host: CodeHost, patient: Patient) -> list[Finding]:
    """Compare the required checks with what CI really reports on main, and with the jobs of the workflow files (R24)."""
    import asyncio

    settings = patient.settings
    protection = await host.rules.protection(settings.main)
    required = protection.required_checks or settings.github.required_checks or REQUIRED_CHECKS
    tip = await host.rules.tip(settings.main)
    seen = {check.name for check in await host.checks.of(tip)} if tip else set()
    found = await asyncio.to_thread(discover, settings.clone)
    return list(judge_checks(settings.main, required, seen, set(found.jobs)))


def judge_checks(branch: str, required: tuple[str, ...], seen: set[str], jobs: set[str]) -> Iterator[Finding]:
    """Yield a finding for each required check that nothing bears: a merge would wait for it for ever."""
    check = "required checks"
    if not seen and not jobs:
        yield Finding(check, branch, Level.UNKNOWN, "neither checks on its tip nor workflow files were found", "run CI once")
        return
    nobody = [name for name in required if name not in seen and name not in jobs]
    for name in nobody:
        near = ", ".join(sorted(seen | jobs)[:8])
        fix = "correct the rule at GitHub or the job's name in .github/workflows; the console's list is [github] required_checks"
        yield Finding(check, branch, Level.WARNING, f"{name} is required and no job bears that name (there are {near})", fix)
    if not nobody:
        yield Finding(check, branch, Level.OK, f"each of {', '.join(required)} is a job's name")


def judge_alerts(listed: AlertList) -> Finding:
    """Return the finding of one kind of alert: switched off is a warning, unreadable unknown, open alerts by their number."""
    check, subject = "security alerts", str(listed.kind)
    open_ = [alert for alert in listed.alerts if alert.state in (AlertState.OPEN, AlertState.UNKNOWN)]
    if open_:
        more = "" if listed.complete else " at least"
        return Finding(check, subject, Level.WARNING, f"{len(open_)}{more} open", "see the repository's Security tab", listed.note)
    if listed.clear:
        return Finding(check, subject, Level.OK, "none open")
    level = Level.WARNING if listed.source in (AlertSource.OFF, AlertSource.NEVER) else Level.UNKNOWN
    return Finding(check, subject, level, listed.note or str(listed.source), ALERTS_FIX)
