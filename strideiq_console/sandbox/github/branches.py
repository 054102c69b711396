"""Branches, and the git references under them. The permanent branches move by merged pull requests alone."""

from __future__ import annotations

import re
from typing import Any

from strideiq_console.sandbox import objects, rules
from strideiq_console.sandbox.events import PERMANENT, move_branch, tag_made
from strideiq_console.sandbox.github.call import ApiError, Call, Reply, invalid
from strideiq_console.sandbox.github.commit_shapes import commit, reference
from strideiq_console.sandbox.origin import Commit

_NAME = re.compile(r"(?!.*(?:\.\.|//|@\{|\.lock(?:/|\Z)))[^\x00-\x20\x7f~^:?*\[\\/.-][^\x00-\x20\x7f~^:?*\[\\]*(?<![/.])\Z")


def list_branches(call: Call) -> Reply:
    """``GET /branches``, with ``protected`` as a filter."""
    wanted = call.query.get("protected")
    rows = [
        (name, sha)
        for name, sha in sorted(call.state["refs"].items())
        if wanted is None or rules.protected(call.state, name) == (wanted == "true")
    ]
    return call.paged(rows, lambda row: _short(call, *row))


def _short(call: Call, name: str, sha: str) -> dict[str, Any]:
    return {
        "name": name,
        "commit": {"sha": sha, "url": f"{call.repo}/commits/{sha}"},
        "protected": rules.protected(call.state, name),
        "protection": _protection(call, name),
        "protection_url": f"{call.repo}/branches/{name}/protection",
    }


def _protection(call: Call, name: str) -> dict[str, Any]:
    found = rules.effective(call.state, name)
    checks = [{"context": context, "app_id": None} for context in found.contexts]
    level = "everyone" if found.contexts else "off"
    return {
        "enabled": rules.protected(call.state, name),
        "required_status_checks": {"enforcement_level": level, "contexts": list(found.contexts), "checks": checks},
    }


def get_branch(call: Call) -> Reply:
    """``GET /branches/{branch}``."""
    name = call.at["branch"]
    sha = call.branch(name)
    links = {"self": f"{call.repo}/branches/{name}", "html": f"{call.page}/tree/{name}"}
    return Reply(200, {**_short(call, name, sha), "commit": commit(call, call.origin.commit(sha)), "_links": links})


def get_ref(call: Call) -> Reply:
    """``GET /git/ref/heads/x`` or ``tags/x``."""
    ref = call.at["ref"]
    tag = ref.removeprefix("tags/")
    tagged = objects.tag_objects(call.origin.path).get(tag) if ref.startswith("tags/") else None
    if tagged is not None:
        annotated = objects.is_annotated(call.origin.path, tagged)
        return Reply(200, reference(call, tag, tagged, kind="tags", annotated=annotated))
    name = _branch_of(ref)
    if name is None or name not in call.state["refs"]:
        raise ApiError(404, "Not Found")
    return Reply(200, reference(call, name, call.state["refs"][name]))


def create_ref(call: Call) -> Reply:
    """``POST /git/refs`` with ``ref`` (``refs/heads/x``, ``refs/tags/x``) and ``sha``."""
    ref, sha = call.text("ref"), call.text("sha")
    if ref.startswith("refs/tags/"):
        return _create_tag(call, ref.removeprefix("refs/tags/"), _object(call, sha))
    name = _branch_of(ref.removeprefix("refs/")) if ref.startswith("refs/") else None
    if name is None or not _NAME.match(name):
        raise invalid(f"{ref} is not a valid ref name.")
    if name in call.state["refs"]:
        raise invalid("Reference already exists")
    found = _object(call, sha)
    if any(other.startswith(f"{name}/") or name.startswith(f"{other}/") for other in call.state["refs"]):
        raise invalid("Reference cannot be created: a branch stands in its way")
    _check_rules(call, name, None, found.sha)
    call.effect(f"created {name} at {found.sha[:7]}")
    move_branch(call.state, call.origin, name, found.sha, call.now)
    return Reply(201, reference(call, name, found.sha))


def _create_tag(call: Call, name: str, found: Commit) -> Reply:
    if not _NAME.match(name):
        raise invalid(f"refs/tags/{name} is not a valid ref name.")
    if name in objects.tags(call.origin.path):
        raise invalid("Reference already exists")
    objects.write_tag(call.origin.path, name, found.sha)
    tag_made(call.state, call.origin)
    call.effect(f"tagged {found.sha[:7]} {name}")
    return Reply(201, reference(call, name, found.sha, kind="tags"))


def update_ref(call: Call) -> Reply:
    """``PATCH /git/refs/heads/x`` with ``sha`` and ``force``."""
    name = _existing(call)
    found = _object(call, call.text("sha"))
    if name in PERMANENT:
        raise invalid(f"Protected branch update failed for refs/heads/{name}.")
    old = call.state["refs"][name]
    forced = not call.origin.contains(found.sha, old)
    if forced and call.body.get("force") is not True:
        raise invalid("Update is not a fast forward")
    _check_rules(call, name, old, found.sha, forced=forced)
    call.effect(f"moved {name} to {found.sha[:7]}")
    call.state["effects"][-1]["forced"] = forced
    move_branch(call.state, call.origin, name, found.sha, call.now)
    return Reply(200, reference(call, name, found.sha))


def delete_ref(call: Call) -> Reply:
    """``DELETE /git/refs/heads/x``; pull requests from that branch close."""
    name = _existing(call)
    if name in PERMANENT:
        raise invalid("Cannot delete a protected branch")
    _check_rules(call, name, call.state["refs"][name], None)
    call.effect(f"deleted {name}")
    move_branch(call.state, call.origin, name, None, call.now)
    return Reply(204)


def _check_rules(call: Call, name: str, old: str | None, new: str | None, *, forced: bool = False) -> None:
    refused = rules.moving_refusal(call.state, name, old=old, new=new, forced=forced)
    if refused:
        raise invalid(f"Repository rule violations found\n\n{refused}")


def _existing(call: Call) -> str:
    name = _branch_of(call.at["ref"])
    if name is None or name not in call.state["refs"]:
        raise invalid("Reference does not exist")
    return name


def _object(call: Call, sha: str) -> Commit:
    found = call.origin.find(sha)
    if found is None:
        raise invalid("Object does not exist")
    return found


def _branch_of(ref: str) -> str | None:
    return ref.removeprefix("heads/") if ref.startswith("heads/") else None
