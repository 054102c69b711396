"""The words by which a person consents on the command line, and what stands for them without a terminal."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from strideiq_console.cli.filling import LONGEST, words_for
from strideiq_console.cli.session import Session
from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.runbook.model import Verb
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing

_PLANNED_AGAIN = (Verb.MERGE, Verb.ROLL_BACK, Verb.REDEPLOY, Verb.PROMOTE_DEPLOYMENT, Verb.MOVE_SCHEMA, Verb.PROTECT_BRANCH)
"""Verbs that hold on to what the plan or an earlier step found: where that has changed, a retry meets the same."""

if TYPE_CHECKING:
    from strideiq_console.services.console import Console
    from strideiq_console.services.engine import Engine


def add_consents(parser: argparse.ArgumentParser) -> None:
    """Declare the words that every acting verb takes."""
    parser.add_argument("--plan-hash", default="", metavar="HASH", help="the fingerprint of the plan you were shown")
    parser.add_argument("--answer", default="", choices=("yes", "no"), help="the answer to the question that is asked")
    parser.add_argument("--confirm", default="", metavar="WORD", help="the typed word of a level 3 step, with --plan-hash")
    named = "the second typed word of a level 4 step: which database is meant"
    parser.add_argument("--confirm-database", default="", metavar="NAME", help=named)
    add_entries(parser)
    parser.add_argument("--wait", type=_seconds, default=None, metavar="SECONDS", help="how long to watch what is awaited")
    parser.add_argument("--json", action="store_true", help="one JSON document at the end")


def add_entries(parser: argparse.ArgumentParser) -> None:
    """Declare the words that fill in a step's form: the general one, and its friends for a commit."""
    told = "fill in one field of the form that the step shows; may be repeated"
    parser.add_argument("--entry", action="append", default=[], type=_pair, metavar="NAME=VALUE", help=told)
    parser.add_argument("--files", nargs="+", default=[], metavar="PATH", help="the files that a commit takes, from its form")
    parser.add_argument("--message", default="", metavar="TEXT", help="the message of a commit")
    parser.add_argument("--message-file", type=Path, default=None, metavar="FILE", help="a file that holds the message")
    parser.add_argument("--more", action="store_true", help="after this commit another one is asked for")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError("a name, an equals sign and a value")
    return name, value


def entry_of(arguments: argparse.Namespace) -> dict[str, str]:
    """Return what the words of this invocation fill in; UsageError for one that is given twice, or a file that cannot be read."""
    given: list[tuple[str, str]] = list(arguments.entry)
    if arguments.files:
        given.append(("files", "\n".join(arguments.files)))
    if arguments.message:
        given.append(("message", arguments.message))
    if arguments.message_file is not None:
        given.append(("message", _read(arguments.message_file)))
    if arguments.more:
        given.append(("more", "yes"))
    entry: dict[str, str] = {}
    for name, value in given:
        if name == "files" and name in entry:
            entry[name] = f"{entry[name]}\n{value}"
        elif name in entry:
            raise UsageError(f"{name} is given twice", next_step="give it once")
        else:
            entry[name] = value
    return entry


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LONGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"{path} cannot be read: {why}", next_step="name a file with the message") from error
    if len(text) > LONGEST:
        raise UsageError(f"{path} holds more than {LONGEST} characters", next_step="a message is far shorter")
    return text


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 86400:
        raise argparse.ArgumentTypeError("seconds between 0 and 86400")
    return value


def consent_of(arguments: argparse.Namespace) -> Consent:
    """Return what the words of this invocation allow; everything in it is used once."""
    if arguments.confirm and not arguments.plan_hash:
        raise UsageError("--confirm needs the plan it confirms", next_step="give --plan-hash HASH as well")
    if arguments.confirm_database and not arguments.confirm:
        raise UsageError("--confirm-database is the second word", next_step="give --confirm WORD as well")
    entry = entry_of(arguments)
    database = arguments.confirm_database
    return Consent(plan=arguments.plan_hash, word=arguments.confirm, answer=arguments.answer, database=database, entry=entry)


def engine_of(console: Console) -> Engine:
    """Return the engine; BlockedError with the reason where nothing can be carried out."""
    if console.engine is None:
        raise BlockedError(console.read_only or "nothing can be carried out here", next_step="strideiq doctor says what is missing")
    return console.engine


def unfinished(engine: Engine, named: str | None) -> str:
    """Return the id of the execution that is meant: the named one, else the newest unfinished one."""
    if named:
        return engine.execution(named).id
    found = next((execution.id for execution in engine.executions() if not execution.state.ended), None)
    if found is None:
        raise UsageError("nothing is unfinished", next_step="strideiq runs lists what was carried out")
    return found


def wants_entry(standing: Standing) -> bool:
    """Say whether a step cannot go on before its form is filled in: something is required, and something holds it back."""
    form = standing.form
    return form is not None and bool(standing.reasons) and any(field.required for field in form.fields)


def next_command(standing: Standing, session: Session) -> str | None:
    """Return the exact command that goes on from here; None when nothing is left."""
    execution = standing.execution
    if execution.state.ended:
        return None
    plan = ("--plan-hash", execution.plan.fingerprint)
    resume = ("resume", execution.id, *plan)
    match standing.awaits:
        case Awaits.ANSWER | Awaits.GATE if standing.question and wants_entry(standing):
            return session.command(*resume, *words_for(standing.form)) if standing.form else None
        case Awaits.ANSWER:
            return session.command(*resume, "--answer", "yes")
        case Awaits.CONFIRMATION if standing.level >= 4:
            words = ("--confirm", standing.word, "--confirm-database", standing.database)
            return session.command(*resume, *words)
        case Awaits.CONFIRMATION if standing.level >= 3:
            return session.command(*resume, "--confirm", standing.word)
        case Awaits.OUTSIDE | Awaits.GATE:
            return session.command(*resume, "--wait", "600")
        case Awaits.COMPARISON if standing.record is not None and standing.record.step.verb in _PLANNED_AGAIN:
            return session.command("replan", execution.id, "--plan")
        case Awaits.CHOICE | Awaits.COMPARISON:
            return session.command("retry", execution.id, *plan)
    return session.command(*resume)
