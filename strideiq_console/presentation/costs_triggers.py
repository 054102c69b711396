"""The document's scaling triggers in words: how far off each is, and what to do when it fires (R121)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from strideiq_console.domain.policy.scaling import TriggerStanding, TriggerState
from strideiq_console.presentation.age import age_words, ago
from strideiq_console.presentation.cell import Cell, Line, Tone, text
from strideiq_console.presentation.glyphs import Glyphs

_TONES = {TriggerState.FIRED: Tone.WARNING, TriggerState.RISING: Tone.WARNING, TriggerState.OK: Tone.OK}


def short(standing: TriggerStanding) -> str:
    """Return a trigger as a few words: ``users 1,204 > 1,000``."""
    trigger = standing.trigger
    value = "?" if standing.value is None else _number(standing.value, share=trigger.share)
    sign = ">" if standing.value is not None and standing.value > trigger.limit else "of"
    return f"{trigger.title} {value} {sign} {_number(trigger.limit, share=trigger.share)}"


def trigger_lines(standings: Sequence[TriggerStanding], now: datetime, glyphs: Glyphs) -> tuple[Line, ...]:
    """Return two lines for each trigger: its state with the distance, and its source or what to do."""
    lines: list[Line] = []
    for standing in standings:
        tone = _TONES.get(standing.state, Tone.UNKNOWN)
        mark = {Tone.WARNING: glyphs.warn, Tone.OK: glyphs.ok}.get(tone, glyphs.unknown)
        lines.append(
            text(Cell(f"{mark} {limit_words(standing)}: {standing.state}", tone), Cell(_distance(standing, now), Tone.PLAIN))
        )
        lines.append((Cell(f"  {_beneath(standing, now)}", Tone.MUTED),))
    return tuple(lines)


def limit_words(standing: TriggerStanding) -> str:
    """Return what fires a trigger: ``CPU > 80 % for 1 h``."""
    trigger = standing.trigger
    hold = f" for {age_words(trigger.hold)}" if trigger.hold else ""
    return f"{trigger.title} > {_number(trigger.limit, share=trigger.share)}{hold}"


def _distance(standing: TriggerStanding, now: datetime) -> str:
    trigger = standing.trigger
    if standing.value is None or standing.distance is None:
        return ""
    now_at = _number(standing.value, share=trigger.share)
    if standing.state is TriggerState.RISING and standing.since is not None:
        return f", {now_at} for {age_words(now - standing.since)} of {age_words(trigger.hold)}"
    if standing.distance < 0:
        return f", {now_at} is {_gap(-standing.distance, share=trigger.share)} above"
    return f", {now_at} is {_gap(standing.distance, share=trigger.share)} below"


def _beneath(standing: TriggerStanding, now: datetime) -> str:
    if standing.state is TriggerState.FIRED:
        return f"do: {standing.trigger.action}"
    if standing.state in (TriggerState.UNKNOWN, TriggerState.NO_SOURCE):
        words = standing.note or "no source tells it"
        read = f"{standing.source}, {ago(standing.seen, now)}" if standing.seen else standing.source
        return f"{read}: {words}" if read else words
    read = f"{standing.source}, {ago(standing.seen, now)}" if standing.source else ""
    return f"{read}; then: {standing.trigger.action}" if read else f"then: {standing.trigger.action}"


def triggers_json(standings: Sequence[TriggerStanding]) -> list[dict[str, Any]]:
    """Return each trigger with its state, value, limit and distance."""
    return [
        {
            "trigger": standing.trigger.key,
            "fires": limit_words(standing),
            "state": str(standing.state),
            "value": standing.value,
            "limit": standing.trigger.limit,
            "distance": standing.distance,
            "since": standing.since.isoformat() if standing.since else None,
            "action": standing.trigger.action,
            "seen": standing.seen.isoformat() if standing.seen else None,
            "source": standing.source or None,
            **({"note": standing.note} if standing.note else {}),
        }
        for standing in standings
    ]


def _number(value: float, *, share: bool) -> str:
    return f"{value * 100:.3g} %" if share else f"{value:,.0f}"


def _gap(value: float, *, share: bool) -> str:
    return f"{value * 100:.0f} points" if share else f"{value:,.0f}"
