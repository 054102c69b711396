"""What can be done with rows of the CI panel: run again, cancel, start by hand, reopen; each through a runbook (R63)."""

from __future__ import annotations

from datetime import datetime, timedelta

from strideiq_console.domain.ci import WorkflowRun
from strideiq_console.domain.facts import Facts
from strideiq_console.presentation.acts import Act
from strideiq_console.presentation.ci_rows import pull_key, run_of, runless

RERUN_FOR = timedelta(days=30)
"""GitHub runs nothing again that is older than this."""


def acts(facts: Facts, keys: tuple[str, ...], now: datetime) -> tuple[Act, ...]:
    """Return what is offered for a run, a pull request without one, or several marked rows (then only what takes one is closed)."""
    if len(keys) != 1:
        return (Act("d", "start a workflow by hand", runbook="dispatch", why_not=""),)
    run = run_of(facts, keys[0])
    if run is None:
        return (*_reopen(facts, keys[0], now), Act("d", "start a workflow by hand", runbook="dispatch"))
    return (
        Act("f", "run the failed jobs again", "rerun", {"run": str(run.id), "jobs": "failed"}, why_not=_why_not_failed(run, now)),
        Act("r", "run all jobs again", "rerun", {"run": str(run.id), "jobs": "all"}, why_not=why_not_rerun(run, now)),
        Act("c", "cancel it", "cancel-run", {"run": str(run.id)}, why_not=why_not_cancel(run)),
        Act("d", f"start a workflow by hand on {run.branch}", "dispatch", {"ref": run.branch}),
        Act("l", "read its log", action="log", key="l"),
        Act("w", "say so when it ends", action="watch", why_not=_ended(run), key="w"),
    )


def why_not_rerun(run: WorkflowRun, now: datetime) -> str:
    """Say why a run cannot be run again, or ``""`` (R63)."""
    if not run.state.finished:
        return "it still runs: cancel it first (c), or wait (w)"
    if run.created_at is not None and now - run.created_at > RERUN_FOR:
        return "GitHub runs nothing again that is older than 30 days: push, or start it by hand (d)"
    return ""


def _why_not_failed(run: WorkflowRun, now: datetime) -> str:
    if run.state.finished and run.state.passes:
        return "no job of it is red: r runs all of them again"
    return why_not_rerun(run, now)


def why_not_cancel(run: WorkflowRun) -> str:
    """Say why a run cannot be cancelled, or ``""``."""
    return f"it has ended already: {run.state}" if run.state.finished else ""


def _ended(run: WorkflowRun) -> str:
    return "it has ended already" if run.state.finished else ""


def _reopen(facts: Facts, key: str, now: datetime) -> tuple[Act, ...]:
    one = next((one for one in runless(facts, now) if pull_key(one) == key), None)
    if one is None:
        return ()
    base = one.standing.pull.base
    wrong = f"CI does not run for pull requests into {base}: turn it to main or staging on its page first (o)"
    closed = "" if one.retargeted else wrong
    title = f"close #{one.standing.pull.number} and open it again, so that CI starts"
    return (Act("n", title, "reopen", {"pull": str(one.standing.pull.number)}, why_not=closed),)
