"""``strideiq demo [SCENARIO]``: the console on a simulated world; without a terminal a hotfix is carried to production in print."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from strideiq_console.cli.acting import report
from strideiq_console.cli.consent import engine_of
from strideiq_console.cli.context import Practice
from strideiq_console.cli.progress import Progress
from strideiq_console.cli.session import READ_DEADLINE, Session
from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.domain.runbook.model import Verb, fill
from strideiq_console.domain.runbook.standing import Awaits, Consent, Standing
from strideiq_console.presentation import glance
from strideiq_console.presentation.execution import plan_lines

if TYPE_CHECKING:
    from strideiq_console.services.console import Console
    from strideiq_console.services.engine import Engine

SLUG = "fix-auth-crash"
BRANCH = f"hotfix/{SLUG}"
PATIENCE = 240.0
"""Real seconds after which a demo that still waits for its world is given up."""


def guide(folder: Path) -> tuple[str, str, str]:
    """Return the three lines that tell a newcomer what to press on the world in ``folder``."""
    return (
        f"A simulated StrideIQ, off the network. W h, then {SLUG}: the runbook leads to production.",
        f"The fix: commit in {folder / 'clone'}, or in another terminal run:",
        f"strideiq --world {folder} sandbox fix {BRANCH}    (? keys, u resume, q quit)",
    )


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    parser.add_argument("begin", nargs="?", default=None, metavar="SCENARIO", help="how the world begins: calm, red-ci, …")


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Open the console on a world, or carry a hotfix to production in print; 0 when it got there."""
    kept = session.options.world
    folder = kept or Path(tempfile.mkdtemp(prefix="strideiq-demo-")) / "world"
    scenario = arguments.begin or session.options.scenario or "calm"
    session.options = replace(session.options, world=folder, scenario=scenario, clock=session.options.clock or "fast")
    try:
        if session.output.terminal:
            return session.wiring.ui(session.options, guide=guide(folder))
        practice = session.wiring.practice(session.options)

        async def work(console: Console) -> int:
            return await _in_print(session, console, practice)

        return session.live(work)
    finally:
        if kept is None:
            shutil.rmtree(folder.parent, ignore_errors=True)


async def _in_print(session: Session, console: Console, practice: Practice) -> int:
    output = session.output
    output.line(f"SANDBOX: a simulated StrideIQ in {practice.folder}. Nothing here reaches the network.\n")
    await _dashboard(session, console)
    engine = engine_of(console)
    execution = next((e for e in engine.executions() if not e.state.ended), None)
    if execution is None:
        plan = await engine.plan("hotfix", {"slug": SLUG, "severity": "P1"})
        output.line("\nThe plan of the hotfix, as `strideiq hotfix start` shows it:\n")
        output.lines(plan_lines(plan))
        execution = await engine.start(plan)
    output.line("\nCarrying it out, with every command that is run:\n")
    progress = Progress(output.line, output.glyphs)
    stop = engine.subscribe(lambda id_: progress.heard(engine.execution(id_)))
    try:
        standing = await _to_production(session, console, engine, practice, execution)
    finally:
        stop()
    output.line()
    code = report(session, console, standing, as_json=False)
    output.line()
    await _dashboard(session, console)
    return code


async def _dashboard(session: Session, console: Console) -> None:
    await console.refresh_once(deadline=READ_DEADLINE)
    output = session.output
    output.lines(glance.lines(console.facts(), console.clock.now(), output.glyphs, output.width))


async def _to_production(session: Session, console: Console, engine: Engine, practice: Practice, execution: Execution) -> Standing:
    """Play the founder: commit the fix when asked for it, answer yes, type the word where one is wanted."""
    approved = execution.plan.fingerprint
    deadline = console.clock.monotonic() + PATIENCE
    consent, last = Consent(plan=approved), ("", "")
    while True:
        left = max(deadline - console.clock.monotonic(), 0.0)
        standing = await engine.advance(execution.id, consent, wait=left)
        answer = _as_founder(session, practice, standing, approved)
        asked = (standing.record.step.id if standing.record else "", str(standing.awaits))
        if answer is None or asked == last:
            return standing
        consent, last = answer, asked


def _as_founder(session: Session, practice: Practice, standing: Standing, approved: str) -> Consent | None:
    """Return what the founder would say here; None when there is nothing left to say."""
    record = standing.record
    if record is None:
        return None
    if standing.awaits is Awaits.ANSWER:
        session.output.line(f"?    {standing.question}")
        if record.step.verb in (Verb.ASK, Verb.COMMIT):
            branch = fill(record.step.values["branch"], dict(standing.execution.plan.inputs), standing.execution.results)
            session.output.line(f"     (the founder edits and commits: {practice.write_fix(branch)[:7]} on {branch})")
        session.output.line("     > yes")
        return Consent(plan=approved, answer="yes")
    if standing.awaits is Awaits.CONFIRMATION and standing.word:
        session.output.line(f"!    {standing.sentence}")
        session.output.line(f"     > {standing.word}")
        return Consent(plan=approved, word=standing.word)
    return None
