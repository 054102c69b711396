"""Pull requests: who they are by, what a refused merge says, labels that are kept."""

from __future__ import annotations

import httpx
import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError, UsageError
from strideiq_console.domain.pull_request import PullState, ReviewState
from tests.providers.github.contract import ROOT, FakeGitHub
from tests.providers.github.shapes import HEAD, MERGED, pull

MERGE = ("PUT", f"{ROOT}/pulls/43/merge")


def github(routes: dict[tuple[str, str], object], *, bot: bool = True) -> FakeGitHub:
    return FakeGitHub(routes, checked=False, bot=bot)


async def test_a_merge_sends_the_sha_and_a_merge_commit_is_wanted() -> None:
    fake = github({MERGE: {"sha": MERGED, "merged": True, "message": "ok"}})
    assert await fake.host.pulls.merge(43, sha=HEAD, title="Fix") == MERGED
    assert fake.sent() == [("PUT", "/pulls/43/merge", {"sha": HEAD, "merge_method": "merge", "commit_title": "Fix"})]


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (405, "Base branch was modified. Review and try the merge again.", FaultKind.REFUSED),
        (409, "Head branch was modified. Review and try the merge again.", FaultKind.CONFLICT),
        (422, "Required status check is expected", FaultKind.REFUSED),
    ],
)
async def test_a_refused_merge_is_known_not_done_and_says_why(status: int, message: str, kind: FaultKind) -> None:
    fake = github({MERGE: httpx.Response(status, json={"message": message})})
    with pytest.raises(OutsideError) as caught:
        await fake.host.pulls.merge(43, sha=HEAD, title="Fix")
    error = caught.value
    assert (error.known_not_done, error.status, error.fault.kind) == (True, status, kind)
    assert "#43 is not merged at aaaaaaa" in str(error)
    assert message.rstrip(".") in str(error)
    assert error.fault.next_step
    assert "Nothing was changed" in error.sentence()
    assert len(fake.wire.requests) == 1


async def test_a_merge_that_answers_not_merged_is_not_done() -> None:
    fake = github({MERGE: {"sha": MERGED, "merged": False, "message": "no"}})
    with pytest.raises(OutsideError) as caught:
        await fake.host.pulls.merge(43, sha=HEAD, title="Fix")
    assert caught.value.known_not_done is True


@pytest.mark.parametrize(
    "lost", [httpx.ReadError("cut"), httpx.Response(502), httpx.Response(200, content=b"{"), httpx.Response(200, json={})]
)
async def test_a_merge_whose_answer_is_lost_is_unknown(lost: object) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        if isinstance(lost, httpx.Response):
            return lost
        raise httpx.ReadError("cut")

    fake = github({MERGE: answer})
    with pytest.raises(OutsideError) as caught:
        await fake.host.pulls.merge(43, sha=HEAD, title="Fix")
    assert caught.value.known_not_done is False
    assert len(fake.wire.requests) == 1


@pytest.mark.parametrize("sha", ["", "a" * 39, "main", "A" * 40, "a" * 40 + "\n"])
async def test_only_a_full_sha_is_merged_or_approved(sha: str) -> None:
    fake = github({})
    for call in (
        fake.host.pulls.merge(43, sha=sha, title="x"),
        fake.host.pulls.approve(43, sha=sha, body=""),
        fake.host.pulls.update_branch(43, expected_head=sha),
        fake.host.rules.create("hotfix/x", sha),
    ):
        with pytest.raises(UsageError):
            await call
    assert fake.wire.requests == []


async def test_the_bot_opens_and_the_founder_does_the_rest() -> None:
    routes = {
        ("POST", f"{ROOT}/pulls"): httpx.Response(201, json=pull()),
        ("POST", f"{ROOT}/pulls/43/reviews"): {},
        ("PATCH", f"{ROOT}/pulls/43"): pull(),
        MERGE: {"sha": MERGED, "merged": True},
    }
    fake = github(routes)
    await fake.host.pulls.create(head="hotfix/x", base="staging", title="t", body="b")
    await fake.host.pulls.update(43, body="b")
    await fake.host.pulls.approve(43, sha=HEAD, body="")
    await fake.host.pulls.merge(43, sha=HEAD, title="t")
    assert fake.tokens() == ["bot", "founder", "founder", "founder"]


