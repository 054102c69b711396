"""CI opened: run, jobs, steps, log, each by Enter, and back by Escape; acts and watching."""

from __future__ import annotations

from dataclasses import replace

from strideiq_console.domain.ci import CheckState, Job, JobStep
from strideiq_console.domain.ci_file import CiFile, CiRemark
from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.pull_request import Protection
from strideiq_console.ui.panels.ci import CiZoom
from strideiq_console.ui.screens.log import LogScreen
from strideiq_console.ui.screens.pick import PickDialog

from .conftest import Make
from .driving import press, screen_text, settled
from .made_facts import F, R, S, ago, facts, pull, seen

LOG = ("##[group]Run", *(f"t{n} ok" for n in range(20)), "E   assert 0", "##[error]Process completed with exit code 1.")


def said(text: str) -> str:
    """Return the right half of the screen as one line."""
    return " ".join(" ".join(line[67:119] for line in text.splitlines()).split())


async def test_enter_goes_in_three_times_and_escape_comes_back(make: Make) -> None:
    app = make()
    app.services.log = LOG  # type: ignore[attr-defined]
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "3", "enter", "g", "j", "j")
        zoom = app.screen
        assert isinstance(zoom, CiZoom)
        assert zoom.run is not None
        assert zoom.run.number == 1839
        assert "Enter reads the end of what failed." in said(screen_text(app))
        await press(pilot, "enter")
        shown = said(screen_text(app))
        assert "backend-test: step 2 Run" in shown
        assert "✖ E assert 0" in shown
        assert zoom._inside.has_focus
        assert zoom.job is not None
        assert zoom.job.name == "backend-test", "the cursor goes to what failed"
        await press(pilot, "enter")
        assert "backend-test: its steps" in said(screen_text(app))
        await press(pilot, "enter")
        assert isinstance(app.screen, LogScreen)
        await press(pilot, "escape", "escape")
        assert "its steps" not in said(screen_text(app))
        assert zoom.job.name == "backend-test", "back on the job that one came from"
        await press(pilot, "escape")
        assert zoom.panel.view.has_focus
        await press(pilot, "escape")
        assert app.screen is not zoom


async def test_e_opens_the_log_at_the_failure_and_l_at_its_end(make: Make) -> None:
    app = make()
    app.services.log = LOG  # type: ignore[attr-defined]
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "3", "enter", "g", "j", "j", "e")
        assert isinstance(app.screen, LogScreen)
        assert "lines of step Run" in screen_text(app)
        await press(pilot, "escape", "enter", "k", "l")
        assert isinstance(app.screen, LogScreen)
        assert app.services.ci.opened[-1].name == "backend-lint"


async def test_a_log_that_cannot_be_read_leaves_the_jobs(make: Make) -> None:
    app = make()
    gone = OutsideError(Fault(FaultKind.MISSING, "github", "GitHub: its log is no longer kept (410)", "", "Open the job"))

    async def broken(job: Job, lines: int) -> tuple[str, ...]:
        raise gone

    async with app.run_test(size=(120, 36)) as pilot:
        app.services.ci.log_end = broken  # type: ignore[method-assign]
        await press(pilot, "3", "enter", "g", "j", "j", "enter")
        shown = said(screen_text(app))
        assert "its log is no longer kept" in shown
        assert "frontend-build" in shown


async def test_earlier_attempts_stand_below_and_name_what_is_flaky(make: Make) -> None:
    app, runs = make(), facts().runs
    first = (runs.value or ())[1]
    again = replace(first, attempt=2, jobs=None)
    steps = (JobStep(1, "Run", F),)
    app.services.current = facts(runs=replace(runs, value=(again,)))  # type: ignore[attr-defined]
    app.services.job_list = (  # type: ignore[attr-defined]
        Job(2, "backend-test", S, ago(minutes=9), ago(minutes=8), attempt=2),
        Job(1, "backend-test", F, ago(minutes=20), ago(minutes=19), steps=steps, attempt=1),
    )
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "3", "enter", "enter")
        shown = said(screen_text(app))
        assert "failure: attempt 1" in shown
        assert "perhaps flaky: backend-test was red 1 of 2 times" in shown


async def test_what_never_reports_and_what_has_no_run_stand_on_top(make: Make) -> None:
    expected = pull(47, "Y", "feature/y", "staging", CheckState.EXPECTED)
    lone = replace(expected, pull=replace(expected.pull, head_sha="9" * 40), checks=replace(expected.checks, sha="9" * 40))  # type: ignore[type-var, arg-type]
    rules = Protection("main", "classic", True, 1, ("backend-lint", "backend-tests"), True, False, False, False)
    app = make(pulls=seen("github", (lone,)), protections=seen("github", (rules,)))
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "3", "enter", "g")
        shown = said(screen_text(app))
        assert "backend-tests: expected for ever" in shown
        assert "backend-test is nearly the same: was it renamed?" in shown
        await press(pilot, "j")
        assert "No CI for this base: it was turned to staging" in said(screen_text(app))
        await press(pilot, "enter", "a")
        assert isinstance(app.screen, PickDialog)
        assert "close #47 and open it again" in screen_text(app)


async def test_ci_yml_is_said_where_it_makes_green_mean_less(make: Make) -> None:
    app = make()
    app.services.ci.workflow = CiFile(
        remarks=[CiRemark(7, "backend-lint: continue-on-error on a job: it is green whatever happens")]
    )
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "3", "enter")
        assert "green whatever happens (line 7)" in said(screen_text(app))


async def test_acts_say_why_they_are_closed(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "3", "enter", "g", "j", "a")
        text = screen_text(app)
        assert "no job of it is red" in text
        assert "it has ended already: success" in text


async def test_watching_tells_when_the_run_has_ended_wherever_one_is_by_then(make: Make) -> None:
    app = make()
    rang: list[int] = []
    async with app.run_test(size=(120, 36), notifications=True) as pilot:
        app.bell = lambda: rang.append(1)  # type: ignore[method-assign]
        await press(pilot, "3", "enter", "g")
        assert isinstance(app.screen, CiZoom)
        assert app.screen.run is not None
        assert app.screen.run.state is R
        await press(pilot, "w", "w", "escape")
        assert rang == []
        app.services.ci.ending = replace((facts().runs.value or ())[0], state=F)
        app.services.ci.over.set()
        await settled(pilot)
        await pilot.pause()
        assert rang == [1], "told once, though w was pressed twice"
        text = screen_text(app)
        assert "run 1841 of hotfix/fix-auth-crash: failure" in text


async def test_an_ended_run_cannot_be_watched(make: Make) -> None:
    app = make()
    async with app.run_test(size=(120, 36)) as pilot:
        await press(pilot, "3", "enter", "g", "j")
        assert isinstance(app.screen, CiZoom)
        assert app.screen.why_not("watch") == "it has ended already"
        assert app.screen.why_not("failure") == "nothing of this run is red"


async def test_eighty_columns_put_the_run_below_the_list(make: Make) -> None:
    app = make()
    app.services.log = LOG  # type: ignore[attr-defined]
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "3", "enter", "g", "j", "j", "enter")
        text = screen_text(app)
        assert all(len(line) <= 80 for line in text.splitlines())
        assert "backend-test" in text
        await press(pilot, "enter")
        assert "backend-test: its steps" in screen_text(app), "the steps are in sight, not what stood further down before"
