"""The world's Cloudflare, name server, status pages and site, read by the console's own providers and held to the examples."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from strideiq_console.domain.dns import DnsRecord
from strideiq_console.domain.fault import FaultKind, OutsideError
from strideiq_console.domain.names import compare, judge_resolution, judge_zone
from strideiq_console.domain.reading import Level
from strideiq_console.domain.secret import Secret
from strideiq_console.domain.site import COOKIES, CORS, HEADERS, HTTPS, RATE_LIMIT, WWW, SiteTarget
from strideiq_console.providers.cloudflare import Cloudflare
from strideiq_console.providers.dns import Resolver
from strideiq_console.providers.http import Governor, HttpClient
from strideiq_console.providers.probe import SiteProber
from strideiq_console.providers.status import StatusPages
from strideiq_console.sandbox.name_server import name_server
from strideiq_console.sandbox.transport import WorldTransport
from strideiq_console.sandbox.world import World
from tests.contracts import pack

TARGET = SiteTarget(
    "production",
    pages=("https://strideiq.run", "https://api.strideiq.run/health"),
    secure=("https://strideiq.run", "https://api.strideiq.run"),
    preflight="https://api.strideiq.run/v1/activities",
    strangers=("https://staging.strideiq.run",),
    login="https://strideiq.run/login",
    limited="https://api.strideiq.run/v1/activities",
    www="https://www.strideiq.run",
    apex="https://strideiq.run",
)
HOSTS = ("strideiq.run", "www.strideiq.run", "staging.strideiq.run", "api.strideiq.run", "api-staging.strideiq.run")


@pytest.fixture
async def cloudflare(world: World) -> AsyncIterator[Cloudflare]:
    client = HttpClient(
        source="cloudflare",
        base_url="https://api.cloudflare.com/client/v4",
        clock=world.clock,
        governor=Governor("cloudflare", world.clock),
        auth=("Authorization", "Bearer ", Secret(world.tokens["cloudflare"])),
        transport=WorldTransport(world),
        random=lambda: 0.0,
    )
    yield Cloudflare(client=client, zone="strideiq.run")
    await client.close()


def put(world: World, key: str, value: dict[str, Any]) -> None:
    with world.change() as state:
        state[key] = value


async def test_the_zone_holds_every_host_and_says_what_is_proxied(world: World, cloudflare: Cloudflare) -> None:
    zone = await cloudflare.zone()
    assert {r.name for r in zone.records} == set(HOSTS)
    assert (zone.status, zone.complete, zone.plan) == ("active", True, "Free Website")
    assert [f.level for f in judge_zone(zone, ("@", "api"))] == [Level.OK]
    assert len(await cloudflare.named("api.strideiq.run")) == 1
    wanted = (DnsRecord("api", "CNAME", "api-production.up.railway.app"),)
    put(world, "cloudflare", {"proxied": ["api.strideiq.run"], "status": "moved", "content": {"strideiq.run": "192.0.2.1"}})
    zone = await cloudflare.zone()
    assert [f.level for f in judge_zone(zone, ("@", "api"))] == [Level.CRITICAL, Level.WARNING]
    assert [f.level for f in compare(zone.records, wanted, zone=zone.name)] == [Level.WARNING]


async def test_many_records_come_in_pages(world: World, cloudflare: Cloudflare) -> None:
    put(world, "cloudflare", {"more": [["TXT", f"t{n}.strideiq.run", "x"] for n in range(300)]})
    zone = await cloudflare.zone()
    assert (len(zone.records), zone.complete) == (305, True)
    world.add_fault("status", host="cloudflare", path="page=3", times=9)
    zone = await cloudflare.zone()
    assert (len(zone.records), zone.complete) == (200, False)


async def test_the_registration_and_the_token(world: World, cloudflare: Cloudflare) -> None:
    assert not (await cloudflare.registration()).found
    put(world, "cloudflare", {"registered": True, "expires_in": 20, "auto_renew": False})
    found = await cloudflare.registration()
    assert (found.found, found.auto_renew, found.expires_at is not None) == (True, False, True)
    assert [p.held for p in (await cloudflare.inspect()).permissions] == [True, True, True]
    put(world, "cloudflare", {"permissions": ["zone"]})
    assert [p.held for p in (await cloudflare.inspect()).permissions] == [True, False, False]
    with world.change() as state:
        state["tokens"]["cloudflare"]["value"] = "another"
    with pytest.raises(OutsideError) as caught:
        await cloudflare.zone()
    assert caught.value.fault.kind is FaultKind.UNAUTHORISED


async def test_every_name_resolves_as_the_zone_says(world: World) -> None:
    resolver = Resolver(exchange=name_server(world))
    for host in HOSTS:
        found = await resolver.resolve(host)
        assert judge_resolution(found).level is Level.OK, found
    assert (await resolver.resolve("api.strideiq.run")).canonical == ("api-production.up.railway.app",)
    assert (await resolver.look_up("strideiq.run", "NS")).values == ("ada.ns.cloudflare.com", "bob.ns.cloudflare.com")
    assert not (await resolver.resolve("nothing.strideiq.run")).exists
    put(world, "cloudflare", {"proxied": ["api.strideiq.run"], "content": {"staging.strideiq.run": "gone.vercel-dns.com"}})
    put(world, "dns", {"servfail": ["strideiq.run"], "missing": ["www.strideiq.run"]})
    assert (await resolver.resolve("api.strideiq.run")).canonical == ()
    assert judge_resolution(await resolver.resolve("staging.strideiq.run")).level is Level.CRITICAL
    assert judge_resolution(await resolver.resolve("strideiq.run")).level is Level.UNKNOWN
    assert judge_resolution(await resolver.resolve("www.strideiq.run")).cause == "no such name"


async def test_status_pages_are_green_and_can_be_turned_red(world: World) -> None:
    source = StatusPages(clock=world.clock, transport=WorldTransport(world))
    assert [s.level for s in await source.all()] == [Level.OK] * 4
    assert [s.level for s in await source.all()] == [Level.OK] * 4, "unchanged pages are kept"
    red = {"github": {"components": {"Actions": "major_outage"}, "incident": "Actions are down"}}
    red |= {
        "cloudflare": {"components": {"Workers": "major_outage"}},
        "railway": {"incident": "Builds are slow", "impact": "minor"},
    }
    put(world, "status_pages", red)
    found = {s.provider: s for s in await source.all()}
    assert {name: s.level for name, s in found.items()} == {
        "github": Level.CRITICAL,
        "vercel": Level.OK,
        "cloudflare": Level.OK,
        "railway": Level.WARNING,
    }
    assert found["github"].components == (("Actions", "major_outage"),)
    assert found["railway"].incidents[0].name == "Builds are slow"
    world.add_fault("html", host="githubstatus")
    assert (await source.of("github")).level is Level.UNKNOWN


async def test_the_site_as_it_stands(world: World) -> None:
    report = await SiteProber(clock=world.clock, transport=WorldTransport(world)).site(TARGET)
    assert report.level is Level.OK
    notes = [f.note for f in report.of(HEADERS)]
    assert any("camera=(self)" in note for note in notes)
    assert {check: report.level_of(check) for check in (HTTPS, CORS, COOKIES, RATE_LIMIT, WWW)} == dict.fromkeys(
        (HTTPS, CORS, COOKIES, RATE_LIMIT, WWW), Level.OK
    )


async def test_a_careless_site_is_seen(world: World) -> None:
    knobs = {"headers": {"x-frame-options": None, "referrer-policy": "unsafe-url"}, "cors": "reflect", "rate_limit": False}
    put(
        world,
        "site",
        {"production": knobs | {"redirect": False, "cookies": ["session=x", "theme=dark; Secure; HttpOnly; SameSite=Lax"]}},
    )
    report = await SiteProber(clock=world.clock, transport=WorldTransport(world)).site(TARGET)
    assert [report.level_of(check) for check in (HTTPS, CORS, COOKIES, RATE_LIMIT, HEADERS)] == [
        Level.CRITICAL,
        Level.CRITICAL,
        Level.WARNING,
        Level.WARNING,
        Level.WARNING,
    ]
    put(world, "site", {"production": {"cors": "*"}})
    report = await SiteProber(clock=world.clock, transport=WorldTransport(world)).site(TARGET)
    assert report.level_of(CORS) is Level.CRITICAL


@pytest.mark.contract
async def test_answers_have_the_shape_of_the_examples(client: httpx.AsyncClient, world: World) -> None:
    put(world, "cloudflare", {"registered": True})
    put(world, "status_pages", {p: {"incident": "x", "maintenance": "y"} for p in ("github", "railway")})
    headers = {"Authorization": "Bearer " + world.tokens["cloudflare"]}
    root = "https://api.cloudflare.com/client/v4"
    zone = (await client.get(f"{root}/zones?name=strideiq.run", headers=headers)).json()["result"][0]
    asked = {
        "cloudflare/token_verify": f"{root}/user/tokens/verify",
        "cloudflare/zones": f"{root}/zones?name=strideiq.run",
        "cloudflare/dns_records": f"{root}/zones/{zone['id']}/dns_records?per_page=100&page=1",
        "cloudflare/registrar_registration": f"{root}/accounts/{zone['account']['id']}/registrar/registrations/strideiq.run",
        "status/statuspage.summary": "https://www.githubstatus.com/api/v2/summary.json",
        "status/instatus.summary": "https://status.railway.com/summary.json",
    }
    for name, url in asked.items():
        example = json.loads((pack() / "examples" / f"{name}.json").read_text())
        answer = (await client.get(url, headers=headers if "cloudflare/" in name else {})).json()
        assert missing(example, answer) == [], name
    put(world, "cloudflare", {"permissions": []})
    refused = await client.get(f"{root}/zones", headers=headers)
    example = json.loads((pack() / "examples" / "cloudflare" / "error.403.json").read_text())
    assert (refused.status_code, refused.json()) == (403, example)


def missing(example: Any, answer: Any, path: str = "") -> list[str]:
    """Return the fields of an example that an answer lacks or has with another type; of lists the first entries are compared."""
    if isinstance(example, dict) and isinstance(answer, dict):
        return [m for key, value in example.items() for m in _field(key, value, answer, f"{path}.{key}")]
    if isinstance(example, list) and isinstance(answer, list):
        return missing(example[0], answer[0], f"{path}[]") if example and answer else []
    same = type(example) is type(answer) or example is None or answer is None
    return [] if same else [f"{path}: {type(answer).__name__}"]


def _field(key: str, value: Any, answer: dict[str, Any], path: str) -> list[str]:
    return missing(value, answer[key], path) if key in answer else [f"{path} is missing"]
