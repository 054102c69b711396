from __future__ import annotations

from dataclasses import fields

import pytest

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.policy.metric_names import MetricNames, name_fault


def test_every_name_has_a_kind_and_a_sentence() -> None:
    for entry in fields(MetricNames):
        assert entry.metadata["kind"] in ("metric", "label", "value", "values")
        assert len(entry.metadata["about"]) > 10
    assert MetricNames().setting("workers") == "[metric_names] workers"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("requests", "http_requests_total{}"),
        ("requests", "sum(up)"),
        ("requests", "1st"),
        ("requests", "a\n"),
        ("requests", 'a"}) or vector(1) #'),
        ("requests", "a" * 201),
        ("status", "status code"),
        ("status", "co:lon"),
        ("status", ""),
        ("status", "__name__"),
        ("handler", "le"),
        ("health_handlers", ("",)),
        ("success", "a" * 201),
    ],
)
def test_a_name_cannot_carry_a_query(field: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=rf"\[metric_names\] {field} "):
        MetricNames(**{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value"), [("requests", "job:requests:rate5m"), ("requests", ""), ("status", "status_code"), ("health_handlers", ())]
)
def test_names_that_fit(field: str, value: object) -> None:
    assert getattr(MetricNames(**{field: value}), field) == value  # type: ignore[arg-type]


def test_an_unknown_field_is_said() -> None:
    assert name_fault("nonsense", "x") == "is no name that the console asks for"
    assert name_fault("requests", 3) is not None
