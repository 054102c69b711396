"""Gauges of the world as they stand at a time: the knobs of the traffic, moved by the load of the hour, by ripples and by drifts.

Keys of the state document that live here::

    drifts  {environment: [{"knob", "from", "until", "to"}]} a gauge's knob goes evenly from what it is to ``to``, and stays there

When the world begins, every gauge stands exactly at its knob, or at what a drift has made of it by then.
"""

from __future__ import annotations

import math
from typing import Any

from strideiq_console.sandbox import traffic

State = dict[str, Any]
# How far the load of the hour and a ripple move a gauge, as shares of it.
_MOVED = {
    "connections": (0.25, 0.05),
    "pool_used": (0.35, 0.1),
    "redis_bytes": (0.06, 0.03),
    "queue_celery": (0.6, 0.5),
    "queue_sync": (0.5, 0.4),
}
_GROWTH_A_DAY = 0.0035  # of the registered users
_RIPPLES = ((5_400.0, 0.5), (1_260.0, 0.3), (23_000.0, 0.2))
_CEILINGS = {"connections": "connections_max", "pool_used": "pool_size"}


def at(state: State, environment: str, moment: float) -> traffic.Knobs:
    """Return every knob as it stands at a time; what is counted in pieces is whole."""
    knobs = traffic.knobs_at(state, environment, moment)[1]
    began = traffic.began(state)
    drifted = _drifted(state, environment, knobs, moment)
    knobs |= drifted
    busier, ripple = traffic.load(moment) - traffic.load(began), _ripple(moment - began)
    for name, (by_load, by_ripple) in _MOVED.items():
        # A drift tells a story of its own: it is not hidden behind the hour of the day.
        moved = 1.0 + (0.0 if name in drifted else by_load * busier + by_ripple * ripple)
        value = knobs[name] * moved
        knobs[name] = float(round(min(value, knobs[_CEILINGS[name]]) if name in _CEILINGS else value))
    knobs["registered_users"] = float(round(knobs["registered_users"] * (1.0 + _GROWTH_A_DAY * (moment - began) / traffic.DAY)))
    # Some days bring more users than others, the same ones each time.
    knobs["daily_users"] = float(round(knobs["daily_users"] * (1.0 + 0.08 * math.sin(moment // traffic.DAY))))
    return knobs


def _ripple(since: float) -> float:
    """Return a movement between -1 and 1 that is none when the world begins."""
    return sum(part * math.sin(2.0 * math.pi * since / period) for period, part in _RIPPLES)


def _drifted(state: State, environment: str, knobs: traffic.Knobs, moment: float) -> traffic.Knobs:
    found: traffic.Knobs = {}
    for drift in state.get("drifts", {}).get(environment, ()):
        begin, until, name = float(drift["from"]), float(drift["until"]), drift["knob"]
        if moment <= begin:
            continue
        passed = 1.0 if moment >= until else (moment - begin) / (until - begin)
        before = found.get(name, knobs[name])
        found[name] = before + (float(drift["to"]) - before) * passed
    return found
