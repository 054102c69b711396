"""Which log explains an environment: of a deployment that failed or is on its way, else of CI for what serves."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.ci import WorkflowRun
from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.facts import Facts
from strideiq_console.presentation.environment_state import environment_state


def log_of(facts: Facts, name: str, now: datetime) -> Deployment | WorkflowRun | str:
    """Return what to read the log of, or the sentence that says why there is none."""
    environment = next((one for one in facts.environments if one.name == name), None)
    if environment is None:
        return f"there is no environment {name}"
    if environment.local:
        return "nothing is deployed here: the processes of this machine write into their own terminals"
    state = environment_state(facts, environment, now)
    wanted = [part.latest for part in state.components if (part.failed or part.moving) and part.latest is not None]
    if wanted:
        return wanted[0]
    shas = [sha for sha in (*state.shas, state.head) if sha is not None]
    runs = [run for sha in shas for run in facts.runs.value or () if run.sha == sha]
    run = next((run for run in runs if run.state.red), next(iter(runs), None))
    if run is not None:
        return run
    if not shas:
        return f"{name}: no provider says which commit serves; enter, then ] shows its deployments and their logs"
    return f"{name}: no CI run of {short_sha(shas[0])} is known; enter, then ] shows its deployments and their logs"
