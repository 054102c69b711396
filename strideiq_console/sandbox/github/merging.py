"""Whether a pull request can be merged, why not, and the merge itself: a real one, made in the bare repository."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox.events import PERMANENT, move_branch
from strideiq_console.sandbox.github.call import ApiError, Call, Reply, invalid
from strideiq_console.sandbox.github.checks import context_states
from strideiq_console.sandbox.github.commit_shapes import commit
from strideiq_console.sandbox.rules import Rules, effective, moving_refusal

Pull = dict[str, Any]


def approvers(pull: Pull, rules: Rules) -> set[str]:
    """Return who approves now: the last deciding review of each person counts, of the head alone where stale ones are dismissed."""
    last = {review["author"]: review for review in pull["reviews"] if review["state"] != "COMMENTED"}
    return {
        author
        for author, review in last.items()
        if review["state"] == "APPROVED" and (not rules.dismiss_stale or review["sha"] == pull["head_sha"])
    }


def refusals(call: Call, pull: Pull) -> list[str]:
    """Return what the rules of the base have against merging now, in GitHub's words; empty: nothing."""
    rules, base = effective(call.state, pull["base"]), call.state["refs"][pull["base"]]
    words = []
    if rules.approvals is not None:
        last = {review["author"]: review["state"] for review in pull["reviews"] if review["state"] != "COMMENTED"}
        if "CHANGES_REQUESTED" in last.values():
            words.append("Changes have been requested.")
        if len(approvers(pull, rules)) < rules.approvals:
            needed = "approving review is" if rules.approvals == 1 else "approving reviews are"
            words.append(f"At least {rules.approvals} {needed} required by reviewers with write access.")
    seen = context_states(call.state, pull["head_sha"], call.now)
    pending = [name for name in rules.contexts if seen.get(name) == "pending"]
    absent = [name for name in rules.contexts if name not in seen]
    failing = [name for name in rules.contexts if seen.get(name) == "failure"]
    words += [f'Required status check "{name}" is expected.' for name in absent]
    words += [f'Required status check "{name}" is in progress.' for name in pending]
    words += [f'Required status check "{name}" is failing.' for name in failing]
    if rules.strict and not call.origin.contains(pull["head_sha"], base):
        words.append(f"Head branch is out of date with {pull['base']}.")
    return words


def merge_state(call: Call, pull: Pull) -> tuple[bool | None, str]:
    """Return ``mergeable`` and ``mergeable_state``; null and unknown at the first look after either branch moved."""
    if pull["state"] != "open":
        return None, "unknown"
    base = call.state["refs"][pull["base"]]
    key = f"{base}...{pull['head_sha']}"
    known = pull["mergeability"]
    if known is None or known["key"] != key:
        # GitHub computes this in the background once somebody asks; the next look finds it.
        pull["mergeability"] = {"key": key, "clean": call.origin.merged_tree(base, pull["head_sha"]) is not None}
        return None, "unknown"
    if not known["clean"]:
        return False, "dirty"
    return True, _state_word(call, pull, base)


def _state_word(call: Call, pull: Pull, base: str) -> str:
    if pull["draft"]:
        return "draft"
    refused = refusals(call, pull)
    behind = effective(call.state, pull["base"]).strict and not call.origin.contains(pull["head_sha"], base)
    if behind and len(refused) == 1:
        return "behind"
    if refused:
        return "blocked"
    words = context_states(call.state, pull["head_sha"], call.now).values()
    return "unstable" if any(word != "success" for word in words) else "clean"


def is_merged(call: Call) -> Reply:
    """``GET /pulls/{number}/merge``: 204 when merged, 404 when not."""
    if call.pull()["merged_at"] is None:
        raise ApiError(404, "Not Found")
    return Reply(204)


