"""Watching: somebody is told when a run or a runbook's wait has ended, by a toast, by the bell, and in the terminal's title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App

from strideiq_console.domain.ci import WorkflowRun
from strideiq_console.domain.fault import ConsoleError
from strideiq_console.domain.runbook.standing import Awaits, Standing
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.presentation.age import clock, duration
from strideiq_console.presentation.glyphs import Glyphs

if TYPE_CHECKING:
    from strideiq_console.services.console import Console

STAYS = 60.0
"""Seconds that the toast stays: whoever waits looks away."""


def watch_run(app: App[Any], services: Console, run: WorkflowRun, glyphs: Glyphs) -> None:
    """Wait for a run in the background of the whole console, whatever screen stands in front; a second time does nothing more."""
    group = f"watch-{run.id}"
    if any(worker.group == group and worker.is_running for worker in app.workers):
        app.notify(f"Run {run.number} is watched already.", timeout=3, markup=False)
        return
    app.notify(f"Run {run.number} of {run.branch}: you are told when it ends.", title="Watching", timeout=4, markup=False)
    app.run_worker(_until_the_end(app, services, run, glyphs), group=group, exit_on_error=False)


async def _until_the_end(app: App[Any], services: Console, run: WorkflowRun, glyphs: Glyphs) -> None:
    try:
        ended = await services.ci.ended(run.id)
    except ConsoleError as error:
        app.notify(error.sentence(), title=f"Run {run.number} is no longer watched", severity="error", timeout=STAYS, markup=False)
        return
    now = services.clock.now()
    took = ended.duration(now)
    words = f"{glyphs.check(ended.state)} run {ended.number} of {ended.branch}: {ended.state}"
    said = glyphs.plain(words + (f" after {duration(took)}" if took is not None else ""))
    tell(app, said, title="CI has ended", bad=ended.state.red, at=clock(now, now))
    services.refresh("runs")


def tell_of(app: App[Any], standing: Standing) -> None:
    """Say that a runbook's wait is over: it has ended, or stands at a step that wants a person."""
    execution, record = standing.execution, standing.record
    ended = execution.ended is not None or record is None
    name = execution.plan.title
    words = f"{name} stands at: {record.step.title}" if record is not None and not ended else f"{name}: {execution.state}"
    bad = standing.awaits in (Awaits.GATE, Awaits.CHOICE, Awaits.LEASE)
    tell(app, words, title="The runbook has ended" if ended else "The runbook wants you", bad=bad)


def tell(app: App[Any], words: str, *, title: str, bad: bool, at: str = "") -> None:
    """Say that something has ended: a toast that stays, the bell, and the terminal's title, with the time of day if it is told."""
    app.notify(words, title=title, severity="error" if bad else "information", timeout=STAYS, markup=False)
    app.bell()
    name_terminal(app, f"{words} · {at}" if at else words)


def name_terminal(app: App[Any], words: str) -> None:
    """Write the terminal's title; a terminal multiplexer shows it beside the window's number."""
    driver = app._driver  # the way that Textual's own copy_to_clipboard takes: there is no public one
    if driver is not None and not app.is_headless:
        driver.write(f"\x1b]2;{clean_line(words, limit=120)}\x07")
