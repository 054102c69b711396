"""The environments of the document's section 1, filled in or changed by ``[environments.NAME]``."""

from __future__ import annotations

from collections.abc import Mapping

from strideiq_console.domain.commit import ref_fault
from strideiq_console.domain.environment import LOCAL, Environment
from strideiq_console.settings import checks
from strideiq_console.settings.table import Table, nearest

PRODUCTION, STAGING = "production", "staging"
DOCUMENT = (PRODUCTION, STAGING, LOCAL)
HEALTH = "/health"
# Purpose, data and who tests, from the document. Addresses stand in the settings alone: a foreign clone must probe nobody.
_WORDS: Mapping[str, tuple[str, str, str]] = {
    PRODUCTION: ("live users", "real user data", "end users"),
    STAGING: ("pre-release validation", "sanitized copy or synthetic", "founder + QA"),
    LOCAL: ("active development", "developer's test data", "developer"),
}


def environments(table: Table, *, main: str, staging: str) -> tuple[Environment, ...]:
    """Read all environments, the document's three first. A name that only nearly is one of those is refused."""
    branches = {PRODUCTION: main, STAGING: staging}
    names = (*DOCUMENT, *(name for name in table.names if name not in DOCUMENT))
    found = [_environment(table, name, branches.get(name, "")) for name in names if _known(table, name)]
    table.close()
    _one_branch_each(table, found)
    return tuple(found)


def _known(table: Table, name: str) -> bool:
    if name in DOCUMENT:
        return True
    near = nearest_environment(name, DOCUMENT)
    if not near and checks.NAME.match(name):
        return True
    table.table(name)  # asked for, so that it is faulted once only
    cause = "unknown environment" if near else "must be a name: 1 to 40 of a-z, 0-9 and '-'"
    table.fault(name, cause, near)
    return False


def nearest_environment(name: str, names: tuple[str, ...]) -> str:
    """Return the environment that was probably meant; longer forms such as ``production-eu`` count as near."""
    return next((full for full in names if name.lower().startswith(full)), "") or nearest(name, names)


def _environment(table: Table, name: str, branch: str) -> Environment:
    mine = table.table(name)
    purpose, data, testers = _WORDS.get(name, ("", "", ""))
    environment = Environment(
        name=name,
        url=mine.url("url"),
        api=mine.url("api"),
        health=mine.text("health", HEALTH, checks.health_fault),
        metrics=mine.text("metrics", "", checks.health_fault),
        sign_in=mine.text("sign_in", "", checks.health_fault),
        limited=mine.text("limited", "", checks.health_fault),
        branch=mine.text("branch", branch, branch_fault),
        purpose=mine.text("purpose", purpose),
        data=mine.text("data", data),
        testers=mine.text("testers", testers),
        protected=name in (PRODUCTION, STAGING),
        production=name == PRODUCTION,
    )
    mine.close()
    return environment


def branch_fault(value: str) -> str | None:
    """Judge the name of a branch; empty means that nothing is deployed from a branch."""
    return None if not value else ref_fault(value)


def _one_branch_each(table: Table, found: list[Environment]) -> None:
    seen: dict[str, str] = {}
    for environment in found:
        if not environment.branch or environment.local:
            continue
        if environment.branch in seen:
            table.fault(environment.name, f"deploys the same branch as {seen[environment.branch]}")
        seen.setdefault(environment.branch, environment.name)
