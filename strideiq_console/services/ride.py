"""What goes along between two commits: commits, migrations, and the variables in which staging and production differ, by name."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.commit import is_sha, short_sha
from strideiq_console.domain.fault import DivergedError
from strideiq_console.domain.hosting import Hosting
from strideiq_console.domain.policy.promoting import Rider, riders
from strideiq_console.domain.policy.rollback.facts import Change
from strideiq_console.domain.runbook.model import Effect
from strideiq_console.services.action import Ports
from strideiq_console.services.rollback.candidates import migrations_folder
from strideiq_console.services.rollback.reading import told

NOBODY_LOOKED = "migrations in range: not known"


async def tip_of(ports: Ports, name: str) -> str:
    """Return the commit of a branch at GitHub, or a full SHA as it is.

    Raises DivergedError where the clone has not fetched what GitHub has: nothing could be said of its commits.
    """
    if is_sha(name):
        return name
    there = await ports.host.rules.tip(name)
    here = await ports.clone.tip(f"refs/remotes/origin/{name}")
    if there is None or there != here:
        raise DivergedError(
            f"{name} is {short_sha(there)} at GitHub and {short_sha(here)} in the clone",
            consequence="commits that nobody has looked at could go along",
            next_step="git fetch origin, then retry",
        )
    return there


async def changes_between(ports: Ports, since: str, until: str) -> tuple[Change, ...] | None:
    """Return the commits that ``until`` has and ``since`` lacks, newest first, with the migration files of each; None: too many."""
    folder = await migrations_folder(ports, until)
    return await ports.clone.changes(since, until, folder=folder)


def migrations_of(changes: tuple[Change, ...]) -> list[str] | None:
    """Return the migration files that the commits touch, None where nobody could look at every commit."""
    if any(change.migrations is None for change in changes):
        return None
    return sorted({file for change in changes for file in change.migrations or ()})


def rows_of(found: tuple[Rider, ...]) -> list[dict[str, Any]]:
    """Return riders as small JSON, newest first."""
    return [{"sha": r.commit.sha, "subject": r.commit.subject, "verified": r.verified} for r in found]


async def variables_apart(ports: Ports) -> list[str]:
    """Say by name which variables one of staging and production has and the other lacks, at each provider; what is not told too."""
    hosts = [ports.outside.hosting[p] for p in sorted(ports.outside.hosting)]
    lines = await asyncio.gather(*(_apart(ports, host) for host in hosts))
    return [line for some in lines for line in some] or (
        ["variables: no provider is configured, so nobody can compare"] if not hosts else []
    )


async def _apart(ports: Ports, host: Hosting) -> list[str]:
    staging = ports.settings.environment_of_branch(ports.settings.staging)
    production = ports.settings.environment_of_branch(ports.settings.main)
    title = f"variables at {host.provider.capitalize()}"
    if staging is None or production is None:
        return [f"{title}: not known, staging or production is not configured"]
    ours, theirs = await asyncio.gather(told(host.variables(staging.name)), told(host.variables(production.name)))
    if ours is None or theirs is None:
        silent = staging.name if ours is None else production.name
        return [f"{title}: not known, those of {silent} could not be read"]
    one = {v.name for v in ours if v.branch in (None, "", staging.branch)}
    two = {v.name for v in theirs if v.branch in (None, "", production.branch)}
    lines = []
    if one - two:
        lines.append(f"{title}: {production.name} lacks {', '.join(sorted(one - two))}")
    if two - one:
        lines.append(f"{title}: {staging.name} lacks {', '.join(sorted(two - one))}")
    return lines


async def ride(ports: Ports, base: str, head: str) -> dict[str, Any]:
    """Return all that goes along from ``base`` to ``head`` (full SHAs), as small JSON; ``commits`` None: too many to look at."""
    changes, variables = await asyncio.gather(changes_between(ports, base, head), variables_apart(ports))
    return ride_of(ports, base, head, changes, variables)


def ride_of(ports: Ports, base: str, head: str, changes: tuple[Change, ...] | None, variables: list[str]) -> dict[str, Any]:
    """Return the same of commits that were read already."""
    verification = ports.verifications.of(head) or ports.verifications.latest()
    found = riders(changes, verification.sha if verification else None) if changes is not None else ()
    return {
        "base": base,
        "head": head,
        "count": len(found) if changes is not None else None,
        "commits": rows_of(found),
        "migrations": None if changes is None else migrations_of(changes),
        "variables": variables,
    }


def ride_lines(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what goes along as lines: every commit, then migrations and variables by name."""
    lines = [f"{one['sha'][:7]} {one['subject']}{'' if one['verified'] else ' (not verified)'}" for one in found.get("commits", ())]
    return (*lines, *range_lines(found))


def range_lines(found: Mapping[str, Any]) -> tuple[str, ...]:
    """Return migrations and variables of a range as lines."""
    files = found.get("migrations")
    said = NOBODY_LOOKED if files is None else f"migrations in range: {', '.join(files) or 'none'}"
    return (said, *found.get("variables", ()))


def ride_effects(found: Mapping[str, Any]) -> tuple[Effect, ...]:
    """Return the lines as the effects of a preview."""
    return tuple(Effect(line) for line in ride_lines(found))
