"""What rulesets and classic protection add up to. Pure. None is unknown, never off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.github import wire_rules
from strideiq_console.providers.http import Answer

_GATING = ("pull_request", "required_status_checks", "merge_queue")


@dataclass(frozen=True, slots=True)
class Source:
    """What one kind of rules enforces. ``present`` None: could not be read, so every field is unknown."""

    present: bool | None
    pull_request: bool | None = None
    approvals: int | None = None
    checks: tuple[str, ...] | None = None
    up_to_date: bool | None = None
    bypass: bool | None = None
    no_force_push: bool | None = None
    no_deletion: bool | None = None
    note: str = ""


def _off(note: str = "") -> Source:
    return Source(False, False, 0, (), False, None, False, False, note)


def gating_rulesets(rules: Iterable[wire_rules.Rule]) -> tuple[int, ...]:
    """Return the ids of the rulesets that stand before a merge, each once."""
    return tuple(dict.fromkeys(r.ruleset_id for r in rules if r.type in _GATING and r.ruleset_id is not None))


def of_rules(rules: Sequence[wire_rules.Rule], bypass: Sequence[bool | None]) -> Source:
    """Return what the active rules of a branch enforce; several rulesets add up to the strictest."""
    if not rules:
        return _off()
    kinds = {rule.type for rule in rules}
    pulls = [rule.parameters for rule in rules if rule.type == "pull_request"]
    checks = [rule.parameters for rule in rules if rule.type == "required_status_checks"]
    names = [_context(item) for p in checks for item in _list(p.get("required_status_checks"))]
    return Source(
        present=True,
        pull_request=bool(pulls),
        approvals=max((_count(p.get("required_approving_review_count")) for p in pulls), default=0),
        checks=tuple(dict.fromkeys(name for name in names if name)),
        up_to_date=any(p.get("strict_required_status_checks_policy") is True for p in checks),
        bypass=_all(bypass),
        no_force_push="non_fast_forward" in kinds,
        no_deletion="deletion" in kinds,
        note="a merge queue is on" if "merge_queue" in kinds else "",
    )


def of_classic(found: wire_rules.Protection) -> Source:
    """Return what classic protection enforces."""
    checks, reviews = found.required_status_checks, found.required_pull_request_reviews
    names = [*checks.contexts, *(check.context for check in checks.checks)] if checks else []
    return Source(
        present=True,
        pull_request=reviews is not None,
        approvals=reviews.required_approving_review_count if reviews else 0,
        checks=tuple(dict.fromkeys(clean_line(name, limit=255) for name in names)),
        up_to_date=checks.strict if checks else False,
        bypass=None if found.enforce_admins is None else not found.enforce_admins.enabled,
        no_force_push=not (found.allow_force_pushes and found.allow_force_pushes.enabled),
        no_deletion=not (found.allow_deletions and found.allow_deletions.enabled),
    )


def unreadable_rulesets(error: OutsideError) -> Source:
    """Return what a 403 or 404 of the rules of a branch means."""
    words = error.fault.cause
    if error.status == 403 and "upgrade" in words.lower():
        return _off("rulesets need a paid plan or a public repository")
    return Source(None, note=f"rulesets are unreadable: {words}")


def unreadable_classic(answer: Answer, *, exists: bool, shape: wire_rules.Branch | None) -> Source:
    """Return what a 403 or 404 of classic protection means; ``shape`` is what the branch itself tells of it."""
    message = _message(answer)
    if answer.status == 403 and "upgrade" in message.lower():
        return _off("a private repository on a free plan: nothing can be enforced")
    if not exists:
        return Source(None, note="the branch is missing, or the token has no access to it")
    if answer.status == 404 and "not protected" in message.lower():
        return _off()
    if shape is not None and shape.protected is False:
        return _off()
    lacking = "the token lacks Administration: read" + (f" ({message})" if message else "")
    return Source(None, note=f"classic protection is unreadable: {lacking}")


def join(branch: str, rulesets: Source, classic: Source) -> Protection:
    """Return what both kinds enforce together: a branch must satisfy both, so the stricter counts."""
    both = (rulesets, classic)
    held = [source for source in both if source.present]
    word = {(True, True): "both", (True, False): "ruleset", (False, True): "classic"}.get(
        (bool(rulesets.present), bool(classic.present)), "none"
    )
    nothing = all(source.present is False for source in both)
    no_force = _any(source.no_force_push for source in both)
    no_deletion = _any(source.no_deletion for source in both)
    unknown = any(source.present is None for source in both)
    approvals = max((s.approvals for s in held if s.approvals is not None), default=0)
    checks = tuple(dict.fromkeys(name for s in held for name in s.checks or ()))
    bypass = True if nothing else None if unknown and not held else _all(s.bypass for s in held if s.pull_request or s.checks)
    return Protection(
        branch=branch,
        source=word,
        pull_request=_any(source.pull_request for source in both),
        approvals=approvals if approvals or not unknown else None,
        required_checks=checks if checks or not unknown else None,
        up_to_date=_any(source.up_to_date for source in both),
        bypass=bypass,
        force_push=None if no_force is None else not no_force,
        deletion=None if no_deletion is None else not no_deletion,
        note=clean_line("; ".join(source.note for source in both if source.note), limit=600),
    )


def _any(values: Iterable[bool | None]) -> bool | None:
    """Return True when one is true, else None when one is unknown, else False."""
    seen = list(values)
    return True if True in seen else None if None in seen else False


def _all(values: Iterable[bool | None]) -> bool | None:
    """Return False when one is false, else None when one is unknown or there is none, else True."""
    seen = list(values)
    return False if False in seen else None if None in seen or not seen else True


def _context(item: Any) -> str:
    name = item.get("context") if isinstance(item, dict) else None
    return clean_line(name, limit=255) if isinstance(name, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _message(answer: Answer) -> str:
    try:
        decoded = answer.json()
    except OutsideError:
        return ""
    text = decoded.get("message") if isinstance(decoded, dict) else None
    return clean_line(text, limit=200) if isinstance(text, str) else ""
