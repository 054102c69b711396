"""What is tried again and what never is; rate limits; faults and their words; ETags (RELIABILITY section 3 API, rules 5, 22)."""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import timedelta

import httpx
import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError, StoreError
from strideiq_console.domain.secret import Secret
from tests.providers.http.fakes import START, TOKEN, DictEtags, FakeClock, Reply, Script, client, ok

LOST = [httpx.ReadError("reset"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut"), httpx.WriteError("x")]
NOT_SENT = [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.PoolTimeout("busy")]


@pytest.mark.parametrize(
    "first", [*LOST, *NOT_SENT, *(httpx.Response(s) for s in (500, 502, 503, 504)), httpx.Response(200, html="x")]
)
async def test_a_read_is_tried_again(first: Reply) -> None:
    http, wire, clock = client(Script(first, ok({"a": 1})))
    assert (await http.get("/x")).json() == {"a": 1}
    assert len(wire.requests) == 2
    assert clock.slept == [1.0]


async def test_a_read_is_tried_three_times_with_growing_jitter() -> None:
    http, wire, clock = client(lambda _: httpx.Response(502))
    with pytest.raises(OutsideError) as caught:
        await http.get("/x")
    assert (caught.value.status, caught.value.fault.kind) == (502, FaultKind.SERVER)
    assert len(wire.requests) == 3
    assert clock.slept == [1.0, 2.0]


async def test_a_query_is_tried_again_with_its_body() -> None:
    http, wire, _ = client(Script(httpx.Response(502), ok({"data": 1})), base="https://backboard.example/graphql/v2")
    assert (await http.query("", {"query": "{ä}"})).json() == {"data": 1}
    assert wire.bodies == ['{"query":"{ä}"}'.encode()] * 2
    assert {str(r.url) for r in wire.requests} == {"https://backboard.example/graphql/v2"}


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 410, 422, 451])
async def test_a_refusal_is_not_tried_again_and_a_refused_write_is_known_not_done(status: int) -> None:
    http, wire, _ = client(lambda _: httpx.Response(status, json={"message": "no"}))
    with pytest.raises(OutsideError) as read:
        await http.get("/x")
    assert read.value.known_not_done is False, "a read has no deed to be undone"
    with pytest.raises(OutsideError) as write:
        await http.write("PUT", "/x", {})
    assert write.value.known_not_done is True
    assert write.value.status == status
    assert "Nothing was changed" in write.value.sentence()
    assert len(wire.requests) == 2


@pytest.mark.parametrize("lost", [*LOST, *(httpx.Response(s) for s in (408, 500, 502, 503, 504))])
async def test_a_write_whose_answer_is_lost_is_unknown_and_never_sent_again(lost: Reply) -> None:
    http, wire, _ = client(lambda _: lost)
    with pytest.raises(OutsideError) as caught:
        await http.write("POST", "/x", {"a": 1})
    assert caught.value.known_not_done is False
    assert "read back" in caught.value.sentence()
    assert len(wire.requests) == 1


@pytest.mark.parametrize("unsent", NOT_SENT)
async def test_a_write_that_never_left_is_known_not_done(unsent: Reply) -> None:
    http, wire, _ = client(lambda _: unsent)
    with pytest.raises(OutsideError) as caught:
        await http.write("POST", "/x", {})
    assert caught.value.known_not_done is True
    assert len(wire.requests) == 1


async def test_garbage_after_a_write_is_unknown() -> None:
    http, _, _ = client(lambda _: httpx.Response(200, content=b"{"))
    answer = await http.write("POST", "/x", {})
    with pytest.raises(OutsideError) as caught:
        answer.json()
    assert caught.value.known_not_done is False


async def test_statuses_that_are_allowed_are_answered() -> None:
    http, _, _ = client(lambda _: httpx.Response(404, json={"message": "x"}))
    assert (await http.get("/x", allow=(404,))).status == 404
    assert (await http.write("POST", "/x", allow=(404,))).json() == {"message": "x"}


