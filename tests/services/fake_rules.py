"""Rulesets and classic protection in memory, written to by the ports and joined as GitHub joins them: the stricter counts."""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.repository import RepositoryFacts
from strideiq_console.domain.ruleset import BranchPolicy, BypassActor, ClassicProtection, Ruleset

OFF: dict[str, Any] = {"pull": False, "approvals": 0, "checks": [], "strict": False, "bypass": True, "guarded": False}


def rules(approvals: int = 0, checks: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    """Return rules that ask for a pull request and guard the branch, with these numbers."""
    return {**OFF, "pull": True, "guarded": True, "bypass": False, "approvals": approvals, "checks": list(checks), **more}


def refusal(status: int, cause: str, kind: FaultKind = FaultKind.FORBIDDEN) -> OutsideError:
    return OutsideError(Fault(kind, "github", cause), status=status, known_not_done=True)


@dataclass
class FakeRules:
    """What protects the branches. ``rulesets`` by id: name, include, exclude, active, rules. ``refuse`` is raised by every call."""

    did: Callable[[str], None]
    rulesets: dict[int, dict[str, Any]] = field(default_factory=dict)
    classic: dict[str, dict[str, Any]] = field(default_factory=dict)
    refuse: OutsideError | None = None
    refuse_writes: OutsideError | None = None
    permissions: frozenset[str] | None = frozenset({"admin", "push", "pull"})
    hidden_bypass: bool = False
    ids: Any = field(default_factory=lambda: itertools.count(7))

    def add(self, name: str, *include: str, active: bool = True, own: bool = True, **given: Any) -> int:
        number = next(self.ids)
        refs = [name if name.startswith("~") else f"refs/heads/{name}" for name in include]
        self.rulesets[number] = {
            "name": name,
            "include": refs,
            "exclude": [],
            "active": active,
            "own": own,
            "rules": rules(**given),
        }
        return number

    def copy(self) -> str:
        return json.dumps([self.rulesets, self.classic], sort_keys=True)

    def protection(self, branch: str) -> Protection:
        if self.refuse is not None and self.refuse.status not in (403, 404):
            raise self.refuse
        covers = {f"refs/heads/{branch}", "~ALL", *(("~DEFAULT_BRANCH",) if branch == "main" else ())}
        held = [r["rules"] for r in self.rulesets.values() if r["active"] and covers & set(r["include"])]
        held += [self.classic[branch]] if branch in self.classic else []
        checks = dict.fromkeys(name for one in held for name in one["checks"])
        return Protection(
            branch,
            "both",
            any(one["pull"] for one in held),
            max((one["approvals"] for one in held), default=0),
            tuple(checks),
            any(one["strict"] for one in held),
            all(one["bypass"] for one in held if one["pull"] or one["checks"]),
            not any(one["guarded"] for one in held),
            not any(one["guarded"] for one in held),
        )

    def written(self, before: dict[str, Any], policy: BranchPolicy) -> dict[str, Any]:
        assert policy.keep_stricter, "the runbook never loosens"
        checks = [*before["checks"], *(name for name in policy.checks if name not in before["checks"])]
        return {
            **before,
            "pull": True,
            "guarded": True,
            "approvals": policy.approvals,
            "checks": checks,
            "strict": before["strict"] or policy.up_to_date,
            "bypass": before["bypass"] and policy.bypass,
        }


class FakeRulesets:
    """Implements ``ruleset.Rulesets``."""

    def __init__(self, laws: FakeRules) -> None:
        self.laws = laws

    def _shape(self, number: int, *, whole: bool) -> Ruleset:
        found = self.laws.rulesets[number]
        bypass = (BypassActor("Team", 1, "always"),) if found["rules"]["bypass"] else ()
        return Ruleset(
            number,
            found["name"],
            "branch",
            "active" if found["active"] else "disabled",
            found["own"],
            include=tuple(found["include"]) if whole else (),
            exclude=tuple(found["exclude"]) if whole else (),
            kinds=("pull_request",) if whole and found["rules"]["pull"] else (),
            bypass=bypass if whole and not self.laws.hidden_bypass else None,
            snapshot=json.dumps(found) if whole else "",
        )

    async def all(self) -> tuple[Ruleset, ...]:
        if self.laws.refuse:
            raise self.laws.refuse
        return tuple(self._shape(number, whole=False) for number in self.laws.rulesets)

    async def get(self, ruleset_id: int) -> Ruleset:
        return self._shape(ruleset_id, whole=True)

    def _may_write(self) -> None:
        if self.laws.refuse_writes:
            raise self.laws.refuse_writes

    async def create(self, policy: BranchPolicy, *, name: str) -> Ruleset:
        self._may_write()
        if any(found["name"] == name for found in self.laws.rulesets.values()):
            raise refusal(422, "Name must be unique", FaultKind.REFUSED)
        number = self.laws.add(name, policy.branch)
        self.laws.rulesets[number]["rules"] = self.laws.written({**OFF, "bypass": False}, policy)
        self.laws.did(f"POST rulesets {name}")
        return self._shape(number, whole=True)

    async def update(self, ruleset_id: int, policy: BranchPolicy) -> Ruleset:
        self._may_write()
        found = self.laws.rulesets[ruleset_id]
        found |= {"active": True, "rules": self.laws.written(found["rules"], policy)}
        self.laws.did(f"PUT rulesets/{ruleset_id}")
        return self._shape(ruleset_id, whole=True)

    async def restore(self, ruleset_id: int, snapshot: str) -> Ruleset:
        self.laws.rulesets[ruleset_id] = json.loads(snapshot)
        self.laws.did(f"RESTORE rulesets/{ruleset_id}")
        return self._shape(ruleset_id, whole=True)

    async def delete(self, ruleset_id: int) -> None:
        del self.laws.rulesets[ruleset_id]
        self.laws.did(f"DELETE rulesets/{ruleset_id}")


class FakeClassic:
    """Implements ``ruleset.ClassicRules``."""

    def __init__(self, laws: FakeRules) -> None:
        self.laws = laws

    async def get(self, branch: str) -> ClassicProtection | None:
        if self.laws.refuse:
            raise self.laws.refuse
        found = self.laws.classic.get(branch)
        return None if found is None else self._shape(branch, found)

    def _shape(self, branch: str, found: dict[str, Any]) -> ClassicProtection:
        return ClassicProtection(
            branch,
            found["approvals"] if found["pull"] else None,
            tuple(found["checks"]),
            found["strict"],
            not found["bypass"],
            dismiss_stale=False,
            restricted=False,
            force_push=not found["guarded"],
            deletion=not found["guarded"],
            signatures=False,
            snapshot=json.dumps(found),
        )

    async def write(self, policy: BranchPolicy) -> ClassicProtection:
        if self.laws.refuse_writes:
            raise self.laws.refuse_writes
        found = self.laws.written(self.laws.classic.get(policy.branch, copy.deepcopy(OFF)), policy)
        self.laws.classic[policy.branch] = found
        self.laws.did(f"PUT protection {policy.branch}")
        return self._shape(policy.branch, found)

    async def restore(self, branch: str, snapshot: str) -> ClassicProtection:
        self.laws.classic[branch] = json.loads(snapshot)
        self.laws.did(f"RESTORE protection {branch}")
        return self._shape(branch, self.laws.classic[branch])

    async def delete(self, branch: str) -> None:
        del self.laws.classic[branch]
        self.laws.did(f"DELETE protection {branch}")


class FakeContents:
    """The part of ``repository.RepositoryReads`` that says how the repository is set up."""

    def __init__(self, laws: FakeRules) -> None:
        self.laws = laws

    async def facts(self) -> RepositoryFacts:
        return RepositoryFacts(
            "acme/strideiq", "main", True, "acme", owner_is_organization=False, permissions=self.laws.permissions
        )
