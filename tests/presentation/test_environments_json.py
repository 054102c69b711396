"""The environments as JSON: what the outer edge promises, and that every fact tells when and where from."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.metric import Metrics, Quantity, Sample, Series
from strideiq_console.domain.migration import Revision
from strideiq_console.domain.provider_status import ProviderStatus
from strideiq_console.domain.reading import Level, Reading
from strideiq_console.domain.schema_ladder import Rung, SchemaLadder
from strideiq_console.presentation.environments_json import environments_json, status_json
from strideiq_console.presentation.nouns import NOUNS
from tests.presentation.facts import MAIN, NOW, bare, calm, fault, reading


def production(**changes: Any) -> dict[str, Any]:
    found = next(one for one in environments_json(calm(**changes), NOW) if one["name"] == "production")
    assert json.loads(json.dumps(found)) == found
    return found


def test_what_the_outer_edge_promises_is_there() -> None:
    found = production()
    assert {"name", "branch", "live", "health", "waiting", "pinned"} <= set(found)
    assert found["live"]["web"]["sha"] == MAIN
    assert found["waiting"]["commits"] == 3
    assert found["pinned"] is False


def test_every_fact_from_outside_tells_when_it_was_seen_and_by_whom() -> None:
    ladder = reading("migrations", SchemaLadder((Rung("production", ("0040",), due=(Revision("0041"),), branch="main"),)))
    sample = Series(Quantity.P99, "production", "prometheus", (Sample(NOW, 691.0),), n=613, window=timedelta(minutes=5))
    metrics = {"production/prometheus": reading("prometheus", Metrics("production", "prometheus", (sample,)))}
    found = production(ladder=ladder, metrics=metrics)
    for name in ("health", "ci", "waiting", "p99", "schema"):
        assert found[name]["seen"] == NOW.isoformat(), name
        assert found[name]["source"], name
    assert (found["p99"]["state"], found["p99"]["value"], found["p99"]["n"], found["p99"]["window_s"]) == (
        "known",
        691.0,
        613,
        300.0,
    )
    assert (found["schema"]["rows"], found["schema"]["due"], found["schema"]["behind_its_code"]) == (["0040"], ["0041"], True)
    assert found["ci"]["sha"] == MAIN


def test_a_hidden_value_keeps_its_fault_and_unknown_is_null() -> None:
    hosts = dict(calm().deployments)
    hosts["vercel"] = hosts["vercel"].failed(fault(FaultKind.TIMEOUT, "vercel", "no answer in 15 s"), NOW)
    found = production(deployments=hosts, ladder=Reading("migrations"))
    assert found["live"]["web"]["fault"]["cause"] == "no answer in 15 s"
    assert found["schema"]["rows"] is None
    assert found["p99"]["value"] is None
    assert found["p99"]["state"] == "no source"
    assert found["month"]["actual"] is None


def test_nothing_configured_is_unknown_and_never_ok() -> None:
    for one in environments_json(bare(), NOW):
        assert one["level"] == "unknown"


def test_status_pages_stand_beside_the_environments() -> None:
    status = {
        "github": reading("github status", ProviderStatus("github", Level.WARNING, "slow")),
        "vercel": Reading("vercel status"),
    }
    found = status_json(calm(status=status))
    assert (found["github"]["level"], found["github"]["words"], found["github"]["seen"]) == ("warning", "slow", NOW.isoformat())
    assert found["vercel"]["level"] == "unknown"
    assert set(NOUNS["environments"].content(calm(status=status), NOW)) >= {"items", "status"}
