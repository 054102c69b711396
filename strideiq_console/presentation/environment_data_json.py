"""Whose data an environment holds, and whether a restore was tried, as plain JSON values (R11, R92)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from strideiq_console.domain.attested import Attested, wanted_of
from strideiq_console.domain.environment import Environment
from strideiq_console.domain.facts import Facts
from strideiq_console.domain.finding import Finding
from strideiq_console.presentation.environment_data import share_in, vouched
from strideiq_console.presentation.feed_json import provenance


def data_json(facts: Facts, environment: Environment, now: datetime) -> dict[str, Any]:
    """Return ``restore_drill`` of production, ``data_attested`` and ``database`` of the others; null where it does not apply."""
    found, share = wanted_of(facts.by_hand, environment, now), share_in(facts, environment)
    told = None if found is None else _attested(found, vouched(found, share, now))
    compared = {"sharing": share.sharing.name.lower(), "why": share.why} if share is not None else {"sharing": "unknown", "why": ""}
    return {
        "data_attested": None if environment.production else told,
        "restore_drill": told if environment.production else None,
        "database": None if environment.production else {**compared, **provenance(facts.databases)},
    }


def _attested(found: Attested, judged: Finding) -> dict[str, Any]:
    entry = found.entry
    return {
        "state": str(found.state),
        "level": str(judged.level),
        "words": judged.cause,
        "next": judged.next_step,
        "note": entry.note if entry is not None else "",
        "evidence": entry.evidence if entry is not None else "",
        "days": found.days,
        "ends": found.ends.isoformat() if found.ends is not None else None,
        "entered": entry.entered.isoformat() if entry is not None else None,
        "seen": entry.seen.isoformat() if entry is not None else None,
        "source": "manual" if entry is not None else None,
    }
