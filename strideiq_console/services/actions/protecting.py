"""Protecting branches: makes what GitHub enforces equal to section 2 of the document, and looks whether it is (R21-R28)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.fault import DivergedError
from strideiq_console.domain.policy.protection import (
    DEADLOCK,
    WAYS_OUT,
    Change,
    Difference,
    aim,
    canonical,
    compare,
    locks_out,
    same_snapshot,
)
from strideiq_console.domain.ruleset import BranchPolicy
from strideiq_console.domain.runbook.execution import StepRecord
from strideiq_console.domain.runbook.model import Effect, Verb, fingerprint
from strideiq_console.services.action import Action, Ask, Findings, Outcome, Ports, Seen, Watch, happened, lost, not_yet
from strideiq_console.services.guarding import Guard, Kind, guard_of, policy_of, snapshot_now, write

PUT_BACK = "put back what stood there before"


class ProtectBranch(Action):
    """Make the rules of ``branch`` what the document says of ``role``, with ``approvals`` as decided.

    ``planned`` is the digest of the rules that the plan was made for. Gives ``branch``, ``kind``, ``id``, ``name`` of what was
    written, and ``after``, by which an undo knows it again.
    """

    verb = Verb.PROTECT_BRANCH
    precondition = "the rules of the branch are those that the plan was made for, and the token may change them"
    end_state = "GitHub enforces every rule of the document on the branch; what is stricter stays"
    natural_key = "the ruleset's id and name, or the branch of classic protection"
    recovery = "the old rules were kept in the journal before the deed and are put back while nobody changed them since"
    least_level = 3

    async def check(self, ports: Ports, ask: Ask) -> Findings:
        """Compare rule by rule; adopt rules that are right, stop at rules that changed since the plan."""
        branch = ask.need("branch")
        guard = await guard_of(ports, branch)
        policy, rows = judged(ports, ask, guard)
        if not any(row.wanted for row in rows):
            return Findings(already={"branch": branch, "kind": str(guard.kind), "id": guard.id, "name": guard.name, "after": ""})
        reasons = (*guard.blockers, *_held_elsewhere(guard, rows))
        if reasons:
            return Findings(reasons=reasons)
        if guard.digest != ask.need("planned"):
            raise DivergedError(
                f"the rules of {branch} have changed since the plan was made",
                consequence="nothing was changed; now " + "; ".join(row.sentence for row in rows if row.wanted),
                next_step="undo or abandon, and plan again",
            )
        return Findings(observed=observed_of(guard, aim(policy, guard.protection, _approvals(ask)), rows))

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say every difference, then the one request."""
        branch = ask.get("branch")
        if not observed:
            return (Effect(f"make the rules of {branch} what the document says"),)
        effects = [Effect(str(sentence)) for sentence in observed["rows"]]
        if not observed["request"]:
            return (*effects, Effect(f"change nothing: {branch} is protected as the document says"))
        effects.append(Effect(str(observed["deed"]), f"{_method(observed)} /repos/{ports.repository}/{observed['request']}"))
        wanted = int(observed["approvals"])
        if locks_out(wanted, bot=ask.get("bot") == "yes"):
            effects.append(Effect(deadlock(branch, wanted)))
        return tuple(effects)

    async def apply(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> None:
        """Read once more, then send the one request."""
        guard = await guard_of(ports, ask.need("branch"))
        if guard.digest != observed["before"]:
            raise DivergedError(f"the rules of {guard.branch} changed this moment", consequence="nothing was changed")
        policy, _ = judged(ports, ask, guard)
        await write(ports, guard, aim(policy, guard.protection, _approvals(ask)))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Ask GitHub what it enforces on the branch."""
        guard = await guard_of(ports, ask.need("branch"))
        _, rows = judged(ports, ask, guard)
        missing = [row for row in rows if row.wanted]
        if missing:
            told = "; ".join(row.sentence for row in missing)
            untold = all(row.change is Change.UNKNOWN for row in missing)
            return Seen(Outcome.UNCLEAR, detail=told) if untold else not_yet(told)
        number, snapshot = await snapshot_now(ports, observed)
        kept = {"branch": guard.branch, "kind": str(observed["kind"]), "id": number, "name": str(observed["name"])}
        return happened(**kept, after=_digits(snapshot))

    def undo(self, ports: Ports, ask: Ask, record: StepRecord) -> tuple[Effect, ...] | str:
        """Delete what was created, or put the old rules back."""
        seen = record.observed
        if not seen:
            return "the rules were as they should be: nothing was changed, nothing to take back"
        repository, branch = ports.repository, seen["branch"]
        if seen["kind"] == Kind.NEW:
            number = record.result.get("id", "‹id›")
            return (Effect(f"delete the ruleset {seen['name']} again", f"DELETE /repos/{repository}/rulesets/{number}"),)
        sentence = f"{PUT_BACK}: {_title(seen)} as it was; this loosens {branch} again"
        return (Effect(sentence, f"PUT /repos/{repository}/{seen['request'].split(' ')[0]}"),)

    async def compensate(self, ports: Ports, ask: Ask, record: StepRecord) -> str:
        """Put the old rules back while nobody has changed them since, and read them back."""
        seen, title = record.observed, _title(record.observed)
        number, now = await snapshot_now(ports, {**seen, "id": record.result.get("id") or seen["id"]})
        before = str(seen["snapshot"])
        if same_snapshot(now, before):
            return f"{title} was gone already" if not before else f"{title} was already as before"
        if _digits(now) != record.result.get("after"):
            raise DivergedError(
                f"{title} has been changed by somebody since", consequence="it is left as it is", next_step="change it at GitHub"
            )
        if seen["kind"] == Kind.NEW:
            await ports.host.rulesets.delete(number)
        elif seen["kind"] == Kind.RULESET:
            await ports.host.rulesets.restore(number, before)
        else:
            await ports.host.classic.restore(str(seen["branch"]), before)
        _, after = await snapshot_now(ports, {**seen, "id": number})
        if not same_snapshot(after, before):
            raise DivergedError(f"GitHub does not show {title} as it was", next_step="look at the rules of the branch at GitHub")
        return f"deleted {title}" if seen["kind"] == Kind.NEW else f"{title} is as it was before"


class CheckProtection(Watch):
    """Look whether GitHub enforces the document on ``main`` and ``staging``. Gives the rules of both as sentences."""

    verb = Verb.CHECK_PROTECTION
    end_state = "GitHub enforces every rule of the document on both branches"

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is looked at."""
        return tuple(
            Effect(f"read what GitHub enforces on {branch}", f"GET /repos/{ports.repository}/rules/branches/{branch}")
            for branch in (ask.get("main"), ask.get("staging"))
        )

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Ask GitHub; a rule that is not enforced does not come by waiting."""
        found: dict[str, list[str]] = {}
        wrong: list[str] = []
        for role in ("main", "staging"):
            branch = ask.need(role)
            protection = await ports.host.rules.protection(branch)
            approvals = _approvals(ask) if role == "main" else 0
            rows = compare(protection, policy_of(ports, role, branch), approvals)
            found[role] = [row.sentence for row in rows]
            wrong += [row.sentence for row in rows if row.wanted]
        return lost("; ".join(wrong)) if wrong else happened(**found)


def judged(ports: Ports, ask: Ask, guard: Guard) -> tuple[BranchPolicy, tuple[Difference, ...]]:
    """Return the document's policy for a step's branch, and how its rules compare."""
    policy = policy_of(ports, ask.need("role"), guard.branch)
    return policy, compare(guard.protection, policy, _approvals(ask))


def observed_of(guard: Guard, goal: BranchPolicy, rows: tuple[Difference, ...]) -> dict[str, Any]:
    """Return what is recorded with the intention, and what a preview is made of: the old state, and the one request."""
    changes = any(row.wanted for row in rows)
    path = {
        Kind.NEW: "rulesets",
        Kind.RULESET: f"rulesets/{guard.id}",
        Kind.CLASSIC: f"branches/{guard.branch}/protection",
    }[guard.kind]
    words = f"approvals={goal.approvals} checks={','.join(goal.checks)} up_to_date={str(goal.up_to_date).lower()}"
    new = guard.kind is Kind.NEW
    bypass = " bypass=nobody" if new or not goal.bypass else ""
    seen = {
        "branch": guard.branch,
        "kind": str(guard.kind),
        "id": guard.id,
        "name": guard.name,
        "snapshot": guard.snapshot,
        "before": guard.digest,
        "rows": [row.sentence for row in rows if row.change is not Change.NONE],
        "approvals": goal.approvals,
        "request": f"{path} {words}{bypass} force_push=nobody deletion=nobody" if changes else "",
    }
    deed = f"create {_title(seen)}, which nobody may pass by" if new else f"change {_title(seen)}"
    return {**seen, "deed": f"{deed}; {'an undo deletes it' if new else 'the old rules are kept for an undo'}"}


def deadlock(branch: str, approvals: int) -> str:
    """Return the warning that pull requests to a branch will wait for ever, with the ways out (T2)."""
    wanted = "1 approval" if approvals == 1 else f"{approvals} approvals"
    return f"{branch} will deadlock: it wants {wanted}, {DEADLOCK}, and there is no bot token. Ways out: {', '.join(WAYS_OUT)}"


def _held_elsewhere(guard: Guard, rows: tuple[Difference, ...]) -> tuple[str, ...]:
    """Return why fewer approvals cannot be had: something that this step does not change wants them too."""
    if not guard.others and guard.kind is not Kind.NEW:
        return ()
    others = ", ".join(guard.others) or "a rule that the console does not change"
    return tuple(
        f"{row.sentence}; {others} may want the approval as well, and is not changed here: lower it at GitHub first"
        for row in rows
        if row.change is Change.LOOSENS
    )


def _approvals(ask: Ask) -> int:
    return ask.number("approvals")


def _method(observed: Mapping[str, Any]) -> str:
    return "POST" if observed["kind"] == Kind.NEW else "PUT"


def _title(observed: Mapping[str, Any]) -> str:
    if observed["kind"] == Kind.CLASSIC:
        return f"the classic protection of {observed['branch']}"
    return f"the ruleset {observed['name']}"


def _digits(snapshot: str) -> str:
    return fingerprint(canonical(snapshot)) if snapshot else ""