@pytest.mark.parametrize("status", [429, 403])
async def test_a_short_retry_after_is_waited_for(status: int) -> None:
    limit = httpx.Response(status, headers={"retry-after": "3"}, json={"message": "secondary rate limit"})
    http, wire, clock = client(Script(limit, ok()))
    await http.get("/x", allow=(403,))
    assert len(wire.requests) == 2
    assert sum(clock.slept) == 3.0


@pytest.mark.parametrize(
    ("status", "headers", "message", "seconds"),
    [
        (429, {"retry-after": "90"}, "", 90),
        (403, {"retry-after": "90"}, "", 90),
        (403, {}, "You have exceeded a secondary rate limit", 60),
        (
            403,
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(START.timestamp()) + 600)},
            "API rate limit exceeded",
            600,
        ),
        (429, {"retry-after": "Fri, 09 Jan 2026 12:02:00 GMT"}, "", 120),
        (429, {}, "", 60),
    ],
)
async def test_a_long_limit_silences_reads_and_writes_until_it_ends(
    status: int, headers: dict[str, str], message: str, seconds: int
) -> None:
    http, wire, clock = client(Script(httpx.Response(status, headers=headers, json={"message": message}), ok()))
    with pytest.raises(OutsideError) as caught:
        await http.get("/x")
    assert caught.value.fault.kind is FaultKind.RATE_LIMITED
    assert caught.value.fault.retry_at == START + timedelta(seconds=seconds)
    for call in (http.get("/y"), http.write("POST", "/y", {})):
        with pytest.raises(OutsideError) as silent:
            await call
        assert silent.value.fault.retry_at == START + timedelta(seconds=seconds)
    assert silent.value.known_not_done is True
    assert len(wire.requests) == 1
    clock.at += timedelta(seconds=seconds + 1)
    await http.get("/z")


async def test_a_limited_write_is_not_sent_again_and_known_not_done() -> None:
    http, wire, _ = client(lambda _: httpx.Response(429, headers={"retry-after": "1"}))
    with pytest.raises(OutsideError) as caught:
        await http.write("POST", "/x", {})
    assert (caught.value.known_not_done, len(wire.requests)) == (True, 1)


async def test_a_plain_403_is_no_limit_and_names_the_missing_permission() -> None:
    headers = {
        "x-accepted-github-permissions": "pull_requests=write",
        "x-github-request-id": "AB:12",
        "x-ratelimit-remaining": "10",
    }
    http, _, _ = client(lambda _: httpx.Response(403, headers=headers, json={"message": "Resource not accessible"}))
    with pytest.raises(OutsideError) as caught:
        await http.get("/x")
    fault = caught.value.fault
    assert fault.kind is FaultKind.FORBIDDEN
    assert "Resource not accessible" in fault.cause
    assert "AB:12" in fault.cause
    assert fault.request_id == "AB:12"
    assert "pull_requests=write" in fault.next_step


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"message": "Bad credentials"}, "Bad credentials"),
        ({"error": {"code": "forbidden", "message": "No team"}}, "No team"),
        ({"errors": [{"message": "Not Authorized"}]}, "Not Authorized"),
        (
            {"message": "Validation Failed", "errors": [{"resource": "PullRequest", "code": "custom", "message": "exists"}]},
            "exists",
        ),
        ({"message": "Validation Failed", "errors": ["x already exists"]}, "x already exists"),
        ({"errors": "nothing to merge"}, "nothing to merge"),
    ],
)
async def test_the_providers_own_words_are_told(body: object, words: str) -> None:
    http, _, _ = client(lambda _: httpx.Response(422, json=body))
    with pytest.raises(OutsideError, match=words):
        await http.get("/x")


async def test_words_from_outside_are_clean_and_without_the_token() -> None:
    nasty = f"\x1b]0;x\x07 bad {TOKEN} \u202e line\nfeed ghp_{'a' * 36}"
    http, _, _ = client(lambda _: httpx.Response(401, json={"message": nasty}, headers={"x-github-request-id": "a"}))
    with pytest.raises(OutsideError) as caught:
        await http.get("/x")
    text = caught.value.sentence()
    assert caught.value.fault.kind is FaultKind.UNAUTHORISED
    assert TOKEN not in text
    assert "ghp_" not in text
    assert not set(text) & set("\x1b\x07\n\u202e")


