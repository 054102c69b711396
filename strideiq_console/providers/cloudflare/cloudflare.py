"""One zone at Cloudflare, with its records and the domain's registration; reads only."""

from __future__ import annotations

from strideiq_console.domain.dns import DnsRecord, Registration, Zone
from strideiq_console.domain.facts import RateBudget
from strideiq_console.domain.fault import ConfigurationError, Fault, FaultKind, OutsideError
from strideiq_console.domain.token_report import TokenReport
from strideiq_console.domain.untrusted import clean_line
from strideiq_console.providers.cloudflare.asking import DNS_READ, REGISTRAR_READ, SOURCE, ZONE_READ, ask, is_id, opened, total
from strideiq_console.providers.cloudflare.mapping import record_of, registration_of, zone_of
from strideiq_console.providers.cloudflare.token import inspected
from strideiq_console.providers.cloudflare.wire import WireRecord, WireRegistration, WireToken, WireZone
from strideiq_console.providers.http import HttpClient, quote_segment
from strideiq_console.providers.wire import malformed

PAGE = 100
MAX_PAGES = 20


class Cloudflare:
    """Implements ``domain.names.Names``. ``account`` is an id, ``""`` for the account that the zone belongs to.

    Every read raises OutsideError. ConfigurationError for an account that is no id, or without a zone.
    """

    def __init__(self, *, client: HttpClient, zone: str, account: str = "") -> None:
        if account and not is_id(account):
            raise ConfigurationError("[cloudflare] account is no id", next_step="Copy the account's id from Cloudflare's dashboard")
        self._client = client
        self._name = zone.strip().rstrip(".").lower()
        if not self._name:
            raise ConfigurationError("no Cloudflare zone", next_step="Set zone in [cloudflare] of config.toml")
        self._account = account

    @property
    def provider(self) -> str:
        """Return ``cloudflare``."""
        return SOURCE

    async def zone(self) -> Zone:
        """Return the zone with all its records, up to 2,000; ``complete`` false when a page is missing or they do not add up."""
        found = await self._found()
        records, complete = await self._records(found.id)
        return zone_of(found, records, complete=complete)

    async def named(self, name: str) -> tuple[DnsRecord, ...]:
        """Return the records of exactly one name, at most a page of them."""
        found = await self._found()
        params: dict[str, str | int] = {"name.exact": name.strip().rstrip(".").lower()}
        envelope = await ask(self._client, f"/zones/{found.id}/dns_records", params, "records of a name", permission=DNS_READ)
        assert envelope is not None, "no status is allowed for"  # noqa: S101
        wires = opened(envelope, "records of a name", list[WireRecord])
        mapped = (record_of(wire) for wire in wires[:PAGE])
        return tuple(r for r in mapped if r.name == params["name.exact"])

    async def registration(self) -> Registration:
        """Return the registration; ``found`` false for a domain that is registered elsewhere (404), as most ``.run`` names are."""
        account = self._account
        if not account:
            found = await self._found()
            account = found.account.id if found.account else ""
            if not is_id(account):
                raise malformed(SOURCE, "the zone", "account.id is missing")
        path = f"/accounts/{account}/registrar/registrations/{quote_segment(self._name)}"
        envelope = await ask(self._client, path, {}, "the registration", permission=REGISTRAR_READ, allow=(404,))
        wire = None if envelope is None else opened(envelope, "the registration", WireRegistration)
        return registration_of(self._name, wire)

    async def inspect(self) -> TokenReport:
        """Return whether the token is active, until when, and which of the three reads it may make; each is tried."""
        return await inspected(self._name, self._verify, self._found, lambda zone: self._records(zone, pages=1), self.registration)

    def budget(self) -> RateBudget:
        """Return what is left of the rate limit, as last heard."""
        return self._client.governor.budget()

    async def _verify(self) -> WireToken:
        envelope = await ask(self._client, "/user/tokens/verify", {}, "the token", permission="a valid token")
        assert envelope is not None, "no status is allowed for"  # noqa: S101
        return opened(envelope, "the token", WireToken)

    async def _found(self) -> WireZone:
        """Find the zone by its name; of several in different accounts the configured account's, then the active one."""
        envelope = await ask(self._client, "/zones", {"name": self._name}, "the zone", permission=ZONE_READ)
        assert envelope is not None, "no status is allowed for"  # noqa: S101
        wires = [wire for wire in opened(envelope, "the zone", list[WireZone]) if wire.name.lower() == self._name]
        if self._account:
            wires = [wire for wire in wires if wire.account is None or wire.account.id == self._account]
        if not wires:
            raise OutsideError(
                Fault(
                    FaultKind.MISSING,
                    SOURCE,
                    f"Cloudflare: the token sees no zone {clean_line(self._name, limit=100)}",
                    "The last known values stay, with their age",
                    f"Check [cloudflare] zone, and that the token has {ZONE_READ} on that zone",
                ),
                status=200,
            )
        chosen = min(wires, key=lambda wire: (wire.status != "active", wire.id))
        if not is_id(chosen.id):
            raise malformed(SOURCE, "the zone", "id is none")
        return chosen

    async def _records(self, zone_id: str, *, pages: int = MAX_PAGES) -> tuple[list[WireRecord], bool]:
        """Read page after page by ``total_pages``. The first page's fault is raised; a later one makes the list incomplete."""
        found: dict[str, WireRecord] = {}  # by id: a page that comes twice adds nothing
        wanted: int | None = None
        page = 0
        while page < pages:
            page += 1
            params: dict[str, str | int] = {"per_page": PAGE, "page": page}
            try:
                envelope = await ask(self._client, f"/zones/{zone_id}/dns_records", params, "the records", permission=DNS_READ)
                assert envelope is not None, "no status is allowed for"  # noqa: S101
                wires = opened(envelope, "the records", list[WireRecord])
            except OutsideError:
                if page == 1:
                    raise
                return list(found.values()), False
            found |= {wire.id: wire for wire in wires}
            last, wanted = total(envelope, "total_pages"), total(envelope, "total_count")
            if last is None:
                # Without a word about pages a full one may have a successor.
                return list(found.values()), len(wires) < PAGE
            if page >= last:
                return list(found.values()), wanted is None or len(found) >= wanted
            if not wires:
                return list(found.values()), False
        return list(found.values()), False
