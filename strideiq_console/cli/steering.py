"""``retry``, ``skip``, ``undo`` and ``abandon``: what a person may decide about an execution that stands still."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from strideiq_console.cli import errors
from strideiq_console.cli.acting import carry_on, report
from strideiq_console.cli.consent import add_consents, consent_of, engine_of, unfinished
from strideiq_console.cli.session import Session
from strideiq_console.domain.fault import DivergedError, UsageError
from strideiq_console.domain.runbook.execution import Execution, StepState
from strideiq_console.domain.runbook.standing import Consent
from strideiq_console.presentation.execution import UNDO

if TYPE_CHECKING:
    from strideiq_console.services.console import Console
    from strideiq_console.services.engine import Engine


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the four verbs."""
    verb = parser.prog.split()[-1]
    optional = verb == "undo"
    parser.add_argument("id", nargs="?" if optional else None, metavar="ID", help="the execution, or the beginning of its id")
    if verb in ("skip", "abandon"):
        parser.add_argument("--reason", required=True, metavar="TEXT", help="why; it is kept in the journal")
    if verb == "abandon":
        parser.add_argument("--json", action="store_true", help="one JSON document at the end")
    else:
        add_consents(parser)


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Carry the decision out, and go on as far as the consents reach."""
    deeds = {"retry": _retry, "skip": _skip, "undo": _undo, "abandon": _abandon}
    deed = deeds[arguments.verb]

    async def work(console: Console) -> int:
        engine = engine_of(console)
        execution = engine.execution(unfinished(engine, arguments.id))
        return await deed(arguments, session, console, engine, execution)

    return session.live(work)


async def _retry(arguments: argparse.Namespace, session: Session, console: Console, engine: Engine, execution: Execution) -> int:
    consent = consent_of(arguments)
    await engine.retry(execution.id)
    return await carry_on(session, console, engine, execution, consent, arguments.wait, as_json=arguments.json)


async def _skip(arguments: argparse.Namespace, session: Session, console: Console, engine: Engine, execution: Execution) -> int:
    consent = consent_of(arguments)
    await engine.skip(execution.id, arguments.reason)
    return await carry_on(session, console, engine, execution, consent, arguments.wait, as_json=arguments.json)


async def _undo(arguments: argparse.Namespace, session: Session, console: Console, engine: Engine, execution: Execution) -> int:
    if not execution.undoing and not _undo_approved(arguments, session, execution):
        session.output.talk("Not undone: nothing was changed.")
        return errors.BLOCKED
    await engine.undo(execution.id)
    consent = Consent(plan=arguments.plan_hash)
    return await carry_on(session, console, engine, execution, consent, arguments.wait, as_json=arguments.json)


def _undo_approved(arguments: argparse.Namespace, session: Session, execution: Execution) -> bool:
    """Say whether the undo may begin: the plan's hash was given, or the person at the terminal says yes."""
    wanted = execution.plan.fingerprint
    if arguments.plan_hash:
        if arguments.plan_hash != wanted:
            raise DivergedError(f"execution {execution.id} has the plan {wanted}, not {arguments.plan_hash}")
        return True
    if not session.output.terminal or arguments.json:
        command = session.command("undo", execution.id, "--plan-hash", wanted)
        raise UsageError("without a terminal an undo needs the hash of the plan", next_step=command)
    output = session.output
    output.line(f"Undo of {execution.plan.title}, last step first:")
    for record in reversed(execution.records):
        if record.state in (StepState.DONE, StepState.INTENDED):
            output.line(f"  {record.step.title}: {UNDO.get(record.step.verb, 'nothing to undo')}")
    typed = output.ask("Undo these? [y/N]")
    return typed is not None and typed.lower() in ("y", "yes")


async def _abandon(arguments: argparse.Namespace, session: Session, console: Console, engine: Engine, execution: Execution) -> int:
    standing = await engine.abandon(execution.id, arguments.reason)
    return report(session, console, standing, as_json=arguments.json)
