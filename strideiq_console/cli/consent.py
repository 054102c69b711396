"""The words by which a person consents on the command line, and what stands for them without a terminal."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from strideiq_console.cli.session import Session
from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing

if TYPE_CHECKING:
    from strideiq_console.services.console import Console
    from strideiq_console.services.engine import Engine


def add_consents(parser: argparse.ArgumentParser) -> None:
    """Declare the words that every acting verb takes."""
    parser.add_argument("--plan-hash", default="", metavar="HASH", help="the fingerprint of the plan you were shown")
    parser.add_argument("--answer", default="", choices=("yes", "no"), help="the answer to the question that is asked")
    parser.add_argument("--confirm", default="", metavar="WORD", help="the typed word of a level 3 step, with --plan-hash")
    parser.add_argument("--wait", type=_seconds, default=None, metavar="SECONDS", help="how long to watch what is awaited")
    parser.add_argument("--json", action="store_true", help="one JSON document at the end")


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 86400:
        raise argparse.ArgumentTypeError("seconds between 0 and 86400")
    return value


def consent_of(arguments: argparse.Namespace) -> Consent:
    """Return what the words of this invocation allow; everything in it is used once."""
    if arguments.confirm and not arguments.plan_hash:
        raise UsageError("--confirm needs the plan it confirms", next_step="give --plan-hash HASH as well")
    return Consent(plan=arguments.plan_hash, word=arguments.confirm, answer=arguments.answer)


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


def next_command(standing: Standing, session: Session) -> str | None:
    """Return the exact command that goes on from here; None when nothing is left."""
    execution = standing.execution
    if execution.state.ended:
        return None
    plan = ("--plan-hash", execution.plan.fingerprint)
    resume = ("resume", execution.id, *plan)
    match standing.awaits:
        case Awaits.ANSWER:
            return session.command(*resume, "--answer", "yes")
        case Awaits.CONFIRMATION if standing.level >= 3:
            return session.command(*resume, "--confirm", standing.word)
        case Awaits.OUTSIDE | Awaits.GATE:
            return session.command(*resume, "--wait", "600")
        case Awaits.CHOICE | Awaits.COMPARISON:
            return session.command("retry", execution.id, *plan)
    return session.command(*resume)
