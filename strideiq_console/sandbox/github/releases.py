"""Releases, the tags under them, and notes written from merged pull requests."""

from __future__ import annotations

import re
from typing import Any

from strideiq_console.sandbox import objects
from strideiq_console.sandbox.events import tag_made
from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.call import ApiError, Call, Reply, invalid
from strideiq_console.sandbox.github.shapes import node, user
from strideiq_console.sandbox.state import take_number

Release = dict[str, Any]
_TAG = re.compile(r"(?!.*(?:\.\.|//|@\{|\.lock\Z))[A-Za-z0-9][A-Za-z0-9._/+-]*(?<![/.])\Z")
_FIRST = 164_230_000
MOST_COMMITS = 1000


def list_tags(call: Call) -> Reply:
    """``GET /tags``: the highest version first."""
    return call.paged(list(objects.tags(call.origin.path).items()), lambda row: _tag(call, *row))


def _tag(call: Call, name: str, sha: str) -> dict[str, Any]:
    return {
        "name": name,
        "node_id": node("REF", f"refs/tags/{name}"),
        "commit": {"sha": sha, "url": f"{call.repo}/commits/{sha}"},
        "zipball_url": f"{call.repo}/zipball/refs/tags/{name}",
        "tarball_url": f"{call.repo}/tarball/refs/tags/{name}",
    }


def list_releases(call: Call) -> Reply:
    """``GET /releases``: newest first; drafts are shown to those who may write."""
    writes = call.state["permissions"].get(call.login, {}).get("contents") == "write"
    rows = [release for release in reversed(call.state["releases"]) if writes or not release["draft"]]
    return call.paged(rows, lambda release: _shape(call, release))


def latest_release(call: Call) -> Reply:
    """``GET /releases/latest``: the newest that is neither a draft nor a prerelease; 404 when there is none."""
    rows = [release for release in call.state["releases"] if not release["draft"] and not release["prerelease"]]
    if not rows:
        raise ApiError(404, "Not Found")
    named = next((release for release in rows if release.get("latest")), None)
    return Reply(200, _shape(call, named or max(rows, key=lambda release: (release["created_at"], release["id"]))))


def create_release(call: Call) -> Reply:
    """``POST /releases``: tags the target unless the tag is there. 422 for a tag that has a release, 404 for no such target."""
    tag, draft = call.text("tag_name"), call.body.get("draft") is True
    if not _TAG.match(tag):
        wrong = {"resource": "Release", "code": "custom", "field": "tag_name", "message": "tag_name is not well-formed"}
        raise invalid("Validation Failed", wrong)
    if any(release["tag"] == tag and not release["draft"] for release in call.state["releases"]):
        raise invalid("Validation Failed", {"resource": "Release", "code": "already_exists", "field": "tag_name"})
    target = call.text("target_commitish", "main")
    known = objects.tags(call.origin.path).get(tag)
    sha = known or _target(call, target)
    name, body = call.text("name", tag), call.body.get("body") or ""
    if call.body.get("generate_release_notes") is True:
        body = "\n\n".join(part for part in (body, _notes(call, tag, sha, None)) if part)
    release = {
        "id": _FIRST + take_number(call.state, "release"),
        "tag": tag,
        "target": target,
        "name": name,
        "body": body,
        "draft": draft,
        "prerelease": call.body.get("prerelease") is True,
        "author": call.login,
        "created_at": call.now,
        "published_at": None if draft else call.now,
        "latest": call.body.get("make_latest", "true") == "true",
    }
    if known is None and not draft:
        objects.write_tag(call.origin.path, tag, sha)
        tag_made(call.state, call.origin)
    if release["latest"]:
        for other in call.state["releases"]:
            other.pop("latest", None)
    call.state["releases"].append(release)
    call.effect(f"released {tag} at {sha[:7]}")
    return Reply(201, _shape(call, release), {"location": f"{call.repo}/releases/{release['id']}"})


def _target(call: Call, name: str) -> str:
    try:
        return call.resolve(name).sha
    except ApiError as error:
        wrong = {"resource": "Release", "code": "invalid", "field": "target_commitish"}
        raise invalid("Validation Failed", wrong) from error


def generate_notes(call: Call) -> Reply:
    """``POST /releases/generate-notes``: what was merged since ``previous_tag_name``, else since the newest release."""
    tag = call.text("tag_name")
    known = objects.tags(call.origin.path)
    previous = call.text("previous_tag_name", "") or None
    if previous is not None and previous not in known:
        raise ApiError(404, "Not Found")
    sha = known.get(tag) or _target(call, call.text("target_commitish", "main"))
    return Reply(200, {"name": tag, "body": _notes(call, tag, sha, previous)})


def _notes(call: Call, tag: str, sha: str, previous: str | None) -> str:
    known = objects.tags(call.origin.path)
    older = [release["tag"] for release in reversed(call.state["releases"]) if release["tag"] != tag and release["tag"] in known]
    start = previous or next(iter(older), None)
    revisions = (sha, f"^{known[start]}") if start else (sha,)
    inside = {commit.sha for commit in call.origin.log(*revisions, limit=MOST_COMMITS)}
    pulls = sorted((p for p in call.state["pulls"].values() if p["merge_sha"] in inside), key=lambda p: p["number"])
    lines = [f"* {p['title']} by @{p['author']} in {call.page}/pull/{p['number']}" for p in pulls]
    change = f"{call.page}/compare/{start}...{tag}" if start else f"{call.page}/commits/{tag}"
    whole = ["## What's Changed", *lines, ""] if lines else []
    return "\n".join([*whole, "", f"**Full Changelog**: {change}"]).lstrip("\n")


def _shape(call: Call, release: Release) -> dict[str, Any]:
    url = f"{call.repo}/releases/{release['id']}"
    return {
        "url": url,
        "html_url": f"{call.page}/releases/tag/{release['tag']}",
        "assets_url": f"{url}/assets",
        "upload_url": f"{url}/assets{{?name,label}}",
        "tarball_url": f"{call.repo}/tarball/{release['tag']}",
        "zipball_url": f"{call.repo}/zipball/{release['tag']}",
        "id": release["id"],
        "node_id": node("RE", release["id"]),
        "tag_name": release["tag"],
        "target_commitish": release["target"],
        "name": release["name"],
        "body": release["body"],
        "draft": release["draft"],
        "prerelease": release["prerelease"],
        "created_at": iso(release["created_at"]),
        "published_at": None if release["published_at"] is None else iso(release["published_at"]),
        "author": user(call, release["author"]),
        "assets": [],
    }
