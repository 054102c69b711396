"""Whether a branch may be deleted: what forbids it, and the proof that nothing of its work would be lost (R17, R18, T12)."""

from __future__ import annotations

from collections.abc import Sequence

from strideiq_console.domain.branch import classify
from strideiq_console.domain.commit import ref_fault
from strideiq_console.domain.fault import CloneError
from strideiq_console.domain.pull_request import PullRequest, PullState
from strideiq_console.services.action import Ports


def forbidden(ports: Ports, name: str, opened: Sequence[PullRequest]) -> str:
    """Say why a branch is not deleted whatever it holds, ``""`` where nothing forbids it. ``opened`` are all open pull requests."""
    fault = ref_fault(name)
    if fault:
        return f"{name}: {fault}"
    main, staging = ports.settings.main, ports.settings.staging
    if classify(name, main=main, staging=staging).permanent or name.casefold() in (main.casefold(), staging.casefold()):
        return f"{name} is permanent and never deleted"
    still = [f"#{pull.number} to {pull.base}" for pull in opened if pull.head == name]
    if still:
        return f"deleting {name} would close {', '.join(still)}"
    onto = [f"#{pull.number}" for pull in opened if pull.base == name]
    return f"{', '.join(onto)} is to be merged into {name}" if onto else ""


async def proof_of(ports: Ports, name: str, tip: str) -> str:
    """Say how it is known that the work at ``tip`` has arrived in staging or main; ``""`` where it is not known.

    In this order: its commits are there; a pull request from ``name`` brought exactly this tip there, however GitHub merged it;
    merging it once more would change nothing. What origin's main and staging hold is judged by the clone as it was last fetched.
    Raises OutsideError when GitHub cannot be asked.
    """
    bases = [base for base in dict.fromkeys((ports.settings.staging, ports.settings.main)) if base]
    for base in bases:
        if await _within(ports, tip, base):
            return f"its commits are in {base}"
    for base in bases:
        for pull in await ports.host.pulls.find(name, base):
            if pull.state is PullState.MERGED and pull.head_sha == tip:
                return f"#{pull.number} brought it to {base}"
    for base in bases:
        if await _absorbed(ports, tip, base):
            return f"all its changes are in {base}"
    return ""


async def _within(ports: Ports, tip: str, base: str) -> bool:
    try:
        return await ports.clone.is_ancestor(tip, f"refs/remotes/origin/{base}")
    except CloneError:
        return False  # the clone lacks either, or its history is cut off: it proves nothing


async def _absorbed(ports: Ports, tip: str, base: str) -> bool:
    try:
        return (await ports.clone.absorbed(f"refs/remotes/origin/{base}", (tip,))).get(tip, False)
    except CloneError:
        return False
