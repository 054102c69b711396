"""Railway: logs come bounded, clean, oldest first, and say when they may not be whole."""

from __future__ import annotations

from typing import Any

import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.railway.log_lines import in_order, time_of
from strideiq_console.providers.railway.wire_measures import WireLog
from tests.providers.hosting import HOSTILE, SHA_A
from tests.providers.railway.examples import line, page, request, tagged
from tests.providers.railway.fake import FakeRailway, deployment, railway
from tests.providers.railway.places import PRODUCTION


async def test_one_line_more_than_asked_for_is_cut_and_said() -> None:
    port, wire = railway(FakeRailway(BuildLogs={"buildLogs": [line(3), line(1, "first"), line(2)]}))
    log = await port.build_log("d1", lines=2)
    assert [entry.at.second for entry in log.lines if entry.at] == [2, 3], "the newest, oldest first"
    assert not log.complete
    assert "older" in log.note
    assert wire.calls[-1].body["variables"] == {"deploymentId": "d1", "limit": 2}
    assert (await port.build_log("d1", lines=9)).complete
    for lines, sent in ((0, 1), (10**9, 5000)):
        await port.build_log("d1", lines=lines)
        assert wire.calls[-1].body["variables"]["limit"] == sent


async def test_a_structured_line_keeps_level_and_fields() -> None:
    structured = tagged(
        1, HOSTILE, severity="ERROR", attributes=[{"key": "path", "value": "/x"}, {"key": HOSTILE, "value": HOSTILE}]
    )
    port, _ = railway(
        FakeRailway(DeploymentLogs={"deploymentLogs": [structured, tagged(2, "y" * 50_000, severity=None, tags=None)]})
    )
    first, second = (await port.runtime_log("d1")).lines
    assert (first.level, first.fields["path"], first.fields["instance"]) == ("error", "/x", "i1")
    assert all(is_clean(text) for text in (first.text, *first.fields, *first.fields.values()))
    assert (len(second.text), second.level) == (16_000, "")


@pytest.mark.parametrize(
    "stamp", ["", "yesterday", "9999-99-99T00:00:00Z", "2026-01-09T10:00:00", "0001-01-01T00:00:00+14:00", "١"]
)
def test_a_time_that_cannot_be_read_is_none(stamp: str) -> None:
    found = time_of(stamp)
    assert found is None or found.tzinfo is not None


def test_order_counts_nanoseconds_and_keeps_lines_without_a_time() -> None:
    def at(fraction: str, text: str) -> WireLog:
        return WireLog(f"2026-01-09T10:00:00{fraction}Z", text)

    shuffled = [at(".123456789", "c"), WireLog("?", "after c"), at(".123456788", "b"), at("", "a"), at(".2", "d")]
    assert [wire.message for wire in in_order(shuffled)] == ["a", "b", "c", "after c", "d"]


async def test_the_log_of_an_environment_is_anchored_at_now() -> None:
    port, wire = railway(FakeRailway())
    await port.logs.environment("production", lines=50, words="@level:error")
    assert wire.calls[-1].body["variables"] == {
        "environmentId": PRODUCTION,
        "beforeLimit": 50,
        "anchorDate": "2026-01-09T12:00:00.000Z",
        "filter": "@level:error",
    }


async def test_requests_carry_no_query() -> None:
    requests = [request(1, "/v1/strava?code=s3cret#x", 502, upstreamErrors="reset"), request(2, HOSTILE, 404), request(3, "/a")]
    world = FakeRailway([deployment("p1", 1, SHA_A)], HttpLogs={"httpLogs": requests})
    port, _ = railway(world)
    found = (await port.request_log("production")).lines
    assert [entry.level for entry in found] == ["error", "warn", "info"]
    assert found[0].text == "GET /v1/strava 502 41 ms"
    assert (found[0].fields["status"], found[0].fields["duration_ms"], found[0].fields["upstream_errors"]) == ("502", "41", "reset")
    assert all(is_clean(text) for entry in found for text in (entry.text, *entry.fields.values()))
    assert "s3cret" not in repr(found)
    with pytest.raises(OutsideError) as caught:
        await port.request_log("staging")
    assert caught.value.fault.kind is FaultKind.MISSING


def step(name: str, second: int, **more: Any) -> dict[str, Any]:
    at = f"2026-01-09T10:00:{second:02d}.000Z"
    return {"id": name, "step": name, "createdAt": at, "completedAt": None, "payload": None, **more}


async def test_the_timeline_says_how_each_step_ended() -> None:
    steps = [
        step("HEALTHCHECK", 30, payload={"error": "no answer\x1b on /health"}, completedAt="2026-01-09T10:01:30Z"),
        step("BUILD_IMAGE", 10, completedAt="2026-01-09T10:00:22Z"),
        step("DRAIN_INSTANCES", 40),
    ]
    log = await railway(FakeRailway(DeploymentEvents={"deploymentEvents": page(steps)}))[0].events("d1")
    assert [entry.text for entry in log.lines] == [
        "build image done in 12.0 s",
        "healthcheck failed: no answer␛ on /health",
        "drain instances running",
    ]
    assert [entry.level for entry in log.lines] == ["info", "error", "info"]
    assert log.complete


async def test_a_timeline_without_end_is_cut_and_not_called_whole() -> None:
    count = 0

    def endless(variables: dict[str, Any]) -> dict[str, Any]:
        nonlocal count
        count += 1
        return {"deploymentEvents": page([step("BUILD_IMAGE", 1)], {"hasNextPage": True, "endCursor": str(count)})}

    log = await railway(FakeRailway(DeploymentEvents=endless))[0].events("d1")
    assert (len(log.lines), log.complete, count) == (4, False, 4)
