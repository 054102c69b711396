"""The founder's own runbooks: ``[runbooks.NAME]`` of config.toml, in the order in which the tables stand there.

What can be judged without the code behind the verbs is judged here; levels and arguments are judged when the console starts
(``services/own_runbooks``). The clone's own file can declare none (RELIABILITY T11).
"""

from __future__ import annotations

import re

from strideiq_console.domain.runbook import RUNBOOKS
from strideiq_console.domain.runbook.model import REFERENCE, Input, Runbook, Step, Verb
from strideiq_console.settings import checks
from strideiq_console.settings.table import Table, nearest

FACTS = ("repository", "place", "main-branch", "staging-branch", "main", "staging", "worktree")
"""What every plan knows beside its inputs."""

MOST_STEPS = 40
HIGHEST = 4
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")
_KEY = re.compile(r"[a-z0-9]\Z")
_VERBS = tuple(str(verb) for verb in Verb)


def own_runbooks(table: Table, environments: tuple[str, ...]) -> tuple[Runbook, ...]:
    """Return the declared runbooks; every fault is noted with its key."""
    found = []
    for name in table.names:
        inner = table.table(name)
        if not checks.NAME.match(name):
            table.fault(name, "must be a name: 1 to 40 of a-z, 0-9 and '-'")
        elif name in RUNBOOKS:
            table.fault(name, "is a runbook of the console itself: choose another name")
        else:
            found.append(_runbook(inner, name, environments))
    table.close()
    return tuple(found)


def _runbook(table: Table, name: str, environments: tuple[str, ...]) -> Runbook:
    title = table.text("title", name)
    key = table.text("key", "", _key_fault)
    inputs = tuple(_input(inner, one) for one, inner in _named(table.table("inputs")))
    steps: list[Step] = []
    declared = _named(table.table("steps"))
    for id_, inner in declared:
        steps.append(_step(inner, id_, environments, {i.name for i in inputs}, [s.id for s in steps]))
    if not declared:
        table.missing("steps", "must hold one step or more")
    if len(declared) > MOST_STEPS:
        table.fault("steps", f"holds {len(declared)} steps, and {MOST_STEPS} is the most")
    table.close()
    return Runbook(name, title, inputs, tuple(steps), key=key, own=True)


def _named(table: Table) -> list[tuple[str, Table]]:
    found = []
    for name in table.names:
        inner = table.table(name)
        if _ID.match(name):
            found.append((name, inner))
        else:
            table.fault(name, "must be a name: a letter, then at most 39 of a-z, 0-9 and '-'")
    table.close()
    return found


def _input(table: Table, name: str) -> Input:
    found = Input(
        name,
        table.text("title", name),
        table.text("hint"),
        table.text("default"),
        table.texts("choices"),
        table.flag("optional", default=False),
    )
    if found.choices and found.default and found.default not in found.choices:
        table.fault("default", "must be one of the choices")
    table.close()
    return found


def _step(table: Table, id_: str, environments: tuple[str, ...], inputs: set[str], earlier: list[str]) -> Step:
    verb = table.choice("verb", "", _VERBS)
    if not verb:
        table.missing("verb", "must name what the step does, such as fetch, push or merge")
    level = table.whole("level", 0)
    if not 0 <= level <= HIGHEST:
        table.fault("level", f"must be 0 to {HIGHEST}")
    environment = table.text("environment")
    if environment and environment not in environments:
        table.fault("environment", "unknown environment", nearest(environment, environments))
    question, optional = table.text("question"), table.flag("optional", default=False)
    if optional and not question:
        table.fault("optional", "counts for a step with a question: answering no leaves it out")
    arguments = _arguments(table.table("arguments"), inputs, earlier)
    for key, value in (("title", table.text("title", id_)), ("question", question)):
        _judge(table, key, value, inputs, earlier)
    found = Step(
        id_,
        Verb(verb or Verb.FETCH),
        table.text("title", id_),
        table.text("why", limit=500),
        level,
        arguments,
        environment,
        question,
        optional,
        group=table.text("group"),
    )
    table.close()
    return found


def _arguments(table: Table, inputs: set[str], earlier: list[str]) -> tuple[tuple[str, str], ...]:
    found = []
    for name in table.names:
        value = table.text(name)
        _judge(table, name, value, inputs, earlier)
        found.append((name, value))
    table.close()
    return tuple(sorted(found))


def _judge(table: Table, key: str, value: str, inputs: set[str], earlier: list[str]) -> None:
    """Fault a reference to what the plan will not know."""
    for name, result in REFERENCE.findall(value):
        if result and name not in earlier:
            table.fault(key, f"{{{name}.{result}}} names no earlier step", nearest(name, earlier))
        elif not result and name not in inputs and name not in FACTS:
            table.fault(key, f"{{{name}}} is neither an input nor known to every plan", nearest(name, [*inputs, *FACTS]))


def _key_fault(value: str) -> str | None:
    return None if not value or _KEY.match(value) else "must be one letter or digit"
