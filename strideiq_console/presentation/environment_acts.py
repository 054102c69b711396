"""What can be done with an environment, each with the rule that blocks it now and the key that helps."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.commit import short_sha
from strideiq_console.domain.deployment import Deployment
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.policy.schema_order import LADDER
from strideiq_console.domain.runbook.rollback import PROMOTE as UNPIN
from strideiq_console.domain.unfolded import LogKind
from strideiq_console.presentation.acts import Act
from strideiq_console.presentation.environment_deployments import fitting_log
from strideiq_console.presentation.environment_state import EnvironmentState, environment_state, environment_states
from strideiq_console.presentation.freshness import freshness


def acts(facts: Facts, keys: tuple[str, ...], now: datetime) -> tuple[Act, ...]:
    """Return what can be done with one environment; nothing with several at once, for each has its own rules."""
    environment = next((e for e in facts.environments if keys == (e.name,)), None)
    if environment is None:
        return ()
    state = environment_state(facts, environment, now)
    found: list[Act] = []
    if environment.production:
        found.append(Act("b", "roll back", runbook="rollback", why_not=no_rollback(state), key="W b"))
        found.append(
            Act("P", "end the pin: let new builds go live", runbook="rollback", inputs={"way": UNPIN}, why_not=no_pin(state))
        )
    if not environment.local:
        held = no_promotion(facts, now)
        words = f"promote staging to production{'' if held else _asks(facts, now)}"
        found.append(Act("p", words, runbook="promote", why_not=held, key="W p"))
    if environment.name in LADDER:
        inputs = {"environment": environment.name}
        found.append(
            Act("m", f"migrate {environment.name}", runbook="migrate", inputs=inputs, why_not=no_migration(state), key="W m")
        )
    if not environment.local:
        found.append(Act("d", f"what changed in {environment.name}", action=f"app.changes('{environment.name}')", key="d"))
        found.append(Act("l", "its deployments and their logs", action="section('deployments')"))
        found.append(Act("n", "its names and certificates", action="section('names')"))
    found.append(Act("c", "the commits between the branches", action="section('ladder')"))
    return tuple(found)


def no_rollback(state: EnvironmentState) -> str:
    """Say why production cannot be rolled back now, or ``""``; the planner says which ways are open."""
    if not state.configured:
        return "no provider is configured: strideiq doctor says which key is missing"
    if all(component.live is None for component in state.components):
        return "no provider says what serves: r reads it again"
    return ""


def no_pin(state: EnvironmentState) -> str:
    """Say why there is no pin to end, or ``""``."""
    if state.pinned:
        return ""
    if state.pinned is None:
        return "whether it is pinned is not known: r asks the providers"
    return "it is not pinned"


def no_promotion(facts: Facts, now: datetime) -> str:
    """Say which rule keeps staging from going to production now, as far as the clone knows; the runbook looks again (R40)."""
    promotion = facts.promotion.value
    if promotion is None or promotion.to_main is None:
        why = freshness(facts.promotion, "promotion", now).notice
        return why or "what waits on staging is not known: is there a branch staging on origin?"
    if not promotion.to_main:
        return "nothing waits on staging"
    return ""


def _asks(facts: Facts, now: datetime) -> str:
    """Say that the runbook will ask for a look at staging first: that holds nobody up, it is one of its steps."""
    staging = next((s for s in environment_states(facts, now) if s.environment.name == "staging"), None)
    head, verified = staging.head if staging is not None else None, facts.verification
    if head is None or (verified is not None and verified.sha == head):
        return ""
    return f" (asks you to verify {short_sha(head)})"


def no_migration(state: EnvironmentState) -> str:
    """Say why the schema cannot be moved from here, or ``""``; the runbook says which revisions may go."""
    rung = state.schema
    if rung is None:
        return "its schema was not read: r reads it, strideiq doctor says what is missing"
    return f"its schema is not known: {rung.note}" if rung.rows is None else ""


def deployment_acts(one: Deployment | None) -> tuple[Act, ...]:
    """Return the logs of a deployment, the fitting one first."""
    if one is None:
        return ()
    letters = {LogKind.RUNTIME: ("w", "what it wrote while it ran"), LogKind.BUILD: ("u", "the log of its build")}
    logs = {**letters, LogKind.EVENTS: ("t", "its timeline")}
    first = fitting_log(one)
    kinds = sorted(logs, key=lambda kind: kind is not first)
    return tuple(Act(*logs[kind], action=f"read('{kind.name}')", key="l" if kind is first else "") for kind in kinds)
