"""What a run holds: its jobs of every attempt, and the steps of one job (R59, R62, R64)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from strideiq_console.domain.ci import CheckState, Job, WorkflowRun
from strideiq_console.domain.policy.ci_jobs import DEPLOY_PROVES_NOTHING, PROVES_NOTHING, JobPlace, is_deploy, matrix
from strideiq_console.domain.reading import Look
from strideiq_console.presentation.age import duration
from strideiq_console.presentation.cell import Cell, Column, Line, Row, Table, Tone
from strideiq_console.presentation.draw import width
from strideiq_console.presentation.environment_cells import check_tone
from strideiq_console.presentation.glyphs import Glyphs

_NONE = "–"


def jobs_table(run: WorkflowRun, jobs: Sequence[Job], now: datetime, glyphs: Glyphs) -> Table:
    """Return the job matrix of a run: the newest attempt in the document's order, then the earlier attempts.

    ``jobs`` may be those of every attempt. A row's key is the job's id; a job that the run does not have has its name as key.
    """
    newest = max((job.attempt for job in jobs), default=run.attempt)
    latest = tuple(job for job in jobs if job.attempt == newest)
    rows = [_place_row(place, now, glyphs) for place in matrix(run, latest)]
    earlier = sorted((job for job in jobs if job.attempt != newest), key=lambda job: (-job.attempt, job.id))
    rows += [_job_row(job, f"attempt {job.attempt}", now, glyphs) for job in earlier if job.state is not CheckState.SKIPPED]
    columns = (Column("", 2), Column("job", _widest(rows)), Column("took", 8), Column(""))
    notice = "" if rows else "the run has no jobs yet" if not run.state.finished else f"the run has no jobs: {run.state}"
    return Table(columns, tuple(rows), Look.FRESH, notice, f"{len(rows)}")


def _widest(rows: Sequence[Row]) -> int:
    return min(max((width(row.cells[1].text) for row in rows), default=17), 28) + 1


def _place_row(place: JobPlace, now: datetime, glyphs: Glyphs) -> Row:
    if place.job is None:
        return Row(place.name, tuple(Cell(part, Tone.MUTED) for part in (glyphs.none, place.name, _NONE, place.words)))
    return _job_row(place.job, place.words, now, glyphs)


def _job_row(job: Job, words: str, now: datetime, glyphs: Glyphs) -> Row:
    tone = check_tone(job.state)
    if job.state is CheckState.SUCCESS and is_deploy(job.name):
        tone = Tone.MUTED  # green would promise what it does not prove (R65)
    failure = job.first_failure()
    said = f"step {failure.number} {failure.name}" if failure and not words else words
    state = str(job.state) + (f": {said}" if said else "")
    if said == PROVES_NOTHING:
        state = f"{job.state}, echo"  # the line below the table says what that means
    stands = Cell(state, tone if job.state.red else Tone.MUTED)
    return Row(str(job.id), (Cell(glyphs.check(job.state), tone), Cell(job.name), Cell(took(job, now)), stands), job.url)


def took(job: Job, now: datetime) -> str:
    """Return how long a job ran; a dash for one that never did."""
    if job.started_at is None or job.started_at == job.completed_at or job.state is CheckState.SKIPPED:
        return _NONE
    return duration((job.completed_at or now) - job.started_at)


def steps_table(job: Job, glyphs: Glyphs) -> Table:
    """Return the steps of a job in order; a row's key is the step's number."""
    rows = tuple(
        Row(
            str(step.number),
            (
                Cell(glyphs.check(step.state), check_tone(step.state)),
                Cell(str(step.number), Tone.MUTED),
                Cell(step.name),
                Cell(str(step.state), check_tone(step.state) if step.state.red else Tone.MUTED),
            ),
            job.url,
        )
        for step in job.steps
    )
    notice = "" if rows else f"{job.name} is {job.state}: it has no steps"
    columns = (Column("", 2), Column("", 3, right=True), Column("step"), Column("", 12))
    return Table(columns, rows, Look.FRESH, notice, f"{len(rows)}")


def deploy_lines(jobs: Sequence[Job]) -> tuple[Line, ...]:
    """Say what a green deploy job does not prove (T17, R65)."""
    if not any(is_deploy(job.name) and job.state is CheckState.SUCCESS for job in jobs):
        return ()
    return ((Cell(f"{DEPLOY_PROVES_NOTHING[0].upper()}{DEPLOY_PROVES_NOTHING[1:]}.", Tone.MUTED),),)
