"""Facts as plain JSON values: each thing from outside with when it was seen, its source, and the fault that hides a newer one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from strideiq_console.domain.branch import Branch
from strideiq_console.domain.ci import Job, WorkflowRun
from strideiq_console.domain.facts import Facts, PullStanding
from strideiq_console.domain.fault import Fault
from strideiq_console.domain.reading import Reading
from strideiq_console.presentation.branch_state import BranchIndex, base_divergence, index
from strideiq_console.presentation.ci_rows import missing_checks, runless
from strideiq_console.presentation.protection_rules import audit, protection_level
from strideiq_console.presentation.pull_words import reasons, why_not_merged


def moment(at: datetime | None) -> str | None:
    """Return a time as RFC 3339, None for none."""
    return None if at is None else at.isoformat()


def provenance(reading: Reading[Any] | None) -> dict[str, Any]:
    """Return ``seen``, ``source`` and, where a newer value is hidden, ``fault``."""
    if reading is None:
        return {"seen": None, "source": None}
    facts: dict[str, Any] = {"seen": moment(reading.seen), "source": reading.source}
    if not reading.complete:
        facts["complete"] = False
    if reading.fault is not None:
        facts["fault"] = fault_json(reading.fault)
    return facts


def fault_json(fault: Fault) -> dict[str, Any]:
    """Return a fault with its cause and next step."""
    answer = {
        "kind": str(fault.kind),
        "source": fault.source,
        "cause": fault.cause,
        "consequence": fault.consequence,
        "next": fault.next_step,
        "at": moment(fault.at),
        "retry_at": moment(fault.retry_at),
    }
    return {key: value for key, value in answer.items() if value not in (None, "")}


def branches_json(facts: Facts) -> dict[str, Any]:
    """Return the branches with their pull requests; ``items`` is empty both for none and for never seen: look at ``seen``."""
    known = index(facts)
    items = [_branch(branch, facts, known) for branch in facts.branches.value or ()]
    clone = facts.clone.value
    fetched = {"at": moment(clone.fetched_at if clone else None), **provenance(facts.clone)}
    return {"items": items, **provenance(facts.branches), "pulls": provenance(facts.pulls), "fetched": fetched}


def _branch(branch: Branch, facts: Facts, known: BranchIndex) -> dict[str, Any]:
    side = base_divergence(branch)
    return {
        "name": branch.name,
        "kind": str(branch.kind),
        "deploys_to": branch.kind.deploys_to,
        "sha": branch.tip.sha,
        "subject": branch.tip.subject,
        "committed_at": moment(branch.tip.committed_at),
        "local": branch.local,
        "remote": branch.remote,
        "ahead": side.ahead if side else None,
        "behind": side.behind if side else None,
        "unpushed": branch.unpushed,
        "checked_out": branch.checked_out,
        "left_over": known.gone(branch),
        "remains": str(known.remains(branch)),
        "absorbed_by": branch.absorbed_by,
        "ci": _branch_ci(branch, facts, known),
        **({"protection": _protection(branch, facts)} if branch.kind.permanent else {}),
        "pulls": [{**_pull(standing, known), **provenance(facts.pulls)} for standing in known.pulls_of(branch.name)],
        **provenance(facts.branches),
    }


def _branch_ci(branch: Branch, facts: Facts, known: BranchIndex) -> dict[str, Any]:
    run = known.run_of(branch)
    if run is None:
        return {"state": "unknown", **provenance(facts.runs)}
    return {"state": str(run.state), "run": run.id, "sha": run.sha, "of_tip": run.sha == branch.tip.sha, **provenance(facts.runs)}


def _protection(branch: Branch, facts: Facts) -> dict[str, Any]:
    rules = [{"rule": r.rule, "now": r.now, "should": r.should, "change": str(r.change)} for r in audit(facts, branch)]
    return {"level": str(protection_level(facts, branch)), "rules": rules, **provenance(facts.protections)}


def _pull(standing: PullStanding, known: BranchIndex) -> dict[str, Any]:
    pull, checks = standing.pull, standing.checks
    return {
        "number": pull.number,
        "title": pull.title,
        "base": pull.base,
        "head_sha": pull.head_sha,
        "author": pull.author,
        "url": pull.url,
        "checks": str(checks.state) if checks else "unknown",
        "blockers": list(reasons(standing)),
        "why_not_merged": why_not_merged(standing) if reasons(standing) else "",
        "ci_silent": known.silent(standing),
    }


def ci_json(facts: Facts, now: datetime) -> dict[str, Any]:
    """Return the workflow runs, newest first; beside them the required checks that never report and what no CI ran for."""
    return {
        "items": [{**_run(run), **provenance(facts.runs)} for run in facts.runs.value or ()],
        "never_reported": [{"check": one.name, "branch": one.branch} for one in missing_checks(facts)],
        "without_run": [{"number": one.standing.pull.number, "reason": one.reason} for one in runless(facts, now)],
        **provenance(facts.runs),
    }


def _run(run: WorkflowRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "number": run.number,
        "name": run.name,
        "branch": run.branch,
        "sha": run.sha,
        "event": run.event,
        "state": str(run.state),
        "attempt": run.attempt,
        "title": run.title,
        "actor": run.actor,
        "url": run.url,
        "created_at": moment(run.created_at),
        "jobs": None if run.jobs is None else [_job(job) for job in run.jobs],
    }


def _job(job: Job) -> dict[str, Any]:
    return {"name": job.name, "state": str(job.state), "url": job.url}
