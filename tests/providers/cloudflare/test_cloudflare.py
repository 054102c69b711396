"""Cloudflare: what is asked, what the answers mean, and what is said when they fail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strideiq_console.domain.dns import DnsRecord
from strideiq_console.domain.fault import ConfigurationError, FaultKind, OutsideError
from strideiq_console.domain.names import Names
from strideiq_console.domain.untrusted import is_clean
from tests.providers.cloudflare.fake import (
    ACCOUNT_ID,
    REGISTRATION,
    ROOT,
    TOKEN,
    ZONE,
    ZONE_ID,
    FakeCloudflare,
    bad,
    cloudflare,
    good,
    record,
)
from tests.providers.hosting import HOSTILE

YEAR = datetime(2027, 1, 1, tzinfo=UTC)
DENIED = bad(9109, "Unauthorized to access requested resource")


def test_fits_the_port() -> None:
    port: Names = cloudflare(FakeCloudflare([]))[0]
    assert port.budget().provider == "cloudflare"


async def test_the_zone_and_its_records() -> None:
    api = record(2, "API.strideiq.run", type="CNAME", content="x.up.railway.app", proxied=True, ttl=300)
    port, wire = cloudflare(FakeCloudflare([record(1), api]))
    zone = await port.zone()
    assert (zone.name, zone.status, zone.paused, zone.plan, zone.complete) == (
        "strideiq.run",
        "active",
        False,
        "Free Website",
        True,
    )
    assert zone.name_servers == ("ada.ns.cloudflare.com", "bob.ns.cloudflare.com")
    assert zone.records == (
        DnsRecord("api.strideiq.run", "CNAME", "x.up.railway.app", 300, True),
        DnsRecord("strideiq.run", "A", "76.76.21.21", 1, False),
    )
    assert [(c.method, c.path, c.query) for c in wire.calls] == [
        ("GET", f"{ROOT}/zones", {"name": "strideiq.run"}),
        ("GET", f"{ROOT}/zones/{ZONE_ID}/dns_records", {"per_page": "100", "page": "1"}),
    ]
    assert all(c.headers["authorization"] == "Bearer obviously-fake-token" for c in wire.calls)


async def test_all_pages_are_read_by_their_number() -> None:
    world = FakeCloudflare([record(n, f"h{n:03d}.strideiq.run") for n in range(25)])
    world.page = 10
    port, wire = cloudflare(world)
    zone = await port.zone()
    assert (len(zone.records), zone.complete) == (25, True)
    assert [c.query.get("page") for c in wire.calls[1:]] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("answer", "kept"),
    [((500, {}), 10), ((200, bad(1, "no")), 10), ((200, good([], total_pages=3)), 10), ((200, good("x")), 10)],
    ids=["error", "failure", "empty", "no list"],
)
async def test_a_later_page_that_fails_makes_it_incomplete(answer: tuple[int, Any], kept: int) -> None:
    world = FakeCloudflare([record(n, f"h{n:03d}.strideiq.run") for n in range(25)], {"?page=2": answer})
    world.page = 10
    zone = await cloudflare(world)[0].zone()
    assert (len(zone.records), zone.complete) == (kept, False)


async def test_endless_and_repeated_pages_end() -> None:
    def answering(call: Any) -> tuple[int, Any]:
        if call.path.endswith("/zones"):
            return 200, good([ZONE])
        return 200, good([record(1)], total_pages=10**9, total_count=10**9)

    port, wire = cloudflare(answering)
    zone = await port.zone()
    assert (len(zone.records), zone.complete) == (1, False)
    assert len(wire.calls) == 21


@pytest.mark.parametrize(("count", "complete"), [(3, True), (100, False)])
async def test_without_a_word_about_pages_a_full_page_is_doubtful(count: int, complete: bool) -> None:
    records = [record(n) for n in range(count)]
    zone = await cloudflare(FakeCloudflare([], {"/dns_records": (200, good(records))}))[0].zone()
    assert (len(zone.records), zone.complete) == (count, complete)


async def test_records_that_do_not_add_up_are_incomplete() -> None:
    answer = good([record(1)], total_pages=1, total_count=2)
    assert not (await cloudflare(FakeCloudflare([], {"/dns_records": (200, answer)}))[0].zone()).complete


async def test_one_name() -> None:
    port, wire = cloudflare(FakeCloudflare([record(1), record(2, "api.strideiq.run")]))
    assert [r.name for r in await port.named("API.strideiq.run.")] == ["api.strideiq.run"]
    assert wire.calls[-1].query == {"name.exact": "api.strideiq.run"}
    ignoring = FakeCloudflare([], {"/dns_records": (200, good([record(1)]))})
    assert await cloudflare(ignoring)[0].named("api.strideiq.run") == ()


async def test_the_zone_is_told_from_others_by_name_account_and_state() -> None:
    world = FakeCloudflare([])
    other = ZONE | {"id": "a" * 32, "status": "pending", "account": {"id": "f" * 32, "name": "x"}}
    world.zones = [other, ZONE | {"name": "notstrideiq.run", "id": "b" * 32}, ZONE]
    assert (await cloudflare(world)[0].zone()).status == "active"
    assert (await cloudflare(world, account="f" * 32)[0].zone()).status == "pending"
    with pytest.raises(OutsideError) as caught:
        await cloudflare(world, account="9" * 32)[0].zone()
    assert caught.value.fault.kind is FaultKind.MISSING
    assert "Zone: Read" in caught.value.fault.next_step


async def test_the_registration_and_its_absence() -> None:
    port, wire = cloudflare(FakeCloudflare([]))
    found = await port.registration()
    assert (found.domain, found.found, found.expires_at, found.auto_renew, found.locked, found.status) == (
        "strideiq.run",
        True,
        YEAR,
        True,
        True,
        "active",
    )
    assert wire.calls[-1].path == f"{ROOT}/accounts/{ACCOUNT_ID}/registrar/registrations/strideiq.run"
    elsewhere = FakeCloudflare([], {"/strideiq.run": (404, bad(10000, "not found"))})
    assert (await cloudflare(elsewhere)[0].registration()).found is False
    known, wire = cloudflare(elsewhere, account=ACCOUNT_ID)
    assert (await known.registration()).found is False
    assert len(wire.calls) == 1, "a configured account needs no look at the zone"


@pytest.mark.parametrize(
    ("code", "kind"),
    [(10000, FaultKind.FORBIDDEN), (1000, FaultKind.UNAUTHORISED), (7003, FaultKind.MISSING), (81044, FaultKind.REFUSED)],
)
async def test_success_false_is_a_failure_whatever_the_status(code: int, kind: FaultKind) -> None:
    world = FakeCloudflare([], {"/dns_records": (200, bad(code, f"it says {HOSTILE}"))})
    with pytest.raises(OutsideError) as caught:
        await cloudflare(world)[0].zone()
    fault = caught.value.fault
    assert (fault.kind, str(code) in fault.cause, is_clean(fault.sentence())) == (kind, True, True)
    assert fault.next_step


@pytest.mark.parametrize(
    ("status", "kind", "step"),
    [
        (400, FaultKind.REFUSED, "new API token"),
        (401, FaultKind.UNAUTHORISED, "new API token"),
        (403, FaultKind.FORBIDDEN, "Zone: DNS: Read"),
        (404, FaultKind.MISSING, "[cloudflare] zone"),
        (429, FaultKind.RATE_LIMITED, "Wait until"),
        (500, FaultKind.SERVER, "status page"),
    ],
)
async def test_statuses(status: int, kind: FaultKind, step: str) -> None:
    world = FakeCloudflare([], {"/dns_records": (status, DENIED)})
    with pytest.raises(OutsideError) as caught:
        await cloudflare(world)[0].zone()
    assert (caught.value.fault.kind, step in caught.value.fault.next_step) == (kind, True)
    assert "Cloudflare" in caught.value.fault.cause


@pytest.mark.parametrize(
    ("result", "field"),
    [
        ({"success": "yes"}, "success"),
        ({}, "success"),
        ([], "object"),
        (good([{"name": "strideiq.run", "status": "active"}]), "id"),
        (good([ZONE | {"id": "../x"}]), "id"),
        (good([ZONE | {"paused": "no"}]), "paused"),
        (good([ZONE | {"name_servers": [1]}]), "name_servers"),
        (good({"a": 1}), "array"),
        (good(None), "array"),
    ],
)
async def test_a_wrong_shape_names_the_field(result: Any, field: str) -> None:
    with pytest.raises(OutsideError) as caught:
        await cloudflare(FakeCloudflare([], {"/zones": (200, result)}))[0].zone()
    assert caught.value.fault.kind is FaultKind.MALFORMED
    assert field in caught.value.fault.cause
    assert "cloudflare" in caught.value.fault.cause


async def test_a_registration_with_odd_times_and_nulls() -> None:
    odd = {"domain_name": "strideiq.run", "auto_renew": None, "expires_at": None}
    found = await cloudflare(FakeCloudflare([], {"/strideiq.run": (200, good(odd))}))[0].registration()
    assert (found.found, found.expires_at, found.auto_renew, found.status) == (True, None, None, "")
    naive = FakeCloudflare([], {"/strideiq.run": (200, good(REGISTRATION | {"expires_at": "2027-01-01T00:00:00"}))})
    assert (await cloudflare(naive)[0].registration()).expires_at == YEAR
    for wrong in ("soon", 5, "2027-13-01T00:00:00Z"):
        with pytest.raises(OutsideError) as caught:
            await cloudflare(FakeCloudflare([], {"/strideiq.run": (200, good(odd | {"expires_at": wrong}))}))[0].registration()
        assert "expires_at" in caught.value.fault.cause


async def test_hostile_texts_come_out_clean() -> None:
    world = FakeCloudflare([record(1, HOSTILE, content=HOSTILE, type=HOSTILE)])
    world.zones = [ZONE | {"status": HOSTILE, "plan": {"name": HOSTILE}, "name_servers": [HOSTILE]}]
    zone = await cloudflare(world)[0].zone()
    texts = [zone.status, zone.plan, *zone.name_servers, *(t for r in zone.records for t in (r.name, r.type, r.content))]
    assert all(is_clean(text) for text in texts)


def test_settings_that_cannot_be_used() -> None:
    for more in ({"account": "../x"}, {"zone": " "}):
        with pytest.raises(ConfigurationError):
            cloudflare(FakeCloudflare([]), **more)


async def test_the_token_doctor_tries_each_permission() -> None:
    report = await cloudflare(FakeCloudflare([]))[0].inspect()
    assert (report.provider, report.who, report.expires_at, report.expiry_known) == ("cloudflare", "StrideIQ", YEAR, True)
    assert [p.held for p in report.permissions] == [True, True, True]
    assert report.notes == ()
    assert report.lacks == ()


@pytest.mark.parametrize(
    ("instead", "held"),
    [
        ({"/dns_records": (403, DENIED)}, [True, False, True]),
        ({"/strideiq.run": (403, DENIED)}, [True, True, False]),
        ({"/strideiq.run": (404, DENIED)}, [True, True, None]),
        ({"/zones": (403, DENIED)}, [False, None, None]),
        ({"/zones": (200, good([]))}, [False, None, None]),
        ({"/verify": (401, bad(1000, "Invalid API Token"))}, [True, True, True]),
        ({"/verify": (400, bad(6003, "Invalid request headers")), "/zones": (400, DENIED)}, [False, None, None]),
    ],
)
async def test_what_is_refused_is_a_finding(instead: dict[str, Any], held: list[bool | None]) -> None:
    report = await cloudflare(FakeCloudflare([], instead))[0].inspect()
    assert [p.held for p in report.permissions] == held
    assert report.expiry_known is ("/verify" not in instead)
    assert all(is_clean(p.note) for p in report.permissions)


async def test_a_token_that_is_not_active_or_never_ends() -> None:
    report = await cloudflare(FakeCloudflare([], {"/verify": (200, good({"id": "x", "status": "expired"}))}))[0].inspect()
    assert (report.expires_at, report.expiry_known, report.notes) == (None, True, ("the token is expired",))
    assert TOKEN["id"] not in repr(report)


@pytest.mark.parametrize("path", ["/verify", "/zones", "/dns_records", "/strideiq.run"])
async def test_a_server_error_is_no_finding(path: str) -> None:
    with pytest.raises(OutsideError):
        await cloudflare(FakeCloudflare([], {path: (503, {})}))[0].inspect()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda c: st.lists(c, max_size=3), max_leaves=5
)


@given(st.dictionaries(st.sampled_from(["id", "type", "name", "content", "proxied", "ttl"]), JSON))
async def test_any_record_maps_or_is_named(odd: dict[str, Any]) -> None:
    port, _ = cloudflare(FakeCloudflare([], {"/dns_records": (200, good([record(1) | odd], total_pages=1))}))
    problem: OutsideError | None = None
    try:
        texts = [text for r in (await port.zone()).records for text in (r.content, r.name, r.type)]
    except OutsideError as error:
        problem, texts = error, []
    assert all(is_clean(text) for text in texts)
    assert problem is None or (problem.fault.kind is FaultKind.MALFORMED and "cloudflare" in problem.fault.cause)
