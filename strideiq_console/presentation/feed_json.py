"""Facts as plain JSON values: each thing from outside with when it was seen, its source, and the fault that hides a newer one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from strideiq_console.domain.branch import Branch
from strideiq_console.domain.ci import Job, WorkflowRun
from strideiq_console.domain.facts import Facts, PullStanding
from strideiq_console.domain.fault import Fault
from strideiq_console.domain.health import Health, Probe
from strideiq_console.domain.reading import Reading
from strideiq_console.presentation.branches import base_divergence, left_over, pulls_of
from strideiq_console.presentation.environment_cells import waiting_words
from strideiq_console.presentation.environment_state import EnvironmentState, LiveComponent, environment_states, reading_of


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


def environments_json(facts: Facts, now: datetime) -> list[dict[str, Any]]:
    """Return every environment as the panel shows it."""
    return [_environment(facts, state) for state in environment_states(facts, now)]


def _environment(facts: Facts, state: EnvironmentState) -> dict[str, Any]:
    environment = state.environment
    live: dict[str, Any] = {component.name: _live(component) for component in state.components}
    if environment.local:
        live = {"clone": _clone(facts)}
    words, _ = waiting_words(facts, state)
    promotion = facts.promotion.value
    return {
        "name": environment.name,
        "branch": environment.branch,
        "url": environment.url,
        "production": environment.production,
        "level": str(state.level),
        "head": state.head,
        "drift": state.drift,
        "live": live,
        "health": _health(state.health, state.health_reading),
        "ci": _ci(facts, state),
        "waiting": {
            "words": words,
            "commits": promotion.to_main if promotion and environment.production else None,
            **provenance(facts.clone if environment.local else facts.promotion),
        },
        "pinned": state.pinned,
    }


def _live(component: LiveComponent) -> dict[str, Any]:
    live, latest = component.live, component.latest
    facts: dict[str, Any] = {
        "sha": component.sha,
        "state": str(live.state) if live else "unknown",
        "deployment": live.id if live else None,
        "deployed_at": moment((live.ready_at or live.created_at) if live else None),
        "url": live.url if live else "",
        "pinned": component.pinned,
    }
    if latest is not None and (live is None or latest.id != live.id):
        facts["newest"] = {
            "sha": latest.sha,
            "state": str(latest.state),
            "deployment": latest.id,
            "created_at": moment(latest.created_at),
        }
    return {**facts, **provenance(reading_of(component))}


def _clone(facts: Facts) -> dict[str, Any]:
    clone = facts.clone.value
    if clone is None:
        return {"sha": None, **provenance(facts.clone)}
    return {"sha": clone.head, "branch": clone.branch, "dirty": clone.dirty, **provenance(facts.clone)}


def _health(health: Health | None, reading: Reading[Health] | None) -> dict[str, Any]:
    if health is None:
        return {"level": "unknown", **provenance(reading)}
    answer: dict[str, Any] = {"level": str(health.level), "running": health.running}
    answer.update({label: _probe(probe) for label, probe in (("web", health.web), ("api", health.api)) if probe is not None})
    return {**answer, **provenance(reading)}


def _probe(probe: Probe) -> dict[str, Any]:
    return {
        "url": probe.url,
        "level": str(probe.level),
        "words": probe.error or probe.words,
        "status": probe.status,
        "latency_ms": probe.latency_ms,
        "parts": {name: str(level) for name, level in probe.parts},
        "tls_days": probe.tls_days,
        "version": probe.version,
    }


def _ci(facts: Facts, state: EnvironmentState) -> dict[str, Any]:
    ci = state.ci
    counted = {} if ci is None else {"sha": ci.sha, "passed": ci.passed, "total": ci.total}
    return {"state": str(ci.state) if ci else "unknown", **counted, **provenance(facts.runs)}


def branches_json(facts: Facts) -> dict[str, Any]:
    """Return the branches with their pull requests; ``items`` is empty both for none and for never seen: look at ``seen``."""
    items = [_branch(branch, facts) for branch in facts.branches.value or ()]
    return {"items": items, **provenance(facts.branches), "pulls": provenance(facts.pulls)}


def _branch(branch: Branch, facts: Facts) -> dict[str, Any]:
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
        "left_over": left_over(branch, facts),
        "pulls": [{**_pull(standing), **provenance(facts.pulls)} for standing in pulls_of(branch.name, facts)],
        **provenance(facts.branches),
    }


def _pull(standing: PullStanding) -> dict[str, Any]:
    pull, checks = standing.pull, standing.checks
    return {
        "number": pull.number,
        "title": pull.title,
        "base": pull.base,
        "head_sha": pull.head_sha,
        "author": pull.author,
        "url": pull.url,
        "checks": str(checks.state) if checks else "unknown",
        "blockers": list(standing.blockers),
    }


def ci_json(facts: Facts) -> dict[str, Any]:
    """Return the workflow runs, newest first."""
    return {"items": [{**_run(run), **provenance(facts.runs)} for run in facts.runs.value or ()], **provenance(facts.runs)}


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
