from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.metric import EndpointErrors, Quantity
from strideiq_console.domain.observing import AlertSource, MetricsHistory, MetricsSource, ScrapeWatch
from strideiq_console.domain.policy.metric_names import MetricNames
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.prometheus import Prometheus
from strideiq_console.providers.prometheus.promql import quoted
from tests.providers.hosting import HOSTILE, NOW
from tests.providers.prometheus.fake import AT, BUCKETS, GAUGES, FakePrometheus, matrix, refusal, success, vector

WINDOW = timedelta(minutes=5)


def test_it_is_what_the_ports_ask_for() -> None:
    made: Prometheus = FakePrometheus().prometheus()
    ports: tuple[MetricsSource, MetricsHistory, AlertSource, ScrapeWatch] = (made, made, made, made)
    assert ports[0].source == "prometheus"


async def test_one_reading_has_it_all() -> None:
    found = await FakePrometheus().prometheus().metrics("production", WINDOW)
    assert (found.missing, found.complete, found.note) == ((), True, "")
    # 50 % at 0.1 s; 95 % halfway from 0.5 to 2.5 s; 99 % nine tenths of it.
    assert [round(found.value(q) or 0) for q in (Quantity.P50, Quantity.P95, Quantity.P99)] == [100, 1500, 2300]
    p99 = found.of(Quantity.P99)[0]
    assert (p99.n, p99.window, p99.latest and p99.latest.at) == (100, WINDOW, NOW)
    assert found.value(Quantity.REQUESTS) == 96
    assert round(found.value(Quantity.ERROR_RATE) or 0, 4) == round(5.3 / 95.7, 4)
    assert found.endpoints == (
        EndpointErrors("GET", "/v1/activities/{id}", 5, 5),
        EndpointErrors("POST", "/v1/coach", 0, 1),
    )
    assert found.value(Quantity.CONNECTIONS) == 18
    assert found.value(Quantity.CONNECTIONS_MAX) == 100
    assert found.value(Quantity.REDIS_MEMORY) == 41_500_000
    assert found.of(Quantity.REDIS_MEMORY_MAX)[0].note == "no maxmemory set"
    assert found.value(Quantity.REDIS_MEMORY_MAX) is None
    assert {s.part: s.value for s in found.of(Quantity.QUEUE_DEPTH)} == {"celery": 3, "sync": 101}
    assert {s.part: s.value for s in found.of(Quantity.POOL_USED)} == {"41": 4}
    assert found.value(Quantity.WORKERS) == 2
    assert [found.value(q) for q in (Quantity.ACTIVITIES_SYNCED, Quantity.COACH_CONVERSATIONS)] == [412, 57]
    assert found.value(Quantity.STRAVA_SYNC_SUCCESS) == 0.75
    assert found.value(Quantity.STRAVA_SYNC_ATTEMPTS) == 40
    assert found.of(Quantity.STRAVA_SYNC_SUCCESS)[0].window == timedelta(hours=24)


async def test_every_query_is_about_one_environment_and_names_no_time() -> None:
    fake = FakePrometheus()
    await fake.prometheus().metrics("production", WINDOW)
    assert len(fake.queries()) == 6
    assert all('environment="prod"' in query for query in fake.queries())
    assert all(set(call.query) == {"query", "timeout"} for call in fake.wire.calls)
    assert any('handler!~"/health|/metrics"' in query for query in fake.queries())
    alone = FakePrometheus()
    await alone.prometheus(environments={"production": ""}).metrics("production", WINDOW)
    assert not any("environment" in query for query in alone.queries())


async def test_a_label_value_cannot_leave_its_quotes() -> None:
    fake = FakePrometheus()
    await fake.prometheus(environments={"production": 'p"} or vector(1) #\\\n'}).metrics("production", WINDOW)
    assert all('environment="p\\"} or vector(1) #\\\\\\n"' in query for query in fake.queries())
    assert quoted('a"b\\c\nd') == '"a\\"b\\\\c\\nd"'


async def test_an_unknown_environment_is_not_configured() -> None:
    with pytest.raises(OutsideError) as caught:
        await FakePrometheus().prometheus().metrics("moon", WINDOW)
    assert caught.value.fault.kind is FaultKind.NOT_CONFIGURED


