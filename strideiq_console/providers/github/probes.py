"""How each permission of a token is found out: the cheapest read for those that read, roles and scopes for those that write."""

from __future__ import annotations

from dataclasses import dataclass

# Beyond the last page: an empty list proves the permission as well as a full one, and no value crosses the wire.
_BEYOND = (("page", 10_000),)


@dataclass(frozen=True, slots=True)
class Probe:
    """One read. ``{head}`` and ``{environment}`` in the segments stand for the default branch and for any environment."""

    name: str
    needed_for: str
    segments: tuple[str, ...]
    params: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True, slots=True)
class Right:
    """One permission to write. ``role`` is what its owner must be in the repository, ``scopes`` what a classic token needs."""

    name: str
    needed_for: str
    role: str = "push"
    scopes: tuple[str, ...] = ()


CONTENTS = Probe("Contents: read", "branches, commits, files, releases", ("commits",))
PULLS = Probe("Pull requests: read", "pull requests and reviews", ("pulls",))
READS = (
    CONTENTS,
    PULLS,
    Probe("Actions: read", "runs, jobs, logs, environments", ("actions", "runs")),
    Probe("Checks: read", "check runs and annotations; jobs stand in for them", ("commits", "{head}", "check-runs")),
    Probe("Commit statuses: read", "commit statuses such as staging/verified", ("commits", "{head}", "status")),
    Probe("Deployments: read", "deployments and approvals that wait", ("deployments",)),
    Probe("Environments: read", "names of an environment's secrets and variables", ("environments", "{environment}", "secrets")),
    Probe("Secrets: read", "names of the repository's secrets", ("actions", "secrets")),
    Probe("Variables: read", "names of the repository's variables", ("actions", "variables"), _BEYOND),
    Probe("Administration: read", "classic branch protection", ("branches", "{head}", "protection")),
    Probe("Dependabot alerts: read", "vulnerable dependencies", ("dependabot", "alerts")),
    Probe(
        "Secret scanning alerts: read",
        "leaked secrets",
        ("secret-scanning", "alerts"),
        (("hide_secret", "true"), *_BEYOND),
    ),
    Probe("Code scanning alerts: read", "findings in the code", ("code-scanning", "alerts")),
    Probe("Issues: read", "incidents and labels", ("issues",)),
)
BILLING = "what GitHub costs"
_REPO = ("repo",)
PULLS_WRITE = Right("Pull requests: write", "opening, updating and approving pull requests")
CONTENTS_WRITE = Right("Contents: write", "creating and deleting branches, merging, releases")
WRITES = (
    CONTENTS_WRITE,
    PULLS_WRITE,
    Right("Workflows: write", "changes under .github/workflows", scopes=("workflow",)),
    Right("Actions: write", "running again, cancelling and starting workflows"),
    Right("Deployments: write", "approving deployments that wait", scopes=("repo", "repo_deployment")),
    Right("Commit statuses: write", "the mark staging/verified", scopes=("repo", "repo:status")),
    Right("Issues: write", "recording incidents, labels"),
    Right("Administration: write", "the runbook that protects branches", role="admin"),
)
# The bot opens pull requests, and nothing else.
BOT_READS, BOT_WRITES = (CONTENTS, PULLS), (PULLS_WRITE,)
