"""Secrets and variables of GitHub Actions by name (R77). GitHub sends the values of variables: they are dropped as they arrive."""

from __future__ import annotations

from strideiq_console.domain.untrusted import clean_line
from strideiq_console.domain.variable import Variable
from strideiq_console.providers.github import mapping
from strideiq_console.providers.github import wire_repository as wire
from strideiq_console.providers.github.repository import SOURCE, Repository

# GitHub pages variables by 30 at most, secrets by 100. What carries values never enters the ETag store, which lies on the disk.
_SIZES = {"secrets": 100, "variables": 30}


class GitHubVariables:
    """Implements ``code_host.VariableNames``. Secrets are sealed and never come back; variables are plain."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    async def repository(self) -> tuple[Variable, ...]:
        """Return those of the repository; ``environment`` is ``""``."""
        return await self._both("", "actions")

    async def environment(self, name: str) -> tuple[Variable, ...]:
        """Return those of one of GitHub's environments."""
        return await self._both(name, "environments", name)

    async def _both(self, environment: str, *segments: str) -> tuple[Variable, ...]:
        repository, found = self._repository, []
        for kind, size in _SIZES.items():
            what = f"{kind} of {environment or 'the repository'}"
            path, keep = repository.path(*segments, kind), kind != "variables"
            shapes = await repository.all(what, wire.Named, path, key=kind, size=size, keep=keep)
            found += [_variable(shape, environment, secret=kind == "secrets") for shape in shapes]
        return tuple(found)


def _variable(shape: wire.Named, environment: str, *, secret: bool) -> Variable:
    return Variable(
        name=clean_line(shape.name, limit=255),
        environment=environment,
        provider=SOURCE,
        sealed=secret,
        secret=secret,
        updated_at=mapping.utc(shape.updated_at),
    )
