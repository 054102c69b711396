"""A console over a world that answers from memory, in which one host or one read goes wrong; and what must then be told."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from strideiq_console.domain.fault import FaultKind
from strideiq_console.domain.finding import Finding
from strideiq_console.domain.pull_request import Protection
from strideiq_console.domain.reading import Reading
from strideiq_console.domain.secret import Redactor
from strideiq_console.providers import catalog
from strideiq_console.sandbox import hosts
from strideiq_console.services.board import Board
from strideiq_console.services.checkup import walk
from strideiq_console.services.checkup.examination import Examination, Patient
from strideiq_console.services.readers import sources
from strideiq_console.services.refresh import Refresh
from strideiq_console.services.source import Source
from strideiq_console.wiring.place import Place
from strideiq_console.wiring.world_schema import world_databases
from tests.acceptance.fault_table import NETWORK
from tests.acceptance.replay import Replay, Spoil, asking, read_of

HOSTS = {
    "github": hosts.GITHUB,
    "vercel": hosts.VERCEL,
    "railway": hosts.RAILWAY,
    "cloudflare": hosts.CLOUDFLARE,
    "prometheus": hosts.PROMETHEUS,
    "alertmanager": hosts.ALERTMANAGER,
}
OWN_FAULT = "a fault of the console's own"
PATIENCE = 0.2
"""Seconds that a client waits for an answer that drips, so that it costs a test little. No other fault is told by a busy loop."""
MOST_REQUESTS = 400


@dataclass
class Rig:
    """A world that is asked once, and what each feed and each examination asked of it."""

    place: Place
    replay: Replay
    readings: dict[str, Reading[Any]] = field(default_factory=dict)
    findings: dict[str, tuple[Finding, ...]] = field(default_factory=dict)
    touched: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))

    def build(self) -> catalog.Parts:
        place = self.place
        tokens = {n: secret for n in place.tokens.names if (secret := place.tokens.get(n)) is not None}
        redact = Redactor(tokens.values())
        own = {} if place.world is None else world_databases(place.world)
        setting = catalog.Setting(place.settings, tokens, place.clock, redact, None, self.replay, place.name_server, databases=own)
        return catalog.build(setting)

    def examinations(self, parts: catalog.Parts) -> dict[str, Examination]:
        patient = Patient(parts.outside, self.place.settings, self.place.clock.now)
        return {f"{e.check} {e.subject}": _named(e) for e in walk.examinations(patient)}

    def table(self, parts: catalog.Parts) -> list[Source]:
        """Return the feeds; those of git answer what they answered first."""
        made = []
        for source in sources(self.place.settings, parts.outside, self.place.clock):
            kept = self.readings.get(source.feed.name)
            canned = kept is not None and source.feed.source == "git"
            made.append(replace(source, reader=_canned(kept.value)) if canned and kept else _heard(source))
        return made

    async def refreshed(self, parts: catalog.Parts, names: set[str] | None = None) -> dict[str, Reading[Any]]:
        """Read the feeds (all when none is named) over what was known before; return the readings of all."""
        table = self.table(parts)
        board = Board(self.place.settings, [source.feed for source in table], None)
        for source in table:
            before = self.readings.get(source.feed.name)
            if before is not None and before.value is not None:
                board.publish(source.feed, before.value, self.place.clock.now() - timedelta(minutes=1))
        chosen = [source for source in table if names is None or source.feed.name in names]
        await Refresh(board, chosen, self.place.clock, busy=lambda: False).once(deadline=20)
        return {source.feed.name: board.reading(source.feed) for source in table}

    async def examined(self, parts: catalog.Parts, keys: Iterable[str] | None = None) -> dict[str, tuple[Finding, ...]]:
        """Carry examinations out (all when none is named) and return the findings of each."""
        known = self.examinations(parts)
        chosen = list(known if keys is None else keys)
        answers = await asyncio.gather(*(walk.examine([known[key]], deadline=20) for key in chosen))
        return dict(zip(chosen, answers, strict=True))

    def of_host(self, host: str, *, alone: bool = False) -> set[str]:
        """Return the feeds and examinations that ask a host; with ``alone`` those that ask no other."""
        return {
            who
            for who, reads in self.touched.items()
            if (hosts := {h for h, _ in reads}) and host in hosts and not (alone and len(hosts) > 1)
        }


def _named(examination: Examination) -> Examination:
    async def ask() -> Iterable[Finding]:
        asking.set(f"{examination.check} {examination.subject}")
        return await examination.ask()

    return replace(examination, ask=ask)


def _heard(source: Source) -> Source:
    reader = source.reader
    if reader is None:
        return source

    async def read() -> Any:
        asking.set(source.feed.name)
        return await reader()

    return replace(source, reader=read)


def _canned(value: Any) -> Any:
    async def read() -> Any:
        return value

    return read


async def learn(rig: Rig) -> None:
    """Ask for everything once while all is well."""
    parts = rig.build()
    rig.readings = await rig.refreshed(parts)
    rig.findings = await rig.examined(parts)
    for who, host, read in rig.replay.seen:
        rig.touched[who].add((host, read))
    await parts.close()


def told(provider: str, who: str, finding: Finding | None, reading: Reading[Any] | None) -> list[str]:
    """Say what a cell fails to tell: the provider's name, the consequence, the next step, that it is bad news."""
    if reading is not None:
        fault = reading.fault
        if fault is None:
            return [f"{who}: fresh, complete {reading.complete}"]
        words = (
            provider in fault.cause.lower(),
            bool(fault.consequence),
            bool(fault.next_step),
            fault.kind is not FaultKind.INTERNAL,
        )
        return [] if all(words) else [f"{who}: {fault}"]
    assert finding is not None
    named = provider in f"{finding.check} {finding.subject} {finding.cause}".lower()
    return [] if named and finding.next_step and OWN_FAULT not in finding.cause else [f"{who}: {finding}"]


