"""GitHub as the port ``CodeHost`` wants it: one object per capability, over the founder's client and the bot's, if there is one."""

from __future__ import annotations

from collections.abc import Callable, Container

from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.secret import Secret
from strideiq_console.providers.github.checks import GitHubChecks
from strideiq_console.providers.github.labels import GitHubLabels
from strideiq_console.providers.github.pulls import GitHubPulls
from strideiq_console.providers.github.repository import SOURCE, Repository
from strideiq_console.providers.github.rules import GitHubRules
from strideiq_console.providers.github.viewer import GitHubViewer
from strideiq_console.providers.github.workflow_runs import GitHubWorkflowRuns
from strideiq_console.providers.http import EtagStore, Governor, HttpClient, Transport

HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


class GitHub:
    """Implements ``ports.CodeHost``. ``client`` bears the founder's token; ``bot`` opens pull requests, for the founder to approve.

    ``repository`` is ``owner/name`` (ConfigurationError otherwise). ``permanent`` names branches that are never deleted, beside
    ``main`` and ``staging``.
    """

    def __init__(self, *, client: HttpClient, bot: HttpClient | None, repository: str, permanent: Container[str] = ()) -> None:
        door = Repository(client, repository)
        self._client = client
        self._repository = door.name
        self._pulls = GitHubPulls(door, bot or client)
        self._labels = GitHubLabels(door)
        self._checks = GitHubChecks(door)
        self._workflow_runs = GitHubWorkflowRuns(door)
        self._rules = GitHubRules(door, permanent)
        self._viewer = GitHubViewer(client, bot)

    @property
    def repository(self) -> str:
        """Return ``owner/name``."""
        return self._repository

    @property
    def pulls(self) -> GitHubPulls:
        """Return pull requests."""
        return self._pulls

    @property
    def labels(self) -> GitHubLabels:
        """Return labels."""
        return self._labels

    @property
    def checks(self) -> GitHubChecks:
        """Return checks and statuses."""
        return self._checks

    @property
    def workflow_runs(self) -> GitHubWorkflowRuns:
        """Return workflow runs."""
        return self._workflow_runs

    @property
    def rules(self) -> GitHubRules:
        """Return branches and their protection."""
        return self._rules

    @property
    def viewer(self) -> GitHubViewer:
        """Return who the tokens belong to."""
        return self._viewer

    def budget(self) -> RateBudget:
        """Return what is left of the rate limit, as last heard; no request is made."""
        return self._client.governor.budget()


def connect(
    *,
    api_url: str,
    token: Secret,
    clock: Clock,
    governor: Governor,
    transport: Transport | None = None,
    etags: EtagStore | None = None,
    redact: Callable[[str], str] | None = None,
    timeout: float = 15.0,
) -> HttpClient:
    """Return a client for GitHub with the headers that its API version wants; one per token, the governor shared."""
    return HttpClient(
        source=SOURCE,
        base_url=api_url,
        clock=clock,
        governor=governor,
        auth=("Authorization", "Bearer ", token),
        headers=HEADERS,
        transport=transport,
        etags=etags,
        redact=redact,
        timeout=timeout,
    )
