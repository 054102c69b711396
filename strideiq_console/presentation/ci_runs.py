"""The CI panel: workflow runs with a dot per job (R59-R65). A deploy job here is no proof of a deployment."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.ci import Job, WorkflowRun
from strideiq_console.domain.facts import Facts
from strideiq_console.presentation.age import age_words, duration
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone, text
from strideiq_console.presentation.environment_cells import check_tone
from strideiq_console.presentation.freshness import freshness
from strideiq_console.presentation.glyphs import Glyphs

_EVENTS = {
    "pull_request": "PR",
    "pull_request_target": "PR",
    "workflow_dispatch": "hand",
    "schedule": "time",
    "merge_group": "queue",
}
MOST_DOTS = 7


def table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return the newest runs first, as GitHub lists them."""
    fresh = freshness(facts.runs, "runs", now)
    runs = facts.runs.value or ()
    digits = max((len(str(run.number)) for run in runs), default=1)
    columns = (
        Column("", 2),
        Column("run", max(digits, 3) + 1),
        Column("branch"),
        Column("event", 6),
        Column("jobs", 11 if narrow else 8),
        Column("took", 7),
        Column("age", 11 if narrow else 6),
    )
    rows = tuple(_row(run, now, glyphs, narrow) for run in runs)
    notice = fresh.notice
    if not notice and not rows:
        notice = "GitHub has no workflow run for this repository yet: the first push starts one."
    return Table(columns, rows, fresh.look, notice, f"{len(rows)}", fresh.age)


def _row(run: WorkflowRun, now: datetime, glyphs: Glyphs, narrow: bool) -> Row:
    took = run.duration(now)
    at = run.created_at
    age = "–" if at is None else age_words(now - at) + (" ago" if narrow else "")
    tone = check_tone(run.state)
    return Row(
        str(run.id),
        (
            Cell(glyphs.check(run.state), tone),
            Cell(str(run.number)),
            Cell(run.branch),
            Cell(event_word(run.event), Tone.MUTED),
            Cell(job_dots(run, glyphs), tone),
            Cell("–" if took is None else duration(took)),
            Cell(age, Tone.MUTED),
        ),
        run.url,
    )


def event_word(event: str) -> str:
    """Return the short word for what started a run."""
    return _EVENTS.get(event, event)


def job_dots(run: WorkflowRun, glyphs: Glyphs) -> str:
    """Return one mark per job; a count when there are too many, and the state in words while jobs are not known."""
    if run.jobs is None:
        return str(run.state) if run.state.red else glyphs.none
    if len(run.jobs) <= MOST_DOTS:
        return "".join(glyphs.dot(job.state) for job in run.jobs) or glyphs.none
    passed = sum(job.state.passes for job in run.jobs)
    return f"{passed}/{len(run.jobs)}"


def detail(facts: Facts, key: str, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return the preview of one run: commit, actor, attempt, jobs, and the first failing step of each red job."""
    run = next((r for r in facts.runs.value or () if str(r.id) == key), None)
    if run is None:
        return ()
    who = f" by {run.actor}" if run.actor else ""
    attempt = f", attempt {run.attempt}" if run.attempt > 1 else ""
    lines: list[Line] = [
        text(Cell(f"{glyphs.check(run.state)} {run.name} {run.number}", check_tone(run.state)), f"  {run.state}{attempt}"),
        text(f"{run.sha[:7]} {run.title}"),
        text(Cell(f"{run.branch}, {event_word(run.event)}{who}", Tone.MUTED)),
        (Cell(run.url, Tone.MUTED),),
        (),
    ]
    if run.jobs is None:
        lines.append((Cell("Jobs have not been read yet: enter reads them.", Tone.MUTED),))
    for job in run.jobs or ():
        lines.extend(job_lines(job, now, glyphs))
    return tuple(lines)


def job_lines(job: Job, now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return a job with its time, and under it the first step that failed (R62)."""
    took = ""
    if job.started_at is not None:
        took = "  " + duration((job.completed_at or now) - job.started_at)
    lines: list[Line] = [text(Cell(f"{glyphs.check(job.state)} {job.name}", check_tone(job.state)), f"  {job.state}{took}")]
    failure = job.first_failure()
    if failure is not None:
        lines.append((Cell(f"    first failure: step {failure.number} {failure.name}", Tone.CRITICAL),))
    return tuple(lines)
