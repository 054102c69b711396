"""Which steps reach real users: what carries a frame with the word PRODUCTION."""

from __future__ import annotations

from collections.abc import Collection

from strideiq_console.domain.environment import Environment
from strideiq_console.domain.runbook.execution import Execution
from strideiq_console.domain.runbook.model import Step

PRODUCTION = "PRODUCTION"


def acts_on_production(step: Step, environments: Collection[Environment]) -> bool:
    """Say whether a step changes what real users see. One that wants a typed word and names no environment counts as such."""
    if not step.environment:
        return step.level >= 3
    known = next((one for one in environments if one.name == step.environment), None)
    return known.production if known is not None else step.level >= 3


def reaches_production(execution: Execution, environments: Collection[Environment]) -> bool:
    """Say whether an execution has a step on production before it or behind it, while it goes on."""
    return not execution.state.ended and any(acts_on_production(step, environments) for step in execution.plan.steps)
