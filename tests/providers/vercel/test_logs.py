"""Events, build logs, runtime logs and checks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from strideiq_console.domain.ci import CheckState
from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.untrusted import is_clean
from tests.providers.hosting import HOSTILE, SHA_A
from tests.providers.vercel.fake import T0, Raw, deployment, table, whole


def event(number: int, text: str, kind: str = "stdout", **more: Any) -> dict[str, Any]:
    payload = {"deploymentId": "dpl_1", "id": str(number), "date": T0 + number, "serial": str(number), "text": text}
    return {"type": kind, "created": T0 + number, "payload": payload | {"info": {"type": "build", "name": "b", "step": "x"}} | more}


def flat(number: int, text: str, level: str) -> dict[str, Any]:
    shared = {"deploymentId": "dpl_1", "id": str(number), "date": T0 + number, "serial": str(number)}
    return {"type": "stderr", "created": T0 + number, "text": text, "level": level, "info": {"type": "b", "name": "b"}} | shared


def runtime(number: int, **more: Any) -> bytes:
    known = {"level": "info", "message": f"line {number}", "timestampInMs": T0 + number, "source": "serverless"}
    request = {"requestMethod": "GET", "requestPath": "/", "responseStatusCode": 200, "domain": "strideiq.run"}
    return json.dumps(known | request | more).encode() + b"\n"


async def test_a_build_log_is_oldest_first_whatever_the_order_on_the_wire() -> None:
    events = [flat(9, "boom", "error"), event(3, "two\nlines\n"), event(1, "one"), None, event(12, "bye", "fatal")]
    events.append({"type": "deployment-state", "created": T0 + 2, "payload": event(2, "")["payload"] | {"text": None}})
    events[-1]["payload"]["info"] = {"type": "b", "name": "b", "readyState": "BUILDING"}
    events.append(
        {"type": "alias-assigned", "date": T0 + 20, "deploymentId": "dpl_1", "alias": ["strideiq.run"], "aliasError": None}
    )
    port, wire = table(events=events)
    found = await port.build_log("dpl_1", lines=50)
    told = ["one", "state: building", "two", "lines", "boom", "bye", "domains assigned: strideiq.run"]
    assert [line.text for line in found.lines] == told
    assert [line.level for line in found.lines] == ["", "", "", "", "error", "fatal", ""]
    assert dict(found.lines[0].fields) == {"kind": "stdout", "step": "x"}
    assert (found.complete, found.note) == (True, "")
    assert wire.calls[0].query == {"builds": "1", "limit": "50", "direction": "backward", "teamId": "team_1"}


async def test_a_request_among_the_events_keeps_its_fields() -> None:
    proxy = {"method": "GET", "host": "strideiq.run", "path": "/coach", "statusCode": 502, "timestamp": T0}
    port, _ = table(events=[event(1, "GET /coach", "request", proxy=proxy)])
    (line,) = (await port.build_log("dpl_1")).lines
    assert dict(line.fields) == {
        "kind": "request",
        "step": "x",
        "method": "GET",
        "path": "/coach",
        "domain": "strideiq.run",
        "status": "502",
    }


async def test_a_full_page_is_not_all_there_is() -> None:
    port, wire = table(events=[event(n, f"{n}") for n in range(5)])
    found = await port.build_log("dpl_1", lines=5)
    assert (found.complete, found.note) == (False, "Only the newest 5 lines")
    port, _ = table(events=[event(1, "a\nb\nc"), event(2, "d")])
    found = await port.build_log("dpl_1", lines=3)
    assert ([line.text for line in found.lines], found.complete) == (["b", "c", "d"], False)
    await port.build_log("dpl_1", lines=10**9)
    assert (await table(events=[])[0].build_log("dpl_1")).complete
    assert wire.calls[0].query["limit"] == "5"


async def test_events_as_a_stream_of_lines() -> None:
    body = b"".join(json.dumps(event(n, f"{n}")).encode() + b"\n" for n in (2, 1)) + b'{"type": "std'
    port, _ = table(events=Raw(body, "application/stream+json"))
    found = await port.build_log("dpl_1")
    assert ([line.text for line in found.lines], found.complete) == (["1", "2"], False)
    assert found.note == "1 line could not be read"
    port, _ = table(events=Raw(json.dumps([event(2, "2"), event(1, "1")]).encode(), "application/stream+json"))
    assert [line.text for line in (await port.build_log("dpl_1")).lines] == ["1", "2"]


@pytest.mark.parametrize("events", [{}, [{"created": 1}], [{"type": "x", "created": "soon"}], [7], "text"])
async def test_malformed_events_name_provider_and_field(events: Any) -> None:
    with pytest.raises(OutsideError) as caught:
        await table(events=events)[0].build_log("dpl_1")
    assert (caught.value.fault.kind, caught.value.fault.source) == (FaultKind.MALFORMED, "vercel")
    assert "events" in caught.value.fault.cause


async def test_runtime_lines_are_never_complete_and_say_why() -> None:
    port, wire = table(runtime=Raw(runtime(2, level="error", messageTruncated=True) + runtime(1), "application/stream+json"))
    found = await port.runtime_log("dpl_1", lines=10)
    assert [(line.text, line.level, line.source) for line in found.lines] == [
        ("line 1", "info", "serverless"),
        ("line 2", "error", "serverless"),
    ]
    assert dict(found.lines[1].fields) == {
        "method": "GET",
        "path": "/",
        "status": "200",
        "domain": "strideiq.run",
        "truncated": "yes",
    }
    assert not found.complete
    assert "from the moment they are asked for" in found.note
    assert wire.calls[0].path == "/v1/projects/prj_1/deployments/dpl_1/runtime-logs"
    assert wire.calls[0].query == {"teamId": "team_1"}


async def test_runtime_lines_stop_at_the_limit_and_survive_a_broken_one() -> None:
    body = runtime(1) + b"\x00garbage\n" + runtime(2, message={}) + runtime(3) + runtime(4)
    found = await table(runtime=Raw(body, "application/stream+json"))[0].runtime_log("dpl_1", lines=4)
    assert [line.text for line in found.lines] == ["line 1", "line 3"]
    assert "2 lines could not be read" in found.note
    with pytest.raises(OutsideError) as caught:
        await table(runtime=Raw(b"nothing of it\n", "application/stream+json"))[0].runtime_log("dpl_1")
    assert caught.value.fault.kind is FaultKind.MALFORMED
    quiet = await table(runtime=Raw(b"", "application/stream+json"))[0].runtime_log("dpl_1")
    assert quiet.lines == ()


@pytest.mark.parametrize(
    ("status", "conclusion", "state"),
    [
        ("queued", None, CheckState.QUEUED),
        ("running", None, CheckState.RUNNING),
        ("completed", "succeeded", CheckState.SUCCESS),
        ("completed", "failed", CheckState.FAILURE),
        ("completed", "canceled", CheckState.CANCELLED),
        ("completed", "skipped", CheckState.SKIPPED),
        ("completed", "neutral", CheckState.NEUTRAL),
        ("completed", "timeout", CheckState.TIMED_OUT),
        ("completed", "brand-new", CheckState.UNKNOWN),
        ("completed", None, CheckState.UNKNOWN),
        ("succeeded", "succeeded", CheckState.UNKNOWN),
    ],
)
async def test_checks_are_never_green_by_a_word_that_is_new(status: str, conclusion: str | None, state: CheckState) -> None:
    run = {"name": "Lighthouse", "status": status, "conclusion": conclusion, "createdAt": T0, "externalUrl": "https://x.example/a"}
    port, _ = table(one=whole(deployment("dpl_1", 0, SHA_A)), runs={"runs": [run]})
    (found,) = await port.checks("dpl_1")
    assert (found.name, found.state, found.sha, found.source) == ("Lighthouse", state, SHA_A, "vercel")
    assert found.url == "https://x.example/a"


async def test_the_timeline_joins_phases_and_checks() -> None:
    one = whole(deployment("dpl_1", 0, SHA_A)) | {
        "buildingAt": T0 + 5000,
        "aliasAssignedAt": T0 + 31_000,
        "alias": ["strideiq.run"],
    }
    run = {"name": "e2e", "status": "completed", "conclusion": "failed", "createdAt": T0 + 1, "completedAt": T0 + 30_500}
    port, _ = table(one=one, runs={"runs": [run]})
    found = await port.events("dpl_1")
    assert [(line.text, line.level) for line in found.lines] == [
        ("queued", ""),
        ("building", ""),
        ("ready", ""),
        ("check e2e: failure", "error"),
        ("domains assigned: strideiq.run", ""),
    ]
    assert found.complete


async def test_a_failed_deployment_says_why_and_missing_checks_are_said() -> None:
    one = whole(deployment("dpl_1", 0, SHA_A, state="ERROR")) | {"errorMessage": f"exit 1 {HOSTILE}", "buildingAt": T0}
    port, _ = table(one=one, runs=(403, {"error": {"message": "no"}}))
    found = await port.events("dpl_1")
    assert found.lines[-1].level == "error"
    assert found.lines[-1].text.startswith("failed: exit 1")
    assert is_clean(found.lines[-1].text)
    assert not found.complete
    assert "Without its checks" in found.note
    unsaid = whole(deployment("dpl_1", 0, SHA_A, state="CANCELED")) | {"canceledAt": T0 + 9, "aliasAssignedAt": True}
    port, _ = table(one=unsaid, runs={"runs": []})
    assert [line.text for line in (await port.events("dpl_1")).lines][-1] == "cancelled"


async def test_hostile_lines_come_out_clean() -> None:
    port, _ = table(
        events=[event(1, HOSTILE, HOSTILE), flat(2, HOSTILE, HOSTILE)],
        runtime=Raw(runtime(1, message=HOSTILE, level=HOSTILE, source=HOSTILE, requestPath=HOSTILE), "application/stream+json"),
        one=whole(deployment("dpl_1", 0, SHA_A)),
        runs={"runs": [{"name": HOSTILE, "status": "queued", "externalUrl": "https://ok.example/\x1b[2J"}]},
    )
    lines = [*(await port.build_log("dpl_1")).lines, *(await port.runtime_log("dpl_1")).lines, *(await port.events("dpl_1")).lines]
    texts = [t for line in lines for t in (line.text, line.level, line.source, *line.fields.values())]
    (check,) = await port.checks("dpl_1")
    assert all(is_clean(t) for t in (*texts, check.name, check.url))
