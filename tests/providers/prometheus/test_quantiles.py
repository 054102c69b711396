from __future__ import annotations

import math
import random

import pytest

from strideiq_console.providers.prometheus.quantiles import quantile, total

INF = math.inf


@pytest.mark.parametrize(
    ("q", "buckets", "value"),
    [
        pytest.param(0.5, {1.0: 50, 2.0: 100, INF: 100}, 1.0, id="at a bound"),
        pytest.param(0.75, {1.0: 50, 2.0: 100, INF: 100}, 1.5, id="half of the second"),
        pytest.param(0.25, {1.0: 50, 2.0: 100, INF: 100}, 0.5, id="the first begins at zero"),
        pytest.param(0.99, {1.0: 0, 2.0: 0, 4.0: 10, INF: 10}, 3.98, id="empty ones are passed"),
        pytest.param(0.99, {1.0: 50, 2.0: 90, INF: 100}, 2.0, id="beyond the last: at least its bound"),
        pytest.param(0.5, {1.0: 60, 2.0: 40, INF: 100}, 5 / 6, id="counts that fall are lifted"),
        pytest.param(0.8, {1.0: 60, 2.0: 40, 4.0: 100, INF: 100}, 3.0, id="and what follows begins there"),
        pytest.param(0.5, {-1.0: 10, 1.0: 10, INF: 10}, -1.0, id="a negative first bound"),
        pytest.param(0.5, {INF: 10}, None, id="no finite bucket"),
        pytest.param(0.5, {1.0: 10}, None, id="no last bucket"),
        pytest.param(0.5, {1.0: 0, INF: 0}, None, id="nothing observed"),
        pytest.param(0.5, {}, None, id="no histogram"),
    ],
)
def test_as_prometheus_reckons(q: float, buckets: dict[float, float], value: float | None) -> None:
    found = quantile(q, buckets)
    assert (None if found is None else found.value) == (None if value is None else pytest.approx(value))


def test_beyond_the_last_bucket_is_said() -> None:
    found = quantile(0.99, {1.0: 50, 2.0: 90, INF: 100})
    assert found is not None
    assert found.beyond
    assert quantile(0.9, {1.0: 50, 2.0: 90, INF: 100}).beyond is False  # type: ignore[union-attr]


def test_always_within_the_bucket_of_the_true_value() -> None:
    dice = random.Random(4)  # noqa: S311 - only to repeat
    bounds = [0.01 * 1.6**n for n in range(18)]
    for _ in range(200):
        values = sorted(dice.lognormvariate(-2, 1) for _ in range(dice.randint(1, 300)))
        buckets = {bound: float(sum(v <= bound for v in values)) for bound in bounds} | {INF: float(len(values))}
        for q in (0.5, 0.95, 0.99):
            true = values[max(math.ceil(q * len(values)) - 1, 0)]
            found = quantile(q, buckets)
            assert found is not None
            if not found.beyond:
                assert found.low <= true <= found.high
                assert found.low <= found.value <= found.high


def test_a_total_that_is_no_count_is_none() -> None:
    assert total({1.0: 3.0}) is None
    assert total({INF: math.nan}) is None
    assert total({INF: -1.0}) is None
    assert total({INF: 0.0}) == 0.0
