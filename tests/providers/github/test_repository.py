"""Facts, files, history, releases, issues and names of variables, over small answers of our own."""

from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from strideiq_console.domain.fault import BlockedError, FaultKind, OutsideError, UsageError
from tests.providers.github.contract import ROOT, FakeGitHub
from tests.providers.github.shapes import BASE_SHA, HEAD, MERGED, commit, facts, pull


def github(routes: dict[tuple[str, str], Any]) -> FakeGitHub:
    return FakeGitHub({(method, ROOT + path): answer for (method, path), answer in routes.items()}, checked=False)


def content(data: bytes, **changes: Any) -> dict[str, Any]:
    text = base64.encodebytes(data).decode()
    return {"type": "file", "path": "a.toml", "sha": HEAD, "size": len(data), "encoding": "base64", "content": text} | changes


async def test_facts() -> None:
    fake = github({("GET", ""): facts(delete_branch_on_merge=True, allow_merge_commit=False)})
    found = await fake.host.contents.facts()
    assert (found.delete_branch_on_merge, found.merge_commit, found.squash_merge) == (True, False, None)
    assert found.permissions == {"admin", "maintain", "push", "triage", "pull"}
    hidden = {key: value for key, value in facts().items() if key != "permissions"}
    assert (await github({("GET", ""): hidden}).host.contents.facts()).permissions is None


async def test_a_file_and_one_that_is_not_there() -> None:
    fake = github({("GET", "/contents/api/a%20b.toml"): content(b"x" * 100 + b"\xff"), ("GET", ""): facts()})
    found = await fake.host.contents.file("/api/a b.toml", ref="staging")
    assert found is not None
    assert found.data == b"x" * 100 + b"\xff"
    assert "ref=staging" in fake.sent()[0][1]
    assert await fake.host.contents.file("gone", ref="staging") is None


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        ([content(b"")], FaultKind.REFUSED, "a folder"),
        (content(b"", type="submodule"), FaultKind.REFUSED, "a submodule"),
        (content(b"", encoding="none", content="", size=2_000_000), FaultKind.TOO_LARGE, "larger than 1 MB"),
        (content(b"", content="not base64!"), FaultKind.MALFORMED, "base64"),
    ],
    ids=["folder", "submodule", "large", "garbage"],
)
async def test_what_is_no_file(answer: Any, kind: FaultKind, words: str) -> None:
    with pytest.raises(OutsideError, match=words) as caught:
        await github({("GET", "/contents/x"): answer}).host.contents.file("x", ref="main")
    assert caught.value.fault.kind is kind


async def test_a_hidden_repository_is_no_missing_file_release_or_merge() -> None:
    host = github({}).host
    for call in (host.contents.file("x", ref="main"), host.releases.latest(), host.pulls.is_merged(43)):
        with pytest.raises(OutsideError) as caught:
            await call
        assert caught.value.fault.kind is FaultKind.MISSING


async def test_no_release_and_no_merge_are_values() -> None:
    host = github({("GET", ""): facts()}).host
    assert await host.releases.latest() is None
    assert await host.pulls.is_merged(43) is False


async def test_commits() -> None:
    nobody = commit(MERGED, "Subject\n\nbody")
    nobody["commit"] = {**nobody["commit"], "author": None}
    fake = github({("GET", "/commits"): [commit(), nobody], ("GET", "/commits/release%2Fv1"): commit()})
    first, second = await fake.host.contents.commits("main", limit=2)
    assert (first.subject, first.parents, second.subject, second.author) == ("Fix auth crash", (BASE_SHA,), "Subject", "Founder")
    assert (await fake.host.contents.commit("release/v1")).sha == HEAD
    bare = commit()
    bare["commit"] = {"message": "x", "author": None, "committer": None}
    with pytest.raises(OutsideError, match="neither author nor committer"):
        await github({("GET", "/commits/main"): bare}).host.contents.commit("main")


async def test_pull_files_and_commits_are_whole_or_not_at_all() -> None:
    row = {"filename": "b", "status": "renamed", "additions": 1, "deletions": 2, "previous_filename": "a"}
    fake = github({("GET", "/pulls/43/files"): [row], ("GET", "/pulls/43/commits"): [commit()]})
    assert (await fake.host.pulls.files(43))[0].previous_path == "a"
    assert [c.sha for c in await fake.host.pulls.commits(43)] == [HEAD]
    full = github({("GET", "/pulls/43/files"): [row] * 3000, ("GET", "/pulls/43/commits"): [commit()] * 250})
    for call in (full.host.pulls.files(43), full.host.pulls.commits(43)):
        with pytest.raises(OutsideError) as caught:
            await call
        assert caught.value.fault.kind is FaultKind.INCOMPLETE


