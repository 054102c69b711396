"""The repository itself, its commits, and comparisons of two of them."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.sandbox.github import shapes
from strideiq_console.sandbox.github.call import ApiError, Call, Reply
from strideiq_console.sandbox.github.commit_shapes import commit, detailed_commit, file

MOST_COMMITS = 1000


def get_repository(call: Call) -> Reply:
    """``GET /repos/{owner}/{repo}``."""
    return Reply(200, shapes.repository(call))


def list_commits(call: Call) -> Reply:
    """``GET /commits``: newest first, of ``sha`` (a branch or a commit), else of main; by path, author and time."""
    ask = call.query
    start = call.resolve(ask.get("sha", "main"))
    narrowed = [f"--{key}={_moment(ask[key])}" for key in ("since", "until") if ask.get(key)]
    path = ask.get("path", "").strip("/").replace("\0", "\ufffd")  # git takes no such byte, and has no such file
    arguments = ["--literal-pathspecs", "rev-list", "--topo-order", f"--max-count={MOST_COMMITS}", *narrowed, start.sha, "--"]
    shas = call.origin.git(*arguments, *([path] if path else []), ok=(0, 128))  # 128: a path outside of the repository
    call.origin.prefetch(shas.split())
    who = {ask.get("author"), call.state["accounts"].get(ask.get("author", ""), {}).get("email")} - {None}
    rows = [found for found in map(call.origin.commit, shas.split()) if not who or found.author_email in who]
    return call.paged(rows, lambda found: commit(call, found))


def _moment(text: str) -> str:
    try:
        return str(int(datetime.fromisoformat(text).timestamp()))
    except (ValueError, OverflowError) as error:
        raise ApiError(400, "since and until are times in ISO 8601.") from error


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
