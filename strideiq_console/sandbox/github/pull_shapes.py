"""GitHub's objects for pull requests, reviews, issues and comments."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.call import Call
from strideiq_console.sandbox.github.shapes import label, node, repository, user

Pull = dict[str, Any]


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else iso(seconds)


def base_sha(call: Call, pull: Pull) -> str:
    """Return the base's tip while it is open, the one it was merged onto afterwards."""
    return str(call.state["refs"].get(pull["base"], pull["base_sha"]) if pull["state"] == "open" else pull["base_sha"])


def simple_pull(call: Call, pull: Pull) -> dict[str, Any]:
    """Return a pull request as lists show it."""
    url, page = f"{call.repo}/pulls/{pull['number']}", f"{call.page}/pull/{pull['number']}"
    issue = f"{call.repo}/issues/{pull['number']}"
    links = {
        "self": url,
        "html": page,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{call.repo}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{call.repo}/statuses/{pull['head_sha']}",
    }
    return {
        "url": url,
        "id": 1_800_000_000 + pull["number"],
        "node_id": node("PR", pull["number"]),
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue,
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "comments_url": links["comments"],
        "statuses_url": links["statuses"],
        "number": pull["number"],
        "state": pull["state"],
        "locked": False,
        "title": pull["title"],
        "user": user(call, pull["author"]),
        "body": pull["body"],
        "labels": [_label(call, name) for name in pull["labels"]],
        "milestone": None,
        "active_lock_reason": None,
        "created_at": iso(pull["created_at"]),
        "updated_at": iso(pull["updated_at"]),
        "closed_at": _time(pull["closed_at"]),
        "merged_at": _time(pull["merged_at"]),
        "merge_commit_sha": pull["merge_sha"],
        "assignee": user(call, next(iter(pull.get("assignees", [])), None)),
        "assignees": [user(call, login) for login in pull.get("assignees", [])],
        "requested_reviewers": [user(call, login) for login in pull.get("requested", [])],
        "requested_teams": [],
        "head": _side(call, pull["head"], pull["head_sha"]),
        "base": _side(call, pull["base"], base_sha(call, pull)),
        "_links": {name: {"href": href} for name, href in links.items()},
        "author_association": "MEMBER",
        "auto_merge": None,
        "draft": pull["draft"],
    }


def _side(call: Call, branch: str, sha: str) -> dict[str, Any]:
    owner = call.state["repository"]["owner"]
    return {"label": f"{owner}:{branch}", "ref": branch, "sha": sha, "user": user(call, owner), "repo": repository(call)}


def full_pull(call: Call, pull: Pull, *, mergeable: bool | None, mergeable_state: str) -> dict[str, Any]:
    """Return one pull request with what GitHub computes about it."""
    base = base_sha(call, pull)
    changes = call.origin.changes(base, pull["head_sha"])
    return {
        **simple_pull(call, pull),
        "merged": pull["merged_at"] is not None,
        "mergeable": mergeable,
        "rebaseable": False if mergeable is not None else None,
        "mergeable_state": mergeable_state,
        "merged_by": user(call, pull["merged_by"]),
        "comments": len(pull["comments"]),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": call.origin.count(base, pull["head_sha"])[0],
        "additions": sum(change.additions for change in changes),
        "deletions": sum(change.deletions for change in changes),
        "changed_files": len(changes),
    }


def minimal_pull(call: Call, pull: Pull) -> dict[str, Any]:
    """Return a pull request as check runs and workflow runs name it."""
    own = {"id": call.state["repository"]["id"], "url": call.repo, "name": call.state["repository"]["name"]}
    return {
        "id": 1_800_000_000 + pull["number"],
        "number": pull["number"],
        "url": f"{call.repo}/pulls/{pull['number']}",
        "head": {"ref": pull["head"], "sha": pull["head_sha"], "repo": own},
        "base": {"ref": pull["base"], "sha": base_sha(call, pull), "repo": own},
    }


def review(call: Call, pull: Pull, given: dict[str, Any]) -> dict[str, Any]:
    """Return a review of a pull request."""
    page = f"{call.page}/pull/{pull['number']}#pullrequestreview-{given['id']}"
    return {
        "id": given["id"],
        "node_id": node("PRR", given["id"]),
        "user": user(call, given["author"]),
        "body": given["body"],
        "state": given["state"],
        "html_url": page,
        "pull_request_url": f"{call.repo}/pulls/{pull['number']}",
        "_links": {"html": {"href": page}, "pull_request": {"href": f"{call.repo}/pulls/{pull['number']}"}},
        "submitted_at": iso(given["at"]),
        "commit_id": given["sha"],
        "author_association": "MEMBER",
    }


def issue(call: Call, entry: dict[str, Any]) -> dict[str, Any]:
    """Return an issue, or a pull request as the issue that it also is."""
    url = f"{call.repo}/issues/{entry['number']}"
    pull = "head" in entry
    page = issue_page(call, entry)
    people = [user(call, login) for login in entry.get("assignees", [])]
    said = {
        "id": 1_900_000_000 + entry["number"],
        "node_id": node("I", entry["number"]),
        "url": url,
        "repository_url": call.repo,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": page,
        "number": entry["number"],
        "state": entry["state"],
        "state_reason": entry.get("reason"),
        "title": entry["title"],
        "body": entry["body"],
        "user": user(call, entry["author"]),
        "labels": [label(call, name) for name in entry["labels"]],
        "assignee": people[0] if people else None,
        "assignees": people,
        "milestone": None,
        "locked": False,
        "comments": len(entry["comments"]),
        "closed_at": _time(entry["closed_at"]),
        "created_at": iso(entry["created_at"]),
        "updated_at": iso(entry["updated_at"]),
        "author_association": "MEMBER",
    }
    if not pull:
        return said
    links = {"url": f"{call.repo}/pulls/{entry['number']}", "html_url": page, "diff_url": f"{page}.diff"}
    return said | {"pull_request": {**links, "patch_url": f"{page}.patch", "merged_at": _time(entry["merged_at"])}}


def issue_page(call: Call, entry: dict[str, Any]) -> str:
    """Return the web page of an issue or pull request."""
    return f"{call.page}/{'pull' if 'head' in entry else 'issues'}/{entry['number']}"


def comment(call: Call, entry: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return a comment on an issue or pull request."""
    return {
        "id": given["id"],
        "node_id": node("IC", given["id"]),
        "url": f"{call.repo}/issues/comments/{given['id']}",
        "html_url": f"{issue_page(call, entry)}#issuecomment-{given['id']}",
        "issue_url": f"{call.repo}/issues/{entry['number']}",
        "user": user(call, given["author"]),
        "body": given["body"],
        "author_association": "MEMBER",
        "created_at": iso(given["at"]),
        "updated_at": iso(given["at"]),
    }


def _label(call: Call, name: str) -> dict[str, Any]:
    """Return a label as pull requests carry it: there its description is a text always, elsewhere it may be null."""
    shape = label(call, name)
    return shape | {"description": shape["description"] or ""}
