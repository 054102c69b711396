"""Judges the founder's own runbooks by the code behind their verbs: no level is lowered, no argument is missing or strange.

What a verb takes and gives is learnt from the shipped runbooks, so a verb that only a study may compose (a rollback, a schema
move) cannot be declared in a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.model import REFERENCE, Runbook, Step, Verb
from strideiq_console.services.actions import ACTIONS


@dataclass(frozen=True, slots=True)
class Usage:
    """How the shipped runbooks use a verb: the arguments that all give, those that any gives, the result keys that any reads."""

    needed: frozenset[str]
    known: frozenset[str]
    gives: frozenset[str]


def usages(runbooks: Iterable[Runbook]) -> dict[Verb, Usage]:
    """Return how each verb is used; verbs that no runbook declares are absent."""
    taken: dict[Verb, list[frozenset[str]]] = {}
    read: dict[Verb, set[str]] = {}
    for runbook in runbooks:
        verbs = {step.id: step.verb for step in runbook.steps}
        for step in runbook.steps:
            taken.setdefault(step.verb, []).append(frozenset(step.values))
            for value in step.values.values():
                for name, key in REFERENCE.findall(value):
                    if key and name in verbs:
                        read.setdefault(verbs[name], set()).add(key)
    return {
        verb: Usage(frozenset.intersection(*sets), frozenset.union(*sets), frozenset(read.get(verb, ())))
        for verb, sets in taken.items()
    }


def check_own(runbooks: Iterable[Runbook]) -> None:
    """Raise ConfigurationError with every fault of the founder's own runbooks at once."""
    table = usages(RUNBOOKS.values())
    faults = [fault for runbook in runbooks for fault in _faults(runbook, table)]
    if faults:
        raise ConfigurationError(
            "; ".join(faults),
            consequence="the console does not start with a runbook that it cannot carry out as declared",
            next_step="mend [runbooks] in config.toml",
        )


def _faults(runbook: Runbook, table: dict[Verb, Usage]) -> list[str]:
    verbs = {step.id: step.verb for step in runbook.steps}
    found = []
    for step in runbook.steps:
        place = f"runbooks.{runbook.name}.steps.{step.id}"
        usage = table.get(step.verb)
        if usage is None:
            found.append(f"{place}: {step.verb} is done by the console's own runbooks alone")
            continue
        found += [
            f"{place}: {fault}" for fault in (*_of_arguments(step, usage), *_of_level(step), *_of_results(step, verbs, table))
        ]
    return found


def _of_arguments(step: Step, usage: Usage) -> list[str]:
    given = frozenset(step.values)
    missing, strange = sorted(usage.needed - given), sorted(given - usage.known)
    found = [f"{step.verb} needs {', '.join(missing)}"] if missing else []
    return [*found, *([f"{step.verb} takes no {', '.join(strange)}"] if strange else [])]


def _of_level(step: Step) -> list[str]:
    needed = ACTIONS[step.verb].level(step)
    if 0 < step.level < needed:
        return [f"level {step.level} is lower than the {needed} that {step.verb} needs here: leave it out, or raise it"]
    if step.question and needed >= 3:
        return [f"a step of level {needed} is confirmed by a typed word and cannot be a question"]
    if needed >= 3 and not step.environment:
        return [f"a step of level {needed} needs an environment: its word is typed, and nothing else may work there meanwhile"]
    return []


def _of_results(step: Step, verbs: dict[str, Verb], table: dict[Verb, Usage]) -> list[str]:
    found = []
    for value in step.values.values():
        for name, key in REFERENCE.findall(value):
            usage = table.get(verbs.get(name, step.verb)) if key else None
            if usage is not None and key not in usage.gives:
                gives = ", ".join(sorted(usage.gives)) or "nothing"
                found.append(f"{{{name}.{key}}}: {verbs[name]} gives {gives}")
    return found
