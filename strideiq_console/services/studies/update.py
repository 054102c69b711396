"""What a plan to update a pull request stands on: the pull request, its branch and its base."""

from __future__ import annotations

from collections.abc import Mapping

from strideiq_console.domain.branch import classify
from strideiq_console.domain.fault import BlockedError, UsageError
from strideiq_console.domain.pull_request import PullState
from strideiq_console.services.action import Ports
from strideiq_console.services.study import Study


async def study_update(ports: Ports, values: Mapping[str, str]) -> Study:
    """Look at the pull request. Raises UsageError for what is no number, BlockedError where it is not to be updated this way."""
    number = values["pull"].removeprefix("#")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise UsageError(f"{values['pull']} is no number of a pull request", next_step="strideiq show branches names them")
    pull = await ports.host.pulls.get(int(number))
    if pull.state is not PullState.OPEN:
        raise BlockedError(f"#{number} is {pull.state}", consequence="there is nothing to bring up to date")
    if classify(pull.head, main=ports.settings.main, staging=ports.settings.staging).permanent:
        raise BlockedError(
            f"#{number} comes from {pull.head}, which only changes through pull requests",
            next_step=f"strideiq promote start merges {pull.base} back into it first",
        )
    divergence = await ports.host.rules.compare(pull.base, pull.head_sha)
    count = "commit" if divergence.behind == 1 else "commits"
    notes = (f"#{number} is {divergence.behind} {count} behind {pull.base}",) if divergence.behind else ()
    if not divergence.behind:
        notes = (f"#{number} is not behind {pull.base}: nothing will be merged",)
    facts = {
        "repository": ports.repository,
        "place": ports.place,
        "number": number,
        "base": pull.base,
        "branch": pull.head,
        "head": pull.head_sha,
    }
    return Study(facts, notes, title=f"update #{number}")
