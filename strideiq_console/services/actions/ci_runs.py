"""Steer a run of GitHub Actions: run it again, or cancel it (R63)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from strideiq_console.domain.ci import CheckState, WorkflowRun
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, lost, not_yet, under_way

RERUN_FOR = timedelta(days=30)
"""GitHub runs nothing again that is older than this."""
HEARD_WITHIN = timedelta(seconds=60)
"""What GitHub has taken on shows within a minute; what does not was not asked for."""


class Rerun(Action):
    """Run ``jobs`` (``failed`` or ``all``) of ``run`` again, which stood at ``attempt``. Gives ``run`` and the new ``attempt``."""

    verb = Verb.RERUN
    precondition = (
        "the run has ended, is younger than 30 days, stands at the planned attempt, and has a red job if those are wanted"
    )
    end_state = "the run has a newer attempt than the planned one"
    natural_key = "the run's id and the attempt that it stood at"
    recovery = "cancel the new attempt with the runbook cancel-run; the earlier one stays to be read"
    least_level = 2

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Look whether GitHub would run it again."""
        run = await ports.host.run_details.run(ask.number("run"))
        if run.attempt > ask.number("attempt"):
            return Findings(already={"run": run.id, "attempt": run.attempt})
        if not run.state.finished:
            return Findings(reasons=(f"run {run.number} still runs: cancel it first, or wait",))
        if run.created_at is not None and ports.clock.now() - run.created_at > RERUN_FOR:
            return Findings(reasons=(f"run {run.number} is older than 30 days: push, or start the workflow by hand",))
        if ask.get("jobs") == "failed" and run.state.passes:
            return Findings(reasons=(f"no job of run {run.number} is red: run all of them again instead",))
        return Findings(notes=(f"run {run.number} is {run.state}, attempt {run.attempt}",))

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say which jobs run again."""
        which = "the failed jobs, and those that wait for them," if ask.get("jobs") == "failed" else "all jobs"
        deed = "rerun-failed-jobs" if ask.get("jobs") == "failed" else "rerun"
        command = f"POST /repos/{ports.repository}/actions/runs/{ask.get('run')}/{deed}"
        return (Effect(f"run {which} again, as a new attempt on the same commit", command),)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Ask for it, once."""
        control, run = ports.host.run_control, ask.number("run")
        await (control.rerun_failed(run) if ask.get("jobs") == "failed" else control.rerun(run))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look for the newer attempt."""
        run = await ports.host.run_details.run(ask.number("run"))
        if run.attempt > ask.number("attempt"):
            return happened(run=run.id, attempt=run.attempt)
        return not_yet(f"run {run.number} stands at attempt {run.attempt}")


class CancelRun(Action):
    """Cancel ``run`` at ``attempt``. Gives ``run`` and how it ended."""

    verb = Verb.CANCEL_RUN
    precondition = "the run has not ended, and stands at the planned attempt"
    end_state = "the run has ended as cancelled"
    natural_key = "the run's id and its attempt"
    recovery = "run it again with the runbook rerun"
    least_level = 2

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Look whether there is anything to cancel."""
        run = await ports.host.run_details.run(ask.number("run"))
        if run.attempt != ask.number("attempt"):
            return Findings(reasons=(f"run {run.number} is at attempt {run.attempt} by now: plan again",))
        if run.state is CheckState.CANCELLED:
            return Findings(already={"run": run.id, "state": str(run.state)})
        if run.state.finished:
            return Findings(reasons=(f"run {run.number} has ended already: {run.state}",))
        return Findings(observed={"at": ports.clock.now().isoformat()}, notes=(f"run {run.number} is {run.state}",))

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what ends."""
        command = f"POST /repos/{ports.repository}/actions/runs/{ask.get('run')}/cancel"
        return (Effect("cancel the run: its jobs end as cancelled", command),)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Ask for it, once; it ends some time after."""
        await ports.host.run_control.cancel(ask.number("run"))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look how it ended. A run does not say that it is being cancelled, so within a minute it may still be."""
        run = await ports.host.run_details.run(ask.number("run"))
        if run.attempt == ask.number("attempt") and run.state is CheckState.CANCELLED:
            return happened(run=run.id, state=str(run.state))
        if run.attempt != ask.number("attempt") or run.state.finished:
            return lost(f"{_at(run)} ended as {run.state} before it could be cancelled")
        if within(ports, observed):
            return under_way(f"{_at(run)} still ends")
        return not_yet(f"{_at(run)} is {run.state}")


def within(ports: Ports, observed: Mapping[str, Any]) -> bool:
    """Say whether the intention is so young that GitHub may not show its deed yet."""
    try:
        return ports.clock.now() - datetime.fromisoformat(str(observed.get("at", ""))) < HEARD_WITHIN
    except ValueError:
        return False


def _at(run: WorkflowRun) -> str:
    return f"run {run.number}, attempt {run.attempt},"
