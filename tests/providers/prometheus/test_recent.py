"""The last hour of several quantities in few requests."""

from __future__ import annotations

from datetime import timedelta

import pytest

from strideiq_console.domain.fault import OutsideError
from strideiq_console.domain.metric import Quantity
from strideiq_console.domain.policy.metric_names import MetricNames
from tests.providers.prometheus.fake import AT, BUCKETS, FakePrometheus, Row, matrix, refusal

HOUR = timedelta(hours=1)
HEALTH = (
    *(Quantity.P50, Quantity.P95, Quantity.P99, Quantity.REQUESTS, Quantity.ERROR_RATE),
    *(Quantity.CONNECTIONS, Quantity.CONNECTIONS_MAX, Quantity.QUEUE_DEPTH),
)


def over(*rows: Row) -> dict[str, object]:
    return matrix(*((labels, [(AT - 62, value), (AT, value)]) for labels, value in rows))


def fake(**more: object) -> FakePrometheus:
    gauges = (
        ({"__name__": "pg_stat_database_numbackends", "datname": "strideiq"}, "41"),
        ({"__name__": "pg_settings_max_connections"}, "100"),
        ({"__name__": "celery_queue_length", "queue_name": "celery"}, "3"),
        ({"__name__": "celery_queue_length", "queue_name": "sync"}, "101"),
    )
    requests = ({"status": "2xx"}, "93"), ({"status": "5xx"}, "7")
    return FakePrometheus({"duration": over(*BUCKETS), "requests": over(*requests), "gauges": over(*gauges), **more})


async def test_a_whole_hour_costs_four_requests() -> None:
    server = fake()
    found = await server.prometheus().recent("production", HEALTH, HOUR)
    assert len(server.wire.calls) == 4, "the server's time, the percentiles, the answers, the gauges"
    values = {(str(s.quantity), s.part): s.value for s in found}
    assert {key: values[key] for key in (("connections", ""), ("queue_depth", "sync"), ("error_rate", ""))} == {
        ("connections", ""): 41.0,
        ("queue_depth", "sync"): 101.0,
        ("error_rate", ""): 0.07,
    }
    assert {quantity for quantity, _ in values} == {str(quantity) for quantity in HEALTH}


async def test_each_sample_knows_how_many_requests_stand_behind_it() -> None:
    found = await fake().prometheus().recent("production", (Quantity.ERROR_RATE, Quantity.P99), HOUR)
    assert [sample.n for one in found for sample in one.samples if sample.value is not None] == [100] * 4


async def test_what_is_not_exported_or_switched_off_has_no_series() -> None:
    server = fake(requests=matrix())
    assert await server.prometheus().recent("production", (Quantity.ERROR_RATE, Quantity.DISK), HOUR) == ()
    off = fake()
    assert await off.prometheus(MetricNames(requests="")).recent("production", (Quantity.ERROR_RATE,), HOUR) == ()
    assert off.wire.calls == []


async def test_a_refusal_is_raised_and_nothing_is_told_in_part() -> None:
    server = fake(duration=(422, refusal("execution", "too many samples")))
    with pytest.raises(OutsideError, match="too many samples"):
        await server.prometheus().recent("production", HEALTH, HOUR)
