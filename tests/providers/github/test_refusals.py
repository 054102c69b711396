"""What a 403 or 404 means, per operation: the sentence, the permission that it names, and what GitHub said."""

from __future__ import annotations

import httpx
import pytest

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.github.meanings import meaning, told
from strideiq_console.providers.github.permissions import need_of, worded
from strideiq_console.providers.github.refusals import TABLE
from tests.providers.github.contract import ROOT, FakeGitHub
from tests.providers.github.refusal_cases import BILLING, CASES, INACCESSIBLE, Call
from tests.providers.github.shapes import facts


def refusing(method: str, path: str, reply: httpx.Response) -> FakeGitHub:
    full = path if path.startswith("/users/") else ROOT + path
    return FakeGitHub({("GET", ROOT): facts(), (method, full): reply}, checked=False)


@pytest.mark.parametrize(("call", "method", "path", "status", "said", "kind", "cause", "step"), CASES)
async def test_a_refusal_says_what_is_missing(
    call: Call, method: str, path: str, status: int, said: str, kind: FaultKind, cause: str, step: str
) -> None:
    reply = httpx.Response(status, json={"message": said}, headers={"x-github-request-id": "AB:1"})
    with pytest.raises(OutsideError) as caught:
        await call(refusing(method, path, reply).host)
    error = caught.value
    assert error.fault.kind is kind
    assert cause in error.fault.cause
    assert step in error.fault.next_step
    assert said.rstrip(".") in error.fault.cause
    assert f"({status})" in error.fault.cause
    assert "AB:1" in error.fault.cause
    assert error.status == status
    assert error.known_not_done is (method != "GET")
    assert error.fault.consequence
    assert error.known_not_done is ("Nothing was changed" in error.sentence())


async def test_what_github_names_comes_before_the_table() -> None:
    headers = {"x-accepted-github-permissions": "organization_administration=write; vulnerability_alerts=read,statuses=read"}
    reply = httpx.Response(403, json={"message": INACCESSIBLE}, headers=headers)
    with pytest.raises(OutsideError) as caught:
        await refusing("GET", "/tags", reply).host.releases.tags()
    named = "Administration (organization): write or Dependabot alerts: read and Commit statuses: read"
    assert f"Give the token {named}" in caught.value.fault.next_step


@pytest.mark.parametrize(("header", "words"), [("", ""), ("rubbish", ""), ("contents=read", "Contents: read"), (";;,=", ": ")])
def test_the_header_in_words(header: str, words: str) -> None:
    assert worded(header) == words


async def test_hostile_words_of_a_refusal_are_clean_and_never_a_format() -> None:
    reply = httpx.Response(
        403, json={"message": "\x1b]52;c;eA==\x07 {need} {0} %s"}, headers={"x-accepted-github-permissions": "a\x7f=b"}
    )
    with pytest.raises(OutsideError) as caught:
        await refusing("GET", "/tags", reply).host.releases.tags()
    assert is_clean(caught.value.sentence())
    assert "{need} {0} %s" in caught.value.fault.cause


async def test_a_rate_limit_is_never_told_as_a_permission() -> None:
    reply = httpx.Response(403, json={"message": "You have exceeded a secondary rate limit"})
    with pytest.raises(OutsideError) as caught:
        await refusing("GET", "/dependabot/alerts", reply).host.alerts.dependencies()
    assert caught.value.fault.kind is FaultKind.RATE_LIMITED


def test_every_row_of_a_family_can_be_reached() -> None:
    paths = {
        "protection": "/branches/main/protection",
        "rules": "/rulesets",
        "dependabot": "/dependabot/alerts",
        "secret-scanning": "/secret-scanning/alerts",
        "code-scanning": "/code-scanning/alerts",
        "pending_deployments": "/actions/runs/1/pending_deployments",
        "runs": "/actions/runs/1/rerun",
        "logs": "/actions/jobs/1/logs",
        "checks": "/check-runs/1/annotations",
        "issues": "/issues",
        "": "/tags",
    }
    for row in TABLE:
        path = BILLING if row.family == "billing" else ROOT + paths[row.family]
        assert row.family in ("", need_of(path).family)
        method = "POST" if row.method == "write" else "GET"
        assert meaning(method, path, row.status, row.text.upper()) == row


def test_what_needs_no_permission_is_left_as_it_is() -> None:
    assert need_of("/user").read == ""
    assert meaning("GET", "/user", 403, "") is None
    assert meaning("GET", f"{ROOT}/tags", 500, "") is None


def test_an_error_without_a_status_is_left_as_it_is() -> None:
    error = OutsideError(Fault(FaultKind.TIMEOUT, "github", "GitHub: no whole answer in time"))
    assert told("GET", f"{ROOT}/tags", error) is error
