from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest
from prometheus_client import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as openmetrics

from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.metric import Quantity
from strideiq_console.domain.observing import MetricsSource
from strideiq_console.domain.policy.metric_names import MetricNames
from strideiq_console.providers.http import Governor, HttpClient
from strideiq_console.providers.prometheus import Scrape, scrape
from tests.providers.hosting import NOW, StillClock
from tests.providers.prometheus.stack import Exporter

WINDOW = timedelta(minutes=5)
TEXT, OPENMETRICS = "text/plain; version=0.0.4", "application/openmetrics-text; version=1.0.0"


class HandClock(StillClock):
    """A clock turned by hand."""

    at = NOW

    def now(self) -> datetime:
        return self.at


class Page:
    """An API whose page a test writes; its scrape counts in a clock turned by hand."""

    def __init__(self, text: str | bytes = "", kind: str = TEXT, names: MetricNames | None = None) -> None:
        self.text, self.kind, self.clock = text, kind, HandClock()
        self.asked: list[httpx.Request] = []
        client = HttpClient(
            source="metrics",
            base_url="https://api.strideiq.run",
            clock=self.clock,
            governor=Governor("metrics", self.clock),
            auth=None,
            headers={"Accept": scrape.ACCEPT},
            transport=httpx.MockTransport(self._answer),
            random=lambda: 0.0,
        )
        self.scrape = Scrape(client=client, clock=self.clock, environment="production", names=names)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        content = self.text.encode() if isinstance(self.text, str) else self.text
        return httpx.Response(200, content=content, headers={"content-type": self.kind})

    async def later(self, text: str, seconds: float = 60.0) -> None:
        self.clock.at += timedelta(seconds=seconds)
        self.text = text


def counted(good: int, bad: int = 0, *, start: float | None = None, pid: str = "") -> str:
    label = f',pid="{pid}"' if pid else ""
    lines = [
        f'http_requests_total{{handler="/v1/a",method="GET",status="2xx"{label}}} {good}',
        f'http_requests_total{{handler="/v1/a",method="GET",status="5xx"{label}}} {bad}',
        f'http_request_duration_highr_seconds_bucket{{le="0.1"{label}}} {good}',
        f'http_request_duration_highr_seconds_bucket{{le="1.0"{label}}} {good + bad}',
        f'http_request_duration_highr_seconds_bucket{{le="+Inf"{label}}} {good + bad}',
    ]
    begun = [] if start is None else [f"process_start_time_seconds {start}"]
    return "\n".join([*begun, *lines]) + "\n"


async def test_the_first_reading_counts_since_the_process_began() -> None:
    page = Page(counted(100, 25, start=NOW.timestamp() - 3600))
    found = await page.scrape.metrics("production", WINDOW)
    rate = found.of(Quantity.ERROR_RATE)[0]
    assert (rate.value, rate.n, rate.window, rate.note) == (0.2, 125, timedelta(hours=1), "since the process began")
    assert "openmetrics" in page.asked[0].headers["accept"]
    port: MetricsSource = page.scrape
    assert port.source == "metrics"


async def test_later_readings_count_what_came_since() -> None:
    page = Page(counted(100, 25))
    await page.scrape.metrics("production", WINDOW)
    await page.later(counted(190, 35), 300)
    found = await page.scrape.metrics("production", WINDOW)
    rate = found.of(Quantity.ERROR_RATE)[0]
    assert (rate.value, rate.n, rate.window, rate.note) == (0.1, 100, WINDOW, "")
    assert found.endpoints
    assert (found.endpoints[0].requests, found.endpoints[0].errors) == (100, 10)
    assert round(found.value(Quantity.P50) or 0) == 56
    await page.later(counted(190, 35), 300)
    quiet = await page.scrape.metrics("production", WINDOW)
    assert quiet.value(Quantity.ERROR_RATE) is None
    assert quiet.of(Quantity.P99)[0].note == "n/a: no request in the window"


async def test_the_window_is_kept_over_many_readings() -> None:
    page = Page(counted(0))
    for minute in range(30):
        found = await page.scrape.metrics("production", WINDOW)
        await page.later(counted((minute + 1) * 10), 60)
    assert (found.of(Quantity.REQUESTS)[0].window, found.value(Quantity.REQUESTS)) == (WINDOW, 50)


async def test_a_series_born_between_two_readings_counts_whole() -> None:
    page = Page("\n".join(line for line in counted(100).split("\n") if "5xx" not in line))
    await page.scrape.metrics("production", WINDOW)
    await page.later(counted(110, 3))
    assert (await page.scrape.metrics("production", WINDOW)).value(Quantity.ERROR_RATE) == 3 / 13


@pytest.mark.parametrize("told", [True, False], ids=["start time", "falling counters"])
async def test_counters_that_begin_anew_never_go_below_zero(*, told: bool) -> None:
    t = NOW.timestamp()
    page = Page(counted(1000, 5, start=t - 9000 if told else None))
    await page.scrape.metrics("production", WINDOW)
    await page.later(counted(30, 10, start=t + 30 if told else None))
    rate = (await page.scrape.metrics("production", WINDOW)).of(Quantity.ERROR_RATE)[0]
    assert (rate.value, rate.n, rate.note) == (0.25, 40, "since the process began")
    assert rate.window == (timedelta(seconds=30) if told else None)
    await page.later(counted(50, 20, start=t + 30 if told else None))
    rate = (await page.scrape.metrics("production", WINDOW)).of(Quantity.ERROR_RATE)[0]
    assert (rate.n, rate.window) == (30, timedelta(seconds=60))


