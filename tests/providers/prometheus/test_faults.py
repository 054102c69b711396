"""Whatever the network, a proxy or a broken server does: a fault in words, never a traceback, never a number that is not there."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from strideiq_console.domain.fault import Fault, FaultKind, OutsideError
from strideiq_console.domain.metric import Quantity
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.http import Governor, HttpClient
from strideiq_console.providers.prometheus import Alertmanager, Prometheus, Scrape
from tests.providers.hosting import StillClock
from tests.providers.prometheus.fake import ANSWERS, BUCKETS, GAUGES, REQUESTS, kind_of, matrix, refusal, success
from tests.providers.prometheus.test_scrape import counted
from tests.providers.prometheus.test_watching import LABELS, managed, raised

WINDOW = timedelta(minutes=5)
Reply = Callable[[httpx.Request], httpx.Response]
Call = Callable[[HttpClient], Awaitable[Any]]
SAME = {"production": "prod"}


def opened(reply: Reply, source: str = "prometheus") -> HttpClient:
    clock = StillClock()
    return HttpClient(
        source=source,
        base_url="https://prometheus.strideiq.run",
        clock=clock,
        governor=Governor(source, clock),
        auth=None,
        transport=httpx.MockTransport(reply),
        random=lambda: 0.0,
        timeout=2.0,
    )


CALLS: dict[str, Call] = {
    "metrics": lambda c: Prometheus(client=c, environments=SAME).metrics("production", WINDOW),
    "history": lambda c: Prometheus(client=c, environments=SAME).history("production", Quantity.P99, timedelta(hours=1)),
    "alerts": lambda c: Prometheus(client=c, environments=SAME).alerts(),
    "rules": lambda c: Prometheus(client=c, environments=SAME).rules(),
    "targets": lambda c: Prometheus(client=c, environments=SAME).targets_down(),
    "am alerts": lambda c: Alertmanager(client=c, environments=SAME).alerts(),
    "am silences": lambda c: Alertmanager(client=c, environments=SAME).silences(),
    "am status": lambda c: Alertmanager(client=c, environments=SAME).status(),
    "scrape": lambda c: Scrape(client=c, clock=StillClock(), environment="production").metrics("production", WINDOW),
}


def _raise(error: Exception) -> Reply:
    def reply(request: httpx.Request) -> httpx.Response:
        raise error

    return reply


def _say(status: int, content: bytes | str, kind: str = "application/json", **headers: str) -> Reply:
    return lambda _request: httpx.Response(status, content=content, headers={"content-type": kind, **headers})


FAULTS: dict[str, tuple[Reply, tuple[FaultKind, ...]]] = {
    "timeout": (_raise(httpx.ReadTimeout("slow")), (FaultKind.TIMEOUT,)),
    "refused": (_raise(httpx.ConnectError("refused")), (FaultKind.UNREACHABLE,)),
    "broken": (_raise(httpx.ReadError("gone")), (FaultKind.UNREACHABLE,)),
    "400": (_say(400, "bad request", "text/plain"), (FaultKind.REFUSED, FaultKind.SERVER)),
    "401": (_say(401, "{}"), (FaultKind.UNAUTHORISED,)),
    "403": (_say(403, "{}"), (FaultKind.FORBIDDEN,)),
    "404": (_say(404, "404 page not found", "text/plain"), (FaultKind.MISSING,)),
    "422 as a page": (_say(422, "<html>", "text/html"), (FaultKind.REFUSED, FaultKind.SERVER)),
    "500": (_say(500, '"boom"'), (FaultKind.SERVER,)),
    "502 as a page": (_say(502, "<html>bad gateway</html>", "text/html"), (FaultKind.SERVER,)),
    "503 as a page": (_say(503, "<html>busy</html>", "text/html"), (FaultKind.SERVER,)),
    "429": (_say(429, "{}", "application/json", **{"retry-after": "60"}), (FaultKind.RATE_LIMITED,)),
    "redirect": (_say(302, "", "text/html", location="https://elsewhere.example/"), (FaultKind.REFUSED,)),
    "a page": (_say(200, "<!doctype html><title>Sign in</title>", "text/html"), (FaultKind.MALFORMED,)),
    "a page as JSON": (_say(200, "<!doctype html>"), (FaultKind.MALFORMED,)),
    "a page as text": (_say(200, "<html>", "text/plain"), (FaultKind.MALFORMED,)),
    "bare NaN": (_say(200, '{"status": "success", "data": NaN}'), (FaultKind.MALFORMED,)),
    "truncated": (_say(200, '{"status": "success", "data": {"resultType": "vec'), (FaultKind.MALFORMED,)),
    "twice the same key": (_say(200, '{"status": "success", "status": "error"}'), (FaultKind.MALFORMED,)),
    "deep": (_say(200, "[" * 500 + "]" * 500), (FaultKind.MALFORMED,)),
    "huge": (_say(200, b" " * (10 * 1024 * 1024 + 1)), (FaultKind.TOO_LARGE,)),
    "a number": (_say(200, "12"), (FaultKind.MALFORMED,)),
    "null": (_say(200, "null"), (FaultKind.MALFORMED,)),
    "an error word alone": (_say(200, '{"status": "error"}'), (FaultKind.REFUSED, FaultKind.MALFORMED)),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", CALLS)
async def test_every_fault_of_every_call_is_told(call: str, fault: str) -> None:
    reply, kinds = FAULTS[fault]
    client = opened(reply, "metrics" if call == "scrape" else "prometheus")
    with pytest.raises(OutsideError) as caught:
        await CALLS[call](client)
    found = caught.value.fault
    assert found.kind in kinds, found
    assert found.cause
    assert found.next_step
    await client.close()


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        (200, "bad_data", FaultKind.REFUSED),
        (400, "bad_data", FaultKind.REFUSED),
        (422, "execution", FaultKind.REFUSED),
        (503, "timeout", FaultKind.TIMEOUT),
        (503, "unavailable", FaultKind.SERVER),
        (422, "brand_new", FaultKind.REFUSED),
    ],
)
async def test_prometheus_own_words_are_told(status: int, kind: str, told: FaultKind) -> None:
    client = opened(_say(status, json.dumps(refusal(kind, "the reason. "))))
    with pytest.raises(OutsideError) as caught:
        await Prometheus(client=client, environments=SAME).metrics("production", WINDOW)
    assert caught.value.fault.kind is told
    assert f"({kind}): the reason" in caught.value.fault.cause


@pytest.mark.parametrize("shape", ["matrix", "string", "scalar"])
async def test_another_shape_than_the_wanted_is_malformed(shape: str) -> None:
    result: Any = [] if shape == "matrix" else [1.0, "text"]
    client = opened(_say(200, json.dumps(success({"resultType": shape, "result": result}))))
    if shape == "scalar":  # one value without labels: a reading in which nothing is exported
        assert (await Prometheus(client=client, environments=SAME).metrics("production", WINDOW)).of(Quantity.P99) == ()
        return
    with pytest.raises(OutsideError, match=shape):
        await Prometheus(client=client, environments=SAME).metrics("production", WINDOW)


def _bodies() -> dict[str, Any]:
    """One good answer for each path and each kind of query."""
    rules = [{"name": "A", "type": "alerting", "state": "firing", "health": "ok", "query": "x", "duration": 1, "alerts": [{}]}]
    target = {"labels": LABELS, "health": "down", "lastError": "no", "lastScrape": "2026-01-09T12:00:00Z"}
    silence = {
        "id": "s",
        "status": {"state": "active"},
        "matchers": [{"name": "a", "value": "b", "isRegex": False}],
        "startsAt": "2026-01-09T12:00:00Z",
        "endsAt": "2026-01-09T12:00:00Z",
    }
    return {
        "alerts": success({"alerts": [raised()]}),
        "rules": success({"groups": [{"name": "g", "rules": rules}]}),
        "targets": success({"activeTargets": [target]}),
        "am alerts": [managed("active")],
        "am silences": [silence],
        "am status": {"cluster": {"status": "ready"}, "versionInfo": {"version": "1"}, "uptime": "2026-01-09T12:00:00Z"},
        **ANSWERS,
        "range": matrix(*((m, [(1_767_960_000.0, v)]) for m, v in BUCKETS)),
    }


_ODD: tuple[Any, ...] = (None, True, -1, 1e308, "", "NaN", "+Inf", "x" * 3000, [], {}, [[]], {"a": {}}, "\x1b[2J", 2**70, "\ud800")


def _mutated(dice: random.Random, value: Any) -> Any:
    """Return a value with one place in it replaced, dropped or doubled."""
    if isinstance(value, dict) and value and dice.random() < 0.85:
        key = dice.choice(sorted(value))
        if dice.random() < 0.2:
            return {k: v for k, v in value.items() if k != key}
        return value | {key: _mutated(dice, value[key])}
    if isinstance(value, list) and value and dice.random() < 0.85:
        index = dice.randrange(len(value))
        if dice.random() < 0.2:
            return value[:index] + value[index + 1 :] * 2
        return [*value[:index], _mutated(dice, value[index]), *value[index + 1 :]]
    return dice.choice(_ODD)


async def test_two_thousand_mutated_payloads_crash_nothing() -> None:
    seed = int(os.environ.get("STRIDEIQ_SEED", "20260109"))
    print("seed", seed)
    dice = random.Random(seed)  # noqa: S311 - only to repeat
    good = _bodies()
    calls = [name for name in CALLS if name != "scrape"]
    faults: list[Fault] = []
    now: dict[str, Any] = {}

    def reply(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rsplit("/", 1)[-1]
        wanted = kind_of(request.url.params["query"]) if name == "query" else "range" if name == "query_range" else now["bad"]
        content = json.dumps(now["body"] if wanted == now["bad"] else good[wanted])
        return httpx.Response(200, content=content, headers={"content-type": "application/json"})

    client = opened(reply)
    for _ in range(2000):
        call = dice.choice(calls)
        bad = dice.choice(sorted(ANSWERS)) if call == "metrics" else "range" if call == "history" else call
        now |= {"bad": bad, "body": _mutated(dice, good[bad])}
        try:
            await CALLS[call](client)
        except OutsideError as error:
            faults.append(error.fault)
    assert {fault.kind for fault in faults} <= {FaultKind.MALFORMED, FaultKind.REFUSED}
    assert all(fault.cause.startswith("prometheus") and is_clean(fault.cause) for fault in faults)
    assert 100 < len(faults) < 1900


async def test_mutated_pages_crash_nothing() -> None:
    seed = int(os.environ.get("STRIDEIQ_SEED", "20260109"))
    print("seed", seed)
    dice = random.Random(seed)  # noqa: S311 - only to repeat
    whole = (
        counted(50, 3, start=1.0) + '# TYPE strideiq_strava_syncs counter\nstrideiq_strava_syncs_total{result="success"} 3\n# EOF\n'
    )
    pieces = ("\n", "{", "}", '"', "#", "\\", " ", "NaN", "1e999", "\x00", '# {a="b"} 1', "le", "-", "é", "\u2028")
    faults: list[Fault] = []
    page = {"text": "", "kind": ""}
    client = opened(lambda _: httpx.Response(200, content=page["text"].encode(), headers={"content-type": page["kind"]}), "metrics")
    for number in range(2000):
        text = whole
        for _ in range(dice.randint(1, 4)):
            at, end = (dice.randrange(len(text) + 1) for _ in range(2))
            text = text[:at] + dice.choice(pieces) + text[max(at, min(end, at + dice.randint(0, 30))) :]
        page |= {"text": text, "kind": "application/openmetrics-text" if number % 2 else "text/plain"}
        try:
            await CALLS["scrape"](client)
        except OutsideError as error:
            faults.append(error.fault)
    assert {fault.kind for fault in faults} == {FaultKind.MALFORMED}
    assert all("metrics page" in fault.cause and is_clean(fault.cause) for fault in faults)
    assert 100 < len(faults) < 1990


def test_the_fake_answers_what_is_asked() -> None:
    assert REQUESTS
    assert GAUGES
    assert kind_of("count by (__name__) (x)") == "known"
