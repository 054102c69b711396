"""Status pages: a red provider is theirs, a silent page is unknown and never "down"."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.domain.fault import ConfigurationError
from strideiq_console.domain.provider_status import ProviderIncident, ProviderStatus, StatusSource
from strideiq_console.domain.reading import Level
from strideiq_console.domain.untrusted import is_clean
from strideiq_console.providers.status import DEFAULTS, StatusPages
from tests.contracts import pack
from tests.providers.hosting import HOSTILE, StillClock

Answering = Callable[[httpx.Request], httpx.Response]


def pages(answering: Answering, **more: str) -> StatusPages:
    return StatusPages(clock=StillClock(), transport=httpx.MockTransport(answering), pages=more)


def part(name: str, status: str = "operational", **more: Any) -> dict[str, Any]:
    return {"name": name, "status": status, "group": False, **more}


def summary(*parts: dict[str, Any], indicator: str = "none", incidents: Any = (), **more: Any) -> dict[str, Any]:
    status = {"indicator": indicator, "description": "All Systems Operational" if indicator == "none" else "Service Outage"}
    return {"page": {"name": "GitHub"}, "components": list(parts), "incidents": list(incidents), "status": status, **more}


def incident(name: str, impact: str = "minor", **more: Any) -> dict[str, Any]:
    return {"name": name, "status": "investigating", "impact": impact, "started_at": "2026-01-09T09:48:00.000Z", **more}


async def read(body: Any, provider: str = "github") -> ProviderStatus:
    return await pages(lambda request: httpx.Response(200, json=body)).of(provider)


def test_fits_the_port() -> None:
    port: StatusSource = pages(lambda request: httpx.Response(200))
    assert port


async def test_each_page_is_asked_at_its_own_address_without_a_token() -> None:
    seen: list[httpx.Request] = []

    def answering(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        railway = request.url.host == "status.railway.com"
        return httpx.Response(
            200, json={"page": {"name": "x", "status": "UP"}} if railway else summary(part("Actions"), part("API"))
        )

    found = await pages(answering).all()
    assert {s.provider: s.level for s in found} == dict.fromkeys(DEFAULTS, Level.OK)
    assert sorted(str(r.url) for r in seen) == [
        "https://status.railway.com/summary.json",
        "https://www.cloudflarestatus.com/api/v2/summary.json",
        "https://www.githubstatus.com/api/v2/summary.json",
        "https://www.vercel-status.com/api/v2/summary.json",
    ]
    assert not any({"authorization", "cookie"} & set(r.headers) for r in seen)


@pytest.mark.parametrize(
    ("body", "level", "components"),
    [
        (summary(part("Actions"), part("Copilot")), Level.OK, ()),
        (summary(part("Actions"), part("Copilot", "major_outage"), indicator="critical"), Level.OK, ()),
        (
            summary(part("Actions", "degraded_performance"), indicator="minor"),
            Level.WARNING,
            (("Actions", "degraded_performance"),),
        ),
        (summary(part("Actions", "partial_outage"), indicator="major"), Level.WARNING, (("Actions", "partial_outage"),)),
        (summary(part("Webhooks", "major_outage"), indicator="major"), Level.CRITICAL, (("Webhooks", "major_outage"),)),
        (summary(part("Actions", "under_maintenance")), Level.WARNING, (("Actions", "under_maintenance"),)),
        (summary(part("Actions", "on_holiday")), Level.UNKNOWN, (("Actions", "on_holiday"),)),
        (summary(part("Actions", "major_outage", group=True), part("Webhooks")), Level.OK, ()),
        (summary(part("New name", "major_outage"), indicator="critical"), Level.CRITICAL, (("New name", "major_outage"),)),
        (summary(part("New name"), indicator="purple"), Level.UNKNOWN, ()),
        (summary(indicator="minor"), Level.WARNING, ()),
        (summary(part("Actions"), incidents=[incident("Slow", "major")], indicator="none"), Level.CRITICAL, ()),
        (summary(part("Actions"), incidents=[incident("Slow", "none")]), Level.OK, ()),
        (summary(part("Actions"), incidents=[incident("Slow", "critical", components=[{"name": "Copilot"}])]), Level.OK, ()),
        (summary(part("Actions"), incidents=[incident("Slow", "minor", components=[{"name": "Actions"}])]), Level.WARNING, ()),
        (summary(part("Actions"), scheduled_maintenances=[incident("Move") | {"status": "scheduled"}]), Level.OK, ()),
        (summary(part("Actions"), scheduled_maintenances=[incident("Move") | {"status": "in_progress"}]), Level.WARNING, ()),
    ],
)
async def test_levels_are_those_of_the_parts_that_strideiq_stands_on(
    body: dict[str, Any], level: Level, components: tuple[tuple[str, str], ...]
) -> None:
    found = await read(body)
    assert (found.level, found.components) == (level, components)
    assert found.words


async def test_trouble_elsewhere_is_said_and_is_none_of_ours() -> None:
    found = await read(summary(part("Actions"), part("Copilot", "major_outage"), indicator="critical"))
    assert found.words == "operational where StrideIQ uses it; the page says: Service Outage"


@pytest.mark.parametrize(
    ("body", "level"),
    [
        ({"page": {"status": "UP"}}, Level.OK),
        ({"page": {"status": "HASISSUES"}}, Level.WARNING),
        ({"page": {"status": "UNDERMAINTENANCE"}}, Level.WARNING),
        ({"page": {"status": "SOMETHINGNEW"}}, Level.UNKNOWN),
        (
            {"page": {"status": "HASISSUES"}, "activeIncidents": [{"name": "x", "status": "I", "impact": "MAJOROUTAGE"}]},
            Level.CRITICAL,
        ),
        ({"page": {"status": "UP"}, "activeMaintenances": [{"name": "x", "status": "NOTSTARTEDYET"}]}, Level.OK),
        ({"page": {"status": "UP"}, "activeMaintenances": [{"name": "x", "status": "INPROGRESS"}]}, Level.WARNING),
    ],
)
async def test_instatus_levels(body: dict[str, Any], level: Level) -> None:
    assert (await read(body, "railway")).level is level


def failing(error: Exception) -> Answering:
    def answering(request: httpx.Request) -> httpx.Response:
        raise error

    return answering


@pytest.mark.parametrize(
    ("answering", "words"),
    [
        (failing(httpx.ConnectError("x")), "no connection"),
        (failing(httpx.ReadTimeout("x")), "in time"),
        (lambda r: httpx.Response(503, json={}), "answers 503"),
        (lambda r: httpx.Response(429), "answers 429"),
        (lambda r: httpx.Response(404), "answers 404"),
        (lambda r: httpx.Response(204), "answers 204"),
        (lambda r: httpx.Response(304), "answers 304"),
        (lambda r: httpx.Response(200, html="<html>sign in</html>"), "web page"),
        (lambda r: httpx.Response(200, text="oops"), "no valid JSON"),
        (lambda r: httpx.Response(200, text='{"status": {"indicator": "none", "indicator": "none"}}'), "duplicate"),
        (lambda r: httpx.Response(200, text="[" * 5000 + "]" * 5000), "deeper"),
        (lambda r: httpx.Response(200, json={"a": 1}), "neither"),
        (lambda r: httpx.Response(200, json=[1]), "neither"),
        (lambda r: httpx.Response(200, json={"status": {"indicator": 5}}), "indicator"),
        (lambda r: httpx.Response(200, json={"status": {"indicator": "none"}, "components": [{"name": "x"}]}), "status"),
        (lambda r: httpx.Response(200, content=b'"' + b"a" * 5_000_000 + b'"'), "4 MB"),
        (lambda r: httpx.Response(302, headers={"location": "https://portal.example/"})
         if r.url.host != "portal.example" else httpx.Response(200, json=summary()), "portal.example"),
        (lambda r: httpx.Response(302, headers={"location": "http://www.githubstatus.com/"}), "redirect"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
async def test_a_page_that_fails_is_unknown_and_never_down(answering: Answering, words: str) -> None:
    found = await pages(answering).of("github")
    assert (found.provider, found.level, found.components, found.incidents) == ("github", Level.UNKNOWN, (), ())
    assert words in found.words
    assert "down" not in found.words
    assert found.url == DEFAULTS["github"]


async def test_a_page_that_has_not_changed_is_not_sent_again() -> None:
    asked: list[str | None] = []

    def answering(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("if-none-match"))
        if asked[-1] == 'W/"1"':
            return httpx.Response(304)
        return httpx.Response(200, json=summary(part("Actions", "major_outage")), headers={"etag": 'W/"1"'})

    source = pages(answering)
    first, second = await source.of("github"), await source.of("github")
    assert asked == [None, 'W/"1"']
    assert first == second
    assert second.level is Level.CRITICAL


async def test_addresses_are_settings() -> None:
    seen: list[str] = []

    def answering(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(200, json=summary())

    source = pages(answering, github="https://status.example/", vercel="https://s.example/x.json", railway="")
    await source.of("github")
    await source.of("vercel")
    assert seen == ["https://status.example/api/v2/summary.json", "https://s.example/x.json"]
    assert source.providers == ("github", "vercel", "cloudflare")
    for provider, words in (
        ("railway", "no status page is configured"),
        ("strava", "open it in the browser"),
        ("x", "no status page"),
    ):
        found = await source.of(provider)
        assert (found.level, words in found.words) == (Level.UNKNOWN, True)
    assert (await source.of("strava")).url == "https://status.strava.com"
    for wrong in ("http://status.example", "https://u:p@status.example", "nonsense"):
        with pytest.raises(ConfigurationError):
            pages(answering, github=wrong)


async def test_hostile_texts_come_out_clean() -> None:
    bad = incident(HOSTILE, HOSTILE, shortlink="javascript:alert(1)") | {"status": HOSTILE}
    body = summary(part("Actions", HOSTILE), incidents=[bad]) | {"status": {"indicator": HOSTILE, "description": HOSTILE}}
    found = await read(body)
    texts = [found.words, *(t for pair in found.components for t in pair)]
    texts += [t for i in found.incidents for t in (i.name, i.status, i.impact, i.url)]
    assert all(is_clean(text) for text in texts)
    assert found.incidents[0].url == ""
    assert found.level is Level.UNKNOWN


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda c: st.lists(c, max_size=3), max_leaves=5
)
ODD = st.dictionaries(st.sampled_from(["components", "incidents", "scheduled_maintenances", "status", "page"]), JSON)


@given(ODD)
async def test_any_page_is_mapped_or_unknown(odd: dict[str, Any]) -> None:
    found = await read(summary(part("Actions")) | odd)
    assert isinstance(found.level, Level)
    assert is_clean(found.words)


@pytest.mark.contract
async def test_every_example_maps_without_loss() -> None:
    folder = pack() / "examples" / "status"
    example = {path.name: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    assert set(example) == {"statuspage.summary.json", "instatus.summary.json"}, "an example that no test maps"
    at = datetime(2026, 1, 9, 9, 48, tzinfo=UTC)
    found = await read(example["statuspage.summary.json"])
    assert (found.level, found.words) == (Level.WARNING, "Minor Service Outage")
    assert found.components == (("Actions", "degraded_performance"),)
    assert found.incidents == (ProviderIncident("Delays in Actions", "investigating", "minor", at, "https://stspg.io/inc1"),)
    found = await read(example["instatus.summary.json"], "railway")
    assert (found.level, found.words) == (Level.WARNING, "has issues: Delayed builds")
    assert found.incidents == (
        ProviderIncident("Delayed builds", "INVESTIGATING", "PARTIALOUTAGE", at, "https://status.railway.com/incident/abc"),
        ProviderIncident(
            "Database maintenance",
            "NOTSTARTEDYET",
            "maintenance",
            datetime(2026, 1, 10, 2, tzinfo=UTC),
            "https://status.railway.com/maintenance/def",
        ),
    )
