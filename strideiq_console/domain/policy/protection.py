"""Section 2 of the architecture document against what GitHub enforces, rule by rule (R21-R28). Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.ruleset import BranchPolicy, policies

APPROVALS = ("auto", "1", "0")
"""What a founder may decide: as it fits, one approval on main as the document says, or none (T2)."""
DEADLOCK = "GitHub lets nobody approve their own pull request"
WAYS_OUT = ("a bot token that opens the pull requests", "a second account that reviews", "--approvals 0")


class Change(StrEnum):
    """What making a rule equal does to a branch."""

    NONE = "equal"
    TIGHTENS = "tightens"
    LOOSENS = "loosens"
    STAYS = "stricter than the document, stays"
    UNKNOWN = "cannot be told"


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule of one branch: as it is, as it should be, and what making it equal would do."""

    branch: str
    rule: str
    now: str
    should: str
    change: Change

    @property
    def sentence(self) -> str:
        """Return the rule as a line for a person."""
        head = f"{self.branch}, {self.rule}: is {self.now}"
        return f"{head}, as it should be" if self.change is Change.NONE else f"{head}, should be {self.should} ({self.change})"

    @property
    def wanted(self) -> bool:
        """Say whether something has to be done about it."""
        return self.change in (Change.TIGHTENS, Change.LOOSENS, Change.UNKNOWN)


def document(role: str, branch: str, required: Sequence[str]) -> BranchPolicy:
    """Return what the document says of ``main`` or ``staging`` (``role``), for the branch that plays it here.

    Whether a new commit dismisses approvals is not in the document, so it is left as it stands.
    """
    found = next(policy for policy in policies(required) if policy.branch == role)
    return replace(found, branch=branch, dismiss_stale=False, keep_stricter=True)


def decide_approvals(choice: str, *, bot: bool, now: int | None, asked: int) -> int:
    """Return how many approvals a branch shall want, of which the document asks ``asked``.

    ``auto`` never lowers what is there, and asks for no approval that nobody could give: without a bot it stays at ``now``.
    """
    if not asked:
        return 0
    if choice in ("0", "1"):
        return int(choice)
    return asked if bot or now is None or now >= asked else now


def compare(protection: Protection, policy: BranchPolicy, approvals: int) -> tuple[Difference, ...]:
    """Return every rule of the document for one branch. ``approvals`` is what was decided for it (:func:`decide_approvals`)."""
    branch = policy.branch

    def row(rule: str, now: str, should: str, change: Change) -> Difference:
        return Difference(branch, rule, now, should, change)

    return (
        row("pull request before merge", _word(protection.pull_request), "required", _switch(protection.pull_request, True)),
        row("approvals", _number(protection.approvals), *_approvals(protection.approvals, approvals, policy.approvals)),
        row("required checks", *_checks(protection.required_checks, policy.checks)),
        row(
            "up to date with the base",
            _word(protection.up_to_date),
            "required" if policy.up_to_date else "not required",
            _switch(protection.up_to_date, policy.up_to_date),
        ),
        row(
            "passing the rules by",
            _may(protection.bypass),
            "left open" if policy.bypass else "possible for nobody",
            _reversed(protection.bypass, policy.bypass),
        ),
        row("force push", _may(protection.force_push), "possible for nobody", _reversed(protection.force_push, False)),
        row("deletion", _may(protection.deletion), "possible for nobody", _reversed(protection.deletion, False)),
    )


def aim(policy: BranchPolicy, protection: Protection, approvals: int) -> BranchPolicy:
    """Return the policy to write: the document's with the decided approvals, and more of them where more are wanted today."""
    now = protection.approvals
    stays = now is not None and now > max(policy.approvals, approvals)
    return replace(policy, approvals=now if stays and now is not None else approvals)


def locks_out(approvals: int, *, bot: bool) -> bool:
    """Say whether this many approvals leave a founder alone with pull requests that nobody can approve (R23, T2)."""
    return approvals > 0 and not bot


def unreported(required: Sequence[str], reported: Sequence[str]) -> tuple[str, ...]:
    """Return the required checks of which there is no report: a renamed job is waited for for ever (R24)."""
    return tuple(name for name in required if name not in reported)


def same_snapshot(left: str, right: str) -> bool:
    """Say whether two kept protections hold the same; GitHub promises no order of rules, checks or names."""
    return canonical(left) == canonical(right)


def canonical(snapshot: str) -> str:
    """Return a kept protection with everything in a settled order; what is no JSON as it is."""
    try:
        return json.dumps(_settled(json.loads(snapshot)), sort_keys=True)
    except (ValueError, RecursionError):
        return snapshot


def _settled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _settled(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((_settled(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value


def _word(value: bool | None) -> str:
    return "unknown" if value is None else "required" if value else "not required"


def _may(value: bool | None) -> str:
    return "unknown" if value is None else "possible" if value else "possible for nobody"


def _number(value: int | None) -> str:
    return "unknown" if value is None else str(value)


def _switch(now: bool | None, wanted: bool) -> Change:
    """Judge a switch that is stricter when it is on."""
    if now is None:
        return Change.UNKNOWN if wanted else Change.NONE
    if now == wanted:
        return Change.NONE
    return Change.TIGHTENS if wanted else Change.STAYS


def _reversed(now: bool | None, allowed: bool) -> Change:
    """Judge a switch that is stricter when it is off."""
    return _switch(None if now is None else not now, not allowed)


def _approvals(now: int | None, decided: int, document_says: int) -> tuple[str, Change]:
    should = str(decided) if decided == document_says else f"{decided} (decided; the document says {document_says})"
    if now is None:
        return should, Change.UNKNOWN
    if now == decided:
        return should, Change.NONE
    if now < decided:
        return should, Change.TIGHTENS
    return (str(document_says), Change.STAYS) if now > document_says else (should, Change.LOOSENS)


def _checks(now: tuple[str, ...] | None, required: Sequence[str]) -> tuple[str, str, Change]:
    should = ", ".join(required)
    if now is None:
        return "unknown", should, Change.UNKNOWN
    is_now = ", ".join(now) or "none"
    missing = [name for name in required if name not in now]
    if missing:
        return is_now, ", ".join((*now, *missing)), Change.TIGHTENS
    return is_now, should, Change.STAYS if len(set(now)) > len(set(required)) else Change.NONE
