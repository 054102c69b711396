"""The founder's own machine: what runs there is looked at, and whether the work does what it should is asked (R32)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.environment import LOCAL, Environment
from strideiq_console.domain.health import Probe
from strideiq_console.domain.runbook.form import Field, Form
from strideiq_console.domain.runbook.model import Effect, Verb
from strideiq_console.services.action import Ask, Ports, Seen, Watch, happened


async def probed(ports: Ports, environment: Environment | None) -> tuple[str, ...]:
    """Probe an environment's page and its health, and return what each answered, one line each."""
    if environment is None:
        return ()
    asked = [(environment.url, False)] if environment.url else []
    if environment.api:
        asked.append((environment.api + environment.health, True))
    probes = await asyncio.gather(*(ports.prober.probe(url, health=health) for url, health in asked))
    return tuple(_line(probe, local=environment.local) for probe in probes)


def _line(probe: Probe, *, local: bool) -> str:
    if not probe.running and local:
        return f"{probe.url}: not running"
    took = "" if probe.latency_ms is None else f", {probe.latency_ms} ms"
    return f"{probe.url}: {probe.words}{took}"


class TryLocally(Watch):
    """Ask whether the work does what it should on this machine. Gives ``probes`` (lines, as they were then) and ``note``.

    That nothing runs here is no incident (R7): it is said, and the person's word counts.
    """

    verb = Verb.TRY_LOCALLY
    end_state = "somebody said that it works here, and what this machine answered then is kept"

    async def form(self, ports: Ports, ask: Ask) -> Form | None:
        """Show what this machine answers now, beside room for a note."""
        lines = await probed(ports, ports.settings.environment(LOCAL))
        note = Field("note", "Note", hint="what was tried, if anything is worth keeping", required=False)
        notes = lines or ("no local environment is configured: [environments.local] names its addresses",)
        return Form("Tried here", (note,), notes, go="It works")

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is looked at."""
        environment = ports.settings.environment(LOCAL)
        urls = [url for url in (environment.url, environment.api) if url] if environment else []
        looked = f"; {' and '.join(urls)} are asked and shown" if urls else ""
        return (Effect(f"you try the work on this machine{looked}; nothing is changed"),)

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Keep what this machine answers at the moment of the answer."""
        lines = await probed(ports, ports.settings.environment(LOCAL))
        return happened(probes=list(lines), note=ask.entry.get("note", "").strip())