def merge(call: Call) -> Reply:
    """``PUT /pulls/{number}/merge``: 409 when the head is not ``sha``, 405 when blocked or in conflict."""
    pull = call.pull()
    if pull["state"] != "open":
        raise ApiError(405, "Pull Request is not mergeable")
    wanted = call.body.get("sha")
    if wanted is not None and wanted != pull["head_sha"]:
        raise ApiError(409, "Head branch was modified. Review and try the merge again.")
    method = call.body.get("merge_method", "merge")
    if method == "rebase":
        raise ApiError(405, "Rebase merges are not allowed on this repository.")
    if method not in ("merge", "squash"):
        raise invalid("Validation Failed", {"resource": "PullRequest", "field": "merge_method", "code": "invalid"})
    if pull["draft"]:
        raise ApiError(405, "Pull Request is still a draft")
    base = call.state["refs"][pull["base"]]
    tree = call.origin.merged_tree(base, pull["head_sha"])
    if tree is None:
        raise ApiError(405, "Pull Request is not mergeable")
    refused = refusals(call, pull)
    if refused:
        raise ApiError(405, " ".join(refused))
    sha = _commit(call, pull, base, tree, squash=method == "squash")
    pull |= {"state": "closed", "closed_at": call.now, "merged_at": call.now, "updated_at": call.now}
    pull |= {"merged_by": call.login, "merge_sha": sha, "base_sha": base}
    call.effect(f"merged #{pull['number']} into {pull['base']}")
    move_branch(call.state, call.origin, pull["base"], sha, call.now)
    return Reply(200, {"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


def _commit(call: Call, pull: Pull, base: str, tree: str, *, squash: bool) -> str:
    owner = call.state["repository"]["owner"]
    plain = (
        f"{pull['title']} (#{pull['number']})" if squash else f"Merge pull request #{pull['number']} from {owner}/{pull['head']}"
    )
    title = call.body.get("commit_title") or plain
    text = call.body.get("commit_message")
    body = text if isinstance(text, str) else "" if squash else pull["title"]
    parents = (base,) if squash else (base, pull["head_sha"])
    return write(call, tree, parents, f"{title}\n\n{body}\n" if body else f"{title}\n")


def write(call: Call, tree: str, parents: tuple[str, ...], message: str) -> str:
    """Write a commit as the account that asks."""
    account = call.state["accounts"][call.login]
    return call.origin.write_commit(tree, parents, message, name=account["name"], email=account["email"], when=call.now)


def update_branch(call: Call) -> Reply:
    """``PUT /pulls/{number}/update-branch``: merges the base into the head branch."""
    pull = call.pull()
    expected = call.body.get("expected_head_sha")
    if pull["state"] != "open":
        raise invalid("The pull request is closed.")
    if expected is not None and expected != pull["head_sha"]:
        raise invalid("expected head sha didn't match current head ref.")
    if pull["head"] in PERMANENT:
        raise invalid(f"Protected branch update failed for refs/heads/{pull['head']}.")
    base = call.state["refs"][pull["base"]]
    if call.origin.contains(pull["head_sha"], base):
        raise invalid("There are no new commits on the base branch.")
    tree = call.origin.merged_tree(pull["head_sha"], base)
    if tree is None:
        raise invalid("merge conflict between base and head")
    message = f"Merge branch '{pull['base']}' into {pull['head']}\n"
    sha = write(call, tree, (pull["head_sha"], base), message)
    call.effect(f"updated {pull['head']} with {pull['base']}")
    move_branch(call.state, call.origin, pull["head"], sha, call.now)
    return Reply(202, {"message": "Updating pull request branch.", "url": f"{call.page}/pull/{pull['number']}"})


def merge_branches(call: Call) -> Reply:
    """``POST /merges``: 204 when there is nothing to merge, 409 on a conflict, 403 where the rules ask for a pull request."""
    base, head = call.text("base"), call.text("head")
    refs = call.state["refs"]
    if base not in refs:
        raise ApiError(404, "Base does not exist")
    try:
        theirs = call.resolve(head).sha
    except ApiError as error:
        raise ApiError(404, "Head does not exist") from error
    if call.origin.contains(refs[base], theirs):
        return Reply(204)
    refused = "Changes must be made through a pull request." if base in PERMANENT else ""
    refused = refused or moving_refusal(call.state, base, old=refs[base], new=theirs, forced=False)
    if refused:
        raise ApiError(403, f"Protected branch update failed for refs/heads/{base}. {refused}")
    tree = call.origin.merged_tree(refs[base], theirs)
    if tree is None:
        raise ApiError(409, "Merge conflict")
    message = call.text("commit_message", f"Merge {head} into {base}")
    sha = write(call, tree, (refs[base], theirs), f"{message}\n")
    call.effect(f"merged {head} into {base}")
    move_branch(call.state, call.origin, base, sha, call.now)
    return Reply(201, commit(call, call.origin.commit(sha)))
