"""How to go back (R93-R99): what the planner is told, what it offers, and why it refuses the rest."""

from strideiq_console.domain.policy.rollback.candidates import Candidate, ComponentTarget, Deck, candidates_of, previous
from strideiq_console.domain.policy.rollback.facts import Change, Crossing, Facts, Place, Review, Schema
from strideiq_console.domain.policy.rollback.gates import BACKUP_LIMIT
from strideiq_console.domain.policy.rollback.planner import rollback_plans
from strideiq_console.domain.policy.rollback.plans import (
    SERVES,
    Act,
    ActKind,
    Loss,
    Offer,
    PlanKind,
    Reason,
    Refusal,
    RollbackPlan,
)
from strideiq_console.domain.policy.rollback.repository import reland_refusals
from strideiq_console.domain.policy.rollback.reverts import (
    Revert,
    omitted_by_merge,
    reland_branch,
    revert_branch,
    revert_of,
    reverted_in,
    squashed,
    standing_reverts,
)

__all__ = [
    "BACKUP_LIMIT",
    "SERVES",
    "Act",
    "ActKind",
    "Candidate",
    "Change",
    "ComponentTarget",
    "Crossing",
    "Deck",
    "Facts",
    "Loss",
    "Offer",
    "Place",
    "PlanKind",
    "Reason",
    "Refusal",
    "Revert",
    "Review",
    "RollbackPlan",
    "Schema",
    "candidates_of",
    "omitted_by_merge",
    "previous",
    "reland_branch",
    "reland_refusals",
    "revert_branch",
    "revert_of",
    "reverted_in",
    "rollback_plans",
    "squashed",
    "standing_reverts",
]
