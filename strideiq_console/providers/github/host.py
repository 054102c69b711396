"""GitHub as the port ``CodeHost`` wants it: one object per capability, over the founder's client and the bot's, if there is one."""

from __future__ import annotations

from collections.abc import Callable, Container

from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.ports import Clock
from strideiq_console.domain.secret import Secret
from strideiq_console.providers.github.alerts import GitHubAlerts
from strideiq_console.providers.github.billing import GitHubBilling
from strideiq_console.providers.github.checks import GitHubChecks
from strideiq_console.providers.github.contents import GitHubContents
from strideiq_console.providers.github.deployments import GitHubDeployments, GitHubEnvironments, GitHubGates
from strideiq_console.providers.github.history import GitHubHistory
from strideiq_console.providers.github.issues import GitHubIssues
from strideiq_console.providers.github.labels import GitHubLabels
from strideiq_console.providers.github.pulls import GitHubPulls
from strideiq_console.providers.github.releases import GitHubReleases
from strideiq_console.providers.github.repository import SOURCE, Repository
from strideiq_console.providers.github.rules import GitHubRules
from strideiq_console.providers.github.rulesets import GitHubClassic, GitHubRulesets
from strideiq_console.providers.github.run_control import GitHubRunControl
from strideiq_console.providers.github.run_details import GitHubRunDetails, GitHubWorkflows
from strideiq_console.providers.github.token_doctor import GitHubTokenDoctor
from strideiq_console.providers.github.variables import GitHubVariables
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
        self._run_control = GitHubRunControl(door)
        self._run_details = GitHubRunDetails(door)
        self._workflows = GitHubWorkflows(door)
        self._gates = GitHubGates(door)
        self._environments = GitHubEnvironments(door)
        self._deployments = GitHubDeployments(door)
        self._releases = GitHubReleases(door)
        self._issues = GitHubIssues(door)
        self._alerts = GitHubAlerts(door)
        self._contents = GitHubContents(door)
        self._history = GitHubHistory(door, permanent)
        self._rulesets = GitHubRulesets(door)
        self._classic = GitHubClassic(door)
        self._variables = GitHubVariables(door)
        self._costs = GitHubBilling(door)
        self._tokens = GitHubTokenDoctor(door, Repository(bot, repository) if bot else None)

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

    @property
    def run_control(self) -> GitHubRunControl:
        """Return running again, cancelling and starting."""
        return self._run_control

    @property
    def run_details(self) -> GitHubRunDetails:
        """Return single runs and jobs."""
        return self._run_details

    @property
    def workflows(self) -> GitHubWorkflows:
        """Return the workflow files."""
        return self._workflows

    @property
    def gates(self) -> GitHubGates:
        """Return approvals that runs wait for."""
        return self._gates

    @property
    def environments(self) -> GitHubEnvironments:
        """Return the environments."""
        return self._environments

    @property
    def deployments(self) -> GitHubDeployments:
        """Return deployments as told to GitHub."""
        return self._deployments

    @property
    def releases(self) -> GitHubReleases:
        """Return releases and tags."""
        return self._releases

    @property
    def issues(self) -> GitHubIssues:
        """Return issues."""
        return self._issues

    @property
    def alerts(self) -> GitHubAlerts:
        """Return security alerts."""
        return self._alerts

    @property
    def contents(self) -> GitHubContents:
        """Return facts, files, branches and commits."""
        return self._contents

    @property
    def history(self) -> GitHubHistory:
        """Return merges and commits made at GitHub."""
        return self._history

    @property
    def rulesets(self) -> GitHubRulesets:
        """Return rulesets, whole."""
        return self._rulesets

    @property
    def classic(self) -> GitHubClassic:
        """Return classic protection, whole."""
        return self._classic

    @property
    def variables(self) -> GitHubVariables:
        """Return secrets and variables by name."""
        return self._variables

    @property
    def costs(self) -> GitHubBilling:
        """Return what GitHub costs."""
        return self._costs

    @property
    def tokens(self) -> GitHubTokenDoctor:
        """Return what the tokens may do."""
        return self._tokens

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
