"""GitHub's objects for commits, references and changed files."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.call import Call
from strideiq_console.sandbox.github.shapes import node, user
from strideiq_console.sandbox.origin import Commit, FileChange

_UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def login_of(call: Call, email: str) -> str | None:
    """Return whose e-mail address that is; None when nobody's."""
    return next((login for login, account in call.state["accounts"].items() if account["email"] == email), None)


def commit(call: Call, found: Commit) -> dict[str, Any]:
    """Return a commit as lists show it."""
    return {
        "sha": found.sha,
        "node_id": node("C", found.sha),
        "url": f"{call.repo}/commits/{found.sha}",
        "html_url": f"{call.page}/commit/{found.sha}",
        "comments_url": f"{call.repo}/commits/{found.sha}/comments",
        "commit": {
            "url": f"{call.repo}/git/commits/{found.sha}",
            "author": {"name": found.author, "email": found.author_email, "date": iso(found.authored)},
            "committer": {"name": found.committer, "email": found.committer_email, "date": iso(found.committed)},
            "message": found.message,
            "tree": {"sha": found.tree, "url": f"{call.repo}/git/trees/{found.tree}"},
            "comment_count": 0,
            "verification": _UNSIGNED,
        },
        "author": user(call, login_of(call, found.author_email)),
        "committer": user(call, login_of(call, found.committer_email)),
        "parents": [
            {"sha": parent, "url": f"{call.repo}/commits/{parent}", "html_url": f"{call.page}/commit/{parent}"}
            for parent in found.parents
        ],
    }


def detailed_commit(call: Call, found: Commit) -> dict[str, Any]:
    """Return one commit with its files and numbers."""
    changes = call.origin.changes_of(found.sha)
    added, removed = sum(c.additions for c in changes), sum(c.deletions for c in changes)
    return {
        **commit(call, found),
        "stats": {"additions": added, "deletions": removed, "total": added + removed},
        "files": [file(call, change, found.sha) for change in changes],
    }


def short_commit(found: Commit) -> dict[str, Any]:
    """Return the head commit of a workflow run."""
    return {
        "id": found.sha,
        "tree_id": found.tree,
        "message": found.message,
        "timestamp": iso(found.committed),
        "author": {"name": found.author, "email": found.author_email},
        "committer": {"name": found.committer, "email": found.committer_email},
    }


def file(call: Call, change: FileChange, sha: str) -> dict[str, Any]:
    """Return a changed file."""
    return {
        "sha": change.blob,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{call.page}/blob/{sha}/{change.path}",
        "raw_url": f"{call.page}/raw/{sha}/{change.path}",
        "contents_url": f"{call.repo}/contents/{change.path}?ref={sha}",
    }


def reference(call: Call, name: str, sha: str, *, kind: str = "heads", annotated: bool = False) -> dict[str, Any]:
    """Return a git reference of a branch, or of a tag (``kind`` tags); of an annotated one ``sha`` is the tag object's."""
    ref = f"refs/{kind}/{name}"
    return {
        "ref": ref,
        "node_id": node("REF", ref),
        "url": f"{call.repo}/git/{ref}",
        "object": {
            "type": "tag" if annotated else "commit",
            "sha": sha,
            "url": f"{call.repo}/git/{'tags' if annotated else 'commits'}/{sha}",
        },
    }
