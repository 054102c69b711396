"""What a deployed commit does to its environment for as long as it serves: a trouble begins with it and ends with it.

Keys of the state document that live here::

    troubles  [{"environment", "sha", "after", "knobs": {knob: value}, "site"?: {key: value}}] ``after`` so many seconds of serving
              the API's commit ``sha`` lets knobs of the traffic, and words of the site, be these; a later one of the list goes
              before an earlier one

Whatever takes the commit's place, a rollback's deployment or a newer commit, is without the trouble.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from strideiq_console.sandbox import deploys

State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which a trouble is there."""

    begin: float
    end: float
    knobs: dict[str, float]
    site: dict[str, Any]


def spells(state: State, environment: str) -> list[Spell]:
    """Return when the troubles of an environment were there and are there; without an end they last."""
    found: list[Spell] = []
    for trouble in state.get("troubles", ()):
        if trouble["environment"] != environment:
            continue
        for entry in deploys.records(state):
            mine = entry["component"] == "api" and entry["environment"] == environment and entry["sha"] == trouble["sha"]
            if not mine or entry["live_from"] is None:
                continue
            begin = float(entry["live_from"]) + float(trouble["after"])
            end = math.inf if entry["live_until"] is None else float(entry["live_until"])
            if begin < end:
                found.append(Spell(begin, end, dict(trouble["knobs"]), dict(trouble.get("site", {}))))
    return found


def site(state: State, environment: str, at: float) -> dict[str, Any]:
    """Return the site's knobs of an environment as they are at a time, see site.py."""
    said: dict[str, Any] = dict(state.get("site", {}).get(environment, {}))
    for spell in spells(state, environment):
        if spell.begin <= at < spell.end:
            said |= spell.site
    return said
