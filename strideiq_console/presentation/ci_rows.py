"""The rows of the CI panel: workflow runs with a dot per job, and above them what has no run or never reports (R59-R61)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache, partial

from strideiq_console.domain.ci import CheckState, WorkflowRun
from strideiq_console.domain.ci_standing import NeverMatched, NoRun, never_matched, repeats, without_run
from strideiq_console.domain.facts import Facts
from strideiq_console.presentation.age import age_words, duration
from strideiq_console.presentation.cell import Cell, Column, Row, Table, Tone
from strideiq_console.presentation.environment_cells import check_tone
from strideiq_console.presentation.freshness import freshness
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.kept_rows import KeptRows, Parts

_EVENTS = {
    "pull_request": "PR",
    "pull_request_target": "PR",
    "workflow_dispatch": "hand",
    "schedule": "time",
    "merge_group": "queue",
}
MOST_DOTS = 7
MOST_ROWS = 1000
"""Runs in the table: making more rows than that takes longer than a key may wait. The footer says how many there are."""
LOOKED_AT = 200
"""Newest runs whose job names are compared with what is required: an older run says nothing of today's workflow."""
_NOTHING = Cell("–", Tone.MUTED)


def table(facts: Facts, now: datetime, glyphs: Glyphs, *, narrow: bool = False) -> Table:
    """Return what will never report and what has no run first, then the newest runs first, as GitHub lists them."""
    fresh = freshness(facts.runs, "runs", now)
    runs = facts.runs.value or ()
    digits = len(str(max((run.number for run in runs[:MOST_ROWS]), default=0)))
    columns = (
        Column("", 2),
        Column("run", max(digits, 3) + 1),
        Column("branch"),
        Column("event", 6),
        Column("jobs", 8),
        Column("took", 8 if narrow else 7),
        Column("age", 10 if narrow else 6),
    )
    shown = runs[:MOST_ROWS]
    twice, kept = repeats(shown), _kept(glyphs.name, narrow)
    rows = (
        *(_check_row(one, glyphs) for one in missing_checks(facts)),
        *(_no_run_row(one, now, glyphs, narrow) for one in runless(facts, now)),
        *kept.renewed((), (_parts(run, now, run.id in twice) for run in shown), partial(_row, glyphs, narrow)),
    )
    notice = fresh.notice
    if not notice and not rows:
        notice = "GitHub has no workflow run for this repository yet: the first push starts one."
    word = "run" if len(rows) == len(shown) else "row"
    count = _count(len(rows), word) if len(shown) == len(runs) else f"newest {len(shown)} of {len(runs)}"
    return Table(columns, rows, fresh.look, notice, count if facts.runs.value is not None else "", fresh.age)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' if number != 1 else ''}"


def missing_checks(facts: Facts) -> tuple[NeverMatched, ...]:
    """Return the required checks that no job bears (R24); none while rules or jobs are not known."""
    return never_matched(facts.protections.value or (), (facts.runs.value or ())[:LOOKED_AT])


def runless(facts: Facts, now: datetime) -> tuple[NoRun, ...]:
    """Return the open pull requests that no CI ran for (R60); none while runs are not known."""
    return () if facts.runs.value is None else without_run(facts.pulls.value or (), facts.runs.value, now)


def check_key(one: NeverMatched) -> str:
    """Return the row key of a check that never reports."""
    return f"check:{one.branch}/{one.name}"


def pull_key(one: NoRun) -> str:
    """Return the row key of a pull request without a run."""
    return f"pull:{one.standing.pull.number}"


def run_of(facts: Facts, key: str) -> WorkflowRun | None:
    """Return the run that a row is about."""
    number = int(key) if key.isdecimal() else None
    return None if number is None else next((run for run in facts.runs.value or () if run.id == number), None)


def _check_row(one: NeverMatched, glyphs: Glyphs) -> Row:
    words = Cell(f"{one.name} required by {one.branch}", Tone.WARNING)
    state = Cell("no job", Tone.WARNING)
    mark, kind = Cell(glyphs.warn, Tone.WARNING), Cell("check", Tone.MUTED)
    return Row(check_key(one), (mark, _NOTHING, words, kind, state, _NOTHING, _NOTHING))


def _no_run_row(one: NoRun, now: datetime, glyphs: Glyphs, narrow: bool) -> Row:
    pull = one.standing.pull
    at = pull.updated_at or pull.created_at
    return Row(
        pull_key(one),
        (
            Cell(glyphs.warn, Tone.WARNING),
            Cell(f"#{pull.number}"),
            Cell(f"{pull.head} → {pull.base}"),
            Cell("PR", Tone.MUTED),
            Cell("no CI", Tone.WARNING),
            _NOTHING,
            Cell("–" if at is None else age_words(now - at) + (" ago" if narrow else ""), Tone.MUTED),
        ),
        pull.url,
    )


@lru_cache(maxsize=4)
def _kept(glyphs: str, narrow: bool) -> KeptRows:
    """Return the rows of the last table that was made for these glyphs, and as narrow."""
    return KeptRows()


def _parts(run: WorkflowRun, now: datetime, twice: bool) -> tuple[str, Parts]:
    took, at = run.duration(now), run.created_at
    return str(run.id), (run, twice, None if took is None else duration(took), None if at is None else age_words(now - at))


def _row(glyphs: Glyphs, narrow: bool, run: WorkflowRun, twice: bool, took: str | None, since: str | None) -> Row:
    age = "–" if since is None else since + (" ago" if narrow else "")
    tone = Tone.MUTED if twice else check_tone(run.state)
    return Row(
        str(run.id),
        (
            Cell(glyphs.check(run.state), tone),
            Cell(str(run.number)),
            Cell(run.branch, Tone.MUTED if twice else Tone.PLAIN),
            Cell(event_word(run.event), Tone.MUTED),
            Cell(job_dots(run, glyphs), tone),
            Cell("–" if took is None else took),
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
        return "".join(glyphs.dot(job.state) for job in run.jobs) or _no_jobs(run, glyphs)
    passed = sum(job.state.passes for job in run.jobs)
    return f"{passed}/{len(run.jobs)}"


def _no_jobs(run: WorkflowRun, glyphs: Glyphs) -> str:
    """Return a word for a run that has no job: a workflow file that cannot be read starts none."""
    return "no job" if run.state is CheckState.STARTUP_FAILURE or run.state.red else glyphs.none
