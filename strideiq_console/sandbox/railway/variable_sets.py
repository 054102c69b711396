"""What the API's variables were over time: a rollback brings back those that its deployment was made with.

``state["railway"]["variable_sets"][environment]`` is [{"at", "variables": […]}], oldest first, the first one from the
beginning; there is none where no variable was ever changed.
"""

from __future__ import annotations

import copy
from typing import Any

from strideiq_console.sandbox.railway import memory

Record = dict[str, Any]
SERVICE = "api"
_MOST = 200


def before_change(state: Record, environment: str, variables: list[Record]) -> None:
    """Remember how the variables were before the first change of all."""
    known = _sets(state, environment)
    if not known:
        known.append({"at": 0.0, "variables": _own(variables)})


def after_change(state: Record, environment: str, variables: list[Record], at: float) -> None:
    """Remember how the variables are from now on."""
    known = _sets(state, environment)
    known.append({"at": at, "variables": _own(variables)})
    del known[1:-_MOST]


def restore(state: Record, environment: str, made: float, now: float) -> list[str]:
    """Bring back the variables of a deployment that was made then; return the names of those that differ, sorted."""
    known = _sets(state, environment)
    if not known:
        return []
    wanted = next(entry for entry in reversed(known) if entry["at"] <= made)["variables"]
    current: list[Record] = memory.memory(state)["variables"][environment]
    old, new = _values(_own(current)), _values(wanted)
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    if changed:
        current[:] = copy.deepcopy(wanted) + [entry for entry in current if entry["service"] != SERVICE]
        for entry in current:
            if entry["service"] == SERVICE and entry["name"] in changed:
                entry["updated"] = now
        after_change(state, environment, current, now)
    return changed


def _sets(state: Record, environment: str) -> list[Record]:
    found: list[Record] = memory.memory(state).setdefault("variable_sets", {}).setdefault(environment, [])
    return found


def _own(variables: list[Record]) -> list[Record]:
    return copy.deepcopy([entry for entry in variables if entry["service"] == SERVICE])


def _values(variables: list[Record]) -> dict[str, tuple[object, object]]:
    return {entry["name"]: (entry["value"], entry["reference"]) for entry in variables}