async def test_reviewers() -> None:
    asked = pull(requested_reviewers=[{"login": "founder"}], requested_teams=[{"slug": "ops"}])
    fake = github({("POST", "/pulls/43/requested_reviewers"): httpx.Response(201, json=asked)})
    assert (await fake.host.pulls.request_reviewers(43, ["founder"])).reviewers == ("founder", "team:ops")
    assert fake.sent()[0][2] == {"reviewers": ["founder"]}


async def test_history_never_forces_and_leaves_permanent_branches_alone() -> None:
    fake = github({("PATCH", "/git/refs/heads/revert/x"): {}})
    history = fake.host.history
    await history.advance("revert/x", HEAD)
    assert fake.sent() == [("PATCH", "/git/refs/heads/revert/x", {"sha": HEAD, "force": False})]
    for branch in ("main", "Staging"):
        with pytest.raises(BlockedError):
            await history.advance(branch, HEAD)
        with pytest.raises(BlockedError):
            await history.merge(base=branch, head="feature/x", message="")
    for call in (
        history.advance("+x", HEAD),
        history.advance("x", "main"),
        history.commit_tree(tree="x", parents=[HEAD], message=""),
        history.commit_tree(tree=HEAD, parents=[], message=""),
        history.merge(base="x", head="-x", message=""),
        history.tree_of("main"),
    ):
        with pytest.raises(UsageError):
            await call
    assert len(fake.wire.requests) == 1


async def test_releases() -> None:
    made = {"id": 1, "tag_name": "v1", "target_commitish": "main", "name": None, "draft": True, "prerelease": False}
    fake = github({("POST", "/releases"): httpx.Response(201, json=made)})
    await fake.host.releases.create(tag="v1", target=HEAD, name="v1", notes="text", draft=True)
    await fake.host.releases.create(tag="v1", target="main", name="v1")
    first, second = (body for _, _, body in fake.sent())
    assert first == {"tag_name": "v1", "target_commitish": HEAD, "name": "v1", "draft": True, "body": "text"}
    assert (second["generate_release_notes"], second["make_latest"], "body" in second) == (True, "true", False)
    with pytest.raises(UsageError):
        await fake.host.releases.create(tag="v 1", target="main", name="x")


async def test_issues() -> None:
    issue = {"number": 1, "title": "t", "state": "closed", "user": None, "labels": ["a", {"name": "b"}], "assignees": None}
    fake = github({("GET", "/issues"): [issue, {**issue, "pull_request": {}}], ("PATCH", "/issues/1"): issue})
    (found,) = await fake.host.issues.recent(labels=["incident", "P1"], state="all")
    assert (found.open, found.author, found.labels, found.assignees) == (False, "ghost", ("a", "b"), ())
    assert "state=all&labels=incident%2CP1" in fake.sent()[0][1]
    await fake.host.issues.update(1, title="x", body="", closed=False)
    assert fake.sent()[-1][2] == {"title": "x", "body": "", "state": "open"}
    with pytest.raises(UsageError):
        await fake.host.issues.update(1)
    with pytest.raises(UsageError):
        await fake.host.issues.recent(state="odd")


async def test_values_of_variables_are_neither_kept_nor_stored() -> None:
    value = "planted-value-0123456789"
    etag = {"etag": '"1"'}
    routes = {
        ("GET", "/actions/secrets"): httpx.Response(200, json={"secrets": [{"name": "S"}]}, headers=etag),
        ("GET", "/actions/variables"): httpx.Response(200, json={"variables": [{"name": "V", "value": value}]}, headers=etag),
    }
    fake = github(routes)
    found = await fake.host.variables.repository()
    assert [(v.name, v.secret, v.sealed, v.provider) for v in found] == [("S", True, True, "github"), ("V", False, False, "github")]
    assert value not in repr(found)
    kept = [body for _, body, _ in fake.etags.rows.values()]
    assert kept == [b'{"secrets":[{"name":"S"}]}'], "names may be kept for the next reading, values never"


async def test_the_rate_limit() -> None:
    fake = FakeGitHub({("GET", "/rate_limit"): {"resources": {"core": {"limit": 5000, "remaining": 1}}}}, checked=False)
    found = await fake.host.viewer.rate()
    assert (found.remaining, found.limit) == (1, 5000)
