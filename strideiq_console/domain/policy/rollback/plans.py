"""What the rollback planner answers: plans whose acts are data, and refusals that say what would make a path possible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from strideiq_console.domain.migration import Move, Risk


class PlanKind(StrEnum):
    """The ways back. The value is how a list of plans calls it."""

    PROVIDER = "provider rollback"
    REVERT = "revert by pull request"
    KEEP_FILES = "keep the migration files, revert the rest"
    SCHEMA_FIRST = "schema first with the new code, then code"
    REDEPLOY = "redeploy from commit"


class ActKind(StrEnum):
    """One deed of a plan. None of them pushes to the branch itself (T1)."""

    PROVE_BACKUP = "prove the backup"
    HOLD = "hold deploys"
    UPGRADE = "upgrade the schema"
    DOWNGRADE = "downgrade the schema"
    CHECK_REVISION = "read the revision again"
    ROLLBACK = "roll back"
    REDEPLOY = "redeploy"
    PROMOTE = "promote"
    BRANCH = "make the branch"
    REVERT = "revert the commit"
    RESTORE = "make all other files equal to the target's"
    PULL_REQUEST = "open the pull request"
    MERGE = "merge the pull request"
    WATCH = "watch until live and healthy"


SERVES = frozenset({ActKind.ROLLBACK, ActKind.REDEPLOY, ActKind.MERGE, ActKind.PROMOTE})
"""What makes other code serve."""


@dataclass(frozen=True, slots=True)
class Act:
    """One deed. ``source`` and ``target`` are deployment ids (ROLLBACK, PROMOTE, REDEPLOY), else commits or branches.

    ``sha`` is the commit that serves afterwards. REDEPLOY builds ``sha``, from the deployment ``target`` where one is named.
    ``files_of`` is the commit whose migration files alembic must have, ``move`` what it does: explicit, one revision. ``rows`` is
    what the version table must say (CHECK_REVISION). ``parent`` is for ``git revert -m``. ``keep`` are paths that stay as they
    are on the branch. ``until`` is when the deployment's image is thrown away.
    """

    kind: ActKind
    level: int
    component: str = ""
    provider: str = ""
    source: str = ""
    target: str = ""
    sha: str = ""
    files_of: str = ""
    move: Move | None = None
    rows: tuple[str, ...] | None = None
    parent: int | None = None
    keep: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """What dies with a downgrade. ``risk`` None: reading the file does not tell."""

    revision: str
    risk: Risk | None
    words: str


@dataclass(frozen=True, slots=True)
class RollbackPlan:
    """One way back. ``level`` 3 wants the environment's name typed, 4 also ``database``.

    ``turns_back`` is what comes back besides the code, ``dies`` what no undo brings back. ``undo`` are the acts that take the
    rollback back, in order; ``undo_note`` says what they cannot do. ``until`` is when the first image of the plan is thrown away;
    None: not said. ``whole`` is false when a component stays where it is. ``afterwards`` is what is still owed.
    """

    kind: PlanKind
    target: str
    acts: tuple[Act, ...]
    level: int
    whole: bool = True
    turns_back: tuple[str, ...] = ()
    dies: tuple[Loss, ...] = ()
    irreversible: int = 0
    undo: tuple[Act, ...] = ()
    undo_note: str = ""
    until: datetime | None = None
    warnings: tuple[str, ...] = ()
    afterwards: tuple[str, ...] = ()
    branch: str = ""
    database: str = ""
    backup_id: str = ""
    backup_age: timedelta | None = None

    def time_left(self, now: datetime) -> timedelta | None:
        """Return how long the images of this plan still exist; None where the providers do not say."""
        return None if self.until is None else max(self.until - now, timedelta(0))


class Reason(StrEnum):
    """Why a path is closed."""

    NOTHING_TO_DO = "nothing to do"
    WRONG_COMMIT = "wrong commit"
    MERGE_PARENT = "merge without a known parent"
    ALREADY_REVERTED = "already reverted"
    RELAND_FORGOTTEN = "reverted and not landed again"
    OLD_CODE_LOST = "the old code cannot find the database's revision"
    STARTUP_UPGRADES = "start-up would upgrade again"
    AMBIGUOUS = "no certain walk over the revisions"
    IRREVERSIBLE = "a downgrade refuses or is missing"
    STALE_BACKUP = "no fresh verified backup"
    WRONG_DATABASE = "the database is not proven"
    UNKNOWN_REVISION = "the database's revision is not known"
    UNKNOWN_FILES = "the migration files are not understood"
    UNKNOWN_COMMITS = "the commits between are not known"
    UNKNOWN_LIVE = "what serves is not known"
    UNKNOWN_ELIGIBILITY = "the provider does not say whether it can"
    NO_DEPLOYMENT = "no deployment of that commit"
    NEVER_SERVED = "that deployment never worked"
    IMAGE_EXPIRED = "the image is gone"
    PLAN_DEPTH = "further back than the provider goes"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A closed path: why, what would happen otherwise, and what would open it. ``rule`` is the requirement, ``""`` for none.

    ``component`` is set where one component alone is meant; the others may still go.
    """

    kind: PlanKind
    reason: Reason
    cause: str
    consequence: str
    next_step: str
    rule: str = ""
    component: str = ""

    def sentence(self) -> str:
        """Return cause, consequence and next step as one line."""
        return " ".join(part.rstrip(".") + "." for part in (self.cause, self.consequence, self.next_step) if part)


@dataclass(frozen=True, slots=True)
class Offer:
    """The plans in the order in which they are offered, the first being the default, and every closed path."""

    plans: tuple[RollbackPlan, ...]
    refusals: tuple[Refusal, ...]

    @property
    def default(self) -> RollbackPlan | None:
        """Return the plan to start with; None when every path is closed."""
        return self.plans[0] if self.plans else None

    def plan(self, kind: PlanKind) -> RollbackPlan | None:
        """Return the plan of a kind, None when it is refused."""
        return next((p for p in self.plans if p.kind is kind), None)
