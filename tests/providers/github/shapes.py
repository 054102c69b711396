"""Small answers in GitHub's shapes, for tests that need no pack."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

HEAD = "a" * 40
BASE_SHA = "b" * 40
MERGED = "c" * 40
MONTH = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))


def pull(number: int = 43, **changes: Any) -> dict[str, Any]:
    repo = {"full_name": "acme/strideiq"}
    made = {
        "number": number,
        "title": "Fix auth crash",
        "state": "open",
        "user": {"login": "deploy-bot"},
        "html_url": f"https://github.com/acme/strideiq/pull/{number}",
        "draft": False,
        "body": "run 1",
        "labels": [{"name": "hotfix"}],
        "created_at": "2026-01-09T12:00:00Z",
        "updated_at": "2026-01-09T12:00:00Z",
        "merged_at": None,
        "merge_commit_sha": MERGED,
        "head": {"ref": "hotfix/fix-auth-crash", "sha": HEAD, "label": "acme:hotfix/fix-auth-crash", "repo": repo},
        "base": {"ref": "staging", "sha": BASE_SHA, "label": "acme:staging", "repo": repo},
    }
    return made | changes


def run(number: int = 1, **changes: Any) -> dict[str, Any]:
    made = {
        "id": number,
        "run_number": number,
        "head_sha": HEAD,
        "event": "push",
        "status": "completed",
        "conclusion": "success",
        "head_branch": "main",
    }
    return made | changes


def job(number: int = 1, **changes: Any) -> dict[str, Any]:
    made = {"id": number, "name": "backend-test", "status": "completed", "conclusion": "failure", "head_sha": HEAD, "steps": []}
    return made | changes


def rule(kind: str, ruleset: int = 21, **parameters: Any) -> dict[str, Any]:
    return {"type": kind, "ruleset_id": ruleset, "ruleset_source_type": "Repository", "parameters": parameters}


def facts(**changes: Any) -> dict[str, Any]:
    made = {
        "full_name": "acme/strideiq",
        "default_branch": "main",
        "private": True,
        "owner": {"login": "acme", "type": "User"},
        "permissions": {"admin": True, "maintain": True, "push": True, "triage": True, "pull": True},
    }
    return made | changes


def commit(sha: str = HEAD, message: str = "Fix auth crash", **changes: Any) -> dict[str, Any]:
    person = {"name": "Founder", "date": "2026-01-09T12:00:00Z"}
    made = {"sha": sha, "commit": {"message": message, "author": person, "committer": person}, "parents": [{"sha": BASE_SHA}]}
    return made | changes


def dependency(number: int = 1, **changes: Any) -> dict[str, Any]:
    package = {"ecosystem": "npm", "name": "left-pad"}
    made = {
        "number": number,
        "state": "open",
        "dependency": {"package": package, "manifest_path": "web/package-lock.json", "scope": "development"},
        "security_advisory": {"ghsa_id": "GHSA-aaaa-bbbb-cccc", "cve_id": None, "summary": "Pads", "severity": "low"},
        "security_vulnerability": {
            "package": package,
            "severity": "critical",
            "vulnerable_version_range": "< 2",
            "first_patched_version": None,
        },
        "html_url": f"https://github.com/acme/strideiq/security/dependabot/{number}",
        "created_at": "2026-01-02T12:00:00Z",
    }
    return made | changes


def leak(number: int = 1, **changes: Any) -> dict[str, Any]:
    made = {
        "number": number,
        "state": "open",
        "secret_type": "example_key",
        "secret_type_display_name": "Example Key",
        "secret": "hunter2-hunter2-hunter2",
        "html_url": f"https://github.com/acme/strideiq/security/secret-scanning/{number}",
        "created_at": "2026-01-02T12:00:00Z",
    }
    return made | changes


def finding(number: int = 1, **changes: Any) -> dict[str, Any]:
    made = {
        "number": number,
        "state": "open",
        "rule": {"id": "py/sql", "severity": "warning", "security_severity_level": "critical", "description": "SQL from a string"},
        "html_url": f"https://github.com/acme/strideiq/security/code-scanning/{number}",
        "created_at": "2026-01-02T12:00:00Z",
        "most_recent_instance": {"location": {"path": "api/db.py"}},
    }
    return made | changes


def usage(day: str, sku: str = "Actions Linux", amount: float = 0.1, **changes: Any) -> dict[str, Any]:
    made = {
        "date": day,
        "product": "Actions",
        "sku": sku,
        "quantity": 10,
        "unitType": "minutes",
        "netAmount": amount,
        "repositoryName": "acme/strideiq",
    }
    return made | changes