async def test_few_requests_are_too_few_and_none_is_no_rate() -> None:
    few = FakePrometheus({"duration": vector(({"le": "1"}, "7"), ({"le": "+Inf"}, "7"))})
    found = await few.prometheus().metrics("production", WINDOW)
    assert found.of(Quantity.P99)[0].too_few
    none = FakePrometheus(
        {
            "duration": vector(({"le": "1"}, "0"), ({"le": "+Inf"}, "0")),
            "requests": vector(({"handler": "/v1/a", "method": "GET", "status": "2xx"}, "0")),
            "syncs": vector(({"result": "success"}, "0")),
        }
    )
    found = await none.prometheus().metrics("production", WINDOW)
    for quantity in (Quantity.P99, Quantity.ERROR_RATE, Quantity.STRAVA_SYNC_SUCCESS):
        assert found.value(quantity) is None, quantity
        assert "n/a" in found.of(quantity)[0].note
    assert found.value(Quantity.REQUESTS) == 0
    assert found.value(Quantity.STRAVA_SYNC_ATTEMPTS) == 0


async def test_slower_than_the_last_bucket_is_at_least_its_bound() -> None:
    fake = FakePrometheus({"duration": vector(({"le": "0.5"}, "50"), ({"le": "1"}, "60"), ({"le": "+Inf"}, "100"))})
    found = (await fake.prometheus().metrics("production", WINDOW)).of(Quantity.P99)[0]
    assert found.value == 1000
    assert found.note == "at least 1000 ms: slower than the highest bucket"


async def test_answers_without_a_status_have_no_error_rate() -> None:
    fake = FakePrometheus({"requests": vector(({"method": "GET"}, "50"))})
    found = await fake.prometheus().metrics("production", WINDOW)
    assert found.value(Quantity.ERROR_RATE) is None
    assert "label status" in found.of(Quantity.ERROR_RATE)[0].note
    assert found.endpoints is None


@pytest.mark.parametrize("word", ["NaN", "+Inf", "-Inf", "many"])
async def test_no_number_is_a_gap_and_never_a_smaller_sum(word: str) -> None:
    rows = [(m, word if m.get("datname") == "postgres" else v) for m, v in GAUGES]
    found = await FakePrometheus({"gauges": vector(*rows)}).prometheus().metrics("production", WINDOW)
    series = found.of(Quantity.CONNECTIONS)[0]
    assert (series.value, series.complete) == (None, False)


async def test_two_instances_are_not_added_up() -> None:
    more = ({"__name__": "redis_memory_used_bytes", "instance": "redis-2:9121"}, "7")
    found = await FakePrometheus({"gauges": vector(*GAUGES, more)}).prometheus().metrics("production", WINDOW)
    assert {s.part: s.value for s in found.of(Quantity.REDIS_MEMORY)} == {"redis:9121": 41_500_000, "redis-2:9121": 7}


async def test_a_target_that_is_down_makes_the_reading_incomplete() -> None:
    down = ({"__name__": "up", "job": "api", "instance": "api:8001"}, "0")
    found = await FakePrometheus({"gauges": vector(*GAUGES, down)}).prometheus().metrics("production", WINDOW)
    assert not found.complete
    assert found.note == "1 of 2 targets down: api api:8001"


@pytest.mark.parametrize(
    ("known", "words"),
    [
        pytest.param([], "no series is called celery_worker_up now: export it, or set [metric_names] workers", id="nowhere"),
        pytest.param([{"environment": "production"}], 'not with environment="prod" (there is: production)', id="elsewhere"),
        pytest.param([{}], 'not with environment="prod" (there is: none)', id="without the label"),
        pytest.param([{"environment": "prod"}], "no two samples in the window yet", id="too young"),
    ],
)
async def test_what_is_not_exported_is_missing_with_a_hint(known: list[dict[str, str]], words: str) -> None:
    rows = [row for row in GAUGES if row[0]["__name__"] != "celery_worker_up"]
    there = vector(*(({"__name__": "celery_worker_up", **labels}, "2") for labels in known))
    found = await FakePrometheus({"gauges": vector(*rows), "known": there}).prometheus().metrics("production", WINDOW)
    assert found.of(Quantity.WORKERS) == ()
    assert [quantity for quantity, _ in found.missing] == [Quantity.WORKERS]
    assert words in found.missing[0][1]


