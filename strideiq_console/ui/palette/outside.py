"""What was read from outside: environments, branches, pull requests, CI runs and deployments. Their names are literal text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from strideiq_console.domain.deployment import newest_first
from strideiq_console.ui.palette.entry import Entry, Row

if TYPE_CHECKING:
    from strideiq_console.services.console import Console


def environments(services: Console) -> Iterable[Entry]:
    """Offer each environment."""
    for one in services.facts().environments:
        yield Entry(f"{one.name}  {one.url}", Row("environments", one.name), "environment", rank=4)


def branches(services: Console) -> Iterable[Entry]:
    """Offer each branch."""
    return (Entry(one.name, Row("branches", one.name), "branch", rank=3) for one in services.facts().branches.value or ())


def pulls(services: Console) -> Iterable[Entry]:
    """Offer each pull request; it stands with its branch."""
    for standing in services.facts().pulls.value or ():
        pull = standing.pull
        yield Entry(f"#{pull.number} {pull.title}", Row("branches", pull.head), "pull request", rank=2)


def runs(services: Console) -> Iterable[Entry]:
    """Offer each CI run."""
    for run in services.facts().runs.value or ():
        yield Entry(f"#{run.number} {run.name} {run.branch} {run.state}", Row("ci", str(run.id)), "CI run", rank=1)


def deployments(services: Console) -> Iterable[Entry]:
    """Offer each deployment; it stands with its environment."""
    for provider, reading in services.facts().deployments.items():
        for one in newest_first(reading.value or ()):
            words = f"{one.component} {(one.sha or 'unknown commit')[:7]} {one.subject} {one.state} at {provider}"
            yield Entry(f"{one.environment} {words}", Row("environments", one.environment), "deployment", rank=1)
