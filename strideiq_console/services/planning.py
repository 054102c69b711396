"""Makes a plan: observes what it will stand on, fills in the inputs, previews every step, and collects warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from strideiq_console.domain.branch import slug_fault
from strideiq_console.domain.fault import UsageError
from strideiq_console.domain.policy.incidents import SEVERITIES
from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.model import Plan, Runbook, Step, fill
from strideiq_console.services.action import Ask, Ports
from strideiq_console.services.actions import ACTIONS
from strideiq_console.services.studies import STUDIES
from strideiq_console.services.studies.ground import study_ground
from strideiq_console.settings.model import Settings

CLONE = "clone"


def runbooks_of(settings: Settings) -> dict[str, Runbook]:
    """Return every runbook by name: the shipped ones, then those that config.toml declares."""
    return {**RUNBOOKS, **{runbook.name: runbook for runbook in settings.runbooks}}


async def make_plan(ports: Ports, name: str, inputs: Mapping[str, str]) -> Plan:
    """Plan a runbook as of now; no effect, no fetch.

    Raises UsageError for bad inputs, BlockedError when it cannot be carried out here at all.
    """
    known_runbooks = runbooks_of(ports.settings)
    runbook = known_runbooks.get(name)
    if runbook is None:
        raise UsageError(f"there is no runbook named {name}", next_step=f"known: {', '.join(known_runbooks)}")
    values = _inputs(runbook, inputs)
    study = await STUDIES.get(name, study_ground)(ports, values)
    facts = study.facts
    known = {**facts, **values}
    declared = runbook.steps if study.steps is None else study.steps
    steps = tuple(_preview(ports, step, known, study.observed.get(step.id, {})) for step in declared)
    # What lands nowhere in particular still works in the one clone: two must not do so at once.
    places = sorted({s.environment for s in steps if s.environment}) or [CLONE]
    scopes = tuple(f"{ports.repository}:{place}" for place in places)
    return Plan(
        runbook=name,
        title=study.title or f"{name} {values.get('slug', '')}".strip(),
        inputs=tuple(sorted(values.items())),
        facts=tuple(sorted(facts.items())),
        scopes=scopes,
        steps=steps,
        made_at=ports.clock.now(),
        notes=study.notes,
    )


def _inputs(runbook: Runbook, given: Mapping[str, str]) -> dict[str, str]:
    known = {i.name for i in runbook.inputs}
    strange = [name for name in given if name not in known]
    if strange:
        raise UsageError(f"{runbook.name} takes no {', '.join(strange)}", next_step=f"it takes {', '.join(sorted(known))}")
    values = {i.name: given.get(i.name) or i.default for i in runbook.inputs}
    missing = [i for i in runbook.inputs if not values[i.name] and not i.optional]
    if missing:
        raise UsageError(f"{runbook.name} needs a {missing[0].name}", next_step=f"for instance {missing[0].hint}")
    for asked in runbook.inputs:
        if asked.choices and values[asked.name] and values[asked.name] not in asked.choices:
            raise UsageError(f"{asked.name} cannot be {values[asked.name]}", next_step=f"one of {', '.join(asked.choices)}")
    if "slug" in values:
        fault = slug_fault(values["slug"])
        if fault:
            raise UsageError(f"{values['slug']!r} cannot be used: {fault}", next_step="for instance fix-auth-crash")
    if "severity" in values and values["severity"] not in SEVERITIES:
        raise UsageError(f"there is no severity {values['severity']}", next_step=f"one of {', '.join(SEVERITIES)}")
    return values


def _preview(ports: Ports, step: Step, known: Mapping[str, str], observed: Mapping[str, Any]) -> Step:
    action = ACTIONS[step.verb]
    level = action.level(step)
    title = fill(step.title, known, {})
    question = fill(step.question, known, {})
    ask = Ask("‹execution›", step, {key: fill(value, known, {}) for key, value in step.arguments})
    return replace(step, title=title, question=question, level=level, effects=action.preview(ports, ask, observed))
