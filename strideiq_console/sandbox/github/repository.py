"""The repository itself, its commits, and comparisons of two of them."""

from __future__ import annotations

from strideiq_console.sandbox.github import shapes
from strideiq_console.sandbox.github.call import ApiError, Call, Reply
from strideiq_console.sandbox.github.commit_shapes import commit, detailed_commit, file

MOST_COMMITS = 1000


def get_repository(call: Call) -> Reply:
    """``GET /repos/{owner}/{repo}``."""
    return Reply(200, shapes.repository(call))


def list_commits(call: Call) -> Reply:
    """``GET /commits``: newest first, of ``sha`` (a branch or a commit), else of main."""
    start = call.resolve(call.query.get("sha", "main"))
    return call.paged(call.origin.log(start.sha, limit=MOST_COMMITS), lambda found: commit(call, found))


def get_commit(call: Call) -> Reply:
    """``GET /commits/{ref}``."""
    return Reply(200, detailed_commit(call, call.resolve(call.at["ref"])))


def compare(call: Call) -> Reply:
    """``GET /compare/{base}...{head}``: commits oldest first, files since the merge base."""
    left, dots, right = call.at["basehead"].partition("...")
    if not dots:
        raise ApiError(404, "Not Found")
    base, head = call.resolve(left), call.resolve(right)
    common = call.origin.merge_base(base.sha, head.sha)
    if not common:
        raise ApiError(404, f"No common ancestor between {left} and {right}.")
    ahead, behind = call.origin.count(base.sha, head.sha)
    word = {(False, False): "identical", (True, False): "ahead", (False, True): "behind", (True, True): "diverged"}
    name = f"{left}...{right}"
    commits = call.origin.log(f"^{base.sha}", head.sha, limit=MOST_COMMITS)[::-1]
    page = call.paged(commits, lambda found: commit(call, found), most=250)
    changes = call.origin.changes(base.sha, head.sha)
    answer = {
        "url": f"{call.repo}/compare/{name}",
        "html_url": f"{call.page}/compare/{name}",
        "permalink_url": f"{call.page}/compare/{base.sha[:12]}...{head.sha[:12]}",
        "diff_url": f"{call.page}/compare/{name}.diff",
        "patch_url": f"{call.page}/compare/{name}.patch",
        "base_commit": commit(call, base),
        "merge_base_commit": commit(call, call.origin.commit(common)),
        "status": word[ahead > 0, behind > 0],
        "ahead_by": ahead,
        "behind_by": behind,
        "total_commits": ahead,
        "commits": page.body,
        "files": [file(call, change, head.sha) for change in changes[:300]],
    }
    return Reply(200, answer, page.headers)
