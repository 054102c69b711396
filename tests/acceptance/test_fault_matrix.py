"""Every provider, every read of the dashboard and the doctor, every way to go wrong: told by name, and nobody else touched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from strideiq_console.cli.context import Options
from strideiq_console.domain.cost import CostKind
from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.finding import Finding, level_of
from strideiq_console.domain.reading import Level, Reading
from strideiq_console.providers.http import HttpClient
from strideiq_console.providers.probe import HttpProber, SiteProber
from strideiq_console.providers.status import pages
from strideiq_console.sandbox import hosts, status_pages
from strideiq_console.sandbox.world import World
from strideiq_console.wiring.place import place_of
from tests.acceptance.fault_rig import HOSTS, OWN_FAULT, PATIENCE, Rig, cell, crashes, learn, told, unread
from tests.acceptance.fault_table import CERTAIN, LENIENT, NETWORK, clock_off
from tests.acceptance.replay import Replay

pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.timeout(600)]
TOLD_BY_PROBES = {name: spoil for name, spoil in CERTAIN.items() if name != "announced 20 MB"}
# Where a 403 or a 404 is an answer by the contract: what of the value does not say of itself that nothing could be read.
ANSWERED: dict[tuple[str, str], Callable[[Reading[Any]], list[Any]]] = {
    ("github", "protections"): lambda reading: [p for p in reading.value if not unread(p)],
    ("vercel", "costs/vercel"): lambda reading: [one for one in reading.value.charges.lines if one.kind is not CostKind.ASSUMED],
}
# Who says the same without a read, and why that is right.
SAME = {
    ("GET /repos/acme/strideiq/code-scanning/alerts", "token github"): "it is switched off here: whether the token may is not told",
    ("GET /v2/teams/team_acme", "pins/vercel"): "what is lost is a remark on how far back the plan goes, and the remark says so",
    ("HttpLogs", "metrics/production/railway"): "what is lost are the endpoints alone, and the panel says that they were not read",
}


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder = tmp_path_factory.mktemp("faults") / "world"
    world = World.open(folder, clock="manual")
    place = place_of(Options(world=folder), {})
    rig = Rig(place, Replay(place.transport))
    asyncio.run(learn(rig))
    yield rig
    world.close()


@pytest.fixture
def spoiled(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> Rig:
    """The rig, whose clients have little patience and few pages."""
    monkeypatch.setitem(HttpClient.pages.__kwdefaults__, "max_pages", 4)
    return rig


@pytest.mark.parametrize("provider", HOSTS)
async def test_a_provider_that_fails_is_named_and_nobody_else_suffers(spoiled: Rig, provider: str) -> None:
    rig, host = spoiled, HOSTS[provider]
    alone, everybody = rig.of_host(host, alone=True), rig.of_host(host)
    now = rig.place.clock.now()
    problems: list[str] = []
    for name, spoil in CERTAIN.items():
        readings, findings = await cell(rig, host, spoil)
        for who, reading in readings.items():
            if (provider, who) in ANSWERED and name in ("403", "404"):
                problems += [f"{name}: {p} is taken for read" for p in ANSWERED[provider, who](reading)]
            elif who in everybody:
                problems += [f"{name}: {problem}" for problem in told(provider, who, None, reading)]
                same = reading.value == rig.readings[who].value and reading.seen is not None and reading.seen < now
                problems += [] if same else [f"{name}: {who} has lost or changed its last value"]
            elif reading.fault is not None or reading.seen != now:
                problems.append(f"{name}: {who} suffers: {reading.fault}")
        for who, found in findings.items():
            if who in alone:
                bad = [finding for finding in found if finding.level is not Level.OK]
                problems += [] if bad else [f"{name}: {who} is good news: {found}"]
                problems += [f"{name}: {p}" for finding in bad for p in told(provider, who, finding, None)]
        problems += [f"{name}: {crash}" for crash in crashes(readings, findings)]
    assert not problems, "\n".join(["", *problems])


@pytest.mark.parametrize("provider", HOSTS)
async def test_an_answer_that_lacks_something_is_never_a_crash(spoiled: Rig, provider: str) -> None:
    rig = spoiled
    problems = []
    for name, spoil in LENIENT.items():
        readings, findings = await cell(rig, HOSTS[provider], spoil)
        problems += [f"{name}: {crash}" for crash in crashes(readings, findings)]
    assert not problems, "\n".join(["", *problems])


@pytest.mark.parametrize("provider", HOSTS)
async def test_a_single_read_that_fails_is_told_by_whoever_needed_it(spoiled: Rig, provider: str) -> None:
    rig, host = spoiled, HOSTS[provider]
    reads = sorted({read for asked in rig.touched.values() for where, read in asked if where == host})
    problems = []
    for read in reads:
        for name in ("500", "403", "wrong types", "missing fields", "null fields"):
            readings, findings = await cell(rig, host, (CERTAIN | LENIENT)[name], read)
            problems += [f"{read} {name}: {crash}" for crash in crashes(readings, findings)]
            for who in rig.touched if name == "500" else ():
                if (host, read) in rig.touched[who] and (read, who) not in SAME:
                    problems += [f"{read} {name}: {p}" for p in unmoved(rig, who, readings, findings)]
    assert not problems, "\n".join(["", *problems])


def unmoved(rig: Rig, who: str, readings: dict[str, Reading[Any]], findings: dict[str, tuple[Finding, ...]]) -> list[str]:
    """Say that somebody who needed a read that failed tells the same as if it had not."""
    if who in rig.readings:
        reading = readings[who]
        return [] if reading.fault is not None or not reading.complete else [f"{who} is fresh"]
    if who not in findings or level_of(findings[who]) is not Level.OK or findings[who] != rig.findings[who]:
        return []
    return [f"{who} says the same"]


async def test_a_page_behind_the_first_that_cannot_be_had_makes_a_list_incomplete(spoiled: Rig) -> None:
    rig = spoiled
    for name in ("endless pages", "foreign next page"):
        readings, _ = await cell(rig, hosts.GITHUB, LENIENT[name])
        fault = readings["pulls"].fault
        assert fault is not None, name
        assert fault.kind is FaultKind.INCOMPLETE, name
        assert readings["pulls"].value == rig.readings["pulls"].value


@pytest.mark.parametrize("provider", HOSTS)
async def test_a_clock_that_is_off_changes_no_reading_and_the_doctor_says_so(spoiled: Rig, provider: str) -> None:
    rig, now = spoiled, spoiled.place.clock.now()
    rig.replay.spoil, rig.replay.spoils = clock_off(now), lambda request: request.url.host == HOSTS[provider]
    parts = rig.build()
    try:
        readings = await rig.refreshed(parts)
        findings = await rig.examined(parts)
    finally:
        rig.replay.spoil = None
        await parts.close()
    assert {name for name, reading in readings.items() if reading.fault is not None} == set()
    assert [f.subject for f in findings["clock this machine"] if f.level is Level.WARNING] == [provider]


async def test_a_status_page_that_fails_is_unknown_and_never_red(spoiled: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "TIMEOUT", PATIENCE)
    rig, problems = spoiled, list[str]()
    assert len(status_pages.HOSTS) == 4
    for name, spoil in TOLD_BY_PROBES.items():
        rig.replay.spoil, rig.replay.spoils = spoil, lambda request: request.url.host in status_pages.HOSTS
        parts = rig.build()
        try:
            findings = await rig.examined(parts, [key for key in rig.findings if key.startswith("status ")])
        finally:
            rig.replay.spoil = None
            await parts.close()
        assert len(findings) == 4
        for who, (finding,) in findings.items():
            words = finding.cause.removeprefix("the page says nothing: ")
            good = finding.level is Level.UNKNOWN and words and finding.subject in HOSTS and OWN_FAULT not in words
            problems += [] if good else [f"{name}: {who}: {finding}"]
    assert not problems, "\n".join(["", *problems])


# What a page may be, and what a probe that stops reading at its cap never learns.
SITE_LENIENT = (
    "20 MB",
    "200 with a page",
    "content length too small",
    "truncated",
    "garbage",
    "NaN",
    "duplicate keys",
    "depth bomb",
    "wrong types",
)


@pytest.mark.parametrize("host", ["strideiq.run", "api.strideiq.run"])
async def test_a_site_that_fails_is_red_in_its_own_environment_alone(
    spoiled: Rig, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """A page may say what it likes; that nothing or no success comes must show, and an API's health must be JSON."""
    for probe in (HttpProber, SiteProber):
        monkeypatch.setitem(probe.__init__.__kwdefaults__, "timeout", PATIENCE)
    rig, problems = spoiled, list[str]()
    for name, spoil in (TOLD_BY_PROBES | LENIENT).items():
        readings, findings = await cell(rig, host, spoil)
        health = readings["health/production"]
        probe = health.value.api if host.startswith("api.") else health.value.web
        certain = name not in LENIENT and (host.startswith("api.") or name not in SITE_LENIENT)
        if certain and (probe.level is Level.OK or not probe.words):
            problems.append(f"{name}: {probe}")
        others = [n for n, r in readings.items() if n != "health/production" and r.fault is not None]
        problems += [f"{name}: {n} suffers" for n in others]
        if readings["health/staging"].value.level is not Level.OK:
            problems.append(f"{name}: staging is not well")
        problems += [f"{name}: {crash}" for crash in crashes(readings, findings)]
        if certain and name in NETWORK and level_of(findings["site production"]) is Level.OK:
            problems.append(f"{name}: the site is good news")
    assert not problems, "\n".join(["", *problems])