def unread(protection: Protection) -> bool:
    """Say whether a protection says of itself that nothing of it could be read: a 403 or a 404 is an answer there (contracts)."""
    known = (protection.pull_request, protection.approvals, protection.required_checks, protection.bypass, protection.deletion)
    return "GitHub" in protection.note and all(value is None for value in known)


async def cell(rig: Rig, host: str, spoil: Spoil, read: str = "") -> tuple[dict[str, Reading[Any]], dict[str, tuple[Finding, ...]]]:
    """Let a host, or one read of it, go wrong; return all readings, and the findings of the examinations that ask it."""
    replay = rig.replay
    replay.spoil, replay.seen = spoil, []
    replay.spoils = lambda request: request.url.host == host and (not read or read_of(request) == read)
    parts = rig.build()
    for client in parts.clients:
        if HOSTS.get(client.source) == host and spoil is NETWORK["slow drip"]:
            client._timeout = PATIENCE
    try:
        mine = {who for who in rig.of_host(host) if not read or (host, read) in rig.touched[who]}
        readings = await rig.refreshed(parts, None if not read else mine & rig.readings.keys())
        findings = await rig.examined(parts, [key for key in rig.findings if key in mine])
    finally:
        replay.spoil = None
        await parts.close()
    strangers = [asked for _, asked, _ in replay.seen if "attacker" in asked]
    assert strangers == [] or host not in HOSTS.values(), "a foreign address was asked with a token at hand"
    assert len(replay.seen) < MOST_REQUESTS, "no end of asking"
    return readings, findings


def crashes(readings: dict[str, Reading[Any]], findings: dict[str, tuple[Finding, ...]]) -> list[str]:
    """Return the feeds and examinations that met a fault of the console's own."""
    bad = [f"{n}: {r.fault.cause}" for n, r in readings.items() if r.fault is not None and r.fault.kind is FaultKind.INTERNAL]
    return bad + [f"{key}: {f.cause}" for key, found in findings.items() for f in found if OWN_FAULT in f.cause]
