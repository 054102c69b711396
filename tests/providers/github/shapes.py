"""Small answers in GitHub's shapes, for tests that need no pack."""

from __future__ import annotations

from typing import Any

HEAD = "a" * 40
BASE_SHA = "b" * 40
MERGED = "c" * 40


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
