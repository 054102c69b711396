"""Pull requests: list, open, read, change, files, commits, reviews."""

from __future__ import annotations

from typing import Any

from strideiq_console.sandbox import ci
from strideiq_console.sandbox.github.call import ApiError, Call, Reply, invalid
from strideiq_console.sandbox.github.commit_shapes import commit, file
from strideiq_console.sandbox.github.merging import merge_state
from strideiq_console.sandbox.github.pull_shapes import base_sha, full_pull, review, simple_pull
from strideiq_console.sandbox.state import take_number

Pull = dict[str, Any]
_VERDICTS = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}


def _refused(message: str) -> ApiError:
    return invalid("Validation Failed", {"resource": "PullRequest", "code": "custom", "message": message})


def _field(name: str) -> ApiError:
    return invalid("Validation Failed", {"resource": "PullRequest", "field": name, "code": "invalid"})


def _own(call: Call, head: str) -> str:
    return head.removeprefix(f"{call.state['repository']['owner']}:")


def list_pulls(call: Call) -> Reply:
    """``GET /pulls`` with ``state``, ``head`` (``owner:branch``), ``base``, ``sort`` and ``direction``."""
    state, head, base = call.query.get("state", "open"), call.query.get("head"), call.query.get("base")
    order = "updated_at" if call.query.get("sort") == "updated" else "created_at"
    rows = [
        pull
        for pull in call.state["pulls"].values()
        if state in ("all", pull["state"])
        and (head is None or (":" in head and pull["head"] == _own(call, head)))
        and (base is None or pull["base"] == base)
    ]
    rows.sort(key=lambda pull: (pull[order], pull["number"]), reverse=call.query.get("direction", "desc") == "desc")
    return call.paged(rows, lambda pull: simple_pull(call, pull))


def _full(call: Call, pull: Pull) -> dict[str, Any]:
    mergeable, word = merge_state(call, pull)
    return full_pull(call, pull, mergeable=mergeable, mergeable_state=word)


def get_pull(call: Call) -> Reply:
    """``GET /pulls/{number}``."""
    return Reply(200, _full(call, call.pull()))


def create_pull(call: Call) -> Reply:
    """``POST /pulls``: 422 when it exists, when there is nothing between the branches, or when one is not there."""
    title, head, base = call.text("title"), _own(call, call.text("head")), call.text("base")
    refs = call.state["refs"]
    if not title.strip():
        raise invalid("Validation Failed", {"resource": "PullRequest", "field": "title", "code": "missing_field"})
    for name, branch in (("head", head), ("base", base)):
        if branch not in refs:
            raise _field(name)
    for pull in call.state["pulls"].values():
        if pull["state"] == "open" and (pull["head"], pull["base"]) == (head, base):
            raise _refused(f"A pull request already exists for {call.state['repository']['owner']}:{head}.")
    if call.origin.contains(refs[base], refs[head]):
        raise _refused(f"No commits between {base} and {head}")
    body = call.body.get("body")
    pull = {
        "number": take_number(call.state, "pull"),
        "title": title,
        "body": body if isinstance(body, str) else None,
        "head": head,
        "base": base,
        "head_sha": refs[head],
        "base_sha": refs[base],
        "author": call.login,
        "state": "open",
        "draft": call.body.get("draft") is True,
        "created_at": call.now,
        "updated_at": call.now,
        "closed_at": None,
        "merged_at": None,
        "merged_by": None,
        "merge_sha": None,
        "labels": [],
        "mergeability": None,
        "reviews": [],
        "comments": [],
    }
    call.state["pulls"][str(pull["number"])] = pull
    call.effect(f"opened #{pull['number']} from {head} into {base}")
    ci.on_pull_request(call.state, pull, call.now, broken=ci.breaks(call.origin, refs[head]))
    return Reply(201, _full(call, pull), {"location": f"{call.repo}/pulls/{pull['number']}"})


def update_pull(call: Call) -> Reply:
    """``PATCH /pulls/{number}``: title, body, base, open and closed. A changed base starts no run, a reopening does (R60)."""
    pull = call.pull()
    state, base = call.body.get("state"), call.body.get("base")
    if state not in (None, "open", "closed"):
        raise _field("state")
    if base is not None and base not in call.state["refs"]:
        raise _field("base")
    reopened = state == "open" and pull["state"] == "closed"
    if reopened:
        _check_reopening(call, pull)
    for key in ("title", "body"):
        if isinstance(call.body.get(key), str):
            pull[key] = call.body[key]
    pull["base"] = base or pull["base"]
    if reopened:
        pull |= {"state": "open", "closed_at": None, "head_sha": call.state["refs"][pull["head"]]}
        ci.on_pull_request(call.state, pull, call.now, broken=ci.breaks(call.origin, pull["head_sha"]))
    elif state == "closed" and pull["state"] == "open":
        pull |= {"state": "closed", "closed_at": call.now, "base_sha": base_sha(call, pull)}
    pull["updated_at"] = call.now
    call.effect(f"changed #{pull['number']}: {', '.join(sorted(call.body))}")
    return Reply(200, _full(call, pull))