async def test_without_a_bot_the_founder_opens_and_the_approval_says_what_is_missing() -> None:
    own = {"message": "Unprocessable Entity", "errors": ["Can not approve your own pull request"]}
    fake = github(
        {
            ("POST", f"{ROOT}/pulls"): httpx.Response(201, json=pull()),
            ("POST", f"{ROOT}/pulls/43/reviews"): httpx.Response(422, json=own),
        },
        bot=False,
    )
    await fake.host.pulls.create(head="hotfix/x", base="staging", title="t", body="b")
    with pytest.raises(OutsideError) as caught:
        await fake.host.pulls.approve(43, sha=HEAD, body="")
    assert "Can not approve your own" in str(caught.value)
    assert "STRIDEIQ_GITHUB_BOT_TOKEN" in caught.value.sentence()
    assert caught.value.known_not_done is True
    assert fake.tokens() == ["founder", "founder"]
    assert await fake.host.viewer.bot_login() is None


async def test_find_keeps_only_this_head_and_base_newest_first() -> None:
    fork = pull(50)
    fork["head"] = {**fork["head"], "label": "evil:hotfix/fix-auth-crash", "repo": {"full_name": "evil/strideiq"}}
    gone = pull(51)
    gone["head"] = {**gone["head"], "repo": None}
    other = pull(52, base={**pull()["base"], "ref": "main"})
    fake = github(
        {("GET", f"{ROOT}/pulls"): [pull(43), fork, gone, other, pull(47, state="closed", merged_at="2026-01-09T12:00:00Z")]}
    )
    found = await fake.host.pulls.find("hotfix/fix-auth-crash", "staging")
    assert [p.number for p in found] == [47, 43]
    assert [p.state for p in found] == [PullState.MERGED, PullState.OPEN]
    assert [p.merge_sha for p in found] == [MERGED, None]
    assert "state=all&head=acme%3Ahotfix%2Ffix-auth-crash&base=staging" in fake.sent()[0][1]
    everything = await fake.host.pulls.open()
    assert {p.number: p.head for p in everything}[50] == "evil:hotfix/fix-auth-crash"


async def test_a_list_with_a_missing_page_decides_nothing() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "page=2" in str(request.url):
            return httpx.Response(500)
        return httpx.Response(
            200, json=[pull()], headers={"link": '<https://api.github.com/repositories/1/pulls?page=2>; rel="next"'}
        )

    fake = github({("GET", f"{ROOT}/pulls"): answer, ("GET", "/repositories/1/pulls"): answer})
    with pytest.raises(OutsideError) as caught:
        await fake.host.pulls.open()
    assert caught.value.fault.kind is FaultKind.INCOMPLETE


async def test_reviews_of_ghosts_and_of_unheard_of_states_decide_nothing() -> None:
    rows = [{"state": "APPROVED", "user": None, "commit_id": None}, {"state": "BLESSED", "user": {"login": "a"}, "commit_id": HEAD}]
    fake = github({("GET", f"{ROOT}/pulls/43/reviews"): rows})
    ghost, odd = await fake.host.pulls.reviews(43)
    assert (ghost.author, ghost.sha) == ("ghost", None)
    assert odd.state is ReviewState.COMMENTED


async def test_labels_are_added_and_kept() -> None:
    routes = {
        ("GET", f"{ROOT}/pulls/43"): pull(labels=[{"name": "Hotfix"}, {"name": "mine"}]),
        ("GET", f"{ROOT}/labels"): [{"name": "hotfix"}],
        ("POST", f"{ROOT}/labels"): httpx.Response(422, json={"message": "already_exists"}),
        ("PATCH", f"{ROOT}/issues/43"): {},
    }
    fake = github(routes)
    await fake.host.labels.put(43, ["hotfix", "P1"])
    assert [(m, p.partition("?")[0]) for m, p, _ in fake.sent()] == [
        ("GET", "/pulls/43"),
        ("GET", "/labels"),
        ("POST", "/labels"),
        ("PATCH", "/issues/43"),
    ]
    assert fake.sent()[2][2]["name"] == "P1"
    assert sorted(fake.sent()[3][2]["labels"]) == ["Hotfix", "P1", "mine"]


async def test_labels_that_are_there_already_cost_no_write() -> None:
    fake = github({("GET", f"{ROOT}/pulls/43"): pull(labels=[{"name": "Hotfix"}])})
    await fake.host.labels.put(43, ["hotfix"])
    assert [method for method, _, _ in fake.sent()] == ["GET"]


async def test_an_update_of_nothing_is_a_read() -> None:
    fake = github({("GET", f"{ROOT}/pulls/43"): pull(), ("PATCH", f"{ROOT}/pulls/43"): pull(state="closed")})
    await fake.host.pulls.update(43)
    assert (await fake.host.pulls.update(43, closed=True)).state is PullState.CLOSED
    await fake.host.pulls.update(43, closed=False, body="")
    assert [(m, b) for m, _, b in fake.sent()] == [
        ("GET", None),
        ("PATCH", {"state": "closed"}),
        ("PATCH", {"body": "", "state": "open"}),
    ]
