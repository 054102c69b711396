"""Files and folders of a commit, and commits as git itself keeps them."""

from __future__ import annotations

from base64 import encodebytes
from datetime import datetime
from typing import Any
from urllib.parse import quote

from strideiq_console.sandbox import objects
from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.call import ApiError, Call, Reply, invalid
from strideiq_console.sandbox.github.shapes import node
from strideiq_console.sandbox.objects import Entry
from strideiq_console.sandbox.origin import Commit

INLINE_BYTES = 1_000_000
_UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def get_contents(call: Call) -> Reply:
    """``GET /contents/{path}`` at ``ref`` (main): a list for a folder; a file in base64, without its content above 1 MB."""
    ref = call.query.get("ref") or "main"
    try:
        commit = call.resolve(ref)
    except ApiError as error:
        raise ApiError(404, f"No commit found for the ref {ref}") from error
    path = call.at["path"].strip("/")
    found = objects.entry(call.origin.path, commit.sha, path) if path else None
    if found is None and path:
        raise ApiError(404, "Not Found")
    if found is None or found.kind == "dir":
        rows = objects.folder(call.origin.path, commit.sha, path)
        return Reply(200, [_entry(call, row, ref) for row in rows])
    return Reply(200, _entry(call, found, ref) | _content(call, found))


def _content(call: Call, found: Entry) -> dict[str, Any]:
    if found.kind == "submodule":
        return {"submodule_git_url": ""}
    raw = objects.blob(call.origin.path, found.sha)
    if found.kind == "symlink":
        return {"target": raw.decode(errors="replace")}
    if len(raw) > INLINE_BYTES:
        return {"content": "", "encoding": "none"}
    return {"content": encodebytes(raw).decode(), "encoding": "base64"}


def _entry(call: Call, found: Entry, ref: str) -> dict[str, Any]:
    kind = "tree" if found.kind == "dir" else "blob"
    path = quote(found.path)
    url = f"{call.repo}/contents/{path}?ref={quote(ref, safe='')}"
    git_url = f"{call.repo}/git/{kind}s/{found.sha}"
    page = f"{call.page}/{kind}/{ref}/{path}"
    return {
        "name": found.name,
        "path": found.path,
        "sha": found.sha,
        "size": found.size,
        "type": found.kind,
        "url": url,
        "html_url": page,
        "git_url": git_url,
        "download_url": f"{call.page}/raw/{ref}/{path}" if found.kind == "file" else None,
        "_links": {"self": url, "git": git_url, "html": page},
    }


def get_git_commit(call: Call) -> Reply:
    """``GET /git/commits/{sha}``."""
    found = call.origin.find(call.at["sha"])
    if found is None:
        raise ApiError(404, "Not Found")
    return Reply(200, git_commit(call, found))


def git_commit(call: Call, found: Commit) -> dict[str, Any]:
    """Return a commit as git keeps it."""
    page = f"{call.page}/commit"
    return {
        "sha": found.sha,
        "node_id": node("C", found.sha),
        "url": f"{call.repo}/git/commits/{found.sha}",
        "html_url": f"{page}/{found.sha}",
        "author": {"name": found.author, "email": found.author_email, "date": iso(found.authored)},
        "committer": {"name": found.committer, "email": found.committer_email, "date": iso(found.committed)},
        "tree": {"sha": found.tree, "url": f"{call.repo}/git/trees/{found.tree}"},
        "message": found.message,
        "parents": [
            {"sha": parent, "url": f"{call.repo}/git/commits/{parent}", "html_url": f"{page}/{parent}"} for parent in found.parents
        ],
        "verification": _UNSIGNED,
    }


def create_git_commit(call: Call) -> Reply:
    """``POST /git/commits`` with ``message``, ``tree`` and ``parents``: no branch moves. 422 for objects that are not there."""
    message, tree, parents = call.text("message"), call.text("tree"), call.body.get("parents") or []
    if not objects.is_tree(call.origin.path, tree):
        raise invalid("Tree SHA does not exist")
    if not isinstance(parents, list) or any(not isinstance(p, str) or call.origin.find(p) is None for p in parents):
        raise invalid("Parent SHA does not exist or is not a commit object")
    account = call.state["accounts"][call.login]
    author = call.body.get("author") or {}
    if not isinstance(author, dict):
        raise invalid("Invalid request.", "author must be an object.")
    sha = call.origin.write_commit(
        tree,
        tuple(parents),
        message if message.endswith("\n") else f"{message}\n",
        name=str(author.get("name") or account["name"]),
        email=str(author.get("email") or account["email"]),
        when=_moment(author.get("date"), call.now),
    )
    call.effect(f"wrote the commit {sha[:7]}")
    return Reply(201, git_commit(call, call.origin.commit(sha)))


def _moment(text: Any, now: float) -> float:
    if text is None:
        return now
    try:
        return datetime.fromisoformat(str(text)).timestamp()
    except (ValueError, OverflowError) as error:
        raise invalid("Invalid request.", "date is not a time in ISO 8601.") from error