async def test_an_empty_name_switches_a_quantity_off() -> None:
    fake = FakePrometheus()
    found = await fake.prometheus(MetricNames(workers="", duration="", strava_syncs="")).metrics("production", WINDOW)
    off = {Quantity.WORKERS, Quantity.STRAVA_SYNC_SUCCESS, Quantity.STRAVA_SYNC_ATTEMPTS, Quantity.P50, Quantity.P95, Quantity.P99}
    assert set(dict(found.missing)) == off
    assert all("switched off" in words for words in dict(found.missing).values())
    assert await fake.prometheus(MetricNames(workers="")).history("production", Quantity.WORKERS, WINDOW) == ()


async def test_one_refused_query_leaves_the_others() -> None:
    fake = FakePrometheus({"duration": (422, refusal("execution", "found duplicate series"))})
    found = await fake.prometheus().metrics("production", WINDOW)
    assert not found.complete
    assert "execution" in dict(found.missing)[Quantity.P99]
    assert found.value(Quantity.CONNECTIONS) == 18


@pytest.mark.parametrize("key", ["warnings", "infos"])
async def test_what_the_server_warns_of_is_told(key: str) -> None:
    fake = FakePrometheus({"duration": success(vector(*BUCKETS)["data"], **{key: ["remote read failed" + HOSTILE]})})
    found = await fake.prometheus().metrics("production", WINDOW)
    assert not found.complete
    assert found.note.startswith("remote read failed")
    assert is_clean(found.note)


async def test_history_keeps_its_gaps() -> None:
    rows = matrix(({"__name__": "celery_queue_length", "queue_name": "sync"}, [(AT - 60, "4"), (AT, "NaN")]))
    found = (
        await FakePrometheus({"gauges": rows})
        .prometheus()
        .history("production", Quantity.QUEUE_DEPTH, timedelta(minutes=2), points=3)
    )
    assert [(s.part, [x.value for x in s.samples]) for s in found] == [("sync", [None, 4.0, None])]
    assert found[0].samples[-1].at == NOW


async def test_history_never_adds_up_half_of_a_gauge() -> None:
    def database(name: str, last: str) -> tuple[dict[str, str], list[tuple[float, str]]]:
        return {"__name__": "pg_stat_database_numbackends", "datname": name}, [(AT - 60, "4"), (AT, last)]

    fake = FakePrometheus({"gauges": matrix(database("strideiq", "5"), database("postgres", "NaN"))})
    found = await fake.prometheus().history("production", Quantity.CONNECTIONS, timedelta(minutes=1), points=2)
    assert [sample.value for sample in found[0].samples] == [8.0, None]


async def test_a_range_is_bounded_whatever_is_asked() -> None:
    fake = FakePrometheus({"duration": matrix(), "gauges": matrix()})
    for span, points in ((timedelta(days=400), 10**6), (timedelta(0), -3), (timedelta(seconds=1), 1)):
        await fake.prometheus().history("production", Quantity.P99, span, points=points)
        asked = fake.wire.calls[-1].query
        count = (int(asked["end"]) - int(asked["start"])) / int(asked["step"])
        assert 0 <= count <= 300
        assert int(asked["step"]) >= 15


@pytest.mark.parametrize("quantity", [Quantity.P95, Quantity.ERROR_RATE, Quantity.ACTIVITIES_SYNCED, Quantity.STRAVA_SYNC_SUCCESS])
async def test_history_of_what_is_counted(quantity: Quantity) -> None:
    def over(rows: list[tuple[dict[str, str], str]]) -> dict[str, Any]:
        return matrix(*((m, [(AT, v)]) for m, v in rows))

    answers = {
        "duration": over(BUCKETS),
        "requests": over([({"status": "2xx"}, "99"), ({"status": "5xx"}, "1")]),
        "activities": over([({}, "3.0002")]),
        "syncs": over([({"result": "success"}, "3"), ({"result": "failure"}, "1")]),
    }
    found = await FakePrometheus(answers).prometheus().history("production", quantity, timedelta(minutes=10), points=3)
    values = {Quantity.P95: 1500, Quantity.ERROR_RATE: 0.01, Quantity.ACTIVITIES_SYNCED: 3, Quantity.STRAVA_SYNC_SUCCESS: 0.75}
    assert [s.value is None for s in found[0].samples] == [True, True, False]
    assert round(found[0].value or 0, 6) == values[quantity]
