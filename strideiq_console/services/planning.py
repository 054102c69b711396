"""Makes a plan: observes what it will stand on, fills in the inputs, previews every step, and collects warnings."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from strideiq_console.domain.branch import slug_fault
from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.policy.incidents import SEVERITIES
from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.model import Plan, Runbook, Step, fill
from strideiq_console.services.action import Ask, Ports
from strideiq_console.services.actions import ACTIONS
from strideiq_console.services.protect_plan import study_protection
from strideiq_console.services.study import Study

STORM_WINDOW = timedelta(minutes=60)
STORM_FIXES = 3
STUDIES: dict[str, Callable[[Ports, Mapping[str, str]], Awaitable[Study]]] = {"protect": study_protection}
"""Runbooks that rest on other things than the clone and its branches, by name."""


async def make_plan(ports: Ports, name: str, inputs: Mapping[str, str]) -> Plan:
    """Plan a runbook as of now; no effect, no fetch.

    Raises UsageError for bad inputs, BlockedError when it cannot be carried out here at all.
    """
    runbook = RUNBOOKS.get(name)
    if runbook is None:
        raise UsageError(f"there is no runbook named {name}", next_step=f"known: {', '.join(RUNBOOKS)}")
    values = _inputs(runbook, inputs)
    study = await STUDIES.get(name, _study)(ports, values)
    facts = study.facts
    known = {**facts, **values}
    steps = tuple(_preview(ports, step, known, study.observed.get(step.id, {})) for step in runbook.steps)
    scopes = tuple(f"{ports.repository}:{e}" for e in sorted({s.environment for s in steps if s.environment}))
    return Plan(
        runbook=name,
        title=f"{name} {values.get('slug', '')}".strip(),
        inputs=tuple(sorted(values.items())),
        facts=tuple(sorted(facts.items())),
        scopes=scopes,
        steps=steps,
        made_at=ports.clock.now(),
        notes=study.notes,
    )


async def _study(ports: Ports, values: Mapping[str, str]) -> Study:
    facts = await _facts(ports, values)
    return Study(facts, await _notes(ports, facts))


def _inputs(runbook: Runbook, given: Mapping[str, str]) -> dict[str, str]:
    known = {i.name for i in runbook.inputs}
    strange = [name for name in given if name not in known]
    if strange:
        raise UsageError(f"{runbook.name} takes no {', '.join(strange)}", next_step=f"it takes {', '.join(sorted(known))}")
    values = {i.name: given.get(i.name) or i.default for i in runbook.inputs}
    missing = [i for i in runbook.inputs if not values[i.name]]
    if missing:
        raise UsageError(f"{runbook.name} needs a {missing[0].name}", next_step=f"for instance {missing[0].hint}")
    if "slug" in values:
        fault = slug_fault(values["slug"])
        if fault:
            raise UsageError(f"{values['slug']!r} cannot be used: {fault}", next_step="for instance fix-auth-crash")
    if "severity" in values and values["severity"] not in SEVERITIES:
        raise UsageError(f"there is no severity {values['severity']}", next_step=f"one of {', '.join(SEVERITIES)}")
    return values


async def _facts(ports: Ports, values: Mapping[str, str]) -> dict[str, str]:
    main, staging = ports.settings.main, ports.settings.staging
    status = await ports.clone.status()
    if status.operation is not None:
        raise BlockedError(
            f"a {status.operation} is in progress in {status.path}", next_step="finish or abort it with git, then start again"
        )
    if status.remote is None:
        raise BlockedError("the clone has no remote named origin", next_step="git remote add origin ADDRESS")
    tips = {name: await ports.clone.remote_tip(name) for name in (main, staging)}
    absent = [name for name, tip in tips.items() if tip is None]
    if absent:
        raise BlockedError(
            f"origin has no branch {' and no branch '.join(absent)}",
            consequence="a hotfix goes through both",
            next_step=f"create it from {main}, or set [branches] in config.toml",
        )
    worktree = "none"
    if status.changed:
        folder = Path(status.path)
        worktree = str(folder.parent / f"{folder.name}.worktrees" / values.get("slug", "work"))
    return {
        "repository": ports.repository,
        "place": ports.place,
        "main-branch": main,
        "staging-branch": staging,
        "main": str(tips[main]),
        "staging": str(tips[staging]),
        "worktree": worktree,
    }


def _preview(ports: Ports, step: Step, known: Mapping[str, str], observed: Mapping[str, Any]) -> Step:
    action = ACTIONS[step.verb]
    level = action.level(step)
    title = fill(step.title, known, {})
    question = fill(step.question, known, {})
    ask = Ask("‹execution›", step, {key: fill(value, known, {}) for key, value in step.arguments})
    return replace(step, title=title, question=question, level=level, effects=action.preview(ports, ask, observed))


async def _notes(ports: Ports, facts: Mapping[str, str]) -> tuple[str, ...]:
    notes: list[str] = []
    promotion = await ports.clone.promotion()
    if promotion.to_main:
        count = "1 unreleased commit" if promotion.to_main == 1 else f"{promotion.to_main} unreleased commits"
        notes.append(f"staging also contains {count}: what is verified there is not exactly what production gets")
    notes += await _storm(ports)
    notes += await _deadlock(ports)
    if facts["worktree"] != "none":
        notes.append(f"the clone has unsaved work and is left alone: the fix is edited in {facts['worktree']}")
    if not ports.deployments:
        notes.append("no hosting provider is configured: the steps that wait for a deployment will stop and say so")
    return tuple(notes)


async def _storm(ports: Ports) -> list[str]:
    """R52: the fourth fix in an hour is a reason to go back to the last good commit instead."""
    ref = f"refs/remotes/origin/{ports.settings.main}"
    if await ports.clone.tip(ref) is None:
        return []
    since = ports.clock.now() - STORM_WINDOW
    recent = [c for c in await ports.clone.history(ref, limit=50) if c.committed_at >= since]
    fixes = [c for c in recent if c.subject.lower().startswith(("fix", "hotfix", "revert")) and len(c.parents) < 2]
    if len(fixes) < STORM_FIXES:
        return []
    first = fixes[-1]
    before = first.parents[0] if first.parents else first.sha
    return [
        f"{len(fixes)} fixes reached main in the last 60 min; before them it was {short_sha(before)}: consider going back to it"
    ]


async def _deadlock(ports: Ports) -> list[str]:
    """T2: say before it starts that the approval will wait, when nobody else than the founder opens pull requests."""
    protection = await ports.host.rules.protection(ports.settings.main)
    if not protection.approvals or await ports.host.viewer.bot_login() is not None:
        return []
    why = "main wants an approval, GitHub lets nobody approve their own pull request, and no bot token is configured"
    ways = "a bot token, a second account, or 0 required approvals"
    return [f"the step 'approve' will wait: {why}. Ways out: {ways}"]
