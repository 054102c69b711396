from __future__ import annotations

from typing import Any

import pytest

from strideiq_console.domain.alert import AlertState, RuleState, SilenceState, TargetHealth
from strideiq_console.domain.observing import SilenceSource
from strideiq_console.domain.untrusted import is_clean
from tests.providers.hosting import HOSTILE
from tests.providers.prometheus.fake import FakePrometheus, success

LABELS = {"alertname": "HighErrorRate", "environment": "prod", "severity": "Critical", "pod": HOSTILE}


def raised(state: str = "firing", **more: Any) -> dict[str, Any]:
    base = {"labels": LABELS, "annotations": {"description": "long", "summary": HOSTILE}, "state": state}
    return base | {"activeAt": "2026-01-09T11:58:00.123456789Z", "value": "7e-02"} | more


async def test_alerts_of_rules_are_clean_and_worst_first() -> None:
    quiet = raised(labels={"alertname": "B", "severity": "info"}, value="NaN", activeAt=None)
    data = {"alerts": [raised("pending"), quiet, raised(), raised("exploding", labels={})]}
    found = await FakePrometheus({"alerts": success(data)}).prometheus().alerts()
    assert [(a.name, a.state) for a in found.items] == [
        ("HighErrorRate", AlertState.FIRING),
        ("B", AlertState.FIRING),
        ("(no name)", AlertState.UNKNOWN),
        ("HighErrorRate", AlertState.PENDING),
    ]
    first = found.items[0]
    assert (first.environment, first.severity, first.value) == ("production", "critical", 0.07)
    assert first.since is not None
    assert first.since.isoformat() == "2026-01-09T11:58:00.123456+00:00"
    assert is_clean(first.summary + first.fingerprint + "".join(first.labels.values()))
    assert (found.items[1].environment, found.items[1].value, found.items[1].since) == (None, None, None)


async def test_many_alerts_are_cut_and_said() -> None:
    found = await FakePrometheus({"alerts": success({"alerts": [raised()] * 501})}).prometheus().alerts()
    assert (len(found.items), found.complete, found.note) == (500, False, "1 of 501 are not shown")


async def test_rules_that_fail_guard_nothing() -> None:
    rules = [
        {"name": "A", "type": "alerting", "state": "firing", "health": "ok", "query": "x > 1", "duration": 300, "alerts": [{}, {}]},
        {"name": "B", "type": "alerting", "state": "inactive", "health": "err", "lastError": "many-to-many " + HOSTILE},
        {"name": "C", "type": "recording", "health": "unknown", "lastEvaluation": "0001-01-01T00:00:00Z"},
        {"name": "D", "type": "alerting", "state": "new", "health": "ok"},
    ]
    data = {"groups": [{"name": "g", "file": "f", "rules": rules}], "groupNextToken": "more"}
    found = await FakePrometheus({"rules": success(data)}).prometheus().rules()
    assert [(r.state, r.healthy, r.alerting) for r in found.items] == [
        (RuleState.FIRING, True, True),
        (RuleState.INACTIVE, False, True),
        (RuleState.INACTIVE, None, False),
        (RuleState.UNKNOWN, True, True),
    ]
    assert (found.items[0].alerts, found.items[0].hold_seconds, found.items[2].evaluated) == (2, 300, None)
    assert is_clean(found.items[1].error)
    assert (found.complete, found.note) == (False, "the server has more groups")


async def test_targets_that_are_not_up() -> None:
    def target(health: str, job: str) -> dict[str, Any]:
        labels = {"job": job, "instance": "a:1", "environment": "stage"}
        return {"labels": labels, "health": health, "lastError": HOSTILE, "lastScrape": "2026-01-09T12:00:00+01:00"}

    data = {"activeTargets": [target("up", "a"), target("unknown", "b"), target("down", "c")], "droppedTargets": []}
    found = await FakePrometheus({"targets": success(data)}).prometheus().targets_down()
    assert [(t.job, t.health) for t in found.items] == [("c", TargetHealth.DOWN), ("b", TargetHealth.UNKNOWN)]
    assert found.items[0].environment == "staging"
    assert is_clean(found.items[0].error)
    assert (found.complete, found.note) == (True, "3 targets are watched")


async def test_nothing_watched_is_no_good_news() -> None:
    found = await FakePrometheus({"targets": success({"activeTargets": []})}).prometheus().targets_down()
    assert (found.items, found.complete, found.note) == ((), False, "no target is watched at all")


def managed(state: str, **more: Any) -> dict[str, Any]:
    status = {"state": state, "silencedBy": more.pop("silenced", []), "inhibitedBy": more.pop("inhibited", [])}
    base = {"labels": LABELS, "annotations": {}, "fingerprint": "a1", "startsAt": "2026-01-09T11:58:00Z", "receivers": []}
    return base | {"status": status} | more


async def test_alertmanager_tells_what_hides_an_alert() -> None:
    alerts = [
        managed("suppressed", silenced=["s-1"]),
        managed("suppressed", inhibited=["b2"]),
        managed("unprocessed"),
        managed("active"),
        managed("asleep"),
    ]
    found = await FakePrometheus({"alerts": alerts}).alertmanager().alerts()
    assert [a.state.value for a in found.items] == ["firing", "firing", "unknown", "silenced", "silenced"]
    assert [(a.silenced_by, a.inhibited) for a in found.items[3:]] == [(("s-1",), False), ((), True)]
    assert found.items[0].environment == "production"


async def test_silences_that_still_count() -> None:
    def silence(name: str, state: str, ends: str) -> dict[str, Any]:
        matchers = [
            {"name": "alertname", "value": 'A"B', "isRegex": False},
            {"name": "pod", "value": "x.*", "isRegex": True, "isEqual": False},
        ]
        times = {"startsAt": "2026-01-09T10:00:00Z", "endsAt": ends, "updatedAt": "2026-01-09T10:00:00Z"}
        return {"id": name, "status": {"state": state}, "matchers": matchers, "createdBy": HOSTILE, "comment": HOSTILE, **times}

    rows = [
        silence("later", "pending", "2026-01-09T14:00:00Z"),
        silence("over", "expired", "2026-01-09T11:00:00Z"),
        silence("now", "active", "2026-01-09T13:00:00Z"),
        silence("odd", "asleep", "never"),
    ]
    source: SilenceSource = FakePrometheus({"silences": rows}).alertmanager()
    found = await source.silences()
    assert [(s.id, s.state) for s in found.items] == [
        ("now", SilenceState.ACTIVE),
        ("later", SilenceState.PENDING),
        ("odd", SilenceState.UNKNOWN),
    ]
    assert found.items[0].matchers == ('alertname="A\\"B"', 'pod!~"x.*"')
    assert is_clean(found.items[0].by + found.items[0].comment)


@pytest.mark.parametrize(("word", "ready"), [("ready", True), ("disabled", True), ("settling", False), ("new", None)])
async def test_alertmanager_says_how_it_is(word: str, ready: bool | None) -> None:
    answer = {"cluster": {"status": word}, "versionInfo": {"version": "0.28.1"}, "uptime": "2026-01-01T00:00:00Z", "config": {}}
    found = await FakePrometheus({"status": answer}).alertmanager().status()
    assert (found.ready, found.version) == (ready, "0.28.1")
