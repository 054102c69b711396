"""``strideiq hotfix start SLUG``: plans a production fix, shows the plan, and carries it out as far as it may."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from strideiq_console.cli import errors
from strideiq_console.cli.acting import carry_on
from strideiq_console.cli.consent import add_consents, consent_of, engine_of
from strideiq_console.cli.session import Session
from strideiq_console.domain.branch import propose_slug, slug_fault
from strideiq_console.domain.fault import DivergedError, UsageError
from strideiq_console.domain.policy.incidents import DEFAULT_SEVERITY, SEVERITIES
from strideiq_console.domain.runbook.model import Plan
from strideiq_console.presentation.execution import plan_lines
from strideiq_console.presentation.execution_json import plan_json

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    parser.add_argument("deed", choices=("start",), metavar="start", help="start a hotfix")
    parser.add_argument("slug", metavar="SLUG", help="what is fixed, as in fix-auth-crash")
    parser.add_argument("--severity", default=DEFAULT_SEVERITY, choices=tuple(SEVERITIES), help="how bad it is")
    parser.add_argument("--plan", action="store_true", help="only show the plan; nothing is done")
    add_consents(parser)


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Plan, and unless ``--plan`` was given carry out: 0 done, 75 something is awaited, 4 blocked, 5 the plan has changed."""
    wrong = slug_fault(arguments.slug)
    if wrong is not None:
        proposed = propose_slug(arguments.slug)
        raise UsageError(f"{arguments.slug!r} is no slug: {wrong}", next_step=f"try {proposed}" if proposed else "")
    consent = consent_of(arguments)

    async def work(console: Console) -> int:
        engine = engine_of(console)
        inputs = {"slug": arguments.slug, "severity": arguments.severity}
        plan = await engine.plan("hotfix", inputs)
        if arguments.plan:
            _show(session, plan, as_json=arguments.json)
            return errors.DONE
        if not _approved(session, plan, arguments):
            session.output.talk("Not started: nothing was done.")
            return errors.BLOCKED
        execution = await engine.start(plan)
        return await carry_on(session, console, engine, execution, consent, arguments.wait, as_json=arguments.json)

    return session.live(work)


def start_command(session: Session, plan: Plan) -> str:
    """Return the command that carries a shown plan out."""
    words = ["hotfix", "start", dict(plan.inputs)["slug"]]
    severity = dict(plan.inputs).get("severity", DEFAULT_SEVERITY)
    if severity != DEFAULT_SEVERITY:
        words += ["--severity", severity]
    return session.command(*words, "--plan-hash", plan.fingerprint)


def _show(session: Session, plan: Plan, *, as_json: bool) -> None:
    going_on = start_command(session, plan)
    if as_json:
        session.output.json({**plan_json(plan), "next": going_on})
        return
    session.output.lines(plan_lines(plan))
    session.output.line(f"next: {going_on}")


def _approved(session: Session, plan: Plan, arguments: argparse.Namespace) -> bool:
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
        shown = session.command("hotfix", "start", arguments.slug, "--plan", "--json")
        raise UsageError(
            "without a terminal a hotfix starts only with the hash of the plan that was shown",
            next_step=f"run {shown}, read it, then give its fingerprint with --plan-hash",
        )
    session.output.lines(plan_lines(plan))
    typed = session.output.ask("Start it? Every step from level 2 on asks again. [y/N]")
    return typed is not None and typed.lower() in ("y", "yes")