def _from(cause: BaseException) -> httpx.ConnectError:
    error = httpx.ConnectError("x")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind", "words", "tries"),
    [
        (_from(socket.gaierror(-2, "Name or service not known")), FaultKind.UNREACHABLE, "cannot be resolved", 3),
        (_from(ConnectionRefusedError(111, "x")), FaultKind.UNREACHABLE, "refused", 3),
        (_from(ExceptionGroup("all", [ConnectionRefusedError(111, "x")])), FaultKind.UNREACHABLE, "refused", 3),
        (_from(ssl.SSLCertVerificationError(1, "bad")), FaultKind.TLS, "TLS failed", 1),
        (httpx.ReadTimeout("x"), FaultKind.TIMEOUT, "no whole answer in time", 3),
        (httpx.ReadError("x"), FaultKind.UNREACHABLE, "the connection broke", 3),
        (httpx.LocalProtocolError(f"Illegal header value {TOKEN}"), FaultKind.LOCAL, "cannot be written", 1),
    ],
)
async def test_network_faults(error: httpx.HTTPError, kind: FaultKind, words: str, tries: int) -> None:
    http, wire, _ = client(lambda _: error)
    with pytest.raises(OutsideError, match=words) as caught:
        await http.get("/x")
    assert caught.value.fault.kind is kind
    assert caught.value.fault.next_step
    assert TOKEN not in caught.value.sentence()
    assert len(wire.requests) == tries


async def test_a_server_that_is_down_says_when_to_come_back() -> None:
    http, wire, _ = client(lambda _: httpx.Response(503, headers={"retry-after": "120"}))
    with pytest.raises(OutsideError) as caught:
        await http.get("/x")
    assert caught.value.fault.retry_at == START + timedelta(seconds=120)
    assert len(wire.requests) == 1


async def test_cancelling_a_read_cancels_it() -> None:
    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    http, wire, _ = client(hang)
    task = asyncio.create_task(http.get("/x"))
    while not wire.requests:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_304_is_answered_from_the_store_for_this_token_alone() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers.get("if-none-match") == '"v1"':
            return httpx.Response(304, headers={"x-ratelimit-remaining": "77", "x-ratelimit-limit": "100"})
        return ok([1], etag='"v1"', link='<https://api.github.com/x?page=2>; rel="prev"')

    etags = DictEtags()
    http, wire, _ = client(answer, etags=etags)
    first, second = await http.get("/x", {"a": 1}), await http.get("/x", {"a": 1})
    assert (first.from_cache, second.from_cache, second.status) == (False, True, 200)
    assert second.json() == [1]
    assert "link" in second.headers
    assert http.governor.budget().remaining == 77
    other, other_wire, _ = client(answer, etags=etags, auth=("Authorization", "Bearer ", Secret("another-token-12345")))
    await other.get("/x", {"a": 1})
    await http.get("/x", {"a": 2})
    assert "if-none-match" not in other_wire.requests[0].headers
    assert "if-none-match" not in wire.requests[-1].headers
    assert len(etags.rows) == 3
    assert all(TOKEN not in repr(item) and len(key) == 64 for key, item in etags.rows.items())


async def test_what_is_not_a_plain_read_is_not_kept() -> None:
    etags = DictEtags()
    http, _, _ = client(Script(httpx.Response(404, headers={"etag": '"x"'}), ok([], etag='"y"')), etags=etags)
    await http.get("/x", allow=(404,))
    await http.query("/q", {})
    await http.write("POST", "/w", {})
    assert etags.rows == {}


async def test_an_etag_store_that_fails_costs_nothing_but_the_304() -> None:
    class Broken(DictEtags):
        def get(self, key: str):
            raise StoreError("disk full")

        def put(self, key: str, etag: str, body: bytes, headers: object) -> None:
            raise StoreError("disk full")

    http, _, _ = client(lambda _: ok([1], etag='"v"'), etags=Broken())
    assert (await http.get("/x")).json() == [1]


def test_a_clock_is_all_the_time_there_is() -> None:
    assert FakeClock().now() == START
