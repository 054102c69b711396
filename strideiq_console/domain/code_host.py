"""The ports of GitHub, as the small capabilities that it offers; what ``domain.ports`` says of reads and writes holds here too.

The capabilities that bring nouns of their own stand beside them: ``ci_control``, ``gated_deploy``, ``release``, ``issue``,
``security_alert``, ``repository``, ``ruleset``; pull requests in ``code_review``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from strideiq_console.domain.ci import CheckRun, CheckState, Job, WorkflowRun
from strideiq_console.domain.ci_control import RunControl, RunDetails, Workflows
from strideiq_console.domain.code_review import Labels, PullRequests
from strideiq_console.domain.commit import Divergence
from strideiq_console.domain.cost import Charges
from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.gated_deploy import GatedDeploys, HostDeployments, HostEnvironments
from strideiq_console.domain.issue import Issues
from strideiq_console.domain.log import WholeLog
from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.release import Releases
from strideiq_console.domain.repository import HistoryWrites, RepositoryReads
from strideiq_console.domain.ruleset import ClassicRules, Rulesets
from strideiq_console.domain.security_alert import SecurityAlerts
from strideiq_console.domain.token_report import TokenReport
from strideiq_console.domain.variable import Variable

__all__ = [
    "BranchRules",
    "Checks",
    "CodeHost",
    "HostCosts",
    "Labels",
    "PullRequests",
    "TokenDoctor",
    "VariableNames",
    "Viewer",
    "WorkflowRuns",
]


class Checks(Protocol):
    """What CI says of a commit."""

    async def of(self, sha: str) -> tuple[CheckRun, ...]:
        """Return check runs and commit statuses of a commit, every attempt."""
        ...

    async def combined(self, sha: str) -> CheckState:
        """Return GitHub's sum of the commit statuses alone; UNKNOWN when there is none, where GitHub itself says pending."""
        ...

    async def publish(self, sha: str, *, context: str, state: str, description: str, url: str = "") -> None:
        """Write a commit status. ``state`` is error, failure, pending or success."""
        ...


class WorkflowRuns(Protocol):
    """GitHub Actions."""

    async def recent(self, *, limit: int = 50) -> tuple[WorkflowRun, ...]:
        """Return the newest runs of the repository without their jobs."""
        ...

    async def jobs(self, run_id: int) -> tuple[Job, ...]:
        """Return the jobs of the latest attempt."""
        ...

    async def log_tail(self, job_id: int, *, lines: int = 50) -> tuple[str, ...]:
        """Return the last clean lines of a job's log; the redirect is followed without the token."""
        ...

    async def log(self, job_id: int, *, most: int = 100_000) -> WholeLog:
        """Return a job's log, of a longer one its last ``most`` lines or 24 MB. GitHub has none before the job has ended."""
        ...


class BranchRules(Protocol):
    """Protection of branches, and their tips at GitHub."""

    async def protection(self, branch: str) -> Protection:
        """Return what is enforced: rulesets first, classic protection second (contracts, what a 403 or 404 means)."""
        ...

    async def tip(self, branch: str) -> str | None:
        """Return the tip of a branch at GitHub; None when it does not exist."""
        ...

    async def compare(self, base: str, head: str) -> Divergence:
        """Count how far ``head`` is ahead of and behind ``base`` at GitHub."""
        ...

    async def create(self, branch: str, sha: str) -> None:
        """Create a branch at GitHub."""
        ...

    async def delete(self, branch: str) -> None:
        """Delete a branch at GitHub; the caller has read its tip. Refused for permanent branches (R17)."""
        ...


class Viewer(Protocol):
    """Who the tokens belong to."""

    async def login(self) -> str:
        """Return the login of the founder's token."""
        ...

    async def bot_login(self) -> str | None:
        """Return the login of the bot's token; None when there is no bot."""
        ...

    async def rate(self) -> RateBudget:
        """Ask GitHub what is left of the founder's rate limit; costs nothing of it."""
        ...


class VariableNames(Protocol):
    """Secrets and variables of GitHub Actions by name. Values of variables are dropped as they arrive (R77)."""

    async def repository(self) -> tuple[Variable, ...]:
        """Return those of the repository; ``environment`` is ``""``."""
        ...

    async def environment(self, name: str) -> tuple[Variable, ...]:
        """Return those of one of GitHub's environments."""
        ...


class HostCosts(Protocol):
    """What GitHub costs."""

    async def charges(self, start: datetime, end: datetime, *, everything: bool = False) -> Charges:
        """Return what was used from ``start`` (inclusive) to ``end`` (exclusive), after discounts.

        Only what GitHub puts down to this repository, or with ``everything`` to the whole account.
        """
        ...

    async def month(self, year: int, month: int) -> Charges:
        """Return GitHub's own summary of one month for this repository."""
        ...


class TokenDoctor(Protocol):
    """What the tokens may do; nothing is ever written to find out."""

    async def inspect(self) -> TokenReport:
        """Return whose the founder's token is and what it may do; raises like every read when the token is refused."""
        ...

    async def inspect_bot(self) -> TokenReport | None:
        """Return the same of the bot's token; None when there is no bot."""
        ...


class CodeHost(Protocol):
    """GitHub, as the capabilities that it offers."""

    @property
    def repository(self) -> str:
        """Return ``owner/name``."""
        ...

    @property
    def pulls(self) -> PullRequests:
        """Return pull requests."""
        ...

    @property
    def labels(self) -> Labels:
        """Return labels."""
        ...

    @property
    def checks(self) -> Checks:
        """Return checks and statuses."""
        ...

    @property
    def workflow_runs(self) -> WorkflowRuns:
        """Return workflow runs."""
        ...

    @property
    def rules(self) -> BranchRules:
        """Return branches and their protection."""
        ...

    @property
    def viewer(self) -> Viewer:
        """Return who the tokens belong to."""
        ...

    @property
    def run_control(self) -> RunControl:
        """Return running again, cancelling and starting."""
        ...

    @property
    def run_details(self) -> RunDetails:
        """Return single runs and jobs."""
        ...

    @property
    def workflows(self) -> Workflows:
        """Return the workflow files."""
        ...

    @property
    def gates(self) -> GatedDeploys:
        """Return approvals that runs wait for."""
        ...

    @property
    def environments(self) -> HostEnvironments:
        """Return the environments."""
        ...

    @property
    def deployments(self) -> HostDeployments:
        """Return deployments as told to GitHub."""
        ...

    @property
    def releases(self) -> Releases:
        """Return releases and tags."""
        ...

    @property
    def issues(self) -> Issues:
        """Return issues."""
        ...

    @property
    def alerts(self) -> SecurityAlerts:
        """Return security alerts."""
        ...

    @property
    def contents(self) -> RepositoryReads:
        """Return facts, files, branches and commits."""
        ...

    @property
    def history(self) -> HistoryWrites:
        """Return merges and commits made at GitHub."""
        ...

    @property
    def rulesets(self) -> Rulesets:
        """Return rulesets, whole."""
        ...

    @property
    def classic(self) -> ClassicRules:
        """Return classic protection, whole."""
        ...

    @property
    def variables(self) -> VariableNames:
        """Return secrets and variables by name."""
        ...

    @property
    def costs(self) -> HostCosts:
        """Return what GitHub costs."""
        ...

    @property
    def tokens(self) -> TokenDoctor:
        """Return what the tokens may do."""
        ...

    def budget(self) -> RateBudget:
        """Return what is left of the rate limit, as last heard; no request is made."""
        ...
