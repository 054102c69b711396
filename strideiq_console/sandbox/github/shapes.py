"""GitHub's objects for accounts, the repository and labels, with every field that its schema requires."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from strideiq_console.sandbox.git import iso
from strideiq_console.sandbox.github.call import HTML, Call

ACTIONS_APP_ID = 15368
_REPOSITORY_URLS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
_ZEROS = ("forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "network_count", "subscribers_count")


def node(kind: str, number: int | str) -> str:
    """Return an opaque node id."""
    return b64encode(f"{kind}{number}".encode()).decode()


def user(call: Call, login: str | None) -> dict[str, Any] | None:
    """Return a simple user; None for no login."""
    if login is None:
        return None
    stranger = {"id": 10137, "type": "Bot" if login.endswith("[bot]") else "User"}
    account = call.state["accounts"].get(login, stranger)
    return _user(call.api, login, int(account["id"]), str(account["type"]))


def _user(api: str, login: str, number: int, kind: str) -> dict[str, Any]:
    base = f"{api}/users/{login}"
    return {
        "login": login,
        "id": number,
        "node_id": node("U", number),
        "avatar_url": f"https://avatars.sandbox.invalid/u/{number}",
        "gravatar_id": "",
        "url": base,
        "html_url": f"{HTML}/{login}",
        "followers_url": f"{base}/followers",
        "following_url": f"{base}/following{{/other_user}}",
        "gists_url": f"{base}/gists{{/gist_id}}",
        "starred_url": f"{base}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{base}/subscriptions",
        "organizations_url": f"{base}/orgs",
        "repos_url": f"{base}/repos",
        "events_url": f"{base}/events{{/privacy}}",
        "received_events_url": f"{base}/received_events",
        "type": kind,
        "site_admin": False,
    }


def private_user(call: Call, login: str) -> dict[str, Any]:
    """Return the account behind a token, as ``GET /user`` shows it."""
    account = call.state["accounts"][login]
    created = iso(call.state["repository"]["created_at"])
    counts = ("public_repos", "public_gists", "followers", "following", "private_gists", "collaborators", "disk_usage")
    return {
        **_user(call.api, login, int(account["id"]), str(account["type"])),
        **dict.fromkeys(counts, 0),
        "name": account["name"],
        "email": account["email"],
        "company": None,
        "blog": "",
        "location": None,
        "hireable": None,
        "bio": None,
        "total_private_repos": 1,
        "owned_private_repos": 1,
        "two_factor_authentication": True,
        "created_at": created,
        "updated_at": created,
    }


def repository(call: Call) -> dict[str, Any]:
    """Return the repository, complete enough for GitHub's full, plain and minimal shapes."""
    if "repository" not in call.memo:
        call.memo["repository"] = _repository(call)
    found: dict[str, Any] = call.memo["repository"]
    return found


def _repository(call: Call) -> dict[str, Any]:
    own = call.state["repository"]
    pushed = max((run["created_at"] for run in call.state["runs"]), default=own["created_at"])
    waiting = sum(pull["state"] == "open" for pull in call.state["pulls"].values())
    granted = call.state["permissions"].get(call.login, {})
    return {
        **{key: call.repo + suffix for key, suffix in _REPOSITORY_URLS.items()},
        **dict.fromkeys(_ZEROS, 0),
        "id": own["id"],
        "node_id": node("R", own["id"]),
        "name": own["name"],
        "full_name": call.full_name,
        "owner": _user(call.api, own["owner"], 4100, own.get("kind", "Organization")),
        "private": True,
        "visibility": "private",
        "html_url": call.page,
        "url": call.repo,
        "description": "Training that answers back",
        "homepage": "https://strideiq.run",
        "language": "Python",
        "license": None,
        "mirror_url": None,
        "fork": False,
        "archived": False,
        "disabled": False,
        "default_branch": "main",
        "topics": [],
        "size": 412,
        "open_issues": waiting,
        "open_issues_count": waiting,
        "has_issues": True,
        "has_projects": False,
        "has_wiki": False,
        "has_pages": False,
        "has_downloads": False,
        "has_discussions": False,
        "clone_url": f"{call.page}.git",
        "git_url": f"git://github.com/{call.full_name}.git",
        "ssh_url": f"git@github.com:{call.full_name}.git",
        "svn_url": call.page,
        "allow_merge_commit": True,
        "allow_squash_merge": True,
        "allow_rebase_merge": False,
        "allow_auto_merge": False,
        "delete_branch_on_merge": False,
        "permissions": {"admin": "administration" in granted, "push": granted.get("contents") == "write", "pull": True},
        "pushed_at": iso(pushed),
        "created_at": iso(own["created_at"]),
        "updated_at": iso(pushed),
    }


def label(call: Call, name: str) -> dict[str, Any]:
    """Return a label of the repository by its name."""
    known = next(entry for entry in call.state["labels"] if entry["name"] == name)
    return {
        "id": known["id"],
        "node_id": node("L", known["id"]),
        "url": f"{call.repo}/labels/{name}",
        "name": name,
        "color": known["color"],
        "description": known["description"],
        "default": known["id"] < 500,
    }


def actions_app(call: Call) -> dict[str, Any]:
    """Return the GitHub Actions app, which check runs belong to."""
    created = "2018-07-30T09:30:17Z"
    return {
        "id": ACTIONS_APP_ID,
        "slug": "github-actions",
        "node_id": node("A", ACTIONS_APP_ID),
        "owner": _user(call.api, "github", 9919, "Organization"),
        "name": "GitHub Actions",
        "description": "Automate your workflow from idea to production",
        "external_url": "https://help.github.com/en/actions",
        "html_url": f"{HTML}/apps/github-actions",
        "created_at": created,
        "updated_at": created,
        "permissions": {"actions": "write", "checks": "write", "contents": "write", "metadata": "read"},
        "events": ["push", "pull_request"],
    }
