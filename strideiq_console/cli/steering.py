"""``retry``, ``skip``, ``mark``, ``replan``, ``undo`` and ``abandon``: what a person may decide about one that stands still."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from strideiq_console.cli import errors
from strideiq_console.cli.acting import carry_on, report
from strideiq_console.cli.consent import add_consents, consent_of, engine_of, unfinished
from strideiq_console.cli.session import Session
from strideiq_console.cli.start import approved, show
from strideiq_console.domain.fault import BlockedError, DivergedError, UsageError
from strideiq_console.domain.runbook.execution import Execution, StepState
from strideiq_console.domain.runbook.standing import Consent
from strideiq_console.presentation.execution import UNDO

if TYPE_CHECKING:
    from strideiq_console.services.console import Console
    from strideiq_console.services.engine import Engine


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verbs."""
    verb = parser.prog.split()[-1]
    optional = verb == "undo"
    parser.add_argument("id", nargs="?" if optional else None, metavar="ID", help="the execution, or the beginning of its id")
    if verb in ("skip", "abandon", "mark"):
        parser.add_argument("--reason", required=True, metavar="TEXT", help="why; it is kept in the journal")
    if verb == "mark":
        told = "what a later step needs and nobody else can tell, such as sha=…; may be repeated"
        parser.add_argument("--result", action="append", default=[], type=_pair, metavar="NAME=VALUE", help=told)
    if verb == "replan":
        parser.add_argument("--plan", action="store_true", help="only show the new plan; nothing is done")
    if verb == "abandon":
        parser.add_argument("--json", action="store_true", help="one JSON document at the end")
    else:
        add_consents(parser)


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Carry the decision out, and go on as far as the consents reach."""
    deeds = {"retry": _retry, "skip": _skip, "mark": _mark, "replan": _replan, "undo": _undo, "abandon": _abandon}
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


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError("a name, an equals sign and a value")
    return name, value


async def _mark(arguments: argparse.Namespace, session: Session, console: Console, engine: Engine, execution: Execution) -> int:
    consent = consent_of(arguments)
    await engine.mark(execution.id, arguments.reason, dict(arguments.result))
    return await carry_on(session, console, engine, execution, consent, arguments.wait, as_json=arguments.json)


async def _replan(arguments: argparse.Namespace, session: Session, console: Console, engine: Engine, execution: Execution) -> int:
    """Plan the same again as the outside is now; the new execution takes the place of the old one."""
    if execution.state.ended:
        raise BlockedError(f"{execution.id} is {execution.state} already", next_step=f"start a new {execution.plan.runbook}")
    consent = consent_of(arguments)
    plan = await engine.plan(execution.plan.runbook, dict(execution.plan.inputs))

    def words(inputs: Mapping[str, str]) -> list[str]:
        return ["replan", execution.id]

    if arguments.plan:
        show(session, plan, words, as_json=arguments.json)
        return errors.DONE
    if not approved(session, plan, words, arguments):
        session.output.talk("Not planned again: the old one stands as it stood.")
        return errors.BLOCKED
    fresh = await engine.start(plan, instead=execution.id)
    return await carry_on(session, console, engine, fresh, consent, arguments.wait, as_json=arguments.json)


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
