"""What there is to say of one row of the CI panel: a run, a pull request without one, a check that never reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from strideiq_console.domain.ci import Job, WorkflowRun
from strideiq_console.domain.ci_file import CiFile
from strideiq_console.domain.ci_standing import Flaky, NeverMatched, NoRun, flaky, repeats, trend
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.log_extract import Extract, LineLevel, level_of, shown
from strideiq_console.presentation.age import duration
from strideiq_console.presentation.cell import Cell, Line, Tone, text
from strideiq_console.presentation.chart import sparkline
from strideiq_console.presentation.ci_rows import check_key, event_word, missing_checks, pull_key, run_of, runless
from strideiq_console.presentation.environment_cells import check_tone
from strideiq_console.presentation.glyphs import Glyphs

REOPEN = "close it and open it again (a, then n): that starts CI, where an empty commit would only add noise"


def detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return the preview of one row: commit, actor, attempt, jobs, and the first failing step of each red job."""
    head = summary(facts, key, now, glyphs)
    run = run_of(facts, key)
    if run is None:
        return head
    if run.jobs is None:
        return (*head, (), (Cell("Jobs have not been read yet: enter reads them.", Tone.MUTED),))
    return (*head, (), *(line for job in run.jobs for line in job_lines(job, now, glyphs)))


def summary(facts: Facts, key: str, now: datetime, glyphs: Glyphs, jobs: Sequence[Job] = ()) -> tuple[Line, ...]:
    """Return what a row is about without its jobs; ``jobs`` are those of every attempt, where they were read."""
    for check in missing_checks(facts):
        if check_key(check) == key:
            return _check_lines(check, glyphs)
    for one in runless(facts, now):
        if pull_key(one) == key:
            return _pull_lines(one, glyphs)
    run = run_of(facts, key)
    return () if run is None else _run_lines(facts, run, now, glyphs, jobs)


def _check_lines(check: NeverMatched, glyphs: Glyphs) -> tuple[Line, ...]:
    renamed = f"; {check.nearest} is nearly the same: was it renamed?" if check.nearest else ""
    return (
        text(Cell(f"{glyphs.warn} {check.name}: expected for ever", Tone.WARNING)),
        text(f"{check.branch} requires this check, and no job of any finished run has that name{renamed}."),
        text(f"Until they agree, nothing can be merged into {check.branch}."),
        (),
        text(Cell("Rename the job in ci.yml, or require the right name: W, protect.", Tone.ACCENT)),
    )


def _pull_lines(one: NoRun, glyphs: Glyphs) -> tuple[Line, ...]:
    pull = one.standing.pull
    help_ = REOPEN if one.retargeted else "turn it to main or staging on its page (o), then close it and open it again (a, then n)"
    return (
        text(Cell(f"{glyphs.warn} #{pull.number} {pull.title}", Tone.WARNING)),
        text(f"{pull.head} → {pull.base}, {pull.head_sha[:7]}"),
        (),
        text(f"{one.reason[0].upper()}{one.reason[1:]}."),
        text(Cell(f"{help_[0].upper()}{help_[1:]}.", Tone.ACCENT)),
    )


def _run_lines(facts: Facts, run: WorkflowRun, now: datetime, glyphs: Glyphs, jobs: Sequence[Job]) -> tuple[Line, ...]:
    who = f" by {run.actor}" if run.actor else ""
    attempt = f", attempt {run.attempt}" if run.attempt > 1 else ""
    runs = facts.runs.value or ()
    lines: list[Line] = [
        text(Cell(f"{glyphs.check(run.state)} {run.name} {run.number}", check_tone(run.state)), f"  {run.state}{attempt}"),
        text(f"{run.sha[:7]} {run.title}"),
        text(Cell(f"{run.branch}, {event_word(run.event)}{who}", Tone.MUTED)),
        (Cell(run.url.removeprefix("https://"), Tone.MUTED, run.url),),
    ]
    same = [one for one in runs if one.sha == run.sha]  # only these can be the same run twice, or say that a job is flaky
    of = repeats(same).get(run.id)
    other = next((one for one in same if one.id == of), None)
    if other is not None:
        lines.append((Cell(f"Counted once, with {event_word(other.event)} run {other.number} of the same commit.", Tone.MUTED),))
    lines += trend_lines(runs, run, glyphs)
    lines += flaky_lines(flaky(same, jobs, sha=run.sha), glyphs)
    return tuple(lines)


