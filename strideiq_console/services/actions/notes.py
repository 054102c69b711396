"""The notes of a release: every commit once, migrations and variables by name (R55)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from strideiq_console.domain.runbook.model import Effect, Verb, fingerprint
from strideiq_console.services.action import Ask, Ports, Seen, Watch, happened
from strideiq_console.services.notes import changelog_of
from strideiq_console.services.ride import range_lines, variables_apart


class ComposeNotes(Watch):
    """Compose the changelog of ``version`` from ``since`` to ``until`` (SHAs); ``after`` names the older one.

    Gives ``since``, ``until``, ``commits`` (a count), ``groups`` (counts by title), ``migrations`` (None: not known), ``variables``
    that differ, and ``digest`` of the text, which is composed again from the range wherever it is used.
    """

    verb = Verb.COMPOSE_NOTES
    end_state = "the changelog holds every commit of the range exactly once"

    def preview(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> tuple[Effect, ...]:
        """Say what is listed, as far as it is known."""
        groups = dict(observed.get("groups", {}))
        counted = ", ".join(f"{title} {count}" for title, count in groups.items())
        told = f": {observed['commits']} commits ({counted})" if observed else ""
        looks = Effect(f"compose the changelog of {ask.get('version')} since {ask.get('after')}{told}; nothing is changed")
        return (looks, *(Effect(line) for line in (range_lines(observed) if observed else ())))

    async def verify(self, ports: Ports, ask: Ask, observed: Mapping[str, Any]) -> Seen:
        """Compose it, and keep what it comes to."""
        return happened(**await notes_of(ports, ask.need("version"), ask.need("since"), ask.need("until"), ask.get("after")))


async def notes_of(ports: Ports, version: str, since: str, until: str, after: str) -> dict[str, Any]:
    """Return what the changelog of a range comes to, as small JSON."""
    log = await changelog_of(ports, since, until, version=version, after=after)
    return {
        "since": since,
        "until": until,
        "commits": log.commits,
        "groups": {group.title: len(group.lines) for group in log.groups},
        "migrations": None if log.migrations is None else list(log.migrations),
        "variables": await variables_apart(ports),
        "digest": fingerprint(log.markdown()),
    }
