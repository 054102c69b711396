"""Labels of pull requests, made in the repository where they are missing (R46)."""

from __future__ import annotations

from collections.abc import Sequence

from strideiq_console.providers.github import wire
from strideiq_console.providers.github.repository import Repository

_COLOURS = {
    "hotfix": "b60205",
    "release": "0e8a16",
    "feature": "1d76db",
    "p0": "b60205",
    "p1": "d93f0b",
    "p2": "fbca04",
    "p3": "c2e0c6",
}
_OTHER = "ededed"


class GitHubLabels:
    """Implements ``ports.Labels``."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def put(self, number: int, labels: Sequence[str]) -> None:
        """Give a pull request the labels, keeping those it has and creating those the repository lacks.

        Names are compared as GitHub does, without regard to case. Nothing is sent when it bears them all.
        """
        repository = self._repository
        pull = await repository.one(f"pull request #{number}", wire.Pull, repository.path("pulls", number))
        borne = {label.name.lower(): label.name for label in pull.labels}
        wanted = {name.lower(): name for name in labels}
        if wanted.keys() <= borne.keys():
            return
        known = await repository.all("the labels", wire.Label, repository.path("labels"))
        existing = {label.name.lower() for label in known}
        for low, name in wanted.items():
            if low not in existing:
                body = {"name": name, "color": _COLOURS.get(low, _OTHER)}
                # 422: somebody has made it meanwhile, which is what was wanted.
                await repository.write("POST", repository.path("labels"), body, allow=(422,))
        every = list({**wanted, **borne}.values())
        await repository.write("PATCH", repository.path("issues", number), {"labels": every})