def trend_lines(runs: Iterable[WorkflowRun], run: WorkflowRun, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return how long such a run usually takes; nothing below three green runs, which say nothing."""
    found = trend(runs, run)
    if found.usual is None:
        return ()
    usual = duration(timedelta(seconds=found.usual))
    words = f"usually {usual}  {sparkline(found.seconds, glyphs)}  n={len(found.seconds)} green runs"
    return ((Cell(words, Tone.MUTED),),)


def flaky_lines(found: Iterable[Flaky], glyphs: Glyphs) -> tuple[Line, ...]:
    """Return which jobs were red and green on this very commit."""
    return tuple(
        (Cell(f"{glyphs.warn} perhaps flaky: {one.name} was red {one.failed} of {one.tries} times on {one.sha[:7]}", Tone.WARNING),)
        for one in found
    )


def file_lines(found: CiFile | None, glyphs: Glyphs, branch: str) -> tuple[Line, ...]:
    """Return what ci.yml at ``branch`` says that makes a green run mean less (R68); nothing where there is nothing to say."""
    if found is None or not found.remarks:
        return ()
    lines: list[Line] = [(), (Cell(f"ci.yml at {branch}, read line by line", Tone.MUTED),)]
    for remark in found.remarks:
        where = f" (line {remark.line})" if remark.line else ""
        lines.append((Cell(f"{glyphs.warn} {remark.words}{where}", Tone.WARNING),))
    return tuple(lines)


def job_lines(job: Job, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return a job with its time, and under it the first step that failed (R62)."""
    took = ""
    if job.started_at is not None and job.started_at != job.completed_at:
        took = "  " + duration((job.completed_at or now) - job.started_at)
    lines: list[Line] = [text(Cell(f"{glyphs.check(job.state)} {job.name}", check_tone(job.state)), f"  {job.state}{took}")]
    failure = job.first_failure()
    if failure is not None:
        lines.append((Cell(f"    first failure: step {failure.number} {failure.name}", Tone.CRITICAL),))
    return tuple(lines)


BEFORE_ERROR = 3
IN_PREVIEW = 24


def failure_lines(job: Job, part: Extract | None, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return what stands above the end of a log: the step that failed, and what a head gate says (S9)."""
    failure = job.first_failure()
    step = f"step {failure.number} {failure.name}" if failure else "no step is red"
    lines: list[Line] = [(Cell(f"{glyphs.bad} {job.name}: {step}", Tone.CRITICAL),)]
    if part is None:
        return (*lines, (Cell("No line of its log says what failed: l reads it.", Tone.MUTED),))
    if part.head_gate:
        lines.append((Cell(f"Head gate: {part.head_gate}.", Tone.WARNING),))
        advice = "The migrations have another head than the code names: name the new one, or merge the two revisions."
        lines.append((Cell(advice, Tone.ACCENT),))
    return tuple(lines)


def extract_lines(part: Extract, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return the end of the step that failed, at most 50 lines, its error lines marked (R62)."""
    total = f"{part.start + len(part.lines):,}".replace(",", " ")
    head = (Cell(f"last {len(part.lines)} of {total} lines", Tone.MUTED),)
    return (head, *(_marked(line, glyphs) for line in part.lines))


def error_lines(part: Extract, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return what fits a preview: from shortly before the first error on."""
    begin = max(part.first_error - part.start - BEFORE_ERROR, 0)
    kept = part.lines[begin : begin + IN_PREVIEW]
    at = f"{part.start + begin + 1:,}".replace(",", " ")
    head = (Cell(f"from line {at}; ", Tone.MUTED), Cell("e", Tone.ACCENT), Cell(f" last {len(part.lines)} lines", Tone.MUTED))
    return (head, *(_marked(line, glyphs) for line in kept))


def _marked(line: str, glyphs: Glyphs) -> Line:
    bad = level_of(line) is LineLevel.ERROR
    return (Cell(f"{glyphs.bad if bad else ' '} {shown(line)}", Tone.CRITICAL if bad else Tone.PLAIN),)
