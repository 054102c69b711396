"""What records, resolutions and the registration mean, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from strideiq_console.domain.dns import DnsRecord, Registration, Resolution, Zone
from strideiq_console.domain.names import compare, judge_registration, judge_resolution, judge_zone, plain_name
from strideiq_console.domain.reading import Level

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
RUN = "strideiq.run"
A = DnsRecord(RUN, "A", "76.76.21.21", 1, False)
API = DnsRecord(f"api.{RUN}", "CNAME", "x.up.railway.app", 1, False)
ZONE = Zone(RUN, "active", records=(A, API), name_servers=("ada.ns.cloudflare.com", "bob.ns.cloudflare.com"))


@pytest.mark.parametrize(
    ("changed", "level", "words"),
    [
        ({}, Level.OK, "2 records"),
        ({"complete": False}, Level.OK, "not all records"),
        ({"paused": True}, Level.WARNING, "paused"),
        ({"status": "pending"}, Level.WARNING, "ada.ns.cloudflare.com and bob"),
        ({"status": "moved"}, Level.CRITICAL, "no longer point"),
        ({"status": "purple"}, Level.UNKNOWN, "purple"),
        ({"status": ""}, Level.UNKNOWN, "not said"),
    ],
)
def test_the_zone(changed: dict[str, Any], level: Level, words: str) -> None:
    (found,) = judge_zone(replace(ZONE, **changed), ("api", RUN))
    assert (found.level, words in f"{found.cause} {found.note} {found.next_step}") == (level, True)


def test_a_proxied_name_that_must_be_direct_is_a_warning() -> None:
    zone = replace(
        ZONE, records=(replace(A, proxied=True), replace(API, proxied=True), DnsRecord(f"www.{RUN}", "A", "1.1.1.1", 1, True))
    )
    found = judge_zone(zone, ("@", "api", f"api.{RUN}."))
    assert [(f.subject, f.level) for f in found[1:]] == [(RUN, Level.WARNING), (f"api.{RUN}", Level.WARNING)]
    assert "DNS only" in found[1].next_step
    wildcard = replace(ZONE, records=(A, DnsRecord(f"*.{RUN}", "CNAME", "x", 1, True)))
    assert [f.subject for f in judge_zone(wildcard, ("api",))[1:]] == [f"api.{RUN}"]


@pytest.mark.parametrize(
    ("records", "level", "words"),
    [
        ((API,), Level.OK, "as wanted"),
        ((replace(API, content="X.UP.railway.app."),), Level.OK, "as wanted"),
        ((replace(API, content="y.up.railway.app"),), Level.WARNING, "is CNAME y.up.railway.app; the provider wants x.up"),
        ((DnsRecord(f"api.{RUN}", "A", "192.0.2.1"),), Level.WARNING, "is A 192.0.2.1"),
        ((replace(API, content="y", proxied=True),), Level.WARNING, "(proxied)"),
        ((replace(API, proxied=True),), Level.WARNING, "but proxied"),
        ((API, DnsRecord(f"api.{RUN}", "A", "192.0.2.1")), Level.WARNING, "but also A 192.0.2.1"),
        ((DnsRecord(f"*.{RUN}", "CNAME", "x.up.railway.app"),), Level.OK, "as wanted"),
        ((DnsRecord(f"api.{RUN}", "TXT", "v"),), Level.WARNING, "missing"),
        ((), Level.WARNING, "missing"),
    ],
)
def test_a_record_that_a_provider_wants(records: tuple[DnsRecord, ...], level: Level, words: str) -> None:
    for name in ("api", f"API.{RUN}."):
        (found,) = compare(records, (DnsRecord(name, "CNAME", "x.up.railway.app"),), zone=RUN)
        assert (found.level, words in found.cause) == (level, True)
        assert bool(found.next_step) is (level is not Level.OK)


def test_what_was_not_read_may_be_there() -> None:
    (found,) = compare((), (API,), zone=RUN, complete=False)
    assert found.level is Level.UNKNOWN


def test_texts_live_side_by_side_and_are_compared_without_quotes() -> None:
    there = (DnsRecord(RUN, "TXT", '"other"'), DnsRecord(RUN, "TXT", '"vc-domain" "-verify=1"'))
    (found,) = compare(there, (DnsRecord("@", "TXT", "vc-domain-verify=1"),), zone=RUN)
    assert found.level is Level.OK
    (missing,) = compare(there[:1], (DnsRecord("", "TXT", "vc-domain-verify=1"),), zone=RUN)
    assert (missing.level, "missing" in missing.cause) == (Level.WARNING, True)


def test_addresses_are_compared_as_addresses() -> None:
    (found,) = compare((DnsRecord(RUN, "AAAA", "2001:DB8:0::1"),), (DnsRecord(RUN, "AAAA", "2001:db8::1"),), zone=RUN)
    assert found.level is Level.OK


WHOLE = (("@", RUN), ("", RUN), ("api", f"api.{RUN}"), (f"API.{RUN}.", f"api.{RUN}"), ("notstrideiq.run", f"notstrideiq.run.{RUN}"))


@pytest.mark.parametrize(("name", "whole"), WHOLE)
def test_names_are_completed(name: str, whole: str) -> None:
    assert plain_name(name, RUN) == whole


def registered(days: float, **more: Any) -> Registration:
    return Registration(RUN, True, NOW + timedelta(days=days), **({"auto_renew": True, "locked": True, "status": "active"} | more))


@pytest.mark.parametrize(
    ("registration", "level", "words"),
    [
        (registered(200), Level.OK, "renews by itself"),
        (registered(200, locked=False), Level.OK, "not locked"),
        (registered(200, status="redemptionPeriod"), Level.WARNING, "redemptionPeriod"),
        (registered(29), Level.WARNING, "29 d"),
        (registered(50, auto_renew=False), Level.WARNING, "50 d"),
        (registered(6), Level.CRITICAL, "6 d"),
        (registered(-2), Level.CRITICAL, "expired 2 d ago"),
        (Registration(RUN, True), Level.UNKNOWN, "no date of expiry"),
        (Registration(RUN, False), Level.UNKNOWN, "not registered with Cloudflare"),
    ],
)
def test_the_registration(registration: Registration, level: Level, words: str) -> None:
    found = judge_registration(registration, NOW)
    assert (found.level, words in f"{found.cause} {found.note}") == (level, True)


def test_a_date_that_was_entered_by_hand() -> None:
    found = judge_registration(Registration(RUN, False), NOW, by_hand=NOW + timedelta(days=90))
    assert (found.level, found.note) == (Level.OK, "entered by hand")


def seen(*addresses: str, **more: Any) -> Resolution:
    return Resolution(RUN, addresses, **({"resolver": "here", "exists": bool(addresses)} | more))


@pytest.mark.parametrize(
    ("own", "public", "level", "words"),
    [
        (seen("76.76.21.21"), None, Level.OK, "76.76.21.21"),
        (seen("76.76.21.21"), seen("76.76.21.21"), Level.OK, "76.76.21.21"),
        (seen("76.76.21.21"), seen("76.76.21.9", resolver="1.1.1.1"), Level.OK, "1.1.1.1 says 76.76.21.9"),
        (seen("76.76.21.21"), seen(error="SERVFAIL", resolver="1.1.1.1"), Level.OK, "SERVFAIL"),
        (seen("76.76.21.21"), seen(resolver="1.1.1.1"), Level.WARNING, "1.1.1.1 knows no such name"),
        (seen("10.0.0.5"), None, Level.WARNING, "no public address"),
        (seen("100.64.0.9"), seen("76.76.21.21"), Level.WARNING, "no public address"),
        (seen(), seen("76.76.21.21", resolver="1.1.1.1"), Level.WARNING, "here knows no address"),
        (seen(), None, Level.CRITICAL, "no such name"),
        (seen(exists=True), None, Level.CRITICAL, "without an address"),
        (seen(canonical=("gone.up.railway.app",)), None, Level.CRITICAL, "gone.up.railway.app, which does not exist"),
        (seen(canonical=("x",), exists=True), None, Level.CRITICAL, "without an address"),
        (seen(error="SERVFAIL"), seen("76.76.21.21"), Level.UNKNOWN, "SERVFAIL"),
    ],
)
def test_what_a_name_resolves_to(own: Resolution, public: Resolution | None, level: Level, words: str) -> None:
    found = judge_resolution(own, public)
    assert (found.level, words in f"{found.cause} {found.note}") == (level, True)
