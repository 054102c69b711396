"""Railway: account, workspace and project tokens told apart, with what each cannot do."""

from __future__ import annotations

from typing import Any

import pytest

from strideiq_console.domain.fault import ConfigurationError, FaultKind, OutsideError
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.railway import Railway
from tests.providers.hosting import HOSTILE, Call
from tests.providers.railway.examples import answers
from tests.providers.railway.fake import FakeRailway, railway, refusal, two_tokens
from tests.providers.railway.places import PROJECT

NO = refusal("Not Authorized")


async def test_an_account_token_sees_all() -> None:
    report = await railway(FakeRailway())[0].inspect()
    assert (report.kind, report.who, report.scope) == ("account", "founder", "workspaces: StrideIQ")
    assert report.lacks == ()
    assert [p.held for p in report.permissions] == [True, True, True]
    assert not report.expiry_known


async def test_a_workspace_token_has_no_person_and_may_not_see_billing() -> None:
    report = await railway(FakeRailway(AccountWhoami=NO, WorkspaceBilling=NO))[0].inspect()
    assert (report.kind, report.who) == ("workspace", "StrideIQ")
    assert [p.name for p in report.lacks] == ["workspace billing"]


async def test_a_token_of_another_workspace_lacks_the_environments() -> None:
    world = FakeRailway(AccountWhoami=NO)
    port, _ = railway(lambda call: (200, NO) if call.body["operationName"] == "ProjectTopology" else world(call))
    assert [p.held for p in (await port.inspect()).permissions] == [False, False, False]


async def test_a_project_token_reaches_one_environment() -> None:
    report = await railway(FakeRailway(ApiTokenWhoami=NO))[0].inspect()
    assert (report.kind, report.who, report.scope) == ("project", "console", "project strideiq, environment production")
    assert [p.name for p in report.lacks] == ["environment staging", "workspace billing"]
    assert "one environment" in report.lacks[0].note


async def test_a_token_of_another_project_is_told() -> None:
    answer = answers()["ProjectTokenWhoami"]
    answer["projectToken"]["project"] = {"id": "other", "name": HOSTILE}
    report = await railway(FakeRailway(ApiTokenWhoami=NO, ProjectTokenWhoami=answer))[0].inspect()
    assert len(report.lacks) == 3
    assert "another project" in report.notes[0]
    assert all(is_clean(text) for text in (report.scope, report.who, *report.notes))


async def test_two_project_tokens_reach_two_environments() -> None:
    world = FakeRailway(ApiTokenWhoami=NO)

    def answering(call: Call) -> tuple[int, Any]:
        status, answer = world(call)
        if call.body["operationName"] == "ProjectTokenWhoami" and "x-token-staging" in call.headers:
            answer["data"]["projectToken"]["environment"]["name"] = "staging"
        return status, answer

    report = await two_tokens(answering)[0].inspect()
    assert [p.name for p in report.lacks] == ["workspace billing"]
    assert report.scope == "project strideiq, environment production; project strideiq, environment staging"


async def test_a_dead_token_raises_and_one_of_two_is_a_note() -> None:
    dead = refusal("Project Token not found")
    world = FakeRailway(ApiTokenWhoami=NO, ProjectTokenWhoami=dead)
    with pytest.raises(OutsideError) as caught:
        await railway(world)[0].inspect()
    assert caught.value.fault.kind is FaultKind.UNAUTHORISED
    alive = FakeRailway(ApiTokenWhoami=NO)
    port, _ = two_tokens(lambda call: (world if "x-token-staging" in call.headers else alive)(call))
    report = await port.inspect()
    assert [p.name for p in report.lacks] == ["environment staging", "workspace billing"]
    assert "the token of staging cannot be used" in report.notes[0]


@pytest.mark.parametrize("message", ["Problem processing request", "Rate limit exceeded"])
async def test_a_failure_is_no_finding(message: str) -> None:
    with pytest.raises(OutsideError):
        await railway(FakeRailway(AccountWhoami=refusal(message)))[0].inspect()


def test_without_any_token_there_is_no_railway() -> None:
    with pytest.raises(ConfigurationError):
        Railway(project=PROJECT, service="api", environments={"production": "production"})