async def test_workers_that_answer_in_turn_are_told_apart() -> None:
    t = NOW.timestamp()
    page = Page(counted(1000, 0, start=t - 500))
    await page.scrape.metrics("production", WINDOW)
    await page.later(counted(10, 0, start=t - 400))
    await page.scrape.metrics("production", WINDOW)
    await page.later(counted(1020, 20, start=t - 500))
    found = await page.scrape.metrics("production", WINDOW)
    assert (found.value(Quantity.REQUESTS), found.complete) == (40, False)
    assert "PROMETHEUS_MULTIPROC_DIR" in found.note


async def test_workers_on_one_page_are_added_up_and_their_pools_are_not() -> None:
    pools = "".join(f'strideiq_db_pool_checked_out{{pid="{pid}"}} {used}\n' for pid, used in (("41", 4), ("42", 6)))
    page = Page(counted(60, 0, pid="41") + counted(40, 20, pid="42") + pools)
    found = await page.scrape.metrics("production", WINDOW)
    assert (found.value(Quantity.REQUESTS), found.of(Quantity.P99)[0].n) == (120, 120)
    assert {s.part: s.value for s in found.of(Quantity.POOL_USED)} == {"41": 4, "42": 6}


@pytest.mark.parametrize("kind", [TEXT, OPENMETRICS], ids=["text", "openmetrics"])
async def test_both_formats_of_a_real_exporter_give_the_same(kind: str) -> None:
    exporter = Exporter()
    exporter.fill()
    for _ in range(30):
        exporter.duration.observe(0.2)
        exporter.requests.labels("/v1/activities", "GET", "2xx").inc()
    exporter.syncs.labels("success").inc(3)
    write = generate_latest if kind == TEXT else openmetrics
    found = await Page(write(exporter.registry), kind).scrape.metrics("production", WINDOW)
    assert found.value(Quantity.REQUESTS) == 1030
    assert 100 < (found.value(Quantity.P50) or 0) < 250
    assert found.value(Quantity.CONNECTIONS) == 18
    assert found.value(Quantity.DAILY_ACTIVE_USERS) is None
    assert found.of(Quantity.REDIS_MEMORY_MAX)[0].note == "no maxmemory set"
    assert found.value(Quantity.STRAVA_SYNC_SUCCESS) == 1.0
    assert "[metric_names] workers" in dict(found.missing)[Quantity.WORKERS]


async def test_a_counter_without_its_suffix_is_found_by_its_own_name() -> None:
    page = Page("# TYPE taken counter\ntaken 412\n", names=MetricNames(activities_synced="taken"))
    assert (await page.scrape.metrics("production", WINDOW)).value(Quantity.ACTIVITIES_SYNCED) == 412


async def test_a_sample_with_an_old_time_is_a_gap() -> None:
    old = int((NOW.timestamp() - 3600) * 1000)
    found = await Page(f"strideiq_registered_users 12 {old}\n").scrape.metrics("production", WINDOW)
    assert found.of(Quantity.REGISTERED_USERS)[0].value is None


WHOLE = openmetrics(Exporter().registry).decode()


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        pytest.param("strideiq_registered_users 12\nnonsense here now {\n", TEXT, "line 2", id="no sample"),
        pytest.param("other 1\nstrideiq_registered_users twelve\n", TEXT, "line 2", id="no number"),
        pytest.param('a{b="c"} 1\nhttp_requests_total{handler="/v1/a} 3\n', TEXT, "line 2", id="open quotes"),
        pytest.param("strideiq_registered_users", TEXT, "line 1", id="cut in a line"),
        pytest.param(b'a 1\nb{c="\xff"} 2\n', TEXT, "line 2: no UTF-8", id="no UTF-8"),
        pytest.param("a 1\nb " + "9" * 20_000 + "\n", TEXT, "line 2: longer than", id="a long line"),
        pytest.param("a 1\n" * 200_001, TEXT, "more than 200000 lines", id="too many lines"),
        pytest.param(WHOLE[: WHOLE.rindex("# EOF")], OPENMETRICS, "EOF", id="OpenMetrics cut off"),
        pytest.param("strideiq_registered_users 1\n\n# EOF\n", OPENMETRICS, "line 2: blank", id="OpenMetrics with a blank"),
        pytest.param("<!doctype html><title>Sign in</title>", TEXT, "web page", id="a page as text"),
        pytest.param("<html></html>", "text/html", "web page", id="a page as a page"),
        pytest.param("{}", "application/json", "line 1", id="JSON"),
    ],
)
async def test_junk_is_malformed_and_names_its_line(text: str | bytes, kind: str, words: str) -> None:
    with pytest.raises(OutsideError) as caught:
        await Page(text, kind).scrape.metrics("production", WINDOW)
    assert caught.value.fault.kind is FaultKind.MALFORMED
    assert words in caught.value.fault.cause


async def test_too_many_samples_are_refused() -> None:
    text = "".join(f'http_requests_total{{handler="/{n}"}} 1\n' for n in range(40_001))
    with pytest.raises(OutsideError, match="more than 20000 samples"):
        await Page(text).scrape.metrics("production", WINDOW)


async def test_a_large_page_of_others_is_read_at_little_cost() -> None:
    others = "".join(f'other_metric{{name="{n}",word="a b"}} {n}.5\n' for n in range(20_000))
    found = await Page(others + counted(50)).scrape.metrics("production", WINDOW)
    assert found.value(Quantity.REQUESTS) == 50


async def test_an_empty_page_has_nothing_and_says_so() -> None:
    found = await Page("").scrape.metrics("production", WINDOW)
    assert found.series == ()
    assert len(found.missing) == 19


async def test_a_page_belongs_to_one_environment() -> None:
    with pytest.raises(OutsideError) as caught:
        await Page("").scrape.metrics("staging", WINDOW)
    assert caught.value.fault.kind is FaultKind.NOT_CONFIGURED
