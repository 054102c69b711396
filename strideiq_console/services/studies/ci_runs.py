"""What the small runbooks of CI stand on: the run that is meant, the branch to start on, the pull request to open again."""

from __future__ import annotations

from collections.abc import Mapping

from strideiq_console.domain.ci import WorkflowRun
from strideiq_console.domain.ci_file import read_ci_file
from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.fault import CloneError, UsageError
from strideiq_console.domain.policy.ci_jobs import CI_BASES
from strideiq_console.domain.runbook.dispatch import pairs
from strideiq_console.services.action import Ports
from strideiq_console.services.study import Study

_LOOKED_AT = 100


async def study_run(ports: Ports, values: Mapping[str, str]) -> Study:
    """Find the run that was named, by number or id. Raises UsageError for one that GitHub does not know."""
    run = await _named(ports, values["run"])
    facts = {
        **_ground(ports),
        "run-id": str(run.id),
        "attempt": str(run.attempt),
        "sha": run.sha,
        "name": f"{run.name} {run.number} of {run.branch}",
    }
    word = "rerun" if "jobs" in values else "cancel"
    return Study(facts, (f"{run.name} {run.number} is {run.state} on {short_sha(run.sha)}",), title=f"{word} run {run.number}")


async def _named(ports: Ports, text: str) -> WorkflowRun:
    word = text.strip().removeprefix("#")
    if not (word.isascii() and word.isdecimal()):
        raise UsageError(f"{text!r} is no run", next_step="its number stands in the CI panel: strideiq show ci")
    number = int(word)
    recent = await ports.host.workflow_runs.recent(limit=_LOOKED_AT)
    alike = [run for run in recent if number in (run.id, run.number)]
    if len({run.id for run in alike}) > 1:
        raise UsageError(f"several workflows have a run {number}", next_step=f"name its id: {', '.join(str(r.id) for r in alike)}")
    run_id = alike[0].id if alike else number
    return await ports.host.run_details.run(run_id)


async def study_dispatch(ports: Ports, values: Mapping[str, str]) -> Study:
    """Look at the branch and at the inputs that the workflow declares there. Raises UsageError for what does not fit."""
    ref, workflow = values["ref"].removeprefix("refs/heads/"), values["workflow"]
    tip = await ports.host.rules.tip(ref)
    if tip is None:
        raise UsageError(f"GitHub has no branch {ref}", next_step="strideiq show branches names them; push it first")
    try:
        given = pairs(values.get("values", ""))
    except ValueError as error:
        raise UsageError(f"the inputs cannot be read: {error}", next_step="write them as name=value") from error
    notes = await _inputs(ports, tip, workflow, given)
    return Study({**_ground(ports), "sha": tip, "branch": ref}, tuple(notes), title=f"start {workflow} on {ref}")


async def _inputs(ports: Ports, tip: str, workflow: str, given: Mapping[str, str]) -> list[str]:
    """Compare the inputs with those that the file declares, where the clone has that commit; GitHub judges otherwise."""
    try:
        raw = await ports.clone.file_at(tip, f".github/workflows/{workflow}")
    except CloneError:
        return [f"{short_sha(tip)} is not in the clone, so GitHub alone judges the inputs"]
    if raw is None:
        raise UsageError(f"there is no .github/workflows/{workflow} at {short_sha(tip)}", next_step="name the file, such as ci.yml")
    file = read_ci_file(raw.decode("utf-8", "replace"))
    if not file.readable:
        return ["the workflow file cannot be read here, so GitHub alone judges the inputs"]
    if "workflow_dispatch" not in file.triggers:
        raise UsageError(f"{workflow} cannot be started by hand there", next_step="add workflow_dispatch to its triggers")
    declared = ", ".join(file.inputs) or "none"
    strange = [name for name in given if name not in file.inputs]
    if strange:
        raise UsageError(f"{workflow} takes no {', '.join(strange)}", next_step=f"its inputs: {declared}")
    missing = [name for name, required in file.inputs.items() if required and not given.get(name)]
    if missing:
        raise UsageError(f"{workflow} needs {', '.join(missing)}", next_step=f"its inputs: {declared}")
    return [f"its inputs: {declared}"]


async def study_reopen(ports: Ports, values: Mapping[str, str]) -> Study:
    """Look at the pull request. Raises UsageError for a word that is none."""
    word = values["pull"].strip().removeprefix("#")
    if not (word.isascii() and word.isdecimal()):
        raise UsageError(f"{values['pull']!r} is no pull request", next_step="name its number")
    pull = await ports.host.pulls.get(int(word))
    notes = [f"#{pull.number} {pull.title}: {pull.head} into {pull.base}"]
    if pull.base not in CI_BASES:
        notes.append(f"CI does not run for pull requests into {pull.base}: turn it to main or staging first")
    return Study(
        {**_ground(ports), "head": pull.head_sha, "number": str(pull.number)}, tuple(notes), title=f"reopen #{pull.number}"
    )


def _ground(ports: Ports) -> dict[str, str]:
    return {"repository": ports.repository, "place": ports.place}
