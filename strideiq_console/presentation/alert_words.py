"""Where an alert stands, in words: its value and its limit, since when, and what to do next."""

from __future__ import annotations

from datetime import datetime

from strideiq_console.domain.policy.alerting import AlertStanding, AlertState
from strideiq_console.domain.reading import Level
from strideiq_console.presentation.age import age_words
from strideiq_console.presentation.cell import Cell, Line, Tone, text
from strideiq_console.presentation.glyphs import Glyphs
from strideiq_console.presentation.measured import limit_words, number_words

_NEXT = {
    "error_rate": "d shows what changed; W b rolls back; 4 shows which endpoints fail",
    "p99": "d shows what changed; 4 shows since when; slow queries and the connections to the database come next",
    "connections": "look at the pools of the API's processes in 4; d shows what changed; idle sessions hold connections too",
    "queue": "look at the workers in 4: none seen, or fewer than before; l shows their logs",
}
_SHORT = {"error_rate": "errors", "p99": "p99", "connections": "DB", "queue": "queue"}
_TONES = {
    AlertState.PENDING: Tone.WARNING,
    AlertState.RECOVERING: Tone.WARNING,
    AlertState.BLIND: Tone.UNKNOWN,
    AlertState.TOO_FEW: Tone.UNKNOWN,
    AlertState.OK: Tone.OK,
}


def short_word(standing: AlertStanding) -> str:
    """Return the state in at most five letters: ``CRIT``, ``WARN``, ``soon``, ``ends``, ``blind``, ``few``, ``ok``."""
    if standing.state is AlertState.FIRING:
        return "CRIT" if standing.severity is Level.CRITICAL else "WARN"
    short = {AlertState.PENDING: "soon", AlertState.RECOVERING: "ends", AlertState.TOO_FEW: "few"}
    return short.get(standing.state, str(standing.state))


def tone_of(standing: AlertStanding) -> Tone:
    """Return the tone of a state."""
    if standing.state is AlertState.FIRING:
        return Tone.CRITICAL if standing.severity is Level.CRITICAL else Tone.WARNING
    return _TONES[standing.state]


def short_name(standing: AlertStanding) -> str:
    """Return the short name of the rule, and of the part where there is one: ``errors``, ``queue celery``."""
    name = _SHORT.get(standing.rule.name, standing.rule.title)
    return f"{name} {standing.part}" if standing.part else name


def value_of(standing: AlertStanding) -> str:
    """Return the value in the unit of the limit, ``""`` where there is none."""
    unit = "ratio" if standing.rule.of is not None else standing.rule.quantity.unit
    return "" if standing.value is None else number_words(standing.value, unit)


def compared(standing: AlertStanding) -> str:
    """Return value and limit: ``7.2 % > 5 %``, below it ``1.3 % of 5 %``, ``just over 5 %``; without a value why there is none."""
    limit = limit_words(standing.rule)
    if standing.value is None or standing.state in (AlertState.BLIND, AlertState.TOO_FEW):
        few = f"n={standing.n}" if standing.state is AlertState.TOO_FEW and standing.n is not None else ""
        return few or standing.note or "no value"
    over = standing.value > standing.rule.limit
    if over and value_of(standing) == limit:
        return f"just over {limit}"
    return f"{value_of(standing)} {'>' if over else 'of'} {limit}"


def named_value(standing: AlertStanding) -> str:
    """Return a rule with value and limit: ``errors 7.2 % > 5 %``; without a value why there is none: ``errors: not read yet``."""
    colon = ":" if standing.value is None or standing.state is AlertState.BLIND else ""
    return f"{short_name(standing)}{colon} {compared(standing)}"


def since_words(standing: AlertStanding, now: datetime) -> str:
    """Return for how long the value has been above its limit; ``> 1 h`` where the samples begin with it; ``""`` where it is not."""
    if standing.since is None or standing.state in (AlertState.BLIND, AlertState.TOO_FEW):
        return ""
    words = age_words(now - standing.since)
    return f"> {words}" if standing.earlier else words


def next_step(standing: AlertStanding) -> str:
    """Return what to do now; ``""`` while all is well."""
    if standing.raised or standing.state is AlertState.PENDING:
        return _NEXT.get(standing.rule.name, "d shows what changed")
    if standing.state is AlertState.BLIND:
        return "r reads again; strideiq doctor says why a source gives nothing" if standing.source else "configure a source, then r"
    return "wait for more requests, or look at the logs: so few prove nothing" if standing.state is AlertState.TOO_FEW else ""


def standing_words(standing: AlertStanding, now: datetime, glyphs: Glyphs) -> Line:
    """Return one standing as a line: state, value against limit, since when."""
    held = since_words(standing, now)
    words = f"alert {standing.state}: {named_value(standing)}"
    tail = f" for {held}" if held else ""
    was = f", {standing.before} when last known" if standing.before not in (None, AlertState.OK) else ""
    return text(Cell(glyphs.plain(f"{words}{tail}{was}"), tone_of(standing)))
