"""A runbook is data: inputs and steps. A plan is a runbook with its inputs filled in, frozen, with a fingerprint."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

REFERENCE = re.compile(r"\{([a-z][a-z0-9-]*)(?:\.([a-z_]+))?\}")


class Verb(StrEnum):
    """The kind of deed that a step names; the code behind each is an action (``services/actions``)."""

    FETCH = "fetch"
    CREATE_BRANCH = "create branch"
    CHECK_OUT = "check out"
    ASK = "ask"
    PUSH = "push"
    OPEN_PULL_REQUEST = "open pull request"
    LINK_PULL_REQUESTS = "link pull requests"
    AWAIT_CHECKS = "await checks"
    MERGE = "merge"
    AWAIT_DEPLOYMENT = "await deployment"
    VERIFY_STAGING = "verify staging"
    UPDATE_BRANCH = "update branch"
    APPROVE = "approve"
    CHECK_GATES = "check gates"
    DELETE_BRANCH = "delete branch"
    DELETE_LOCAL_BRANCH = "delete local branch"
    PROTECT_BRANCH = "protect branch"
    CHECK_PROTECTION = "check protection"
    COMMIT = "commit"
    TRY_LOCALLY = "try locally"
    LIST_RIDERS = "list riders"
    CHECK_VERSION = "check version"
    COMPOSE_NOTES = "compose notes"
    CREATE_TAG = "create tag"
    PUSH_TAG = "push tag"
    PUBLISH_RELEASE = "publish release"
    ROLL_BACK = "roll back"
    REDEPLOY = "redeploy"
    PROMOTE_DEPLOYMENT = "promote deployment"
    HOLD_DEPLOYS = "hold deploys"
    REVERT_COMMIT = "revert commit"
    RESTORE_FILES = "restore files"
    CHECK_HEADS = "check heads"
    PROVE_DATABASE = "prove database"
    PROVE_BACKUP = "prove backup"
    MOVE_SCHEMA = "move schema"
    CHECK_REVISION = "check revision"
    RERUN = "rerun"
    CANCEL_RUN = "cancel run"
    DISPATCH = "dispatch"
    CLOSE_PULL_REQUEST = "close pull request"
    REOPEN_PULL_REQUEST = "reopen pull request"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing that a runbook asks for before it can be planned. ``choices``, where there are some, are all that it may be."""

    name: str
    title: str
    hint: str = ""
    default: str = ""
    choices: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step would do: a sentence for a person, and the exact command or request."""

    sentence: str
    command: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a runbook.

    ``arguments`` may hold ``{input}`` and ``{step-id.key}``: the latter is filled in from the result of an earlier step when the
    step begins. ``question`` is put to the person before the step is done. ``environment`` is where the effect lands (``""``:
    nowhere in particular). ``optional``: answering no skips the step instead of holding it. ``level`` is the
    confirmation level (RELIABILITY section 5). ``effects`` are filled in by planning: the preview. Neighbouring steps of one
    ``group`` are confirmed together: all their effects are shown at once, and one word is typed.
    """

    id: str
    verb: Verb
    title: str
    why: str
    level: int = 0
    arguments: tuple[tuple[str, str], ...] = ()
    environment: str = ""
    question: str = ""
    optional: bool = False
    effects: tuple[Effect, ...] = ()
    group: str = ""

    @property
    def values(self) -> dict[str, str]:
        """Return the arguments as a mapping."""
        return dict(self.arguments)


def step(
    id: str,  # noqa: A002 - the field's own word, and never shadowed in this one-line function
    verb: Verb,
    title: str,
    why: str,
    *,
    level: int = 0,
    environment: str = "",
    question: str = "",
    optional: bool = False,
    group: str = "",
    **arguments: str,
) -> Step:
    """Write one line of a runbook; further keywords are the arguments of the verb."""
    named = tuple(sorted(arguments.items()))
    return Step(id, verb, title, why, level, named, environment, question, optional, group=group)


@dataclass(frozen=True, slots=True)
class Runbook:
    """A guided workflow, declared as data. ``reversible``: it can be undone after it is done, because every deed can be.

    ``key`` is its letter in the menu of runbooks. A runbook whose steps follow from what planning finds (a rollback, a migration)
    declares none: its study brings them. ``own``: declared in config.toml, not shipped. ``here``: a small one that is offered on a
    row (``a``), which fills its inputs in; the menu lists it after the others.
    """

    name: str
    title: str
    inputs: tuple[Input, ...]
    steps: tuple[Step, ...]
    reversible: bool = False
    key: str = ""
    own: bool = False
    here: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A runbook with its inputs filled in: what the preview shows and what is carried out (DESIGN section 4).

    ``facts`` are what the plan was made for: repository, tips of the branches, the place (live, or a world). ``scopes`` are what
    the lease must hold. ``notes`` are warnings as of the moment. The fingerprint covers all but the time and the notes.
    """

    runbook: str
    title: str
    inputs: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    scopes: tuple[str, ...]
    steps: tuple[Step, ...]
    made_at: datetime
    notes: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Return the first 16 digits of a SHA-256 over everything that a person approves."""
        return fingerprint(
            [
                self.runbook,
                self.inputs,
                self.facts,
                self.scopes,
                [
                    [
                        s.id,
                        s.verb,
                        s.level,
                        s.arguments,
                        s.environment,
                        s.question,
                        [(e.sentence, e.command) for e in s.effects],
                        *([s.group] if s.group else []),
                    ]
                    for s in self.steps
                ],
            ]
        )

    def step(self, step_id: str) -> Step:
        """Return a step by its id; KeyError when there is none."""
        for candidate in self.steps:
            if candidate.id == step_id:
                return candidate
        raise KeyError(step_id)


def fingerprint(value: object) -> str:
    """Return 16 digits that change whenever ``value`` (JSON-like) does."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def effects_fingerprint(effects: tuple[Effect, ...]) -> str:
    """Return the digits that a confirmation of these effects is bound to (RELIABILITY rule 6)."""
    return fingerprint([(effect.sentence, effect.command) for effect in effects])


def fill(text: str, inputs: Mapping[str, str], results: Mapping[str, Mapping[str, object]]) -> str:
    """Fill in ``{input}`` and ``{step.key}``; what is not known yet stays as ``‹step key›``, which no command accepts."""

    def value(match: re.Match[str]) -> str:
        name, key = match[1], match[2]
        if key is None:
            return inputs.get(name, f"‹{name}›")
        result = results.get(name)
        if result is None or result.get(key) is None:
            return f"‹{key} of {name}›"
        return str(result[key])

    return REFERENCE.sub(value, text)


def unknown(text: str) -> bool:
    """Say whether a filled text still waits for an earlier step."""
    return "‹" in text
