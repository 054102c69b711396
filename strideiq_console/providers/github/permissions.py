"""The permissions of a GitHub token by the names of GitHub's form, and which one each operation needs (contracts, GitHub)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = {
    "vulnerability_alerts": "Dependabot alerts",
    "security_events": "Code scanning alerts",
    "statuses": "Commit statuses",
    "actions_variables": "Variables",
    "organization_administration": "Administration (organization)",
}


@dataclass(frozen=True, slots=True)
class Need:
    """What one family of operations needs. ``path`` matches the address below the API's root; the first family that fits counts."""

    family: str
    path: re.Pattern[str]
    read: str
    write: str = ""

    def of(self, method: str) -> str:
        """Return the permission that a request of this family needs, by the name of GitHub's form."""
        return self.read if method == "GET" else self.write or self.read


def _need(family: str, below: str, read: str, write: str = "", *, repository: bool = True) -> Need:
    root = r"/repos/[^/]+/[^/]+" if repository else ""
    return Need(family, re.compile(root + below), read, write)


_CONTENTS, _CONTENTS_WRITE = "Contents: read", "Contents: write"
_PULLS, _PULLS_WRITE = "Pull requests: read", "Pull requests: write"
_ACTIONS, _ACTIONS_WRITE = "Actions: read", "Actions: write"
_ADMINISTRATION, _ADMINISTRATION_WRITE = "Administration: read", "Administration: write"
_METADATA = "Metadata: read"
NEEDS = (
    _need("protection", r"/branches/[^/]+/protection\b", _ADMINISTRATION, _ADMINISTRATION_WRITE),
    _need("rules", r"/(?:rules|rulesets)\b", _METADATA, _ADMINISTRATION_WRITE),
    _need("dependabot", r"/dependabot/", "Dependabot alerts: read"),
    _need("vulnerability-alerts", r"/vulnerability-alerts\b", _ADMINISTRATION),
    _need("secret-scanning", r"/secret-scanning/", "Secret scanning alerts: read"),
    _need("code-scanning", r"/code-scanning/", "Code scanning alerts: read"),
    _need("billing", r"/users/[^/]+/settings/billing/", "Plan: read", repository=False),
    _need("billing", r"/organizations/[^/]+/settings/billing/", "Administration (organization): read", repository=False),
    _need("pending_deployments", r"/actions/runs/\d+/pending_deployments\b", "Deployments: read", "Deployments: write"),
    _need("environment names", r"/environments/[^/]+/(?:secrets|variables)\b", "Environments: read"),
    _need("environments", r"/environments\b", _ACTIONS),
    _need("secrets", r"/actions/secrets\b", "Secrets: read"),
    _need("variables", r"/actions/variables\b", "Variables: read"),
    _need("logs", r"/actions/jobs/\d+/logs\b", _ACTIONS),
    _need("runs", r"/actions/", _ACTIONS, _ACTIONS_WRITE),
    _need("checks", r"/(?:check-runs/|commits/[^/]+/check-runs\b)", "Checks: read"),
    _need("statuses", r"/(?:statuses/|commits/[^/]+/status\b)", "Commit statuses: read", "Commit statuses: write"),
    _need("deployments", r"/deployments\b", "Deployments: read", "Deployments: write"),
    _need("merges", r"/pulls/\d+/merge\b", _CONTENTS, _CONTENTS_WRITE),
    _need("pulls", r"/(?:pulls\b|commits/[^/]+/pulls\b)", _PULLS, _PULLS_WRITE),
    _need("issues", r"/(?:issues|labels)\b", "Issues: read", "Issues: write"),
    _need("contents", r"/(?:git|merges|contents|commits|compare|branches|releases|tags)\b", _CONTENTS, _CONTENTS_WRITE),
    _need("repository", r"\Z", _METADATA, _ADMINISTRATION_WRITE),
)
OTHER = Need("other", re.compile(""), "")


def need_of(path: str) -> Need:
    """Return the family of an address below the API's root; :data:`OTHER` for one that needs no permission, as ``/user``."""
    return next((need for need in NEEDS if need.path.match(path)), OTHER)


def worded(header: str) -> str:
    """Return ``X-Accepted-GitHub-Permissions`` by the names of GitHub's form; ``""`` for nothing that can be read.

    GitHub writes ``administration=read``, joins what is needed together with commas and what may stand in with semicolons.
    """
    choices = [[_word(part) for part in choice.split(",") if "=" in part] for choice in header.split(";")]
    return " or ".join(" and ".join(parts) for parts in choices if parts)


def _word(part: str) -> str:
    name, _, level = part.strip().partition("=")
    return f"{_WORDS.get(name, name.replace('_', ' ').capitalize())}: {level}"