def _check_reopening(call: Call, pull: Pull) -> None:
    if pull["merged_at"] is not None:
        raise _refused("A merged pull request cannot be reopened.")
    if pull["head"] not in call.state["refs"]:
        raise _refused(f"state cannot be changed. The {pull['head']} branch has been deleted.")


def list_files(call: Call) -> Reply:
    """``GET /pulls/{number}/files``."""
    pull = call.pull()
    changes = call.origin.changes(base_sha(call, pull), pull["head_sha"])
    return call.paged(changes, lambda change: file(call, change, pull["head_sha"]))


def list_commits(call: Call) -> Reply:
    """``GET /pulls/{number}/commits``: oldest first, 250 at most."""
    pull = call.pull()
    found = call.origin.log(f"^{base_sha(call, pull)}", pull["head_sha"], limit=250)
    return call.paged(found[::-1], lambda entry: commit(call, entry))


def list_reviews(call: Call) -> Reply:
    """``GET /pulls/{number}/reviews``: oldest first."""
    pull = call.pull()
    return call.paged(pull["reviews"], lambda given: review(call, pull, given))


def create_review(call: Call) -> Reply:
    """``POST /pulls/{number}/reviews``: 422 when the author approves their own."""
    pull = call.pull()
    event = call.text("event", "PENDING")
    if event not in _VERDICTS:
        raise invalid("Unprocessable Entity", "Event must be one of APPROVE, REQUEST_CHANGES, COMMENT")
    body = call.body.get("body") or ""
    if event != "APPROVE" and not body:
        raise invalid("Unprocessable Entity", "Body can't be blank")
    if event != "COMMENT" and pull["author"] == call.login:
        deed = "approve" if event == "APPROVE" else "request changes on"
        raise invalid("Unprocessable Entity", f"Can not {deed} your own pull request")
    sha = call.text("commit_id", "") or pull["head_sha"]
    if sha != pull["head_sha"] and (call.origin.find(sha) is None or not call.origin.contains(pull["head_sha"], sha)):
        raise invalid("Unprocessable Entity", "The commit is not part of the pull request")
    number = take_number(call.state, "review")
    given = {"id": number, "author": call.login, "state": _VERDICTS[event], "sha": sha, "body": body, "at": call.now}
    pull["reviews"].append(given)
    pull["requested"] = [login for login in pull.get("requested", []) if login != call.login]
    pull["updated_at"] = call.now
    call.effect(f"{_VERDICTS[event].lower().replace('_', ' ')} #{pull['number']} at {sha[:7]}")
    return Reply(200, review(call, pull, given))


def request_reviewers(call: Call) -> Reply:
    """``POST /pulls/{number}/requested_reviewers``: 422 for the author, and for who is no collaborator."""
    pull = call.pull()
    wanted = call.texts("reviewers")
    if call.body.get("team_reviewers"):
        raise invalid("Could not resolve to a node with the global id of the teams given.")
    if pull["author"] in wanted:
        raise invalid("Review cannot be requested from pull request author.")
    if any(login not in call.state["accounts"] for login in wanted):
        raise invalid("Reviews may only be requested from collaborators. One or more of the users is not a collaborator.")
    pull["requested"] = list(dict.fromkeys([*pull.get("requested", []), *wanted]))
    pull["updated_at"] = call.now
    call.effect(f"asked for reviews of #{pull['number']}: {', '.join(wanted)}")
    return Reply(201, simple_pull(call, pull))


def list_of_commit(call: Call) -> Reply:
    """``GET /commits/{sha}/pulls``: those that brought the commit, newest first."""
    sha = call.resolve(call.at["ref"]).sha
    rows = [pull for pull in call.state["pulls"].values() if _brought(call, pull, sha)]
    return call.paged(rows[::-1], lambda pull: simple_pull(call, pull))


def _brought(call: Call, pull: Pull, sha: str) -> bool:
    if pull["merge_sha"] == sha:
        return True
    return call.origin.contains(pull["head_sha"], sha) and not call.origin.contains(base_sha(call, pull), sha)
