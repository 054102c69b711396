"""Cloudflare against the contract pack: every request that can be sent stands in it, and every example maps."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from strideiq_console.domain.dns import DnsRecord
from strideiq_console.domain.fault import FaultKind, OutsideError
from tests.contracts import pack
from tests.providers.cloudflare.fake import ROOT, FakeCloudflare, bad, cloudflare, record

YEAR = datetime(2027, 1, 1, tzinfo=UTC)
# The rows of the contract's table, its examples put back as parameters.
ROWS = {
    "GET /user/tokens/verify": set(),
    "GET /zones": {"name"},
    "GET /zones/{zone_id}/dns_records": {"per_page", "page", "name.exact"},
    "GET /accounts/{account_id}/registrar/registrations/{domain_name}": set(),
}


def row_of(method: str, path: str) -> str:
    return next(
        row for row in ROWS if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(row)), f"{method} {path.removeprefix(ROOT)}")
    )


async def test_every_request_is_one_of_the_contracts_reads() -> None:
    port, wire = cloudflare(FakeCloudflare([record(n) for n in range(250)]))
    await port.zone()
    await port.named("api.strideiq.run")
    await port.registration()
    await port.inspect()
    asked = [(row_of(c.method, c.path), set(c.query)) for c in wire.calls]
    assert {row for row, _ in asked} == set(ROWS)
    assert all(query <= ROWS[row] for row, query in asked)


@pytest.mark.contract
def test_the_table_is_the_packs_own() -> None:
    text = (pack() / "cloudflare.md").read_text()
    told = {line.split("`")[1] for line in text.splitlines() if line.startswith("| ") and "`GET /" in line}
    paths = {entry.partition("?")[0] for entry in told}
    assert paths == set(ROWS)
    queries = {part.partition("=")[0] for entry in told for part in entry.partition("?")[2].split("&") if part}
    assert queries == {"name", "per_page", "page", "name.exact"}


@pytest.mark.contract
async def test_every_example_maps_without_loss() -> None:
    folder = pack() / "examples" / "cloudflare"
    example: dict[str, Any] = {path.name: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    kinds = {
        "/verify": "token_verify.json",
        "/zones": "zones.json",
        "/dns_records": "dns_records.json",
        "/strideiq.run": "registrar_registration.json",
    }
    assert set(example) == {*kinds.values(), "error.403.json"}, "an example that no test maps"
    port, _ = cloudflare(FakeCloudflare([], {end: (200, example[name]) for end, name in kinds.items()}))
    zone, registration, report = await port.zone(), await port.registration(), await port.inspect()
    assert (zone.name, zone.status, zone.paused, zone.plan, zone.complete) == (
        "strideiq.run",
        "active",
        False,
        "Free Website",
        True,
    )
    assert zone.name_servers == ("ada.ns.cloudflare.com", "bob.ns.cloudflare.com")
    assert zone.records == (
        DnsRecord("api.strideiq.run", "CNAME", "x1y2z3.up.railway.app", 1, False),
        DnsRecord("strideiq.run", "A", "76.76.21.21", 1, False),
    )
    assert (registration.found, registration.expires_at, registration.auto_renew, registration.locked, registration.status) == (
        True,
        YEAR,
        True,
        True,
        "active",
    )
    assert (report.who, report.expires_at, [p.held for p in report.permissions]) == ("StrideIQ", YEAR, [True, True, True])
    refused, _ = cloudflare(FakeCloudflare([], {"/zones": (403, example["error.403.json"])}))
    with pytest.raises(OutsideError) as caught:
        await refused.zone()
    assert caught.value.fault.kind is FaultKind.FORBIDDEN
    assert "Unauthorized to access requested resource" in caught.value.fault.cause


async def test_the_403_of_our_own() -> None:
    refused, _ = cloudflare(FakeCloudflare([], {"/zones": (403, bad(9109, "Unauthorized"))}))
    with pytest.raises(OutsideError) as caught:
        await refused.zone()
    assert "Zone: Zone: Read" in caught.value.fault.next_step
