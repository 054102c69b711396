"""What the world's GitHub keeps besides code, pull requests and runs, as it stands when a world begins.

Keys of the state document that live here::

    issues        {"45": {"number", "title", "body", "author", "state", "reason", "labels": [name], "assignees": [login],
                  "created_at", "updated_at", "closed_at", "comments": [{"id", "author", "body", "at"}]}}; pull requests and
                  issues share their numbers
    releases      [{"id", "tag", "target", "name", "body", "draft", "prerelease", "author", "created_at", "published_at",
                  "latest"?}] oldest first
    environments  {name: {"id", "created_at", "updated_at", "reviewers": [login], "prevent_self_review", "wait_minutes",
                  "protected_branches", "secrets": [secret], "variables": [variable]}}
    secrets       [{"name", "created_at", "updated_at"}] of the repository: no value exists anywhere
    variables     [{"name", "value", "created_at", "updated_at"}]
    hub_deployments  [{"id", "sha", "ref", "task", "environment", "description", "payload", "production", "creator", "at",
                  "statuses": []}] oldest first; those that Vercel and Railway report are shown from ``deployments``
    hub_statuses  {deployment id: [{"id", "state", "description", "target_url", "environment_url", "creator", "at"}]} set by hand
    alerts        {"dependabot": [alert] | None, "code_scanning": …, "secret_scanning": …}; None: switched off
    billed_minutes  {"2026-01-09": minutes} of GitHub Actions, of runs that nobody remembers
    billing       True, or False for an account that is not on the billing platform that has usage reports

Git tags are kept by the bare repository alone.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from strideiq_console.sandbox import objects
from strideiq_console.sandbox.origin import Origin
from strideiq_console.sandbox.state import State

DAY = 86_400.0
PLANTED_SECRET = "sandbox-planted-secret-that-nobody-may-show"  # noqa: S105 (bait: tests prove that it never arrives)
GRANTED = (
    "actions",
    "actions_variables",
    "deployments",
    "environments",
    "organization_administration",
    "plan",
    "secret_scanning_alerts",
    "secrets",
    "security_events",
    "vulnerability_alerts",
)
_RELEASES = (("v1.0.0", 29, 20.0), ("v1.1.0", 36, 5.0))
_FORGOTTEN_DAYS, _FIRST_DAY = 21, 68
_TOKEN_DAYS = 3650  # a fast clock turns a month of real time into years, and the demo must outlive it


def furnish(state: State, origin: Origin, begin: float, *, secondary: bool) -> None:
    """Give a new world's GitHub what it keeps. ``secondary``: limits by minute and second hold; pointless where none passes."""
    for login, granted in state["permissions"].items():
        level = "write" if login == "founder" else "read"
        granted.update({name: level for name in GRANTED if name not in granted})
    state["tokens"]["github"]["expires"] = begin + _TOKEN_DAYS * DAY
    state["limits"] = {"github": {"secondary": secondary}, "railway": {"burst": secondary}}
    state["issues"] = {}
    state["releases"] = [_release(state, origin, *row, begin) for row in _RELEASES]
    state["environments"] = _environments(begin)
    state["secrets"] = [_named("RAILWAY_TOKEN", begin, 68), _named("VERCEL_TOKEN", begin, 68)]
    state["variables"] = [_named("PYTHON_VERSION", begin, 68) | {"value": "3.11"}]
    state["hub_deployments"] = []
    state["alerts"] = {"dependabot": [_dependabot(begin)], "code_scanning": None, "secret_scanning": [_leak(begin)]}
    state["billing"] = True
    state["billed_minutes"] = _billed_minutes(begin)


def day_of(moment: float) -> str:
    """Return a time's day, UTC."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


def _billed_minutes(begin: float) -> dict[str, int]:
    """Return what was built before the runs that are still remembered: some days more, on others nothing."""
    days = range(int(_FORGOTTEN_DAYS) + 1, int(_FIRST_DAY) + 1)
    return {day_of(begin - number * DAY): number * 17 % 48 for number in days if number * 17 % 48 > 8}


def _release(state: State, origin: Origin, tag: str, pull: int, days: float, begin: float) -> dict[str, Any]:
    merged = f"Merge pull request #{pull} "
    sha = next(commit.sha for commit in origin.log(state["refs"]["main"]) if commit.subject.startswith(merged))
    objects.write_tag(origin.path, tag, sha)
    at = begin - days * DAY
    return {
        "id": 164_220_000 + pull,
        "tag": tag,
        "target": "main",
        "name": tag,
        "body": "",
        "draft": False,
        "prerelease": False,
        "author": "founder",
        "created_at": at,
        "published_at": at,
    }


def _environments(begin: float) -> dict[str, dict[str, Any]]:
    found = {}
    for number, name in enumerate(("production", "staging", "preview")):
        found[name] = {
            "id": 161_171_787 + number,
            "created_at": begin - 68 * DAY,
            "updated_at": begin - 68 * DAY,
            "reviewers": [],
            "prevent_self_review": False,
            "wait_minutes": 0,
            "protected_branches": name == "production",
            "secrets": [] if name == "preview" else [_named("DATABASE_URL", begin, 60), _named("SECRET_KEY", begin, 60)],
            "variables": [] if name == "preview" else [_named("API_URL", begin, 60) | {"value": "https://strideiq.run/api"}],
        }
    return found


def _named(name: str, begin: float, days: float) -> dict[str, Any]:
    return {"name": name, "created_at": begin - days * DAY, "updated_at": begin - days * DAY}


def _dependabot(begin: float) -> dict[str, Any]:
    return {
        "number": 3,
        "state": "open",
        "package": "postcss",
        "ecosystem": "npm",
        "manifest": "apps/web/package-lock.json",
        "scope": "development",
        "severity": "low",
        "summary": "Line breaks are read wrongly in comments",
        "range": "< 8.4.31",
        "fixed_in": "8.4.31",
        "created_at": begin - 9 * DAY,
    }


def _leak(begin: float) -> dict[str, Any]:
    return {
        "number": 1,
        "state": "resolved",
        "resolution": "revoked",
        "type": "strava_api_key",
        "title": "Strava API Key",
        "secret": PLANTED_SECRET,
        "created_at": begin - 50 * DAY,
        "resolved_at": begin - 49 * DAY,
        "by": "founder",
    }
