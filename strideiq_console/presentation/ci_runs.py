"""The CI noun, as a table of contents: its table, its preview, its acts, and how bad it is."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.ci import Job
from strideiq_console.domain.ci_standing import repeats
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.policy.ci_jobs import CI_BASES
from strideiq_console.domain.reading import Level
from strideiq_console.presentation.ci_acts import acts
from strideiq_console.presentation.ci_details import detail, job_lines
from strideiq_console.presentation.ci_rows import MOST_DOTS, MOST_ROWS, event_word, job_dots, missing_checks, run_of, runless, table
from strideiq_console.presentation.freshness import freshness

__all__ = ["MOST_DOTS", "acts", "detail", "event_word", "first_to_read", "job_dots", "job_lines", "level", "run_of", "table"]


def level(facts: Facts, now: datetime) -> Level:
    """Return how bad CI is: red at the newest run of main or staging, a check that never reports, a pull request without a run.

    Red work on a branch of its own is no alarm: that is what CI is for. What is old or missing is unknown, never green.
    """
    if not freshness(facts.runs, "runs", now).trusted:
        return Level.UNKNOWN
    runs = (facts.runs.value or ())[:MOST_ROWS]
    twice = repeats(runs)
    newest: dict[tuple[str, str], bool] = {}
    for run in sorted(runs, key=lambda run: run.id, reverse=True):
        if run.branch in CI_BASES and run.event == "push" and run.id not in twice and run.state.finished:
            newest.setdefault((run.name, run.branch), run.state.red)
    wrong = any(newest.values()) or bool(missing_checks(facts)) or bool(runless(facts, now))
    return Level.WARNING if wrong else Level.OK


def first_to_read(jobs: tuple[Job, ...]) -> Job | None:
    """Return the job whose log is read first: the first red one, else one that runs, else the first."""
    red = next((job for job in jobs if job.state.red), None)
    return red or next((job for job in jobs if not job.state.finished), jobs[0] if jobs else None)
