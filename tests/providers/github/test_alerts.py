"""Security alerts: what is off or unreadable is a value and never good news; a leaked secret is never held."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.security_alert import AlertKind, AlertList, AlertSeverity, AlertSource, AlertState
from tests.providers.github.contract import ROOT, FakeGitHub
from tests.providers.github.shapes import dependency, facts, finding, leak

PATHS = {AlertKind.DEPENDENCY: "dependabot", AlertKind.CODE: "code-scanning", AlertKind.SECRET: "secret-scanning"}
ROWS: dict[AlertKind, Any] = {AlertKind.DEPENDENCY: dependency, AlertKind.CODE: finding, AlertKind.SECRET: leak}


def github(kind: AlertKind, answer: Any) -> FakeGitHub:
    return FakeGitHub({("GET", f"{ROOT}/{PATHS[kind]}/alerts"): answer}, checked=False)


async def read(kind: AlertKind, answer: Any) -> AlertList:
    alerts = github(kind, answer).host.alerts
    calls = {AlertKind.DEPENDENCY: alerts.dependencies, AlertKind.CODE: alerts.code, AlertKind.SECRET: alerts.secrets}
    return await calls[kind]()


@pytest.mark.parametrize(
    ("kind", "status", "said", "source"),
    [
        (AlertKind.DEPENDENCY, 403, "Dependabot alerts are disabled for this repository.", AlertSource.OFF),
        (AlertKind.DEPENDENCY, 403, "Resource not accessible by personal access token", AlertSource.UNREADABLE),
        (AlertKind.DEPENDENCY, 404, "Not Found", AlertSource.UNREADABLE),
        (AlertKind.CODE, 404, "no analysis found", AlertSource.NEVER),
        (AlertKind.CODE, 403, "Advanced Security must be enabled for this repository", AlertSource.OFF),
        (AlertKind.CODE, 403, "Code scanning is not enabled for this repository", AlertSource.OFF),
        (AlertKind.CODE, 403, "Resource not accessible by personal access token", AlertSource.UNREADABLE),
        (AlertKind.CODE, 404, "Not Found", AlertSource.UNREADABLE),
        (AlertKind.SECRET, 404, "Secret scanning is disabled on this repository.", AlertSource.OFF),
        (AlertKind.SECRET, 404, "Not Found", AlertSource.UNREADABLE),
        (AlertKind.SECRET, 403, "", AlertSource.UNREADABLE),
    ],
)
async def test_a_refusal_is_a_value_and_never_clear(kind: AlertKind, status: int, said: str, source: AlertSource) -> None:
    found = await read(kind, httpx.Response(status, json={"message": said}))
    assert (found.kind, found.source, found.alerts, found.complete, found.clear) == (kind, source, (), False, None)
    assert said.rstrip(".") in found.note
    assert found.note.count(". ") >= 1, "cause, consequence and next step"


@pytest.mark.parametrize("kind", list(AlertKind))
async def test_none_and_some(kind: AlertKind) -> None:
    none = await read(kind, [])
    assert (none.source, none.clear, none.complete, none.note) == (AlertSource.ON, True, True, "")
    some = await read(kind, [ROWS[kind](1), ROWS[kind](2, state="odd")])
    assert (some.clear, [a.state for a in some.alerts]) == (False, [AlertState.OPEN, AlertState.UNKNOWN])
    assert some.alerts[0].severity is AlertSeverity.CRITICAL
    assert some.alerts[0].age(datetime(2026, 1, 9, 12, tzinfo=UTC)) == timedelta(days=7)


@pytest.mark.parametrize("kind", list(AlertKind))
async def test_a_missing_page_is_marked(kind: AlertKind) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "after=" in str(request.url):
            return httpx.Response(500)
        link = f'<https://api.github.com{request.url.path}?after=abc>; rel="next"'
        return httpx.Response(200, json=[ROWS[kind](1, state="fixed")], headers={"link": link})

    found = await read(kind, answer)
    assert (found.complete, found.clear, len(found.alerts)) == (False, None, 1)
    assert "at least 1" in found.note


@pytest.mark.parametrize("status", [401, 500])
async def test_other_answers_are_faults(status: int) -> None:
    with pytest.raises(OutsideError) as caught:
        await read(AlertKind.CODE, httpx.Response(status))
    assert caught.value.fault.kind in (FaultKind.UNAUTHORISED, FaultKind.SERVER)


async def test_the_secret_is_neither_asked_for_nor_held_nor_stored() -> None:
    fake = github(AlertKind.SECRET, httpx.Response(200, json=[leak()], headers={"etag": '"1"'}))
    found = await fake.host.alerts.secrets()
    assert "hide_secret=true" in fake.sent()[0][1]
    assert "hunter2" not in repr(found)
    assert fake.etags.rows == {}


@pytest.mark.parametrize(
    ("validity", "severity"),
    [("active", AlertSeverity.CRITICAL), ("unknown", AlertSeverity.CRITICAL), ("inactive", AlertSeverity.LOW)],
)
async def test_a_dead_secret_is_less_bad(validity: str, severity: AlertSeverity) -> None:
    assert (await read(AlertKind.SECRET, [leak(validity=validity)])).alerts[0].severity is severity


async def test_a_vulnerable_dependency_without_a_fix() -> None:
    (alert,) = (await read(AlertKind.DEPENDENCY, [dependency()])).alerts
    assert (alert.package, alert.fixed_in, alert.identifier, alert.development) == ("left-pad", None, "GHSA-aaaa-bbbb-cccc", True)


@pytest.mark.parametrize(
    ("status", "admin", "watched"), [(204, True, True), (403, True, None), (404, True, False), (404, False, None)]
)
async def test_whether_dependencies_are_watched(status: int, admin: bool, watched: bool | None) -> None:
    routes = {
        ("GET", f"{ROOT}/vulnerability-alerts"): httpx.Response(status),
        ("GET", ROOT): facts(permissions={"admin": admin}),
    }
    assert await FakeGitHub(routes, checked=False).host.alerts.dependencies_watched() is watched


async def test_all_three() -> None:
    routes = {("GET", f"{ROOT}/{path}/alerts"): [] for path in PATHS.values()}
    found = await FakeGitHub(routes, checked=False).host.alerts.all()
    assert [each.kind for each in found] == list(AlertKind)
