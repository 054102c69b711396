"""Start a workflow file by hand, on a branch, with inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.fault import BlockedError
from strideiq_console.domain.runbook.dispatch import pairs
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Action, Ask, Findings, Ports, Seen, happened, not_yet, under_way
from strideiq_console.services.actions.ci_runs import within

EVENT = "workflow_dispatch"


class Dispatch(Action):
    """Start ``workflow`` on the branch ``ref``, which stood at ``sha``, with ``values``. Gives ``run`` (its id) and ``number``."""

    verb = Verb.DISPATCH
    precondition = "the workflow is switched on, and the branch stands where the plan says"
    end_state = "a run that was started by hand, of this workflow on this branch, newer than any before"
    natural_key = "workflow, branch, and the newest run by hand before the intention"
    recovery = "cancel the run with the runbook cancel-run"
    least_level = 2

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Look at the workflow, the branch, and which runs there are."""
        name, ref = ask.need("workflow"), ask.need("ref")
        known = await ports.host.workflows.all()
        found = next((one for one in known if one.path.rsplit("/", 1)[-1] == name), None)
        if found is None:
            return Findings(reasons=(f"GitHub knows no workflow {name}: {', '.join(w.path.rsplit('/', 1)[-1] for w in known)}",))
        if not found.active:
            return Findings(reasons=(f"{name} is switched off ({found.state}): switch it on on its page",))
        tip = await ports.host.rules.tip(ref)
        if tip != ask.need("sha"):
            moved = f"{ref} moved to {short_sha(tip)}" if tip else f"{ref} is gone"
            return Findings(reasons=(f"{moved} since it was planned: plan again",))
        newest = max((run.id for run in await ports.host.workflows.runs(name, branch=ref)), default=0)
        return Findings(observed={"newest": newest, "at": ports.clock.now().isoformat()})

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what starts, with which inputs."""
        given = ", ".join(f"{name}={value}" for name, value in sorted(_inputs(ask).items()))
        words = f"start {ask.get('workflow')} on {ask.get('ref')} at {short_sha(ask.get('sha'))}" + (
            f" with {given}" if given else ""
        )
        command = f"POST /repos/{ports.repository}/actions/workflows/{ask.get('workflow')}/dispatches ref={ask.get('ref')}"
        return (Effect(words, command),)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Ask for it, once."""
        await ports.host.run_control.dispatch(ask.need("workflow"), ask.need("ref"), _inputs(ask))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Look for a run by hand that was not there at the intention; GitHub may take a moment to list it."""
        runs = await ports.host.workflows.runs(ask.need("workflow"), branch=ask.need("ref"))
        newer = [run for run in runs if run.event == EVENT and run.id > int(observed.get("newest", 0))]
        if newer:
            first = min(newer, key=lambda run: run.id)
            return happened(run=first.id, number=first.number)
        if within(ports, observed):
            return under_way("GitHub has not listed the run yet")
        return not_yet("no run was started")


def _inputs(ask: Ask) -> dict[str, str]:
    try:
        return pairs(ask.get("values"))
    except ValueError as error:
        raise BlockedError(f"the inputs cannot be read: {error}", next_step="write them as name=value") from error
