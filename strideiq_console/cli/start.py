"""What every ``strideiq RUNBOOK start`` does: plans, shows the plan, and carries it out as far as the consents reach."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from strideiq_console.cli import errors
from strideiq_console.cli.acting import carry_on
from strideiq_console.cli.consent import add_consents, consent_of, engine_of
from strideiq_console.cli.session import Session
from strideiq_console.domain.fault import DivergedError, UsageError
from strideiq_console.domain.runbook.model import Plan
from strideiq_console.presentation.execution import plan_lines
from strideiq_console.presentation.execution_json import plan_json

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

UNFINISHED = ("fail", "continue", "abandon")
Words = Callable[[Mapping[str, str]], list[str]]
"""Gives the words that start the runbook with these inputs, without the consents."""


def add_start(parser: argparse.ArgumentParser, what: str) -> None:
    """Declare ``start``, ``--plan`` and the consents; ``what`` says what is started."""
    parser.add_argument("deed", choices=("start",), metavar="start", help=f"start {what}")
    add_carry_out(parser)


def add_carry_out(parser: argparse.ArgumentParser) -> None:
    """Declare ``--plan``, ``--on-unfinished`` and the consents."""
    parser.add_argument("--plan", action="store_true", help="only show the plan; nothing is done")
    when = "what to do when the same is under way: go on with it, end it and begin anew, or fail (the default)"
    parser.add_argument("--on-unfinished", default="fail", choices=UNFINISHED, help=when)
    add_consents(parser)


def start(arguments: argparse.Namespace, session: Session, runbook: str, inputs: Mapping[str, str], words: Words) -> int:
    """Plan, and unless ``--plan`` was given carry out: 0 done, 75 something is awaited, 4 blocked, 5 the plan has changed."""
    consent = consent_of(arguments)

    async def work(console: Console) -> int:
        engine = engine_of(console)
        plan = await engine.plan(runbook, inputs)
        if arguments.plan:
            show(session, plan, words, as_json=arguments.json)
            return errors.DONE
        twin = engine.twin(plan)
        if twin is not None and arguments.on_unfinished == "continue":
            # What goes on is the plan that was approved when it began: --plan-hash must be that one's.
            session.output.talk(f"Going on with {twin.id}, which is under way.")
            return await carry_on(session, console, engine, twin, consent, arguments.wait, as_json=arguments.json)
        if consent.entry:
            raise UsageError(
                "nothing is asked for when it starts, so nothing can be filled in",
                next_step="start it without these words; the step that asks for them shows the command that fills them in",
            )
        if not approved(session, plan, words, arguments):
            session.output.talk("Not started: nothing was done.")
            return errors.BLOCKED
        instead = twin.id if twin is not None and arguments.on_unfinished == "abandon" else ""
        execution = await engine.start(plan, instead=instead)
        return await carry_on(session, console, engine, execution, consent, arguments.wait, as_json=arguments.json)

    return session.live(work)


def show(session: Session, plan: Plan, words: Words, *, as_json: bool) -> None:
    """Show a plan with its warnings, and the command that carries it out."""
    going_on = session.command(*words(dict(plan.inputs)), "--plan-hash", plan.fingerprint)
    if as_json:
        session.output.json({**plan_json(plan), "next": going_on})
        return
    _tell(session, plan)
    session.output.line(f"next: {going_on}")


def _tell(session: Session, plan: Plan) -> None:
    session.output.lines(plan_lines(plan))
    for note in plan.notes:
        session.output.line(session.output.glyphs.plain(f"{session.output.glyphs.warn} {note}"))


def approved(session: Session, plan: Plan, words: Words, arguments: argparse.Namespace) -> bool:
    """Say whether the plan may start: its hash was given, or the person at the terminal has read it and says yes."""
    if arguments.plan_hash:
        if arguments.plan_hash == plan.fingerprint:
            return True
        now = ", ".join(f"{name} {value}" for name, value in plan.facts)
        raise DivergedError(
            f"the plan made now is {plan.fingerprint}, not {arguments.plan_hash}: something it rests on has changed",
            consequence=f"nothing was done; it now rests on {now}",
            next_step="look at the plan again with --plan",
        )
    if not session.output.terminal or arguments.json:
        shown = session.command(*words(dict(plan.inputs)), "--plan", "--json")
        raise UsageError(
            f"without a terminal {plan.runbook} starts only with the hash of the plan that was shown",
            next_step=f"run {shown}, read it, then give its fingerprint with --plan-hash",
        )
    _tell(session, plan)
    typed = session.output.ask("Start it? Every step from level 2 on asks again. [y/N]")
    return typed is not None and typed.lower() in ("y", "yes")
