"""What every plan that works in the clone stands on: the clone as it is, and the tips of the branches at origin."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from strideiq_console.domain.fault import BlockedError
from strideiq_console.services.action import Ports
from strideiq_console.services.study import Study


async def ground(ports: Ports, values: Mapping[str, str], why: str) -> dict[str, str]:
    """Return the facts of the clone and its two permanent branches; ``why`` says what needs both.

    ``worktree`` is ``none``, or the folder of a work tree of its own where the clone has unsaved work. Raises BlockedError where
    nothing can be begun.
    """
    main, staging = ports.settings.main, ports.settings.staging
    status = await ports.clone.status()
    if status.operation is not None:
        raise BlockedError(
            f"a {status.operation} is in progress in {status.path}", next_step="finish or abort it with git, then start again"
        )
    if status.remote is None:
        raise BlockedError("the clone has no remote named origin", next_step="git remote add origin ADDRESS")
    tips = {name: await ports.clone.remote_tip(name) for name in (main, staging)}
    absent = [name for name, tip in tips.items() if tip is None]
    if absent:
        raise BlockedError(
            f"origin has no branch {' and no branch '.join(absent)}",
            consequence=why,
            next_step=f"create it from {main}, or set [branches] in config.toml",
        )
    worktree = "none"
    if status.changed:
        folder = Path(status.path)
        worktree = str(folder.parent / f"{folder.name}.worktrees" / values.get("slug", "work"))
    return {
        "repository": ports.repository,
        "place": ports.place,
        "main-branch": main,
        "staging-branch": staging,
        "main": str(tips[main]),
        "staging": str(tips[staging]),
        "worktree": worktree,
    }


async def study_ground(ports: Ports, values: Mapping[str, str]) -> Study:
    """Return the ground alone, for a runbook that was declared in config.toml."""
    return Study(await ground(ports, values, "its steps name both"))


def hosting_notes(ports: Ports) -> list[str]:
    """Say beforehand that steps which wait for a deployment will stop where no hosting provider is configured."""
    if ports.deployments:
        return []
    return ["no hosting provider is configured: the steps that wait for a deployment will stop and say so"]


async def deadlock_notes(ports: Ports) -> list[str]:
    """T2: say before it starts that the approval will wait, when nobody else than the founder opens pull requests."""
    protection = await ports.host.rules.protection(ports.settings.main)
    if not protection.approvals or await ports.host.viewer.bot_login() is not None:
        return []
    why = "main wants an approval, GitHub lets nobody approve their own pull request, and no bot token is configured"
    ways = "a bot token, a second account, or 0 required approvals"
    return [f"the step 'approve' will wait: {why}. Ways out: {ways}"]
