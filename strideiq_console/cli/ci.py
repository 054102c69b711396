"""``strideiq ci watch|log|rerun|cancel|dispatch``: wait for a run, read a log, and steer CI through its runbooks."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING

from strideiq_console.cli import errors
from strideiq_console.cli.session import Session
from strideiq_console.cli.start import add_carry_out, start
from strideiq_console.domain.ci import Job, WorkflowRun
from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.log_extract import extract
from strideiq_console.presentation.age import duration
from strideiq_console.presentation.ci_details import extract_lines, failure_lines, job_lines
from strideiq_console.presentation.ci_runs import first_to_read

if TYPE_CHECKING:
    from strideiq_console.services.ci_reads import CiReads
    from strideiq_console.services.console import Console

DEEDS = ("watch", "log", "rerun", "cancel", "dispatch")
SCHEMA = "strideiq.ci.run/1"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of the verb."""
    parser.add_argument("deed", choices=DEEDS, metavar="|".join(DEEDS), help="what to do")
    which = "the run, by number or id (watch: left out, the newest that goes on); for dispatch the branch"
    parser.add_argument("run", nargs="?", default="", metavar="RUN", help=which)
    parser.add_argument("--job", default="", metavar="NAME", help="log: of this job; left out, the first red one")
    parser.add_argument("--failed", action="store_true", help="log: only the last 50 lines of the step that failed")
    parser.add_argument("--jobs", default="failed", choices=("failed", "all"), help="rerun: which jobs (failed)")
    parser.add_argument("--workflow", default="ci.yml", metavar="FILE", help="dispatch: the workflow file (ci.yml)")
    parser.add_argument("--input", action="append", default=[], metavar="NAME=VALUE", help="dispatch: one input; may be repeated")
    add_carry_out(parser)


def run(arguments: argparse.Namespace, session: Session) -> int:
    """Do it. ``watch`` ends with 0 when the run is green and 1 when it is not; ``log`` with 0; the others as every runbook does."""
    if arguments.deed in ("watch", "log"):
        return session.live(lambda console: (_watch if arguments.deed == "watch" else _log)(console, arguments, session))
    if not arguments.run:
        missing = "which branch it is to run on" if arguments.deed == "dispatch" else "which run is meant"
        raise UsageError(f"{missing} is not said", next_step=f"strideiq ci {arguments.deed} NAME")
    if arguments.deed == "dispatch":
        inputs = {"workflow": arguments.workflow, "ref": arguments.run, "values": shlex.join(arguments.input)}
        return start(arguments, session, "dispatch", inputs, _dispatch_words)
    if arguments.deed == "rerun":
        return start(arguments, session, "rerun", {"run": arguments.run, "jobs": arguments.jobs}, _rerun_words)
    return start(arguments, session, "cancel-run", {"run": arguments.run}, lambda inputs: ["ci", "cancel", inputs["run"]])


def _rerun_words(inputs: Mapping[str, str]) -> list[str]:
    return ["ci", "rerun", inputs["run"], "--jobs", inputs["jobs"]]


def _dispatch_words(inputs: Mapping[str, str]) -> list[str]:
    given = [word for pair in shlex.split(inputs.get("values", "")) for word in ("--input", pair)]
    return ["ci", "dispatch", inputs["ref"], "--workflow", inputs["workflow"], *given]


async def _watch(console: Console, arguments: argparse.Namespace, session: Session) -> int:
    """Wait until a run has ended, with a bell at the end for whoever looks elsewhere."""
    found = await _named(console.ci, arguments.run)
    output = session.output
    output.talk(f"Watching {found.name} {found.number} of {found.branch}: {found.state}.")
    ended = await console.ci.ended(found.id)
    jobs = await console.ci.jobs(ended)
    now = console.clock.now()
    if arguments.json:
        shown = [{"name": job.name, "state": str(job.state)} for job in jobs if job.attempt == ended.attempt]
        head = {"schema": SCHEMA, "id": ended.id, "number": ended.number, "branch": ended.branch, "sha": ended.sha}
        output.json({**head, "state": str(ended.state), "attempt": ended.attempt, "jobs": shown})
    else:
        took = ended.duration(now)
        after = f" after {duration(took)}" if took is not None else ""
        output.line(output.glyphs.plain(f"{output.glyphs.check(ended.state)} run {ended.number}: {ended.state}{after}"))
        for job in jobs:
            if job.attempt == ended.attempt:
                output.lines(job_lines(job, now, output.glyphs))
    output.bell()
    return errors.DONE if ended.state.passes else errors.FAILED


async def _log(console: Console, arguments: argparse.Namespace, session: Session) -> int:
    """Print a job's log as it is, or the end of the step that failed with its errors marked."""
    ci, output = console.ci, session.output
    found = await _named(ci, arguments.run, running=False)
    jobs = await ci.jobs(found)
    job = _job(jobs, found, arguments.job)
    failure = job.first_failure()
    source = ci.log(job, f"run {found.number}")
    lines = await source.lines()
    if source.note:
        output.talk(f"{source.note}.")
    if not arguments.failed:
        for line in lines:
            output.line(line)
        return errors.DONE
    part = extract(lines, failure.name if failure else "")
    if part is None and not job.state.red:
        raise BlockedError(f"{job.name} did not fail: it is {job.state}", next_step="leave --failed out to read its log")
    output.lines(failure_lines(job, part, output.glyphs))
    if part is not None:
        output.lines(extract_lines(part, output.glyphs))
    return errors.DONE


async def _named(ci: CiReads, word: str, *, running: bool = True) -> WorkflowRun:
    """Return the run that was named; without a word the newest one that goes on, else the newest one."""
    recent = await ci.recent()
    if not word:
        going = [run for run in recent if not run.state.finished] if running else [run for run in recent if run.state.red]
        if not recent:
            raise BlockedError("GitHub has no workflow run for this repository yet", next_step="push a branch first")
        return (going or list(recent))[0]
    number = word.removeprefix("#")
    if not (number.isascii() and number.isdecimal()):
        raise UsageError(f"{word!r} is no run", next_step="its number stands in: strideiq show ci")
    alike = [run for run in recent if int(number) in (run.id, run.number)]
    return alike[0] if alike else await ci.run(int(number))


def _job(jobs: tuple[Job, ...], run: WorkflowRun, name: str) -> Job:
    latest = tuple(job for job in jobs if job.attempt == max(one.attempt for one in jobs))
    found = next((job for job in latest if job.name == name), None) if name else first_to_read(latest)
    if found is None:
        known = ", ".join(job.name for job in latest) or "none yet"
        raise UsageError(f"run {run.number} has no job {name}".rstrip(), next_step=f"its jobs: {known}")
    return found
